"""Who sees the future: for several networks side by side, which answers depend on which tokens.

Rows are the places that answer, columns the tokens that are read, as in the causal mask: above the diagonal lies the
future. An exact 0 is written as 0, so that it cannot be taken for something small.

Shapes: T places of a sequence.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from figures import theme
from figures.scene import Colour, Scene

WIDTH: Final = 1120.0
LEFT: Final = 58.0  # the tokens that answer
GAP: Final = 26.0
TOP: Final = 56.0
BETWEEN: Final = 46.0  # the two rows of tables
BELOW: Final = 46.0  # what was found
ROOM_FOR_ZERO: Final = 11.0  # scene units a cell needs
TITLES: Final = ("most that a logit moves", "length of the gradient")


class LeakTables(NamedTuple):
    """Two tables of one network: row t is the place that answers, column s the token read.

    Attributes:
        label: which network.
        moved: (T, T) most that a logit at t moves when token s is replaced.
        slopes: (T, T) length of the gradient of the likeliest logit at t by the embedding of s.
    """

    label: str
    moved: np.ndarray
    slopes: np.ndarray


def leak_scene(networks: Sequence[LeakTables], names: Sequence[str], chosen: int) -> bytes:
    """Draws two tables for each network, and what they say.

    Args:
        networks: at most five.
        names: T tokens as they are read.
        chosen: the token whose column is outlined, from 0.

    Returns:
        The bytes the live canvas draws; a click on a token sends `token:<number>`.
    """
    side = (WIDTH - LEFT - GAP * (len(networks) - 1)) / len(networks)
    height = TOP + 2 * side + BETWEEN + BELOW
    said = "; ".join(f"{one.label}: {verdict(one)}" for one in networks)
    scene = Scene(WIDTH, height, f"Which answers depend on which tokens, for {len(networks)} networks. {said}.")
    for number, network in enumerate(networks):
        x = LEFT + number * (side + GAP)
        scene.text(x, 12, network.label, size=theme.ON_PAGE.title, weight=600)
        for row, (title, values) in enumerate(zip(TITLES, (network.moved, network.slopes), strict=True)):
            y = TOP + row * (side + BETWEEN)
            scene.text(x, y - 26, title, size=theme.ON_PAGE.note, colour="muted")
            _draw_table(scene, (x, y, side, side), values, names, chosen, title)
            _draw_tokens(scene, (x, y, side, side), names, chosen, f"{number}{row}", is_first=number == 0)
        words = verdict(network)
        colour: Colour = "negative" if _future(network).any() else "text"
        scene.text(x, height - 24, words, size=theme.ON_PAGE.label, colour=colour, weight=600)
    return scene.to_bytes()


def verdict(network: LeakTables) -> str:
    """What the tables say, in a few words."""
    if not (np.isfinite(network.moved).all() and np.isfinite(network.slopes).all()):
        return "no numbers any more"
    pairs = len(network.moved) * (len(network.moved) - 1) // 2
    count = int(_future(network).sum())
    return f"{count} of {pairs} pairs leak" if count else "nothing leaks"


def _future(network: LeakTables) -> np.ndarray:
    """(T, T) True where an answer depends on a later token."""
    return np.triu((network.moved != 0) | (network.slopes != 0), 1)


def _draw_table(
    scene: Scene,
    box: tuple[float, float, float, float],
    values: np.ndarray,
    names: Sequence[str],
    chosen: int,
    title: str,
) -> None:
    """One table: darker is more, exact zeros are written, what leaks is outlined."""
    x, y, side, _ = box
    cell = side / len(names)
    finite = np.where(np.isfinite(values), values, np.nan)  # the rest is hatched
    largest = float(np.nanmax(finite, initial=0.0)) or 1.0
    scene.sheet(box, np.sqrt(finite / largest), low=0.0, high=1.0, palette="magnitude", smooth=False)
    for (row, column), value in np.ndenumerate(finite):
        if value == 0 and cell >= ROOM_FOR_ZERO:
            place = x + (column + 0.5) * cell, y + (row + 0.5) * cell
            scene.text(*place, "0", size=theme.ON_PAGE.note, align="center", colour="muted")
        elif value > 0 and column > row:
            inner = (x + column * cell + 1, y + row * cell + 1, cell - 2, cell - 2)
            scene.rect(inner, stroke="negative", width=1.5)
    stairs = [(place + step, place) for place in range(len(names)) for step in (0, 1)]
    line = np.array([(column * cell, side - row * cell) for column, row in [*stairs, (len(names), len(names))]])
    scene.lines(box, [line], xlim=(0, side), ylim=(0, side), colours="text", width=1.5)
    scene.rect((x + chosen * cell, y, cell, side), stroke="accent", width=2)


def _draw_tokens(
    scene: Scene,
    box: tuple[float, float, float, float],
    names: Sequence[str],
    chosen: int,
    id: str,
    *,
    is_first: bool,
) -> None:
    """The tokens above the columns, to click, and for the first network beside the rows."""
    x, y, side, _ = box
    cell = side / len(names)
    letters = max(1, int(cell / 6.5))
    for place, name in enumerate(names):
        is_chosen = place == chosen
        middle = x + (place + 0.5) * cell
        colour: Colour = "accent" if is_chosen else "muted"
        weight = 600 if is_chosen else 400
        scene.text(middle, y - 9, name[:letters], size=theme.ON_PAGE.note, align="center", colour=colour, weight=weight)
        area, tip = (x + place * cell, y - 18, cell, side + 18), f"Replace token {place + 1}, {name}"
        scene.hot(area, f"{id}:{place}", tip, event={"token": place})
        if is_first:
            scene.text(
                x - 8, y + (place + 0.5) * cell, name[:7], size=theme.ON_PAGE.note, align="right", colour="muted"
            )
