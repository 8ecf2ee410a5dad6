"""The transformer: as the lecture writes it, equal to torch's own layers, causal, and blind to padding."""

import pytest
import torch
from torch import nn

from models.attention_inside import attention_weights
from models.attention_positions import POSITIONS
from models.transformer import SimpleTransformer

SRC = torch.tensor([[3, 4, 5, 6, 2], [7, 8, 2, 0, 0]])
TGT = torch.tensor([[1, 3, 4, 5], [1, 6, 7, 2]])


def build(**options):
    torch.manual_seed(0)
    return SimpleTransformer(9, 16, 2, 32, 2, 12, **options).eval()


def test_the_lectures_network_has_the_lectures_parts():
    model = SimpleTransformer(50)
    assert model.src_emb.weight.shape == model.tgt_emb.weight.shape == (50, 64)
    assert model.pos_emb.weight.shape == (128, 64)
    assert (len(model.encoder_layers), len(model.decoder_layers)) == (2, 2)
    assert model.encoder_layers[0].attention.n_heads == 4
    assert model.encoder_layers[0].feed_forward[0].out_features == 128
    assert model.output_proj.weight.shape == (50, 64)
    assert model(SRC, TGT).shape == (2, 4, 50)


def test_source_and_target_may_have_signs_of_their_own():
    model = SimpleTransformer(9, 16, 2, 32, 1, 12, target_vocab_size=8)
    assert model(SRC, TGT).shape == (2, 4, 8)


def copied_attention(ours, theirs):
    theirs.in_proj_weight.copy_(ours.qkv.weight)
    theirs.in_proj_bias.copy_(ours.qkv.bias)
    theirs.out_proj.load_state_dict(ours.out_proj.state_dict())


def copied_rest(ours, theirs):
    theirs.linear1.load_state_dict(ours.feed_forward[0].state_dict())
    theirs.linear2.load_state_dict(ours.feed_forward[3].state_dict())
    for name in ("norm1", "norm2", "norm3"):
        if hasattr(ours, name):
            getattr(theirs, name).load_state_dict(getattr(ours, name).state_dict())


@torch.no_grad()
def torchs(model, is_pre_norm):
    """The same network from torch's own layers: logits of the batch above."""
    options = {"dropout": 0.0, "batch_first": True, "norm_first": is_pre_norm}
    is_pad = SRC == 0
    x = model.src_emb(SRC) + model.pos_emb(SRC.shape[1])
    for ours in model.encoder_layers:
        layer = nn.TransformerEncoderLayer(16, 2, 32, **options)
        copied_attention(ours.attention, layer.self_attn)
        copied_rest(ours, layer)
        x = layer(x, src_key_padding_mask=is_pad)
    x, y = model.encoder_norm(x), model.tgt_emb(TGT) + model.pos_emb(TGT.shape[1])
    future = torch.ones(4, 4).triu(1).bool()
    for ours in model.decoder_layers:
        layer = nn.TransformerDecoderLayer(16, 2, 32, **options)
        copied_attention(ours.attention, layer.self_attn)
        copied_attention(ours.cross_attention, layer.multihead_attn)
        copied_rest(ours, layer)
        y = layer(y, x, tgt_mask=future, memory_key_padding_mask=is_pad)
    return model.output_proj(model.decoder_norm(y))


@pytest.mark.parametrize("is_pre_norm", [False, True])
def test_it_gives_what_torchs_layers_give(is_pre_norm):
    model = build(is_pre_norm=is_pre_norm)
    torch.testing.assert_close(model(SRC, TGT, SRC != 0), torchs(model, is_pre_norm), atol=2e-6, rtol=1e-5)


@pytest.mark.parametrize("positions", POSITIONS)
def test_no_place_sees_what_comes_after_it(positions):
    model, other = build(positions=positions), TGT.clone()
    other[:, 2:] = 8
    before, after = model(SRC, TGT, SRC != 0), model(SRC, other, SRC != 0)
    torch.testing.assert_close(before[:, :2], after[:, :2], atol=1e-6, rtol=1e-6)
    assert not torch.allclose(before[:, 2:], after[:, 2:])


def test_without_the_mask_it_does():
    model, other = build(uses_mask=False), TGT.clone()
    other[:, 3] = 8
    assert not torch.allclose(model(SRC, TGT)[:, :2], model(SRC, other)[:, :2], atol=1e-4)


def test_every_place_of_the_answer_depends_on_the_source_unless_cross_attention_is_off():
    other = SRC.clone()
    other[:, 0] = 8
    for uses_memory in (True, False):
        model = build(uses_memory=uses_memory)
        is_same = torch.equal(model(SRC, TGT, SRC != 0), model(other, TGT, SRC != 0))
        assert is_same is not uses_memory


def test_padding_changes_nothing():
    model = build()
    longer = torch.cat([SRC, torch.zeros(2, 3, dtype=torch.int64)], dim=1)
    torch.testing.assert_close(model(SRC, TGT, SRC != 0), model(longer, TGT, longer != 0), atol=2e-6, rtol=1e-5)


def test_without_positions_the_source_is_a_bag():
    model, mixed = build(positions="none"), SRC[:1, [2, 0, 3, 1, 4]]
    torch.testing.assert_close(model(SRC[:1], TGT[:1]), model(mixed, TGT[:1]), atol=2e-6, rtol=1e-5)
    assert not torch.allclose(build()(SRC[:1], TGT[:1]), build()(mixed, TGT[:1]), atol=1e-3)


def test_attention_comes_in_the_order_encoder_then_self_and_cross():
    weights = attention_weights(build(), SRC, TGT, SRC != 0)
    assert [one.shape[2:] for one in weights] == [(5, 5), (5, 5), (4, 4), (4, 5), (4, 4), (4, 5)]
    for one in weights:
        torch.testing.assert_close(one.sum(3), torch.ones_like(one[..., 0]))
    assert weights[3][1, :, :, 3:].sum() == 0
