"""The live picture of the page `cnn`: a picture on its way through the network, test pictures, learning curves."""

from collections.abc import Sequence
from typing import Any, Final, Literal

import numpy as np

from figures.cnn_layout import PAGE, PROJECTOR, Layout, layer_places, thumb_places
from figures.curves import Level, draw_curves, numbers_at, round_above
from figures.scene import Box, Scene

ScaleBy = Literal["each map", "each layer", "the network"]

SCALES: Final[tuple[ScaleBy, ...]] = ("each map", "each layer", "the network")
LETTERS: Final = 11  # of a class beside its bar
LETTER: Final = 0.56  # width of one, as a share of its size
TOP: Final = 3  # classes told of each test picture
RIGHT: Final = "✓"
WRONG: Final = "✗"

Selected = tuple[str, int] | None


def network_scene(
    seen: Any,
    history: Any,
    *,
    step: int,
    look: int = 0,
    scale_by: ScaleBy = "each layer",
    selected: Selected = None,
    is_log: bool = False,
    loss_levels: Sequence[Level] = (),
    score_levels: Sequence[Level] = (),
    is_large: bool = False,
) -> bytes:
    """Draws the picture looked at, the maps of each layer, the classes, some test pictures and the curves.

    Args:
        seen: a `CNNObservation`.
        history: the run's `Columns`.
        step: optimiser updates so far.
        look: a number that, when it changes, brings the picture into view.
        scale_by: what shares one range of colours.
        selected: (layer, number of the map) with an accent border.
        is_log: a logarithmic loss axis.
        loss_levels: lines to compare the loss with.
        score_levels: lines to compare the accuracy with.
        is_large: laid out for a projector.

    Returns:
        The bytes for the canvas. A click sends the id `map:layer:number` or `picture:index`.
    """
    layout = PROJECTOR if is_large else PAGE
    rows = history.steps, history.values
    here = step if len(history.steps) and step < history.steps[-1] else None  # an earlier moment is visited
    losses, scores = ("loss", "test_loss"), ("accuracy", "test_accuracy")
    said = int(seen.chances.argmax())
    alt = (
        f"A picture of the class {seen.class_names[seen.picture_class]} goes through {len(seen.layers)} layers after "
        f"{step:,} steps; the network says {seen.class_names[said]} with {seen.chances[said]:.0%}. "
        f"Accuracy: {numbers_at(here, *rows, scores)}. Loss: {numbers_at(here, *rows, losses)}."
    )
    scene = Scene(layout.width, layout.height, alt, {"step": step, "look": look})
    _draw_layers(scene, seen, layout, scale_by, selected)
    _draw_picture(scene, seen, layout)
    _draw_classes(scene, seen, layout)
    _draw_tests(scene, seen, layout)
    told: dict[str, Any] = {"scale": layout.scale, "here": here}
    title = "Cross-entropy (nats)"
    draw_curves(scene, layout.loss, *rows, losses, title=title, is_log=is_log, levels=loss_levels, **told)
    if layout.score:
        title = "Accuracy"
        draw_curves(scene, layout.score, *rows, scores, title=title, limits=(0, 1), levels=score_levels, **told)
    return scene.to_bytes()


def own_scene(seen: Any, scale_by: ScaleBy) -> bytes:
    """A visitor's own picture on its way through the network.

    Args:
        seen: a `CNNObservation` of `look_at`.
        scale_by: what shares one range of colours.
    """
    said = int(seen.chances.argmax())
    alt = f"Your picture goes through the network, which says {seen.class_names[said]} with {seen.chances[said]:.0%}."
    scene = Scene(PAGE.width, PAGE.layers[1] + PAGE.layers[3] + 26, alt)
    _draw_layers(scene, seen, PAGE, scale_by, None)
    _draw_picture(scene, seen, PAGE)
    _draw_classes(scene, seen, PAGE)
    return scene.to_bytes()


def draw_pixels(scene: Scene, boxes: Any, pixels: np.ndarray, **more: Any) -> None:
    """Pictures [n, C, H, W] of bytes, grey or in colour, each in its box."""
    shares = pixels.astype(np.float64) / 255
    if pixels.shape[1] == 3:
        scene.sheet(boxes, shares.transpose(0, 2, 3, 1), low=0, high=1, palette="rgb", smooth=False, **more)
    else:
        scene.sheet(boxes, shares[:, 0], low=0, high=1, palette="grey", smooth=False, **more)


