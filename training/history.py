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

    def until(self, step: int) -> "Columns":
        """The rows at or before `step`."""
        keep = int(np.searchsorted(self.steps, step, side="right"))
        return Columns(self.steps[:keep], {name: column[:keep] for name, column in self.values.items()})


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

    def column(self, name: str) -> list[float]:
        """All values of one recorded number."""
        return self._columns[name]

    @classmethod
    def of(cls, columns: Columns, stride: int) -> "History":
        """The history that gave these columns; `stride` counts where there is one row only.

        Raises:
            ValueError: if no history can have such rows.
        """
        steps = columns.steps.tolist()
        if not steps or steps[0] != 0 or "loss" not in columns.values or len(steps) > CAPACITY:
            raise ValueError("a history begins at step 0 and records the loss")
        stride = steps[1] if len(steps) > 1 else stride
        if stride < 1 or steps != [row * stride for row in range(len(steps))]:
            raise ValueError("the rows of a history are evenly apart")
        return cls(stride, _steps=steps, _columns={name: column.tolist() for name, column in columns.values.items()})

    def _thin(self) -> None:
        self.stride *= 2
        kept = [row for row, step in enumerate(self._steps) if step % self.stride == 0]
        self._steps = [self._steps[row] for row in kept]
        self._columns = {name: [column[row] for row in kept] for name, column in self._columns.items()}
