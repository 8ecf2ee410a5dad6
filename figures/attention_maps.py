"""Attention as pictures: one map with its tokens, and lines between the tokens.

The weights come from any network as numpy arrays. A row belongs to one query and holds its weights over all keys,
which sum to 1. A cell that a mask forbids is hatched: it is no weight of 0, it does not exist.

Shapes: L layers, H heads, T queries (rows), S keys (columns).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from figures.attention_links import Focus, draw_links, strongest
from figures.attention_tokens import pair_name, token_name, token_text, width_of
from figures.palettes import Palette
from figures.scene import Box, Colour, Scene
from figures.theme import Scale

__all__ = [
    "AttentionMaps",
    "Cell",
    "Focus",
    "Look",
    "cell_of",
    "draw_links",
    "draw_map",
    "draw_vectors",
    "strongest",
]

Cell = tuple[int, int]  # row and column, from 0

MOST_BUTTONS: Final = 324  # cells that are buttons of their own; beyond, the arrow keys aim
LARGEST_CELL: Final = 4.0  # of the size of labels
SMALLEST_LABELLED: Final = 1.02  # a row this high, of the size of labels, has its token beside it
ROOM_OF_NUMBER: Final = 2.5  # a cell this wide, of the size of labels, has its number written in it
MOST_HATCHED: Final = (
    48  # rows or columns whose masked cells get strokes; beyond, the sheet's own pattern is fine enough
)
FAINT: Final = 0.65  # of blue and orange, so that numbers stay readable in light and dark
DARK: Final = 0.55  # from here on a number in a cell is written in the colour of the paper
MASKED: Final = "masked: may not be looked at"


@dataclass(frozen=True)
class AttentionMaps:
    """The attention weights of a network for one input.

    Attributes:
        weights: (L, H, T, S); each row sums to 1, or is NaN where a query sees nothing.
        rows: the T tokens that ask.
        columns: the S tokens that are looked at.
        is_seen: (T, S) bool, what the mask lets through; None if all of it.
        names: what is known of each head, L * H short texts, shown with it; empty if nothing is.
    """

    weights: np.ndarray
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    is_seen: np.ndarray | None = None
    names: tuple[str, ...] = ()

    def shown(self) -> np.ndarray:
        """The weights with NaN where the mask forbids."""
        return self.weights if self.is_seen is None else np.where(self.is_seen, self.weights, np.nan)

    def head_name(self, layer: int, head: int) -> str:
        """A head in words, as `layer 1, head 2`."""
        name = self.names[layer * self.weights.shape[1] + head] if self.names else ""
        return f"layer {layer + 1}, head {head + 1}" + (f" ({name})" if name else "")


class Look(NamedTuple):
    """How the numbers of a map are drawn, and what is read where there is none."""

    low: float = 0.0
    high: float = 1.0
    palette: Palette = "magnitude"
    readout: str = "weight"
    form: str = ".2f"
    missing: str = MASKED


WEIGHTS: Final = Look()


def draw_map(
    scene: Scene,
    box: Box,
    weights: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    is_seen: np.ndarray | None = None,
    *,
    scale: Scale,
    look: Look = WEIGHTS,
    hot: str = "",
    chosen: Cell | None = None,
    focus: Focus = None,
    note: Callable[[int, int], str] | None = None,
) -> Box:
    """One matrix with its tokens: rows are queries, columns are keys.

    Args:
        scene: what to draw into.
        box: room for the cells and their labels.
        weights: (T, S); NaN is hatched too.
        rows: T tokens.
        columns: S tokens.
        is_seen: (T, S) bool; the rest is hatched. None: all are seen.
        scale: how large the words are.
        look: limits, palette and name of the numbers.
        hot: when given, a cell is a button that sends `{"id": "<hot>:<row>:<column>", "row", "column"}`; a map of many
            cells is one plane `<hot>`, in which x is the column and y minus the row. See `cell_of`.
        chosen: a cell with a border.
        focus: a row or a column with a border.
        note: what the button of a cell says after its two tokens; its number if left out.

    Returns:
        The box of the cells.
    """
    shown = np.asarray(weights if is_seen is None else np.where(is_seen, weights, np.nan), dtype=float)
    num_rows, num_columns = shown.shape
    cells, side = _cells(box, rows, columns, scale)
    names = (
        [token_name(token, t) for t, token in enumerate(rows)],
        [token_name(token, s) for s, token in enumerate(columns)],
    )
    faint = [FAINT] if look.palette == "diverging" else None
    draw: Any = {"low": look.low, "high": look.high, "palette": look.palette, "opacity": faint}
    scene.sheet(cells, shown, **draw, smooth=False, readout=look.readout)
    scene.name_cells(*names, look.missing)
    hatch(scene, cells, np.isnan(shown))
    _draw_labels(scene, cells, rows, columns, scale, focus)
    if side >= ROOM_OF_NUMBER * scale.note:
        _draw_numbers(scene, cells, shown, scale, look)
    _draw_frames(scene, cells, (num_rows, num_columns), chosen, focus, scale)
    if hot:
        notes = note or (lambda t, s: _number_note(shown[t, s], look))
        _draw_buttons(scene, cells, shown.shape, rows, columns, hot, notes, look, chosen)
    return cells


def draw_vectors(
    scene: Scene,
    box: Box,
    values: np.ndarray,
    rows: Sequence[str],
    *,
    scale: Scale,
    look: Look,
    focus: Focus = None,
    most: float = LARGEST_CELL,
) -> Box:
    """One vector a token, as rows of numbers; many numbers make narrow cells.

    Args:
        scene: what to draw into.
        box: room for the cells and their labels.
        values: (T, d).
        rows: T tokens.
        scale: how large the words are.
        look: limits, palette and name of the numbers.
        focus: a row with a border.
        most: how high a row may be, of the size of labels.

    Returns:
        The box of the cells.
    """
    number, (left, top, width, height) = values.shape[1], box
    beside = max(width_of(token_text(token), scale.label) for token in rows) + 0.6 * scale.label
    above = 1.6 * scale.label
    high = min((height - above) / len(rows), most * scale.label)
    wide = min((width - beside) / number, LARGEST_CELL * scale.label)
    cells = left + beside, top + above, wide * number, high * len(rows)
    faint = [FAINT] if look.palette == "diverging" else None
    draw: Any = {"low": look.low, "high": look.high, "palette": look.palette, "opacity": faint}
    scene.sheet(cells, values, **draw, smooth=False, readout=look.readout)
    names = [token_name(token, t) for t, token in enumerate(rows)], [f"number {one + 1}" for one in range(number)]
    scene.name_cells(*names, look.missing)
    for t, token in enumerate(rows):
        y, strong = cells[1] + (t + 0.5) * high, 600 if focus == ("from", t) else 400
        scene.text(cells[0] - 0.5 * scale.label, y, token_text(token), size=scale.label, align="right", weight=strong)
    every = int(np.ceil(width_of("99", scale.note) / wide))
    for column in range(0, number, every):
        x = cells[0] + (column + 0.5) * wide
        scene.text(x, cells[1] - 0.8 * scale.note, str(column + 1), size=scale.note, align="center", colour="muted")
    if wide >= ROOM_OF_NUMBER * scale.note and high >= scale.note:
        _draw_numbers(scene, cells, values, scale, look)
    _draw_frames(scene, cells, (len(rows), number), None, focus, scale)
    return cells


def cell_of(event: dict[str, object], hot: str, shape: Cell) -> Cell | None:
    """The cell that was clicked in a map drawn with `hot`; None if the event is about something else.

    Args:
        event: as `live_canvas` hands it on.
        hot: as given to `draw_map`.
        shape: rows and columns of the map.
    """
    if event.get("id") == hot and event.get("kind") == "plane":
        place = int(-float(str(event["y"]))), int(float(str(event["x"])))
    elif str(event.get("id", "")).startswith(f"{hot}:") and "row" in event:
        place = int(str(event["row"])), int(str(event["column"]))
    else:
        return None
    return min(max(place[0], 0), shape[0] - 1), min(max(place[1], 0), shape[1] - 1)


def hatch(scene: Scene, box: Box, is_masked: np.ndarray) -> None:
    """Strokes across the cells that do not exist.

    Args:
        scene: what to draw into.
        box: of all cells.
        is_masked: (T, S) bool.
    """
    num_rows, num_columns = is_masked.shape
    if not is_masked.any() or max(num_rows, num_columns) > MOST_HATCHED:
        return
    left, top, width, height = box
    wide, high = width / num_columns, height / num_rows
    for t, row in enumerate(is_masked):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]])))
        for start, end in edges.reshape(-1, 2):
            scene.rect((left + start * wide, top + t * high, (end - start) * wide, high), fill="panel")
    places = np.argwhere(is_masked)
    strokes = [np.array([[s, num_rows - t - 1.0], [s + 1.0, num_rows - t]]) for t, s in places]
    scene.lines(box, strokes, xlim=(0, num_columns), ylim=(0, num_rows), colours="grey", width=0.8)


def _cells(box: Box, rows: Sequence[str], columns: Sequence[str], scale: Scale) -> tuple[Box, float]:
    """Where the cells stand, and how wide one is: square, with room for the labels on the left and above."""
    size, (left, top, width, height) = scale.label, box
    widest = [max((width_of(token_text(token), size) for token in tokens), default=0.0) for tokens in (rows, columns)]
    beside, above = widest[0] + 0.6 * size, 1.6 * size
    side = min((width - beside) / len(columns), (height - above) / len(rows), LARGEST_CELL * size)
    is_turned = widest[1] + 0.5 * size > side
    if is_turned:
        slope = 0.72 * widest[1]
        side = min((width - beside - slope) / len(columns), (height - slope - size) / len(rows), LARGEST_CELL * size)
        above = slope + size
    if side < SMALLEST_LABELLED * size:  # no room for words: the pointer reads them
        beside, above = 0.0, 0.0
        side = min(width / len(columns), height / len(rows), LARGEST_CELL * size)
    return (left + beside, top + above, side * len(columns), side * len(rows)), side


def _draw_labels(
    scene: Scene, cells: Box, rows: Sequence[str], columns: Sequence[str], scale: Scale, focus: Focus
) -> None:
    left, top, _, height = cells
    size, side = scale.label, height / len(rows)
    if side < SMALLEST_LABELLED * size:
        return
    texts = [token_text(token) for token in columns]
    is_turned = max(width_of(text, size) for text in texts) + 0.5 * size > side
    for t, token in enumerate(rows):
        strong = 600 if focus == ("from", t) else 400
        y = top + (t + 0.5) * side
        scene.text(left - 0.5 * size, y, token_text(token), size=size, align="right", weight=strong)
    for s, text in enumerate(texts):
        strong, x = 600 if focus == ("to", s) else 400, left + (s + 0.5) * side
        if is_turned:
            scene.text(x, top - 0.6 * size, text, size=size, angle=-45, weight=strong)
        else:
            scene.text(x, top - 0.8 * size, text, size=size, align="center", weight=strong)


def _draw_numbers(scene: Scene, cells: Box, shown: np.ndarray, scale: Scale, look: Look) -> None:
    wide, high = cells[2] / shown.shape[1], cells[3] / shown.shape[0]
    for (t, s), value in np.ndenumerate(shown):
        if not np.isfinite(value):
            continue
        share = (value - look.low) / (look.high - look.low)
        is_dark = look.palette == "magnitude" and share > DARK
        text = f"{value:{look.form}}"
        text = text.lstrip("-") if float(text) == 0 else text.replace("-", "−")
        place = cells[0] + (s + 0.5) * wide, cells[1] + (t + 0.5) * high
        colour: Colour = "background" if is_dark else "text"
        scene.text(*place, text, size=scale.note, align="center", colour=colour, tabular=True)


def _draw_frames(scene: Scene, cells: Box, shape: Cell, chosen: Cell | None, focus: Focus, scale: Scale) -> None:
    left, top, width, height = cells
    high, wide = height / shape[0], width / shape[1]
    if focus is not None and focus[1] < shape[0 if focus[0] == "from" else 1]:
        is_row = focus[0] == "from"
        row = (left, top + focus[1] * high, width, high)
        frame = row if is_row else (left + focus[1] * wide, top, wide, height)
        scene.rect(frame, stroke="accent", width=1.5 * scale.stroke)
    if chosen is not None and chosen[0] < shape[0] and chosen[1] < shape[1]:
        cell = (left + chosen[1] * wide, top + chosen[0] * high, wide, high)
        scene.rect(cell, stroke="text", width=2 * scale.stroke)


def _number_note(value: float, look: Look) -> str:
    return f"{look.readout} {value + 0.0:.3g}".replace("-", "−") if np.isfinite(value) else look.missing


def _draw_buttons(
    scene: Scene,
    cells: Box,
    shape: Cell,
    rows: Sequence[str],
    columns: Sequence[str],
    hot: str,
    note: Callable[[int, int], str],
    look: Look,
    chosen: Cell | None,
) -> None:
    left, top, width, height = cells
    num_rows, num_columns = shape
    high, wide = height / num_rows, width / num_columns
    if num_rows * num_columns > MOST_BUTTONS:
        limits = (0.0, float(num_columns)), (-float(num_rows), 0.0)
        tip = f"Choose a cell: rows are queries, columns are keys; {look.readout}"
        scene.plane(cells, xlim=limits[0], ylim=limits[1], id=hot, tip=tip, steps=(num_columns, num_rows))
        return
    for t, s in np.ndindex(num_rows, num_columns):
        scene.hot(
            (left + s * wide, top + t * high, wide, high),
            f"{hot}:{t}:{s}",
            f"{pair_name(rows, columns, (t, s))}: {note(t, s)}",
            event={"row": t, "column": s},
            pressed=chosen == (t, s),
        )
