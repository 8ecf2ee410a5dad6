"""What a visitor draws and brings: a pad to draw on, and small pictures that can be taken away again."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from figures.scene import Box, Scene
from figures.theme import ON_PAGE

PAD: Final = 260.0  # side of the pad, in scene units
PEN: Final = 0.075  # thickness of a stroke, as a share of the pad
TILE: Final = 56.0
ACROSS: Final = 4
GAP: Final = 6.0


def pad_scene(drawing: np.ndarray, *, tip: str = "Draw here") -> bytes:
    """The pad with what is on it.

    Args:
        drawing: (H, W) from 0 to 255.
        tip: what to draw, read aloud.

    Returns:
        The bytes for the canvas; it sends strokes of the pad `pad`.
    """
    box: Box = (4.0, 4.0, PAD, PAD)
    words = "nothing yet" if not drawing.any() else "a drawing"
    scene = Scene(PAD + 8, PAD + 8, f"A pad to draw on, with {words} on it.")
    scene.sheet(box, drawing, low=0, high=255, palette="grey", smooth=False)
    if not drawing.any():
        scene.text(box[0] + PAD / 2, box[1] + PAD / 2, tip, size=ON_PAGE.title, align="center", colour="grey")
    hint = f"{tip}. Arrows aim, Enter makes a dot, Shift with an arrow draws a line."
    scene.pad(box, id="pad", tip=hint, width=PEN * PAD, colour="grey")
    return scene.to_bytes()


def pictures_scene(pictures: Sequence[np.ndarray], words: str) -> bytes:
    """Small pictures in rows, each with a button that takes it away.

    Args:
        pictures: (H, H, 3) each, all of one size, from 0 to 255.
        words: what they are, for those who cannot see them.

    Returns:
        The bytes for the canvas. A click sends the id `remove:i`.
    """
    rows = max(1, -(-len(pictures) // ACROSS))
    scene = Scene(ACROSS * (TILE + GAP) + GAP, rows * (TILE + GAP) + GAP, f"{len(pictures)} pictures of {words}.")
    places = [divmod(index, ACROSS) for index in range(len(pictures))]
    boxes = [(GAP + column * (TILE + GAP), GAP + row * (TILE + GAP), TILE, TILE) for row, column in places]
    if boxes:
        scene.sheet(boxes, np.stack(pictures), low=0, high=255, palette="rgb")
    for index, (left, top, _, _) in enumerate(boxes):
        corner = (left + TILE - 16, top - 2, 18.0, 18.0)
        scene.hot(corner, f"remove:{index}", f"Take picture {index + 1} away", glyph="×")
    return scene.to_bytes()
