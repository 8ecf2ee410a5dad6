"""The live picture of the page `mlp`: the network itself, with what each neuron computes, and its answer on the map."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from figures.curves import Level, draw_curves, numbers_at
from figures.mlp_layout import PAGE, PROJECTOR, Layout, unit_boxes
from figures.scene import Box, Colour, Limits, Scene

CARD_BOX: Final[Box] = (120.0, 0.0, 200.0, 200.0)
LOSS_TITLES: Final = {
    "cross-entropy": "Cross-entropy (nats)",
    "bce": "Binary cross-entropy (nats)",
    "mse": "Mean squared error",
    "huber": "Huber loss",
}
MAX_EDGES: Final = 400
MAX_NAMED_EDGES: Final = 160
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
    is_large: bool = False,
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
        is_large: laid out for a projector: larger words, and only what the last row needs.

    Returns:
        The bytes for the canvas. A click sends the id `unit:l:i`, `wider:l`, `narrower:l`, or `map` with coordinates.
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
    layout = PROJECTOR if is_large else PAGE
    scene = Scene(layout.width, layout.height, alt, {"step": step, "look": look})
    columns = unit_boxes(seen, layout)
    _draw_edges(scene, seen, columns)
    _draw_input_labels(scene, seen, columns[0], layout)
    for layer, boxes in enumerate(columns[:-1]):
        _draw_units(scene, seen, layer, boxes, activation, selected)
    _draw_outputs(scene, seen, columns[-1])
    _draw_biases(scene, seen, columns)
    _draw_titles(scene, seen, columns, layout)
    _draw_map(scene, seen, layout, shows_test=shows_test, can_place_points=can_place_points)
    told: dict[str, Any] = {"title": LOSS_TITLES[seen.loss_name], "scale": layout.scale, "here": here}
    draw_curves(scene, layout.loss, *rows, losses, is_log=is_log, levels=loss_levels, **told)
    if layout.score:
        told |= {"title": score_title, "limits": (0, 1)}
        draw_curves(scene, layout.score, *rows, scores, levels=score_levels, **told)
    return scene.to_bytes()


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


def _draw_input_labels(scene: Scene, seen: Any, boxes: np.ndarray, layout: Layout) -> None:
    for (x, y, _, height), label in zip(boxes, seen.input_labels, strict=False):
        scene.text(x - 8, y + height / 2, _short(label), size=layout.scale.label, align="right", colour="muted")


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


def _draw_titles(scene: Scene, seen: Any, columns: list[np.ndarray], layout: Layout) -> None:
    def head(centre: float, title: str, note: str = "", colour: Colour = "text") -> None:
        scene.text(centre, layout.title_y, title, size=layout.scale.title, align="center", weight=600, colour=colour)
        if note:
            scene.text(centre, layout.note_y, note, size=layout.scale.note, align="center", colour="muted")

    num_inputs, shown = seen.widths[0], len(columns[0])
    head(columns[0][0, 0] + columns[0][0, 2] / 2, "Inputs", "" if shown == num_inputs else f"{shown} of {num_inputs}")
    for layer, boxes in enumerate(columns[1:-1], start=1):
        centre = boxes[0, 0] + boxes[0, 2] / 2
        width, frozen = seen.widths[layer], seen.is_frozen[layer - 1]
        note = f"{len(boxes)} drawn" if width > len(boxes) else "frozen" if frozen else ""
        head(centre, str(width), note, "muted" if frozen else "text")
        if 2 * _button_reach(layout) <= columns[1][0, 0] - columns[0][0, 0]:  # else they would lie on each other
            _draw_width_buttons(scene, layer, centre, layout)
    head(layout.output_x + layout.node / 2, "Output")


def _button_reach(layout: Layout) -> float:
    """From the middle of a layer's title to the far side of its buttons."""
    return 0.8 * layout.scale.title + layout.button


def _draw_width_buttons(scene: Scene, layer: int, centre: float, layout: Layout) -> None:
    side, reach = layout.button, _button_reach(layout)
    left, right, top = centre - reach, centre + reach - side, layout.title_y - side / 2
    scene.hot((left, top, side, side), f"narrower:{layer}", f"One neuron fewer in layer {layer}", glyph="−")
    scene.hot((right, top, side, side), f"wider:{layer}", f"One neuron more in layer {layer}", glyph="+")


