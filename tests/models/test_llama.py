"""Llama: the same numbers as transformers', no place sees the future, a cache changes nothing, and places turn."""

import pytest
import torch

from models.llama import GroupedQueryAttention, Llama

SIZES = {"d_model": 24, "n_heads": 6, "n_kv_heads": 2, "n_layers": 3, "dim_feedforward": 40}


def make(**changes):
    torch.manual_seed(0)
    return Llama(11, **{**SIZES, **changes}).eval()


def tokens(seed=1):
    return torch.randint(11, (2, 9), generator=torch.Generator().manual_seed(seed))


def test_the_future_does_not_change_the_past():
    model, x = make(), tokens()
    changed = x.clone()
    changed[:, 5] = (changed[:, 5] + 1) % 11
    moved = (model(x) - model(changed)).abs().amax((0, 2)) > 1e-6
    assert moved.tolist() == [False] * 5 + [True] * 4


@pytest.mark.parametrize("pieces", [[1] * 9, [4, 3, 2]])
def test_a_cache_changes_nothing_and_keeps_the_shared_heads_only(pieces):
    model, x = make(), tokens()
    caches = model.fresh_caches()
    parts = [model(piece, caches=caches) for piece in x.split(pieces, dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), model(x), rtol=1e-4, atol=1e-5)
    assert caches[0].keys.shape == (2, 2, 9, 4)  # two heads of four numbers, not six


def test_every_parameter_gets_a_gradient():
    model = make()
    model(tokens()).logsumexp(-1).sum().backward()
    assert all(weight.grad.abs().sum() > 0 for weight in model.parameters())


def test_only_distances_count():
    """What is turned by its place answers alike wherever the text begins."""
    attention, x = GroupedQueryAttention(24, 6, 2, 100.0), torch.randn(1, 5, 24)
    q, k = attention.query(x), attention.key(x)
    mask = torch.ones(5, 5, dtype=torch.bool).tril()
    here = attention(x, mask)[1]
    late = make(base=100.0).fresh_caches()[0]
    late.extend(torch.zeros(1, 2, 7, 4), torch.zeros(1, 2, 7, 4))  # seven places before that are not looked at
    hidden = torch.cat([torch.zeros(5, 7, dtype=torch.bool), mask], dim=1)
    torch.testing.assert_close(attention(x, hidden, late)[1][..., 7:], here, rtol=1e-4, atol=1e-5)
    assert q.shape[-1] == 3 * k.shape[-1]


def test_the_stream_after_the_last_block_is_the_answer():
    model, x = make(), tokens()
    streams, weights = zip(*model.blocks_in_turn(model.token_emb(x)), strict=True)
    torch.testing.assert_close(model.read_out(streams[-1]), model(x))
    assert [tuple(one.shape) for one in weights] == [(2, 6, 9, 9)] * 3
    torch.testing.assert_close(torch.stack(weights).sum(-1), torch.ones(3, 2, 6, 9))


def test_one_norm_and_one_gate_by_hand():
    block = make().blocks[0]
    x = torch.tensor([[[3.0] * 12 + [-3.0] * 12]])
    torch.testing.assert_close(block.norm1(x), x / (9 + 1e-5) ** 0.5)  # the root mean square is 3; nothing is shifted
    part = block.feed_forward
    hidden, gate = part.up(x), part.gate(x)
    torch.testing.assert_close(part(x), part.down(hidden * gate / (1 + (-gate).exp())))


def test_heads_that_cannot_be_shared_are_refused():
    with pytest.raises(ValueError, match="evenly"):
        make(n_kv_heads=4)
