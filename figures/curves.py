"""Learning curves, drawn into a scene beside the network: one picture a tick instead of three."""

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from figures.scene import Box, Colour, Limits, Scene
from figures.theme import ON_PAGE, Scale

MAX_ROWS: Final = 160
NICE: Final = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)
SHORTEST: Final = 100.0  # steps an axis spans at least

Style = tuple[str, Colour, bool]  # name, colour, dashed
STYLES: Final[tuple[Style, ...]] = (("training", "positive", False), ("test", "negative", True))


class Level(NamedTuple):
    """A horizontal line to compare with: chance, or another model's score."""

    label: str
    value: float


def draw_curves(
    scene: Scene,
    box: Box,
    steps: np.ndarray,
    values: Mapping[str, np.ndarray],
    names: Sequence[str],
    *,
    title: str,
    limits: Limits | None = None,
    is_log: bool = False,
    levels: Sequence[Level] = (),
    scale: Scale = ON_PAGE,
    here: float | None = None,
    heading: str = "",
    styles: Sequence[Style] = STYLES,
) -> None:
    """Lines over steps: unless told otherwise, the training curve, solid blue, then the test curve, dashed orange.

    Args:
        scene: what to draw into.
        box: the data area; the title stands above it, the numerals left of it and below.
        steps: (num_rows,) step of each row.
        values: name to (num_rows,) numbers.
        names: which of them to draw, at most as many as there are styles.
        title: the quantity and its unit; the newest numbers are added.
        limits: fixed ends of the vertical axis; else from 0 to a round number above all of them.
        is_log: a logarithmic vertical axis; what is not above 0 is then not drawn.
        levels: horizontal lines with labels.
        scale: how large the words are. In the large one the numbers stand in the line above the picture, not here.
        here: the step shown while an earlier moment is visited: marked, and the numbers in the title are its own.
        heading: what stands above instead of the title and the newest numbers.
        styles: what each line is called, its colour, and whether it is dashed.
    """
    kept = rows_to_draw(len(steps))
    lines = [np.asarray(values[name], dtype=np.float64) for name in names if name in values]
    levels = [level for level in levels if math.isfinite(level.value)]
    everything = np.concatenate([*lines, [level.value for level in levels]])
    if is_log:
        lines = [powers_of(line) for line in lines]
        levels = [Level(level.label, math.log10(level.value)) for level in levels if level.value > 0]
        everything = powers_of(everything)
    ylim = limits or (log_limits(everything) if is_log else (0.0, round_above(everything)))
    xlim = (0.0, max(SHORTEST, round_above(steps)))
    if scale is ON_PAGE:
        told = heading or f"{title} by step: {numbers_at(here, steps, values, names, styles)}"
        scene.text(box[0], box[1] - scale.title, told, size=scale.title, weight=600, tabular=True)
    else:
        known = [style for style, line in zip(styles, lines, strict=False) if np.isfinite(line).any()]
        _draw_head(scene, box, f"{title} by step", known, scale)
    draw_axes(scene, box, xlim, ylim, scale, is_log=is_log)
    for level in levels:
        draw_level(scene, box, level, ylim, scale)
    for line, (_, colour, is_dashed) in zip(lines, styles, strict=False):
        xy = np.stack([steps[kept], line[kept]], axis=1)
        scene.lines(box, [xy], xlim=xlim, ylim=ylim, colours=colour, width=2, dash=is_dashed)
    if here is not None:
        scene.lines(box, [np.array([[here, ylim[0]], [here, ylim[1]]])], xlim=xlim, ylim=ylim, colours="text", width=1)


def rows_to_draw(num_rows: int) -> np.ndarray:
    """Indices of the rows a screen can show, first and last among them."""
    return np.unique(np.linspace(0, num_rows - 1, min(num_rows, MAX_ROWS)).astype(int))


