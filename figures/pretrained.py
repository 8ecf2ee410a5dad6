"""The live picture of the page `pretrained`: three accuracies on one axis, what each student says, and the features."""

from typing import Any, Final

import numpy as np

from figures.cnn import RIGHT, WRONG, draw_pixels
from figures.curves import SHORTEST, Level, Style, draw_axes, draw_level, round_above, row_at, rows_to_draw
from figures.pretrained_layout import PAGE, PROJECTOR, Layout
from figures.scene import Box, Limits, Scene

STUDENTS: Final = ("frozen", "fine-tuned", "from scratch")
COLUMNS: Final = ("frozen_test_accuracy", "test_accuracy", "scratch_test_accuracy")
STYLES: Final[tuple[Style, ...]] = (("frozen", 1, False), ("fine-tuned", 2, False), ("from scratch", 0, True))
LETTER: Final = 0.54  # width of one, as a share of its size
MARGIN: Final = 0.06  # around the points of the map, as a share of their span


def students_scene(seen: Any, history: Any, *, step: int, look: int = 0, is_large: bool = False) -> bytes:
    """Draws the three students at work.

    Args:
        seen: a `PretrainedObservation`.
        history: the run's `Columns`.
        step: optimiser updates so far.
        look: a number that, when it changes, brings the picture into view.
        is_large: laid out for a projector.

    Returns:
        The bytes for the canvas. A click on a test picture sends the id `picture:index`.
    """
    layout = PROJECTOR if is_large else PAGE
    row = row_at(step, history.steps)
    reached = [float(history.values[column][row]) for column in COLUMNS]
    told = ", ".join(f"{name} {_percent(value)}" for name, value in zip(STUDENTS, reached, strict=True))
    alt = f"After {step:,} steps on {seen.num_train} pictures, accuracy on {seen.num_judged} test pictures: {told}."
    scene = Scene(layout.width, layout.height, alt, {"step": step, "look": look})
    _draw_curves(scene, seen, history, step, reached, layout)
    _draw_map(scene, seen, layout)
    _draw_facts(scene, seen, layout)
    _draw_tests(scene, seen, layout)
    return scene.to_bytes()


# ---- curves --------------------------------------------------------------------------------------------------------


def _draw_curves(scene: Scene, seen: Any, history: Any, step: int, reached: list[float], layout: Layout) -> None:
    """Accuracy on test pictures; each line is named at its end."""
    box, scale, count = layout.curves, layout.scale, len(seen.class_names)
    here = step if len(history.steps) and step < history.steps[-1] else None
    title = f"Accuracy on {seen.num_judged} test pictures by step, {seen.num_train} to learn from"
    scene.text(box[0], box[1] - scale.title, title, size=scale.title, weight=600, tabular=True)
    end = max(SHORTEST, round_above(history.steps))
    spans: dict[str, Any] = {"xlim": (0.0, end), "ylim": (0.0, 1.0)}
    draw_axes(scene, box, spans["xlim"], spans["ylim"], scale, is_log=False)
    draw_level(scene, box, Level(f"guessing among {count}", 1 / count), (0.0, 1.0), scale)
    kept = rows_to_draw(len(history.steps))
    for column, (_, colour, is_dashed) in zip(COLUMNS, STYLES, strict=True):
        line = np.stack([history.steps[kept], history.values[column][kept]], axis=1)
        scene.lines(box, [line], **spans, colours=colour, width=2, dash=is_dashed)
    if here is not None:
        scene.lines(box, [np.array([[here, 0.0], [here, 1.0]])], **spans, colours="text", width=1)
    last = history.steps[-1] if here is None else here
    x = box[0] + box[2] * min(last / end, 1.0) + 0.6 * scale.note
    places = apart([box[1] + box[3] * (1 - np.nan_to_num(value)) for value in reached], 1.25 * scale.label)
    for (name, colour, _), value, y in zip(STYLES, reached, places, strict=True):
        words = f"{name} {_percent(value)}"
        scene.text(x, y, words, size=scale.label, colour=colour, weight=600, tabular=True)


def apart(heights: list[float], gap: float) -> list[float]:
    """The heights, moved so that two are at least `gap` from each other; their order stays."""
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    placed = dict.fromkeys(order, 0.0)
    before = -np.inf
    for index in order:
        placed[index] = before = max(heights[index], before + gap)
    middle = sum(heights) / len(heights) - sum(placed.values()) / len(placed)
    return [placed[index] + middle for index in range(len(heights))]


def _percent(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.0%}"


# ---- features ------------------------------------------------------------------------------------------------------


def _draw_map(scene: Scene, seen: Any, layout: Layout) -> None:
    """The test pictures where their pretrained features lie; it never changes, only the rings do."""
    left, top, _, _ = layout.map
    scale = layout.scale
    scene.text(left, top - 2.9 * scale.note, "Pretrained features of the test pictures", size=scale.title, weight=600)
    note = f"Their two main directions ({seen.map_share:.0%}). Ring: the frozen student is wrong."
    scene.text(left, top - 1.2 * scale.note, note, size=scale.note, colour="muted")
    scene.rect(layout.map, stroke="hairline")
    xlim, ylim = _limits(seen.map[:, 0]), _limits(seen.map[:, 1])
    radius = 3.2
    spans: dict[str, Any] = {"xlim": xlim, "ylim": ylim}
    scene.points(layout.map, seen.map, classes=seen.map_classes, ringed=~seen.map_is_right, radius=radius, **spans)
    chosen = seen.map[seen.picture_index][None]
    scene.points(layout.map, chosen, colour="text", shape="cross", radius=2.4 * radius, **spans)
    x, y, room, deep = layout.legend
    pitch = min(deep / len(seen.class_names), 1.7 * scale.label)
    for k, name in enumerate(seen.class_names):
        middle = y + (k + 0.5) * pitch
        scene.points((x, middle - 6, 12, 12), [[0.5, 0.5]], xlim=(0, 1), ylim=(0, 1), classes=[k], radius=radius)
        scene.text(x + 16, middle, _cut(name, room - 16, scale.note), size=scale.note)


