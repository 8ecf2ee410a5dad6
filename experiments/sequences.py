"""The tasks of the pages `rnn` and `lstm` behind one interface: batches, what is judged, and simple answers to beat.

Shapes: B sequences, T steps, V symbols, N symbols or values of a whole text or series.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

from data.dataset import DataError, seeded
from data.series import Series, load_series, own_series
from data.synthetic import ANSWERS, MAKERS, NUM_LETTERS, SYMBOLS, Sequences
from data.text import Text, as_symbols, load_text
from experiments.sequence_settings import ALL_SERIES, ALL_TEXTS, OWN_SERIES, OWN_TEXT, SequenceSettings
from training.settings import SettingsError

NUM_JUDGED: Final = 64  # sequences of the training and of the test part that are judged for the curves
PASS: Final = 2000  # sequences that count as one pass, where each batch is new
MAX_HORIZON: Final = 60  # values that are forecast
NUM_ORIGINS: Final = 8  # places in the tail from which a forecast starts
SMOOTHING: Final = 10.0  # times that a pair of symbols counts as seen, as often as its second one is


@dataclass(frozen=True)
class Own:
    """What the visitor brought: a text, or a column of numbers without gaps."""

    text: str = ""
    text_name: str = "your text"
    numbers: tuple[float, ...] = ()
    numbers_name: str = "your column"
    report: tuple[str, ...] = ()


NOTHING: Final = Own()


class Task:
    """What an experiment on sequences asks of its task, whichever it is.

    Attributes:
        takes_numbers: whether numbers are read and answered instead of symbols.
        num_inputs: V, or how many numbers are read at a step.
        num_outputs: how many symbols or numbers an answer chooses from.
        symbols, answers: the signs behind the numbers of inputs and answers; empty where numbers are read.
        train, test: sequences that are judged.
        baselines: the loss of simple answers on the test sequences, by name.
        num_sequences: how many count as one pass.
        report: what was done to the data, one sentence each.
        source: attribution and licence.
    """

    takes_numbers: bool
    num_inputs: int
    num_outputs: int
    symbols: tuple[str, ...]
    answers: tuple[str, ...]
    train: Sequences
    test: Sequences
    baselines: Mapping[str, float]
    num_sequences: int
    report: tuple[str, ...]
    source: str

    def next_batch(self, batch_size: int) -> Sequences:
        """Fresh sequences, drawn at random."""
        raise NotImplementedError


def make_task(settings: SequenceSettings, own: Own = NOTHING) -> Task:
    """The task that the settings name.

    Raises:
        SettingsError: if the visitor's own data are wanted and there are none.
        DataError: if the data are too short for the sequences.
    """
    if settings.task in ALL_TEXTS:
        return TextTask(chosen_text(settings, own), settings.seq_len)
    if settings.task in ALL_SERIES:
        return SeriesTask(chosen_series(settings, own), settings.seq_len, settings.learns_changes)
    return SyntheticTask(settings.task, settings.seq_len)


def chosen_text(settings: SequenceSettings, own: Own) -> Text:
    """The text that the settings name."""
    if settings.task != OWN_TEXT:
        return load_text(settings.task, settings.level)
    if not own.text:
        raise SettingsError("There is no text of your own yet: upload or paste one.")
    return as_symbols(own.text, own.text_name, settings.level)


def chosen_series(settings: SequenceSettings, own: Own) -> Series:
    """The series that the settings name."""
    if settings.task != OWN_SERIES:
        return load_series(settings.task)
    if not own.numbers:
        raise SettingsError("There is no column of your own yet: upload or paste a table.")
    return own_series(own.numbers_name, own.numbers, own.report)


class SyntheticTask(Task):
    """A task with known answers; each batch is new, so nothing can be learnt by heart."""

    source = "Made by this page; each batch is new."
    report: tuple[str, ...] = ()
    num_sequences = PASS

    def __init__(self, name: str, seq_len: int) -> None:
        """Makes the sequences that are judged.

        Args:
            name: a key of `MAKERS`.
            seq_len: T.
        """
        self.make, self.seq_len = MAKERS[name], seq_len
        self.symbols, self.answers = SYMBOLS.get(name, ()), ANSWERS.get(name, ())
        self.takes_numbers = not self.symbols
        self.train = self.make(NUM_JUDGED, seq_len, seeded(1))
        self.test = self.make(4 * NUM_JUDGED, seq_len, seeded(2))
        self.num_inputs = len(self.symbols) or self.test.inputs.shape[-1]
        self.num_outputs = len(self.answers) or self.test.targets.shape[-1]
        self.baselines = self._baselines(name)

    def next_batch(self, batch_size: int) -> Sequences:
        """New sequences from torch's global generator."""
        return self.make(batch_size, self.seq_len, None)

    def _baselines(self, name: str) -> Mapping[str, float]:
        match name:
            case "adding":
                return {"always 1": self._error(torch.ones_like(self.test.targets))}
            case "sine":
                return {"last value": self._error(self.test.inputs)}
            case "parentheses":
                counts = self.train.targets.flatten().bincount(minlength=self.num_outputs) + 1
                chances = counts / counts.sum()
                return {"how often each depth comes": -chances.log()[self.test.targets].mean().item()}
            case _:
                return {"guessing a letter": math.log(NUM_LETTERS)}

    def _error(self, guess: Tensor) -> float:
        errors = ((guess - self.test.targets) ** 2).mean(2)
        return ((errors * self.test.weights).sum() / self.test.weights.sum()).item()


