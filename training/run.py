"""One live training: play, pause, step, stop, reset, change, go back. Button, worker and tests call `advance`."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from training.capture import Change
from training.checkpoints import Checkpoints
from training.experiment import Experiment
from training.history import Columns, History
from training.settings import Settings, restarts
from training.snapshot import Snapshot, Stop
from training.travel import Answer, Travel
from training.turn import TURN, RandomState

__all__ = ["Build", "Run", "Snapshot", "Stop"]

SLICE_SECONDS: Final = 0.010
LEASE_SECONDS: Final = 4.0  # a run nobody has looked at for longer gets no slices
MAX_STEPS: Final = 1_000_000
EXPLOSION: Final = 1e6  # a loss this many times the first one will not come back

Build = Callable[[Any], Experiment]


def has_run_away(loss: float, first_loss: float) -> bool:
    """Whether training cannot bring this loss back: it is no number any more, or far above the first one."""
    return not math.isfinite(loss) or abs(loss) > EXPLOSION * max(1.0, abs(first_loss))


def reason_of(error: Exception) -> str:
    """The first line of what an error says, for a sentence to the visitor."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200]


class Run(Travel):
    """Drives one experiment. All public methods may be called from any thread; none waits longer than one step."""

    _snapshot: Snapshot

    def __init__(self, build: Build, settings: Settings) -> None:
        """Builds the experiment of `settings`.

        Args:
            build: makes an experiment from settings; called with torch's random state seeded.
            settings: what to build; its seed fixes everything random.

        Raises:
            SettingsError: if these settings cannot be trained.
        """
        self._build = build
        self.polled_at = -math.inf  # when somebody last looked, on the monotonic clock
        self._rate = 0.0
        self._pace: float | None = None
        self._pace_mark = (0.0, 0)
        self._idle = threading.Event()
        self._begin_step, self._begin_time = 0, 0.0
        self._start(settings)

    # ---- what a page calls -------------------------------------------------------------------------------------

    def poll(self) -> Snapshot:
        """The newest snapshot, at once; asks for a newer one and renews the lease."""
        self.polled_at = time.monotonic()
        self._is_watched = True
        return self._snapshot

    def play(self, stop: Stop | None = None) -> None:
        """Trains until paused, or until `stop` says so."""
        self._begin(stop or Stop(), None)

    def pause(self) -> None:
        """Stops after the current step, and brings the picture up to date."""
        self._is_playing = False
        with TURN.command(self._random):
            self._settle(self._message, has_failed=self._has_failed)
            self._refresh()

    def take(self, num_steps: int) -> None:
        """Asks for exactly `num_steps` more steps."""
        if num_steps > 0:
            self._begin(Stop(), num_steps)

    def take_epoch(self) -> None:
        """Asks for the steps to the end of the current epoch."""
        self.leave()
        self.take(self.experiment.steps_left_in_epoch)

    def reset(self, seed: int | None = None) -> None:
        """Back to step 0: the same weights, or those of another seed; a playing run plays on."""
        settings = self.settings if seed is None else self.settings.changed(seed=seed)
        self._restart(settings)

    def change(self, settings: Settings) -> None:
        """Takes new settings over: live ones at once, others by starting anew (and playing on if it played).

        Raises:
            SettingsError: if these settings cannot be trained; the run then stays as it was.
        """
        if settings == self.settings:
            return
        if restarts(self.settings, settings):
            self._restart(settings)
            return
        with TURN.command(self._random):
            self._return()
            former = dict(self.settings)
            self.experiment.apply(settings)
            turned = {name: value for name, value in dict(settings).items() if value != former[name]}
            self._changes.append(Change(self.step, turned))
            self._refresh()

    def replace(self, build: Build, settings: Settings) -> None:
        """Starts anew on other data (the visitor's own, say).

        Raises:
            SettingsError: if that cannot be trained; the run then stays as it was.
        """
        former, self._build = self._build, build
        try:
            self._restart(settings)
        except Exception:
            self._build = former
            raise

    def call(self, method: str, **arguments: Any) -> Any:
        """Asks the experiment something between two steps. The method must change nothing; see `edit`."""
        with TURN.command(self._random):
            return getattr(self.experiment, method)(**arguments)

    def look(self, question: Callable[[Experiment], Answer]) -> Answer:
        """Asks a function of the experiment between two steps. It must leave everything as it was; see `probe`."""
        with TURN.command(self._random):
            return question(self.experiment)

    def edit(self, method: str, **arguments: Any) -> Any:
        """Lets a method of the experiment change it by hand between two steps, and brings the picture up to date.

        At an earlier moment that is visited, the run branches there: an edit needs a future.
        """
        with TURN.command(self._random):
            result = getattr(self.experiment, method)(**arguments)
        self.branch()
        with TURN.command(self._random):
            self._edits.append(self.step)
            self._refresh()
            return result

    def history(self) -> Columns:
        """The numbers recorded so far, without asking for a new picture."""
        with TURN.command(self._random):
            return self._history.columns()

    def park(self) -> None:
        """Takes the lease away: no slices until somebody looks again."""
        self.polled_at = -math.inf

    def set_pace(self, steps_per_second: float | int | None) -> None:
        """Slows the run down to be followed by eye; `None` is full speed. The steps themselves are the same."""
        self._pace = steps_per_second
        self._pace_mark = (time.monotonic(), self.step)

    def wait(self, seconds: float | int) -> bool:
        """Waits until no more steps are wanted, at most `seconds`; returns whether that is so."""
        return self._idle.wait(seconds)

    @property
    def settings(self) -> Any:
        """The settings in force."""
        return self.experiment.settings

    @property
    def build(self) -> Build:
        """Makes the experiment from settings, on the visitor's own data where there are some."""
        return self._build

    @property
    def is_playing(self) -> bool:
        """Whether steps are wanted."""
        return self._is_playing

    @property
    def is_due(self) -> bool:
        """Whether the worker should give it a slice: steps are wanted, and somebody looks."""
        return self._is_playing and time.monotonic() - self.polled_at < LEASE_SECONDS

    # ---- what the worker calls ---------------------------------------------------------------------------------

    def advance(self, seconds: float | int = SLICE_SECONDS) -> int:
        """Takes steps until the time is spent, a command waits, or the work is done; returns how many.

        Raises:
            Exception: whatever a step raised; the run has then failed, and its message says why.
        """
        if self._is_playing and not self._is_watched and self._is_ahead():
            return 0  # nothing to do: the worker asks a run with a pace some hundred times a second
        with TURN.slice(self._random):
            before, began = self.step, time.perf_counter()
            try:
                while self._is_playing and not self._is_ahead():
                    self._take_one()
                    if time.perf_counter() >= began + seconds or TURN.is_wanted:
                        break
                self.seconds += time.perf_counter() - began
                if self._is_watched or not self._is_playing:
                    self._refresh()
            except Exception as error:
                self._fail(error)
                raise
            return self.step - before

    # ---- inside ------------------------------------------------------------------------------------------------

    def _start(self, settings: Settings) -> None:
        random = RandomState(settings.seed)
        with TURN.command(random):
            experiment = self._build(settings)
            random.use_device(experiment.device)
            self.experiment, self._random = experiment, random
            self.step, self.seconds, self._newest = 0, 0.0, None
            self._first_settings, self._changes, self._edits = settings, [], []
            self._settle()
            self._is_watched = False
            self._remaining: int | None = None
            self._stop = Stop()
            self._history = History(experiment.record_every)
            self._checkpoints = Checkpoints(experiment.steps_per_epoch)
            self._best_loss, self._best_step = math.inf, 0
            self._judged_step = 0  # when the loss was looked at last
            self._mark = (time.monotonic(), 0)
            self._record()
            self._keep()
            self._refresh()

    def _restart(self, settings: Settings) -> None:
        was_playing, stop = self._is_playing and self._remaining is None, self._stop
        self._start(settings)
        if was_playing:
            self._begin(stop, None)

    def _begin(self, stop: Stop, num_steps: int | None) -> None:
        with TURN.command(self._random):  # not in the middle of a step, which would be counted
            if self._has_failed:
                return
            if self.step >= MAX_STEPS:
                self._settle_at_cap()
                self._refresh()
                return
            self._return()
            self._stop, self._remaining = stop, num_steps
            self._message = ""
            self._begin_step, self._begin_time = self.step, time.monotonic()
            self._best_loss, self._best_step = math.inf, self.step
            self._mark = self._pace_mark = (self._begin_time, self.step)
            self._idle.clear()
            self._is_playing = True
            self._snapshot = replace(self._snapshot, is_playing=True, message="")

    def _settle(self, message: str = "", *, has_failed: bool = False) -> None:
        self._is_playing = False
        self._message, self._has_failed = message, has_failed
        self._idle.set()

    def _settle_at_cap(self) -> None:
        self._settle(f"Stopped at {MAX_STEPS:,} steps, the most a run may take. Reset to train again.")

    def _fail(self, error: Exception) -> None:
        """Pauses for good until reset, because a step raised."""
        self._settle(f"A step could not be computed ({reason_of(error)}). Change a setting or reset.", has_failed=True)
        self._snapshot = replace(self._snapshot, is_playing=False, message=self._message, has_failed=True)

    def _take_one(self) -> None:
        self.experiment.step()
        self.step += 1
        if self._remaining is not None:
            self._remaining -= 1
        if self._history.is_due(self.step):
            self._record()
        if self._checkpoints.is_due(self.step) and not self._has_failed:
            self._keep()
        if self._is_playing:
            self._stop_if_done()

    def _record(self) -> None:
        row = self.experiment.evaluate()
        self._history.append(self.step, row)
        self._judge(row["loss"])
        watched = row.get("test_loss", math.nan)
        if math.isnan(watched):  # there are no test examples
            watched = row["loss"]
        self._judged_step = self.step
        if watched < self._best_loss:
            self._best_loss, self._best_step = watched, self.step

    def _judge(self, loss: float) -> None:
        if has_run_away(loss, self._history.column("loss")[0]):
            what = f"very large ({loss:.1e})" if math.isfinite(loss) else "infinite or not a number"
            advice = self.experiment.advice(loss)
            self._settle(f"The loss became {what} at step {self.step:,}, so training paused. {advice}", has_failed=True)

    def _is_ahead(self) -> bool:
        if self._pace is None or self._remaining is not None:
            return False
        (since, step), now = self._pace_mark, time.monotonic()
        behind = (now - since) * self._pace - (self.step - step)
        if behind > max(1.0, 0.25 * self._pace):  # it was parked, or the machine is slower than that: do not hurry now
            self._pace_mark = (now, self.step)
        return behind <= 0

    def _stop_if_done(self) -> None:
        stop, taken = self._stop, self.step - self._begin_step
        if self._remaining == 0:
            self._settle()
        elif stop.steps is not None and taken >= stop.steps:
            self._settle(f"Stopped after {taken:,} steps, as asked.")
        elif stop.seconds is not None and time.monotonic() - self._begin_time >= stop.seconds:
            self._settle(f"Stopped after {stop.seconds:g} seconds and {taken:,} steps, as asked.")
        elif stop.target_loss is not None and self._best_loss <= stop.target_loss:
            self._settle(f"Stopped at step {self.step:,}: the loss reached {self._best_loss:.4g}.")
        elif stop.patience is not None and self._judged_step - self._best_step >= stop.patience:
            self._settle(f"Stopped at step {self.step:,}: no lower loss since step {self._best_step:,}.")
        elif self.step >= MAX_STEPS:
            self._settle_at_cap()

    def _keep(self) -> None:
        self._checkpoints.save(self.step, self._state())

    def _refresh(self) -> None:
        self._is_watched = False
        self._snapshot = Snapshot(
            step=self.step,
            newest_step=self.newest_step,
            epoch=self.experiment.epoch,
            is_playing=self._is_playing,
            message=self._message,
            has_failed=self._has_failed,
            seconds=self.seconds,
            steps_per_second=self._measured_rate(),
            seconds_left=self._seconds_left(),
            settings=self.experiment.settings,
            device=self.experiment.device.type,
            history=self._history.columns(),
            observation=self.experiment.observe(),
        )

    def _measured_rate(self) -> float:
        now = time.monotonic()
        since, step = self._mark
        if now - since >= 0.2 and self.step > step:
            self._rate = (self.step - step) / (now - since)
            self._mark = (now, self.step)
        return self._rate

    def _seconds_left(self) -> float | None:
        if not self._is_playing:
            return None
        if self._stop.seconds is not None:
            return max(0.0, self._stop.seconds - (time.monotonic() - self._begin_time))
        wanted = self._remaining if self._remaining is not None else self._stop.steps
        if wanted is None or not self._rate:
            return None
        left = wanted if self._remaining is not None else wanted - (self.step - self._begin_step)
        return left / self._rate
