"""What the pictures of the pages `rnn` and `lstm` need: a sequence on its way, a text written, a series gone on with.

Shapes: T steps of the sequence shown, H units of the last layer, K answers, P values of the past, F values forecast.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from data.synthetic import Sequences
from data.text import Text
from experiments.sequence_experiment import SequenceExperiment
from experiments.sequences import SeriesTask, TextTask

Kind = Literal["text", "series", "synthetic"]

NUM_PATHS: Final = 20  # forecasts that go on with random errors
NUM_SHOWN: Final = {"character": 36, "byte": 36, "word": 10}  # symbols of the sequence shown
NUM_WRITTEN: Final = {"character": 160, "byte": 160, "word": 32}
NUM_PROMPT: Final = {"character": 20, "byte": 20, "word": 4}
COPIED: Final = 15  # characters in a row that also stand in the training text make a copy
MAX_SEARCHED: Final = 400_000  # characters of the training text in which copies are looked for
MAX_ANSWERS: Final = 12  # rows of chances that are shown
MAX_PAST: Final = 120  # values before the forecast that are shown


@dataclass(frozen=True)
class Written:
    """A text that the network wrote.

    Attributes:
        prompt: what it was given to go on from.
        text: what it wrote.
        is_copied: of each character of `text`, whether it belongs to a stretch of the training text.
        longest: the longest stretch that also stands in the training text.
    """

    prompt: str
    text: str
    is_copied: np.ndarray
    longest: str


@dataclass(frozen=True)
class Forecast:
    """How a series goes on, in its unit; times in years, or in rows of the visitor's own.

    Attributes:
        times: (P + F,) of the values shown.
        past: (P,) the last values known.
        truth: (F,) what came.
        middle: (F,) the forecast; `low` and `high` hold four fifths of the paths around it.
        simple: (F,) what simple forecasts say, by name.
        unit: of the values.
        errors: root mean squared errors over all origins, by name; the network's is under `network`.
    """

    times: np.ndarray
    past: np.ndarray
    truth: np.ndarray
    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray
    simple: dict[str, np.ndarray]
    unit: str
    errors: dict[str, float]


@dataclass(frozen=True)
class SequenceObservation:
    """One moment of a network that reads sequences.

    Attributes:
        task: its name.
        kind: how it is drawn.
        takes_numbers: whether numbers are read and answered instead of symbols.
        answers: the signs behind the numbers answered; empty for a text.
        inputs: (T,) signs, or (T, D) numbers.
        wanted: (T,) numbers of the right answers, or (T, K) numbers.
        given: the same, as the network answers.
        wanted_signs, given_signs: (T,) signs of the right answers and of those given; empty where numbers are.
        is_asked: (T,) where an answer is wanted.
        chances: (T, rows) chances of the first answers; no columns where numbers are answered.
        states: (T, H) the memory after each step.
        baselines: losses of simple answers by name.
        bits: bits per character for each nat; NaN without a text.
        written, forecast: of a text, of a series.
        num_parameters: weights and biases.
        source, report: whose the data are, what was done to them.
    """

    task: str
    kind: Kind
    takes_numbers: bool
    answers: tuple[str, ...]
    inputs: tuple[str, ...] | np.ndarray
    wanted: np.ndarray
    given: np.ndarray
    wanted_signs: tuple[str, ...]
    given_signs: tuple[str, ...]
    is_asked: np.ndarray
    chances: np.ndarray
    states: np.ndarray
    baselines: dict[str, float]
    bits: float
    written: Written | None
    forecast: Forecast | None
    num_parameters: int
    source: str
    report: tuple[str, ...]


class SequenceWatching(SequenceExperiment):
    """An experiment on sequences that can be watched. A page adds `memories`."""

    def memories(self, x: Tensor) -> Float[Tensor, "B T H"]:
        """The memory of the last layer after every step."""
        raise NotImplementedError

    @torch.no_grad()
    def observe(self) -> SequenceObservation:
        """The network as it is now, on the first test sequence."""
        task = self.task
        inputs, targets, weights = self.shown()
        outputs = self.read(inputs.to(self.device))[0][0].cpu()
        states = self.memories(inputs.to(self.device))[0].cpu().numpy()
        is_text, is_series = isinstance(task, TextTask), isinstance(task, SeriesTask)
        chances = np.zeros((len(outputs), 0), dtype=np.float32)
        if not task.takes_numbers:
            chances = outputs.softmax(1)[:, :MAX_ANSWERS].numpy()
        return SequenceObservation(
            task=self.settings.task,
            kind="text" if is_text else "series" if is_series else "synthetic",
            takes_numbers=task.takes_numbers,
            answers=task.answers[:MAX_ANSWERS] if not is_text else (),
            inputs=inputs[0].numpy().copy() if task.takes_numbers else signs(inputs[0], task.symbols),
            wanted=targets[0].numpy().copy(),
            given=(outputs if task.takes_numbers else outputs.argmax(1)).numpy(),
            wanted_signs=() if task.takes_numbers else signs(targets[0], task.answers),
            given_signs=() if task.takes_numbers else signs(outputs.argmax(1), task.answers),
            is_asked=weights[0].numpy() > 0,
            chances=chances,
            states=states.copy(),
            baselines=dict(task.baselines),
            bits=task.bits if isinstance(task, TextTask) else float("nan"),
            written=self._written() if is_text else None,
            forecast=self._forecast() if is_series else None,
            num_parameters=sum(weight.numel() for weight in self._weights),
            source=task.source,
            report=task.report,
        )

    def shown(self) -> Sequences:
        """The sequence that is shown, with its answers and where they are wanted: (1, T, ...) each."""
        if isinstance(self.task, TextTask):
            text = self.task.text
            count = min(NUM_SHOWN[text.level], len(text.ids) - text.num_train - 1)
            window = text.ids[text.num_train : text.num_train + count + 1][None]
            return Sequences(window[:, :-1], window[:, 1:], torch.ones(1, count))
        inputs, targets, weights = self.task.test
        values = targets.flatten(1)
        liveliest = int((values.amax(1) - values.amin(1)).argmax())  # the deepest brackets, the largest swing
        return Sequences(*(part[liveliest : liveliest + 1] for part in (inputs, targets, weights)))

    # ---- a text ------------------------------------------------------------------------------------------------

    def _written(self) -> Written:
        text = self.text_task.text
        first = text.num_train
        prompt = text.ids[first : first + NUM_PROMPT[text.level]]
        return self.compose(text.join(prompt), NUM_WRITTEN[text.level])

    def compose(self, prompt: str, length: int) -> Written:
        """Goes on from a prompt, with the temperature of the settings.

        Args:
            prompt: any text; what the training text does not have is left out.
            length: symbols to write.
        """
        text, settings = self.text_task.text, self.settings
        known = text.numbers(prompt)
        start = known if len(known) else text.ids[:1]
        ids = self.write(start, length, settings.temperature, settings.top_k)
        written = text.join(ids)
        is_copied, longest = copies(written, self.corpus(text))
        return Written(text.join(known), written, is_copied, longest)

    def corpus(self, text: Text) -> str:
        """The training part as text, in which copies are looked for."""
        if not hasattr(self, "_corpus"):
            self._corpus = text.join(text.ids[: text.num_train])[:MAX_SEARCHED]
        return self._corpus

    # ---- a series ----------------------------------------------------------------------------------------------

    def _forecast(self) -> Forecast:
        task = self.series_task
        outputs = self.read(task.train.inputs.to(self.device))[0].cpu()
        spread = (outputs - task.train.targets)[:, -1].square().mean().sqrt().item()
        paths = self.forecast(1 + NUM_PATHS, spread)
        first, series = int(task.origins[0]), task.series
        num_past = min(MAX_PAST, 2 * task.horizon, first)
        numbers = np.arange(first - num_past, first + task.horizon)
        low, high = paths[0, 1:].quantile(torch.tensor([0.1, 0.9]), dim=0)
        simple = {"naive": task.repeated(1), "seasonal naive": task.repeated(series.period)}
        return Forecast(
            times=series.start + series.spacing * numbers,
            past=series.values[first - num_past : first].numpy().copy(),
            truth=task.truth[0].numpy().copy(),
            middle=paths[0, 0].numpy().copy(),
            low=low.numpy(),
            high=high.numpy(),
            simple={name: values[0].numpy().copy() for name, values in simple.items()},
            unit=series.unit,
            errors={"network": task.forecast_error(paths[:, 0]), **task.forecast_baselines},
        )


def signs(numbers: Tensor, names: Sequence[str]) -> tuple[str, ...]:
    """The signs behind numbers."""
    return tuple(names[number] for number in numbers.tolist())


def copies(written: str, corpus: str) -> tuple[np.ndarray, str]:
    """Which characters of a text belong to stretches that also stand in another one.

    Args:
        written: the text to look at.
        corpus: where its stretches may have come from.

    Returns:
        True for each character that belongs to a copy: `COPIED` characters in a row, or a whole line; and the longest
        stretch there is.
    """
    is_copied, longest, start = np.zeros(len(written), dtype=bool), "", 0
    while start < len(written):
        end = start
        while end < len(written) and written[start : end + 1] in corpus:
            end += 1
        if end - start > len(longest):
            longest = written[start:end]
        if end - start >= COPIED:
            is_copied[start:end] = True
        start = max(start + 1, end)
    place = 0
    for line in written.split("\n")[:-1]:  # the last line may not be finished
        if line and f"\n{line}\n" in corpus:
            is_copied[place : place + len(line)] = True
        place += len(line) + 1
    return is_copied, longest