def _draw_map(scene: Scene, seen: Any, layout: Layout, *, shows_test: bool, can_place_points: bool) -> None:
    box = layout.map
    if seen.kind == "curve":
        scene.axes(box, xlim=seen.xlim, ylim=seen.ylim, xlabel=seen.xlabel, ylabel=seen.ylabel, grid=True)
    else:
        _draw_field(scene, seen, box)
    scene.zoom(box, title=_map_title(seen), title_size=layout.scale.title)
    if seen.kind != "curve":
        scene.axes(box, xlim=seen.xlim, ylim=seen.ylim, xlabel=_long(seen.xlabel), ylabel=_long(seen.ylabel))
    _draw_examples(scene, seen, box, shows_test=shows_test)
    _draw_legend(scene, seen, layout, shows_test=shows_test)
    if can_place_points:
        scene.plane(box, xlim=seen.xlim, ylim=seen.ylim, id="map", tip=PLACE_TIP)


def _draw_field(scene: Scene, seen: Any, box: Box) -> None:
    """The network's answer at every place of the map."""
    answer = seen.map_value[::-1]
    if seen.map_class is None:
        low, high = value_range(seen)
        scene.sheet(box, answer, low=low, high=high, readout="prediction", opacity=[MAP_OPACITY])
    elif len(seen.class_names) == 2:
        scene.sheet(box, answer, low=0.0, high=1.0, readout=f"P({seen.class_names[1]})", opacity=[MAP_OPACITY])
    else:
        floor = 1 / len(seen.class_names)
        confidence = (answer - floor) / (1 - floor)
        scene.classes(box, seen.map_class[::-1], confidence * MAP_OPACITY, num_classes=len(seen.class_names))


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


def _draw_examples(scene: Scene, seen: Any, box: Box, *, shows_test: bool, is_card: bool = False) -> None:
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
        box,
        seen.positions[shown],
        xlim=seen.xlim,
        ylim=seen.ylim,
        hollow=is_test[shown],
        ringed=seen.is_wrong[shown] & (not is_card),
        radius=2.6 if is_card or len(seen.positions) > 300 else 3.2,
        **picked,
    )
    if seen.kind == "curve":
        scene.lines(box, seen.map_value[None], xlim=seen.xlim, ylim=seen.ylim, colours="accent", width=3)


def _draw_legend(scene: Scene, seen: Any, layout: Layout, *, shows_test: bool) -> None:
    """Below the map: the colours of few classes, and what filled, hollow and ringed mean."""
    marks = "filled: training" + (", hollow: test" if shows_test else "")
    if seen.task == "classification":
        marks += ", ringed: misclassified"
    left, top, width, height = layout.map
    y = top + height + 4.4 * layout.scale.label  # below the numerals and the name of the axis
    scene.text(left + width, y, marks, size=layout.scale.note, align="right", colour="muted")


def points_scene(points: Sequence[tuple[float, float, int]], *, is_large: bool = False) -> bytes:
    """The empty plane to click points into, before there are enough of them to train on.

    Args:
        points: (x₁, x₂, class) of those placed so far.
        is_large: laid out for a projector.
    """
    layout = PROJECTOR if is_large else PAGE
    scene = Scene(layout.width, layout.height, f"The plane with {len(points)} points of your own.", {"step": 0})
    limits, box = (-6.0, 6.0), layout.map
    scene.axes(box, xlim=limits, ylim=limits, xlabel="x₁", ylabel="x₂", grid=True)
    if points:
        places = np.array([point[:2] for point in points])
        scene.points(box, places, xlim=limits, ylim=limits, classes=[point[2] for point in points], radius=3.2)
    words, size = "Click here to place points of two or more classes", 1.15 * layout.scale.title
    scene.text(box[0] - 64, box[1] + box[3] / 2, words, size=size, align="right")
    scene.plane(box, xlim=limits, ylim=limits, id="map", tip=PLACE_TIP)
    return scene.to_bytes()


def card_scene(seen: Any) -> bytes:
    """Some neurons of the first two hidden layers and the answer on the map, small and without words.

    Args:
        seen: an `MLPObservation`, of any kind of problem.
    """
    widths = "-".join(map(str, seen.widths))
    scene = Scene(360, 200, f"Some neurons of a network with {widths} units, and its answer on the map.")
    for layer, units in enumerate(seen.units[1:3]):
        boxes = [(56.0 * layer, 51.0 * unit, 46.0, 46.0) for unit in range(len(units[:4]))]
        if seen.kind == "plane":
            scene.sheet(boxes, units[:4, ::-1])
        elif seen.kind == "curve":
            reach = float(np.abs(units).max()) or 1.0
            scene.lines(boxes, units[:4], xlim=seen.xlim, ylim=(-reach, reach), colours="accent", width=1.5)
        else:
            scene.histograms(boxes, np.sqrt(units[:4]), classes=None if units.shape[1] > 1 else [1])
    if seen.kind != "curve":
        _draw_field(scene, seen, CARD_BOX)
    _draw_examples(scene, seen, CARD_BOX, shows_test=False, is_card=True)
    return scene.to_bytes()
