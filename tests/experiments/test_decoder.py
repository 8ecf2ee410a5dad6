"""The page `decoder` below the surface: how text is drawn, what is copied, and what the numbers mean."""

import math

import pytest
import torch

from data.tokenizer import train_bpe
from experiments.decoder import DecoderExperiment
from experiments.decoder_settings import DecoderSettings
from experiments.decoder_writing import Drawing, chances, write
from experiments.sequences import Own
from training.settings import SettingsError


def build(own=None, tokenizer="", **changes):
    torch.manual_seed(0)
    return DecoderExperiment(DecoderSettings(**changes), own, tokenizer)


LOGITS = torch.tensor([[2.0, 1.0, 0.0, -1.0]])


def test_temperature_divides_the_logits():
    torch.testing.assert_close(chances(LOGITS, Drawing(2.0)), (LOGITS / 2).softmax(1))
    assert chances(LOGITS, Drawing(0.0)).tolist() == [[1, 0, 0, 0]]


def test_cuts_by_hand():
    whole = LOGITS.softmax(1)[0]
    assert chances(LOGITS, Drawing(top_k=2))[0].tolist() == pytest.approx(
        [*(whole[:2] / whole[:2].sum()).tolist(), 0, 0]
    )
    # 0.64 is below 0.7 and 0.64 + 0.24 is above it: two remain
    assert (chances(LOGITS, Drawing(top_p=0.7)) > 0).tolist() == [[True, True, False, False]]
    assert (chances(LOGITS, Drawing(top_p=0.01)) > 0).tolist() == [[True, False, False, False]]
    # e⁻¹ = 0.37 and e⁻² = 0.14 of the likeliest
    assert (chances(LOGITS, Drawing(min_p=0.2)) > 0).tolist() == [[True, True, False, False]]
    assert chances(LOGITS, Drawing(1.3, 3, 0.9, 0.01)).sum().item() == pytest.approx(1)


@pytest.mark.parametrize("length", [10, 40])
def test_writing_with_the_cache_is_writing_without_it(length):
    """Also when the context is full and begins to slide."""
    model = build(task="baby names", seq_len=16).model
    prompt = torch.randint(20, (3, 5))
    texts = [write(model, prompt, length, Drawing(0.9), seed=2, is_cached=is_cached) for is_cached in (True, False)]
    assert torch.equal(*texts)
    assert texts[0].shape == (3, length)
    assert model.training


def test_own_answers_are_the_test_up_to_the_first_mistake():
    experiment = build()
    for _ in range(40):
        experiment.step()
    batch = experiment.task.test
    experiment.model.eval()
    helped = experiment.model(batch.inputs).argmax(2)
    alone = experiment.answers(batch.inputs)
    is_exact = [((given == batch.targets) | (batch.weights == 0)).all(1) for given in (helped, alone)]
    assert torch.equal(*is_exact)
    assert experiment.evaluate()["exact_share"] == pytest.approx(is_exact[0].float().mean().item())


def test_a_network_that_leaks_cannot_write_what_it_has_read():
    experiment = build(variant="leaking")
    for _ in range(150):
        experiment.step()
    row = experiment.evaluate()
    assert row["test_accuracy"] > 0.95
    assert row["exact_share"] < 0.7


def test_bits_per_byte_by_hand():
    experiment = build(task="Alice", level="BPE", vocab_size=300)
    text = experiment.task.text
    tail = text.join(text.ids[text.num_train :]).encode()
    row = experiment.evaluate()
    by_hand = row["test_loss"] / math.log(2) * (len(text.ids) - text.num_train) / len(tail)
    assert row["bits_per_byte"] == pytest.approx(by_hand)
    assert build(task="Alice", level="byte").task.bits_per_byte == pytest.approx(1 / math.log(2))


def test_the_tokenizer_learns_nothing_from_the_test():
    raw = "abc " * 1500 + "xyz " * 100
    tokens = build(Own(text=raw), task="own text", level="BPE", vocab_size=300).task.text
    assert "␣abc" in tokens.itos
    assert "␣xyz" not in tokens.itos


def test_own_text_and_own_tokenizer():
    own = Own(text="some words to read again and again, " * 60)
    brought = train_bpe(own.text, 270).json
    experiment = build(own, brought, task="own text", level="own BPE", seq_len=16)
    experiment.step()
    assert experiment.task.num_inputs == 270
    assert experiment.material == {"own": own, "tokenizer": brought}
    with pytest.raises(SettingsError, match="tokenizer of your own"):
        build(own, task="own text", level="own BPE")
    with pytest.raises(SettingsError, match="text of your own"):
        build(task="own text")


def test_heads_that_do_not_share_the_width_are_refused():
    with pytest.raises(SettingsError, match="3 heads"):
        build(n_heads=3)
    with pytest.raises(SettingsError, match="7 heads"):
        build(n_heads=7, d_model=35 + 14, positions="RoPE")


def test_written_lines_are_marked_as_seen_or_new():
    experiment = build(task="baby names")
    known = set(experiment.corpus.split("\n"))
    lines = experiment.observe().lines
    assert len(lines) == 27
    assert all(line.is_seen == (line.text in known) for line in lines)
    assert "Anna" in known


@pytest.mark.parametrize("variant", ["causal", "leaking"])
def test_attention_is_that_of_the_sequence_shown(variant):
    seen = build(variant=variant).observe()
    assert len(seen.weights) == len(seen.is_seen) == len(seen.layer_names)
    assert seen.weights.sum(-1) == pytest.approx(1, abs=1e-5)
    assert (seen.weights * ~seen.is_seen[:, None]).max() == 0
    assert seen.weights[0, 0, -1].min() > 0
