"""One unit of a recurrent cell at one step, drawn as a diagram with its live numbers."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from figures.scene import Box, Scene
from figures.theme import Scale

WIDEST: Final = 2.0  # the value that flows at full width
Numbers = Mapping[str, float]


class Node(NamedTuple):
    """A number of the cell, or what is done with numbers.

    Attributes:
        key: name of its number, and of the node.
        words: above the tile; the sign in the circle if it is an operation.
        x: share of the diagram's width.
        y: share of its height, from the top.
        kind: a `gate` is a share, a `value` has a sign, `sign` is an operation.
    """

    key: str
    words: str
    x: float
    y: float
    kind: str = "value"


class Diagram(NamedTuple):
    """A cell as a drawing.

    Attributes:
        nodes: what stands where.
        flows: (from, to, key of the number that flows).
        fed: nodes computed from the symbol read and from all hidden values of the step before.
    """

    nodes: tuple[Node, ...]
    flows: tuple[tuple[str, str, str], ...]
    fed: tuple[str, ...]


DIAGRAMS: Final[dict[str, Diagram]] = {
    "lstm": Diagram(
        nodes=(
            Node("memory_before", "c before", 0.06, 0.17),
            Node("times_forget", "×", 0.27, 0.17, "sign"),
            Node("plus", "+", 0.55, 0.17, "sign"),
            Node("cell", "cell c", 0.76, 0.17),
            Node("bend", "tanh", 0.94, 0.17, "sign"),
            Node("times_input", "×", 0.55, 0.42, "sign"),
            Node("times_output", "×", 0.82, 0.42, "sign"),
            Node("hidden", "hidden h", 0.94, 0.42),
            Node("forget", "forget f", 0.27, 0.68, "gate"),
            Node("input", "input i", 0.45, 0.68, "gate"),
            Node("proposal", "proposal g", 0.64, 0.68),
            Node("output", "output o", 0.82, 0.68, "gate"),
        ),
        flows=(
            ("memory_before", "times_forget", "memory_before"),
            ("forget", "times_forget", "forget"),
            ("times_forget", "plus", "kept"),
            ("input", "times_input", "input"),
            ("proposal", "times_input", "proposal"),
            ("times_input", "plus", "written"),
            ("plus", "cell", "cell"),
            ("cell", "bend", "cell"),
            ("bend", "times_output", "bent"),
            ("output", "times_output", "output"),
            ("times_output", "hidden", "hidden"),
        ),
        fed=("forget", "input", "proposal", "output"),
    ),
    "gru": Diagram(
        nodes=(
            Node("before", "h before", 0.06, 0.17),
            Node("times_update", "× z", 0.35, 0.17, "sign"),
            Node("plus", "+", 0.68, 0.17, "sign"),
            Node("hidden", "hidden h", 0.94, 0.17),
            Node("times_rest", "× 1−z", 0.68, 0.42, "sign"),
            Node("update", "update z", 0.35, 0.68, "gate"),
            Node("reset", "reset r", 0.52, 0.68, "gate"),
            Node("proposal", "proposal n", 0.74, 0.68),
        ),
        flows=(
            ("before", "times_update", "before"),
            ("update", "times_update", "update"),
            ("times_update", "plus", "kept"),
            ("update", "times_rest", "rest"),
            ("proposal", "times_rest", "proposal"),
            ("reset", "proposal", "reset"),
            ("times_rest", "plus", "written"),
            ("plus", "hidden", "hidden"),
        ),
        fed=("update", "reset", "proposal"),
    ),
    "rnn": Diagram(
        nodes=(
            Node("bend", "tanh", 0.45, 0.35, "sign"),
            Node("hidden", "hidden h", 0.8, 0.35),
        ),
        flows=(("bend", "hidden", "hidden"),),
        fed=("bend",),
    ),
}


def numbers_of(seen: Any, unit: int, step: int) -> dict[str, float]:
    """The numbers of one unit at one step of the window, by the keys of the diagrams.

    Args:
        seen: an `LSTMObservation`.
        unit: from 0.
        step: of the window, from 0.
    """
    found = {signal: float(seen.of(signal)[step, unit]) for signal in seen.signals}
    found["before"] = float(seen.before[unit] if step == 0 else seen.of("hidden")[step - 1, unit])
    if seen.cell == "lstm":
        found["memory_before"] = float(seen.memory_before[unit] if step == 0 else seen.of("cell")[step - 1, unit])
        found["kept"] = found["forget"] * found["memory_before"]
        found["written"] = found["input"] * found["proposal"]
        found["bent"] = float(np.tanh(found["cell"]))
    elif seen.cell == "gru":
        found["rest"] = 1 - found["update"]
        found["kept"] = found["update"] * found["before"]
        found["written"] = found["rest"] * found["proposal"]
    return found


def sentences(cell: str, numbers: Numbers) -> tuple[str, ...]:
    """The equations of the cell with the numbers put in."""
    n = {key: signed(value) for key, value in numbers.items()}
    b = {key: f"({text})" if text.startswith("−") else text for key, text in n.items()}  # in a product
    if cell == "lstm":
        kept, added = f"{n['forget']}·{b['memory_before']}", f"{n['input']}·{b['proposal']}"
        return (
            f"c = f · c before + i · g = {kept} + {added} = {n['cell']}",
            f"h = o · tanh c = {n['output']}·{b['bent']} = {n['hidden']}",
        )
    if cell == "gru":
        kept, added = f"{n['update']}·{b['before']}", f"{n['rest']}·{b['proposal']}"
        return (f"h = z · h before + (1−z) · n = {kept} + {added} = {n['hidden']}",)
    return (f"h = tanh(W x + U h before + b) = {n['hidden']}",)


def signed(value: float) -> str:
    """A number with two decimals and a true minus sign."""
    return f"{value + 0.0:.2f}".replace("-", "−")


def draw_cell(scene: Scene, box: Box, seen: Any, unit: int, step: int, scale: Scale) -> None:
    """The diagram of one unit at one step.

    Args:
        scene: what to draw into.
        box: its place.
        seen: an `LSTMObservation`.
        unit: from 0.
        step: of the window, from 0.
        scale: how large the words are.
    """
    diagram, numbers = DIAGRAMS[seen.cell], numbers_of(seen, unit, step)
    places = {node.key: (box[0] + box[2] * node.x, box[1] + box[3] * node.y) for node in diagram.nodes}
    side = 2.2 * scale.label
    _draw_feed(scene, box, seen.symbols[step], places, diagram, scale)
    flows = diagram.flows
    scene.edges(
        [places[start] for start, _, _ in flows],
        [places[end] for _, end, _ in flows],
        [numbers[key] for _, _, key in flows],
        scale=WIDEST,
        max_width=0.5 * scale.title,
        straight=True,
        names=[f"{start} → {end}".replace("_", " ") for start, end, _ in flows],
        readout="carries",
    )
    for node in diagram.nodes:
        _draw_node(scene, node, places[node.key], numbers.get(node.key, 0.0), side, scale)


def _draw_feed(
    scene: Scene, box: Box, symbol: str, places: Mapping[str, tuple[float, float]], diagram: Diagram, scale: Scale
) -> None:
    """What is read and what was said before, and the line that brings both to everything they decide."""
    y = box[1] + box[3] * 0.9
    right = max(places[key][0] for key in diagram.fed)
    tracks = [np.array([[box[0] + box[2] * 0.16, y], [right, y]])]
    tracks += [np.array([[places[key][0], y], [places[key][0], places[key][1]]]) for key in diagram.fed]
    frame = (0.0, 0.0, scene.width, scene.height)
    for track in tracks:
        track[:, 1] = scene.height - track[:, 1]
    xlim, ylim = (0.0, scene.width), (0.0, scene.height)
    scene.lines(frame, tracks, xlim=xlim, ylim=ylim, colours="grey", width=1.0 * scale.stroke)
    left = box[0]
    scene.text(left, y - 0.75 * scale.label, f"reads  {symbol}", size=scale.title, weight=600)
    scene.text(left, y + 0.75 * scale.label, "and all h before", size=scale.note, colour="muted")


def _draw_node(scene: Scene, node: Node, place: tuple[float, float], value: float, side: float, scale: Scale) -> None:
    x, y = place
    if node.kind == "sign":
        width = side * (0.8 if len(node.words) < 2 else 1.5)
        scene.rect((x - width / 2, y - 0.4 * side, width, 0.8 * side), fill="panel", stroke="grey", radius=0.4 * side)
        scene.text(x, y, node.words, size=scale.label, align="center")
        return
    tile = (x - side / 2, y - side / 2, side, side)
    is_gate = node.kind == "gate"
    scene.sheet(
        tile,
        np.array([[value]]),
        low=0.0 if is_gate else -1.0,
        high=1.0,
        palette="magnitude" if is_gate else "diverging",
        smooth=False,
        readout=node.words,
    )
    above, below, half = y - side / 2 - 0.75 * scale.label, y + side / 2 + 0.75 * scale.label, 0.6 * scale.label
    for words, size, top in ((node.words, scale.note, above - half), (signed(value), scale.label, y + side / 2)):
        width = 0.56 * size * len(words)
        scene.rect((x - width / 2, top, width, below + half - y - side / 2), fill="background")  # no line through words
    scene.text(x, below, signed(value), size=scale.label, align="center", weight=600, tabular=True)
    scene.text(x, above, node.words, size=scale.note, align="center", colour="muted")
