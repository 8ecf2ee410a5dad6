"""Attention by hand: its numbers are those of the real layer, and the division keeps softmax alive."""

import numpy as np
import pytest
import torch

from data.dataset import DataError
from experiments.attention_hand import (
    WIDTHS,
    Given,
    saturation,
    seeded_attention,
    softmax_slope,
    words_of,
    work_out,
)
from models.attention import MultiHeadAttention, causal_mask
from models.attention_positions import POSITIONS

WORDS = ("the", "cat", "sat", "on", "the", "mat")


@pytest.mark.parametrize("positions", POSITIONS)
@pytest.mark.parametrize("is_causal", [False, True])
def test_the_numbers_are_those_of_the_layer(positions, is_causal):
    torch.manual_seed(3)
    layer = MultiHeadAttention(16, 4, positions=positions)
    inputs = torch.randn(6, 16)
    mask = causal_mask(6) if is_causal else None
    wanted = layer(inputs[None], mask=mask)[1][0]
    for head in range(4):
        hand = work_out(Given(WORDS, inputs, layer), head, is_causal=is_causal)
        np.testing.assert_allclose(hand.weights, wanted[head].detach(), atol=1e-6)
        np.testing.assert_allclose(hand.out, hand.weights @ hand.v, atol=1e-5)
        np.testing.assert_allclose(hand.weights.sum(1), 1, atol=1e-6)
        assert (hand.weights[~hand.is_seen] == 0).all()
        powers = np.where(hand.is_seen, np.exp(hand.scores), 0)
        np.testing.assert_allclose(hand.weights, powers / powers.sum(1, keepdims=True), atol=1e-5)


def test_a_weight_worked_out_by_hand():
    layer = MultiHeadAttention(2, 1)
    with torch.no_grad():
        layer.qkv.weight.copy_(torch.eye(2).repeat(3, 1))
    hand = work_out(Given(("a", "b"), torch.tensor([[1.0, 0.0], [1.0, 2.0]]), layer), is_scaled=False)
    assert hand.products.tolist() == [[1, 1], [1, 5]]
    assert hand.weights[0].tolist() == [0.5, 0.5]
    assert hand.weights[1, 1] == pytest.approx(np.e**5 / (np.e + np.e**5))
    assert hand.out[0].tolist() == [1, 1]


def test_without_positions_the_same_word_asks_and_answers_alike():
    hand = work_out(seeded_attention(WORDS, has_positions=False))
    np.testing.assert_array_equal(hand.weights[0], hand.weights[4])
    np.testing.assert_array_equal(hand.weights[:, 0], hand.weights[:, 4])
    assert not np.allclose(work_out(seeded_attention(WORDS)).weights[0], work_out(seeded_attention(WORDS)).weights[4])


def test_a_low_temperature_sharpens_and_a_high_one_evens_out():
    source = seeded_attention(WORDS)
    largest = [work_out(source, temperature=one).weights.max(1).mean() for one in (0.1, 1.0, 5.0)]
    assert largest[0] > 0.9 > largest[1] > largest[2]


@pytest.mark.parametrize("text", ["", "  ", "one two three four five six seven eight nine", "a" * 21])
def test_a_sentence_that_cannot_be_drawn_costs_a_sentence(text):
    with pytest.raises(DataError, match=r"^[A-Z][^.]*\.$"):
        words_of(text)


def test_without_the_division_softmax_saturates_and_its_derivative_vanishes():
    plain = [saturation(width, is_scaled=False) for width in WIDTHS]
    scaled = [saturation(width, is_scaled=True) for width in WIDTHS]
    shares = [one.share_sure for one in plain]
    assert shares == sorted(shares)
    assert shares[-1] > 0.7
    assert max(one.share_sure for one in scaled) < 0.05
    assert plain[-1].gradient < 0.3 * scaled[-1].gradient
    for width, one in zip(WIDTHS, plain, strict=True):
        assert one.scores.std() == pytest.approx(width**0.5, rel=0.1)
    assert all(one.scores.std() == pytest.approx(1, rel=0.1) for one in scaled)


def test_the_size_of_the_derivative_is_that_of_autograd():
    scores = torch.randn(5, generator=torch.manual_seed(0), dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda x: x.softmax(0), scores)
    assert softmax_slope(scores.softmax(0)[None]).item() == pytest.approx(jacobian.norm().item())
