"""All heads of a network at once, each as a small map to click on.

Shapes: T queries (rows), S keys (columns).
"""

from typing import Final

import numpy as np

from figures.attention_maps import AttentionMaps, Cell
from figures.attention_tokens import width_of
from figures.scene import Box, Scene
from figures.theme import Scale

MOST_ACROSS: Final = 8  # heads beside each other; more stand below each other
THUMBNAIL: Final = 40  # cells along a side of a small map
SMALLEST_THUMBNAIL: Final = 28  # where heads stand below each other


def draw_heads(
    scene: Scene, box: Box, maps: AttentionMaps, chosen: Cell | None = None, hot: str = "head", *, scale: Scale
) -> None:
    """A small map of every head: layers from top to bottom, heads from left to right; many heads the other way round.

    Args:
        scene: what to draw into.
        box: room for all of them and their labels.
        maps: what to draw.
        chosen: layer and head with a border, from 0.
        hot: a click sends `{"id": "<hot>:<layer>:<head>", "layer", "head"}`.
        scale: how large the words are.
    """
    num_layers, num_heads = maps.weights.shape[:2]
    is_turned = num_layers > 1 and num_heads > MOST_ACROSS
    across, down = (num_layers, num_heads) if is_turned else (num_heads, num_layers)
    if num_layers == 1:
        across = int(np.ceil(np.sqrt(num_heads)))
        down = int(np.ceil(num_heads / across))
    side, top = ("head", "layer") if is_turned else ("layer", "head")
    size, gap = scale.note, 0.35 * scale.note
    beside = width_of(f"{side} {down}", size) + gap if num_layers > 1 else 0.0
    above = 1.5 * size
    room = (box[2] - beside) / across, (box[3] - above * (1 if num_layers > 1 else down)) / down
    aspect = maps.weights.shape[3] / maps.weights.shape[2]
    width = min(room[0] - gap, (room[1] - gap) * aspect, 9 * size)
    height = width / aspect
    step = width + gap, height + gap + (0.0 if num_layers > 1 else above)
    numbers = [(layer, head) for layer in range(num_layers) for head in range(num_heads)]
    spots = numbers if num_layers > 1 else [divmod(head, across) for _, head in numbers]
    spots = [(head, layer) for layer, head in spots] if is_turned else spots
    boxes = [(box[0] + beside + x * step[0], box[1] + above + y * step[1], width, height) for y, x in spots]
    finest = SMALLEST_THUMBNAIL if is_turned else THUMBNAIL
    small = thumbnails(maps.shown().reshape(-1, *maps.weights.shape[2:]), finest)
    selected = [numbers.index(chosen)] if chosen in numbers else []
    scene.sheet(boxes, small, low=0, high=1, palette="magnitude", smooth=False, selected=selected)
    if is_turned:
        corner = box[0] + beside - gap, box[1] + above - 0.7 * size
        scene.text(*corner, top, size=size, align="right", colour="muted")
    for (layer, head), (y, x), tile in zip(numbers, spots, boxes, strict=True):
        tip = f"Show {maps.head_name(layer, head)}"
        event = {"layer": layer, "head": head}
        scene.hot(tile, f"{hot}:{layer}:{head}", tip, event=event, pressed=(layer, head) == chosen)
        if num_layers == 1 or y == 0:
            number = head if num_layers == 1 else x
            has_room = width > width_of(f"{top} 99", size) and not is_turned
            words = f"{top} {number + 1}" if has_room else str(number + 1)
            scene.text(tile[0] + width / 2, tile[1] - 0.7 * size, words, size=size, align="center", colour="muted")
        if num_layers > 1 and x == 0:
            place = box[0] + beside - gap, tile[1] + height / 2
            scene.text(*place, f"{side} {y + 1}", size=size, align="right", colour="muted")


def thumbnails(weights: np.ndarray, most: int = THUMBNAIL) -> np.ndarray:
    """Maps made smaller where they have more cells than a small picture shows: the largest of each block.

    Args:
        weights: (n, T, S) with NaN for masked.
        most: cells along a side.

    Returns:
        (n, T', S'), NaN where a whole block is masked.
    """
    for axis in (1, 2):
        if weights.shape[axis] > most:
            starts = np.linspace(0, weights.shape[axis], most, endpoint=False).astype(int)
            weights = np.fmax.reduceat(weights, starts, axis=axis)
    return weights
