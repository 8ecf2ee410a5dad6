"""Attention as a graph beside its mask, and what it costs by length."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from figures import theme
from figures.attention_links import Focus
from figures.attention_maps import draw_map
from figures.attention_tokens import token_name, token_text
from figures.line_still import Line, lines_still
from figures.scene import Box, Colour, Scene
from figures.still import Still
from figures.theme import ON_PAGE, Scale

WIDTH: Final = 1000.0
HEIGHT: Final = 420.0
MAP: Final[Box] = (8.0, 52.0, 440.0, 356.0)
CENTRE: Final = (700.0, 236.0)
RADIUS: Final = 142.0
BESIDE: Final = 5.0  # how far the two arrows between a pair keep from their middle
NODE: Final = 30.0  # wide
HEAD: Final = 9.0  # of an arrow


def graph_scene(graph: Any, focus: Focus = None, scale: Scale = ON_PAGE) -> bytes:
    """The mask with its weights, and the same as a graph whose arrows carry what is looked at.

    Args:
        graph: a `Graph`.
        focus: only the arrows into one node (`from` its query's view), whose row is framed.
        scale: how large the words are.

    Returns:
        The bytes for the canvas. A click on a node sends `{"id": "node:<place>", "place"}`, one into the matrix the
        ids of `draw_map` with the hot `cell`.
    """
    number = len(graph.tokens)
    alt = (
        f"Attention over {number} words as a graph: {graph.num_edges} arrows, beside its matrix of weights. After "
        f"{graph.layers} layers every word has heard of all that can reach it."
    )
    scene = Scene(WIDTH, HEIGHT, alt)
    _title(scene, MAP, "Weights under the mask", "row: who looks, column: at whom; a row sums to 1", scale)
    draw_map(scene, MAP, graph.weights, graph.tokens, graph.tokens, graph.mask, scale=scale, hot="cell", focus=focus)
    box = (CENTRE[0] - 200.0, MAP[1], 0.0, 0.0)
    note = "an arrow brings what is looked at to who looks; a ring: itself; click a word"
    _title(scene, box, "The same as a graph", note, scale)
    places = np.array(CENTRE) + RADIUS * graph.places * (1, -1)
    _draw_arrows(scene, graph, places, focus)
    for t, token in enumerate(graph.tokens):
        x, y = places[t]
        is_focus = focus == ("from", t)
        tile = (x - NODE / 2, y - NODE / 2, NODE, NODE)
        width = (1 + 5 * float(graph.weights[t, t])) if graph.mask[t, t] else 0.0
        stroke: Colour = "positive" if width else "hairline"
        scene.rect(tile, fill="panel", stroke=stroke, width=max(1.0, width), radius=NODE / 2)
        scene.text(x, y, str(t + 1), size=scale.label, align="center", weight=600 if is_focus else 400)
        right, down = np.array(CENTRE) + (RADIUS + 0.95 * NODE) * graph.places[t] * (1, -1)
        side: Any = "center" if abs(graph.places[t, 0]) < 0.2 else "left" if graph.places[t, 0] > 0 else "right"
        scene.text(right, down, token_text(token), size=scale.label, align=side, weight=600 if is_focus else 400)
        tip = "Show all arrows again" if is_focus else f"{token_name(token, t)}: show only what it sees"
        scene.hot(tile, f"node:{t}", tip, event={"place": t}, pressed=is_focus)
    return scene.to_bytes()


def _draw_arrows(scene: Scene, graph: Any, places: np.ndarray, focus: Focus) -> None:
    """An arrow from every key to the queries that may look at it, as thick as the weight."""
    is_drawn = graph.mask & ~np.eye(len(graph.tokens), dtype=bool)
    pairs = [(t, s) for t, s in np.argwhere(is_drawn) if focus in (None, ("from", t), ("to", s))]
    if not pairs:
        return
    t, s = np.array(pairs).T
    way = places[t] - places[s]
    unit = way / np.linalg.norm(way, axis=1, keepdims=True)
    aside = np.stack([-unit[:, 1], unit[:, 0]], axis=1) * (BESIDE * is_drawn[s, t])[:, None]
    start, end = places[s] + unit * NODE / 2 + aside, places[t] - unit * NODE / 2 + aside
    names = [
        f"{token_name(graph.tokens[b], b)} to {token_name(graph.tokens[a], a)}:" for a, b in zip(t, s, strict=True)
    ]
    scene.edges(start, end, graph.weights[t, s], scale=1.0, max_width=9.0, straight=True, names=names)
    tracks = arrow_heads(end, unit)
    for track in tracks:
        track[:, 1] = scene.height - track[:, 1]
    frame = (0.0, 0.0, scene.width, scene.height)
    scene.lines(frame, tracks, xlim=(0.0, scene.width), ylim=(0.0, scene.height), colours="grey", width=1.2)


def arrow_heads(ends: np.ndarray, units: np.ndarray) -> list[np.ndarray]:
    """The two strokes at the end of each arrow, as a line of three places.

    Args:
        ends: (n, 2) where the arrows end.
        units: (n, 2) their directions, of length 1.
    """
    tracks = []
    for (x, y), (right, down) in zip(ends, units, strict=True):
        side = np.array([-down, right]) * 0.45
        wings = [np.array([x, y]) - HEAD * (np.array([right, down]) + turn * side) for turn in (1, -1)]
        tracks.append(np.array([wings[0], [x, y], wings[1]]))
    return tracks


def _title(scene: Scene, box: Box, title: str, note: str, scale: Scale) -> None:
    scene.text(box[0], box[1] - 34, title, size=scale.title, weight=600)
    scene.text(box[0], box[1] - 18, note, size=scale.note, colour="muted")


def cost_still(
    lengths: Sequence[int],
    found: Mapping[str, np.ndarray],
    slopes: Mapping[str, float],
    mode: theme.Mode,
    *,
    title: str,
) -> Still:
    """A cost by length, both axes logarithmic, with the slope of each line in its name.

    Args:
        lengths: of the sequences.
        found: by kind, one cost for each length; NaN where none was measured.
        slopes: by kind, the fitted exponent.
        mode: light or dark.
        title: of the vertical axis.
    """
    colours = (theme.POSITIVE, theme.NEGATIVE)
    lines = [
        Line(f"{kind}: T^{slopes[kind]:.2f}", np.array(lengths, dtype=float), values, colour)
        for (kind, values), colour in zip(found.items(), colours, strict=False)
    ]
    known = {kind: values[np.isfinite(values)] for kind, values in found.items()}
    words = ", ".join(f"{kind} {values[-1]:.3g}, growing like T to the {slopes[kind]:.2f}" for kind, values
                      in known.items() if len(values))  # fmt: skip
    ticks = {"type": "log", "tickvals": list(lengths), "ticktext": [str(length) for length in lengths]}
    return lines_still(
        lines,
        mode,
        alt=f"{title} by length. At the longest measured: {words}.",
        xaxis={"title": {"text": "T, places of the sequence"}, **ticks},
        yaxis={"title": {"text": title}, "type": "log", "dtick": 1, "exponentformat": "power"},
    )
