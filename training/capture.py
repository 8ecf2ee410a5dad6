"""A run at one moment, complete: what a run file holds, what a fork starts from, what a pin keeps."""

from dataclasses import dataclass
from typing import Any

from training.history import Columns
from training.settings import Settings


class CaptureError(ValueError):
    """A capture that this run cannot take over; the message is one sentence for the visitor."""


@dataclass(frozen=True, eq=False)
class Change:
    """Live settings turned while training: `values` are in force from the step after `step` on."""

    step: int
    values: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Capture:
    """Everything it takes to go on exactly.

    Attributes:
        step: steps taken.
        first_settings: what the run was started with.
        settings: what is in force now: `first_settings` and all changes.
        state: `{"experiment": …, "random": […]}`, a nest of dicts and lists with tensors, numbers and words in it.
        history: the rows recorded so far.
        changes: live settings turned on the way, oldest first.
        edits: the steps at which something was changed by hand: a weight, a frozen layer, the next batch.
        seconds: spent training.
    """

    step: int
    first_settings: Settings
    settings: Settings
    state: Any
    history: Columns
    changes: tuple[Change, ...] = ()
    edits: tuple[int, ...] = ()
    seconds: float = 0.0
