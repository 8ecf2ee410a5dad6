"""Attention: equal to PyTorch's with the same weights, blind where the mask says so, and worked once by hand."""

import math

import pytest
import torch
from torch import nn

from models.attention import (
    ByteDropout,
    DecoderBlock,
    EncoderBlock,
    KeyValueCache,
    MultiHeadAttention,
    causal_mask,
    padding_mask,
    scaled_dot_product_attention,
)
from models.attention_inside import attention_layers, attention_weights, without_heads
from models.attention_positions import POSITIONS


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def copy_attention(ours: MultiHeadAttention, theirs: nn.MultiheadAttention) -> None:
    """Gives PyTorch's attention the weights of ours."""
    theirs.load_state_dict(
        {
            "in_proj_weight": ours.qkv.weight,
            "in_proj_bias": ours.qkv.bias,
            "out_proj.weight": ours.out_proj.weight,
            "out_proj.bias": ours.out_proj.bias,
        }
    )


def shake(module: nn.Module) -> None:
    """Moves every weight off its start, so that biases of 0 and norms of 1 hide nothing."""
    with torch.no_grad():
        for weight in module.parameters():
            weight.add_(torch.randn_like(weight) / 5)


def test_one_row_by_hand():
    q, k = torch.tensor([[1.0, 2.0, 0.0, 0.0]]), torch.tensor([[1.0, 1.0, 0.0, 0.0], [2.0, -1.0, 0.0, 0.0]])
    v = torch.tensor([[10.0], [20.0]])
    out, weights = scaled_dot_product_attention(q, k, v)
    first = math.exp(3 / 2) / (math.exp(3 / 2) + math.exp(0 / 2))  # products 3 and 0, √d = 2
    torch.testing.assert_close(weights, torch.tensor([[first, 1 - first]]))
    torch.testing.assert_close(out, torch.tensor([[10 * first + 20 * (1 - first)]]))
    _, unscaled = scaled_dot_product_attention(q, k, v, is_scaled=False)
    torch.testing.assert_close(unscaled[0, 0].item(), 1 / (1 + math.exp(-3)))
    _, warm = scaled_dot_product_attention(q, k, v, temperature=3.0)
    torch.testing.assert_close(warm[0, 0].item(), 1 / (1 + math.exp(-0.5)))


@pytest.mark.parametrize("mask", [None, causal_mask(7), causal_mask(7, window=3)])
@pytest.mark.parametrize("n_heads", [1, 2, 4])
def test_it_is_pytorchs_attention(n_heads, mask):
    ours, theirs = MultiHeadAttention(8, n_heads), nn.MultiheadAttention(8, n_heads, batch_first=True)
    shake(ours)
    copy_attention(ours, theirs)
    x = torch.randn(3, 7, 8)
    out, weights = ours(x, mask=mask)
    expected = theirs(x, x, x, attn_mask=None if mask is None else ~mask, average_attn_weights=False)
    torch.testing.assert_close(out, expected[0])
    torch.testing.assert_close(weights, expected[1])
    torch.testing.assert_close(weights.sum(-1), torch.ones(3, n_heads, 7))


def test_cross_attention_with_padding_is_pytorchs():
    ours, theirs = MultiHeadAttention(8, 2), nn.MultiheadAttention(8, 2, batch_first=True)
    shake(ours)
    copy_attention(ours, theirs)
    x, memory, is_token = (
        torch.randn(2, 5, 8),
        torch.randn(2, 4, 8),
        torch.tensor([[True] * 4, [True, True, False, False]]),
    )
    out, weights = ours(x, memory, padding_mask(is_token))
    expected = theirs(x, memory, memory, key_padding_mask=~is_token, average_attn_weights=False)
    torch.testing.assert_close(out, expected[0])
    torch.testing.assert_close(weights, expected[1])
    assert weights[1, :, :, 2:].abs().max() == 0


@pytest.mark.parametrize("is_pre_norm", [False, True])
def test_the_encoder_block_is_pytorchs_layer(is_pre_norm):
    ours = EncoderBlock(8, 2, 16, is_pre_norm=is_pre_norm, activation="gelu").eval()
    theirs = nn.TransformerEncoderLayer(8, 2, 16, 0.0, "gelu", batch_first=True, norm_first=is_pre_norm).eval()
    shake(ours)
    copy_attention(ours.attention, theirs.self_attn)
    for mine, its in zip(
        (ours.feed_forward[0], ours.feed_forward[3], ours.norm1, ours.norm2),
        (theirs.linear1, theirs.linear2, theirs.norm1, theirs.norm2),
        strict=True,
    ):
        its.load_state_dict(mine.state_dict())
    x, mask = torch.randn(3, 7, 8), causal_mask(7)
    torch.testing.assert_close(ours(x, mask), theirs(x, src_mask=~mask))


