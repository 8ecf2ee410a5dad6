"""Lessons: predict, run, explain. Data only; the tests run every lesson and check what it claims."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from training.run import Run, Snapshot, Stop

Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Trial:
    """One run of a lesson."""

    label: str
    settings: Mapping[str, Any]  # what differs from the defaults


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
        is_failure: whether it belongs to the museum of failures.
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
    is_failure: bool = False

    def explain(self, numbers: Sequence[Numbers]) -> str:
        """The explanation with the numbers of these very runs."""
        return self.explanation.format(*numbers)


def numbers_of(snapshot: Snapshot) -> dict[str, float]:
    """What a lesson may look at: first, last and best values of the history, and the health of the layers."""
    numbers: dict[str, float] = {"step": float(snapshot.step), "has_failed": float(snapshot.has_failed)}
    for name, column in snapshot.history.values.items():
        numbers[name] = float(column[-1])
        numbers[f"first_{name}"] = float(column[0])
        finite = column[[math.isfinite(value) for value in column]]
        numbers[f"lowest_{name}"] = float(finite.min()) if len(finite) else math.nan
    for name in ("dead_share", "saturated_share", "gradient_norms"):
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
