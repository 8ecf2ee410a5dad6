"""The tasks behind one interface: batches come from the training part, baselines are right, bad lengths are refused."""

import math

import pytest
import torch

from data.dataset import DataError
from data.series import own_series
from data.synthetic import Sequences
from data.text import as_symbols
from experiments.sequence_settings import SequenceSettings
from experiments.sequences import Own, SeriesTask, TextTask, make_task, text_baselines
from tests.training.toy import is_sentence
from training.settings import SettingsError, choices_of

TASKS = [name for name in choices_of(SequenceSettings.model_fields["task"]) if not name.startswith("own")]


@pytest.mark.parametrize("name", TASKS)
def test_every_task_gives_batches_of_its_shape(name):
    task = make_task(SequenceSettings(task=name, seq_len=10))
    for batch in (task.next_batch(5), task.train, task.test):
        assert batch.inputs.shape[:2] == batch.targets.shape[:2] == batch.weights.shape
        assert batch.inputs.shape[1] == 10
        assert batch.inputs.is_floating_point() == batch.targets.is_floating_point() == task.takes_numbers
    assert len(task.next_batch(5).inputs) == 5
    assert task.baselines
    assert all(math.isfinite(value) and value > 0 for value in task.baselines.values())
    assert task.num_sequences > 0


def test_batches_of_a_text_leave_the_tail_alone():
    text = as_symbols("a" * 450 + "b" * 50, "own", "character")
    task = TextTask(text, 20)
    assert all(not task.next_batch(50).targets.any() for _ in range(20))
    assert task.test.targets.all()


def test_batches_of_a_series_leave_the_tail_alone_and_the_test_asks_for_each_value_of_it_once():
    task = SeriesTask(own_series("value", tuple(float(i) for i in range(200))), 7, False)
    last = task.z[159]
    assert max(task.next_batch(50).targets.max() for _ in range(20)) <= last
    asked = task.test.targets[:, :, 0][task.test.weights.bool()].sort().values
    torch.testing.assert_close(asked, task.z[160:])


def test_text_baselines_by_hand():
    train = torch.tensor([0, 1, 0, 1, 0, 1])
    test = Sequences(torch.tensor([[0]]), torch.tensor([[1]]), torch.ones(1, 1))
    found = text_baselines(train, test, 3)
    assert found["ln V"] == pytest.approx(math.log(3))
    unigram = 4 / 9  # three times, and one more for each symbol
    assert found["unigram"] == pytest.approx(-math.log(unigram))
    assert found["bigram"] == pytest.approx(-math.log((3 + 10 * unigram) / (3 + 10)))


@pytest.mark.parametrize("learns_changes", [False, True])
def test_series_baselines_by_hand(learns_changes):
    """A line that goes up by one: the last value is wrong by 1, the one a period ago by the period."""
    series = own_series("value", tuple(float(i) for i in range(100)))
    task = SeriesTask(series, 5, learns_changes)
    assert task.baselines["naive"] * task.scale**2 == pytest.approx(1)
    assert task.baselines["seasonal naive"] * task.scale**2 == pytest.approx(series.period**2)
    wrong = torch.arange(1, task.horizon + 1).float()
    assert task.forecast_baselines["naive"] == pytest.approx(wrong.square().mean().sqrt().item())
    assert task.forecast_error(task.truth) == 0


def test_bits_count_the_characters_of_the_words():
    text = as_symbols("four four five " * 60, "own", "word")
    task = TextTask(text, 5)
    assert task.bits == pytest.approx(1 / 5 / math.log(2))


@pytest.mark.parametrize(
    ("settings", "own", "error"),
    [
        ({"task": "own text"}, Own(), SettingsError),
        ({"task": "own column"}, Own(), SettingsError),
        ({"task": "own text", "seq_len": 50}, Own(text="some words to read " * 10), DataError),
        ({"task": "own column", "seq_len": 50}, Own(numbers=tuple(float(i % 7) for i in range(60))), DataError),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(settings, own, error):
    with pytest.raises(error) as caught:
        make_task(SequenceSettings(**settings), own)
    assert is_sentence(str(caught.value))
