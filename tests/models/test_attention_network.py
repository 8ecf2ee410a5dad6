"""The small network of the page `attention`: who hangs on whom."""

import pytest
import torch

from models.attention_network import AttentionNetwork
from models.attention_positions import POSITIONS

VOCABULARY, PLACES = 7, 9


def network(seed=0, **changes):
    torch.manual_seed(seed)
    return AttentionNetwork(VOCABULARY, 16, 2, 2, 12, **changes).eval()


def sequences(seed=0, n=3):
    return torch.randint(VOCABULARY, (n, PLACES), generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("positions", POSITIONS)
@pytest.mark.parametrize("has_feed_forward", [False, True])
@torch.no_grad()
def test_a_causal_answer_does_not_change_with_what_comes_later(positions, has_feed_forward):
    model, tokens = network(positions=positions, has_feed_forward=has_feed_forward), sequences()
    other = tokens.clone()
    other[:, 5:] = (other[:, 5:] + 1) % VOCABULARY
    before, after = model(tokens), model(other)
    assert torch.equal(before[:, :5], after[:, :5])
    assert not torch.allclose(before[:, 5:], after[:, 5:])


@torch.no_grad()
def test_a_window_reaches_as_far_as_all_layers_together():
    model, tokens = network(mask="window", window=3), sequences()
    other = tokens.clone()
    other[:, 0] = (other[:, 0] + 1) % VOCABULARY
    moves = (model(tokens) - model(other)).abs().amax((0, 2)) > 0
    assert moves.tolist() == [True] * 5 + [False] * 4  # two layers, two places back each


@pytest.mark.parametrize("is_pre_norm", [False, True])
@torch.no_grad()
def test_without_positions_and_mask_mixing_the_places_mixes_the_answers(is_pre_norm):
    tokens, order = sequences(), torch.randperm(PLACES, generator=torch.Generator().manual_seed(1))
    bare = network(positions="none", mask="none", is_pre_norm=is_pre_norm)
    torch.testing.assert_close(bare(tokens)[:, order], bare(tokens[:, order]), atol=1e-6, rtol=1e-5)
    for changes in ({"mask": "causal"}, {"positions": "learned"}, {"positions": "RoPE"}, {"positions": "ALiBi"}):
        model = network(**{"positions": "none", "mask": "none", "is_pre_norm": is_pre_norm, **changes})
        assert (model(tokens)[:, order] - model(tokens[:, order])).abs().max() > 1e-3, changes


def test_heads_must_share_evenly():
    with pytest.raises(ValueError, match="evenly"):
        AttentionNetwork(VOCABULARY, 16, 3)
