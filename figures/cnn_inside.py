"""Pictures below the paused page `cnn`: a map taken apart, a cell worked out, filters, mistakes, where it looked."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from figures.cnn import WRONG, draw_pixels
from figures.curves import round_above
from figures.scene import Box, Scene
from figures.theme import ON_PAGE

MAX_CHANNELS: Final = 6  # drawn one below the other
WIDTH: Final = 1000.0
HEAD: Final = 46.0  # above the tiles
MISTAKES_A_ROW: Final = 6
MAX_FILTERS: Final = 16


def shown_channels(parts: Any, chosen: int) -> list[int]:
    """The input channels with the strongest kernels, in order, the chosen one among them."""
    strength = np.linalg.norm(parts.kernels.reshape(len(parts.kernels), -1), axis=1)
    strength[chosen] = np.inf
    return sorted(np.argsort(-strength, kind="stable")[:MAX_CHANNELS].tolist())


def parts_scene(parts: Any, row: int, column: int, channel: int) -> bytes:
    """How one map comes about: each input with its kernel, their sum with the bias, what follows.

    Args:
        parts: `ConvParts`.
        row: of the cell that is worked out, from 0.
        column: of this cell.
        channel: the input that is worked out, from 0.

    Returns:
        The bytes for the canvas. A click sends `channel:number`, or `sums` with coordinates.
    """
    count = len(parts.inputs)
    alt = f"Map {parts.number + 1} of {parts.name}: {count} input channels with their kernels, their sum, what follows."
    shown = shown_channels(parts, channel)
    pitch = min(360 / len(shown), 180.0)
    tile, height = pitch - 12, HEAD + max(len(shown) * pitch, 210.0)
    top = HEAD + (height - HEAD - len(shown) * pitch) / 2
    scene = Scene(WIDTH, height, alt)
    kernel_side = min(tile, 58.0)
    lefts = 16.0, 16 + tile + 34, 16 + tile + 34 + kernel_side + 34
    ys = [top + index * pitch for index in range(len(shown))]
    for x, width, words in zip(lefts, (tile, kernel_side, tile), ("in", "kernel", "product"), strict=True):
        _head(scene, x + width / 2, words)
    _rows(scene, parts, shown, channel, lefts, ys, tile, kernel_side)
    _windows(scene, parts, lefts, ys, tile, row, column)
    _sums(scene, parts, lefts[2] + tile, HEAD + (height - HEAD) / 2, row, column)
    return scene.to_bytes()


def _head(scene: Scene, x: float, words: str, note: str = "") -> None:
    scene.text(x, 14, words, size=ON_PAGE.title, align="center", weight=600)
    if note:
        scene.text(x, 31, note, size=ON_PAGE.note, align="center", colour="muted")


def _rows(
    scene: Scene, parts: Any, shown: list[int], channel: int, lefts: tuple[float, float, float], ys: list[float],
    tile: float, kernel_side: float,
) -> None:  # fmt: skip
    """A row for each shown input channel: the input, its kernel, the map they give."""
    down = (tile - kernel_side) / 2
    groups = [(parts.inputs, lefts[0], tile, 0.0, "input"), (parts.kernels, lefts[1], kernel_side, down, "weight")]
    groups.append((parts.partial, lefts[2], tile, 0.0, "sum"))
    for values, x, side, lower, readout in groups:
        reach = round_above(np.abs(values))
        boxes = np.array([(x, y + lower, side, side) for y in ys])
        picked = [shown.index(channel)]
        scene.sheet(boxes, values[shown], low=-reach, high=reach, smooth=False, readout=readout, selected=picked)
    for number, y in zip(shown, ys, strict=True):
        middle = y + tile / 2
        scene.text(lefts[0] + tile + 17, middle, "∗", size=16, align="center", colour="muted")
        scene.text(lefts[1] + kernel_side + 17, middle, "=", size=16, align="center", colour="muted")
        box = (lefts[0], y, tile, tile)
        scene.hot(box, f"channel:{number}", f"Input channel {number + 1}: work it out", pressed=number == channel)
    if len(shown) < len(parts.inputs):
        words = f"{len(shown)} of {len(parts.inputs)}, strongest kernels"
        scene.text(lefts[0], 31, words, size=ON_PAGE.note, colour="muted")


def _windows(
    scene: Scene, parts: Any, lefts: tuple[float, float, float], ys: list[float], tile: float, row: int, column: int
) -> None:
    """Where the kernel lies on the inputs, and the cell it gives in each product."""
    k, (height, width) = parts.kernels.shape[1], parts.inputs.shape[1:]
    cell = tile / max(height, width)
    out = tile / max(parts.sums.shape)
    first_row, first_column = row * parts.stride - parts.padding, column * parts.stride - parts.padding
    for y in ys:
        window = (lefts[0] + first_column * cell, y + first_row * cell, k * cell, k * cell)
        scene.rect(window, stroke="text", width=1.5)
        _mark(scene, (lefts[2] + column * out, y + row * out, out, out))


def _mark(scene: Scene, box: Box) -> None:
    """A cell, never smaller than can be seen."""
    x, y, width, height = box
    grow = max(0.0, 5 - width) / 2
    scene.rect((x - grow, y - grow, width + 2 * grow, height + 2 * grow), stroke="text", width=1.5)


def _sums(scene: Scene, parts: Any, left: float, middle: float, row: int, column: int) -> None:
    """The sum of all products and the bias, then what is made of it."""
    scene.text(left + 34, middle - 12, "Σ", size=22, align="center", weight=600)
    scene.text(left + 34, middle + 12, f"{parts.bias:+.3g}".replace("-", "−"), size=ON_PAGE.label, align="center")
    scene.text(left + 34, middle + 28, "bias", size=ON_PAGE.note, align="center", colour="muted")
    reach = round_above(np.abs(parts.sums))
    maps = [("sum", parts.sums), *parts.after.items()]
    room = WIDTH - left - 68
    side = min(200.0, (room - 16) / len(maps) - 30)
    for place, (name, values) in enumerate(maps):
        x, y = left + 68 + place * (side + 30), middle - side / 2
        box = (x, y, side, side)
        height, width = values.shape
        _head(scene, x + side / 2, name, f"{height}×{width}")
        peak = round_above(np.abs(values)) if "norm" in name else reach
        scene.sheet(box, values, low=-peak, high=peak, smooth=False, readout=name)
        if place:
            scene.text(x - 15, middle, "→", size=14, align="center", colour="muted")
        shrink = parts.sums.shape[0] // height
        cell_row, cell_column = min(row // shrink, height - 1), min(column // shrink, width - 1)
        _mark(scene, (x + cell_column * side / width, y + cell_row * side / height, side / width, side / height))
        if place == 0:
            scene.plane(box, xlim=(0, width), ylim=(0, height), id="sums", tip="Choose the cell to work out")


def cell_scene(patch: np.ndarray, kernel: np.ndarray) -> bytes:
    """One place of one input channel: the numbers under the kernel, the kernel, their products and the sum of these.

    Args:
        patch: (k, k) under the kernel.
        kernel: (k, k).
    """
    products = patch * kernel
    k = len(kernel)
    cell = min(46.0, (WIDTH - 330) / (3 * k))
    height = k * cell + 34
    scene = Scene(WIDTH, height, f"{k * k} numbers under the kernel times its weights, summed: {products.sum():.3g}.")
    x = 14.0
    parts = [("under the kernel", patch, "×"), ("kernel", kernel, "="), ("products", products, "Σ =")]
    for name, values, sign in parts:
        reach = round_above(np.abs(values))
        scene.text(x + k * cell / 2, 12, name, size=ON_PAGE.title, align="center", weight=600)
        scene.sheet((x, 28, k * cell, k * cell), values, low=-reach, high=reach, smooth=False, opacity=[0.55])
        for (i, j), value in np.ndenumerate(values):
            words = f"{value:.2f}".replace("-", "−")
            place = x + (j + 0.5) * cell, 28 + (i + 0.5) * cell
            scene.text(*place, words, size=12 if cell > 34 else 11, align="center", tabular=True)
        x += k * cell + 26
        scene.text(x, 28 + k * cell / 2, sign, size=18, align="center")
        x += 26
    total = f"{products.sum():.4f}".replace("-", "−")
    scene.text(x + 6, 28 + k * cell / 2, total, size=18, weight=600, tabular=True)
    return scene.to_bytes()


def filters_scene(now: np.ndarray, first: np.ndarray) -> bytes:
    """The first layer's filters now, at step 0, and what changed; filters on colours in their colours.

    Args:
        now: (F, C, k, k).
        first: (F, C, k, k).
    """
    count = min(len(now), MAX_FILTERS)
    pitch = min((WIDTH - 110) / count, 84.0)
    side = pitch - 6
    scene = Scene(WIDTH, 3 * pitch + 12, f"{count} of {len(now)} filters of the first layer, now and at step 0.")
    reach = round_above(np.abs(np.concatenate([now, first])))
    for place, (words, values) in enumerate((("now", now), ("at step 0", first), ("change", now - first))):
        y = 6 + place * pitch
        scene.text(100, y + side / 2, words, size=ON_PAGE.label, align="right", weight=600)
        boxes = np.array([(110 + index * pitch, y, side, side) for index in range(count)])
        titles = [f"Filter {index + 1}, {words}" for index in range(count)]
        if values.shape[1] == 3:
            colours = (values[:count].transpose(0, 2, 3, 1) / reach + 1) / 2
            scene.sheet(boxes, colours, low=0, high=1, palette="rgb", smooth=False, titles=titles)
        else:
            shown = values[:count].mean(1)
            scene.sheet(boxes, shown, low=-reach, high=reach, smooth=False, readout="weight", titles=titles)
    return scene.to_bytes()


def mistakes_scene(verdict: Any, class_names: Sequence[str]) -> bytes:
    """The test pictures to whose true class the network gives the smallest chance.

    Args:
        verdict: `Verdict`, with at least one mistake.
        class_names: K names.

    Returns:
        The bytes for the canvas. A click sends `picture:index`.
    """
    count = len(verdict.worst)
    rows = -(-count // MISTAKES_A_ROW)
    pitch_x, pitch_y, side = WIDTH / MISTAKES_A_ROW, 158.0, 108.0
    scene = Scene(WIDTH, rows * pitch_y, f"The {count} worst mistakes among the test pictures.")
    places = [((index % MISTAKES_A_ROW + 0.5) * pitch_x, index // MISTAKES_A_ROW * pitch_y) for index in range(count)]
    boxes = np.array([(x - side / 2, y + 2, side, side) for x, y in places])
    draw_pixels(scene, boxes, verdict.pictures)
    for index, (x, y) in enumerate(places):
        true, said = class_names[verdict.true[index]], class_names[verdict.predicted[index]]
        scene.text(x, y + side + 16, f"It is: {true[:16]}", size=ON_PAGE.label, align="center", weight=600)
        words = f"{WRONG} {said[:14]}, {verdict.chances[index]:.0%}"
        scene.text(x, y + side + 33, words, size=ON_PAGE.label, align="center")
        number = int(verdict.worst[index])
        tip = f"Test picture {number + 1}, {true} taken for {said}: look at it"
        scene.hot(tuple(boxes[index]), f"picture:{number}", tip)
    return scene.to_bytes()


def where_scene(picture: np.ndarray, heat: np.ndarray | None, drop: np.ndarray | None, name: str) -> bytes:
    """What in a picture speaks for a class: the picture, Grad-CAM over it, and what covering each part does.

    Args:
        picture: (C, S, S) bytes.
        heat: (h, w) of Grad-CAM, None where there are no maps.
        drop: (n, n) how far the chance of the class falls when a part is covered; None leaves it out.
        name: of the class.
    """
    scene = Scene(
        WIDTH, 316, f"Where the network looks for the class {name}: slopes of the last maps, and covered parts."
    )
    side, tops = 270.0, 40.0
    lefts = [20.0, 365.0, 710.0] if drop is not None else [20.0, 365.0]
    heads = [
        "the picture",
        f"speaks for {name}" if heat is not None else "no maps",
        "covered here, its chance falls by",
    ]
    boxes = [(left, tops, side, side) for left in lefts]
    for box, words in zip(boxes, heads, strict=False):
        scene.text(box[0] + side / 2, 18, words, size=ON_PAGE.title, align="center", weight=600)
    draw_pixels(scene, np.array(boxes), np.repeat(picture[None], len(boxes), axis=0))
    if heat is not None:
        peak = max(float(np.nan_to_num(heat).max()), 1e-9)
        scene.sheet(boxes[1], heat / peak, low=0, high=1, palette="magnitude", opacity=[0.6], readout="Grad-CAM")
    if drop is not None:
        reach = max(0.05, float(np.abs(np.nan_to_num(drop)).max()))
        scene.sheet(boxes[2], drop, low=-reach, high=reach, opacity=[0.6], smooth=False, readout="falls by")
    return scene.to_bytes()
