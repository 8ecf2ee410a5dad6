"""The live picture of the page `mlp`: the network itself, with what each neuron computes, and its answer on the map."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from figures.curves import Level, draw_curves, numbers_at
from figures.scene import Box, Limits, Scene

WIDTH: Final = 1000.0
HEIGHT: Final = 526.0
TOP: Final = 46.0  # where tiles begin, below the layer titles
BOTTOM: Final = 388.0
MAP_BOX: Final[Box] = (684.0, 34.0, 296.0, 296.0)
LOSS_BOX: Final[Box] = (44.0, 426.0, 436.0, 82.0)
SCORE_BOX: Final[Box] = (544.0, 426.0, 436.0, 82.0)
LOSS_TITLES: Final = {
    "cross-entropy": "Cross-entropy (nats)",
    "bce": "Binary cross-entropy (nats)",
    "mse": "Mean squared error",
    "huber": "Huber loss",
}
INPUT_X: Final = 92.0  # left side of the input tiles; their labels stand left of it
OUTPUT_X: Final = 610.0  # left side of the output nodes
MAX_TILE: Final = 44.0
NODE: Final = 16.0  # side of an output node
MAX_EDGES: Final = 400
MAX_NAMED_EDGES: Final = 160
MAX_OUTPUTS: Final = 10
EDGE_SCALE: Final = 3.0  # the |weight| drawn at full width
BOUNDED: Final = ("tanh", "sigmoid", "sine")  # these reach full colour at 1; the others, without bound, at 2
PLACE_TIP: Final = "Place a point; with shift the next class, with the right button take the nearest away"
MAP_OPACITY: Final = 0.6  # so that the examples stand out from the map
LETTERS: Final = 12  # of a label beside a tile


def network_scene(
    seen: Any,
    history: Any,
    *,
    activation: str,
    step: int,
    look: int = 0,
    can_place_points: bool = False,
    shows_test: bool = True,
    selected: tuple[int, int] | None = None,
    is_log: bool = False,
    loss_levels: Sequence[Level] = (),
    score_levels: Sequence[Level] = (),
) -> bytes:
    """Draws the network, its map and its learning curves.

    Args:
        seen: an `MLPObservation`.
        history: the run's `Columns`.
        activation: name of the bend, which sets the range of colours.
        step: optimiser updates so far.
        look: a number that, when it changes, brings the picture into view.
        can_place_points: whether a click on the map places a point of the visitor's own.
        shows_test: whether test examples are drawn.
        selected: (hidden layer from 1, unit from 0) with an accent border.
        is_log: a logarithmic loss axis.
        loss_levels: lines to compare the loss with.
        score_levels: lines to compare accuracy or R² with.

    Returns:
        The bytes the live canvas draws. A click on a tile sends the id `unit:l:i`, on a layer's buttons `wider:l` or
        `narrower:l`, on the map the id `map` with data coordinates.
    """
    score, score_title = ("accuracy", "Accuracy") if seen.task == "classification" else ("r2", "R²")
    losses, scores = ("loss", "test_loss"), (score, f"test_{score}")
    rows = history.steps, history.values
    here = step if len(history.steps) and step < history.steps[-1] else None  # an earlier moment is visited
    alt = (
        f"A network with layers of {', '.join(map(str, seen.widths))} units after {step:,} steps. "
        "Each tile shows what a unit computes; the large map shows the output and the examples. "
        f"{score_title}: {numbers_at(here, *rows, scores)}. Loss: {numbers_at(here, *rows, losses)}."
    )
    scene = Scene(WIDTH, HEIGHT, alt, {"step": step, "look": look})
    columns = unit_boxes(seen)
    _draw_edges(scene, seen, columns)
    _draw_input_labels(scene, seen, columns[0])
    for layer, boxes in enumerate(columns[:-1]):
        _draw_units(scene, seen, layer, boxes, activation, selected)
    _draw_outputs(scene, seen, columns[-1])
    _draw_biases(scene, seen, columns)
    _draw_titles(scene, seen, columns)
    _draw_map(scene, seen, shows_test=shows_test, can_place_points=can_place_points)
    title = LOSS_TITLES[seen.loss_name]
    draw_curves(scene, LOSS_BOX, *rows, losses, title=title, is_log=is_log, levels=loss_levels, here=here)
    draw_curves(scene, SCORE_BOX, *rows, scores, title=score_title, limits=(0, 1), levels=score_levels, here=here)
    return scene.to_bytes()


def unit_boxes(seen: Any) -> list[np.ndarray]:
    """Boxes [n, 4] of the shown units of each layer, inputs first, outputs last."""
    counts = [len(units) for units in seen.units] + [min(seen.widths[-1], MAX_OUTPUTS)]
    lefts = np.linspace(INPUT_X, OUTPUT_X, len(counts))
    room = (OUTPUT_X - INPUT_X) / (len(counts) - 1)
    columns = []
    for index, (count, left) in enumerate(zip(counts, lefts, strict=True)):
        pitch = min((BOTTOM - TOP) / count, MAX_TILE + 10)
        size = min(MAX_TILE, pitch * 0.84, room * 0.6)
        if index == len(counts) - 1:
            size = min(size, NODE)
        middle = MAP_BOX[1] + MAP_BOX[3] / 2
        first = max(TOP, middle - count * pitch / 2) + (pitch - size) / 2
        tops = first + np.arange(count) * pitch
        columns.append(np.stack([np.full(count, left), tops, np.full(count, size), np.full(count, size)], axis=1))
    return columns


def _draw_edges(scene: Scene, seen: Any, columns: list[np.ndarray]) -> None:
    """The strongest links, so that wide networks stay readable."""
    starts, ends, weights, names = [], [], [], []
    for layer, weight in enumerate(seen.weights):
        left, right = columns[layer], columns[layer + 1]
        shown = weight[: len(right), : len(left)]
        to, source = np.indices(shown.shape).reshape(2, -1)
        starts.append(np.stack([left[source, 0] + left[source, 2], left[source, 1] + left[source, 3] / 2], axis=1))
        ends.append(np.stack([right[to, 0], right[to, 1] + right[to, 3] / 2], axis=1))
        weights.append(shown.reshape(-1))
        senders = [_unit_name(seen, layer, unit) for unit in range(len(left))]
        receivers = [_unit_name(seen, layer + 1, unit) for unit in range(len(right))]
        names += [f"{sender} → {receiver}" for receiver in receivers for sender in senders]
    joined = np.concatenate(weights)
    keep = np.sort(np.argsort(-np.abs(joined), kind="stable")[:MAX_EDGES])
    scene.edges(
        np.concatenate(starts)[keep],
        np.concatenate(ends)[keep],
        joined[keep],
        scale=EDGE_SCALE,
        max_width=7.0,
        names=[names[index] for index in keep] if len(keep) <= MAX_NAMED_EDGES else None,
    )


def _unit_name(seen: Any, layer: int, unit: int) -> str:
    if layer == 0:
        return _short(seen.input_labels[unit])
    if layer < len(seen.widths) - 1:
        return f"{layer}.{unit + 1}"
    return _short(seen.class_names[unit]) if len(seen.class_names) == seen.widths[-1] else "output"


def _short(label: str) -> str:
    return label if len(label) <= LETTERS else label[: LETTERS - 1] + "…"


def _draw_input_labels(scene: Scene, seen: Any, boxes: np.ndarray) -> None:
    for (x, y, _, height), label in zip(boxes, seen.input_labels, strict=False):
        scene.text(x - 8, y + height / 2, _short(label), size=12, align="right", colour="muted")


def _draw_units(
    scene: Scene, seen: Any, layer: int, boxes: np.ndarray, activation: str, selected: tuple[int, int] | None
) -> None:
    units = seen.units[layer]
    reach = 1.0 if layer > 0 and activation in BOUNDED else 2.0
    chosen = [selected[1]] if selected and selected[0] == layer and selected[1] < len(units) else []
    if seen.kind == "plane":
        names = [_unit_name(seen, layer, unit) for unit in range(len(units))]
        titles = [f"{'Input' if layer == 0 else 'Neuron'} {name}" for name in names]
        ids = [f"unit:{layer}:{unit}" for unit in range(len(units))]
        scene.sheet(boxes, units[:, ::-1], low=-reach, high=reach, ids=ids, titles=titles, selected=chosen)
    elif seen.kind == "curve":
        for index, box in enumerate(boxes):
            scene.rect(tuple(box), fill="panel", stroke="accent" if index in chosen else "hairline")
        reach = 6.5 if layer == 0 else reach * 1.1
        scene.lines(boxes, units, xlim=seen.xlim, ylim=(-reach, reach), colours="accent", width=1.5)
    else:
        heights = np.sqrt(units)  # a share of a class; the root keeps small bins visible
        scene.histograms(boxes, heights, classes=None if units.shape[1] > 1 else [1])
        for index in chosen:
            scene.rect(tuple(boxes[index]), stroke="accent", width=2)
    if layer > 0:
        for unit, box in enumerate(boxes):
            scene.hot(tuple(box), f"unit:{layer}:{unit}", f"Neuron {layer}.{unit + 1}: look inside")


def _draw_outputs(scene: Scene, seen: Any, boxes: np.ndarray) -> None:
    per_class = len(seen.class_names) == seen.widths[-1]
    for index, box in enumerate(boxes):
        scene.rect(tuple(box), fill=index if per_class else "accent", radius=3)


def _draw_biases(scene: Scene, seen: Any, columns: list[np.ndarray]) -> None:
    """A small square at the lower left of every unit that has a bias."""
    corners = [
        np.stack(
            [boxes[:, 0] - 4, boxes[:, 1] + boxes[:, 3] - 3, np.full(len(boxes), 7.0), np.full(len(boxes), 7.0)], 1
        )
        for boxes in columns[1:]
    ]
    values = [bias[: len(boxes)] for bias, boxes in zip(seen.biases, columns[1:], strict=True)]
    scene.sheet(np.concatenate(corners), np.concatenate(values)[:, None, None], smooth=False, readout="bias")


def _draw_titles(scene: Scene, seen: Any, columns: list[np.ndarray]) -> None:
    num_inputs, shown = seen.widths[0], len(columns[0])
    title = "Inputs" if shown == num_inputs else f"{shown} of {num_inputs} inputs"
    scene.text(columns[0][0, 0] + columns[0][0, 2] / 2, 16, title, size=13, align="center", weight=600)
    for layer, boxes in enumerate(columns[1:-1], start=1):
        centre = boxes[0, 0] + boxes[0, 2] / 2
        width, frozen = seen.widths[layer], seen.is_frozen[layer - 1]
        scene.text(centre, 16, str(width), size=13, align="center", weight=600, colour="muted" if frozen else "text")
        if width > len(boxes):
            scene.text(centre, 34, f"{len(boxes)} drawn", size=11, align="center", colour="muted")
        elif frozen:
            scene.text(centre, 34, "frozen", size=11, align="center", colour="muted")
        scene.hot((centre - 27, 8, 16, 16), f"narrower:{layer}", f"One neuron fewer in layer {layer}", glyph="−")
        scene.hot((centre + 11, 8, 16, 16), f"wider:{layer}", f"One neuron more in layer {layer}", glyph="+")
    scene.text(OUTPUT_X + NODE / 2, 16, "Output", size=13, align="center", weight=600)


def _draw_map(scene: Scene, seen: Any, *, shows_test: bool, can_place_points: bool) -> None:
    if seen.kind == "curve":
        scene.axes(MAP_BOX, xlim=seen.xlim, ylim=seen.ylim, xlabel=seen.xlabel, ylabel=seen.ylabel, grid=True)
    elif seen.map_class is None:
        low, high = value_range(seen)
        scene.sheet(MAP_BOX, seen.map_value[::-1], low=low, high=high, readout="prediction", opacity=[MAP_OPACITY])
    elif len(seen.class_names) == 2:
        scene.sheet(
            MAP_BOX, seen.map_value[::-1], low=0.0, high=1.0, readout=f"P({seen.class_names[1]})", opacity=[MAP_OPACITY]
        )
    else:
        floor = 1 / len(seen.class_names)
        confidence = (seen.map_value[::-1] - floor) / (1 - floor)
        scene.classes(MAP_BOX, seen.map_class[::-1], confidence * MAP_OPACITY, num_classes=len(seen.class_names))
    scene.zoom(MAP_BOX, title=_map_title(seen), title_size=13)
    if seen.kind != "curve":
        scene.axes(MAP_BOX, xlim=seen.xlim, ylim=seen.ylim, xlabel=_long(seen.xlabel), ylabel=_long(seen.ylabel))
    _draw_examples(scene, seen, shows_test=shows_test)
    _draw_legend(scene, seen, shows_test=shows_test)
    if can_place_points:
        scene.plane(MAP_BOX, xlim=seen.xlim, ylim=seen.ylim, id="map", tip=PLACE_TIP)


def _long(label: str) -> str:
    return label if len(label) <= 30 else label[:29] + "…"


def _map_title(seen: Any) -> str:
    if seen.task == "regression":
        return "Prediction"
    return f"P({_long(seen.class_names[1])})" if len(seen.class_names) == 2 else "Most likely class"


def value_range(seen: Any) -> Limits:
    """The numbers drawn fully negative and fully positive: fixed by the examples, so that nothing jumps."""
    reach = float(np.abs(seen.targets).max()) or 1.0
    return -reach, reach


def _draw_examples(scene: Scene, seen: Any, *, shows_test: bool) -> None:
    if seen.kind == "curve":
        colours: dict[str, Any] = {"colour": "muted"}
    elif seen.task == "classification":
        colours = {"classes": seen.targets}
    else:
        low, high = value_range(seen)
        colours = {"values": seen.targets, "low": low, "high": high}
    is_test = np.arange(len(seen.positions)) >= seen.num_train
    shown = np.ones(len(seen.positions), dtype=bool) if shows_test else ~is_test
    picked = {name: value[shown] if isinstance(value, np.ndarray) else value for name, value in colours.items()}
    scene.points(
        MAP_BOX,
        seen.positions[shown],
        xlim=seen.xlim,
        ylim=seen.ylim,
        hollow=is_test[shown],
        ringed=seen.is_wrong[shown],
        radius=2.6 if len(seen.positions) > 300 else 3.2,
        **picked,
    )
    if seen.kind == "curve":
        scene.lines(MAP_BOX, seen.map_value[None], xlim=seen.xlim, ylim=seen.ylim, colours="accent", width=3)


def _draw_legend(scene: Scene, seen: Any, *, shows_test: bool) -> None:
    """Below the map: the colours of few classes, and what filled, hollow and ringed mean."""
    marks = "filled: training" + (", hollow: test" if shows_test else "")
    if seen.task == "classification":
        marks += ", ringed: misclassified"
    scene.text(MAP_BOX[0] + MAP_BOX[2], 383, marks, size=11, align="right", colour="muted")


def points_scene(points: Sequence[tuple[float, float, int]]) -> bytes:
    """The empty plane to click points into, before there are enough of them to train on.

    Args:
        points: (x₁, x₂, class) of those placed so far.
    """
    scene = Scene(WIDTH, HEIGHT, f"The plane with {len(points)} points of your own.", {"step": 0})
    limits = (-6.0, 6.0)
    scene.axes(MAP_BOX, xlim=limits, ylim=limits, xlabel="x₁", ylabel="x₂", grid=True)
    if points:
        places = np.array([point[:2] for point in points])
        scene.points(MAP_BOX, places, xlim=limits, ylim=limits, classes=[point[2] for point in points], radius=3.2)
    middle = MAP_BOX[1] + MAP_BOX[3] / 2
    scene.text(MAP_BOX[0] - 64, middle, "Click here to place points of two or more classes", size=15, align="right")
    scene.plane(MAP_BOX, xlim=limits, ylim=limits, id="map", tip=PLACE_TIP)
    return scene.to_bytes()


def card_scene(seen: Any) -> bytes:
    """Two hidden layers' tiles and the output map, small and without words, for the start page.

    Args:
        seen: an `MLPObservation` of a plane with two classes.
    """
    alt = "What the neurons of a small network and its output say over the plane, after training on two spirals."
    scene = Scene(360, 200, alt)
    tiles = [(x, y) for x in (0.0, 56.0) for y in (0.0, 51.0, 102.0, 153.0)]
    fields = np.concatenate([layer[:4, ::-1] for layer in seen.units[1:3]])
    scene.sheet([(x, y, 46.0, 46.0) for x, y in tiles], fields)
    box = (120.0, 0.0, 200.0, 200.0)
    scene.sheet(box, seen.map_value[::-1], low=0.0, high=1.0, opacity=[MAP_OPACITY])
    train = seen.positions[: seen.num_train]
    scene.points(box, train, xlim=seen.xlim, ylim=seen.ylim, classes=seen.targets[: seen.num_train], radius=2.2)
    return scene.to_bytes()
