"""Measurements in time: series that come with the app, and a column of the visitor's own table.

Shapes: N values of a series.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float32
from torch import Tensor

from data.columns import is_number, parse_column
from data.csv_text import shorten, split_cells
from data.dataset import DataError
from data.embedded import embedded

FILES: Final = {"sunspots": "sunspots.csv", "CO2": "co2_weekly.csv", "Seattle temperature": "seattle_weather.csv"}
SERIES: Final = ("sunspots", "CO2", "Seattle temperature")
TEST_SHARE: Final = 0.2
MIN_VALUES: Final = 40
MAX_VALUES: Final = 20_000
MAX_GAPS: Final = 0.5  # of all values
OWN_SOURCE: Final = "A column of your own table; it stays in this session."


@dataclass(frozen=True, eq=False)
class Series:
    """Values at equal distances in time.

    Attributes:
        name: what it was asked for by.
        values: (N,) in their unit.
        unit: of the values.
        start, spacing: the time of the first value, and from one value to the next, in years (own: in rows).
        num_train: the first so many are for training, the tail is the test.
        period: values after which the pattern comes again, for the seasonal-naive baseline.
        source: attribution and licence.
        report: what was done to it, one sentence each.
    """

    name: str
    values: Float32[Tensor, " N"]
    unit: str
    start: float
    spacing: float
    num_train: int
    period: int
    source: str
    report: tuple[str, ...] = ()


@cache
def load_series(name: str) -> Series:
    """One of `SERIES`. It is shared by all who ask.

    Raises:
        KeyError: for another name.
        DataError: if its file is missing.
    """
    table = pd.read_csv(embedded(FILES[name]))
    match name:
        case "sunspots":
            source = "Yearly number of sunspots, 1700 to 2008: SILSO, Royal Observatory of Belgium, public domain."
            return _series(name, table["SUNACTIVITY"], "sunspots", (1700.0, 1.0), 11, source)
        case "CO2":
            source = "Weekly CO₂ over Mauna Loa, 1958 to 2001: Keeling & Whorf, Scripps, public domain."
            return _series(name, table["co2"], "ppm", (1958.24, 7 / 365.25), 52, source)
        case _:
            source = "Highest temperature of the day in Seattle, 2012 to 2015: NOAA, public domain."
            return _series(name, table["temp_max"], "°C", (2012.0, 1 / 365.25), 365, source)


def _series(
    name: str, column: "pd.Series[float]", unit: str, times: tuple[float, float], period: int, source: str
) -> Series:
    values, report = fill_gaps(column)
    num_train = len(values) - round(TEST_SHARE * len(values))
    return Series(name, values, unit, *times, num_train, period, source, report)


def fill_gaps(column: "pd.Series[float]") -> tuple[Float32[Tensor, " N"], tuple[str, ...]]:
    """Puts a straight line through each gap; gaps at the ends get the nearest value.

    Returns:
        The values (N), and a sentence if there were gaps.
    """
    num_gaps = int(column.isna().sum())
    filled = column.interpolate(limit_direction="both").to_numpy(dtype=np.float32)
    report = (f"{num_gaps:,} missing values lie on a straight line between their neighbours.",) if num_gaps else ()
    return torch.tensor(filled), report


def own_series(name: str, numbers: Sequence[float], report: tuple[str, ...] = ()) -> Series:
    """The visitor's column as a series; its period is where it resembles itself most.

    Args:
        name: of the column.
        numbers: its values, without gaps.
        report: what was done to them.

    Raises:
        DataError: if they are too few, or all the same.
    """
    _check(name, len(numbers), float(np.ptp(numbers)) if numbers else 0.0)
    values = torch.tensor(numbers, dtype=torch.float32)
    num_train = len(numbers) - round(TEST_SHARE * len(numbers))
    period = find_period(values[:num_train])
    sentence = f"The pattern comes again after {period} values: there the column resembles itself most."
    return Series(name, values, "", 1.0, 1.0, num_train, period, OWN_SOURCE, (*report, sentence))


def _check(name: str, count: int, spread: float) -> None:
    if count < MIN_VALUES:
        raise DataError(f"“{name}” has {count:,} values, and at least {MIN_VALUES} are needed: take a longer column.")
    if count > MAX_VALUES:
        raise DataError(f"“{name}” has {count:,} values, and at most {MAX_VALUES:,} can be used: keep a part of it.")
    if spread == 0:
        raise DataError(f"“{name}” is the same in every row, so there is nothing to learn: take another column.")


def find_period(values: Float32[Tensor, " N"]) -> int:
    """The shift, from 2 to a third of the values, at which a series without its trend resembles itself most."""
    n = len(values)
    time = torch.linspace(-1, 1, n)
    plain = values - values.mean()
    plain = plain - time * (plain @ time) / (time @ time)
    spectrum = torch.fft.rfft(plain, 2 * n)
    likeness = torch.fft.irfft(spectrum.abs() ** 2)[: n // 3 + 1]
    # A shift of one step always resembles: the search begins where the likeness has first fallen below 0.
    below = (likeness < 0).nonzero()
    first = max(2, int(below[0, 0])) if len(below) else 2
    return first + int(likeness[first:].argmax())


def read_columns(content: bytes | str) -> Mapping[str, tuple[tuple[float, ...], tuple[str, ...]]]:
    """The columns of a visitor's table that can be forecast.

    Args:
        content: an uploaded CSV file, or pasted text; one column is enough.

    Returns:
        By name: the values in the order of the rows, gaps filled, and sentences on what was done.

    Raises:
        DataError: if it is no table, or no column of it can be forecast; the sentence speaks of the first.
    """
    cells = split_cells(content, least_columns=1)
    found: dict[str, tuple[tuple[float, ...], tuple[str, ...]]] = {}
    refused: DataError | None = None
    for index, name in enumerate(cells.names):
        column, num_wrong = parse_column([row[index] for row in cells.rows], cells.has_decimal_comma)
        try:
            found[name] = _column(shorten(name), column, num_wrong)
        except DataError as error:
            refused = refused or error
    if not found:
        raise refused or DataError("The table has no column of numbers: bring one with a number in each row.")
    return found


def _column(name: str, column: "pd.Series[float]", num_wrong: int) -> tuple[tuple[float, ...], tuple[str, ...]]:
    if not is_number(column):
        raise DataError(f"“{name}” is not a column of numbers: bring one with a number in each row.")
    if column.isna().mean() > MAX_GAPS:
        raise DataError(f"More than half of “{name}” is missing: bring a column with fewer gaps.")
    values, report = fill_gaps(column)
    numbers = tuple(values.tolist())
    _check(name, len(numbers), max(numbers) - min(numbers))
    if num_wrong:
        report = (*report, f"{num_wrong:,} of them could not be read as numbers.")
    return numbers, report
