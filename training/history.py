"""The numbers a run has recorded: columns over steps, in bounded memory."""

import math
from bisect import bisect_right
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
    _columns: dict[str, list[float]] = field(default_factory=dict)

    def is_due(self, step: int) -> bool:
        """Whether a row belongs at `step`."""
        return step % self.stride == 0

    def append(self, step: int, row: dict[str, float]) -> None:
        """Adds the row of `step`, thinning first when the memory is full; a number new in it is NaN before."""
        if len(self._steps) >= self.capacity:
            self._thin()
        if not self.is_due(step):
            return
        for name in row:
            self._columns.setdefault(name, [math.nan] * len(self._steps))
        self._steps.append(step)
        for name, column in self._columns.items():
            column.append(row.get(name, math.nan))

    def truncate(self, step: int) -> None:
        """Forgets all rows after `step`."""
        keep = bisect_right(self._steps, step)
        del self._steps[keep:]
        for column in self._columns.values():
            del column[keep:]

    def columns(self) -> Columns:
        """A copy that later rows do not change."""
        values = {name: np.array(column, dtype=np.float64) for name, column in self._columns.items()}
        return Columns(np.array(self._steps, dtype=np.int64), values)

    @property
    def last_row(self) -> dict[str, float]:
        """The newest row, empty before the first."""
        return {name: column[-1] for name, column in self._columns.items()} if self._steps else {}

    def _thin(self) -> None:
        self.stride *= 2
        kept = [row for row, step in enumerate(self._steps) if step % self.stride == 0]
        self._steps = [self._steps[row] for row in kept]
        self._columns = {name: [column[row] for row in kept] for name, column in self._columns.items()}
