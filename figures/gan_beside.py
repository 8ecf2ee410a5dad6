"""Samples of several generators beside the data they were trained on."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from figures.augmentation import draw_pictures
from figures.gan_walk import REACH
from figures.scene import Box, Colour, Scene
from figures.theme import ON_PAGE

WIDTH: Final = 1080.0
HEIGHT: Final = 380.0
SIDE: Final = 318.0
ACROSS: Final = 6


class Panel(NamedTuple):
    """One sample.

    Attributes:
        title: whose it is, and how good.
        made: (n, D) points, or pictures from −1 to 1 as rows.
        colour: of its points.
    """

    title: str
    made: np.ndarray
    colour: Colour


def samples_scene(panels: Sequence[Panel], real: np.ndarray) -> bytes:
    """Draws the samples in a row: points over the data in grey, or pictures.

    Args:
        panels: at most three.
        real: (m, D) real examples.

    Returns:
        The bytes for the canvas.
    """
    scene = Scene(WIDTH, HEIGHT, "Samples side by side. " + "; ".join(panel.title for panel in panels) + ".")
    for number, panel in enumerate(panels):
        box: Box = (32.0 + number * (SIDE + 36), 30.0, SIDE, SIDE)
        scene.text(box[0], box[1] - 15, panel.title, size=ON_PAGE.title, weight=600, tabular=True)
        if real.shape[1] == 2:
            scene.axes(box, xlim=REACH, ylim=REACH)
            scene.points(box, real, xlim=REACH, ylim=REACH, colour="grey", radius=1.8)
            scene.points(box, panel.made, xlim=REACH, ylim=REACH, colour=panel.colour, radius=2.4)
        else:
            _draw_sheet(scene, box, panel.made)
    return scene.to_bytes()


def _draw_sheet(scene: Scene, box: Box, rows: np.ndarray) -> None:
    """The first pictures in rows of six."""
    tile = box[2] / ACROSS
    shown = rows[: ACROSS * int(box[3] / tile)]
    side = int(np.sqrt(rows.shape[1]))
    pictures = (shown.reshape(len(shown), 1, side, side) + 1) / 2
    places = [divmod(index, ACROSS) for index in range(len(shown))]
    boxes = [(box[0] + column * tile, box[1] + row * tile, tile - 3, tile - 3) for row, column in places]
    draw_pictures(scene, boxes, pictures)
