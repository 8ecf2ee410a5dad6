"""The live picture of the page `lstm`: one unit as a diagram, all units over the steps of a sequence, and the loss."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from figures.curves import Level, draw_curves, numbers_at, round_above
from figures.lstm_cell import draw_cell, numbers_of, sentences
from figures.palettes import Palette
from figures.scene import Box, Scene
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale

GATES: Final = ("forget", "input", "output", "reset", "update")
LETTERS: Final = {
    "forget": "forget f",
    "input": "input i",
    "proposal": "proposal",
    "output": "output o",
    "cell": "cell c",
    "hidden": "hidden h",
    "reset": "reset r",
    "update": "update z",
}
WANTED: Final = {
    "memory": "the first letter, at the last step",
    "copy": "the first letters once more, after the question mark",
    "adding": "the sum of the two marked values, at the last step",
    "parentheses": "how many brackets are open",
    "sine": "the next value of the wave",
}
APART: Final = 0.25  # of the highest level, that two of them must differ to be drawn both
SAVE: Final = 32.0  # room for the button that saves the picture, in its corner
MOST_SAID: Final = 4
TALLEST: Final = 0.6  # of the room for all maps, that one may take


class Layout(NamedTuple):
    """Places in scene units."""

    width: float
    height: float
    scale: Scale
    cell: Box
    words_y: float  # first of the lines below the diagram
    loss: Box
    maps: Box  # room for all heat maps
    button: float


PAGE: Final = Layout(
    width=1000.0,
    height=526.0,
    scale=ON_PAGE,
    cell=(10.0, 40.0, 400.0, 290.0),
    words_y=346.0,
    loss=(44.0, 428.0, 366.0, 78.0),
    maps=(504.0, 74.0, 486.0, 402.0),
    button=18.0,
)
PROJECTOR: Final = Layout(
    width=1280.0,
    height=656.0,
    scale=ON_PROJECTOR,
    cell=(16.0, 48.0, 500.0, 350.0),
    words_y=420.0,
    loss=(70.0, 544.0, 446.0, 74.0),
    maps=(644.0, 104.0, 620.0, 484.0),
    button=26.0,
)


def lstm_scene(
    seen: Any,
    history: Any,
    *,
    unit: int,
    at: int,
    step: int,
    look: int = 0,
    is_log: bool = False,
    is_large: bool = False,
) -> bytes:
    """Draws one unit, all units over time, and the learning curves.

    Args:
        seen: an `LSTMObservation`.
        history: the run's `Columns`.
        unit: the chosen one, from 0.
        at: the chosen step of the window, from 0.
        step: optimiser updates so far.
        look: a number that, when it changes, brings the picture into view.
        is_log: a logarithmic loss axis.
        is_large: laid out for a projector.

    Returns:
        The bytes for the canvas. A click sends the id `map:<signal>` with x = step and y = minus the unit, or
        `row:-1`, `row:1`, `window:-1`, `window:1`.
    """
    losses, rows = ("loss", "test_loss"), (history.steps, history.values)
    here = step if len(history.steps) and step < history.steps[-1] else None
    layout = PROJECTOR if is_large else PAGE
    unit, at = chosen(seen, unit, at)
    alt = (
        f"A recurrent network of {seen.num_units} {seen.cell.upper()} units after {step:,} steps reads "
        f"{' '.join(seen.symbols)}. Unit {unit + 1} at step {seen.start + at + 1}: "
        f"{'; '.join(sentences(seen.cell, numbers_of(seen, unit, at)))}. Loss: {numbers_at(here, *rows, losses)}."
    )
    scene = Scene(layout.width, layout.height, alt, {"step": step, "look": look})
    _draw_unit(scene, seen, unit, at, layout)
    tops, height = map_tops(seen, layout)
    _draw_maps(scene, seen, tops, height, layout)
    _draw_words(scene, seen, layout, tops[-1] + height)
    _draw_choice(scene, seen, unit, at, tops, height, layout)
    _draw_head(scene, seen, layout)
    title = "Mean squared error" if seen.takes_numbers else "Loss (nats)"
    told: dict[str, Any] = {"title": title, "is_log": is_log, "scale": layout.scale, "here": here}
    draw_curves(scene, layout.loss, *rows, losses, levels=levels_of(seen), **told)
    return scene.to_bytes()


def levels_of(seen: Any) -> list[Level]:
    """What to compare the loss with, the lowest first; one that would lie upon another is left out."""
    kept: list[Level] = []
    highest = max((value for _, value in seen.levels), default=1.0)
    for words, value in sorted(seen.levels, key=lambda level: level[1]):
        if not kept or value - kept[-1].value > APART * highest:
            kept.append(Level(words, value))
    return kept


def chosen(seen: Any, unit: int, at: int) -> tuple[int, int]:
    """Unit and step as far as the window has them."""
    _, steps, units = seen.values.shape
    return min(max(0, unit), units - 1), min(max(0, at), steps - 1)


def map_tops(seen: Any, layout: Layout) -> tuple[np.ndarray, float]:
    """Upper ends of the heat maps, first to last, and the height of each."""
    count = len(seen.signals)
    gap = 0.5 * layout.scale.label
    height = min(layout.maps[3] * TALLEST, (layout.maps[3] + gap) / count - gap)
    return layout.maps[1] + np.arange(count) * (height + gap), height


def limits_of(seen: Any, signal: str) -> tuple[float, float]:
    """The values at the two ends of the colours: fixed, or for the cell state a round number above all of it."""
    if signal in GATES:
        return 0.0, 1.0
    reach = max(1.0, round_above(np.abs(seen.of("cell")))) if signal == "cell" else 1.0
    return -reach, reach


def _draw_unit(scene: Scene, seen: Any, unit: int, at: int, layout: Layout) -> None:
    """The diagram and, below it, its equations and what the whole network says next."""
    scale, (left, top, *_) = layout.scale, layout.cell
    words = f"Unit {unit + 1} of {seen.num_units} at step {seen.start + at + 1}"
    scene.text(left, top - 1.2 * scale.title, words, size=scale.title, weight=600, tabular=True)
    draw_cell(scene, layout.cell, seen, unit, at, scale)
    y = layout.words_y
    for line in sentences(seen.cell, numbers_of(seen, unit, at)):
        scene.text(left, y, line, size=scale.label, tabular=True)
        y += 1.5 * scale.label
    pairs = list(zip(seen.next_symbols[at], seen.next_chances[at], strict=True))[:MOST_SAID]
    said = ",  ".join(f"{symbol} ({chance:.0%})" if len(pairs) > 1 else symbol for symbol, chance in pairs)
    told = f"   (right: {seen.targets[at]})" if seen.targets[at] and not seen.takes_numbers else ""
    scene.text(left, y, f"All units say: {said}{told}", size=scale.label, tabular=True, weight=600)


def _draw_maps(scene: Scene, seen: Any, tops: np.ndarray, height: float, layout: Layout) -> None:
    """Units down, steps across, one map a signal."""
    left, _, width, _ = layout.maps
    _, steps, units = seen.values.shape
    for signal, top in zip(seen.signals, tops, strict=True):
        low, high = limits_of(seen, signal)
        palette: Palette = "magnitude" if signal in GATES else "diverging"
        box = (left, float(top), width, height)
        scene.sheet(
            box, seen.of(signal).T, low=low, high=high, palette=palette, smooth=False, readout=LETTERS[signal]
        )  # fmt: skip
        y = float(top) + height / 2
        scene.text(left - 8, y - 0.55 * layout.scale.label, LETTERS[signal], size=layout.scale.label, align="right")
        range_words = f"{low:g} … {high:g}".replace("-", "−")
        y += 0.65 * layout.scale.label
        scene.text(left - 8, y, range_words, size=layout.scale.note, align="right", colour="muted")
        tip = f"Choose a unit and a step in the map of {LETTERS[signal]}"
        scene.plane(box, xlim=(0, steps), ylim=(-units, 0), id=f"map:{signal}", tip=tip)


def _draw_words(scene: Scene, seen: Any, layout: Layout, bottom: float) -> None:
    """The symbols read above the maps; below, what was asked and what the network says."""
    scale, (left, top, width, _) = layout.scale, layout.maps
    middles = left + (np.arange(len(seen.symbols)) + 0.5) * width / len(seen.symbols)
    heights = (top - 0.8 * scale.label, bottom + 0.9 * scale.label, bottom + 2.3 * scale.label)
    for y, words in zip(heights, ("reads", "asked", "says"), strict=True):
        scene.text(left - 8, y, words, size=scale.note, align="right", colour="muted")
    size = min(scale.title, 1.25 * width / len(seen.symbols))
    rows = zip(middles, seen.symbols, seen.targets, seen.said, strict=True)
    for x, symbol, target, said in rows:
        scene.text(x, heights[0], symbol, size=size, align="center")
        if target:
            scene.text(x, heights[1], target, size=size, align="center", colour="muted")
            colour = "positive" if target == said else "negative"
            scene.text(x, heights[2], said, size=size, align="center", weight=600, colour=colour)  # type: ignore[arg-type]


def _draw_choice(scene: Scene, seen: Any, unit: int, at: int, tops: np.ndarray, height: float, layout: Layout) -> None:
    """Outlines of the chosen unit in each map, and of the chosen step through all of them."""
    left, top, width, _ = layout.maps
    _, steps, units = seen.values.shape
    for upper in tops:
        row = (left, float(upper) + unit * height / units, width, height / units)
        scene.rect(row, stroke="accent")
    margin = 1.5 * layout.scale.label
    column = (
        left + at * width / steps,
        top - margin,
        width / steps,
        float(tops[-1]) + height - top + margin + 3.1 * layout.scale.label,
    )
    scene.rect(column, stroke="accent", width=0.5 + layout.scale.stroke, radius=3)


def _draw_head(scene: Scene, seen: Any, layout: Layout) -> None:
    """Which sequence this is, and buttons to go to others."""
    scale, (left, top, width, _), side = layout.scale, layout.maps, layout.button
    y = top - 1.6 * scale.label - 2.6 * scale.title
    last = seen.start + len(seen.symbols)
    shown = seen.values.shape[2]
    words = f"Sequence {seen.row + 1} of {seen.num_rows}, steps {seen.start + 1}–{last} of {seen.length}"
    words += f", {shown} of {seen.num_units} units" if shown < seen.num_units else ""
    scene.text(left, y, words, size=scale.title, weight=600, tabular=True)
    scene.text(
        left,
        y + 1.4 * scale.title,
        wanted_words(seen),
        size=scale.label,
        colour="muted",
    )
    at_end, at_start = last >= seen.length, seen.start == 0
    buttons: Sequence[tuple[str, str, str, bool]] = (
        ("row:-1", "‹", "The sequence before", seen.row == 0),
        ("row:1", "›", "The next sequence", seen.row + 1 >= seen.num_rows),
        ("window:-1", "«", "Earlier steps of this sequence", at_start),
        ("window:1", "»", "Later steps of this sequence", at_end),
    )
    fits = len(seen.symbols) >= seen.length
    offered = buttons[:2] if fits else buttons
    for place, (id, glyph, tip, is_off) in enumerate(offered):
        x = left + width - SAVE - (len(offered) - place) * (side + 6)
        scene.hot((x, y - side / 2, side, side), id, tip, glyph=glyph, disabled=is_off)


def wanted_words(seen: Any) -> str:
    """What the task asks for."""
    words = WANTED.get(seen.task, "the next value" if seen.takes_numbers else "the next symbol")
    return f"Wanted: {words}" + ("; heights stand for values" if seen.takes_numbers else "")


def card_scene(seen: Any) -> bytes:
    """The memory of all units over a sequence, small and without words.

    Args:
        seen: an `LSTMObservation`.
    """
    scene = Scene(360, 200, f"What {seen.num_units} {seen.cell.upper()} units hold while they read a sequence.")
    shown = seen.signals[-2:]
    height = 200 / len(shown)
    for index, signal in enumerate(shown):
        low, high = limits_of(seen, signal)
        palette: Palette = "magnitude" if signal in GATES else "diverging"
        box = (0.0, index * height, 360.0, height - 6)
        scene.sheet(box, seen.of(signal).T, low=low, high=high, palette=palette, smooth=False)
    return scene.to_bytes()