def numbers_at(
    here: float | None,
    steps: np.ndarray,
    values: Mapping[str, np.ndarray],
    names: Sequence[str],
    styles: Sequence[Style] = STYLES,
) -> str:
    """The number of each line in words: those at step `here`, or the newest if that is None."""
    row = len(steps) - 1 if here is None else row_at(here, steps)
    pairs = zip(styles, names, strict=False)
    return " · ".join(f"{word} {values[name][row]:.3g}" for (word, *_), name in pairs if name in values and len(steps))


def row_at(step: float, steps: np.ndarray) -> int:
    """The last row at or before `step`."""
    return max(0, int(np.searchsorted(steps, step, side="right")) - 1)


def round_above(values: np.ndarray) -> float:
    """The next round number at or above the largest finite value, so that an axis seldom moves; 1 if there is none."""
    finite = values[np.isfinite(values)]
    top = float(finite.max()) if len(finite) else 0.0
    if top <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(top))
    return power * next(nice for nice in NICE if nice * power >= top * (1 - 1e-9))


def log_limits(powers: np.ndarray) -> Limits:
    """Whole powers of ten around all finite exponents, at least one decade."""
    finite = powers[np.isfinite(powers)]
    if not len(finite):
        return -1.0, 0.0
    low, high = math.floor(finite.min()), math.ceil(finite.max())
    return float(low), float(max(high, low + 1))


def powers_of(values: np.ndarray) -> np.ndarray:
    """Exponents of ten; NaN for what has none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        powers = np.log10(values)
    return np.where(np.isfinite(powers), powers, np.nan)


def _draw_head(scene: Scene, box: Box, title: str, styles: Sequence[Style], scale: Scale) -> None:
    """The title, and at the right end which colour is which."""
    y, right = box[1] - scale.title, box[0] + box[2]
    scene.text(box[0], y, title, size=scale.title, weight=600)
    for word, colour, _ in reversed(styles):
        scene.text(right, y, word, size=scale.label, align="right", colour=colour, weight=600)
        right -= scale.label * (0.55 * len(word) + 0.8)  # about as wide as the word is


def draw_axes(scene: Scene, box: Box, xlim: Limits, ylim: Limits, scale: Scale, *, is_log: bool) -> None:
    """Axes with a grid; on a logarithmic one, `ylim` are exponents of ten and whole powers are named."""
    if not is_log:
        scene.axes(box, xlim=xlim, ylim=ylim, ticks=4, grid=True)
        return
    low, high = int(ylim[0]), int(ylim[1])
    powers = list(range(low, high + 1, max(1, (high - low + 2) // 4)))
    scene.axes(box, xlim=xlim, ylim=ylim, ticks=([xlim[1] * share / 4 for share in range(5)], []))
    for power in powers:
        y = _height(box, power, ylim)
        scene.lines(box, [np.array([[xlim[0], power], [xlim[1], power]])], xlim=xlim, ylim=ylim, colours="hairline")
        scene.text(box[0] - 6, y, f"{10.0**power:g}", size=scale.note, align="right", colour="muted")


def draw_level(scene: Scene, box: Box, level: Level, ylim: Limits, scale: Scale) -> None:
    """A dashed line across the box with its label; nothing where it lies beyond the limits."""
    if not ylim[0] <= level.value <= ylim[1]:
        return
    ends = np.array([[0.0, level.value], [1.0, level.value]])
    scene.lines(box, [ends], xlim=(0, 1), ylim=ylim, colours="grey", width=1, dash=True)
    y = _height(box, level.value, ylim)
    away = 0.75 * scale.note
    below = y + away if y < box[1] + box[3] - 1.3 * scale.note else y - away
    scene.text(box[0] + box[2] - 4, below, level.label, size=scale.note, align="right", colour="muted")


def _height(box: Box, value: float, ylim: Limits) -> float:
    return box[1] + box[3] * (1 - (value - ylim[0]) / (ylim[1] - ylim[0]))
