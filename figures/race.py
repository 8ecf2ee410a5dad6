"""Several runs on the same axes while they train: a line for each, and beside them who is where."""

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from figures import theme
from figures.curves import Level, draw_axes, draw_level, powers_of, rows_to_draw
from figures.scene import Box, Limits, Scene
from figures.trials import Curve, shared_limits

WIDTH: Final = 1120.0
HEIGHT: Final = 280.0
MAX_LINES: Final = len(theme.CLASSES)
_TOP: Final = 32.0
_LEFT: Final = 46.0  # room for the numerals
_BOTTOM: Final = 24.0
_LEGEND: Final = 330.0
_LINE: Final = 22.0
_NUMBER: Final = 82.0  # a column of the legend
NO_LEVELS: Final[Mapping[str, Sequence[Level]]] = {}
NO_LIMITS: Final[Mapping[str, Limits]] = {}


class Racer(NamedTuple):
    """One run: what it is called, and a column of numbers for each quantity over its steps."""

    label: str
    steps: np.ndarray
    values: dict[str, np.ndarray]

    def last(self, name: str) -> float:
        """The newest value of a quantity; NaN if there is none."""
        column = self.values.get(name)
        return float(column[-1]) if column is not None and len(column) else math.nan


def race_scene(
    racers: Sequence[Racer],
    quantities: dict[str, str],
    num_steps: int,
    levels: Mapping[str, Sequence[Level]] = NO_LEVELS,
    limits: Mapping[str, Limits] = NO_LIMITS,
) -> bytes:
    """Draws a chart for each quantity, and a legend with the newest numbers.

    Args:
        racers: those built so far, at most `MAX_LINES`.
        quantities: the columns to draw, at most three, with what each is called.
        num_steps: where the horizontal axis ends.
        levels: of a column, horizontal lines to compare with.
        limits: of a column, the ends of its axis, where it should not begin at 0.

    Returns:
        The bytes the live canvas draws.
    """
    said = "; ".join(
        f"{racer.label}: " + ", ".join(f"{words} {racer.last(name):.3g}" for name, words in quantities.items())
        for racer in racers
    )
    scene = Scene(WIDTH, HEIGHT, f"{' and '.join(quantities.values())} over steps. {said or 'Nothing yet'}.")
    room = (WIDTH - _LEGEND) / len(quantities)
    for number, (name, words) in enumerate(quantities.items()):
        box = (number * room + _LEFT, _TOP, room - _LEFT - 20, HEIGHT - _TOP - _BOTTOM)
        _draw_chart(scene, box, racers, name, f"{words} by step", num_steps, levels.get(name, ()), limits.get(name))
    _draw_legend(scene, racers, quantities)
    return scene.to_bytes()


def _draw_chart(
    scene: Scene,
    box: Box,
    racers: Sequence[Racer],
    name: str,
    title: str,
    num_steps: int,
    levels: Sequence[Level],
    limits: Limits | None,
) -> None:
    lines = [np.asarray(racer.values.get(name, np.full(len(racer.steps), np.nan)), np.float64) for racer in racers]
    curves = [Curve(racer.label, racer.steps, line) for racer, line in zip(racers, lines, strict=True)]
    heights = [Curve(level.label, np.zeros(1), np.array([level.value])) for level in levels]
    ylim, is_log = (limits, False) if limits else shared_limits([*curves, *heights])
    if is_log:
        lines = [powers_of(line) for line in lines]
        levels = [Level(level.label, math.log10(level.value)) for level in levels]
    xlim = (0.0, float(num_steps))
    scene.text(box[0], box[1] - 13, title, size=theme.ON_PAGE.title, weight=600)
    draw_axes(scene, box, xlim, ylim, theme.ON_PAGE, is_log=is_log)
    for level in levels:
        draw_level(scene, box, level, ylim, theme.ON_PAGE)
    for number, (racer, line) in enumerate(zip(racers, lines, strict=True)):
        kept = rows_to_draw(len(line))
        xy = np.stack([racer.steps, np.where(np.isfinite(line), line, np.nan)], axis=1)[kept]
        scene.lines(box, [xy], xlim=xlim, ylim=ylim, colours=number, width=2)


def _draw_legend(scene: Scene, racers: Sequence[Racer], quantities: dict[str, str]) -> None:
    """A line for each run: its colour, its name, and its newest numbers in columns."""
    left, right = WIDTH - _LEGEND, WIDTH
    ends = [right - _NUMBER * (len(quantities) - 1 - number) for number in range(len(quantities))]
    for end, words in zip(ends, quantities.values(), strict=True):
        for line, part in enumerate(reversed(words.split(" ", 1))):  # two lines, so that long ones do not meet
            scene.text(end, _TOP - 9 - 13 * line, part, size=theme.ON_PAGE.note, align="right", colour="muted")
    for number, racer in enumerate(racers):
        y = _TOP + (number + 0.6) * _LINE
        scene.rect((left, y - 2, 16, 4), fill=number)
        scene.text(left + 24, y, racer.label, size=theme.ON_PAGE.label)
        for end, name in zip(ends, quantities, strict=True):
            value = racer.last(name)
            told = f"{value:.3g}" if math.isfinite(value) else "–"
            scene.text(end, y, told, size=theme.ON_PAGE.label, align="right", tabular=True)
