"""The lens: its last reading is the network's answer, and the parts of a logit sum to the logit."""

import numpy as np
import pytest
import torch
from torch import nn

from experiments.decoder import DecoderExperiment
from experiments.decoder_lens import BIASES, attention_of, heads_of, read_lens, sees_the_future
from experiments.decoder_settings import DecoderSettings
from experiments.prompts import Prompt, read_prompt
from models.attention import MultiHeadAttention

KINDS = {
    "the lecture's order": {},
    "normalised before": {"is_pre_norm": True},
    "tied": {"is_tied": True, "is_pre_norm": True},
    "rotated": {"positions": "RoPE"},
    "leaking": {"variant": "leaking"},
}


def experiment(**changes):
    torch.manual_seed(0)
    made = DecoderExperiment(DecoderSettings(**changes))
    for norm in made.model.modules():
        if isinstance(norm, nn.LayerNorm):  # as if it had learnt: no scale of 1 and no shift of 0
            nn.init.normal_(norm.weight, 1.0, 0.3)
            nn.init.normal_(norm.bias, 0.0, 0.3)
    for attention in made.model.modules():
        if isinstance(attention, MultiHeadAttention):
            nn.init.normal_(attention.out_proj.bias, 0.0, 0.3)
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_the_parts_sum_to_the_logit_and_the_last_reading_is_the_answer(kind):
    made = experiment(**KINDS[kind])
    prompt = read_prompt(made, "20112", 8)
    seen = read_lens(made, prompt)
    made.model.eval()
    with torch.no_grad():
        logits = made.model(prompt.ids[None])[0]
    np.testing.assert_array_equal(seen.logits, logits.numpy())
    np.testing.assert_allclose(seen.chances[-1], logits.softmax(1).numpy(), rtol=1e-5)
    for place in range(5):
        for token in (0, 2):
            assert seen.attribution(place, token).sum() == pytest.approx(logits[place, token].item(), abs=2e-5)
    assert len(seen.readings) == len(seen.chances)
    assert len(seen.parts) == len(seen.pieces)
    assert len(set(seen.parts)) == len(seen.parts)


def test_every_head_and_part_has_a_term():
    made = experiment()
    seen = read_lens(made, read_prompt(made, "21", 8))
    heads, layers = made.settings.n_heads, made.settings.n_layers
    names = ["token", "position"]
    for layer in range(1, layers + 1):
        names += [*(f"layer {layer} head {head + 1}" for head in range(heads)), f"layer {layer} feed-forward"]
    assert seen.parts == (*names, BIASES)
    assert seen.readings[0] == "embeddings"
    assert len(seen.readings) == 1 + 2 * layers
    other = experiment(positions="RoPE")
    assert "position" not in read_lens(other, read_prompt(other, "21", 8)).parts


def test_heads_sum_to_what_attention_hands_on():
    torch.manual_seed(0)
    attention = MultiHeadAttention(8, 4)
    mixed = torch.randn(3, 8)
    whole = attention.out_proj(mixed)
    torch.testing.assert_close(sum(heads_of(attention, mixed)).float() + attention.out_proj.bias, whole)


def test_a_head_that_hands_on_nothing_adds_nothing():
    made = experiment(is_pre_norm=True)
    attention = made.model.blocks[0].attention
    width = made.settings.d_model // made.settings.n_heads
    with torch.no_grad():
        attention.out_proj.weight[:, :width] = 0
    seen = read_lens(made, read_prompt(made, "000", 8))
    assert np.abs(seen.attribution(2, 1)[seen.parts.index("layer 1 head 1")]) < 1e-12
    assert np.abs(seen.attribution(2, 1)[seen.parts.index("layer 1 head 2")]) > 1e-6


def test_the_early_answer_is_the_last_layer_on_the_embeddings():
    made = experiment(is_pre_norm=True)
    prompt = read_prompt(made, "12", 8)
    made.model.eval()
    with torch.no_grad():
        early = made.model.lm_head(made.model.norm(made.model.embed(prompt.ids[None])))[0].softmax(1)
    np.testing.assert_allclose(read_lens(made, prompt).chances[0], early.numpy(), rtol=1e-5)


def test_looking_leaves_no_trace():
    made = experiment(dropout=0.2)
    made.model.train()
    chance = torch.get_rng_state()
    prompt = Prompt(torch.tensor([1, 2, 0]), ("1", "2", "0"))
    first, second = read_lens(made, prompt), read_lens(made, prompt)
    np.testing.assert_array_equal(first.pieces, second.pieces)
    attention_of(made, prompt)
    assert made.model.training
    assert torch.equal(chance, torch.get_rng_state())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in made.model.modules())


def test_attention_of_every_head_and_who_sees_the_future():
    made, leaking = experiment(), experiment(variant="leaking")
    weights = attention_of(made, read_prompt(made, "2012", 8))
    assert weights.shape == (made.settings.n_layers, made.settings.n_heads, 4, 4)
    np.testing.assert_allclose(weights.sum(3), 1, rtol=1e-5)
    assert (np.triu(weights, 1) == 0).all()
    assert not sees_the_future(made)
    assert sees_the_future(leaking)


def test_the_likeliest_by_hand():
    made = experiment()
    seen = read_lens(made, read_prompt(made, "1", 8))
    order, chances = seen.likeliest(0, 0, 3)
    assert chances.tolist() == sorted(seen.chances[0, 0].tolist(), reverse=True)[:3]
    assert seen.chances[0, 0][order].tolist() == chances.tolist()
