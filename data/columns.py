"""One column of a visitor's table: what it holds, and how it becomes inputs or answers of a network.

Shapes: n rows.
"""

from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.csv_text import is_missing, shorten, to_number
from data.dataset import MAX_CLASSES, DataError

ColumnKind = Literal["number", "category", "constant", "identifier", "missing"]

MIN_ROWS: Final = 10
MAX_LEVELS: Final = 20  # different texts a column may hold to be used as an input
NUMBER_SHARE: Final = 0.95  # of the cells that say something, to call a column numbers
MAX_VALUE: Final = 1e30  # larger ones would overflow when squared or standardised in float32
IDENTIFIER_NAMES: Final = frozenset({"id", "index", "row", "nr", "no", "no.", "#"})
COUNTED_NAMES: Final = frozenset({"column 1", "unnamed: 0"})  # a first column without a name, often the row number


class Inputs(NamedTuple):
    """The inputs made of a column, or of several; a column may give none, and then a sentence says why."""

    names: tuple[str, ...]
    values: NDArray[np.float32]  # (n, len(names))
    report: tuple[str, ...] = ()


def parse_column(texts: Sequence[str], has_decimal_comma: bool) -> "tuple[pd.Series[Any], int]":
    """Reads the cells of a column as numbers when nearly all of them are, otherwise as texts.

    Returns:
        The column, float64 with NaN or objects with None where there is no value; and how many cells of a column of
        numbers had to be taken as missing because they are no finite number.
    """
    numbers = {text: to_number(text, has_decimal_comma) for text in set(texts) if not is_missing(text)}
    known = [text for text in texts if text in numbers]
    num_numbers = sum(numbers[text] is not None for text in known)
    if num_numbers == 0 or num_numbers < NUMBER_SHARE * len(known):
        return pd.Series([text if text in numbers else None for text in texts], dtype=object), 0
    values = np.array([numbers.get(text) for text in texts], dtype=np.float64)  # None becomes NaN
    values[~(np.abs(values) <= MAX_VALUE)] = np.nan
    return pd.Series(values), len(known) - int(np.isfinite(values).sum())


def is_number(column: "pd.Series[Any]") -> bool:
    """Whether a column was read as numbers."""
    return column.dtype == np.float64


def column_kind(name: str, column: "pd.Series[Any]") -> ColumnKind:
    """What a column holds, judged by its name and its values."""
    known = column.dropna()
    num_levels = known.nunique()
    if known.empty:
        return "missing"
    if num_levels == 1 and (is_number(column) or len(known) == len(column)):
        return "constant"
    if is_number(column):
        return "identifier" if _is_row_number(name, known.to_numpy()) else "number"
    return "identifier" if num_levels >= MIN_ROWS and num_levels > 0.9 * len(known) else "category"


def _is_row_number(name: str, values: NDArray[np.float64]) -> bool:
    """Whether whole numbers only tell the rows apart: all different, and called so or counted up without a name."""
    if len(np.unique(values)) < len(values) or (values % 1 != 0).any():
        return False
    plain = name.casefold()
    is_called_so = plain in IDENTIFIER_NAMES or plain.endswith(("_id", " id"))
    return is_called_so or (plain in COUNTED_NAMES and bool((np.diff(values) == 1).all()))


def encode_input(name: str, column: "pd.Series[Any]", is_train: NDArray[np.bool_]) -> Inputs:
    """Turns a column into inputs, measuring on the training rows only, or leaves it out with a reason.

    Args:
        name: what the column is called.
        column: one value or gap for each row, (n).
        is_train: the training rows, (n).
    """
    kind = column_kind(name, column)
    if kind == "missing":
        return _left_out(name, column, "it has no values")
    if kind == "constant":
        return _left_out(name, column, "it is the same in every row")
    if kind == "identifier":
        return _left_out(name, column, "it only tells the rows apart")
    if not column[is_train].notna().any():
        return _left_out(name, column, "it has no values in the training rows")
    return _fill_gaps(name, column, is_train) if kind == "number" else _one_hot(name, column, is_train)


def _left_out(name: str, column: "pd.Series[Any]", reason: str) -> Inputs:
    return Inputs((), np.empty((len(column), 0), dtype=np.float32), (f"“{name}” was left out: {reason}.",))


def _fill_gaps(name: str, column: "pd.Series[Any]", is_train: NDArray[np.bool_]) -> Inputs:
    """One input, its gaps filled with the median of the training rows."""
    median = float(column[is_train].median())
    num_gaps = int(column.isna().sum())
    sentence = f"“{name}”: missing values filled with {median:.4g}, the median of the training rows: {num_gaps:,}."
    values = column.fillna(median).to_numpy(dtype=np.float32)
    return Inputs((name,), values[:, None], (sentence,) if num_gaps else ())


def _one_hot(name: str, column: "pd.Series[Any]", is_train: NDArray[np.bool_]) -> Inputs:
    """One input of 0 or 1 for each category of the training rows; a missing value is a category too."""
    filled = column.fillna("missing")
    num_levels = filled.nunique()
    if num_levels > MAX_LEVELS:
        return _left_out(name, column, f"it holds {num_levels:,} different texts, more than {MAX_LEVELS}")
    levels = sorted(filled[is_train].unique())
    if len(levels) == 1:
        return _left_out(name, column, "it is the same in every training row")
    codes = pd.Index(levels).get_indexer(filled)  # -1 for a category that is only in the test rows
    values = (codes[:, None] == np.arange(len(levels))).astype(np.float32)
    names = tuple(shorten(f"{shorten(name, 18)} = {level}") for level in levels)
    return Inputs(names, values, (f"“{name}” became {len(levels)} inputs, one for each of its categories.",))


def number_answers(column: "pd.Series[Any]", name: str) -> NDArray[np.float32]:
    """The answers of a regression, (n).

    Raises:
        DataError: when the column holds text, or the same number in every row.
    """
    if not is_number(column):
        raise DataError(f"“{name}” holds text, which cannot be predicted as a number: choose classification.")
    _check_varies(column, name)
    return column.to_numpy(dtype=np.float32, copy=True)


def class_answers(column: "pd.Series[Any]", name: str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Class ids (n) and the names of the classes, in the order of the values: small to large, or A to Z.

    Raises:
        DataError: when there is one class only, or more than can be told apart.
    """
    _check_varies(column, name)
    levels, ids = np.unique(column.to_numpy(), return_inverse=True)
    if len(levels) > MAX_CLASSES:
        remedy = "predict it as a number (regression)" if is_number(column) else "choose another column to predict"
        raise DataError(f"“{name}” has {len(levels):,} classes, and at most {MAX_CLASSES} can be shown: {remedy}.")
    return ids.astype(np.int64), tuple(_level_name(level) for level in levels)


def _check_varies(column: "pd.Series[Any]", name: str) -> None:
    if column.nunique() == 1:
        raise DataError(f"“{name}” is the same in every row: choose another column to predict.")


def _level_name(level: str | float) -> str:
    if isinstance(level, str):
        return shorten(level)
    return str(int(level)) if level % 1 == 0 and abs(level) < 1e15 else repr(float(level))