@pytest.mark.parametrize("is_pre_norm", [False, True])
def test_the_decoder_block_is_pytorchs_layer(is_pre_norm):
    ours = DecoderBlock(8, 2, 16, is_pre_norm=is_pre_norm).eval()
    theirs = nn.TransformerDecoderLayer(8, 2, 16, 0.0, batch_first=True, norm_first=is_pre_norm).eval()
    shake(ours)
    copy_attention(ours.attention, theirs.self_attn)
    copy_attention(ours.cross_attention, theirs.multihead_attn)
    for mine, its in zip(
        (ours.feed_forward[0], ours.feed_forward[3], ours.norm1, ours.norm2, ours.norm3),
        (theirs.linear1, theirs.linear2, theirs.norm1, theirs.norm2, theirs.norm3),
        strict=True,
    ):
        its.load_state_dict(mine.state_dict())
    x, memory, mask = torch.randn(3, 7, 8), torch.randn(3, 5, 8), causal_mask(7)
    torch.testing.assert_close(ours(x, memory, mask), theirs(x, memory, tgt_mask=~mask))


@pytest.mark.parametrize("positions", POSITIONS)
def test_a_causal_block_does_not_see_the_future(positions):
    block, x = EncoderBlock(8, 2, 16, positions=positions), torch.randn(2, 9, 8, requires_grad=True)
    out = block(x, causal_mask(9))
    (gradient,) = torch.autograd.grad((out[:, 4] * torch.randn(2, 8)).sum(), x)
    assert gradient[:, 5:].abs().max() == 0  # exactly
    assert (gradient[:, :5].abs().amax(2) > 1e-4).all()


@pytest.mark.parametrize("positions", POSITIONS)
@pytest.mark.parametrize("is_pre_norm", [False, True])
def test_with_a_cache_the_same_comes_out_place_by_place(positions, is_pre_norm):
    block, x = EncoderBlock(8, 2, 16, positions=positions, is_pre_norm=is_pre_norm), torch.randn(2, 9, 8)
    whole = block(x, causal_mask(9))
    cache = KeyValueCache()
    pieces = [block(x[:, :4], causal_mask(4), cache), *(block(x[:, t : t + 1], cache=cache) for t in range(4, 9))]
    torch.testing.assert_close(torch.cat(pieces, dim=1), whole)
    assert len(cache) == 9


def test_the_decoder_block_keeps_its_past_too():
    block, x, memory = DecoderBlock(8, 2, 16, positions="RoPE"), torch.randn(2, 6, 8), torch.randn(2, 4, 8)
    cache = KeyValueCache()
    pieces = [block(x[:, t : t + 1], memory, cache=cache) for t in range(6)]
    torch.testing.assert_close(torch.cat(pieces, dim=1), block(x, memory, causal_mask(6)))


def test_without_positions_and_mask_mixed_tokens_give_mixed_answers():
    block, x, order = EncoderBlock(8, 2, 16), torch.randn(2, 9, 8), torch.randperm(9)
    torch.testing.assert_close(block(x[:, order]), block(x)[:, order], atol=1e-6, rtol=0)


def test_a_window_is_a_band():
    mask = causal_mask(5, window=2)
    assert mask.tolist() == [[s <= t and t - s < 2 for s in range(5)] for t in range(5)]


def test_dropped_bytes_have_the_share_and_the_mean():
    layer, x = ByteDropout(0.1), torch.ones(400, 501)
    out = layer(x)
    assert (out == 0).float().mean().item() == pytest.approx(26 / 256, abs=0.003)
    assert out.mean().item() == pytest.approx(1, abs=0.005)
    assert out.unique().tolist() == pytest.approx([0, 256 / 230])
    assert layer.eval()(x) is x
    assert ByteDropout(0.0)(x) is x


def test_dropout_acts_on_the_weights_while_training_only():
    attention, x = MultiHeadAttention(8, 2, dropout=0.5), torch.randn(2, 6, 8)
    assert not torch.equal(attention(x)[0], attention(x)[0])
    torch.testing.assert_close(attention(x)[1].sum(-1), torch.ones(2, 2, 6))  # the weights before dropout
    attention.eval()
    assert torch.equal(attention(x)[0], attention(x)[0])


def test_the_heads_must_share_evenly():
    with pytest.raises(ValueError, match="3 heads cannot share 8 numbers"):
        MultiHeadAttention(8, 3)
    with pytest.raises(ValueError, match="a head has 3"):
        MultiHeadAttention(6, 2, positions="RoPE")


def test_all_weights_of_a_pass_are_seen_without_dropout():
    model = nn.Sequential(EncoderBlock(8, 2, 16, dropout=0.5), EncoderBlock(8, 4, 16, dropout=0.5))
    x = torch.randn(3, 5, 8)
    first, second = attention_weights(model, x)
    assert (first.shape, second.shape) == ((3, 2, 5, 5), (3, 4, 5, 5))
    again, _ = attention_weights(model, x)
    assert torch.equal(first, again)
    assert model.training


def test_a_silenced_head_is_as_if_its_part_of_the_output_were_0():
    model, x = nn.Sequential(EncoderBlock(8, 2, 16), EncoderBlock(8, 2, 16)), torch.randn(3, 5, 8)
    before = model(x)
    with without_heads(model, [(1, 0)]):
        silenced = model(x)
    assert torch.equal(model(x), before)
    with torch.no_grad():
        attention_layers(model)[1].out_proj.weight[:, :4] = 0
    torch.testing.assert_close(model(x), silenced)
    assert (silenced - before).abs().max() > 0.01
