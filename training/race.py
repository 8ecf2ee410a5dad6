"""Several experiments trained side by side: the same number of steps for each, all of them moving at once."""

import math
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

from training.history import Columns
from training.run import LEASE_SECONDS, Build, Run, Stop, reason_of
from training.settings import Settings

SLICE_SECONDS: Final = 0.010


class Entrant(NamedTuple):
    """One that takes part.

    Attributes:
        label: as the legend says it.
        build: makes its experiment from its settings.
        settings: of its run.
    """

    label: str
    build: Build
    settings: Settings


class Race:
    """Trains its runs in slices, as the scheduler gives them; whoever has taken the fewest steps is next."""

    def __init__(self, entrants: Sequence[Entrant], num_steps: int) -> None:
        """Plans the race; the networks are built in its first slices.

        Args:
            entrants: who takes part, at least one.
            num_steps: how many steps each takes; one that runs away stops earlier.
        """
        self.entrants, self.num_steps = tuple(entrants), num_steps
        self.runs: list[Run] = []  # in the order of the entrants, as far as they are built
        self.message = ""  # why it ended before its time, in one sentence
        self.seconds = 0.0  # spent training
        self.polled_at = -math.inf
        self._is_wanted, self._is_over = True, False
        self._is_watched = True
        self._histories: tuple[Columns, ...] = ()

    @property
    def is_due(self) -> bool:
        """Whether the worker should give it a slice."""
        return self.is_running and time.monotonic() - self.polled_at < LEASE_SECONDS

    @property
    def is_running(self) -> bool:
        """Whether there is more to train."""
        return self._is_wanted and not self._is_over

    @property
    def is_finished(self) -> bool:
        """Whether every entrant was trained to its end."""
        return self._is_wanted and self._is_over

    @property
    def share(self) -> float:
        """How much of the work is done, 0 to 1."""
        taken = sum(run.step if run.is_playing else self.num_steps for run in self.runs)
        return taken / (self.num_steps * len(self.entrants))

    @property
    def seconds_left(self) -> float | None:
        """An estimate at the speed so far, other runs left out of account; None before there is one."""
        share = self.share
        return self.seconds * (1 - share) / share if share else None

    @property
    def histories(self) -> tuple[Columns, ...]:
        """What those built so far have recorded, in the order of the entrants."""
        return self._histories

    def poll(self) -> "Race":
        """Renews the lease, and asks for newer histories."""
        self.polled_at = time.monotonic()
        self._is_watched = True
        return self

    def park(self) -> None:
        """Takes the lease away: no slices until somebody looks again."""
        self.polled_at = -math.inf

    def cancel(self) -> None:
        """No more slices; what was trained stays."""
        self._is_wanted = False

    def advance(self, seconds: float | int = SLICE_SECONDS) -> int:
        """Trains until the time is spent; returns how many steps were taken, 1 for a set-up."""
        if not self.is_running:
            return 0
        began = time.perf_counter()
        taken = self._build_next() if len(self.runs) < len(self.entrants) else self._train(began + seconds)
        self.seconds += time.perf_counter() - began
        is_over = len(self.runs) == len(self.entrants) and not any(run.is_playing for run in self.runs)
        if self._is_watched or is_over:
            self._is_watched = False
            self._histories = tuple(run.history() for run in self.runs)
        self._is_over = is_over  # last, so that whoever sees the end sees all of it
        return taken

    def _build_next(self) -> int:
        entrant = self.entrants[len(self.runs)]
        try:
            run = Run(entrant.build, entrant.settings)
        except Exception as error:  # settings that do not fit these data, say
            self.message = f"{entrant.label} could not be built: {reason_of(error)}"
            self.cancel()
            return 1
        run.play(Stop(steps=self.num_steps))
        self.runs.append(run)
        return 1

    def _train(self, end: float) -> int:
        taken = 0
        while time.perf_counter() < end:
            running = [run for run in self.runs if run.is_playing]
            if not running:
                break
            behind = min(running, key=lambda run: run.step)
            try:
                taken += behind.advance((end - time.perf_counter()) / len(running))
            except Exception:  # a step could not be computed: this run has failed and says so, the others go on
                taken += 1
        return taken
