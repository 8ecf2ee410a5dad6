"""The page `transformer` below the surface: writing, searching, smoothing, and what forced and free have in common."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from data.dataset import DataError
from data.pairs import END, PAD
from experiments.transformer import TransformerExperiment
from experiments.transformer_inside import first_target, leak, loss_by_confidence, smoothed_targets, writing
from experiments.transformer_search import beam_search, exact_search, penalty
from experiments.transformer_settings import TransformerSettings


def build(steps=0, **changes):
    torch.manual_seed(0)
    experiment = TransformerExperiment(TransformerSettings(**changes))
    for _ in range(steps):
        experiment.step()
    return experiment


@pytest.fixture(scope="module")
def half_trained():
    return build(24, length=4)


def signs(experiment, numbers):
    return tuple(experiment.task.target_signs[number] for number in numbers)


def test_whole_answers_are_the_same_forced_and_free_while_the_mask_is_there(half_trained):
    row = half_trained.evaluate()
    assert 0.05 < row["whole_accuracy"] < 0.95
    assert row["whole_accuracy"] == row["forced_whole_accuracy"]
    assert row["forced_accuracy"] > row["free_accuracy"]


def test_without_the_mask_they_are_not():
    row = build(60, length=4, uses_mask=False).evaluate()
    assert row["forced_whole_accuracy"] > 0.5
    assert row["whole_accuracy"] < 0.1


def test_its_own_answers_take_the_place_of_right_ones():
    experiment = build(length=4)
    pairs = experiment.task.train
    assert torch.equal(experiment.inputs(pairs), pairs.targets[:, :-1])
    experiment.apply(experiment.settings.changed(own_share=1.0))
    mixed = experiment.inputs(pairs)
    said = experiment.model(pairs.sources, pairs.targets[:, :-1], pairs.sources != PAD).argmax(2)
    is_asked = pairs.targets[:, 1:-1] != PAD
    assert torch.equal(mixed[:, 1:][is_asked], said[:, :-1][is_asked])
    assert torch.equal(mixed[:, 0], pairs.targets[:, 0])


def test_a_beam_of_one_is_what_it_writes(half_trained):
    for source in half_trained.task.test.sources[:8]:
        numbers = source[source != PAD]
        written = half_trained.write(numbers[None])[0, 1:].tolist()
        if PAD in written or 1 in written:
            continue
        assert beam_search(half_trained, numbers, 1, 0.0).answer.signs == signs(half_trained, written)


@torch.no_grad()
def best_by_hand(experiment, source, longest, alpha):
    """The best answer of all with at most `longest` signs, by asking for every one of them."""
    memory, found = experiment.model.encode(source[None]), {}
    letters = range(3, len(experiment.task.target_signs))
    for length in range(1, longest + 1):
        rows = torch.tensor([[1, *row, END] for row in itertools.product(letters, repeat=length - 1)])
        logits = experiment.model.decode(rows[:, :-1], memory.expand(len(rows), -1, -1))
        logits[..., [0, 1]] = -math.inf
        chances = logits.log_softmax(2).gather(2, rows[:, 1:, None]).sum((1, 2)).double()
        best = int(chances.argmax())
        found[signs(experiment, rows[best, 1:].tolist())] = (chances[best] / penalty(length, alpha)).item()
    return max(found.items(), key=lambda pair: pair[1])


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_the_exact_search_finds_the_best_of_all(half_trained, alpha, monkeypatch):
    monkeypatch.setattr(half_trained.task, "max_target", 5)
    for source in half_trained.task.test.sources[:3]:
        numbers = source[source != PAD]
        best, score = best_by_hand(half_trained, numbers, 4, alpha)
        found = exact_search(half_trained, numbers, alpha, max_looks=3000)
        assert found.signs == best
        assert found.score == pytest.approx(score, abs=1e-4)
        beams = [beam_search(half_trained, numbers, width, alpha).answer for width in (1, 5)]
        ended = [answer.score for answer in beams if answer.signs[-1] == "■"]
        assert ended
        assert max(ended) <= found.score + 1e-6


def test_an_exact_search_that_takes_too_long_says_so():
    experiment = build()
    assert exact_search(experiment, experiment.task.numbers("abc"), 0.0, max_looks=1) is None


def test_the_tree_adds_up(half_trained):
    tree = beam_search(half_trained, half_trained.task.numbers("abcd"), 3, 0.6)
    for number, node in enumerate(tree.nodes[1:], start=1):
        parent = tree.nodes[node.parent]
        assert node.parent < number
        assert parent.is_kept
        assert not parent.is_over
        assert node.total == pytest.approx(parent.total + math.log(node.chance), abs=1e-5)
        assert node.score == pytest.approx(node.total / penalty(node.place + 1, 0.6))
    for place in range(max(node.place for node in tree.nodes) + 1):
        assert 1 <= sum(node.is_kept for node in tree.nodes if node.place == place) <= 3
    assert tuple(tree.nodes[number].sign for number in tree.best[1:]) == tree.answer.signs


def test_the_length_penalty_by_hand():
    assert penalty(1, 0.7) == 1
    assert penalty(7, 1.0) == 2
    assert penalty(7, 0.0) == 1


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.4])
def test_smoothing_is_torchs(smoothing):
    numbers, num_signs = torch.tensor([3, 5, 2]), 13
    targets = torch.from_numpy(smoothed_targets(numbers, num_signs, smoothing))
    logits = torch.randn(3, num_signs, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    ours = -(targets * logits.log_softmax(1)).sum(1).mean()
    torch.testing.assert_close(ours, F.cross_entropy(logits, numbers, label_smoothing=smoothing))
    torch.testing.assert_close(targets.sum(1), torch.ones(3, dtype=torch.float64))
    confidence = np.array([0.7])
    sure = torch.full((1, num_signs), math.log(0.3 / 12), dtype=torch.float64)
    sure[0, 3] = math.log(0.7)
    expected = F.cross_entropy(sure, numbers[:1], label_smoothing=smoothing).item()
    assert loss_by_confidence(confidence, num_signs, smoothing)[0] == pytest.approx(expected)


def test_the_first_target_is_what_the_loss_wants():
    experiment = build(label_smoothing=0.1)
    targets, rows, known = first_target(experiment)
    assert len(rows) == len(targets)
    assert [known[place] for place in targets.argmax(1)] == list(rows)
    assert rows[-1] == "■"
    assert targets.max() == pytest.approx(0.9 + 0.1 / len(known))


@pytest.mark.parametrize("uses_mask", [True, False])
def test_a_later_sign_reaches_an_earlier_place_only_without_the_mask(uses_mask):
    seen = leak(build(24, length=4, uses_mask=uses_mask), "abcd", 2)
    if len(seen.inputs) < 2:  # without the mask it may end at once
        seen = leak(build(length=4, uses_mask=uses_mask), "abcd", 2)
    assert seen.place == min(2, len(seen.inputs) - 1)
    assert seen.changes[seen.place] > 0.01
    assert bool(seen.changes[: seen.place].max() < 1e-5) is uses_mask


def test_an_answer_is_watched_as_it_is_written(half_trained):
    seen = writing(half_trained, "bad")
    assert seen.source == ("b", "a", "d", "■")
    assert seen.inputs == ("▷", *seen.given[:-1])
    assert tuple(row[0] for row in seen.likely) == seen.given
    np.testing.assert_allclose(seen.cross.sum(-1), 1, atol=1e-5)
    assert seen.looks["Decoder"].weights.shape == (1, 2, len(seen.given), len(seen.given))
    hidden = seen.looks["Decoder"].weights[..., ~seen.looks["Decoder"].is_seen]
    assert not hidden.any()
    with pytest.raises(DataError, match="shorten it"):
        writing(half_trained, "badbadbad")


def test_what_is_observed_is_what_it_writes(half_trained):
    seen = half_trained.observe().watched[0]
    again = writing(half_trained, "".join(seen.source[:-1]))
    assert seen.given == again.given
    np.testing.assert_allclose(seen.weights.mean(0), again.cross[-1], atol=1e-5)


def test_a_place_before_the_start_is_refused():
    experiment = build()
    state = experiment.state_dict()
    with pytest.raises(ValueError, match="before the start"):
        experiment.load_state_dict({**state, "place": [3, -1]})
