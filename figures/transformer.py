"""The live picture of the page `transformer`: pairs and what is written, where one of them looks, learning curves."""

from typing import Any, Final, NamedTuple

import numpy as np

from figures.attention_maps import draw_map
from figures.attention_tokens import token_text
from figures.curves import Level, Style, draw_curves, numbers_at
from figures.scene import Box, Colour, Scene
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale

LINES: Final = 3  # of a pair: source, written, wanted where that differs
NARROW: Final = 0.72  # room of a sign of one letter, in sizes of the letter
WIDEST: Final = 1.6  # of one of two letters
PLAIN: Final = {"■": "", "·": "∅"}
RIGHT: Final[tuple[Style, ...]] = (
    ("forced", "positive", False),
    ("free", "negative", True),
    ("whole", "text", False),
)
MEANING: Final = ("forced: given the right signs before each place", "free: given its own; whole: every sign is right")


class Layout(NamedTuple):
    """Places in scene units."""

    width: float
    height: float
    scale: Scale
    title_y: float
    pairs: Box
    looks: Box
    loss: Box
    right: Box


PAGE: Final = Layout(
    width=1000.0,
    height=526.0,
    scale=ON_PAGE,
    title_y=14.0,
    pairs=(8.0, 52.0, 286.0, 470.0),
    looks=(316.0, 52.0, 320.0, 466.0),
    loss=(686.0, 34.0, 300.0, 178.0),
    right=(686.0, 312.0, 300.0, 178.0),
)
# As wide as a window of 1280x720, and as high as that without the line above it.
PROJECTOR: Final = Layout(
    width=1280.0,
    height=656.0,
    scale=ON_PROJECTOR,
    title_y=18.0,
    pairs=(12.0, 66.0, 380.0, 584.0),
    looks=(412.0, 66.0, 400.0, 580.0),
    loss=(876.0, 48.0, 388.0, 212.0),
    right=(876.0, 372.0, 388.0, 226.0),
)


def transformer_scene(
    seen: Any,
    history: Any,
    *,
    step: int,
    look: int = 0,
    selected: int = 0,
    is_log: bool = False,
    is_large: bool = False,
) -> bytes:
    """Draws the pairs watched, the cross-attention of one, and the learning curves.

    Args:
        seen: a `TransformerObservation`.
        history: the run's `Columns`.
        step: optimiser updates so far.
        look: a number that, when it changes, brings the picture into view.
        selected: the pair whose attention is drawn.
        is_log: a logarithmic loss axis.
        is_large: laid out for a projector.

    Returns:
        The bytes for the canvas. A click sends the id `pair:n`.
    """
    layout = PROJECTOR if is_large else PAGE
    rows = history.steps, history.values
    here = step if len(history.steps) and step < history.steps[-1] else None  # an earlier moment is visited
    whole = sum(one.given == one.wanted for one in seen.watched)
    alt = (
        f"What a transformer writes after {step:,} updates: {whole} of {len(seen.watched)} watched answers are "
        f"right as a whole. Loss: {numbers_at(here, *rows, ('loss', 'test_loss'))}. Where one looked is drawn."
    )
    scene = Scene(layout.width, layout.height, alt, {"step": step, "look": look})
    draw_pairs(scene, seen, layout, selected)
    draw_looks(scene, seen.watched[selected], layout)
    told: dict[str, Any] = {"scale": layout.scale, "here": here}
    levels = [Level(f"how often each sign comes: {seen.guess:.2f}", seen.guess)]
    names: tuple[str, ...] = ("loss", "test_loss")
    draw_curves(scene, layout.loss, *rows, names, title="Loss (nats)", is_log=is_log, levels=levels, **told)
    _draw_right(scene, layout, rows, here)
    return scene.to_bytes()


def draw_pairs(scene: Scene, seen: Any, layout: Layout, selected: int) -> None:
    """Each pair on a few lines: the source, what the network writes by itself, what is wanted where that differs."""
    left, top, width, height = layout.pairs
    scale = layout.scale
    scene.text(left, layout.title_y, "Source, and what it writes by itself", size=scale.title, weight=600)
    words = "orange: wrong, and below it what is wanted"
    scene.text(left, layout.title_y + 1.35 * scale.title, words, size=scale.note, colour="muted")
    pitch = height / len(seen.watched)
    line = min(pitch / (LINES + 0.6), 1.6 * scale.title)
    look = _letters(seen, width - 8, scale)
    for number, pair in enumerate(seen.watched):
        y = top + pitch * number
        box = (left - 4, y, width + 4, pitch - 0.3 * scale.note)
        if number == selected:
            scene.rect(box, fill="panel", stroke="accent", radius=4)
        tip = f"Show where it looked for {''.join(pair.source[:-1])}"
        scene.hot(box, f"pair:{number}", tip, pressed=number == selected)
        is_right = [said == sign for said, sign in zip(pair.given, padded(pair.wanted, len(pair.given)), strict=True)]
        first = y + 0.75 * line
        _draw_signs(scene, pair.source, ["muted"] * len(pair.source), left + 6, first, look)
        colours: list[Colour] = ["text" if right else "negative" for right in is_right]
        _draw_signs(scene, pair.given, colours, left + 6, first + line, look, 600)
        if pair.given != pair.wanted:
            _draw_signs(scene, pair.wanted, ["muted"] * len(pair.wanted), left + 6, first + 2 * line, look)


