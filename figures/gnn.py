"""The live picture of the page `gnn`: one graph read layer by layer, all graphs as points, and the curves."""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from figures.curves import Level, draw_curves, numbers_at
from figures.gnn_layout import PAGE, PROJECTOR, Layout
from figures.gnn_network import draw_network
from figures.gnn_structure import draw_structure
from figures.scene import Box, Colour, Limits, Scene

NEAR: Final = 0.06  # of the square that a graph is drawn in, left free around it
MOST_LINKS: Final = 160  # of a graph that are drawn in small
MOST_ROWS: Final = 4  # channels of a layer
FEWER_ROWS: Final = 2  # of a graph with very many nodes
MANY: Final = 100  # nodes
LETTER: Final = 0.52  # width of a letter, of its size
MOST_CLASSES: Final = 10
LONGEST: Final = 11  # letters of the name of a channel
FEW: Final = 150  # points of which those in the wrong are ringed; among more, rings would hide the points


def graph_scene(
    seen: Any,
    history: Any,
    *,
    step: int,
    look: int = 0,
    is_log: bool = False,
    loss_levels: Sequence[Level] = (),
    score_levels: Sequence[Level] = (),
    is_large: bool = False,
) -> bytes:
    """Draws the network at work, and its learning curves.

    Args:
        seen: a `GNNObservation`.
        history: the run's `Columns`.
        step: optimiser updates so far.
        look: a number that, when it changes, brings the picture into view.
        is_log: a logarithmic loss axis.
        loss_levels: what else to compare the loss with.
        score_levels: what else to compare the score with.
        is_large: laid out for a projector.

    Returns:
        The bytes for the canvas. A click sends `item:-1` or `item:1`, or a place of the plane `points`.
    """
    layout = PROJECTOR if is_large else PAGE
    scene = Scene(layout.width, layout.height, _alt(seen, history, step), {"step": step, "look": look})
    _draw_drawing(scene, seen, layout)
    _draw_layers(scene, seen, layout)
    _draw_plane(scene, seen, layout)
    _draw_curves(scene, seen, history, layout, step, is_log=is_log, levels=(loss_levels, score_levels))
    _draw_answer(scene, seen, layout)
    return scene.to_bytes()


def unit_of(seen: Any) -> str:
    """What one of the things that are told apart is called."""
    if seen.level == "node":
        return "chain" if seen.num_graphs > 1 else "node"
    return "graph" if seen.structure is None else "molecule"


def _alt(seen: Any, history: Any, step: int) -> str:
    told = numbers_at(None, history.steps, history.values, ("loss", "test_loss"))
    what = f"{unit_of(seen)} {seen.item + 1}: {verdict(seen)}"
    return f"After {step:,} steps a network that reads graphs says of {what}. Loss: {told}."


def verdict(seen: Any) -> str:
    """What is said of the graph or node in the picture, and what is right."""
    if not seen.class_names:
        return f"{seen.answer[0]:.2f}; measured {seen.truth:.2f}"
    if seen.level == "node" and seen.num_graphs > 1:
        return f"{int((seen.node_said == seen.node_targets).sum())} of {len(seen.node_said)} nodes right"
    best = int(seen.answer.argmax())
    is_right = best == int(seen.truth)
    right = "right" if is_right else f"right is {seen.class_names[int(seen.truth)]}"
    return f"{seen.class_names[best]}, {seen.answer[best]:.0%}; {right}"


# ---- the one that is looked at ---------------------------------------------------------------------------------------


