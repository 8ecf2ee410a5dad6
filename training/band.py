"""The same settings trained on several seeds: what is luck in a run, and what is not."""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Int

from training.experiment import Experiment
from training.history import Columns, History
from training.run import LEASE_SECONDS, Build, Run, Stop, has_run_away, reason_of
from training.settings import Settings
from training.turn import TURN, RandomState

SLICE_SECONDS: Final = 0.002  # a fifth of a run's slice: a visitor who watches a run goes first
MAX_STEPS: Final = 20_000


@runtime_checkable
class Ensemble(Protocol):
    """Experiments of several seeds trained by one batched step. Each must come out as it would alone."""

    record_every: int

    def step(self) -> None:
        """One optimiser update of every member."""

    def evaluate(self) -> list[dict[str, float]]:
        """The row of history of every member."""


class Summary(NamedTuple):
    """One recorded number of all seeds that reached the last step."""

    mean: float
    low: float
    high: float
    deviation: float  # with n - 1 in the denominator; 0 for a single seed


Gather = Callable[[Sequence[Any], Sequence[RandomState]], Ensemble | None]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What the seeds did. Never changes.

    Attributes:
        settings: those of the first seed; the others differ in the seed only.
        seeds: all of them.
        num_steps: how many steps each was to take.
        histories: one for each seed; of one that ran away, up to there.
        has_failed: which seeds ran away, or could not take a step.
        seconds: spent training all of them.
        is_batched: whether they were trained by one batched step.
    """

    settings: Any
    seeds: tuple[int, ...]
    num_steps: int
    histories: tuple[Columns, ...]
    has_failed: tuple[bool, ...]
    seconds: float
    is_batched: bool

    @property
    def last_step(self) -> int:
        """The last step there is a row of; rows are some steps apart."""
        return int(max(one.steps[-1] for one in self.histories))

    def table(self, name: str) -> tuple[Int[np.ndarray, " num_rows"], Float[np.ndarray, "num_seeds num_rows"]]:
        """One recorded number of all seeds over common steps; NaN where a seed has none, or no finite one."""
        steps = np.unique(np.concatenate([history.steps for history in self.histories]))
        rows = np.full((len(self.histories), len(steps)), math.nan)
        for row, history in zip(rows, self.histories, strict=True):
            values = history.values.get(name, np.full(len(history.steps), math.nan))
            row[np.searchsorted(steps, history.steps)] = np.where(np.isfinite(values), values, math.nan)
        return steps, rows

    def summary(self, name: str) -> Summary | None:
        """Mean and range of the last values; None if no seed got there with a finite one."""
        pairs = zip(self.histories, self.has_failed, strict=True)
        finite = [one.last(name) for one, failed in pairs if not failed and math.isfinite(one.last(name))]
        if not finite:
            return None
        deviation = statistics.stdev(finite) if len(finite) > 1 else 0.0
        return Summary(statistics.fmean(finite), min(finite), max(finite), deviation)


class Band:
    """Trains several seeds in slices, as the scheduler gives them. Methods may be called from any thread."""

    def __init__(
        self, build: Build, settings: Settings, num_seeds: int, num_steps: int, gather: Gather | None = None
    ) -> None:
        """Plans the band; nothing is trained yet.

        Args:
            build: makes an experiment from settings.
            settings: of the first seed; the others follow it.
            num_seeds: how many.
            num_steps: how many steps each takes, at most `MAX_STEPS`.
            gather: makes an ensemble of experiments, or None of those it cannot train together.
        """
        self.settings, self.num_steps = settings, min(num_steps, MAX_STEPS)
        self.seeds = tuple((settings.seed + offset) % 100_000 for offset in range(num_seeds))
        self.outcome: Outcome | None = None
        self.message = ""  # why it stopped without an outcome, in one sentence
        self.polled_at = -math.inf
        self._is_wanted = True
        self._seconds = 0.0
        every = [settings.changed(seed=seed) for seed in self.seeds]
        self._together = _Together(build, every, self.num_steps, gather) if gather else None
        self._in_turn = _InTurn(build, every, self.num_steps)

    @property
    def is_due(self) -> bool:
        """Whether the worker should give it a slice."""
        return self.is_running and time.monotonic() - self.polled_at < LEASE_SECONDS

    @property
    def is_running(self) -> bool:
        """Whether there is more to train."""
        return self._is_wanted and self.outcome is None

    @property
    def share(self) -> float:
        """How much of the work is done, 0 to 1."""
        return self._work().num_taken / (self.num_steps * (1 if self._together else len(self.seeds)))

    @property
    def seconds_left(self) -> float | None:
        """An estimate at the speed so far, other runs left out of account; None before there is one."""
        return self._seconds * (1 - self.share) / self.share if self.share else None

    def poll(self) -> "Band":
        """Renews the lease."""
        self.polled_at = time.monotonic()
        return self

    def park(self) -> None:
        """Takes the lease away: no slices until somebody looks again."""
        self.polled_at = -math.inf

    def cancel(self) -> None:
        """No more slices; what was trained is of no use."""
        self._is_wanted = False

    def advance(self, seconds: float | int = SLICE_SECONDS) -> int:
        """Trains until the time is spent or a command waits; returns how many steps were taken, 1 for a set-up."""
        if not self.is_running:
            return 0
        began = time.perf_counter()
        try:
            taken = self._work().advance(seconds)
        except Exception as error:  # data of another seed that cannot be used, say
            self.message = f"The seeds could not be trained: {reason_of(error)}"
            self.cancel()
            return 0
        self._seconds += time.perf_counter() - began
        if self._together and self._together.is_refused:
            self._together = None
        if self._work().is_done:
            work = self._work()
            self.outcome = Outcome(
                settings=self.settings,
                seeds=self.seeds,
                num_steps=self.num_steps,
                histories=tuple(work.histories()),
                has_failed=tuple(work.has_failed),
                seconds=self._seconds,
                is_batched=self._together is not None,
            )
        return taken

    def _work(self) -> "_Together | _InTurn":
        return self._together or self._in_turn


class _InTurn:
    """One seed after another, each an ordinary run."""

    def __init__(self, build: Build, every: Sequence[Settings], num_steps: int) -> None:
        self._build, self._every, self._num_steps = build, every, num_steps
        self._finished: list[Columns] = []
        self.has_failed: list[bool] = []
        self._run: Run | None = None

    @property
    def is_done(self) -> bool:
        return len(self._finished) == len(self._every)

    @property
    def num_taken(self) -> int:
        return len(self._finished) * self._num_steps + (self._run.step if self._run else 0)

    def histories(self) -> list[Columns]:
        return self._finished

    def advance(self, seconds: float | int) -> int:
        if self._run is None:
            self._run = Run(self._build, self._every[len(self._finished)])
            self._run.play(Stop(steps=self._num_steps))
            return 1
        try:
            taken = self._run.advance(seconds)
        except Exception:  # a step could not be computed: the run has failed, and its history ends here
            taken = 1
        if not self._run.is_playing:
            self._finished.append(self._run.capture().history)  # a snapshot may be older, after a step that raised
            self.has_failed.append(self._run.poll().has_failed)
            self._run = None
        return taken


class _Together:
    """All seeds by one batched step."""

    def __init__(self, build: Build, every: Sequence[Settings], num_steps: int, gather: Gather) -> None:
        self._build, self._every, self._num_steps, self._gather = build, every, num_steps, gather
        self._experiments: list[Experiment] = []
        self._random_states: list[RandomState] = []
        self._random = RandomState(0)  # nothing is drawn from it: every member draws from its own
        self._ensemble: Ensemble | None = None
        self._histories: list[History] = []
        self.has_failed = [False for _ in every]
        self.is_refused = False
        self.num_taken = 0

    @property
    def is_done(self) -> bool:
        return self.num_taken >= self._num_steps or all(self.has_failed)

    def histories(self) -> list[Columns]:
        return [history.columns() for history in self._histories]

    def advance(self, seconds: float | int) -> int:
        if len(self._experiments) < len(self._every):
            self._build_next()
            return 1
        before, end = self.num_taken, time.perf_counter() + seconds
        with TURN.slice(self._random):
            ensemble = self._ensemble or self._begin()
            while ensemble and not self.is_done:
                ensemble.step()
                self.num_taken += 1
                if any(history.is_due(self.num_taken) for history in self._histories):
                    self._record(ensemble)
                if time.perf_counter() >= end or TURN.is_wanted:
                    break
        return self.num_taken - before

    def _build_next(self) -> None:
        settings = self._every[len(self._experiments)]
        random = RandomState(settings.seed)
        with TURN.slice(random):
            experiment = self._build(settings)
            random.use_device(experiment.device)
        self._experiments.append(experiment)
        self._random_states.append(random)

    def _begin(self) -> Ensemble | None:
        self._ensemble = self._gather(self._experiments, self._random_states)
        self.is_refused = self._ensemble is None
        if self._ensemble:
            self._histories = [History(self._ensemble.record_every) for _ in self._every]
            self._record(self._ensemble)
        return self._ensemble

    def _record(self, ensemble: Ensemble) -> None:
        for index, (history, row) in enumerate(zip(self._histories, ensemble.evaluate(), strict=True)):
            if not self.has_failed[index]:
                history.append(self.num_taken, row)
                self.has_failed[index] = has_run_away(row["loss"], history.column("loss")[0])
