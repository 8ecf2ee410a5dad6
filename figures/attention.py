"""The live picture of the page `attention`: all heads, one of them large, what each does, and the curves."""

from typing import Any, Final, NamedTuple

import numpy as np

from figures.attention_maps import AttentionMaps, draw_map
from figures.attention_overview import draw_heads
from figures.curves import Level, Style, draw_curves, numbers_at
from figures.items import Colour
from figures.scene import Box, Scene
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale

LETTER: Final = 0.55  # width of a letter as a share of its size, on average
SAVE: Final = 32.0  # room for the button that saves the picture, in its corner
ANSWERS: Final = 5.0  # columns of answers beside the map, in sizes of a label
MEANINGS: Final = {
    "previous": "the place before",
    "duplicate": "the same letter, earlier",
    "induction": "what came after it then",
    "mirrored": "as far from the other end",
    "spread": "1 at all alike, 0 at one place",
}
CURVES: Final[tuple[tuple[str, Style], ...]] = (
    ("previous_share", ("previous", 2, False)),
    ("duplicate_share", ("duplicate", 3, False)),
    ("induction_share", ("induction", "accent", False)),
    ("own_induction_share", ("induction, own task", "accent", True)),
    ("entropy_share", ("spread", "grey", False)),
)
TASKS: Final = {
    "repeats, random period": "the next letter of a repeated block",
    "repeats, fixed period": "the next letter of a repeated block, always as long",
    "previous letter": "the letter before",
    "reverse": "all letters backwards",
    "sort": "all letters in order",
    "who did it": "who did it, at the question mark",
    "random letters": "the next letter, which nothing tells",
}


class Layout(NamedTuple):
    """Places in scene units."""

    width: float
    height: float
    scale: Scale
    heads: Box
    jobs: Box
    map: Box
    loss: Box
    shares: Box
    button: float


PAGE: Final = Layout(
    width=1000.0,
    height=526.0,
    scale=ON_PAGE,
    heads=(8.0, 28.0, 236.0, 222.0),
    jobs=(8.0, 318.0, 236.0, 196.0),
    map=(262.0, 46.0, 404.0, 470.0),
    loss=(716.0, 34.0, 276.0, 176.0),
    shares=(716.0, 268.0, 276.0, 196.0),
    button=18.0,
)
PROJECTOR: Final = Layout(
    width=1280.0,
    height=656.0,
    scale=ON_PROJECTOR,
    heads=(12.0, 40.0, 312.0, 270.0),
    jobs=(12.0, 436.0, 312.0, 204.0),
    map=(344.0, 66.0, 500.0, 580.0),
    loss=(920.0, 44.0, 348.0, 206.0),
    shares=(920.0, 320.0, 348.0, 250.0),
    button=26.0,
)


def attention_picture(
    seen: Any,
    history: Any,
    *,
    layer: int,
    head: int,
    step: int,
    look: int = 0,
    is_log: bool = False,
    is_large: bool = False,
) -> bytes:
    """Draws the heads of a network on one sequence, and how they came about.

    Args:
        seen: an `AttentionObservation`.
        history: the run's `Columns`.
        layer: of the large map, from 0.
        head: of the large map, from 0.
        step: optimiser updates so far.
        look: a number that, when it changes, brings the picture into view.
        is_log: a logarithmic loss axis.
        is_large: laid out for a projector.

    Returns:
        The bytes for the canvas. A click sends `head:<layer>:<head>`, `row:-1` or `row:1`.
    """
    layout = PROJECTOR if is_large else PAGE
    maps = maps_of(seen)
    layer, head = chosen(seen, layer, head)
    rows = (history.steps, history.values)
    here = step if len(history.steps) and step < history.steps[-1] else None
    alt = (
        f"A network of {seen.weights.shape[0]} layers and {seen.weights.shape[1]} heads after {step:,} steps reads "
        f"{' '.join(seen.words)}; wanted: {TASKS[seen.task]}. Shown is {maps.head_name(layer, head)}. "
        f"Loss: {numbers_at(here, *rows, ('loss', 'test_loss'))}."
    )
    scene = Scene(layout.width, layout.height, alt, {"step": step, "look": look})
    scale = layout.scale
    scene.text(layout.heads[0], layout.heads[1] - 0.9 * scale.title, "All heads", size=scale.title, weight=600)
    draw_heads(scene, layout.heads, maps, (layer, head), scale=scale)
    _draw_jobs(scene, seen, layer, head, layout)
    _draw_chosen(scene, seen, maps, layer, head, layout)
    told: dict[str, Any] = {"scale": scale, "here": here}
    levels = [Level(*level) for level in seen.levels]
    draw_curves(
        scene, layout.loss, *rows, ("loss", "test_loss"), title="Loss (nats)", is_log=is_log, levels=levels, **told
    )
    _draw_shares(scene, history, layout, told)
    return scene.to_bytes()


