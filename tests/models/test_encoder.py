"""The encoder: the lecture's parts, PyTorch's numbers, and padding that changes nothing."""

import pytest
import torch
from torch import nn

from models.encoder import (
    CLS,
    MASK,
    PAD,
    MaskedLanguageModel,
    SimpleTransformerEncoder,
    corrupted,
)

SIZES = {"d_model": 16, "nhead": 2, "dim_feedforward": 24, "max_len": 12, "num_classes": 3}


def build(**changes):
    torch.manual_seed(0)
    return SimpleTransformerEncoder(30, **{**SIZES, **changes}).eval()


def sentences(rows=4, length=7):
    torch.manual_seed(1)
    x = torch.randint(4, 30, (rows, length))
    x[:, 0] = CLS
    return x


def test_the_lectures_defaults():
    model = SimpleTransformerEncoder(50)
    assert model.token_embed.weight.shape == (50, 128)
    assert model.pos_embed.weight.shape == (100, 128)
    assert len(model.encoder) == 2
    assert model.encoder[0].attention.n_heads == 4
    assert model.encoder[0].feed_forward[0].out_features == 256
    assert model.encoder[0].dropout.p == 0.1
    assert model(torch.zeros(3, 9, dtype=torch.int64)).shape == (3, 2)


def lectures(model):
    """The lecture's own network with the same weights."""
    layer = nn.TransformerEncoderLayer(16, 2, 24, 0.0, "relu", batch_first=True)
    stack = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False).eval()
    for theirs, ours in zip(stack.layers, model.encoder, strict=True):
        pairs = {
            theirs.self_attn.in_proj_weight: ours.attention.qkv.weight,
            theirs.self_attn.in_proj_bias: ours.attention.qkv.bias,
            theirs.self_attn.out_proj.weight: ours.attention.out_proj.weight,
            theirs.self_attn.out_proj.bias: ours.attention.out_proj.bias,
            theirs.linear1.weight: ours.feed_forward[0].weight,
            theirs.linear1.bias: ours.feed_forward[0].bias,
            theirs.linear2.weight: ours.feed_forward[3].weight,
            theirs.linear2.bias: ours.feed_forward[3].bias,
        }
        for their, our in pairs.items():
            their.data.copy_(our.data)
    return stack


@torch.no_grad()
@pytest.mark.parametrize("num_padded", [0, 3])
def test_it_gives_what_pytorchs_encoder_gives(num_padded):
    model, x = build(), sentences()
    if num_padded:
        x[1:, -num_padded:] = PAD
    stack = lectures(model)
    vectors = model.token_embed(x) + model.pos_embed(torch.arange(x.shape[1]))
    theirs = stack(vectors, src_key_padding_mask=x == PAD)
    ours = model.encode(x, x != PAD)
    torch.testing.assert_close(ours[x != PAD], theirs[x != PAD])
    if not num_padded:
        torch.testing.assert_close(model(x), model.fc(theirs.mean(1)))  # as the lecture writes it


@torch.no_grad()
@pytest.mark.parametrize("pooling", ["mean", "CLS"])
@pytest.mark.parametrize("sees_right", [True, False])
def test_padding_changes_nothing_with_the_mask_and_something_without(pooling, sees_right):
    model, x = build(pooling=pooling, sees_right=sees_right), sentences()
    filled = torch.cat([x, torch.zeros(4, 5, dtype=torch.int64)], dim=1)
    torch.testing.assert_close(model(filled, filled != PAD), model(x), atol=1e-6, rtol=1e-5)
    is_blind = pooling == "CLS" and not sees_right  # the first place sees nothing but itself
    assert is_blind == torch.allclose(model(filled), model(x), atol=1e-3)


@torch.no_grad()
def test_what_stands_in_the_padding_does_not_matter():
    model, x = build(), sentences()
    is_token = torch.ones_like(x, dtype=torch.bool)
    is_token[:, 5:] = False
    other = torch.where(is_token, x, 29)
    torch.testing.assert_close(model(x, is_token), model(other, is_token))


@torch.no_grad()
def test_a_place_sees_both_sides_unless_told_otherwise():
    x = sentences()
    changed = x.clone()
    changed[:, 5:] = 4
    both, left = build(), build(sees_right=False)
    assert not torch.allclose(both.encode(x)[:, 2], both.encode(changed)[:, 2], atol=1e-4)
    torch.testing.assert_close(left.encode(x)[:, :5], left.encode(changed)[:, :5])


@torch.no_grad()
def test_without_places_it_would_read_a_bag_of_words():
    model, x = build(), sentences()
    mixed = x[:, torch.randperm(x.shape[1])]
    assert not torch.allclose(model(x), model(mixed), atol=1e-4)
    model.pos_embed.weight.zero_()
    torch.testing.assert_close(model(x), model(mixed))


def test_the_mean_of_a_sentence_by_hand():
    model = build()
    states = torch.arange(24.0).view(1, 4, 6)
    is_token = torch.tensor([[True, True, False, False]])
    assert model.pool(states, is_token)[0].tolist() == [3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    assert model.pool(states)[0].tolist() == [9.0, 10.0, 11.0, 12.0, 13.0, 14.0]


@torch.no_grad()
def test_the_head_for_gaps_answers_everywhere_or_where_it_is_asked():
    filler, x = MaskedLanguageModel(build(num_classes=0)).eval(), sentences()
    everywhere = filler(x)
    assert everywhere.shape == (4, 7, 30)
    is_asked = x % 3 == 0
    torch.testing.assert_close(filler(x, None, is_asked), everywhere[is_asked])


def test_without_classes_it_says_so():
    with pytest.raises(ValueError, match="num_classes above 0"):
        build(num_classes=0)(sentences())


def test_eighty_ten_ten():
    x = torch.randint(4, 30, (200, 50), generator=torch.Generator().manual_seed(0))
    generator = torch.Generator().manual_seed(1)
    is_asked = torch.rand(x.shape, generator=generator) < 0.5
    dice, others = torch.rand(x.shape, generator=generator), torch.full_like(x, 99)
    hidden = corrupted(x, is_asked, dice, others)
    assert torch.equal(hidden[~is_asked], x[~is_asked])
    shares = [(hidden[is_asked] == value).float().mean().item() for value in (MASK, 99)]
    assert shares == pytest.approx([0.8, 0.1], abs=0.02)
    assert (hidden[is_asked] == x[is_asked]).float().mean().item() == pytest.approx(0.1, abs=0.02)
    assert (corrupted(x, is_asked, dice, others, random_share=0, kept_share=0)[is_asked] == MASK).all()


def test_dropout_can_be_turned():
    model = build(dropout=0.0).train()
    x = sentences()
    assert torch.equal(model(x), model(x))
    model.set_dropout(0.5)
    assert not torch.equal(model(x), model(x))