def _limits(values: np.ndarray) -> Limits:
    low, high = float(values.min()), float(values.max())
    margin = MARGIN * max(high - low, 1e-6)
    return low - margin, high + margin


def _draw_facts(scene: Scene, seen: Any, layout: Layout) -> None:
    """What each student is, in a few words."""
    left, top, _, _ = layout.facts
    scale, y = layout.scale, layout.facts[1]
    moved = f"body moved by {100 * seen.moved:.2g} %" if np.isfinite(seen.moved) else "body is lost"
    counts = [f"{count:,} weights learn" for count in seen.num_parameters]
    lines = (
        ("only the last layer", counts[0]),
        (counts[1], moved),
        (counts[2], "no start at all"),
    )
    scene.text(left, top - 2.9 * scale.note, "The three students", size=scale.title, weight=600)
    for (name, colour, _), words in zip(STYLES, lines, strict=True):
        scene.text(left, y + 0.5 * scale.label, name, size=scale.label, colour=colour, weight=600)
        for number, line in enumerate(words, start=1):
            scene.text(left, y + (0.5 + 1.4 * number) * scale.label, line, size=scale.note, tabular=True)
        y += 5 * scale.label


# ---- test pictures -------------------------------------------------------------------------------------------------


def _draw_tests(scene: Scene, seen: Any, layout: Layout) -> None:
    """A few test pictures, and beside each what the three students say."""
    left, top, width, height = layout.tests
    scale, count, side = layout.scale, min(layout.num_tests, len(seen.shown)), layout.thumb
    head = 2.2 * scale.title
    pitch = (height - head) / layout.num_tests
    room = (width - side - 12) / len(STUDENTS)
    scene.text(left, top + 0.4 * scale.title, "Test", size=scale.title, weight=600)
    for number, (name, colour, _) in enumerate(STYLES):
        x = left + side + 12 + number * room
        scene.text(x, top + 0.4 * scale.title, name, size=scale.label, colour=colour, weight=600)
    boxes = [(left, top + head + number * pitch, side, side) for number in range(count)]
    draw_pixels(scene, np.array(boxes), seen.shown[:count])
    for number, box in enumerate(boxes):
        index, true = int(seen.shown_indices[number]), int(seen.shown_classes[number])
        is_chosen = index == seen.picture_index
        if is_chosen:
            scene.rect((box[0] - 3, box[1] - 3, side + 6, side + 6), stroke="accent", width=2)
        for student in range(len(STUDENTS)):
            x = left + side + 12 + student * room
            _draw_answer(scene, seen, (x, box[1], room - 8, side), seen.shown_chances[student, number], true, layout)
        tip = f"Test picture {index + 1}, {seen.class_names[true]}: mark it in the plane"
        scene.hot(box, f"picture:{index}", tip, pressed=is_chosen)


def _draw_answer(scene: Scene, seen: Any, box: Box, chances: np.ndarray, true: int, layout: Layout) -> None:
    """What one student says of one picture: a tick or a cross, the class, and a bar as long as its chance."""
    x, y, width, height = box
    scale = layout.scale
    known = np.nan_to_num(chances)
    said = int(known.argmax())
    is_right = said == true
    mark = RIGHT if is_right else WRONG
    scene.text(x, y + 0.32 * height, mark, size=scale.label, weight=600, colour="positive" if is_right else "negative")
    name = _cut(seen.class_names[said], width - 1.4 * scale.label, scale.label)
    scene.text(x + 1.4 * scale.label, y + 0.32 * height, name, size=scale.label, weight=400 if is_right else 600)
    bar = (x, y + 0.68 * height, width - 3 * scale.note, 4.0)
    scene.rect(bar, fill="panel")
    chance = float(np.clip(known[said], 0, 1))
    if chance > 0.01:
        scene.rect((bar[0], bar[1], bar[2] * chance, bar[3]), fill="positive" if is_right else "negative")
    scene.text(x + width, bar[1] + 2, f"{chance:.0%}", size=scale.note, align="right", colour="muted", tabular=True)


def _cut(name: str, room: float, size: float) -> str:
    letters = max(int(room / (LETTER * size)), 2)
    return name if len(name) <= letters else name[: letters - 1] + "…"


def card_scene(seen: Any) -> bytes:
    """The plane of the features and a few test pictures, small and without words.

    Args:
        seen: a `PretrainedObservation`.
    """
    scene = Scene(360, 200, "Test pictures, and the plane where the features of a pretrained network put them.")
    boxes = [(4.0 + 50 * (number % 2), 4.0 + 49 * (number // 2), 44.0, 44.0) for number in range(len(seen.shown[:8]))]
    draw_pixels(scene, np.array(boxes), seen.shown[:8])
    box = (116.0, 4.0, 240.0, 192.0)
    xlim, ylim = _limits(seen.map[:, 0]), _limits(seen.map[:, 1])
    ringed = ~seen.map_is_right
    scene.points(box, seen.map, xlim=xlim, ylim=ylim, classes=seen.map_classes, ringed=ringed, radius=3)
    return scene.to_bytes()