def maps_of(seen: Any) -> AttentionMaps:
    """The weights of all heads as the shared views take them."""
    return AttentionMaps(seen.weights, seen.words, seen.words, seen.is_seen, seen.names)


def chosen(seen: Any, layer: int, head: int) -> tuple[int, int]:
    """Layer and head as far as the network has them."""
    layers, heads = seen.weights.shape[:2]
    return min(max(0, layer), layers - 1), min(max(0, head), heads - 1)


def _draw_jobs(scene: Scene, seen: Any, layer: int, head: int, layout: Layout) -> None:
    """A table of small bars: which share of each head's mass lies where; below, that of looking at all alike."""
    scale, (left, top, width, height) = layout.scale, layout.jobs
    layers, heads = seen.entropy.shape
    shown = [number for number, name in enumerate(seen.behaviours) if np.isfinite(seen.by_chance[number])]
    names = [f"{one + 1}.{other + 1}" for one in range(layers) for other in range(heads)]
    table = np.concatenate([seen.scores[shown].reshape(len(shown), -1), seen.entropy.reshape(1, -1)]).T
    table = np.concatenate([table, [[*seen.by_chance[shown], 1.0]]])  # (heads + 1, columns)
    beside, columns = 4.2 * scale.note, table.shape[1]
    row, column = min(height / len(table), 1.9 * scale.label), (width - beside) / columns
    scene.text(left, top - 5.6 * scale.note, "What each head looks at", size=scale.title, weight=600)
    labels = [*(seen.behaviours[one] for one in shown), "spread"]
    for number, name in enumerate(labels):
        x = left + beside + (number + 0.35) * column
        scene.text(x, top - 0.6 * scale.note, name, size=scale.note, colour="muted", angle=-28)
    scene.sheet(
        (left + beside, top, column * columns, row * len(table)), np.nan_to_num(table), low=0, high=1,
        palette="magnitude", smooth=False, readout="share of its mass",
    )  # fmt: skip
    for number, name in enumerate([*names, "alike"]):
        y = top + (number + 0.5) * row
        is_chosen = number == layer * heads + head
        scene.text(
            left + beside - 6, y, name, size=min(scale.note, 1.1 * row), align="right",
            weight=600 if is_chosen else 400, colour="accent" if is_chosen else "muted",
        )  # fmt: skip
        for place, value in enumerate(table[number]) if row > 1.15 * scale.note else ():
            colour: Colour = "background" if value > 0.55 else "text"
            x = left + beside + (place + 0.5) * column
            scene.text(x, y, f"{value:.2f}", size=scale.note, align="center", colour=colour, tabular=True)
    edge = top + row * (len(table) - 1)
    scene.rect((left + beside, edge - 0.75, column * columns, 1.5), fill="background")
    y, line = edge + row + 1.4 * scale.note, 1.4 * scale.note
    known = [name for name in MEANINGS if name in labels]
    for number, name in enumerate(known) if y + len(known) * line < layout.height else ():
        scene.text(left, y + number * line, f"{name}: {MEANINGS[name]}", size=scale.note, colour="muted")