class TextTask(Task):
    """Which symbol comes next? Sequences are windows of one row of symbols; the tail is kept for the test."""

    takes_numbers = False

    def __init__(self, text: Text, seq_len: int) -> None:
        """Chooses the windows that are judged, and counts symbols and pairs for the baselines.

        Args:
            text: the symbols.
            seq_len: T.

        Raises:
            DataError: if the training part or the tail is too short.
        """
        self.text, self.seq_len = text, seq_len
        self._train_ids, tail = text.ids[: text.num_train], text.ids[text.num_train :]
        if min(len(self._train_ids), len(tail)) <= seq_len:
            raise DataError(
                f"The text has {len(text.ids):,} {text.level}s, of which {len(tail):,} are kept for the test: too few "
                f"for sequences of {seq_len:,}, so take shorter sequences or a longer text."
            )
        self.num_inputs = self.num_outputs = len(text.itos)
        self.symbols = self.answers = text.itos
        self.train = _spread(self._train_ids, seq_len)
        self.test = _spread(tail, seq_len)
        self.num_sequences = len(self._train_ids) // seq_len
        self.baselines = text_baselines(self._train_ids, self.test, len(text.itos))
        self.bits = len(tail) / text.num_test_characters / math.log(2)  # bits per character for each nat
        self.report, self.source = text.report, text.source

    def next_batch(self, batch_size: int) -> Sequences:
        """Windows from anywhere in the training part."""
        starts = torch.randint(len(self._train_ids) - self.seq_len, (batch_size,))
        return _windows(self._train_ids, starts, self.seq_len)


def _windows(row: Tensor, starts: Int64[Tensor, " B"], seq_len: int) -> Sequences:
    """Windows of a row of symbols, and what follows each symbol."""
    windows = row[starts[:, None] + torch.arange(seq_len + 1)]  # (B, T + 1)
    return Sequences(windows[:, :-1], windows[:, 1:], torch.ones(len(starts), seq_len))


def _spread(row: Tensor, seq_len: int) -> Sequences:
    """Windows spread evenly over a row."""
    last = len(row) - seq_len - 1
    return _windows(row, torch.linspace(0, last, min(NUM_JUDGED, last + 1)).long(), seq_len)


def text_baselines(train: Int64[Tensor, " N"], test: Sequences, num_symbols: int) -> Mapping[str, float]:
    """What guessing costs in nats per symbol: all alike, by how often a symbol comes, and given the one before.

    Pairs are smoothed by the single symbols (MacKay & Peto, "A hierarchical Dirichlet language model", 1995).
    """
    counts = train.bincount(minlength=num_symbols) + 1.0
    unigram = counts / counts.sum()
    pairs, times = (train[:-1] * num_symbols + train[1:]).unique(return_counts=True)
    wanted = test.inputs * num_symbols + test.targets
    place = torch.searchsorted(pairs, wanted).clamp_max(len(pairs) - 1)
    seen = torch.where(pairs[place] == wanted, times[place], 0)
    before = train[:-1].bincount(minlength=num_symbols)[test.inputs]
    bigram = (seen + SMOOTHING * unigram[test.targets]) / (before + SMOOTHING)
    return {
        "ln V": math.log(num_symbols),
        "unigram": -unigram[test.targets].log().mean().item(),
        "bigram": -bigram.log().mean().item(),
    }


