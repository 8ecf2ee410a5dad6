"""What a benchmark says: rows with a value, what was wanted of it, and how it was measured."""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Row:
    """One measured number.

    Attributes:
        name: what was measured.
        value: the number; None where this machine cannot measure it.
        unit: of the value; x is a ratio.
        wanted: the limit in words, empty if there is none.
        is_ok: whether the value keeps it; None without limit or value.
        how: how it was measured.
    """

    name: str
    value: float | None
    unit: str
    wanted: str
    is_ok: bool | None
    how: str


def at_least(limit: float, name: str, value: float | None, unit: str, how: str) -> Row:
    """A number that should not be lower than `limit`."""
    return Row(name, value, unit, f"≥ {limit:g}", None if value is None else value >= limit, how)


def at_most(limit: float, name: str, value: float | None, unit: str, how: str) -> Row:
    """A number that should not be higher than `limit`."""
    return Row(name, value, unit, f"≤ {limit:g}", None if value is None else value <= limit, how)


def told(name: str, value: float | None, unit: str, how: str) -> Row:
    """A number without a limit, that helps to read the others."""
    return Row(name, value, unit, "", None, how)


def middle(values: Sequence[float]) -> float | None:
    """The median; None of nothing."""
    return median(values) if values else None


def share_below(values: Sequence[float], share: float) -> float | None:
    """The value that `share` of the values do not exceed; None of nothing."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)] if values else None


def load() -> float | None:
    """Processes that wanted a core in the last minute, on average; None where the system does not count them."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def machine() -> dict[str, Any]:
    """What the numbers depend on."""
    names = ("torch", "numpy", "streamlit")
    return {
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **{name: version(name) for name in names},
    }


def table(rows: Sequence[Row]) -> str:
    """The rows as text in columns."""
    cells = [("", "value", "wanted", "", "how"), *map(_cells, rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(4)]
    return "\n".join(
        f"{name:<{widths[0]}}  {value:>{widths[1]}}  {wanted:<{widths[2]}}  {verdict:<{widths[3]}}  {how}".rstrip()
        for name, value, wanted, verdict, how in cells
    )


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    value = (
        "not measured"
        if row.value is None
        else f"{row.value:.3g} {row.unit}"
        if row.value < 1000
        else f"{row.value:,.0f} {row.unit}"
    )
    verdict = "" if row.is_ok is None else "ok" if row.is_ok else "MISSED"
    return row.name, value, row.wanted, verdict, row.how


def as_dict(row: Row) -> dict[str, Any]:
    """The row for JSON."""
    return asdict(row)
