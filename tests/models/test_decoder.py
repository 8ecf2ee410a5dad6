"""The decoder-only network: no place sees the future, a cache changes nothing, and the lecture's network leaks."""

import pytest
import torch
from torch import nn

from models.attention_positions import POSITIONS
from models.decoder import DecoderOnly, LeakyDecoderOnly


def make(kind=DecoderOnly, **changes):
    torch.manual_seed(0)
    sizes = {"d_model": 16, "n_heads": 2, "n_layers": 2, "dim_feedforward": 32, "dropout": 0.0, "max_len": 12}
    return kind(7, **{**sizes, **changes}).eval()


def tokens(seed=1):
    return torch.randint(7, (3, 12), generator=torch.Generator().manual_seed(seed))


OPTIONS = [*({"positions": name} for name in POSITIONS), {"is_pre_norm": True}, {"is_tied": True, "activation": "gelu"}]


def moved_places(model, at):
    """Which places answer differently when the token at one place is another."""
    x = tokens()
    changed = x.clone()
    changed[:, at] = (changed[:, at] + 1) % 7
    return ((model(x) - model(changed)).abs().amax((0, 2)) > 1e-6).tolist()


@pytest.mark.parametrize("options", OPTIONS)
def test_the_future_does_not_change_the_past(options):
    assert moved_places(make(**options), 7) == [False] * 7 + [True] * 5


@pytest.mark.parametrize("options", OPTIONS)
def test_the_lectures_network_sees_the_future(options):
    assert moved_places(make(LeakyDecoderOnly, **options), 11)[:11] == [True] * 11


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("pieces", [[1] * 12, [5, 4, 3]])
def test_a_cache_changes_nothing(options, pieces):
    model, x = make(**options), tokens()
    caches = model.fresh_caches()
    parts = [model(piece, caches=caches) for piece in x.split(pieces, dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), model(x), rtol=1e-4, atol=1e-5)
    assert [len(cache) for cache in caches] == [12, 12]


def test_a_network_that_leaks_takes_no_cache():
    model = make(LeakyDecoderOnly)
    with pytest.raises(ValueError, match="nothing to keep"):
        model(tokens(), caches=model.fresh_caches())


def lectures(leaky):
    """The lecture's stack of torch's own layers with the weights of ours."""
    layer = nn.TransformerDecoderLayer(16, 2, 32, dropout=0.0, batch_first=True)
    stack = nn.TransformerDecoder(layer, num_layers=2)
    for theirs, ours in zip(stack.layers, leaky.blocks, strict=True):
        for attention, own in ((theirs.self_attn, ours.attention), (theirs.multihead_attn, ours.cross_attention)):
            attention.in_proj_weight, attention.in_proj_bias = own.qkv.weight, own.qkv.bias
            attention.out_proj.load_state_dict(own.out_proj.state_dict())
        linears = [part for part in ours.feed_forward if isinstance(part, nn.Linear)]
        for name, own in zip(("linear1", "linear2"), linears, strict=True):
            getattr(theirs, name).load_state_dict(own.state_dict())
        for name in ("norm1", "norm2", "norm3"):
            getattr(theirs, name).load_state_dict(getattr(ours, name).state_dict())
    return stack.eval()


def test_the_leaking_network_is_the_lectures():
    model, x = make(LeakyDecoderOnly), tokens()
    embedded = model.embed(x)
    triangle = torch.tril(torch.ones(12, 12)).bool()
    out = lectures(model)(embedded, embedded, tgt_mask=~triangle)
    torch.testing.assert_close(model.lm_head(out), model(x), rtol=1e-4, atol=1e-5)


def test_the_defaults_are_the_lectures():
    model = DecoderOnly(50)
    assert len(model.blocks) == 2
    assert model.token_emb.weight.shape == (50, 128)
    assert model.mask.shape == (128, 128)
    assert model.blocks[0].attention.n_heads == 4
    assert model.lm_head.bias is None
    assert model.blocks[0].feed_forward[0].out_features == 512


def test_tied_weights_are_counted_once():
    many, few = make(), make(is_tied=True)
    difference = sum(w.numel() for w in many.parameters()) - sum(w.numel() for w in few.parameters())
    assert difference == 7 * 16
    assert few(tokens()).std() < 3


def test_one_number_by_hand():
    """Without blocks a logit is the product of what is read, token and place, with the row of the answer."""
    model = make(n_layers=0)
    x = tokens()
    by_hand = (model.token_emb.weight[x[0, 3]] + model.pos_emb.weight[3]) @ model.lm_head.weight[5]
    assert model(x)[0, 3, 5].item() == pytest.approx(by_hand.item(), rel=1e-5)
