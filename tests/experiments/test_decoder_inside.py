"""Looking into the page `decoder`: what is told of tokens, texts and the cache is what the network says."""

import numpy as np
import pytest
import torch

from experiments.decoder import DecoderExperiment
from experiments.decoder_inside import Pen, cache_times, next_logits, next_tokens, prompt_of, surprises, tokens_of
from experiments.decoder_settings import DecoderSettings
from experiments.decoder_writing import Drawing
from ui.decoder_next import fraction


def build(**changes):
    torch.manual_seed(0)
    return DecoderExperiment(DecoderSettings(**changes))


def test_the_table_holds_the_whole_vocabulary():
    experiment = build(task="Alice", level="BPE", vocab_size=300)
    logits = next_logits(experiment, "Alice was ")
    found = next_tokens(logits, Drawing(0.7, top_p=0.9))
    assert len(found.order) == 300
    assert np.all(np.diff(found.logits) <= 0)
    assert found.before.sum() == pytest.approx(1)
    assert found.after.sum() == pytest.approx(1)
    assert found.num_kept == (found.after > 0).sum() < 300
    np.testing.assert_allclose(found.scaled, found.logits / 0.7, rtol=1e-6)


def test_the_worked_fraction_is_the_chance():
    found = next_tokens(np.array([1.0, 3.0, 2.0], dtype=np.float32), Drawing(2.0, top_k=2))
    # e^(3/2 - 3/2) / (e^0 + e^(2/2 - 3/2)) = 1 / 1.6065
    assert found.after[0] == pytest.approx(1 / 1.60653, rel=1e-4)
    assert r"= \frac{1}{1.607} = 62.246\ \%" in fraction(found, 0, Drawing(2.0, top_k=2))


@pytest.mark.parametrize("task", ["sort", "induction", "baby names", "Alice"])
def test_the_first_prompt_can_be_read(task):
    experiment = build(task=task)
    assert len(tokens_of(experiment, prompt_of(experiment))) > 0


@pytest.mark.parametrize("settings", [{}, {"task": "Alice", "seq_len": 16}, {"task": "induction"}])
@pytest.mark.parametrize("is_test", [True, False])
def test_surprises_are_the_losses_of_the_tokens(settings, is_test):
    experiment = build(**settings)
    found = surprises(experiment, is_test)
    assert len(found.tokens) == len(found.nats) == len(found.ranks) == len(found.likely)
    longest = experiment.model.max_len
    experiment.model.eval()
    number = {symbol: index for index, symbol in enumerate(experiment.task.symbols)}
    row = torch.tensor([number[token] for token in found.tokens[: longest + 1]])
    logs = experiment.model(row[None, :-1])[0].log_softmax(1)
    by_hand = -logs.gather(1, row[1:, None])[:, 0].detach().numpy()
    asked = np.isfinite(found.nats[1 : longest + 1])
    assert asked.any()
    np.testing.assert_allclose(found.nats[1 : longest + 1][asked], by_hand[asked], rtol=1e-4, atol=1e-5)
    if settings.get("task") == "Alice":
        assert np.isfinite(found.nats[1:]).all()  # also beyond the first context


def test_a_pen_writes_what_the_network_says():
    experiment = build(task="baby names", seq_len=16)
    pen = Pen(experiment, "A")
    for _ in range(30):
        pen.go_on(experiment, Drawing(0.0))
    assert len(pen.text(experiment)) == 30
    assert pen.shares == [1.0] * 30
    assert not pen.is_cached  # the context is full
    assert len(pen.copied(experiment)[0]) == 30
    assert experiment.model.training


def test_a_problem_is_written_out():
    experiment = build()
    for _ in range(80):
        experiment.step()
    pen = Pen(experiment, "210210")
    for _ in range(6):
        pen.go_on(experiment, Drawing(0.0))
    given = experiment.answers(torch.tensor([[2, 1, 0, 2, 1, 0, 0, 0, 0, 0, 0]]))[0, 5:]
    assert pen.text(experiment) == "".join(map(str, given.tolist()))


def test_time_with_and_without_the_cache_is_measured():
    found = cache_times(build())
    assert list(found) == ["with the cache", "without it"]
    assert all((times > 0).all() and len(times) == 10 for times in found.values())
