"""A kernel on a picture: partial maps and their sum; a shifted picture and its maps; the field a cell sees.

Scenes from numpy arrays of experiments/convolution_pictures.py and experiments/convolution_field.py.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from figures.kernels import draw_kernel, reach_of
from figures.palettes import Palette
from figures.scene import Box, Scene
from figures.theme import ON_PAGE

WIDTH: Final = 960.0
CHANNELS: Final = ("Red", "Green", "Blue")
DRAWING: Final = "Switch this pixel"


def fitted(left: float, top: float, room: tuple[float, float], shape: Sequence[int]) -> Box:
    """The largest box of the proportions of a picture, at the left upper corner of some room."""
    height, width = shape[0], shape[1]
    pixel = min(room[0] / width, room[1] / height)
    return left, top, width * pixel, height * pixel


def _head(scene: Scene, x: float, y: float, title: str, note: str = "") -> None:
    scene.text(x, y, title, size=ON_PAGE.title, weight=600)
    if note:
        scene.text(x, y + 16, note, size=ON_PAGE.note, colour="muted")


def filtered_scene(
    picture: np.ndarray, kernel: np.ndarray, partial: np.ndarray, weights: Sequence[float], *, can_draw: bool = False
) -> bytes:
    """A colour picture, a kernel, what it makes of each channel, and the sum.

    Args:
        picture: (H, W, 3) from 0 to 1.
        kernel: (K, K).
        partial: (3, H, W).
        weights: the factor of each channel.
        can_draw: whether a click on the picture switches a pixel.

    Returns:
        The bytes for the canvas; a click on a picture that can be drawn sends the plane `drawing`.
    """
    total = partial.sum(axis=0)
    alt = (
        "A picture, a kernel, the maps it gives of the red, green and blue channel, and their sum, which ranges from "
        f"{total.min():.2g} to {total.max():.2g}."
    )
    scene = Scene(WIDTH, 452, alt)
    top = 40.0
    box = fitted(0, top, (300, 200), picture.shape)
    _head(scene, 0, 8, "Picture", "click to switch pixels" if can_draw else f"{picture.shape[0]}×{picture.shape[1]}")
    scene.sheet(box, picture, low=0, high=1, palette="rgb", smooth=False)
    if can_draw:
        scene.plane(box, xlim=(0, 1), ylim=(0, 1), id="drawing", tip=DRAWING)
    size = f"{len(kernel)}×{len(kernel)}, sums to {kernel.sum():.3g}".replace("-", "−")
    _head(scene, 0, 262, "Kernel", size)
    draw_kernel(scene, (0, 294, 150, 150), kernel, reach=reach_of(kernel), size=ON_PAGE.label)
    sums = float(kernel.sum())
    is_signed = abs(sums) < 1e-3 * float(np.abs(kernel).sum())
    low, high, palette = _colours(total, is_signed)
    for index, name in enumerate(CHANNELS):
        left = 330.0 + 214 * index
        _head(scene, left, 8, f"{name} × kernel × {weights[index]:.2f}".replace("-", "−"), "partial map")
        place = fitted(left, top, (200, 150), total.shape)
        reach = reach_of(partial)
        scene.sheet(place, partial[index], low=-reach, high=reach, smooth=False, readout="partial map")
    _head(scene, 330, 214, "Sum of the three: the output map", "before the bias")
    place = fitted(330, 246, (420, 200), total.shape)
    scene.sheet(place, total, low=low, high=high, palette=palette, smooth=False, readout="output")
    bar = (place[0] + place[2] + 24, place[1] + 8, 12.0, place[3] - 16)
    scene.colorbar(bar, low=low, high=high, palette=palette)
    return scene.to_bytes()


def _colours(values: np.ndarray, is_signed: bool) -> tuple[float, float, Palette]:
    """The range and the palette of a map: differences around 0, or a picture from black to white."""
    if is_signed:
        reach = float(np.quantile(np.abs(values), 0.995)) or 1.0
        return -reach, reach, "diverging"
    low, high = float(values.min()), float(values.max())
    return (low, high, "grey") if high > low else (low - 1, low + 1, "grey")


def shift_scene(seen: Any, pixels: int, block: int) -> bytes:
    """A picture and its shifted twin, with the maps and the pooled maps of both.

    Args:
        seen: a `Shifted`.
        pixels: by how many it is shifted.
        block: side of the pooling's windows.
    """
    alt = (
        f"A picture and the same picture {pixels} pixels further right, what the kernel makes of both, and the largest "
        f"numbers in blocks of {block} by {block}. The maps differ by {seen.change:.0%}, the pooled ones by "
        f"{seen.pooled_change:.0%}; moved along, they differ by {seen.equivariance_error:.1%}."
    )
    scene = Scene(WIDTH, 446, alt)
    reach = max(reach_of(seen.map), reach_of(seen.moved_map))
    titles = ("Picture", "Map: kernel, then ReLU", f"Largest in each {block}×{block}")
    for row, (word, tables) in enumerate(
        (("as it is", (seen.picture, seen.map, seen.pooled)), (f"shifted by {pixels}", _moved(seen)))
    ):
        for column, (title, table) in enumerate(zip(titles, tables, strict=True)):
            left, top = 322.0 * column, 40.0 + 222 * row
            _head(scene, left, top - 32, title, word)
            box = fitted(left, top, (304, 176), table.shape)
            if column == 0:
                scene.sheet(box, table, low=0, high=1, palette="grey", smooth=False)
            else:
                scene.sheet(box, table, low=0, high=reach, palette="magnitude", smooth=False, readout="map")
    return scene.to_bytes()


def _moved(seen: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return seen.moved, seen.moved_map, seen.moved_pooled


def field_scene(picture: np.ndarray, fields: Sequence[Any], gradient: np.ndarray, names: Sequence[str]) -> bytes:
    """Receptive fields of one cell after each layer, drawn on a picture, and what counts most in the last one.

    Args:
        picture: (H, W) grey from 0 to 1.
        fields: a `Field` for each layer.
        gradient: (R, R) of the last one, from 0 to 1.
        names: of the layers.
    """
    size = fields[-1].size
    alt = (
        "Squares around one place of a picture show how far a cell of each layer sees: "
        + ", ".join(f"{name} {field.size} pixels" for name, field in zip(names, fields, strict=True))
        + ". Beside it, how much each of these pixels counts."
    )
    scene = Scene(WIDTH, 420, alt)
    height, width = picture.shape
    box = fitted(0, 40, (560, 372), picture.shape)
    pixel = box[2] / width
    _head(scene, 0, 8, "What a cell of each layer sees", f"on a picture of {height}×{width} pixels")
    scene.sheet(box, picture, low=0, high=1, palette="grey", smooth=False, opacity=[0.75])
    middle = (box[0] + box[2] / 2, box[1] + box[3] / 2)
    for index, field in reversed(list(enumerate(fields))):
        sides = min(field.size * pixel, box[2]), min(field.size * pixel, box[3])
        frame = (middle[0] - sides[0] / 2, middle[1] - sides[1] / 2, *sides)
        scene.rect(frame, stroke=index, width=2.5, dash=field.size > min(height, width))
    _head(scene, 590, 8, "How much each pixel counts", f"gradient of one cell, {size}×{size} pixels, equal weights")
    square = (590.0, 40.0, 230.0, 230.0)
    scene.sheet(square, gradient, low=0, high=1, palette="magnitude", smooth=False, readout="share of the largest")
    for index, (name, field) in enumerate(zip(names, fields, strict=True)):
        y = 290 + 20 * index
        scene.rect((590, y - 5, 10, 10), fill=index)
        words = f"{name}: sees {field.size}, next cell {field.jump} further"
        scene.text(608, y, words, size=ON_PAGE.label, tabular=True)
    return scene.to_bytes()