def _draw_drawing(scene: Scene, seen: Any, layout: Layout) -> None:
    scale, (left, top, width, height) = layout.scale, layout.drawing
    y = top - 2.9 * scale.title - 8
    known = "test" if seen.is_test else "training"
    words = f"{unit_of(seen).capitalize()} {seen.item + 1:,} of {seen.num_items:,}, {known}"
    scene.text(left, y, words, size=scale.title, weight=600, tabular=True)
    for number, (by, glyph, tip) in enumerate(((-1, "‹", "The one before"), (1, "›", "The next one"))):
        is_off = not 0 <= seen.item + by < seen.num_items
        box = (left + width - (2 - number) * (layout.button + 6), y - layout.button / 2, layout.button, layout.button)
        scene.hot(box, f"item:{by}", tip, glyph=glyph, disabled=is_off)
    scene.text(left, y + 1.5 * scale.title, verdict(seen), size=scale.label, tabular=True)
    told = _draw_graph(scene, seen, (left, top, width, height), layout)
    y = top + height + 0.9 * scale.note
    scene.text(left, y, _legend(seen), size=scale.note, colour="muted")
    most = int(width / (LETTER * scale.note))
    scene.text(left, y + 1.3 * scale.note, short(told or seen.label, most), size=scale.note, colour="muted")


def _legend(seen: Any) -> str:
    if seen.level == "node":
        return "filled: what it says · ringed: label given"
    if len(seen.class_names) > 2:
        return "blue nodes speak for it, orange ones against"
    what = seen.class_names[1] if seen.class_names else f"more {seen.target_name.split(',')[0]}"
    return f"blue speaks for {what}, orange against"


def _draw_graph(scene: Scene, seen: Any, box: Box, layout: Layout) -> str:
    """The graph in its place; returns a sentence if not all of it is drawn."""
    if seen.level == "node":
        is_single = seen.num_graphs == 1
        return draw_network(
            scene,
            box,
            places=seen.places,
            edges=seen.edges,
            classes=seen.node_said,
            strength=seen.node_chances,
            ringed=seen.node_is_train,
            chosen=seen.item if is_single else None,
            names=seen.node_names or None,
            hot_id="node" if is_single else "",
            scale=layout.scale,
        )
    if seen.structure is not None:
        reach = reach_of(seen.votes)
        draw_structure(scene, box, seen.structure, values=seen.votes, reach=reach, scale=layout.scale)
    else:
        radius = 6.0 / layout.scale.stroke**0.5
        _draw_small(scene, _square(box), seen.places, seen.edges, seen.votes, reach_of(seen.votes), radius)
    return ""


def _draw_small(
    scene: Scene, box: Box, places: np.ndarray, edges: np.ndarray, values: np.ndarray, reach: float, radius: float
) -> None:
    """A graph as links and discs in the colours of `values`."""
    limits = (-NEAR, 1 + NEAR)
    if edges.shape[1] <= MOST_LINKS:
        scene.lines(box, [links_of(places, edges)], xlim=limits, ylim=limits, colours="hairline", width=1.2)
    scene.points(box, places, xlim=limits, ylim=limits, values=values, low=-reach, high=reach, radius=radius)


