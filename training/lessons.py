"""Lessons: predict, run, explain. Data only; the tests run every lesson and check what it claims."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from training.history import Columns
from training.run import Run, Stop
from training.settings import Settings, is_shown, knob_of
from training.snapshot import Snapshot

Numbers = Mapping[str, float]

SHARES: Final = ("accuracy", "share")  # numbers ending so are written as percentages
_WHERE: Final = {
    "first_layer_": "{}, first layer",
    "last_layer_": "{}, last layer",
    "most_": "{}, worst layer",
    "lowest_test_": "lowest test {}",
    "lowest_": "lowest training {}",
    "first_": "{} at the start",
    "test_": "test {}",
}
_ON_BOTH: Final = ("loss", "accuracy", "r2", "error", "perplexity")  # measured on training and on test examples
_OF_THE_LAYERS: Final = ("dead_share", "saturated_share", "gradient_norms")


@dataclass(frozen=True)
class Trial:
    """One run of a lesson."""

    label: str
    settings: Mapping[str, Any]  # what differs from the defaults

    def complete(self, settings_class: type[Settings], seed: int, device: str) -> Any:
        """The settings of this run for one visitor, who keeps seed and device."""
        return settings_class.model_validate({"seed": seed, "device": device, **self.settings})


@dataclass(frozen=True)
class Failure:
    """What makes a lesson an exhibit of the museum: its first trial fails, its second is mended.

    Attributes:
        symptom: what one sees.
        diagnosis: why it happens.
        remedy: what to do.
    """

    symptom: str
    diagnosis: str
    remedy: str


@dataclass(frozen=True)
class Lesson:
    """A question that one or more short runs answer.

    Attributes:
        slug: identifier within its page.
        title: a few words.
        question: asked before anything runs.
        choices: the possible predictions.
        answer: index of the right one.
        trials: what to run, in order.
        steps: length of every run.
        holds: whether the numbers of the runs (one mapping a trial) show what the lesson claims.
        explanation: why; `{0[accuracy]:.0%}` stands for a number of the first trial's own run.
        watched: the numbers to show of each run, by their names in `numbers_of`.
        curve: the column of the history to draw of each run.
        failure: set if the lesson belongs to the museum of failures.
        then: a question to go on with by changing one thing; empty if there is none.
        change: the settings `then` speaks of.
    """

    slug: str
    title: str
    question: str
    choices: tuple[str, ...]
    answer: int
    trials: tuple[Trial, ...]
    steps: int
    holds: Callable[[Sequence[Numbers]], bool]
    explanation: str
    watched: tuple[str, ...] = ("accuracy", "test_accuracy")
    curve: str = "loss"
    failure: Failure | None = None
    then: str = ""
    change: Trial | None = None

    @property
    def runs(self) -> tuple[Trial, ...]:
        """The trials, and last, where there is one, the change to go on with."""
        return (*self.trials, self.change) if self.change else self.trials

    def explain(self, numbers: Sequence[Numbers]) -> str:
        """The explanation with the numbers of these very runs."""
        return self.explanation.format(*numbers)


@dataclass(frozen=True, eq=False)
class Result:
    """What is kept of a finished trial."""

    numbers: Numbers
    history: Columns
    seed: int


def result_of(snapshot: Snapshot) -> Result:
    """Keeps what a finished run gave."""
    return Result(numbers_of(snapshot), snapshot.history, snapshot.settings.seed)


def numbers_of(snapshot: Snapshot) -> dict[str, float]:
    """What a lesson may look at: first, last and best values of the history, and the health of the layers."""
    numbers: dict[str, float] = {"step": float(snapshot.step), "has_failed": float(snapshot.has_failed)}
    for name, column in snapshot.history.values.items():
        numbers[name] = float(column[-1])
        numbers[f"first_{name}"] = float(column[0])
        finite = column[[math.isfinite(value) for value in column]]
        numbers[f"lowest_{name}"] = float(finite.min()) if len(finite) else math.nan
    for name in _OF_THE_LAYERS:
        layers = getattr(snapshot.observation, name, ())
        if layers:
            numbers[f"most_{name}"] = float(max(layers))
            numbers[f"first_layer_{name}"] = float(layers[0])
            numbers[f"last_layer_{name}"] = float(layers[-1])
    return numbers


def run_trial(run: Run, steps: int) -> dict[str, float]:
    """Plays a run for `steps` steps in this thread, and returns its numbers. For tests and benchmarks."""
    run.play(Stop(steps=steps))
    while run.is_playing:
        run.advance(1.0)
    return numbers_of(run.poll())


def name_in_words(name: str) -> str:
    """A number of `numbers_of` as people say it: `test_loss` is the test loss, `loss` the training loss."""
    for start, words in _WHERE.items():
        if name.startswith(start):
            return words.format(name.removeprefix(start).replace("_", " "))
    words = name.replace("_", " ")
    return f"training {words}" if name in _ON_BOTH else words


def value_in_words(name: str, value: float) -> str:
    """A number with sensible digits: shares as percentages, the rest with three digits."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "infinite"
    if name.endswith(SHARES):
        return f"{value:.0%}"
    return f"{value:.3g}".replace("-", "−")


def in_words(lesson: Lesson, numbers: Numbers) -> str:
    """The watched numbers of one run, in a line."""
    return ", ".join(f"{name_in_words(name)} {value_in_words(name, numbers[name])}" for name in lesson.watched)


def results_table(lesson: Lesson, results: Mapping[int, Result]) -> str:
    """The watched numbers of the runs as a Markdown table; the keys are places in `lesson.runs`."""
    lines = [
        "| Run | " + " | ".join(map(name_in_words, lesson.watched)) + " |",
        "|---|" + "---:|" * len(lesson.watched),
    ]
    for number, result in sorted(results.items()):
        cells = [value_in_words(name, result.numbers[name]) for name in lesson.watched]
        lines.append(f"| {lesson.runs[number].label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def settings_in_words(settings: Settings, names: Sequence[str]) -> str:
    """The settings called `names` as their knobs call them; those without an effect are left out."""
    fields = type(settings).model_fields
    parts = []
    for name in names:
        if is_shown(name, settings):
            parts.append(f"{knob_of(fields[name])['label']}: {_setting_in_words(getattr(settings, name))}")
    return ", ".join(parts)


def _setting_in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return "-".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
