"""The visitor's own table: what can be predicted in it, and the data set it becomes.

Everything measured on the data (medians, categories) is measured on the training rows only, and everything done to
it is reported in a sentence. Nothing is written to disk.

Shapes: n rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float32, Int64
from torch import Tensor

from data.columns import (
    MIN_ROWS,
    ColumnKind,
    Inputs,
    class_answers,
    column_kind,
    encode_input,
    is_number,
    number_answers,
    parse_column,
)
from data.csv_text import shorten, split_cells
from data.dataset import MAX_CLASSES, DataError, Dataset, Task, seeded, split_mask

MAX_FEATURES: Final = 256
TARGET_NAMES: Final = ("target", "label", "class", "y", "species", "outcome", "diagnosis", "survived")
SOURCE: Final = "A table of your own; it stays in this session."


@dataclass(frozen=True, eq=False)
class OwnTable:
    """A table that has been read but not yet asked anything.

    Attributes:
        frame: numbers as float64, texts as objects; NaN or None where there is no value.
        kinds: what each column holds, in the order of the columns.
        report: what was done while reading, one sentence each.
        content: the table as it came, to be taken home.
    """

    frame: pd.DataFrame
    kinds: dict[str, ColumnKind]
    report: tuple[str, ...] = ()
    content: bytes = b""

    def suggest_target(self) -> str:
        """The column most likely to be predicted: one with a telling name, else the last that can be."""
        usable = [name for name, kind in self.kinds.items() if kind in ("number", "category")]
        telling = [name for wanted in TARGET_NAMES for name in usable if name.casefold() == wanted]
        return [*self.kinds, *usable, *telling[:1]][-1]

    def detect_task(self, target: str) -> Task:
        """Classification for texts, and for up to 10 different whole numbers that come twice on average.

        Raises:
            DataError: when there is no such column.
        """
        known = self._column(target).dropna()
        if not is_number(known):
            return "classification"
        num_levels = known.nunique()
        is_class = num_levels <= MAX_CLASSES and 2 * num_levels <= len(known) and bool((known % 1 == 0).all())
        return "classification" if is_class else "regression"

    def to_dataset(
        self,
        *,
        target: str,
        columns: Sequence[str] | None = None,
        task: Task | None = None,
        test_share: float | int,
        seed: int,
        name: str = "own_table",
    ) -> Dataset:
        """Encodes the table as numbers and splits it.

        Args:
            target: the column to predict; rows without it are left out.
            columns: the columns to predict it from; all others when None.
            task: whether the target is classes or a number; detected when None.
            test_share: the share of the rows kept for the test, 0 to 1; classes keep their shares.
            seed: which rows go to the test.
            name: what the data set is called.

        Raises:
            DataError: when the target cannot be predicted, or nothing is left to predict it from.
        """
        inputs = self._inputs(target, columns)
        frame = self.frame[self._column(target).notna()]
        _check_rows(len(frame), target)
        answers, class_names = _answers(frame[target], target, task or self.detect_task(target))
        is_test = split_mask(len(frame), test_share, seeded(seed), answers if class_names else None)
        joined = _join(encode_input(column, frame[column], ~is_test.numpy()) for column in inputs)
        dropped = _dropped_rows(len(self.frame) - len(frame), target)
        return Dataset(
            name=name,
            task="classification" if class_names else "regression",
            raw=torch.from_numpy(joined.values),
            target=answers,
            is_test=is_test,
            feature_names=joined.names,
            class_names=class_names,
            target_name=target,
            report=(*self.report, *dropped, *_lonely_classes(answers, class_names), *joined.report),
            source=SOURCE,
        )

    def _column(self, name: str) -> Any:
        if name not in self.kinds:
            raise DataError(f"There is no column “{shorten(name)}” in this table: choose one of its columns.")
        return self.frame[name]

    def _inputs(self, target: str, columns: Sequence[str] | None) -> list[str]:
        for name in columns or ():
            self._column(name)
        chosen = [name for name in self.kinds if name != target and (columns is None or name in columns)]
        if not chosen:
            raise DataError(f"There is nothing to predict “{shorten(target)}” from: choose at least one other column.")
        return chosen


def read_table(content: bytes | str) -> OwnTable:
    """Reads an uploaded file or pasted text as a table.

    Args:
        content: CSV with comma, semicolon, tab or bar; UTF-8 or Western European; with or without a header.

    Raises:
        DataError: when it is no table, or one too large (see `data.csv_text`).
    """
    cells = split_cells(content)
    columns: dict[str, Any] = {}
    report = list(cells.report)
    for name, texts in zip(cells.names, zip(*cells.rows, strict=True), strict=True):
        columns[name], num_strange = parse_column(texts, cells.has_decimal_comma)
        if num_strange:
            report.append(f"“{name}” holds numbers; cells that are none, and so count as missing: {num_strange:,}.")
    kinds = {name: column_kind(name, column) for name, column in columns.items()}
    raw = content if isinstance(content, bytes) else content.encode()
    return OwnTable(pd.DataFrame(columns), kinds, tuple(report), raw)


def _check_rows(num_rows: int, target: str) -> None:
    if num_rows == 0:
        raise DataError(f"“{target}” has no value in any row: choose another column to predict.")
    if num_rows < MIN_ROWS:
        raise DataError(f"At least {MIN_ROWS} rows with a value in “{target}” are needed, not {num_rows}: add rows.")


def _answers(
    column: "pd.Series[Any]", target: str, task: Task
) -> tuple[Int64[Tensor, " n"] | Float32[Tensor, " n"], tuple[str, ...]]:
    """The targets, and the names of the classes if they are such."""
    if task == "regression":
        return torch.from_numpy(number_answers(column, target)), ()
    ids, names = class_answers(column, target)
    return torch.from_numpy(ids), names


def _dropped_rows(num_dropped: int, target: str) -> tuple[str, ...]:
    return (f"Rows left out because “{target}” is missing: {num_dropped:,}.",) if num_dropped else ()


def _lonely_classes(answers: Tensor, class_names: Sequence[str]) -> tuple[str, ...]:
    if not class_names:
        return ()
    lonely = (answers.bincount(minlength=len(class_names)) == 1).nonzero().flatten().tolist()
    return tuple(
        f"Class “{class_names[index]}” has one row only: it cannot be both learnt and tested." for index in lonely
    )


def _join(columns: Iterable[Inputs]) -> Inputs:
    """Puts the inputs side by side, in the order of the columns; stops before they are too many to hold."""
    joined: list[Inputs] = []
    for column in columns:
        joined.append(column)
        if sum(len(inputs.names) for inputs in joined) > MAX_FEATURES:
            raise DataError(f"The columns would become more than {MAX_FEATURES} inputs: choose fewer columns.")
    names = tuple(name for inputs in joined for name in inputs.names)
    if not names:
        raise DataError("None of the columns can be used as an input: add a column of numbers or of a few categories.")
    values = np.concatenate([inputs.values for inputs in joined], axis=1)
    return Inputs(names, values, tuple(sentence for inputs in joined for sentence in inputs.report))