def padded(signs: tuple[str, ...], length: int) -> tuple[str, ...]:
    """Signs cut or filled up to a length."""
    return (*signs, *[""] * length)[:length]


class Letters(NamedTuple):
    """How signs are written: how far apart, and how large."""

    pitch: float
    size: float


def _letters(seen: Any, room: float, scale: Scale) -> Letters:
    """As large as the longest of all sequences allows."""
    sequences = [signs for pair in seen.watched for signs in (pair.source, pair.given, pair.wanted)]
    num_places = max(map(len, sequences))
    wide = WIDEST if max(len(sign) for signs in sequences for sign in signs) > 1 else NARROW
    pitch = min(room / num_places, 1.4 * scale.label * wide)
    return Letters(pitch, max(scale.note, min(pitch / wide, 1.4 * scale.label)))


def _draw_signs(
    scene: Scene, signs: tuple[str, ...], colours: list[Colour], left: float, y: float, look: Letters, weight: int = 400
) -> None:
    """Signs at even distances. The end sign is drawn only where it stands wrongly."""
    for place, (sign, colour) in enumerate(zip(signs, colours, strict=True)):
        shown = sign if colour == "negative" else PLAIN.get(sign, sign)
        if shown.strip():
            x = left + look.pitch * (place + 0.5)
            scene.text(x, y, shown, size=look.size, align="center", colour=colour, weight=weight)


def draw_looks(scene: Scene, pair: Any, layout: Layout) -> None:
    """The cross-attention of one pair, the mean over the heads of the last block: a row for each sign written."""
    left, top, width, height = layout.looks
    scale = layout.scale
    scene.text(left, layout.title_y, "Where it looked for each sign", size=scale.title, weight=600)
    words = "row: the sign written; column: the source; rows sum to 1"
    scene.text(left, layout.title_y + 1.35 * scale.title, words, size=scale.note, colour="muted")
    weights = pair.weights.mean(axis=0)
    cells = draw_map(
        scene, (left, top, width, height - 2.4 * scale.note), weights, pair.given, pair.source, scale=scale
    )
    about = f"Cross-attention of the last block, mean of {len(pair.weights)} heads"
    if len(pair.weights) == 1:
        about = "Cross-attention of the last block, its one head"
    scene.text(left, cells[1] + cells[3] + 1.4 * scale.note, about, size=scale.note, colour="muted")


def _draw_right(scene: Scene, layout: Layout, rows: Any, here: float | None) -> None:
    """Right signs with the right tokens as input and in free running, and whole answers, on one axis."""
    names = ("forced_accuracy", "free_accuracy", "whole_accuracy")
    steps, values = rows
    left, top = layout.right[:2]
    scale = layout.scale
    for number, words in enumerate(MEANING):
        y = top - 2.5 * scale.title - 1.35 * scale.note * (len(MEANING) - 1 - number)
        scene.text(left, y, words, size=scale.note, colour="muted")
    told: dict[str, Any] = {"title": "Right", "limits": (0, 1), "styles": RIGHT, "scale": scale, "here": here}
    draw_curves(scene, layout.right, steps, values, names, **told)


def card_scene(seen: Any) -> bytes:
    """Where the first pair looked, small, with its signs.

    Args:
        seen: a `TransformerObservation`.
    """
    pair = seen.watched[0]
    scene = Scene(360, 200, f"Where a transformer looked while it wrote {len(pair.given)} signs.")
    weights = np.nan_to_num(pair.weights.mean(axis=0)[:12, :16])
    num_rows, num_columns = weights.shape
    side = min(150 / num_rows, 300 / num_columns)
    left, top = 180 - side * num_columns / 2, 34.0
    box = (left, top, side * num_columns, side * num_rows)
    scene.sheet(box, weights, low=0, high=1, palette="magnitude", smooth=False)
    for s, sign in enumerate(pair.source[:num_columns]):
        scene.text(left + side * (s + 0.5), top - 12, token_text(sign), size=12, align="center", colour="muted")
    for t, sign in enumerate(pair.given[:num_rows]):
        scene.text(left - 8, top + side * (t + 0.5), token_text(sign), size=12, align="right", colour="muted")
    return scene.to_bytes()