class SeriesTask(Task):
    """Which value comes next? Values are standardised by the training part; the tail is kept for the test.

    Attributes:
        series: as measured.
        z: (N,) what the network reads: values, or changes from one value to the next, standardised.
        mean, scale: `z * scale + mean` is in the unit of the series again.
        horizon: how many values are forecast.
        origins: numbers of the first values forecast, all in the tail.
        forecast_baselines: error of simple forecasts over the horizon, in the unit of the series.
    """

    takes_numbers = True
    num_inputs = num_outputs = 1
    symbols: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()

    def __init__(self, series: Series, seq_len: int, learns_changes: bool) -> None:
        """Standardises, and cuts the tail into the windows that are judged.

        Args:
            series: the values.
            seq_len: T.
            learns_changes: read changes instead of values.

        Raises:
            DataError: if the training part is too short.
        """
        self.series, self.seq_len, self.learns_changes = series, seq_len, learns_changes
        raw = series.values.diff(prepend=series.values[:1]) if learns_changes else series.values
        n, num_train = len(raw), series.num_train
        if num_train <= seq_len + 1:
            raise DataError(
                f"The series has {num_train:,} values to learn from, too few for sequences of {seq_len:,}: "
                "take shorter sequences or a longer series."
            )
        deviation, mean = torch.std_mean(raw[:num_train].double(), correction=0)
        self.mean, self.scale = mean.item(), max(deviation.item(), 1e-12)
        self.z = (raw - self.mean) / self.scale
        last = num_train - seq_len - 1
        self.train = self._cut(torch.linspace(0, last, min(NUM_JUDGED, last + 1)).long())
        ends = torch.arange(n - 1, num_train - 1, -seq_len)  # each value of the tail is wanted once
        test = self._cut(ends - seq_len)
        number = (ends - seq_len)[:, None] + torch.arange(1, seq_len + 1)
        self.test = test._replace(weights=(number >= num_train).float())
        self.num_sequences = max(1, num_train // seq_len)
        self.horizon = min(n - num_train, max(20, 2 * series.period), MAX_HORIZON)
        self.origins = torch.linspace(num_train, n - self.horizon, NUM_ORIGINS).long().unique()
        self.baselines = {name: self._one_step(shift) for name, shift in self._shifts().items()}
        self.forecast_baselines = {name: self._forecast(shift) for name, shift in self._shifts().items()}
        self.report, self.source = series.report, series.source

    def next_batch(self, batch_size: int) -> Sequences:
        """Windows from anywhere in the training part."""
        return self._cut(torch.randint(self.series.num_train - self.seq_len, (batch_size,)))

    def _cut(self, starts: Int64[Tensor, " B"]) -> Sequences:
        inputs, targets, weights = _windows(self.z, starts, self.seq_len)
        return Sequences(inputs[:, :, None], targets[:, :, None], weights)

    def _shifts(self) -> Mapping[str, int]:
        return {"naive": 1, "seasonal naive": self.series.period}

    def _one_step(self, shift: int) -> float:
        """The loss of saying the value `shift` steps ago."""
        values = self.series.values
        errors = (values[shift:] - values[:-shift])[self.series.num_train - shift :] / self.scale
        return errors.square().mean().item()

    def _forecast(self, shift: int) -> float:
        """The error over the horizon of repeating the last `shift` values."""
        return self.forecast_error(self.repeated(shift))

    def repeated(self, shift: int) -> Float[Tensor, "O H"]:
        """A forecast from each origin that repeats the last `shift` values."""
        return self.series.values[self.origins[:, None] - shift + torch.arange(self.horizon) % shift]

    @property
    def truth(self) -> Float[Tensor, "O H"]:
        """What came after each origin."""
        return self.series.values[self.origins[:, None] + torch.arange(self.horizon)]

    def forecast_error(self, forecast: Float[Tensor, "O H"]) -> float:
        """Root of the mean squared error over all origins, in the unit of the series."""
        return F.mse_loss(forecast, self.truth).sqrt().item()
