"""The live picture of the page `gan`: fakes among real examples, what the discriminator says, distance and losses."""

import math
from collections.abc import Collection
from typing import Any, Final

import numpy as np

from figures.curves import Style, draw_curves, numbers_at, round_above
from figures.gan_layout import PAGE, PROJECTOR, Layout
from figures.gan_plane import draw_card_plane, draw_plane
from figures.scene import Box, Limits, Scene

DISTANCES: Final[tuple[Style, ...]] = (("learnt from", "positive", False), ("fresh", "negative", True))
LOSSES: Final[tuple[Style, ...]] = (("generator", "negative", False), ("discriminator", "positive", False))
ACROSS: Final = 8  # pictures in a row
ROWS: Final = 5  # of fakes
GAP: Final = 4.0
CARD: Final = 200.0
FAKE, REAL = 0, 1  # classes, for their colours


def gan_scene(
    seen: Any,
    history: Any,
    *,
    step: int,
    layers: Collection[str],
    look: int = 0,
    is_log: bool = False,
    can_place_points: bool = False,
    is_large: bool = False,
) -> bytes:
    """Draws both networks at work, and their curves.

    Args:
        seen: a `GANObservation`.
        history: the run's `Columns`.
        step: turns so far.
        layers: which parts of the plane are drawn, by their names in the legend.
        look: a number that, when it changes, brings the picture into view.
        is_log: a logarithmic axis for the distance.
        can_place_points: whether a click on the plane places a point of the visitor's own.
        is_large: laid out for a projector.

    Returns:
        The bytes for the canvas. A click sends the id `layer:name`, or `map` with coordinates.
    """
    layout = PROJECTOR if is_large else PAGE
    scene = Scene(layout.width, layout.height, _alt(seen, history, step), {"step": step, "look": look})
    if seen.plane is not None:
        draw_plane(scene, seen, layout, layers, can_place_points=can_place_points)
    else:
        _draw_pictures(scene, seen, layout)
    _draw_said(scene, seen, layout)
    _draw_curves(scene, history, layout, step, is_log=is_log)
    _draw_words(scene, seen, layout)
    return scene.to_bytes()


def _alt(seen: Any, history: Any, step: int) -> str:
    told = numbers_at(None, history.steps, history.values, ("loss", "test_loss"), DISTANCES)
    what = "points among real points" if seen.plane is not None else "pictures beside real pictures"
    return f"After {step:,} steps of the game: forged {what}. Energy distance: {told}. {' '.join(seen.verdicts)}"


# ---- pictures ------------------------------------------------------------------------------------------------------


def _draw_pictures(scene: Scene, seen: Any, layout: Layout) -> None:
    """Fakes of always the same noise, the training pictures nearest to the first row, and some real ones."""
    left, top, width, _ = layout.plane
    size, shown = layout.scale.title, seen.pictures
    side = (width + GAP) / ACROSS - GAP
    step = side + GAP
    scene.text(left, top - size, "Fakes, always of the same noise", size=size, weight=600)
    _draw_tiles(scene, shown.fake[: ROWS * ACROSS], (left, top, side, step))
    y = top + ROWS * step + 1.1 * size
    scene.text(left, y, "Training pictures nearest to the first row of fakes", size=size, weight=600)
    _draw_tiles(scene, shown.nearest[:ACROSS], (left, y + 0.9 * size, side, step))
    y += 0.9 * size + step + 1.1 * size
    scene.text(left, y, "Real pictures", size=size, weight=600)
    _draw_tiles(scene, shown.real[:ACROSS], (left, y + 0.9 * size, side, step))