def _draw_picture(scene: Scene, seen: Any, layout: Layout) -> None:
    """The picture itself; where a map is pointed at, that map takes its place."""
    left, top, width, height = layout.picture
    scale = layout.scale
    draw_pixels(scene, layout.picture, seen.picture[None])
    centre = left + width / 2
    is_own = seen.picture_class < 0
    note = "your picture" if is_own else f"test picture {seen.picture_index + 1} of {seen.num_test}"
    y = top + height + 1.4 * scale.title
    said = int(seen.chances.argmax())
    words = f"The network says: {_cut(seen.class_names[said], 14)}"
    if not is_own:
        name = _cut(seen.class_names[seen.picture_class], 16)
        scene.text(centre, y, f"It is: {name}", size=scale.title, align="center", weight=600)
        words = f"{RIGHT if said == seen.picture_class else WRONG} {words}"
        y += 1.6 * scale.note
    scene.text(centre, y, words, size=scale.note, align="center", weight=600 if is_own else 400)
    scene.zoom(layout.picture, title=note, title_size=scale.label)


def _draw_layers(scene: Scene, seen: Any, layout: Layout, scale_by: ScaleBy, selected: Selected) -> None:
    counts = [len(layer.maps) for layer in seen.layers]
    scale = layout.scale
    everything = _reach([layer.maps for layer in seen.layers])
    for layer, (part, boxes) in zip(seen.layers, layer_places(layout, counts), strict=True):
        left, top, width, height = part
        centre = left + width / 2
        scene.text(centre, layout.title_y, layer.name, size=scale.title, align="center", weight=600)
        scene.text(centre, layout.note_y, _size_words(layer), size=scale.note, align="center", colour="muted")
        scene.text(left - 16, top + height / 2, "→", size=1.2 * scale.title, align="center", colour="muted")
        reach = everything if scale_by == "the network" else _reach([layer.maps])
        values = _each_by_itself(layer.maps) if scale_by == "each map" else layer.maps / reach
        names = [f"Map {number + 1} of {layer.name}" for number in layer.numbers]
        chosen = [place for place, number in enumerate(layer.numbers) if (layer.name, int(number)) == selected]
        ids = [f"map:{layer.name}:{number}" for number in layer.numbers]
        scene.sheet(boxes, values, ids=ids, titles=names, selected=chosen, smooth=False)
        for box, id, name in zip(boxes, ids, names, strict=True):
            scene.hot(tuple(box), id, f"{name}: look inside")
    end = layout.layers[0] + layout.layers[2]
    middle = layout.layers[1] + layout.layers[3] / 2
    scene.text(end - 8, middle, "→", size=1.2 * scale.title, align="center", colour="muted")
    y = layout.layers[1] + layout.layers[3] + 1.1 * scale.note
    centre = layout.layers[0] + layout.layers[2] / 2 - 11
    scene.text(centre, y, _meaning(seen), size=scale.note, align="center", colour="muted")


def _size_words(layer: Any) -> str:
    count = f"{layer.num_maps}" if len(layer.maps) == layer.num_maps else f"{len(layer.maps)} of {layer.num_maps}"
    if layer.size == (1, 1):
        return f"{count} units"
    return f"{count} × {layer.size[0]}×{layer.size[1]}"


def _meaning(seen: Any) -> str:
    if seen.architecture == "mlp":
        return "Left: the weights of a unit as a picture. Right: its sum. Blue positive, orange negative."
    if seen.architecture == "inception":
        return "Blue positive, orange negative; the maps of a module stand branch after branch: 1×1, 3×3, 5×5, pool."
    return "Sums before the ReLU: blue passes, orange is cut to 0."


def _reach(arrays: Sequence[np.ndarray]) -> float:
    """A round number above all values, so that colours seldom jump."""
    return round_above(np.concatenate([np.abs(array).ravel() for array in arrays]))


def _each_by_itself(maps: np.ndarray) -> np.ndarray:
    peaks = np.abs(np.nan_to_num(maps)).max(axis=(1, 2), keepdims=True)
    shares: np.ndarray = maps / np.maximum(peaks, 1e-12)
    return shares


def _draw_classes(scene: Scene, seen: Any, layout: Layout) -> None:
    """A bar for the chance of each class; the true one is strong."""
    left, top, width, height = layout.classes
    scale, count = layout.scale, len(seen.class_names)
    scene.text(left + width / 2, layout.title_y, "Classes", size=scale.title, align="center", weight=600)
    note = "strong: the true one" if seen.picture_class >= 0 else ""
    scene.text(left + width / 2, layout.note_y, note, size=scale.note, align="center", colour="muted")
    pitch = min(height / count, 2.4 * scale.label)
    y0 = top + (height - count * pitch) / 2
    bar_left, bar_width = left + layout.name_width, width - layout.name_width - layout.number_width
    for k, name in enumerate(seen.class_names):
        y, chance = y0 + (k + 0.5) * pitch, _share(seen.chances[k])
        is_true = k == seen.picture_class
        weight = 600 if is_true else 400
        scene.text(bar_left - 6, y, _cut(name, LETTERS), size=scale.label, align="right", weight=weight)
        thick = min(0.6 * pitch, scale.label)
        scene.rect((bar_left, y - thick / 2, bar_width, thick), fill="panel")
        if chance > 0.004:
            scene.rect((bar_left, y - thick / 2, bar_width * chance, thick), fill="accent")
        told = "–" if np.isnan(seen.chances[k]) else f"{chance:.0%}"
        scene.text(left + width, y, told, size=scale.note, align="right", colour="muted", tabular=True)


