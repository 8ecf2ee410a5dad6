"""Lines between tokens, as thick as their attention weights.

Shapes: T queries, S keys.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from figures.attention_tokens import token_name, token_text, width_of
from figures.scene import Align, Box, Colour, Scene
from figures.theme import Scale

MOST_LINKED: Final = 24  # tokens that stand below each other with their lines; of more, a window
Focus = tuple[str, int] | None  # `from` a query or `to` a key, and its place


def strongest(weights: np.ndarray, share: float) -> np.ndarray:
    """The fewest cells of each row that hold `share` of its mass.

    Args:
        weights: (T, S); NaN counts as nothing.
        share: from 0 (none) to 1 (all that are not 0).

    Returns:
        (T, S) bool.
    """
    mass = np.nan_to_num(weights)
    order = np.argsort(-mass, axis=1, kind="stable")
    sorted_mass = np.take_along_axis(mass, order, axis=1)
    before = np.cumsum(sorted_mass, axis=1) - sorted_mass
    is_taken = (before < share * mass.sum(axis=1, keepdims=True) - 1e-6) & (sorted_mass > 0)
    found = np.zeros_like(is_taken)
    np.put_along_axis(found, order, is_taken, axis=1)
    return found


def draw_links(
    scene: Scene,
    box: Box,
    weights: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    share: float,
    *,
    scale: Scale,
    hot: str = "",
    focus: Focus = None,
    first: int = 0,
) -> None:
    """Lines from each query on the left to the keys on the right that it looks at most.

    Args:
        scene: what to draw into.
        box: room for the tokens and the lines.
        weights: (T, S); NaN where the mask forbids.
        rows: T tokens.
        columns: S tokens.
        share: of each row's mass that is drawn, its largest weights first, from 0 to 1.
        scale: how large the words are.
        hot: when given, a token is a button that sends `{"id": "<hot>:<side>:<place>", "side", "place"}`, the side
            `from` or `to`.
        focus: only the lines `from` one query, or `to` one key.
        first: the first place drawn on both sides, of at most `MOST_LINKED`.
    """
    left, top, width, height = box
    shown = [range(first, min(first + MOST_LINKED, len(tokens))) for tokens in (rows, columns)]
    line = min(height / max(map(len, shown)), 2.2 * scale.label)
    gap = 0.6 * scale.label
    room = [
        max(width_of(token_text(tokens[place]), scale.label) for place in places) + gap if places else gap
        for tokens, places in zip((rows, columns), shown, strict=True)
    ]
    inner = left + room[0], left + width - room[1]
    cells = np.array(
        [
            (t, s)
            for t, s in np.argwhere(strongest(weights, share))
            if t in shown[0] and s in shown[1] and focus in (None, ("from", t), ("to", s))
        ]
    )
    if len(cells):
        heights = top + (cells - first + 0.5) * line
        scene.edges(
            np.stack([np.full(len(cells), inner[0]), heights[:, 0]], axis=1),
            np.stack([np.full(len(cells), inner[1]), heights[:, 1]], axis=1),
            weights[cells[:, 0], cells[:, 1]],
            scale=1.0,
            max_width=0.55 * scale.label,
            names=[f"{token_name(rows[t], t)} → {token_name(columns[s], s)}:" for t, s in cells],
        )
    areas = (left, top, room[0], line), (inner[1], top, room[1], line)
    _draw_side(scene, areas[0], "from", rows, shown[0], scale, hot, focus)
    _draw_side(scene, areas[1], "to", columns, shown[1], scale, hot, focus)


def _draw_side(
    scene: Scene, area: Box, side: str, tokens: Sequence[str], places: range, scale: Scale, hot: str, focus: Focus
) -> None:
    """The tokens below each other; `area` is that of the first."""
    left, top, width, line = area
    gap, is_left = 0.4 * scale.label, side == "from"
    align: Align = "right" if is_left else "left"
    for number, place in enumerate(places):
        is_focus, y = focus == (side, place), top + number * line
        colour: Colour = "accent" if is_focus else "text"
        x = left + width - gap if is_left else left + gap
        text, weight = token_text(tokens[place]), 600 if is_focus else 400
        scene.text(x, y + line / 2, text, size=scale.label, align=align, colour=colour, weight=weight)
        if hot:
            what = "where it looks" if is_left else "who looks at it"
            tip = "Show all lines again" if is_focus else f"{token_name(tokens[place], place)}: show only {what}"
            event = {"side": side, "place": place}
            scene.hot((left, y, width, line), f"{hot}:{side}:{place}", tip, event=event, pressed=is_focus)