def _draw_tiles(scene: Scene, tiles: np.ndarray, place: Box) -> None:
    """Pictures in rows, from the upper left corner of `place`; its size is a tile's side and the way to the next."""
    left, top, side, step = place
    boxes = [(left + i % ACROSS * step, top + i // ACROSS * step, side, side) for i in range(len(tiles))]
    if boxes:
        scene.sheet(boxes, tiles, palette="grey", border=False)


# ---- what is said, and the curves ----------------------------------------------------------------------------------


def _draw_said(scene: Scene, seen: Any, layout: Layout) -> None:
    """The noise the fakes are made of, and what the discriminator says of fakes and of real examples."""
    size = layout.scale.title
    has_noise = seen.plane is not None and layout.noise is not None
    if has_noise:
        _draw_noise(scene, seen.plane.noise, layout)
    box = layout.said if has_noise else layout.said_wide
    what = "D(x), the chance of being real" if seen.is_chance else "The score of the discriminator"
    scene.text(box[0], box[1] - size, what, size=size, weight=600)
    right, y = box[0] + box[2], box[1] + 0.9 * size
    heights = seen.histogram / max(float(seen.histogram.max()), 1e-9)
    scene.histograms(box, heights[None] * 0.92, classes=[FAKE, REAL])
    scene.axes(box, xlim=seen.limits, ylim=(0, 1), ticks=(_ticks(seen.limits), []))
    wide = 3.6 * layout.scale.label
    scene.text(right - 6, y, "real", size=layout.scale.label, align="right", colour=REAL, weight=600)
    scene.text(right - wide, y, "fake", size=layout.scale.label, align="right", colour=FAKE, weight=600)


def _ticks(limits: Limits) -> list[float]:
    low, high = limits
    return [float(f"{value:.3g}") for value in (low, (low + high) / 2, high)]


def _draw_noise(scene: Scene, noise: np.ndarray, layout: Layout) -> None:
    assert layout.noise is not None
    box, size = layout.noise, layout.scale.title
    reach = 3.0 if np.abs(noise).max() > 1 else 1.1
    xy = noise if noise.shape[1] == 2 else np.concatenate([noise, np.zeros_like(noise)], axis=1)
    scene.text(box[0], box[1] - size, "Noise z", size=size, weight=600)
    limits = (-reach, reach)
    scene.axes(box, xlim=limits, ylim=limits, ticks=([-1, 1], [-1, 1]) if reach < 2 else ([-2, 0, 2], [-2, 0, 2]))
    scene.points(box, xy, xlim=limits, ylim=limits, colour="muted", radius=1.6)


def _draw_curves(scene: Scene, history: Any, layout: Layout, step: int, *, is_log: bool) -> None:
    rows = history.steps, history.values
    here = step if len(history.steps) and step < history.steps[-1] else None  # an earlier moment is visited
    told: dict[str, Any] = {"scale": layout.scale, "here": here}
    names = ("loss", "test_loss")
    title = "Energy distance"
    draw_curves(scene, layout.distance, *rows, names, title=title, is_log=is_log, styles=DISTANCES, **told)
    names = ("generator_loss", "discriminator_loss")
    limits = limits_of(np.concatenate([history.values[name] for name in names]))
    draw_curves(scene, layout.losses, *rows, names, title="Losses", limits=limits, styles=LOSSES, **told)


def limits_of(values: np.ndarray) -> Limits:
    """Round ends around the finite values and 0: losses of a game may be negative."""
    low = round_above(-values) if np.nanmin(values, initial=0.0) < 0 else 0.0
    high = round_above(values) if np.nanmax(values, initial=0.0) > 0 else 0.0
    return (-low, high) if low or high else (0.0, 1.0)


def _draw_words(scene: Scene, seen: Any, layout: Layout) -> None:
    """What has gone wrong, or that nothing has, and how far the fakes are in plain units."""
    left, size = layout.distance[0] - 28, layout.scale.note
    y = layout.words
    for words in seen.verdicts:
        is_wrong = words in seen.alarms
        scene.text(
            left, y, words, size=size, colour="negative" if is_wrong else "muted", weight=600 if is_wrong else 400
        )
        y += 1.45 * size
    scene.text(left, y, far_in_words(seen), size=size, colour="muted", tabular=True)


def far_in_words(seen: Any) -> str:
    """Wasserstein distance, and whether the fakes repeat what was learnt from."""
    words = f"Wasserstein distance {seen.wasserstein:.3g}"
    if math.isfinite(seen.copied):
        words += f" · nearest-neighbour ratio {seen.copied:.2g} (fresh examples: 1)"
    return words


def card_scene(seen: Any) -> bytes:
    """Fakes among real examples, small and without words.

    Args:
        seen: a `GANObservation`, of points or of pictures.
    """
    scene = Scene(360, CARD, f"Forged and real examples of {seen.data}.")
    if seen.plane is not None:
        draw_card_plane(scene, seen, (80.0, 0.0, CARD, CARD))
    else:
        side = CARD / 4
        boxes = [(80 + i % 4 * side, i // 4 * side, side, side) for i in range(min(16, len(seen.pictures.fake)))]
        scene.sheet(boxes, seen.pictures.fake[: len(boxes)], palette="grey", border=False)
    return scene.to_bytes()
