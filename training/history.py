"""The numbers a run has recorded: columns over steps, in bounded memory."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from jaxtyping import Float, Int

CAPACITY: Final = 1024


@dataclass(frozen=True)
class Columns:
    """A frozen copy of a history: `steps` and one array of the same length per recorded number."""

    steps: Int[np.ndarray, " num_rows"]
    values: dict[str, Float[np.ndarray, " num_rows"]]

    def last(self, name: str) -> float:
        """The newest value of a column; NaN when there is none."""
        column = self.values.get(name)
        return float(column[-1]) if column is not None and len(column) else float("nan")


@dataclass
class History:
    """Rows at every `stride`-th step.

    When full, every second row goes and the stride doubles, so which rows there are depends on the step count alone:
    the same run always has the same history.
    """

    stride: int
    capacity: int = CAPACITY
    _steps: list[int] = field(default_factory=list)
    _rows: list[dict[str, float]] = field(default_factory=list)

    def is_due(self, step: int) -> bool:
        """Whether a row belongs at `step`."""
        return step % self.stride == 0

    def append(self, step: int, row: dict[str, float]) -> None:
        """Adds the row of `step`, thinning first when the memory is full."""
        if len(self._steps) >= self.capacity:
            self._thin()
        if self.is_due(step):
            self._steps.append(step)
            self._rows.append(row)

    def truncate(self, step: int) -> None:
        """Forgets all rows after `step`."""
        keep = sum(recorded <= step for recorded in self._steps)
        del self._steps[keep:], self._rows[keep:]

    def columns(self) -> Columns:
        """A copy that later rows do not change; a number that appears later is NaN before."""
        names = dict.fromkeys(name for row in self._rows for name in row)
        values = {name: np.array([row.get(name, np.nan) for row in self._rows], dtype=np.float64) for name in names}
        return Columns(np.array(self._steps, dtype=np.int64), values)

    @property
    def last_row(self) -> dict[str, float]:
        """The newest row, empty before the first."""
        return self._rows[-1] if self._rows else {}

    def _thin(self) -> None:
        self.stride *= 2
        kept = [(step, row) for step, row in zip(self._steps, self._rows, strict=True) if step % self.stride == 0]
        self._steps = [step for step, _ in kept]
        self._rows = [row for _, row in kept]
