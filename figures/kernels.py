"""A kernel as a tile with its numbers in it."""

from typing import Final

import numpy as np

from figures.scene import Box, Scene

FAINT: Final = 0.6  # so that the numbers stay readable in light and dark
MOST_NUMBERS: Final = 9  # cells along a side that still have room for a number
SMALLEST: Final = 11.0  # of a numeral, in scene units


def draw_kernel(
    scene: Scene,
    box: Box,
    kernel: np.ndarray,
    *,
    reach: float,
    size: float,
    readout: str = "weight",
    chosen: tuple[int, int] | None = None,
    most: int = MOST_NUMBERS,
) -> None:
    """Draws a kernel, or any small table of numbers, in blue and orange.

    Args:
        scene: what to draw into.
        box: where; a square for a square kernel.
        kernel: (K, L) numbers.
        reach: the number drawn in full colour.
        size: of the numerals, in scene units; smaller where there are many cells.
        readout: the word before a number under the pointer.
        chosen: a cell with a border, as (row, column).
        most: cells along a side up to which numbers are written.
    """
    finite = np.where(np.isfinite(kernel), kernel, np.nan)  # the rest is hatched
    scene.sheet(box, finite, low=-reach, high=reach, smooth=False, opacity=[FAINT], readout=readout)
    rows, columns = kernel.shape
    wide, high = box[2] / columns, box[3] / rows
    size = min(size, max(SMALLEST, wide / 2.1))
    if max(rows, columns) <= most and min(wide, high) >= size * 1.2:
        for (row, column), value in np.ndenumerate(kernel):
            text = short(value, wide / size)
            scene.text(
                box[0] + (column + 0.5) * wide,
                box[1] + (row + 0.5) * high,
                text,
                size=size,
                align="center",
                tabular=True,
            )
    if chosen is not None:
        row, column = chosen
        scene.rect((box[0] + column * wide, box[1] + row * high, wide, high), stroke="text", width=2)


def short(value: float, room: float) -> str:
    """A number in few letters: two decimals where they fit, else one, else none; a true minus sign.

    Args:
        value: the number.
        room: width of the cell over the size of the numerals.
    """
    if not np.isfinite(value):
        return "–" if np.isnan(value) else "∞" if value > 0 else "−∞"
    letters = int(room / 0.5)
    for decimals in (2, 1, 0):
        text = f"{value:.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        text = "0" if text in ("-0", "") else text
        if len(text) <= letters:
            break
    return text.replace("-", "−")


def reach_of(*kernels: np.ndarray) -> float:
    """The largest size among the numbers of some kernels, to colour them alike; 1 if all are 0."""
    largest = max((float(np.abs(kernel[np.isfinite(kernel)]).max(initial=0.0)) for kernel in kernels), default=0.0)
    return largest or 1.0
