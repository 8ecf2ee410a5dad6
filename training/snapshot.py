"""What a page shows of a run, and when a run should stop by itself."""

from dataclasses import dataclass
from typing import Any

from training.experiment import Observation
from training.history import Columns


@dataclass(frozen=True)
class Stop:
    """When a run should pause by itself; `None` means no such limit."""

    steps: int | None = None  # counted from pressing Play
    seconds: float | int | None = None
    target_loss: float | int | None = None  # test loss where there is one, else training loss
    patience: int | None = None  # steps without a lower loss


@dataclass(frozen=True)
class Snapshot:
    """All a page shows of a run at one moment. Never changes once made."""

    step: int  # the one shown; while an earlier moment is visited, not the newest
    newest_step: int
    epoch: float
    is_playing: bool
    message: str  # why the run paused by itself, in one sentence; else empty
    has_failed: bool  # the loss is no longer a number, or has exploded
    seconds: float  # spent training since step 0, pictures and waiting left out
    steps_per_second: float
    seconds_left: float | None  # until the stop condition on steps or seconds, while playing
    settings: Any
    device: str
    history: Columns  # up to the newest step
    observation: Observation