def _draw_tests(scene: Scene, seen: Any, layout: Layout) -> None:
    """A few test pictures, each with its three likeliest classes; a dashed frame and a cross where they are wrong."""
    cells = thumb_places(layout, len(seen.shown))
    scale, side = layout.scale, layout.thumb
    left, top = layout.tests[:2]
    words = f"Test pictures and what they are to the network; {WRONG} and a dashed frame: wrong. Click on one."
    if layout is PROJECTOR:
        words = f"Test pictures ({WRONG}: wrong)"
    scene.text(left, top - 1.1 * scale.title, words, size=scale.title, weight=600)
    boxes = np.array([(x, y, side, side) for x, y, _, _ in cells])
    draw_pixels(scene, boxes, seen.shown[: len(cells)])
    for number, (x, y, width, _) in enumerate(cells):
        chances, true = seen.shown_chances[number], int(seen.shown_classes[number])
        index = int(seen.shown_indices[number])
        order = np.argsort(-np.nan_to_num(chances), kind="stable")[:TOP]
        is_wrong = int(order[0]) != true
        frame: Box = (x, y, side, side)
        if is_wrong:
            scene.rect(frame, stroke="negative", width=2.5, dash=True)
        if index == seen.picture_index:
            scene.rect((x - 3, y - 3, side + 6, side + 6), stroke="accent", width=2)
        _draw_bars(scene, seen, layout, (x + side + 5, y, width - side - 5, side), order, chances, true)
        verdict = "wrong" if is_wrong else "right"
        tip = f"Test picture {index + 1}, {seen.class_names[true]}, now {verdict}: look at it"
        scene.hot(frame, f"picture:{index}", tip, pressed=index == seen.picture_index)


def _draw_bars(
    scene: Scene, seen: Any, layout: Layout, box: Box, order: np.ndarray, chances: np.ndarray, true: int
) -> None:
    """The likeliest classes, one below the other: name, and a thin bar under it."""
    x, y, width, height = box
    pitch, scale = height / TOP, layout.scale
    for row, k in enumerate(order):
        chance = _share(chances[k])
        mark = f"{WRONG} " if row == 0 and k != true else ""
        name = mark + _cut(seen.class_names[k], int(width / (LETTER * scale.note)) - len(mark))
        place = y + row * pitch + 0.36 * pitch
        scene.text(x, place, name, size=scale.note, weight=600 if k == true else 400)
        bar_y = y + (row + 1) * pitch - 3
        scene.rect((x, bar_y, width, 2), fill="panel")
        if chance > 0.01:
            scene.rect((x, bar_y, width * chance, 2), fill="accent")


def _share(chance: float) -> float:
    return float(np.clip(np.nan_to_num(chance), 0, 1))


def _cut(name: str, letters: int) -> str:
    return name if len(name) <= letters else name[: letters - 1] + "…"


def card_scene(seen: Any) -> bytes:
    """The picture, some maps of the first two layers and the classes, small and without words.

    Args:
        seen: a `CNNObservation`.
    """
    said = seen.class_names[int(seen.chances.argmax())]
    scene = Scene(360, 200, f"A picture, some of the maps a network makes of it, and what it says: {said}.")
    draw_pixels(scene, (0, 52, 96, 96), seen.picture[None])
    for number, layer in enumerate(seen.layers[:2]):
        boxes = [(112 + 88 * number + 40 * (i % 2), 20 + 40 * (i // 2), 36, 36) for i in range(len(layer.maps[:8]))]
        scene.sheet(np.array(boxes, dtype=float), _each_by_itself(layer.maps[:8]), smooth=False)
    count = len(seen.class_names)
    pitch = min(160 / count, 24)
    for k in range(count):
        y, width = 100 - count * pitch / 2 + k * pitch, 66 * _share(seen.chances[k])
        scene.rect((290, y, 66, 0.6 * pitch), fill="panel")
        if width > 0.5:
            scene.rect((290, y, width, 0.6 * pitch), fill="accent")
    return scene.to_bytes()
