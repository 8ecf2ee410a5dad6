"""A visitor's own points of the plane from a table: two columns of numbers, fitted into the square from -1 to 1."""

from typing import Final

from data.dataset import DataError
from data.own_table import read_table
from data.point_clouds import EXTENT, MAX_OWN_POINTS, MIN_OWN_POINTS

FILLED: Final = 0.9  # of the square, so that points stay clear of its edge


def read_points(content: bytes | str) -> tuple[tuple[float, float], ...]:
    """The first two columns of numbers of a table, both scaled alike, so that shapes keep their proportions.

    Args:
        content: CSV, as bytes of a file or as text.

    Raises:
        DataError: for what is no table, has too few columns of numbers, or too few or too many rows.
    """
    table = read_table(content)
    columns = [name for name, kind in table.kinds.items() if kind == "number"][:2]
    if len(columns) < 2:  # numbers that are always the same, or different in each row, are numbers all the same
        columns = list(table.frame.select_dtypes("float64").columns)[:2]
    if len(columns) < 2:
        raise DataError("A table of points needs two columns of numbers: bring one with x and y.")
    values = table.frame[columns].astype("float64").dropna().to_numpy()
    if not MIN_OWN_POINTS <= len(values) <= MAX_OWN_POINTS:
        raise DataError(
            f"The table has {len(values):,} points, and {MIN_OWN_POINTS} to {MAX_OWN_POINTS:,} can be used: bring "
            "others."
        )
    low, high = values.min(axis=0), values.max(axis=0)
    reach = float((high - low).max()) / 2 or 1.0
    fitted = EXTENT * FILLED * (values - (low + high) / 2) / reach
    return tuple((round(float(x1), 4), round(float(x2), 4)) for x1, x2 in fitted)
