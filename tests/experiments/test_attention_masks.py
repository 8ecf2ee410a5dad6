"""Masks shut what they say, and one layer without a mask lets the future in."""

import numpy as np
import pytest
import torch

from experiments.attention_hand import seeded_attention
from experiments.attention_masks import MASKS, from_the_future, leak, mask_of, weights_under

WORDS = ("the", "cat", "sat", "on", "the", "mat")


def test_the_triangle_of_the_lecture():
    wanted = [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]]
    assert mask_of("causal", 4).astype(int).tolist() == wanted


def test_every_mask():
    assert mask_of("none", 3).all()
    assert mask_of("window", 4, window=2).sum(1).tolist() == [1, 2, 2, 2]
    assert mask_of("padding", 4, num_padding=1).tolist() == [[True, True, True, False]] * 4
    own = mask_of("your own", 3, blocked={(0, 1), (2, 2), (9, 9)})
    assert np.argwhere(~own).tolist() == [[0, 1], [2, 2]]


@pytest.mark.parametrize("kind", MASKS)
def test_rows_sum_to_one_over_what_is_seen(kind):
    mask = mask_of(kind, 6, window=3, num_padding=2, blocked={(1, 0)})
    weights = weights_under(seeded_attention(WORDS), mask)
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-6)
    assert (weights[:, ~mask] == 0).all()
    assert (weights[:, mask] > 0).all()


def test_a_word_that_sees_nothing_is_not_a_number_and_the_others_stay():
    mask = mask_of("your own", 6, blocked={(2, s) for s in range(6)})
    weights = weights_under(seeded_attention(WORDS), mask)
    assert np.isnan(weights[:, 2]).all()
    assert np.isfinite(np.delete(weights, 2, axis=1)).all()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_only_masks_in_every_layer_keep_the_future_out(seed):
    assert from_the_future(leak(6, (True, True), seed)) == 0
    for masked in ((True, False), (False, True), (False, False)):
        assert from_the_future(leak(6, masked, seed)) > 1e-3
    for masked in ((True, True), (True, False), (False, True), (False, False)):
        assert (leak(6, masked, seed)[np.tril_indices(6)] > 0).all()


def test_the_measured_dependence_is_what_a_small_change_does():
    from experiments.attention_masks import D_MODEL, N_HEADS
    from models.attention import EncoderBlock

    torch.manual_seed(5)
    block, x = EncoderBlock(D_MODEL, N_HEADS, 2 * D_MODEL).double(), torch.randn(4, D_MODEL, dtype=torch.float64)
    found, change = leak(4, (False,), 5), 1e-6
    with torch.no_grad():
        columns = []
        for number in range(D_MODEL):
            moved = x.clone()
            moved[3, number] += change
            columns.append((block(moved[None]) - block(x[None]))[0, 1] / change)
    assert torch.stack(columns).norm().item() == pytest.approx(found[1, 3], rel=1e-4)
