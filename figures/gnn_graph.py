"""A small graph: links as lines, nodes as discs with a sign in each, to be clicked.

Shapes: n nodes, l links.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from figures.attention_tokens import width_of
from figures.scene import Box, Colour, Scene
from figures.theme import Scale

WIDEST: Final = 30.0  # of a disc
NARROWEST: Final = 5.0
MOST_DISCS: Final = 120  # of larger graphs, nodes are plain points without signs, and no buttons
MOST_LINKS: Final = 1_500
ROOM_OF_WORDS: Final = 14.0  # a disc this wide holds its sign, if that is short


@dataclass(frozen=True)
class Disc:
    """How a node is drawn.

    Attributes:
        sign: in the disc.
        fill: its colour; that of the paper's tiles if it is not marked.
        ring: the colour of a broad border, if it has one.
        is_chosen: with a thick border.
        is_faint: in the colours of what plays no part.
        tip: what a click does; no button without one.
    """

    sign: str
    fill: Colour = "panel"
    ring: Colour | None = None
    is_chosen: bool = False
    is_faint: bool = False
    tip: str = ""


def fitted(box: Box, places: np.ndarray, diameter: float) -> np.ndarray:
    """(n, 2) places from 0 … 1, right and up, in scene coordinates: as large as the box allows, in its middle."""
    left, top, width, height = box
    room = np.array([width, height]) - diameter
    low, high = places.min(0), places.max(0)
    spread = np.maximum(high - low, 1e-9)
    size = float((room / spread).min()) if (high > low).any() else 0.0
    middle = np.array([left + width / 2, top + height / 2])
    at: np.ndarray = middle + (places - (low + high) / 2) * (size, -size)
    return at


def diameter_of(box: Box, places: np.ndarray, links: np.ndarray) -> float:
    """How wide the discs may be: well below the shortest distance between two nodes that are linked."""
    if len(places) < 2:
        return WIDEST
    at = fitted(box, places, WIDEST)
    gaps = np.linalg.norm(at[links[:, 0]] - at[links[:, 1]], axis=1) if len(links) else np.array([np.inf])
    return float(np.clip(0.62 * np.quantile(gaps, 0.1), NARROWEST, WIDEST))


def draw_graph(
    scene: Scene,
    box: Box,
    places: np.ndarray,
    links: np.ndarray,
    discs: Sequence[Disc],
    *,
    hot: str,
    scale: Scale,
    numbers: np.ndarray | None = None,
    heavy: Sequence[tuple[int, int, float]] = (),
) -> None:
    """Links, and discs on top of them.

    Args:
        scene: what to draw into.
        box: room for it.
        places: (n, 2) from 0 to 1, right and up.
        links: (l, 2) nodes.
        discs: n of them.
        hot: a click on a node with a tip sends `{"id": "<hot>:<node>", "node"}`.
        scale: how large the words are.
        numbers: n, what each node is called in its event; from 0 if left out.
        heavy: links in the accent colour as (node, node, width), drawn over the others.
    """
    is_large = len(discs) > MOST_DISCS
    wide = NARROWEST if is_large else diameter_of(box, places, links)
    at = fitted(box, places, wide)
    shown = links[:MOST_LINKS]
    colour: Colour = "hairline" if is_large else "grey"
    width = (0.6 if is_large else 1.5) * scale.stroke
    draw_lines(scene, at[shown[:, 0]], at[shown[:, 1]], width=width, colour=colour)
    for a, b, width in heavy:
        draw_lines(scene, at[[a]], at[[b]], width=width, colour="accent")
    if is_large:
        _draw_points(scene, at, discs)
        return
    for node, (disc, (x, y)) in enumerate(zip(discs, at, strict=True)):
        tile = (x - wide / 2, y - wide / 2, wide, wide)
        scene.rect(tile, fill=disc.fill, stroke=_stroke(disc), width=_border(disc), radius=wide / 2)
        if wide >= max(ROOM_OF_WORDS, width_of(disc.sign, scale.note) * 0.95):
            inside: Colour = "background" if disc.fill != "panel" else "muted" if disc.is_faint else "text"
            weight = 600 if disc.is_chosen else 400
            scene.text(x, y, disc.sign, size=scale.note, align="center", colour=inside, weight=weight)
        if disc.tip:
            number = node if numbers is None else int(numbers[node])
            scene.hot(tile, f"{hot}:{number}", disc.tip, event={"node": number}, pressed=disc.is_chosen)


def _draw_points(scene: Scene, at: np.ndarray, discs: Sequence[Disc]) -> None:
    """Many nodes as points: grey if they are not marked, and the chosen one larger."""
    frame, limits = (0.0, 0.0, scene.width, scene.height), ((0.0, scene.width), (0.0, scene.height))
    xy = np.stack([at[:, 0], scene.height - at[:, 1]], axis=1)
    kinds: dict[tuple[Colour, bool], list[int]] = {}
    for node, disc in enumerate(discs):
        colour: Colour = "grey" if disc.fill == "panel" else disc.fill
        kinds.setdefault(("text" if disc.is_chosen else colour, disc.is_chosen), []).append(node)
    for (colour, is_chosen), nodes in sorted(kinds.items(), key=lambda one: one[0][1]):
        radius = 2 * NARROWEST if is_chosen else NARROWEST / 2
        scene.points(frame, xy[nodes], xlim=limits[0], ylim=limits[1], colour=colour, radius=radius)


def _stroke(disc: Disc) -> Colour:
    if disc.ring is not None:
        return disc.ring
    return "text" if disc.is_chosen else "hairline" if disc.is_faint else "grey"


def _border(disc: Disc) -> float:
    return 5.0 if disc.ring is not None else 3.0 if disc.is_chosen else 1.2


def draw_lines(
    scene: Scene, starts: np.ndarray, ends: np.ndarray, *, width: float, colour: Colour = "hairline"
) -> None:
    """Straight lines between places in scene coordinates."""
    if not len(starts):
        return
    flip = np.array([0.0, scene.height]), np.array([1.0, -1.0])
    tracks = [flip[0] + np.array(pair) * flip[1] for pair in zip(starts, ends, strict=True)]
    frame = (0.0, 0.0, scene.width, scene.height)
    scene.lines(frame, tracks, xlim=(0.0, scene.width), ylim=(0.0, scene.height), colours=colour, width=width)


def node_of(event: dict[str, object], hot: str, number: int) -> int | None:
    """The node that was clicked in a graph drawn with `hot`; None if the event is about something else."""
    if not str(event.get("id", "")).startswith(f"{hot}:") or "node" not in event:
        return None
    return min(max(int(str(event["node"])), 0), number - 1)
