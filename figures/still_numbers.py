"""The numbers that a still picture is drawn from, as one table."""

import html
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd

from figures.still import Still

DRAWN: Final = ("x", "y", "z", "text", "customdata")


def numbers_csv(still: Still) -> str:
    """A row for each mark of each trace, or for each cell of a field: its place, its value, its words.

    A column is there when some trace has it: `x`, `y`, `z`, then `text` and `customdata`, which say what the pointer
    reads. Rows of another trace have nothing there.
    """
    frames = [_frame(trace, number) for number, trace in enumerate(still.figure.data, start=1)]
    table: str = pd.concat(frames, ignore_index=True).to_csv(index=False)
    return table


def _frame(trace: Any, number: int) -> pd.DataFrame:
    given = {name: np.asarray(trace[name]) for name in DRAWN if name in trace and trace[name] is not None}
    parts = {name: array for name, array in given.items() if array.ndim}
    if "z" in parts and parts["z"].ndim == 2:
        parts = _cells(parts)
    length = max((len(array) for array in parts.values()), default=0)
    columns = {
        name: column for name, array in parts.items() if len(array) == length for name, column in _split(name, array)
    }
    words = {name: _readable(column) for name, column in columns.items()}
    return pd.DataFrame({"trace": [_readable(trace.name) or f"{trace.type} {number}"] * length, **words})


def _cells(parts: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A field cell by cell: `x` belongs to its columns, `y` to its rows, unless they are fields themselves."""
    rows, columns = parts["z"].shape
    x, y = parts.get("x", np.arange(columns)), parts.get("y", np.arange(rows))
    x = x if x.ndim == 2 else np.tile(x[:columns], (rows, 1))
    y = y if y.ndim == 2 else np.tile(y[:rows, None], (1, columns))
    fields = {**parts, "x": x, "y": y}
    return {
        name: fields[name].reshape(rows * columns, *fields[name].shape[2:])
        for name in DRAWN
        if name in fields and fields[name].shape[:2] == (rows, columns)
    }


def _split(name: str, array: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    if array.ndim == 1:
        yield name, array
    else:
        flat = array.reshape(len(array), -1)
        yield from ((f"{name}_{column + 1}", flat[:, column]) for column in range(flat.shape[1]))


def _readable(value: Any) -> Any:
    """Words as they were before Plotly needed them escaped."""
    if isinstance(value, np.ndarray):
        return [_readable(item) for item in value] if value.dtype.kind in "OU" else value
    return html.unescape(value).replace("<br>", ", ") if isinstance(value, str) else value
