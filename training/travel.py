"""Going through time: visit a moment of a run, branch off from it, take a run elsewhere and go on there."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, TypeVar

from training.capture import Capture, CaptureError, Change
from training.checkpoints import Checkpoints, copied
from training.experiment import Experiment
from training.history import History
from training.settings import Settings, SettingsError
from training.turn import TURN, RandomState

Answer = TypeVar("Answer")


class Travel(ABC):
    """The part of a `Run` that knows its past."""

    experiment: Experiment
    step: int
    seconds: float
    _is_playing: bool
    _message: str
    _has_failed: bool
    _random: RandomState
    _history: History
    _checkpoints: Checkpoints
    _first_settings: Settings
    _changes: list[Change]
    _edits: list[int]
    _newest: tuple[int, Any] | None  # step and state of the newest moment while an earlier one is visited

    @abstractmethod
    def _start(self, settings: Settings) -> None:
        """Builds the experiment anew."""

    @abstractmethod
    def _settle(self, message: str = "", *, has_failed: bool = False) -> None:
        """No more steps are wanted."""

    @abstractmethod
    def _refresh(self) -> None:
        """Makes a new snapshot."""

    @abstractmethod
    def _judge(self, loss: float) -> None:
        """Fails the run if the loss is no number any more, or far too large."""

    # ---- looking back ------------------------------------------------------------------------------------------

    @property
    def checkpoint_steps(self) -> list[int]:
        """The steps that `visit` can show exactly, ascending; the newest step is always one."""
        return sorted({*self._checkpoints.steps, self.newest_step})

    @property
    def newest_step(self) -> int:
        """The last step taken, whichever is shown now."""
        return self._newest[0] if self._newest else self.step

    @property
    def visited(self) -> int | None:
        """The earlier step that is shown now; None at the newest."""
        return self.step if self._newest else None

    @property
    def changes(self) -> tuple[Change, ...]:
        """Live settings turned on the way, oldest first."""
        return tuple(self._changes)

    @property
    def edits(self) -> tuple[int, ...]:
        """The steps at which something was changed by hand."""
        return tuple(self._edits)

    def visit(self, step: int) -> int:
        """Pauses and shows the newest checkpoint at or before `step`; nothing later is lost. Returns what is shown."""
        self._is_playing = False
        with TURN.command(self._random):
            self._settle(self._message, has_failed=self._has_failed)
            if self._newest is None:
                self._newest = self.step, copied(self._state())
            if step >= self._newest[0]:
                self._return()
            else:
                self._load(*self._checkpoints.nearest(step))
            self._refresh()
        return self.step

    def leave(self) -> None:
        """Back to the newest moment."""
        if self._newest is not None:
            self.visit(self._newest[0])

    def branch(self) -> None:
        """Goes on from the visited moment: what came after it is forgotten."""
        if self._newest is None:
            return
        with TURN.command(self._random):
            self._newest = None
            self._history.truncate(self.step)
            self._checkpoints.truncate(self.step)
            self._forget_changes()
            self._settle()
            self._refresh()

    def rewind(self, step: int) -> int:
        """Visits the newest checkpoint at or before `step` and branches there. Returns where the run is."""
        self.visit(step)
        self.branch()
        return self.step

    def state_at(self, step: int) -> Any:
        """The experiment's state at the newest checkpoint at or before `step`, as a copy."""
        return self._checkpoints.nearest(step)[1]["experiment"]

    def _return(self) -> None:
        """The newest moment is the one shown again; call it inside a turn."""
        if self._newest is not None:
            newest, self._newest = self._newest, None
            self._load(*newest)

    def _forget_changes(self) -> None:
        """The settings in force stay; what brought them about after this step is as if it happened now."""
        later = [change for change in self._changes if change.step > self.step]
        if later:
            values = {name: value for change in later for name, value in change.values.items()}
            self._changes = [change for change in self._changes if change.step <= self.step]
            self._changes.append(Change(self.step, values))
        self._edits = [step for step in self._edits if step <= self.step]

    # ---- taking a run elsewhere --------------------------------------------------------------------------------

    def capture(self) -> Capture:
        """The moment shown now, complete."""
        return self.capture_with(lambda experiment: None)[0]

    def capture_with(self, question: Callable[[Experiment], Answer]) -> tuple[Capture, Answer]:
        """The moment shown now, and what `question` finds in its experiment; it must change nothing."""
        with TURN.command(self._random):
            history = self._history.columns().until(self.step)
            capture = Capture(
                step=self.step,
                first_settings=self._first_settings,
                settings=self.experiment.settings,
                state=copied(self._state()),
                history=history,
                changes=tuple(change for change in self._changes if change.step <= self.step),
                edits=tuple(step for step in self._edits if step <= self.step),
                seconds=self.seconds,
            )
            return capture, question(self.experiment)

    def resume(self, capture: Capture) -> None:
        """Becomes the run that was captured, paused.

        Raises:
            CaptureError: if it does not fit; the run is then as it was, paused.
        """
        self._is_playing = False
        with TURN.command(self._random):  # not in the middle of a slice
            former = dict(vars(self))
        try:
            self._start(capture.settings)
            with TURN.command(self._random):
                self._history = History.of(capture.history, self.experiment.record_every)
                self._load(capture.step, copied(capture.state))
                self.seconds, self._first_settings = capture.seconds, capture.first_settings
                self._changes, self._edits = list(capture.changes), list(capture.edits)
                self._checkpoints.save(self.step, self._state())
                self._judge(self._history.column("loss")[-1])
                self._refresh()
        except SettingsError as error:
            vars(self).update(former)
            raise CaptureError(str(error)) from error
        except Exception as error:  # whatever a state from elsewhere may cause
            vars(self).update(former)
            raise CaptureError("These weights do not fit the network that the settings describe.") from error

    def _state(self) -> dict[str, Any]:
        return {"experiment": self.experiment.state_dict(), "random": self._random.state_dict()}

    def _load(self, step: int, state: Any) -> None:
        self.step = step
        self.experiment.load_state_dict(state["experiment"])
        self._random.load_state_dict(state["random"])
