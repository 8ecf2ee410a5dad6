"""Pictures of what a trained image network makes of one picture: its answer, its maps, and how the picture shrinks."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from figures.cnn import draw_pixels
from figures.scene import Box, Scene
from figures.theme import ON_PAGE

WIDTH: Final = 1000.0
ANSWER_WIDTH: Final = 660.0
LARGEST: Final = 56  # places of a map along its side as drawn; larger ones are averaged
A_ROW: Final = 8  # maps
TILE: Final = 76.0
PITCH: Final = 82.0


def answer_scene(picture: np.ndarray, said: Any, chosen: int) -> bytes:
    """The picture, and the likeliest names with their chances as bars.

    Args:
        picture: (3, S, S) bytes.
        said: `Answer`.
        chosen: the label that is asked about below.

    Returns:
        The bytes for the canvas. A click sends `label:number`.
    """
    alt = f"The network says {said.names[0]} with {said.chances[0]:.0%}, then {', '.join(said.names[1:])}."
    scene = Scene(ANSWER_WIDTH, 240, alt)
    draw_pixels(scene, (8, 8, 224, 224), picture[None])
    left, right, pitch = 256.0, ANSWER_WIDTH - 8, 45.0
    for row, (label, name, chance) in enumerate(zip(said.labels, said.names, said.chances, strict=True)):
        y, is_chosen = 24 + row * pitch, label == chosen
        scene.text(left, y, name, size=ON_PAGE.title + 1, weight=600 if is_chosen else 400)
        scene.text(right, y, percent(chance), size=ON_PAGE.title + 1, align="right", tabular=True)
        scene.rect((left, y + 11, right - left, 7), fill="panel")
        scene.rect((left, y + 11, max(1.0, (right - left) * float(chance)), 7), fill="accent")
        box = (left - 4, y - 13, right - left + 8, pitch - 8)
        scene.hot(box, f"label:{label}", f"{name}, {percent(chance)}: ask where it looks for it", pressed=is_chosen)
    return scene.to_bytes()


def percent(share: float) -> str:
    """A chance: 97.8%, and what is not quite nothing stays so."""
    return "< 0.1%" if 0 < share < 0.0005 else f"{share:.1%}"


def maps_scene(picture: np.ndarray, part: Any, chosen: int) -> bytes:
    """The maps of one part, and one of them large over the picture.

    Args:
        picture: (3, S, S) bytes.
        part: `Part`.
        chosen: which of the shown maps is large, from 0.

    Returns:
        The bytes for the canvas. A click sends `map:place`.
    """
    rows = -(-len(part.shown) // A_ROW)
    number = part.shown[chosen] + 1
    scene = Scene(WIDTH, max(390.0, 20 + rows * PITCH), f"{len(part.shown)} of {part.num_maps} maps of {part.name}.")
    large: Box = (8, 34, 312, 312)
    chosen_map = part.maps[chosen]
    reach = max(float(np.abs(chosen_map).max()), 1e-9)
    scene.text(164, 16, f"map {number} over the picture", size=ON_PAGE.title, align="center", weight=600)
    draw_pixels(scene, large, halved(picture)[None])
    scene.sheet(large, chosen_map, low=-reach, high=reach, opacity=[0.6], readout="value")
    words = f"from {chosen_map.min():.2g} to {chosen_map.max():.2g}, {part.side}×{part.side} places".replace("-", "−")
    scene.text(164, 364, words, size=ON_PAGE.label, align="center", colour="muted")
    boxes = [(338 + place % A_ROW * PITCH, 8 + place // A_ROW * PITCH, TILE, TILE) for place in range(len(part.shown))]
    small = smaller(part.maps)
    peaks = np.abs(small).max(axis=(1, 2), keepdims=True)
    scene.sheet(np.array(boxes), small / np.maximum(peaks, 1e-9), smooth=False, selected=[chosen])
    for place, box in enumerate(boxes):
        scene.hot(box, f"map:{place}", f"Map {part.shown[place] + 1}: show it large", pressed=place == chosen)
    return scene.to_bytes()


def shrink_scene(picture: np.ndarray, parts: Sequence[Any], said: Any) -> bytes:
    """The picture, then one map of each part that changes the shape, to scale and below it enlarged.

    Args:
        picture: (3, S, S) bytes.
        parts: `Part`, first to last.
        said: `Answer`.
    """
    side = picture.shape[1]
    kept = [part for part, after in zip(parts, [*parts[1:], None], strict=True) if _differs(part, after)]
    pitch = WIDTH / (len(kept) + 2)
    scene = Scene(WIDTH, 276, f"{side}×{side} pixels become {len(kept)} times fewer places and more maps, then a name.")
    tile = pitch - 14
    draw_pixels(
        scene, np.array([(7, 24 + 0, tile, tile), (7, 128, tile, tile)]), np.repeat(halved(picture)[None], 2, 0)
    )
    _shape_words(scene, pitch / 2, "picture", f"{side}×{side}", "3 colours", 3 * side * side)
    for place, part in enumerate(kept, start=1):
        middle, true = (place + 0.5) * pitch, tile * part.side / side
        one = smaller(part.maps[:1])[0]
        reach = max(float(np.abs(one).max()), 1e-9)
        boxes = [(middle - true / 2, 24 + (tile - true) / 2, true, true), (middle - tile / 2, 128, tile, tile)]
        scene.sheet(np.array(boxes), np.repeat(one[None], 2, 0), low=-reach, high=reach, smooth=False)
        size = part.num_maps * part.side**2
        _shape_words(scene, middle, part.name, f"{part.side}×{part.side}", f"{part.num_maps:,} maps", size)
    middle = WIDTH - pitch / 2
    scene.text(middle, 128 + tile / 2 - 9, said.names[0][:14], size=ON_PAGE.label, align="center", weight=600)
    scene.text(middle, 128 + tile / 2 + 9, percent(said.chances[0]), size=ON_PAGE.label, align="center")
    _shape_words(scene, middle, "answer", "1×1", "1,000 names", 1000)
    scene.text(7, 12, "to scale", size=ON_PAGE.note, colour="muted")
    scene.text(7, 118, "enlarged", size=ON_PAGE.note, colour="muted")
    return scene.to_bytes()


def _differs(part: Any, after: Any) -> bool:
    return after is None or (part.side, part.num_maps) != (after.side, after.num_maps)


def _shape_words(scene: Scene, middle: float, *lines: Any) -> None:
    """Name, size, maps and how many numbers that is, one below the other."""
    name, size, maps, numbers = lines
    scene.text(middle, 221, name, size=ON_PAGE.label, align="center", weight=600)
    for row, words in enumerate((size, maps, f"{numbers:,}")):
        scene.text(middle, 237 + 14 * row, words, size=ON_PAGE.note, align="center", colour="muted")


def halved(picture: np.ndarray) -> np.ndarray:
    """A picture (3, S, S) of an even side at half of it: less to send."""
    blocks = picture.reshape(3, picture.shape[1] // 2, 2, picture.shape[2] // 2, 2)
    return blocks.mean(axis=(2, 4)).round().astype(np.uint8)


def smaller(maps: np.ndarray) -> np.ndarray:
    """Maps (n, h, w) averaged over squares, so that they are at most `LARGEST` wide."""
    shrink = -(-maps.shape[1] // LARGEST)
    n, side = len(maps), maps.shape[1] // shrink
    return maps[:, : side * shrink, : side * shrink].reshape(n, side, shrink, side, shrink).mean(axis=(2, 4))
