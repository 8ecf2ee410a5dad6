"""A network of some ten to two thousand nodes within a live picture: hairlines, discs, and a way to click a node."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from figures.items import Box, Colour, Limits
from figures.scene import Scene
from figures.theme import ON_PAGE, Scale

MOST_LINKS: Final = 1_000  # drawn of a network, so that a picture stays small
MOST_BUTTONS: Final = 100  # nodes that are buttons of their own; more are one area that is steered by the arrow keys
SIZES: Final = (0.55, 0.7, 0.85, 1.0)  # of a disc, from unsure to sure
LARGEST: Final = 9.0  # radius of a disc
SMALLEST: Final = 2.2
FILLED: Final = 0.035  # of the box covered by discs, as far as their largest radius lets them
BUTTON: Final = 16.0  # least size of what is clicked


def draw_network(
    scene: Scene,
    box: Box,
    *,
    places: np.ndarray,
    edges: np.ndarray,
    classes: np.ndarray,
    strength: np.ndarray | None = None,
    ringed: np.ndarray | None = None,
    hollow: np.ndarray | None = None,
    chosen: int | None = None,
    names: Sequence[str] | None = None,
    hot_id: str = "",
    scale: Scale = ON_PAGE,
) -> str:
    """Links, nodes over them, and above all places to click.

    Args:
        scene: what to draw into.
        box: room for the network; it is not stretched.
        places: (N, 2) from 0 to 1, right and up.
        edges: (2, E) nodes; of both directions of a link one is drawn.
        classes: (N) class of each node, for its colour.
        strength: (N) from 0 to 1: the larger, the larger the disc.
        ringed: (N) bool, with a ring around.
        hollow: (N) bool, drawn as outlines.
        chosen: a node that is framed, with its links stronger than others.
        names: N, said by the buttons of the nodes; their numbers if left out.
        hot_id: when given, nodes can be clicked; see `node_of`.
        scale: of the scene: a projector draws points larger.

    Returns:
        A sentence if not all links are drawn, else nothing.
    """
    xlim, ylim = limits_for(box, places)
    links, num_links = _drawn_links(edges, chosen)
    _draw_links(scene, box, places, links, chosen, (xlim, ylim))
    radius = radius_for(box, len(places)) / scale.stroke**0.5
    size = np.full(len(places), len(SIZES) - 1) if strength is None else _size_of(strength)
    for level in np.unique(size):
        at = size == level
        scene.points(
            box,
            places[at],
            xlim=xlim,
            ylim=ylim,
            classes=classes[at],
            radius=radius * SIZES[level],
            ringed=None if ringed is None else ringed[at],
            hollow=None if hollow is None else hollow[at],
        )
    if chosen is not None:
        _draw_frame(scene, _centres(box, places[[chosen]], xlim, ylim)[0], radius + 4)
    if hot_id:
        _draw_buttons(scene, box, places, (xlim, ylim), names, chosen, hot_id, radius)
    return f"{len(links):,} of {num_links:,} links are drawn." if len(links) < num_links else ""


def node_of(event: Mapping[str, Any], hot_id: str, places: np.ndarray) -> int | None:
    """The node that was clicked in a network drawn with `hot_id`; None if the event is about something else.

    Args:
        event: as `live_canvas` hands it on.
        hot_id: as given to `draw_network`.
        places: as given to `draw_network`.
    """
    if event.get("id") == hot_id and event.get("kind") == "plane":
        away = places - np.array([float(event["x"]), float(event["y"])])
        return int((away**2).sum(1).argmin())
    if str(event.get("id", "")).startswith(f"{hot_id}:") and "node" in event:
        return min(max(int(event["node"]), 0), len(places) - 1)
    return None


def limits_for(box: Box, places: np.ndarray) -> tuple[Limits, Limits]:
    """What the sides of a box stand for, so that all places lie inside and nothing is stretched."""
    margin = 2 * radius_for(box, len(places)) + 2
    low, high = places.min(0), places.max(0)
    room = np.maximum(np.array(box[2:]) - 2 * margin, 1.0)
    unit = float(np.max((high - low) / room)) or 1.0 / float(room.min())  # of the places, for one of the scene
    middle, half = (low + high) / 2, np.array(box[2:]) / 2 * unit
    (left, bottom), (right, top) = (middle - half).tolist(), (middle + half).tolist()
    return (left, right), (bottom, top)


def radius_for(box: Box, num_nodes: int) -> float:
    """The radius of a disc: large for few nodes, so that many do not cover each other."""
    fitting = (FILLED * box[2] * box[3] / (np.pi * num_nodes)) ** 0.5
    return float(min(max(fitting, SMALLEST), LARGEST))


def _size_of(strength: np.ndarray) -> np.ndarray:
    known = np.nan_to_num(np.clip(strength, 0.0, 1.0))
    return np.minimum((known * len(SIZES)).astype(np.int64), len(SIZES) - 1)


def _drawn_links(edges: np.ndarray, chosen: int | None) -> tuple[np.ndarray, int]:
    """Pairs of nodes, (L, 2), and how many there are in all: those of the chosen node, and an even sample of others."""
    links = np.unique(np.sort(edges.T, axis=1), axis=0)
    if len(links) <= MOST_LINKS:
        return links, len(links)
    order = np.random.default_rng(0).permutation(len(links))
    if chosen is not None:
        order = order[np.argsort(~(links[order] == chosen).any(1), kind="stable")]
    return links[np.sort(order[:MOST_LINKS])], len(links)


def _draw_links(
    scene: Scene,
    box: Box,
    places: np.ndarray,
    links: np.ndarray,
    chosen: int | None,
    limits: tuple[Limits, Limits],
) -> None:
    is_near = np.zeros(len(links), dtype=bool) if chosen is None else (links == chosen).any(1)
    xlim, ylim = limits
    kinds: tuple[tuple[np.ndarray, Colour, float], ...] = ((~is_near, "hairline", 1.0), (is_near, "muted", 1.4))
    for at, colour, width in kinds:
        if at.any():
            broken = np.full((int(at.sum()), 1, 2), np.nan)  # a line that breaks after each link
            track = np.concatenate([places[links[at]], broken], axis=1).reshape(-1, 2)
            scene.lines(box, [track], xlim=xlim, ylim=ylim, colours=colour, width=width)


def _centres(box: Box, places: np.ndarray, xlim: Limits, ylim: Limits) -> np.ndarray:
    """Where nodes are in the scene, (n, 2), right and down."""
    x = box[0] + (places[:, 0] - xlim[0]) / (xlim[1] - xlim[0]) * box[2]
    y = box[1] + (ylim[1] - places[:, 1]) / (ylim[1] - ylim[0]) * box[3]
    return np.stack([x, y], axis=1)


def _draw_frame(scene: Scene, centre: np.ndarray, radius: float) -> None:
    x, y = centre.tolist()
    scene.rect((x - radius, y - radius, 2 * radius, 2 * radius), stroke="accent", width=2.0, radius=radius)


def _draw_buttons(
    scene: Scene,
    box: Box,
    places: np.ndarray,
    limits: tuple[Limits, Limits],
    names: Sequence[str] | None,
    chosen: int | None,
    hot_id: str,
    radius: float,
) -> None:
    xlim, ylim = limits
    if len(places) > MOST_BUTTONS:
        scene.plane(box, xlim=xlim, ylim=ylim, id=hot_id, tip="Look at the nearest node")
        return
    half = max(radius, BUTTON / 2)
    for node, (x, y) in enumerate(_centres(box, places, xlim, ylim).tolist()):
        tip = names[node] if names is not None else f"Node {node + 1}"
        area = (x - half, y - half, 2 * half, 2 * half)
        scene.hot(area, f"{hot_id}:{node}", tip, event={"node": node}, pressed=node == chosen)