def links_of(places: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """All links as one line that breaks between them, [3e, 2]."""
    track = np.full((3 * edges.shape[1], 2), np.nan)
    track[0::3], track[1::3] = places[edges[0]], places[edges[1]]
    return track


def reach_of(values: np.ndarray) -> float:
    """A power of two at or above the largest, so that colours seldom change their meaning."""
    top = float(np.abs(np.nan_to_num(values, posinf=0.0, neginf=0.0)).max()) if values.size else 0.0
    return 2.0 ** math.ceil(math.log2(top)) if top > 0 else 1.0


def _square(box: Box) -> Box:
    left, top, width, height = box
    side = min(width, height)
    return left + (width - side) / 2, top + (height - side) / 2, side, side


# ---- layer by layer --------------------------------------------------------------------------------------------------


def _draw_layers(scene: Scene, seen: Any, layout: Layout) -> None:
    """Some channels of each layer on the graph that is looked at."""
    scale, (left, top, width, height) = layout.scale, layout.layers
    count = len(seen.channels)
    num_nodes = len(seen.places)
    rows = FEWER_ROWS if num_nodes > MANY else MOST_ROWS
    across, down = width / count, height / rows
    side = min(0.92 * across, 0.94 * down)
    radius = min(4.0, max(1.1, 0.24 * side / math.sqrt(num_nodes))) / scale.stroke**0.7
    for number, (values, names) in enumerate(zip(seen.channels, seen.channel_names, strict=True)):
        x = left + (number + 0.5) * across
        kind, size = _head(seen, number, is_narrow=across < 4.6 * scale.label)
        scene.text(x, top - 2.3 * scale.label, kind, size=scale.label, align="center", weight=600)
        scene.text(x, top - 1.0 * scale.label, size, size=scale.note, align="center", colour="muted")
        reach = reach_of(values)
        for row, (value, name) in enumerate(zip(values[:rows], names, strict=False)):
            box = (x - side / 2, top + row * down + (down - side) / 2, side, side)
            _draw_small(scene, box, seen.places, seen.edges, value, reach, radius)
            if number == 0:
                words, middle = short(name, LONGEST), box[1] + side / 2
                scene.text(left - 4, middle, words, size=scale.note, align="right", colour="muted")
        told = "–" if math.isnan(seen.alike[number]) else f"{round(seen.alike[number], 2) + 0.0:.2f}"
        y = top + height + 0.9 * scale.note
        scene.text(x, y, told, size=scale.note, align="center", colour="muted", tabular=True)
    scene.text(
        left + width / 2, top + height + 2.2 * scale.note, "how alike the nodes are: 1 is all the same",
        size=scale.note, align="center", colour="muted",
    )  # fmt: skip


def _head(seen: Any, number: int, *, is_narrow: bool) -> tuple[str, str]:
    """The name of a column, and how many channels it has."""
    if number == 0:
        return ("Atoms" if seen.structure is not None else "Nodes"), f"{seen.widths[0]}"
    name = str(number) if is_narrow else f"{seen.layer} {number}"
    return name, f"{seen.widths[number]}"


# ---- all of them -----------------------------------------------------------------------------------------------------


def _draw_plane(scene: Scene, seen: Any, layout: Layout) -> None:
    """Graphs, or nodes, where the network puts them before its last layer."""
    scale, box = layout.scale, layout.plane
    left, top, _, height = box
    many = {"molecule": "molecules", "graph": "graphs", "chain": "nodes", "node": "nodes"}[unit_of(seen)]
    title = f"{len(seen.xy):,} {many} before the last layer"
    scene.text(left, top - 1.2 * scale.title, title, size=scale.title, weight=600)
    xlim, ylim = plane_limits(seen)
    scene.rect(box, stroke="hairline")
    _draw_points(scene, seen, box, radius=2.6 / scale.stroke**0.5)
    here = np.flatnonzero(seen.rows == seen.item)
    if len(here) and not (seen.level == "node" and seen.num_graphs > 1):
        scene.points(box, seen.xy[here], xlim=xlim, ylim=ylim, colour="text", hollow=[True], radius=7.0)
    scene.plane(box, xlim=xlim, ylim=ylim, id="points", tip="Look at the nearest one")
    told = f"colour: true {'class' if seen.class_names else 'value'} · hollow: not learnt from"
    if seen.class_names and len(seen.xy) <= FEW:
        told += " · ringed: wrong"
    scene.text(left, top + height + 0.9 * scale.note, told, size=scale.note, colour="muted")


def plane_limits(seen: Any) -> tuple[Limits, Limits]:
    """The ends of the plane across and up, each growing in steps of the root of two, so that they seldom move."""
    ends = [(-_step_above(-values), _step_above(values)) for values in np.asarray(seen.xy).T]
    return ends[0], ends[1]


def _step_above(values: np.ndarray) -> float:
    top = float(values.max()) if values.size else 1.0
    return 1.05 * 2.0 ** (math.ceil(2 * math.log2(top)) / 2) if top > 1e-9 and math.isfinite(top) else 0.1


def _draw_points(scene: Scene, seen: Any, box: Box, *, radius: float) -> None:
    xlim, ylim = plane_limits(seen)
    colours: dict[str, Any]
    if seen.class_names:
        colours = {"classes": seen.targets}
        if len(seen.xy) <= FEW:
            colours["ringed"] = seen.said != seen.targets
    else:
        middle, spread = float(np.mean(seen.targets)), 2 * float(np.std(seen.targets)) or 1.0
        colours = {"values": seen.targets, "low": middle - spread, "high": middle + spread}
    scene.points(box, seen.xy, xlim=xlim, ylim=ylim, hollow=~seen.is_train, radius=radius, **colours)


# ---- curves and answer -----------------------------------------------------------------------------------------------


def _draw_curves(
    scene: Scene,
    seen: Any,
    history: Any,
    layout: Layout,
    step: int,
    *,
    is_log: bool,
    levels: tuple[Sequence[Level], Sequence[Level]],
) -> None:
    rows = (history.steps, history.values)
    here = step if len(history.steps) and step < history.steps[-1] else None
    told: dict[str, Any] = {"scale": layout.scale, "here": here}
    loss = "Loss (nats)" if seen.class_names else "Squared error (σ²)"
    losses = [*(Level(words, value) for words, value in seen.levels), *levels[0]]
    draw_curves(scene, layout.loss, *rows, ("loss", "test_loss"), title=loss, is_log=is_log, levels=losses, **told)
    name, title = score_of(history)
    scores = [*(Level(words, value) for words, value in seen.score_levels), *levels[1]]
    told |= {"title": title, "limits": (0.0, 1.0), "levels": scores}
    draw_curves(scene, layout.score, *rows, (name, f"test_{name}"), **told)


def score_of(history: Any) -> tuple[str, str]:
    """The column of the score, and what it is called."""
    for name, title in (("auc", "ROC-AUC"), ("r2", "R²")):
        if name in history.values:
            return name, title
    return "accuracy", "Accuracy"


def _draw_answer(scene: Scene, seen: Any, layout: Layout) -> None:
    """The chance of each class, or the number on a line beside the measured one."""
    scale, (left, top, width, height) = layout.scale, layout.answer
    scene.text(left - 84 * scale.label / 12, top - scale.title, "What it says", size=scale.title, weight=600)
    if not seen.class_names:
        _draw_number(scene, seen, layout)
        return
    names = seen.class_names[:MOST_CLASSES]
    pitch = min(height / len(names), 2.2 * scale.label)
    size = min(scale.label, 0.9 * pitch)
    for k, name in enumerate(names):
        y, chance = top + (k + 0.5) * pitch, float(np.nan_to_num(seen.answer[k]))
        weight = 600 if k == int(seen.truth) else 400
        scene.text(left - 8, y, short(name, 14), size=size, align="right", weight=weight)
        scene.rect((left, y - 0.32 * pitch, max(width * chance, 0.5), 0.64 * pitch), fill=k % 10)
        scene.text(left + width * chance + 6, y, f"{chance:.0%}", size=size, tabular=True, colour="muted")


def _draw_number(scene: Scene, seen: Any, layout: Layout) -> None:
    scale, (left, top, width, _) = layout.scale, layout.answer
    low, high = float(np.min(seen.targets)), float(np.max(seen.targets))
    span = (high - low) or 1.0
    marks: tuple[tuple[str, float, Colour], ...] = (
        ("says", float(seen.answer[0]), "accent"), ("measured", seen.truth, "text"),
    )  # fmt: skip
    for row, (word, value, colour) in enumerate(marks):
        y = top + (row + 0.6) * 2.2 * scale.label
        share = min(max((value - low) / span, 0.0), 1.0) if math.isfinite(value) else 0.0
        scene.text(left - 8, y, word, size=scale.label, align="right")
        scene.rect((left, y - 5, max(width * share, 0.5), 10), fill=colour)
        scene.text(left + width * share + 6, y, f"{value:.2f}", size=scale.label, tabular=True, colour="muted")


def short(words: str, most: int) -> str:
    """The beginning of words that are too long."""
    return words if len(words) <= most else words[: most - 1] + "…"


def card_scene(seen: Any) -> bytes:
    """The graph that is looked at, and all of them as points, small and without words.

    Args:
        seen: a `GNNObservation`.
    """
    scene = Scene(360, 200, "A graph, and many graphs or nodes where the network puts them before its last layer.")
    _draw_graph(scene, seen, (4.0, 10.0, 172.0, 180.0), PAGE)
    scene.rect((186.0, 14.0, 170.0, 172.0), stroke="hairline")
    _draw_points(scene, seen, (186.0, 14.0, 170.0, 172.0), radius=2.0)
    return scene.to_bytes()
