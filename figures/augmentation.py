"""The live picture of the page `augmentation`: a batch before and after, altered test pictures, and curves."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from figures.curves import Style, draw_curves, numbers_at
from figures.scene import Box, Scene
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale

ACROSS: Final = 8  # pictures in a row
LETTERS: Final = 8  # of a class under a picture
STYLES: Final[tuple[Style, ...]] = (("with", "accent", False), ("without", "negative", True))
CURVES: Final = {
    "Loss on training pictures (nats)": ("loss", "plain_loss"),
    "Test accuracy": ("test_accuracy", "test_plain_accuracy"),
    "Accuracy on the altered test": ("test_altered_accuracy", "test_altered_plain_accuracy"),
}


class Layout(NamedTuple):
    """Places in scene units."""

    width: float
    height: float
    scale: Scale
    left: float  # side of the first picture; what a row shows stands left of it
    tile: float
    pitch: float
    batch_y: float  # top of the first row
    row: float  # from a row to the next
    pair_gap: float  # between two pairs of rows
    altered_y: float
    charts: tuple[Box, ...]


PAGE: Final = Layout(
    width=1000.0,
    height=526.0,
    scale=ON_PAGE,
    left=62.0,
    tile=54.0,
    pitch=60.0,
    batch_y=30.0,
    row=58.0,
    pair_gap=10.0,
    altered_y=312.0,
    charts=((590.0, 30.0, 400.0, 116.0), (590.0, 210.0, 400.0, 116.0), (590.0, 390.0, 400.0, 116.0)),
)
PROJECTOR: Final = Layout(
    width=1280.0,
    height=656.0,
    scale=ON_PROJECTOR,
    left=92.0,
    tile=62.0,
    pitch=72.0,
    batch_y=44.0,
    row=66.0,
    pair_gap=10.0,
    altered_y=372.0,
    charts=((770.0, 44.0, 490.0, 138.0), (770.0, 258.0, 490.0, 138.0), (770.0, 472.0, 490.0, 138.0)),
)


def twins_scene(seen: Any, history: Any, *, step: int, look: int = 0, is_large: bool = False) -> bytes:
    """Draws the batch, the altered test pictures with both answers, and the curves of both networks.

    Args:
        seen: an `AugmentationObservation`.
        history: the run's `Columns`.
        step: optimiser updates so far.
        look: a number that, when it changes, brings the picture into view.
        is_large: laid out for a projector.
    """
    layout = PROJECTOR if is_large else PAGE
    rows = history.steps, history.values
    here = step if len(history.steps) and step < history.steps[-1] else None  # an earlier moment is visited
    told = ". ".join(f"{title}: {numbers_at(here, *rows, names, STYLES)}" for title, names in CURVES.items())
    alt = (
        f"{len(seen.before)} pictures of a batch before and after their changes, {len(seen.altered)} altered test "
        f"pictures with what each network says, and learning curves of the networks with and without augmentation "
        f"after {step:,} steps. {told}."
    )
    scene = Scene(layout.width, layout.height, alt, {"step": step, "look": look})
    _draw_batch(scene, seen, layout)
    _draw_altered(scene, seen, layout)
    for (title, names), box in zip(CURVES.items(), layout.charts, strict=True):
        limits = None if "nats" in title else (0.0, 1.0)
        more: dict[str, Any] = {"scale": layout.scale, "here": here, "styles": STYLES}
        draw_curves(scene, box, *rows, names, title=title, limits=limits, **more)
    return scene.to_bytes()


def draw_pictures(scene: Scene, boxes: Any, values: np.ndarray, **more: Any) -> None:
    """Pictures [n, C, H, W] of values from 0 to 1, grey or in colour, each in its box."""
    more = {"low": 0, "high": 1, "smooth": False, **more}
    if values.shape[1] == 3:
        scene.sheet(boxes, values.transpose(0, 2, 3, 1), palette="rgb", **more)
    else:
        scene.sheet(boxes, values[:, 0], palette="grey", **more)


def _draw_batch(scene: Scene, seen: Any, layout: Layout) -> None:
    """The pictures in pairs of rows: as one network gets them, and as the other does."""
    scale = layout.scale
    title = "The same batch for both networks"
    scene.text(layout.left, layout.batch_y - scale.title, title, size=scale.title, weight=600)
    for number in range(0, len(seen.before), ACROSS):
        part = slice(number, number + ACROSS)
        y = layout.batch_y + number / ACROSS * (2 * layout.row + layout.pair_gap)
        names = [seen.class_names[k] for k in seen.batch_classes[part]]
        _draw_row(scene, layout, y, "without", seen.before[part] / 255, [f"as it is: {name}" for name in names])
        _draw_row(scene, layout, y + layout.row, "with", seen.after[part], [f"changed: {name}" for name in names])


def _draw_row(scene: Scene, layout: Layout, y: float, word: str, values: np.ndarray, titles: Sequence[str]) -> None:
    draw_pictures(scene, _row(layout, y, len(values)), values, titles=list(titles))
    _draw_word(scene, layout, y + layout.tile / 2, word)


def _draw_word(scene: Scene, layout: Layout, y: float, word: str) -> None:
    """What a row shows, left of it, in the colour of its network."""
    colour: Any = {name: colour for name, colour, _ in STYLES}.get(word, "muted")
    scene.text(layout.left - 8, y, word, size=layout.scale.label, align="right", colour=colour)


def _draw_altered(scene: Scene, seen: Any, layout: Layout) -> None:
    """Each altered picture with the answers of both networks below it."""
    scale, y = layout.scale, layout.altered_y
    title = "The altered test, and what each network says"
    scene.text(layout.left, y - scale.title, title, size=scale.title, weight=600)
    names = [f"it is: {seen.class_names[k]}" for k in seen.altered_classes]
    _draw_row(scene, layout, y, "test", seen.test / 255, names)
    y += layout.row
    _draw_row(scene, layout, y, "altered", seen.altered, names)
    lines = (("it is", None), ("with", seen.chances), ("without", seen.plain_chances))
    for row, (word, chances) in enumerate(lines):
        middle = y + layout.tile + (row + 0.7) * 1.4 * scale.label
        _draw_word(scene, layout, middle, word)
        for place, true in enumerate(seen.altered_classes):
            said = true if chances is None else int(chances[place].argmax())
            mark = "" if chances is None else "✓ " if said == true else "✗ "
            centre = layout.left + place * layout.pitch + layout.tile / 2
            words = mark + _cut(seen.class_names[said], LETTERS - len(mark))
            shade: Any = "text" if chances is not None and said != true else "muted"
            weight = 600 if shade == "text" else 400
            scene.text(centre, middle, words, size=scale.note, align="center", colour=shade, weight=weight)


def _row(layout: Layout, top: float, count: int) -> list[Box]:
    return [(layout.left + place * layout.pitch, top, layout.tile, layout.tile) for place in range(count)]


def _cut(name: str, letters: int) -> str:
    return name if len(name) <= letters else name[: letters - 1] + "…"


def pictures_scene(values: np.ndarray, *, titles: Sequence[str], across: int, tile: float, alt: str) -> bytes:
    """Pictures in rows, with a word below each.

    Args:
        values: (n, C, H, W) from 0 to 1.
        titles: n words.
        across: how many in a row.
        tile: side of one, in scene units.
        alt: what they show.
    """
    pitch, line = tile + 10, 22.0
    rows = -(-len(values) // across)
    scene = Scene(across * pitch, rows * (tile + line), alt)
    places = [divmod(index, across) for index in range(len(values))]
    boxes = [(5 + column * pitch, 2 + row * (tile + line), tile, tile) for row, column in places]
    draw_pictures(scene, boxes, values, labels=list(titles), label_size=ON_PAGE.label)
    return scene.to_bytes()


def card_scene(seen: Any) -> bytes:
    """Pictures of the batch before and after, small and without words.

    Args:
        seen: an `AugmentationObservation`.
    """
    scene = Scene(360, 200, "Pictures of a batch before and after their changes.")
    for row in range(4):
        start = row // 2 * ACROSS
        source = seen.after if row % 2 else seen.before / 255
        values = source[start : start + ACROSS]
        if len(values):
            draw_pictures(
                scene, [(4.0 + 44 * place, 6.0 + 48 * row, 40.0, 40.0) for place in range(len(values))], values
            )
    return scene.to_bytes()