def _draw_chosen(scene: Scene, seen: Any, maps: AttentionMaps, layer: int, head: int, layout: Layout) -> None:
    """The chosen head on the watched sequence, and beside each row what is wanted there and what is said."""
    scale, (left, top, width, height) = layout.scale, layout.map
    y, side = top - 2.2 * scale.title + 0.5 * scale.note, layout.button
    title = f"{maps.head_name(layer, head)[:1].upper()}{maps.head_name(layer, head)[1:]}"
    scene.text(left, y, title, size=scale.title, weight=600)
    words = f"sequence {seen.row + 1}"
    end = left + width
    scene.text(end - 2 * side - 14, y, words, size=scale.label, align="right", colour="muted", tabular=True)
    for place, (by, glyph, tip) in enumerate(((-1, "‹", "The sequence before"), (1, "›", "The next sequence"))):
        x = end - (2 - place) * (side + 4)
        is_off = (by < 0 and seen.row == 0) or (by > 0 and seen.row + 1 >= NUM_ROWS)
        scene.hot((x, y - side / 2, side, side), f"row:{by}", tip, glyph=glyph, disabled=is_off)
    scene.text(left, y + 1.4 * scale.label, f"Wanted: {TASKS[seen.task]}", size=scale.label, colour="muted")
    room = ANSWERS * scale.label + (3.0 * scale.label if len(max(seen.words, key=len)) > 1 else 0)
    box = (left, top + 0.6 * scale.label, width - room, height - 2.4 * scale.label)
    cells = draw_map(scene, box, seen.weights[layer, head], seen.words, seen.words, seen.is_seen, scale=scale)
    _draw_answers(scene, seen, cells, room, scale)
    below = cells[1] + cells[3] + 1.2 * scale.note
    said = "Rows ask, columns are looked at; each row sums to 1. Hatched: masked."
    scene.text(left, below, said, size=scale.note, colour="muted")


NUM_ROWS: Final = 8  # test sequences that can be watched


def _draw_answers(scene: Scene, seen: Any, cells: Box, room: float, scale: Scale) -> None:
    """What is wanted at each place and what the network says: blue where it is right."""
    left, top, width, height = cells
    line = height / len(seen.words)
    size = min(scale.label, 1.1 * line)
    wanted, said = left + width + 0.32 * room, left + width + 0.76 * room
    for x, word in ((wanted, "asked"), (said, "says")):
        scene.text(x, top - 0.8 * scale.note, word, size=scale.note, align="center", colour="muted")
    for place, (right, answer) in enumerate(zip(seen.wanted, seen.said, strict=True)):
        if right:
            y = top + (place + 0.5) * line
            scene.text(wanted, y, right, size=size, align="center", colour="muted")
            colour: Colour = "positive" if right == answer else "negative"
            scene.text(said, y, answer, size=size, align="center", weight=600, colour=colour)


def _draw_shares(scene: Scene, history: Any, layout: Layout, told: dict[str, Any]) -> None:
    """How the jobs of the heads came about: the share of the head that does most of each."""
    scale, box = layout.scale, layout.shares
    here = [(name, style) for name, style in CURVES if name in history.values]
    styles = [("", colour, is_dashed) for _, (_, colour, is_dashed) in here]
    title = "Best head of each kind"
    draw_curves(
        scene, box, history.steps, history.values, [name for name, _ in here], title=title,
        heading=f"{title} by step, share of its mass",
        limits=(0.0, 1.0), styles=styles, **told,
    )  # fmt: skip
    x, y = box[0] - 26, box[1] + box[3] + 2.6 * scale.note
    for _, (word, colour, is_dashed) in here:
        words = f"{'- - ' if is_dashed else '— '}{word}"
        wide = LETTER * scale.note * len(words)
        if x + wide > layout.width:
            x, y = box[0] - 26, y + 1.4 * scale.note
        scene.text(x, y, words, size=scale.note, colour=colour, weight=600)
        x += wide + 0.9 * scale.note


def card_scene(seen: Any) -> bytes:
    """The heads on the watched sequence, small and without words.

    Args:
        seen: an `AttentionObservation`.
    """
    layers, heads = seen.weights.shape[:2]
    scene = Scene(360, 200, f"What {layers} layers of {heads} heads look at in {' '.join(seen.words)}.")
    side = min(348 / heads, 200 / layers) - 6
    left, top = (360 - heads * (side + 6)) / 2, (200 - layers * (side + 6)) / 2
    boxes = [
        (left + 3 + head * (side + 6), top + 3 + layer * (side + 6), side, side)
        for layer in range(layers)
        for head in range(heads)
    ]
    shown = np.where(seen.is_seen, seen.weights, np.nan).reshape(-1, *seen.weights.shape[2:])
    scene.sheet(boxes, shown, low=0, high=1, palette="magnitude", smooth=False)
    return scene.to_bytes()
