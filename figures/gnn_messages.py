"""Message passing at one node: the graph with who sends, and the numbers from the messages to the new state.

`told` is always a `Message` of experiments/gnn_messages.py, `seen` a `Shown`.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from figures.attention_tokens import token_text
from figures.gnn_graph import Disc, draw_graph
from figures.kernels import draw_kernel, reach_of
from figures.scene import Box, Colour, Scene
from figures.theme import ON_PAGE

STAGES: Final = ("messages", "sum", "weights", "bend")
WIDTH: Final = 1120.0
HEIGHT: Final = 430.0
GRAPH: Final[Box] = (6.0, 44.0, 400.0, 376.0)
TABLE: Final = 440.0  # its left end
NAMES: Final = 118.0  # room for who sends
NUMBERS: Final = 62.0  # for a weight
CELL: Final = 62.0
ROW: Final = 24.0
MOST_CHANNELS: Final = 7
MOST_SENDERS: Final = 7
MOST_NODES: Final = 60  # rows and columns of a matrix that are drawn
MATRICES_HEIGHT: Final = 420.0


class Rows(NamedTuple):
    """The senders as they are drawn: the heaviest ones, and the rest in one."""

    names: tuple[str, ...]
    weights: np.ndarray
    messages: np.ndarray  # (rows, C)


def rows_of(told: Any, names: Sequence[str]) -> Rows:
    """The messages, times their weights; where there are too many, the last row is the sum of the least."""
    products = told.weights[:, None] * told.said
    labels = [
        names[sender] + (" itself" if sender == told.node else f", {bond}" if bond else "")
        for sender, bond in zip(told.senders, told.bonds, strict=True)
    ]
    if len(labels) <= MOST_SENDERS + 1:
        return Rows(tuple(labels), told.weights, products)
    order = np.argsort(-np.abs(products).sum(1), kind="stable")
    kept, rest = np.sort(order[:MOST_SENDERS]), order[MOST_SENDERS:]
    return Rows(
        (*(labels[row] for row in kept), f"{len(rest)} more"),
        np.append(told.weights[kept], told.weights[rest].sum()),
        np.vstack([products[kept], products[rest].sum(0)]),
    )


def message_scene(
    seen: Any, told: Any, stage: int, channel: int, columns: np.ndarray, column_names: Sequence[str]
) -> bytes:
    """Draws the graph, and as many rows of numbers as the stage has reached.

    Args:
        seen: the graph.
        told: the layer at the chosen node.
        stage: index into `STAGES`.
        channel: of the state that is worked out, from 0.
        columns: channels of the messages that are drawn.
        column_names: what these are called.

    Returns:
        The bytes for the canvas. A click on a node sends `{"id": "node:<node>", "node"}`.
    """
    name = seen.names[told.node]
    others = sum(sender != told.node for sender in told.senders)
    alt = (
        f"Layer {told.layer + 1}, {told.kind}, at node {name}: {others} neighbours send. Channel {channel + 1} was "
        f"worked out to {told.result[channel]:.4g}."
    )
    scene = Scene(WIDTH, HEIGHT, alt, {"stage": stage})
    _title(scene, GRAPH[0], f"Who sends to {token_text(name)}", "a thicker line: a larger weight; click a node")
    _draw_senders(scene, seen, told)
    _draw_numbers(scene, rows_of(told, seen.names), told, stage, channel, columns, column_names)
    return scene.to_bytes()


def _title(scene: Scene, left: float, title: str, note: str) -> None:
    scene.text(left, 12, title, size=ON_PAGE.title, weight=600)
    scene.text(left, 29, note, size=ON_PAGE.note, colour="muted")


def _draw_senders(scene: Scene, seen: Any, told: Any) -> None:
    senders = {sender for sender in told.senders if sender != told.node}
    nodes = nearby(seen, told.node, senders)
    place = {int(node): number for number, node in enumerate(nodes)}
    inside = np.isin(seen.links, nodes).all(1)
    links = np.array([[place[a], place[b]] for a, b in seen.links[inside]], dtype=int).reshape(-1, 2)
    sizes = np.abs(np.nan_to_num(told.weights))
    heavy = [
        (place[sender], place[told.node], 2 + 9 * float(size / (sizes.max() or 1.0)))
        for sender, size in zip(told.senders, sizes, strict=True)
        if sender in senders and sender in place
    ]
    discs = []
    for node in map(int, nodes):
        name, is_here = seen.names[node], node == told.node
        tip = f"{name}: {'is worked out here' if is_here else 'work this node out'}"
        is_faint = not is_here and node not in senders
        fill: Colour = "accent" if is_here else "panel"
        discs.append(Disc(token_text(name, 4), fill, is_chosen=is_here, is_faint=is_faint, tip=tip))
    draw_graph(scene, GRAPH, seen.places[nodes], links, discs, hot="node", scale=ON_PAGE, numbers=nodes, heavy=heavy)


def nearby(seen: Any, node: int, senders: set[int]) -> np.ndarray:
    """The nodes that are drawn: all of a small graph, of a large one the node and whoever sends."""
    if len(seen.names) <= MOST_NODES:
        return np.arange(len(seen.names))
    return np.array(sorted({node, *list(senders)[: MOST_NODES - 1]}))


def _draw_numbers(
    scene: Scene, rows: Rows, told: Any, stage: int, channel: int, columns: np.ndarray, names: Sequence[str]
) -> None:
    """Messages row by row; their sum; the weights into the channel; and what becomes of it."""
    left, top = TABLE + NAMES + NUMBERS, 64.0
    messages = rows.messages[:, columns]
    note = "what each sends times its weight, some channels"
    _title(scene, TABLE, "Messages", note)
    scene.text(left - 10, top - 12, "weight", size=ON_PAGE.note, align="right", colour="muted")
    for column, name in enumerate(names):
        x = left + (column + 0.5) * CELL
        scene.text(x, top - 12, token_text(name, 8), size=ON_PAGE.note, align="center", colour="muted")
    reach = reach_of(messages, told.total[columns])
    _draw_row_names(scene, rows, top)
    if len(messages):
        draw_kernel(scene, (left, top, CELL * len(columns), ROW * len(messages)), messages, reach=reach,
                    size=ON_PAGE.label, readout="message")  # fmt: skip
    else:
        scene.text(TABLE, top + ROW / 2, "nobody is linked to it: the sum is 0", size=ON_PAGE.label, colour="muted")
    y = top + ROW * max(1, len(messages)) + 10
    if stage >= 1:
        y = _draw_line(scene, y, "sum of all", told.total[columns], reach, "sum")
    if stage >= 2:
        if told.kind != "NNConv":  # there the messages have been through a matrix before
            y = _draw_weights(scene, y, told, channel, columns, reach)
        _draw_result(scene, y, told, stage, channel)


def _draw_weights(scene: Scene, y: float, told: Any, channel: int, columns: np.ndarray, reach: float) -> float:
    """The weights into the channel, or into the hidden unit that counts most for it, and the products."""
    is_hidden = told.hidden is not None
    into = unit_of(told, channel) if is_hidden else channel
    weights = (told.hidden if is_hidden else told.step).products[0].weights[into, columns]
    words = f"weights to {'hidden' if is_hidden else 'channel'} {into + 1}"
    y = _draw_line(scene, y, words, weights, reach_of(weights), "weight")
    return _draw_line(scene, y, "sum · weights", told.total[columns] * weights, reach, "product")


def unit_of(told: Any, channel: int) -> int:
    """The hidden unit of a layer of two matrices that has the largest part in a channel."""
    last = told.step.products[0]
    return int(np.abs(last.weights[channel] * last.values).argmax())


def _draw_row_names(scene: Scene, rows: Rows, top: float) -> None:
    for row, (name, weight) in enumerate(zip(rows.names, rows.weights, strict=True)):
        y = top + (row + 0.5) * ROW
        scene.text(TABLE, y, token_text(name, 17), size=ON_PAGE.label)
        told = f"{weight:.3f}".replace("-", "−")
        scene.text(TABLE + NAMES + NUMBERS - 10, y, told, size=ON_PAGE.label, align="right", tabular=True)


def _draw_line(scene: Scene, y: float, words: str, values: np.ndarray, reach: float, readout: str) -> float:
    """One row of numbers with its name; returns where the next one stands."""
    left = TABLE + NAMES + NUMBERS
    scene.text(left - 10, y + ROW / 2, words, size=ON_PAGE.label, align="right", weight=600)
    box = (left, y, CELL * len(values), ROW)
    draw_kernel(scene, box, values[None], reach=reach, size=ON_PAGE.label, readout=readout)
    return y + ROW + 6


def _draw_result(scene: Scene, y: float, told: Any, stage: int, channel: int) -> None:
    """From the sum of the products to the new number of the channel, in a line of boxes."""
    parts = [(f"channel {channel + 1}, with bias", told.step.sums[channel])]
    if told.hidden is not None:
        unit = unit_of(told, channel)
        parts.insert(0, (f"hidden {unit + 1}, bent", max(0.0, told.hidden.sums[unit])))
    if stage >= 3:
        if told.scaled is not None:
            parts.append((f"normalised, {told.scaled.name}", told.normed[channel]))
        parts.append(("bent: max(0, ·)", max(0.0, told.normed[channel])))
        if told.before is not None:
            parts.append(("plus what it was", told.result[channel]))
    room = (WIDTH - TABLE) / 5
    reach = reach_of(np.array([value for _, value in parts]))
    for number, (words, value) in enumerate(parts):
        x = TABLE + number * room
        is_last = stage >= 3 and number == len(parts) - 1
        scene.text(x, y + 10, words, size=ON_PAGE.note, colour="muted")
        draw_kernel(scene, (x, y + 20, 84.0, 28.0), np.array([[value]]), reach=reach, size=ON_PAGE.title)
        if is_last:
            scene.rect((x, y + 20, 84.0, 28.0), stroke="accent", width=2)


# ---- the same as matrices --------------------------------------------------------------------------------------------

_TOP: Final = 62.0
_HIGH: Final = 290.0  # of n rows
_WIDE: Final = 236.0  # of the widest matrix
_BETWEEN: Final = 44.0


def matrices_scene(found: Any, names: Sequence[str], node: int) -> bytes:
    """Three matrices and their product, the row of the chosen node framed.

    Args:
        found: `Matrices`.
        names: of the nodes.
        node: the chosen one.
    """
    nodes = kept_nodes(found.A, node)
    row = int(np.flatnonzero(nodes == node)[0])
    (number, width), hidden = found.X.shape, found.W.shape[1]
    alt = (
        f"One {found.kind} layer as matrices: A, {number} by {number}, times X, {number} by {width}, times W, {width} "
        f"by {hidden}, is {number} by {hidden}. The row of {token_text(names[node])} is framed."
    )
    scene = Scene(WIDTH, MATRICES_HEIGHT, alt)
    labels = [names[one] for one in nodes]
    inputs, outputs = ([f"number {one + 1}" for one in range(size)] for size in (width, hidden))
    parts = (("A", "who hears whom", found.A[np.ix_(nodes, nodes)], labels, labels, "weight"),
             ("X", "the nodes before", found.X[nodes], labels, inputs, "number"),
             ("W", "weights that learn", found.W, inputs, outputs, "weight"),
             ("A X W", "the nodes after", found.product[nodes], labels, outputs, "number"))  # fmt: skip
    left = 8.0
    for place, (title, note, values, rows, columns, readout) in enumerate(parts):
        high = _HIGH * min(1.0, width / len(nodes)) if title == "W" else _HIGH
        wide = _HIGH * 0.8 if title == "A" else _WIDE * min(1.0, max(0.25, values.shape[1] / 40))
        box = (left, _TOP, wide, max(high, 30.0))
        shape = (number, number) if title == "A" else (number, values.shape[1]) if title != "W" else values.shape
        _title(scene, left, title, note)
        scene.text(left, 46, f"{shape[0]} × {shape[1]}", size=ON_PAGE.note, colour="muted")
        reach = reach_of(values)
        scene.sheet(box, values, low=-reach, high=reach, smooth=False, readout=readout)
        scene.name_cells(rows, columns, "not a number")
        if title != "W":
            step = box[3] / len(rows)
            scene.rect((left - 1, _TOP + row * step - 1, wide + 2, step + 2), stroke="text", width=2 if step > 9 else 1)
        left += wide + _BETWEEN
        if place < 3:
            sign = "=" if place == 2 else "·"
            scene.text(left - _BETWEEN / 2, _TOP + _HIGH / 2, sign, size=22, align="center")
    kept = "" if len(nodes) == number else f"The node and those it hears: {len(nodes)} of {number:,} rows. "
    words = (
        f"{kept}Framed: {token_text(names[node])}. Blue is positive, orange negative, each matrix to its own largest."
    )
    scene.text(8, _TOP + _HIGH + 26, words, size=ON_PAGE.note, colour="muted")
    return scene.to_bytes()


def kept_nodes(A: np.ndarray, node: int) -> np.ndarray:
    """The rows that are drawn: all of a small graph, of a large one the node and those it hears most."""
    if len(A) <= MOST_NODES:
        return np.arange(len(A))
    order = np.argsort(-np.abs(A[node]), kind="stable")
    heard = [int(other) for other in order if A[node, other] != 0 and other != node]
    return np.array(sorted([node, *heard[: MOST_NODES - 1]]))


# ---- how far a node hears --------------------------------------------------------------------------------------------

_HALF: Final = 540.0


def reach_scene(seen: Any, found: Any, node: int, num_layers: int) -> bytes:
    """The graph twice: whom the node hears by counting, and by the slopes of the network.

    Args:
        seen: the graph.
        found: `Reach`.
        node: who hears.
        num_layers: after how many layers.

    Returns:
        The bytes for the canvas. A click on a node sends `{"id": "counted:<node>", "node"}`, or `slope:<node>`.
    """
    counted, heard = found.walks > 0, found.slopes > 0
    name = token_text(seen.names[node])
    alt = (
        f"After {num_layers} layers node {name} hears {int(counted.sum())} of {len(counted)} nodes by counting links, "
        f"and {int(heard.sum())} by the slopes of the network."
    )
    scene = Scene(WIDTH, HEIGHT, alt, {"layers": num_layers})
    titles = (
        ("counted", counted, f"Counted: {int(counted.sum())} of {len(counted)} nodes", "ways of so many steps to it"),
        ("slope", heard, f"In the network: {int(heard.sum())} nodes", "its state has a slope to their inputs"),
    )
    share = found.slopes / max(float(found.slopes.max()), 1e-30)
    for number, (hot, is_heard, title, note) in enumerate(titles):
        box = (6.0 + number * (_HALF + 34.0), 44.0, _HALF, HEIGHT - 54.0)
        _title(scene, box[0], title, note)
        discs = []
        for other, is_in in enumerate(is_heard):
            sign = count_text(found.walks[other]) if hot == "counted" else f"{share[other]:.0%}"
            tip = f"{seen.names[other]}, {distance_text(int(found.distance[other]))}: {sign}"
            fill: Colour = "accent" if is_in else "panel"
            is_here = other == node
            discs.append(Disc(sign if is_in else "", fill, is_chosen=is_here, is_faint=not is_in, tip=tip))
        draw_graph(scene, box, seen.places, seen.links, discs, hot=hot, scale=ON_PAGE)
    return scene.to_bytes()


def count_text(count: float) -> str:
    """A whole number in few letters."""
    return f"{count:.0f}" if count < 1000 else f"{count:.0e}".replace("e+0", "e").replace("e+", "e")


def distance_text(distance: int) -> str:
    """How far a node is, in words."""
    if distance < 0:
        return "no way to it"
    return "itself" if distance == 0 else f"{distance} link{'' if distance == 1 else 's'} away"
