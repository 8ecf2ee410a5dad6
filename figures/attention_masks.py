"""Masks as pictures: what may be looked at, what attention makes of it, and what leaks through a layer without one."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from figures.attention_links import draw_links
from figures.attention_maps import Cell, Look, draw_map
from figures.attention_tokens import token_text
from figures.scene import Box, Scene
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale

WIDTH: Final = 1000.0
HEIGHT: Final = 340.0
MAP: Final = 300.0  # room of a matrix
OPEN: Final = Look(0.0, 2.5, "magnitude", "may be looked at", ".0f")  # pale, so that the weights beside it stand out
LEAK_HEIGHT: Final = 330.0
LEAK_WIDTH: Final = 236.0


def mask_scene(
    weights: np.ndarray, mask: np.ndarray, tokens: Sequence[str], *, share: float = 1.0, is_large: bool = False
) -> bytes:
    """A mask, the weights under it, and the same as lines.

    Args:
        weights: (T, T) of one head; a row that sees nothing is NaN.
        mask: (T, T) bool.
        tokens: T of them.
        share: of each row's mass that is drawn as lines.
        is_large: words as on a projector.

    Returns:
        The bytes for the canvas. A click into the mask sends the ids of `draw_map` with the hot `mask`.
    """
    scale = ON_PROJECTOR if is_large else ON_PAGE
    closed = int((~mask).sum())
    empty = [token_text(tokens[int(t)]) for t in np.flatnonzero(~mask.any(axis=1))]
    alt = (
        f"A mask over {len(tokens)} words shuts {closed} of {mask.size} cells; beside it the weights, whose rows sum "
        f"to 1, and their lines. {'No word is without sight' if not empty else f'Nothing is seen by {empty}'}."
    )
    scene = Scene(WIDTH, HEIGHT, alt)
    boxes: list[Box] = [(8.0 + number * (MAP + 34.0), 46.0, MAP, HEIGHT - 54.0) for number in range(3)]
    _title(scene, boxes[0], "Mask", "1: may be looked at; click a cell", scale)
    ones = np.where(mask, 1.0, np.nan)
    draw_map(scene, boxes[0], ones, tokens, tokens, scale=scale, look=OPEN, hot="mask")
    _title(scene, boxes[1], "Weights", "a row is a query and sums to 1", scale)
    draw_map(scene, boxes[1], weights, tokens, tokens, mask, scale=scale)
    _title(scene, boxes[2], "Who looks at whom", "queries → keys", scale)
    shown = np.where(mask, weights, np.nan)
    draw_links(scene, boxes[2], shown, tokens, tokens, share, scale=scale)
    return scene.to_bytes()


def leak_scene(found: Sequence[tuple[str, np.ndarray]], tokens: Sequence[str], chosen: Cell | None = None) -> bytes:
    """How much each output depends on each input, for several ways to mask a stack, on one range.

    Args:
        found: by name, (T, T) sizes of ∂ out_t / ∂ x_s.
        tokens: T of them.
        chosen: a cell with a border.

    Returns:
        The bytes for the canvas. A click sends the ids of `draw_map` with the hot `leak`.
    """
    top = max(float(one.max()) for _, one in found)
    look = Look(0.0, top, readout="|∂ out / ∂ x|", missing="exactly 0: no way leads there")
    told = []
    scene_boxes: list[Box] = []
    for number, (name, one) in enumerate(found):
        scene_boxes.append((8.0 + number * (LEAK_WIDTH + 14.0), 46.0, LEAK_WIDTH, LEAK_HEIGHT - 54.0))
        future = float(one[np.triu_indices(len(one), 1)].max())
        told.append((name, "the future: exactly 0" if future == 0 else f"the future: up to {future:.2g}"))
    alt = "Dependence of each output on each input of two layers. " + "; ".join(f"{a}: {b}" for a, b in told) + "."
    scene = Scene(WIDTH, LEAK_HEIGHT, alt)
    for number, ((_, one), (name, note), box) in enumerate(zip(found, told, scene_boxes, strict=True)):
        _title(scene, box, name, note, ON_PAGE)
        hot = f"leak{number}"
        draw_map(scene, box, one, tokens, tokens, one != 0, scale=ON_PAGE, look=look, hot=hot, chosen=chosen)
    return scene.to_bytes()


def _title(scene: Scene, box: Box, title: str, note: str, scale: Scale) -> None:
    scene.text(box[0], box[1] - 2.5 * scale.label, title, size=scale.title, weight=600)
    scene.text(box[0], box[1] - 1.1 * scale.label, note, size=scale.note, colour="muted")
