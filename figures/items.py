"""What all items of a scene share: the list they are put in, and the checks that name an argument that does not fit."""

from collections.abc import Sequence
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from figures import packing, theme

Box = tuple[float, float, float, float]
Limits = tuple[float, float]
Colour = int | Literal["text", "muted", "hairline", "panel", "background", "accent", "positive", "negative", "grey"]

COLOURS: Final = ("text", "muted", "hairline", "panel", "background", "accent", "positive", "negative", "grey")


class Items:
    """A list of items, each a small dict, and the blob their arrays are put in."""

    def __init__(self) -> None:
        self._items: list[dict[str, Any]] = []
        self._blob = packing.Blob()

    def _add(self, kind: str, **fields: object) -> None:
        self._items.append({"kind": kind} | {name: value for name, value in fields.items() if value is not None})

    def _place(self, name: str, boxes: npt.NDArray[np.float64]) -> list[int]:
        return self._blob.add(packing.tenths(name, boxes))

    def _levels(self, name: str, values: npt.ArrayLike, number: int, low: float = 0.0, high: float = 1.0) -> list[int]:
        return self._blob.add(packing.quantise(vector_of(name, values, number), low, high))


def array_of(name: str, values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Numbers in any regular shape."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be a regular array of numbers: {error}") from error


def table_of(name: str, values: npt.ArrayLike, columns: int) -> npt.NDArray[np.float64]:
    """Numbers of shape [n, columns]."""
    array = array_of(name, values)
    if array.ndim != 2 or array.shape[1] != columns:
        raise ValueError(f"{name} must have shape [n, {columns}], not {list(array.shape)}")
    return array


def vector_of(name: str, values: npt.ArrayLike, number: int) -> npt.NDArray[np.float64]:
    """Numbers of shape [number]."""
    array = array_of(name, values)
    if array.shape != (number,):
        raise ValueError(f"{name} must have shape [{number}], not {list(array.shape)}")
    return array


def boxes_of(name: str, boxes: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Boxes [n, 4]; one box [4] is a list of one."""
    array = array_of(name, boxes)
    return table_of(name, array[None] if array.ndim == 1 else array, 4)


def box_of(name: str, box: Box) -> list[float]:
    """One box for the header, with one decimal."""
    if len(box) != 4:
        raise ValueError(f"{name} must have shape [4], not [{len(box)}]")
    if not all(abs(value) <= packing.REACH for value in box):  # nan is not, either
        raise ValueError(packing.beyond_reach(name))
    return [tenth(value) for value in box]


def limits_of(name: str, limits: Limits) -> list[float]:
    """The two ends of an axis for the header."""
    packing.check_limits(name, *limits)
    return [digits(limits[0]), digits(limits[1])]


def texts_of(name: str, texts: Sequence[str] | None, number: int) -> list[str] | None:
    """As many texts as asked for, or none at all."""
    if texts is not None and len(texts) != number:
        raise ValueError(f"{name} must be {number} texts, not {len(texts)}")
    return None if texts is None else list(texts)


def one_of(name: str, value: str, known: Sequence[str]) -> str:
    """A word among those known."""
    if value not in known:
        raise ValueError(f"{name} must be one of {', '.join(known)}, not {value!r}")
    return value


def colour_of(name: str, colour: Colour) -> Colour:
    """A colour by its name in the theme or by its class."""
    if isinstance(colour, str):
        one_of(name, colour, COLOURS)
        return colour
    return int(classes_of(name, [colour], 1)[0])


def classes_of(name: str, classes: npt.ArrayLike, number: int) -> npt.NDArray[np.uint8]:
    """Class indices of shape [number], each with a colour in the theme."""
    array = vector_of(name, classes, number)
    if not bool(np.all((array >= 0) & (array < len(theme.CLASSES)) & (array == np.floor(array)))):
        raise ValueError(f"{name} must be whole numbers in 0 … {len(theme.CLASSES) - 1}")
    return array.astype(np.uint8)


def numeral(value: float) -> str:
    """A number for a person: thousands apart, a true minus sign."""
    text = f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value + 0.0:.4g}"
    return text.replace("-", "−")


def tenth(value: float) -> float:
    """A scene coordinate or size with one decimal, and no decimal when it is whole."""
    rounded = round(float(value), 1)
    return int(rounded) if rounded.is_integer() else rounded


def digits(value: float) -> float:
    """A data value with six significant digits."""
    return float(f"{value:.6g}")
