"""A small convolution or pooling with all its numbers: the window over the input, the products, the output, the matrix.

All scenes take a `Scan` of experiments/convolution_scan.py.
"""

from typing import Any, Final

import numpy as np

from figures.kernels import draw_kernel, reach_of, short
from figures.scene import Box, Scene
from figures.theme import ON_PAGE

WIDTH: Final = 960.0
HEIGHT: Final = 480.0
TOP: Final = 46.0
SIDE: Final = 384.0  # of the area that the input may fill
OUTPUT_SIDE: Final = 330.0
LARGEST_CELL: Final = 46.0
SMALLEST_NUMBER: Final = 17.0  # a cell this large still holds a number
TILE: Final = 104.0  # of the window, the kernel and the products
MIDDLE: Final = 440.0  # where they stand
RIGHT: Final = 600.0  # where the output stands
LARGEST_ROW: Final = 80  # cells of a row of numbers that may still have room for them
PICK: Final = "Show the window of this cell"


def scan_scene(scan: Any, cell: int, *, has_floor: bool) -> bytes:
    """The window of one output cell.

    Args:
        scan: a `Scan`.
        cell: of the output, row by row.
        has_floor: whether a floor may drop something, which the legend then explains.

    Returns:
        The bytes for the canvas. A click in the output sends the plane `output` with x and y from 0 to 1, y upwards.
    """
    row, column = divmod(cell, scan.output.shape[1])
    alt = (
        f"A window of {scan.kernel.shape[0]} by {scan.kernel.shape[1]} on an input of {scan.input.shape[0]} by "
        f"{scan.input.shape[1]} with what was put around it, and the output of {scan.output.shape[0]} by "
        f"{scan.output.shape[1]}. Cell ({row}, {column}) is {scan.output[row, column]:g}."
    )
    scene = Scene(WIDTH, HEIGHT, alt)
    _draw_input(scene, scan, cell, has_floor=has_floor)
    _draw_middle(scene, scan, cell)
    _draw_output(scene, scan, row, column)
    return scene.to_bytes()


def _title(scene: Scene, x: float, title: str, note: str) -> None:
    scene.text(x, 12, title, size=ON_PAGE.title, weight=600)
    scene.text(x, 30, note, size=ON_PAGE.note, colour="muted")


def grid_box(rows: int, columns: int, left: float, side: float) -> Box:
    """A table with square cells, as large as the side allows."""
    cell = min(side / rows, side / columns, LARGEST_CELL)
    return left, TOP, columns * cell, rows * cell


def _draw_input(scene: Scene, scan: Any, cell: int, *, has_floor: bool) -> None:
    rows, columns = scan.grid.shape
    box = grid_box(rows, columns, 8.0, SIDE)
    side = box[2] / columns
    size = f"{scan.input.shape[0]}×{scan.input.shape[1]}"
    filled = "" if scan.grid.shape == scan.input.shape else f", with all that is added {rows}×{columns}"
    _title(scene, box[0], "Input", size + filled)
    values = np.where(scan.roles == 0, scan.grid, np.where(scan.roles == 2, 0.0, np.nan))
    reach = reach_of(scan.input)
    scene.sheet(box, values, low=-reach, high=reach, smooth=False, opacity=[0.6], readout="input")
    if side >= SMALLEST_NUMBER:
        for (row, column), value in np.ndenumerate(scan.grid):
            text = "−∞" if np.isinf(value) else short(value, side / ON_PAGE.label)
            colour: Any = "text" if scan.roles[row, column] == 0 else "muted"
            x, y = box[0] + (column + 0.5) * side, box[1] + (row + 0.5) * side
            scene.text(x, y, text, size=ON_PAGE.label, align="center", colour=colour, tabular=True)
    for row, column in np.argwhere(scan.is_dropped):
        scene.rect(
            (box[0] + column * side + 1, box[1] + row * side + 1, side - 2, side - 2), stroke="negative", width=2
        )
    window_rows, window_columns = scan.places(cell)
    for row in window_rows[window_rows < rows]:
        for column in window_columns[window_columns < columns]:
            scene.rect((box[0] + column * side, box[1] + row * side, side, side), stroke="accent", width=2.5)
    legend = ["blue frame: the window"]
    if (scan.roles == 1).any():
        legend.append("hatched: padding")
    if (scan.roles == 2).any():
        legend.append("grey 0: put between the cells")
    if has_floor and scan.is_dropped.any():
        legend.append("orange frames: the floor drops them")
    for line, words in enumerate(legend):
        scene.text(box[0], box[1] + box[3] + 12 + 15 * line, words, size=ON_PAGE.note, colour="muted")


