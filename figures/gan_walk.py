"""Where the noise goes: a way between two draws, and a grid of noise bent by the generator."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from figures.augmentation import draw_pictures
from figures.scene import Box, Limits, Scene
from figures.theme import ON_PAGE

WIDTH: Final = 1000.0
HEIGHT: Final = 410.0
SIDE: Final = 340.0
NOISE: Final[Box] = (60.0, 32.0, SIDE, SIDE)
PLANE: Final[Box] = (560.0, 32.0, SIDE, SIDE)
BAR: Final[Box] = (428.0, 60.0, 12.0, 160.0)
REACH: Final[Limits] = (-1.0, 1.0)  # of the plane
LARGEST_TILE: Final = 160.0
DOT_EVERY: Final = 5  # steps of a way
EVERY: Final = 4  # line of the grid that is drawn; those between make it smooth
FEWEST_FOLDS: Final = 0.3  # decades that the colours span at least


def bent_scene(noise: np.ndarray, bent: np.ndarray, stretch: np.ndarray, real: np.ndarray) -> bytes:
    """A grid of noise, and the same grid behind the generator.

    Args:
        noise: (k, k, 2) corners of the cells; the first axis runs along the first unit.
        bent: (k, k, 2) where the generator puts them.
        stretch: (k - 1, k - 1) area of each cell behind the generator over its area before.
        real: (n, 2) points of the data.

    Returns:
        The bytes for the canvas.
    """
    powers = np.log10(np.maximum(stretch, 1e-12))
    low, high = stretch_limits(powers)
    alt = (
        f"A grid of noise and the same grid behind the generator, {len(real)} points of the data with it. Cells are "
        f"stretched by factors from {stretch.min():.1e} to {stretch.max():.1e}, {np.median(stretch):.1e} in the middle."
    )
    scene = Scene(WIDTH, HEIGHT, alt)
    limits = (float(noise.min()), float(noise.max()))
    _title(scene, NOISE, "The noise, coloured by how much a cell is stretched")
    scene.sheet(NOISE, powers.T[::-1], low=low, high=high, palette="magnitude", readout="10 to the power of")
    scene.axes(NOISE, xlim=limits, ylim=limits, xlabel="noise unit 1", ylabel="noise unit 2")
    _draw_grid(scene, NOISE, noise, limits)
    labels = [_times(10.0**power) for power in (low, (low + high) / 2, high)]
    scene.colorbar(BAR, low=low, high=high, palette="magnitude", labels=labels)
    scene.text(BAR[0], BAR[1] - 14, "area", size=ON_PAGE.note, colour="muted")
    _title(scene, PLANE, "Where the generator puts it, over the data (grey)")
    scene.axes(PLANE, xlim=REACH, ylim=REACH, xlabel="x₁", ylabel="x₂")
    scene.points(PLANE, real, xlim=REACH, ylim=REACH, colour="grey", radius=2)
    _draw_grid(scene, PLANE, bent, REACH)
    note = "blue: the first unit is constant, orange: the second"
    scene.text(PLANE[0] + SIDE, PLANE[1] + SIDE + 52, note, size=ON_PAGE.note, align="right", colour="muted")
    return scene.to_bytes()


def stretch_limits(powers: np.ndarray) -> Limits:
    """Ends of the colours: nearly all cells, so that a few folds do not pale the rest."""
    low, high = (float(value) for value in np.quantile(powers, [0.02, 0.98]))
    middle, half = (low + high) / 2, max((high - low) / 2, FEWEST_FOLDS / 2)
    return middle - half, middle + half


def _times(factor: float) -> str:
    return f"× {factor:.2g}"


def _draw_grid(scene: Scene, box: Box, corners: np.ndarray, limits: Limits) -> None:
    """Both families of lines, in two colours."""
    scene.lines(box, list(corners[::EVERY]), xlim=limits, ylim=limits, colours="positive", width=1.2)
    scene.lines(box, list(corners.transpose(1, 0, 2)[::EVERY]), xlim=limits, ylim=limits, colours="negative", width=1.2)


def _title(scene: Scene, box: Box, words: str) -> None:
    scene.text(box[0], box[1] - 15, words, size=ON_PAGE.title, weight=600)


def way_scene(noise: np.ndarray, made: np.ndarray, real: np.ndarray, limits: Limits) -> bytes:
    """A way through the noise, and what the generator makes along it, in the plane.

    Args:
        noise: (k, 2) the first two noise units along the way.
        made: (k, 2) what the generator makes of each.
        real: (n, 2) points of the data.
        limits: ends of the axes of the noise.

    Returns:
        The bytes for the canvas.
    """
    length = float(np.linalg.norm(np.diff(made, axis=0), axis=1).sum())
    alt = f"A way of {len(made)} steps through the noise, and what is made along it: a line of length {length:.2f}."
    scene = Scene(WIDTH, HEIGHT, alt)
    _title(scene, NOISE, "The way through the noise")
    scene.axes(NOISE, xlim=limits, ylim=limits, xlabel="noise unit 1", ylabel="noise unit 2")
    _draw_way(scene, NOISE, noise, limits)
    _title(scene, PLANE, "What is made along it, over the data (grey)")
    scene.axes(PLANE, xlim=REACH, ylim=REACH, xlabel="x₁", ylabel="x₂")
    scene.points(PLANE, real, xlim=REACH, ylim=REACH, colour="grey", radius=2)
    _draw_way(scene, PLANE, made, REACH)
    return scene.to_bytes()


def _draw_way(scene: Scene, box: Box, way: np.ndarray, limits: Limits) -> None:
    """A line with a point at some steps; A and B at its ends."""
    scene.lines(box, [way], xlim=limits, ylim=limits, colours="accent", width=1.5)
    scene.points(box, way[::DOT_EVERY], xlim=limits, ylim=limits, colour="accent", radius=3.5)
    low, high = limits
    for name, (x, y) in (("A", way[0]), ("B", way[-1])):
        if low <= x <= high and low <= y <= high:
            left = box[0] + box[2] * (x - low) / (high - low)
            scene.text(left + 7, box[1] + box[3] * (high - y) / (high - low) - 9, name, size=ON_PAGE.title, weight=600)


def strip_scene(pictures: np.ndarray, labels: Sequence[str], alt: str) -> bytes:
    """Generated pictures in a row, each with a word below it.

    Args:
        pictures: (n, C, H, W) from 0 to 1.
        labels: n words.
        alt: what they show.

    Returns:
        The bytes for the canvas.
    """
    tile = min(LARGEST_TILE, WIDTH / len(pictures) - 6)
    scene = Scene((tile + 6) * len(pictures), tile + 28, alt)
    boxes = [(3 + place * (tile + 6), 3.0, tile, tile) for place in range(len(pictures))]
    draw_pictures(scene, boxes, pictures, labels=list(labels), label_size=ON_PAGE.label)
    return scene.to_bytes()


def point_scene(before: np.ndarray, now: np.ndarray, real: np.ndarray) -> bytes:
    """One fake, where it was and where it is now.

    Args:
        before: (2,) place as it was drawn.
        now: (2,) place now.
        real: (n, 2) points of the data.

    Returns:
        The bytes for the canvas.
    """
    side = 320.0
    scene = Scene(side + 60, side + 40, f"A fake at ({now[0]:.2f}, {now[1]:.2f}), over {len(real)} points of the data.")
    box: Box = (40.0, 8.0, side, side)
    scene.axes(box, xlim=REACH, ylim=REACH)
    scene.points(box, real, xlim=REACH, ylim=REACH, colour="grey", radius=2)
    scene.lines(box, [np.stack([before, now])], xlim=REACH, ylim=REACH, colours="hairline", width=1.5)
    scene.points(box, before[None], xlim=REACH, ylim=REACH, colour="negative", radius=5, hollow=[True])
    scene.points(box, now[None], xlim=REACH, ylim=REACH, colour="negative", radius=6)
    return scene.to_bytes()
