"""One small convolution or pooling with all its numbers: windows, products and sums, and the matrix it amounts to."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Int

from experiments.convolution_arithmetic import POOLINGS, Axis, output_size

REAL, PADDED, INSERTED = 0, 1, 2  # roles of a cell of the grid that the window slides over


@dataclass(frozen=True, eq=False)
class Scan:
    """A window that slides over a grid.

    A transposed convolution is shown as an ordinary one: zeros are put between the cells and around them, and the
    window, with its kernel turned by 180°, moves by single cells.

    Attributes:
        is_pooling: whether the window only takes the largest or the mean.
        is_max: whether it takes the largest.
        input: (H, W) what came in.
        grid: (R, C) what the window slides over; padding of a max pooling is −∞.
        roles: (R, C) REAL, PADDED or INSERTED.
        kernel: (K, L) as the window uses it; ones for a pooling.
        bias: added to each sum.
        stride: rows and columns from one window to the next.
        dilation: rows and columns from one weight to the next.
        output: (P, Q).
        is_dropped: (R, C) the floor leaves it out: it lies behind the last window.
    """

    is_pooling: bool
    is_max: bool
    input: Float[np.ndarray, "H W"]
    grid: Float[np.ndarray, "R C"]
    roles: Int[np.ndarray, "R C"]
    kernel: Float[np.ndarray, "K L"]
    bias: float
    stride: tuple[int, int]
    dilation: tuple[int, int]
    output: Float[np.ndarray, "P Q"]
    is_dropped: np.ndarray

    def places(self, cell: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows (K,) and columns (L,) of the grid that the window of an output cell reads; cells count row by row."""
        row, column = divmod(cell, self.output.shape[1])
        rows = row * self.stride[0] + np.arange(self.kernel.shape[0]) * self.dilation[0]
        columns = column * self.stride[1] + np.arange(self.kernel.shape[1]) * self.dilation[1]
        return rows, columns

    def window(self, cell: int) -> Float[np.ndarray, "K L"]:
        """What the window of an output cell holds; NaN where it hangs over the end."""
        rows, columns = self.places(cell)
        inside = (rows < len(self.grid))[:, None] & (columns < self.grid.shape[1])
        found = self.grid[np.minimum(rows, len(self.grid) - 1)[:, None], np.minimum(columns, self.grid.shape[1] - 1)]
        return np.where(inside, found, np.nan)

    def matrix(self) -> Float[np.ndarray, "cells inputs"]:
        """The linear map on the flattened input: one row for each output cell. A pooling with max has none.

        Raises:
            ValueError: for a max pooling, which is not linear.
        """
        if self.is_max:
            raise ValueError("a max pooling is not linear: no matrix does what it does")
        number = np.full(self.grid.shape, -1)
        number[self.roles == REAL] = np.arange(self.input.size)
        matrix = np.zeros((self.output.size, self.input.size))
        for cell in range(self.output.size):
            rows, columns = self.places(cell)
            seen = number[rows[:, None], columns]
            is_real = seen >= 0
            matrix[cell, seen[is_real]] = self.kernel[is_real]
        return matrix


def make_scan(kind_axes: tuple[Axis, Axis], input: np.ndarray, kernel: np.ndarray, bias: float) -> Scan:
    """Carries an operation out on small numbers.

    Args:
        kind_axes: rows and columns of the same kind; `complaint` has nothing to say about either.
        input: (H, W).
        kernel: (K, L) of a convolution, as torch would hold it; ignored by poolings.
        bias: of a convolution.
    """
    rows, columns = kind_axes
    kind = rows.kind
    is_pooling, is_max = kind in POOLINGS, kind == "max pooling"
    stride, dilation = (rows.stride, columns.stride), (rows.dilation, columns.dilation)
    values: np.ndarray = np.asarray(input, dtype=np.float64)
    roles = np.full(values.shape, REAL)
    if kind == "transposed":
        values, roles = _with_zeros_between(values, roles, stride)
        kernel, stride = kernel[::-1, ::-1], (1, 1)
        pads = [(axis.reach - 1 - axis.before, axis.reach - 1 - axis.after + axis.output_padding) for axis in kind_axes]
    else:
        pads = [(axis.before, axis.after) for axis in kind_axes]
    grid = _padded(values, pads, -np.inf if is_max else 0.0)
    roles = _padded(roles, pads, PADDED).astype(int)
    if is_pooling:
        kernel, bias = np.ones((rows.kernel, columns.kernel)), 0.0
    size = output_size(rows), output_size(columns)
    behind = [np.arange(length) >= (count - 1) * step + axis.reach for axis, count, step, length in zip(
        kind_axes, size, stride, grid.shape, strict=True)]  # fmt: skip
    if kind == "average pooling":  # each cell of the window counts, padding too, as torch has it
        kernel = kernel / kernel.size
    scan = Scan(
        is_pooling, is_max, np.asarray(input, dtype=np.float64), grid, roles, np.asarray(kernel, dtype=np.float64),
        float(bias), stride, dilation, np.zeros(size), behind[0][:, None] | behind[1],
    )  # fmt: skip
    for cell in range(scan.output.size):
        scan.output.flat[cell] = result(scan, cell)
    return scan


def result(scan: Scan, cell: int) -> float:
    """The number of one output cell: the sum of the products and the bias, or the largest, or the mean."""
    window = scan.window(cell)
    if scan.is_max:
        return float(np.nanmax(window))
    if scan.is_pooling:  # what hangs over the end does not count, padding does
        return float(np.nansum(window) / np.isfinite(window).sum())
    return float((window * scan.kernel).sum() + scan.bias)


def products(scan: Scan, cell: int) -> Float[np.ndarray, "K L"]:
    """Window times weights."""
    return scan.window(cell) * scan.kernel


def _with_zeros_between(
    values: np.ndarray, roles: np.ndarray, stride: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Puts stride − 1 zeros between two cells."""
    shape = [(count - 1) * step + 1 for count, step in zip(values.shape, stride, strict=True)]
    spread, named = np.zeros(shape), np.full(shape, INSERTED)
    spread[:: stride[0], :: stride[1]] = values
    named[:: stride[0], :: stride[1]] = roles
    return spread, named


def _padded(values: np.ndarray, pads: list[tuple[int, int]], filling: float | int) -> np.ndarray:
    """Cells around; a negative number of them cuts cells off."""
    for axis, (before, after) in enumerate(pads):
        cut = [slice(None)] * 2
        cut[axis] = slice(max(0, -before), values.shape[axis] - max(0, -after))
        widths = [(0, 0), (0, 0)]
        widths[axis] = max(0, before), max(0, after)
        values = np.pad(values[tuple(cut)].astype(float), widths, constant_values=filling)
    return values


LARGEST_DIGIT: Final = 5


def small_numbers(rows: int, columns: int, seed: int) -> Float[np.ndarray, "R C"]:
    """Whole numbers from 0 to 5 for a picture that can be checked in one's head."""
    return np.random.default_rng(seed).integers(0, LARGEST_DIGIT + 1, (rows, columns)).astype(np.float64)


def small_weights(rows: int, columns: int, seed: int) -> Float[np.ndarray, "R C"]:
    """Whole numbers from −2 to 2."""
    return np.random.default_rng(seed + 1000).integers(-2, 3, (rows, columns)).astype(np.float64)
