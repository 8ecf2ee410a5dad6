"""Colour refinement on two graphs side by side, with how many nodes have each colour and what the colours are made of.

`found` is always a `Colouring` of experiments/gnn_colours.py.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from figures import theme
from figures.gnn_graph import Disc, draw_graph
from figures.scene import Box, Scene
from figures.theme import ON_PAGE

WIDTH: Final = 1120.0
HEIGHT: Final = 430.0
GRAPH: Final = (340.0, 232.0)  # wide and high
RECIPES: Final = 790.0  # left end
LINE: Final = 21.0
MOST_RECIPES: Final = 17
BAR: Final = 26.0  # wide at most
BARS_HIGH: Final = 74.0
BARS_TOP: Final = 318.0


def colours_scene(
    found: Any, number: int, names: Sequence[str], places: Sequence[np.ndarray], links: Sequence[np.ndarray]
) -> bytes:
    """Draws one round.

    Args:
        found: the rounds.
        number: of the round.
        names: of the two graphs.
        places: (n, 2) of the nodes of each, from 0 to 1.
        links: (l, 2) of each.
    """
    counts = found.counts(number)
    is_same = bool((counts[0] == counts[1]).all())
    said = "the same counts of colours" if is_same else "other counts of colours: told apart"
    scene = Scene(WIDTH, HEIGHT, f"{names[0]} and {names[1]} after round {number}: {said}.", {"round": number})
    for side, name in enumerate(names):
        left = 6.0 + side * (GRAPH[0] + 44.0)
        colours = found.rounds[number][side]
        scene.text(left, 14, name, size=ON_PAGE.title, weight=600)
        words = f"{len(colours)} nodes, {len(links[side])} links, {len(set(colours))} colours"
        scene.text(left, 31, words, size=ON_PAGE.note, colour="muted")
        discs = [Disc(str(colour + 1), ring=colour_of(colour)) for colour in colours]
        box: Box = (left, 44.0, *GRAPH)
        draw_graph(scene, box, places[side], links[side], discs, hot="colour", scale=ON_PAGE)
        _draw_bars(scene, left, counts[side], int(counts.max()), counts[0] != counts[1])
    _draw_recipes(scene, found, number)
    return scene.to_bytes()


def colour_of(colour: int) -> int:
    """Its place among the colours that can be told apart; where there are more, the number in the disc counts."""
    return colour % len(theme.CLASSES)


def _draw_bars(scene: Scene, left: float, counts: np.ndarray, most: int, differs: np.ndarray) -> None:
    """A bar for each colour of the round, with its count above; those that differ between the graphs are framed."""
    scene.text(left, BARS_TOP - 22, "Nodes of each colour", size=ON_PAGE.note, colour="muted")
    step = min(BAR * 1.5, GRAPH[0] / len(counts))
    base, wide = BARS_TOP + BARS_HIGH, min(BAR, 0.7 * step)
    for colour, count in enumerate(counts.tolist()):
        x, high = left + (colour + 0.15) * step, BARS_HIGH * 0.75 * count / most
        scene.rect((x, base - high, wide, max(high, 1.0)), fill=colour_of(colour))
        scene.text(x + wide / 2, base - high - 9, str(count), size=ON_PAGE.note, align="center", tabular=True)
        strong = 600 if differs[colour] else 400
        scene.text(x + wide / 2, base + 12, str(colour + 1), size=ON_PAGE.note, align="center", weight=strong)
        if differs[colour]:
            scene.rect((x - 3, base - BARS_HIGH, wide + 6, BARS_HIGH + 22), stroke="text", width=1.5, dash=True)


def _draw_recipes(scene: Scene, found: Any, number: int) -> None:
    """What each colour of this round is made of."""
    scene.text(RECIPES, 14, f"Round {number}", size=ON_PAGE.title, weight=600)
    if number == 0:
        scene.text(RECIPES, 31, "all nodes are alike", size=ON_PAGE.note, colour="muted")
        return
    scene.text(RECIPES, 31, "new colour: the old one, and what is next to it", size=ON_PAGE.note, colour="muted")
    recipes = found.recipes[number]
    for row, (own, others) in enumerate(recipes[:MOST_RECIPES]):
        y = 58.0 + row * LINE
        scene.rect((RECIPES, y - 7, 14.0, 14.0), fill="panel", stroke=colour_of(row), width=4, radius=7)
        scene.text(RECIPES + 22, y, f"{row + 1}", size=ON_PAGE.label, weight=600, tabular=True)
        scene.text(RECIPES + 48, y, recipe_text(own, others), size=ON_PAGE.label, tabular=True)
    if len(recipes) > MOST_RECIPES:
        y = 58.0 + MOST_RECIPES * LINE
        scene.text(RECIPES, y, f"and {len(recipes) - MOST_RECIPES} more", size=ON_PAGE.note, colour="muted")


def recipe_text(own: int, others: Sequence[int]) -> str:
    """A recipe in words, such as `was 1, next to 1 and two of 2`."""
    if not others:
        return f"was {own + 1}, next to nobody"
    counts = sorted(Counter(others).items())
    parts = [f"{colour + 1}" if count == 1 else f"{count} × {colour + 1}" for colour, count in counts]
    return f"was {own + 1}, next to {', '.join(parts)}"