def _draw_middle(scene: Scene, scan: Any, cell: int) -> None:
    """What the window holds, the weights, and their products, from top to bottom."""
    window = scan.window(cell)
    parts = [("Window", window)]
    if not scan.is_pooling:
        parts += [("× kernel", scan.kernel), ("= products", window * scan.kernel)]
    top = TOP
    for title, table in parts:
        rows, columns = table.shape
        side = min(TILE / rows, TILE / columns, 36.0)
        scene.text(MIDDLE, top - 8, title, size=ON_PAGE.note, colour="muted")
        box = (MIDDLE, top, side * columns, side * rows)
        draw_kernel(scene, box, table, reach=reach_of(table), size=ON_PAGE.note, readout=title.strip("×= "))
        top += side * rows + 26
    scene.text(MIDDLE, top - 4, _sum(scan, window, cell), size=ON_PAGE.label, weight=600, tabular=True)


def _sum(scan: Any, window: np.ndarray, cell: int) -> str:
    value = f"{scan.output.flat[cell]:g}"
    if scan.is_pooling:
        return f"{'largest' if scan.is_max else 'mean'}: {value}".replace("-", "−")
    return f"sum {(window * scan.kernel).sum():g} + {scan.bias:g} = {value}".replace("-", "−")


def _draw_output(scene: Scene, scan: Any, row: int, column: int) -> None:
    rows, columns = scan.output.shape
    box = grid_box(rows, columns, RIGHT, OUTPUT_SIDE)
    side = box[2] / columns
    _title(scene, box[0], "Output", f"{rows}×{columns}; click a cell")
    chosen = (row, column)
    draw_kernel(
        scene, box, scan.output, reach=reach_of(scan.output), size=ON_PAGE.label, readout="output", chosen=chosen
    )
    scene.plane(box, xlim=(0, 1), ylim=(0, 1), id="output", tip=PICK)
    if side < SMALLEST_NUMBER:
        words = f"Cell ({row}, {column}) = {scan.output[row, column]:g}".replace("-", "−")
        scene.text(box[0], box[1] + box[3] + 12, words, size=ON_PAGE.label, tabular=True)


def matrix_scene(matrix: np.ndarray, scan: Any, cell: int) -> bytes:
    """The same operation as one matrix: a row for each output cell, a column for each input cell.

    Args:
        matrix: (cells, inputs), from `Scan.matrix`.
        scan: the `Scan`.
        cell: the row that is framed.

    Returns:
        The bytes for the canvas. A click in the matrix sends the plane `matrix`.
    """
    rows, columns = matrix.shape
    share = float((matrix == 0).mean())
    alt = (
        f"A matrix of {rows} rows, one for each output cell, and {columns} columns, one for each input cell; "
        f"{share:.0%} of it are zeros. Every row holds the same weights, moved along."
    )
    side = min(380.0 / rows, 860.0 / columns, 34.0)
    box = (8.0, TOP + 52, columns * side, rows * side)
    scene = Scene(WIDTH, box[1] + box[3] + 10, alt)
    biased = ", before the bias" if scan.bias else ""
    title = (
        f"Above: the input, row after row. Right: the output{biased}. Between: the matrix that makes one of the other"
    )
    scene.text(8, 12, title, size=ON_PAGE.title, weight=600)
    told = f"{rows} × {columns} numbers, {share:.0%} of them 0; every row holds the same few weights, moved along"
    scene.text(8, 30, told, size=ON_PAGE.note, colour="muted")
    tall = max(side, 14.0)  # rows of single cells stay readable
    inputs, output = scan.input.reshape(1, -1), scan.output.reshape(-1, 1) - scan.bias
    above = (8.0, box[1] - tall - 10, box[2], tall)
    beside = (box[0] + box[2] + 16, box[1], tall, box[3])
    draw_kernel(scene, above, inputs, reach=reach_of(inputs), size=ON_PAGE.label, readout="input", most=LARGEST_ROW)
    reach = reach_of(matrix)
    scene.sheet(box, matrix, low=-reach, high=reach, smooth=False, opacity=[0.8], readout="weight")
    draw_kernel(scene, beside, output, reach=reach_of(output), size=ON_PAGE.label, readout="output", most=LARGEST_ROW)
    scene.rect((box[0], box[1] + cell * side, box[2], side), stroke="accent", width=2)
    scene.rect((beside[0], box[1] + cell * side, tall, side), stroke="text", width=2)
    for column in np.flatnonzero(matrix[cell]):
        scene.rect((8.0 + column * side, above[1], side, tall), stroke="accent", width=2)
    scene.plane(box, xlim=(0, 1), ylim=(0, 1), id="matrix", tip=PICK)
    return scene.to_bytes()
