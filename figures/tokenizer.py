"""The live picture of the page `tokenizer`: a passage in tokens, coloured by what each costs, guesses, and curves."""

import math
import unicodedata
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from figures.curves import Level, Style, draw_curves, numbers_at
from figures.scene import Box, Scene
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale

MAX_BITS: Final = 10.0  # at the dark end of the colours
BRIGHT: Final = 0.45  # of the range, above which words are written in the colour of the paper
LETTER: Final = 0.56  # width of a letter as a share of its size, about
LONGEST_TOKEN: Final = 18  # letters that are written
MAX_HOT: Final = 130  # tokens that can be clicked on
ONE: Final[tuple[Style, ...]] = (("test", "negative", False),)


class Layout(NamedTuple):
    """Places in scene units."""

    width: float
    height: float
    scale: Scale
    size: float  # of the passage's letters
    passage: Box
    guesses: Box
    bits: Box
    loss: Box | None


PAGE: Final = Layout(
    width=1000.0,
    height=526.0,
    scale=ON_PAGE,
    size=14.5,
    passage=(12.0, 54.0, 600.0, 300.0),
    guesses=(12.0, 404.0, 600.0, 112.0),
    bits=(676.0, 34.0, 308.0, 186.0),
    loss=(676.0, 304.0, 308.0, 186.0),
)
# As wide as a window of 1280x720, and as high as that without the line above it.
PROJECTOR: Final = Layout(
    width=1280.0,
    height=656.0,
    scale=ON_PROJECTOR,
    size=19.0,
    passage=(16.0, 76.0, 770.0, 360.0),
    guesses=(16.0, 500.0, 770.0, 148.0),
    bits=(872.0, 56.0, 388.0, 556.0),
    loss=None,
)


def passage_scene(
    seen: Any,
    history: Any,
    *,
    step: int,
    look: int = 0,
    selected: int = 0,
    is_log: bool = False,
    is_large: bool = False,
) -> bytes:
    """Draws the passage, what the network guessed at one place of it, and the learning curves.

    Args:
        seen: a `TokenizerObservation`.
        history: the run's `Columns`.
        step: optimiser updates so far.
        look: a number that, when it changes, brings the picture into view.
        selected: the token whose guesses are shown.
        is_log: a logarithmic loss axis.
        is_large: laid out for a projector.

    Returns:
        The bytes for the canvas. A click sends the id `token:i`.
    """
    layout = PROJECTOR if is_large else PAGE
    rows = history.steps, history.values
    here = step if len(history.steps) and step < history.steps[-1] else None  # an earlier moment is visited
    selected = min(selected, len(seen.tokens) - 1)
    cost = seen.bits.sum() / seen.num_bytes.sum()
    alt = (
        f"A passage of {len(seen.tokens)} tokens, coloured by how much each surprises the network after {step:,} "
        f"updates: {cost:.2f} bits per byte here. {numbers_at(here, *rows, ('bits_per_byte',), ONE)}"
    )
    scene = Scene(layout.width, layout.height, alt, {"step": step, "look": look})
    _draw_passage(scene, seen, layout, selected, cost)
    _draw_guesses(scene, seen, layout, selected)
    levels = [Level(f"{name}: {value:.2f}", value) for name, value in seen.baselines.items()]
    told: dict[str, Any] = {"scale": layout.scale, "here": here}
    title = "Bits per byte"
    draw_curves(scene, layout.bits, *rows, ("bits_per_byte",), title=title, levels=levels, styles=ONE, **told)
    if layout.loss:
        title = "Nats per token"
        draw_curves(scene, layout.loss, *rows, ("loss", "test_loss"), title=title, is_log=is_log, **told)
    return scene.to_bytes()


def _draw_passage(scene: Scene, seen: Any, layout: Layout, selected: int, cost: float) -> None:
    """The tokens in lines, each as wide as its word."""
    left, top = layout.passage[:2]
    scale = layout.scale
    title = f"A passage kept for the test, {len(seen.tokens)} tokens of {seen.vocab_size:,}: {cost:.2f} bits per byte"
    scene.text(left, top - 2.6 * scale.title, title, size=scale.title, weight=600, tabular=True)
    scene.text(
        left,
        top - 1.15 * scale.title,
        "The stronger the colour, the less the network expected it. Choose a token to see what it did expect.",
        size=scale.note,
        colour="muted",
    )
    words = [cut(token) for token in seen.tokens]
    boxes = lines_of_boxes(words, layout.passage, layout.size)
    words = words[: len(boxes)]
    bits = seen.bits[: len(boxes)]
    scene.sheet(
        boxes,
        bits[:, None, None],
        low=0,
        high=MAX_BITS,
        palette="magnitude",
        smooth=False,
        selected=[selected] if selected < len(boxes) else [],
        readout="bits",
    )
    for word, box, cost_of_it in zip(words, boxes, bits, strict=True):
        is_dark = cost_of_it > BRIGHT * MAX_BITS
        middle = box[0] + box[2] / 2, box[1] + box[3] / 2
        scene.text(*middle, word, size=layout.size, align="center", colour="background" if is_dark else "text")
    for i, box in enumerate(boxes[:MAX_HOT]):
        tip = f"Token {i + 1}, {words[i]}: {bits[i]:.1f} bits; show the guesses"
        scene.hot(tuple(box), f"token:{i}", tip, pressed=i == selected)


def lines_of_boxes(words: Sequence[str], box: Box, size: float) -> np.ndarray:
    """Where words stand in lines, as many as there is room for: (n, 4) boxes."""
    left, top, width, height = box
    pitch, x, y, boxes = 2.0 * size, left, top, []
    for word in words:
        wide = width_of(word, size) + 0.7 * size
        if x + wide > left + width and x > left:
            x, y = left, y + pitch
        if y + pitch > top + height:
            break
        boxes.append((x, y, wide, 1.7 * size))
        x += wide + 0.2 * size
    return np.array(boxes)


def width_of(word: str, size: float) -> float:
    """About how wide a word is drawn: wide letters count twice, those without a width not at all."""
    wide = {"W": 1.75, "F": 1.75}
    return size * LETTER * sum(wide.get(unicodedata.east_asian_width(letter), 1.0) for letter in word)


def cut(token: str) -> str:
    """A token that is not too long to be written."""
    return token if len(token) <= LONGEST_TOKEN else f"{token[: LONGEST_TOKEN - 1]}…"


def _draw_guesses(scene: Scene, seen: Any, layout: Layout, selected: int) -> None:
    """What was thought likeliest at the chosen place, and how likely what came was."""
    left, top, width, height = layout.guesses
    scale = layout.scale
    read = (*seen.before, *seen.tokens)[selected : selected + seen.window]
    known = " ".join(map(cut, read[-3:]))
    right = seen.tokens[selected]
    chance = math.pow(2.0, -float(seen.bits[selected]))
    title = f"After “{known}” the network expects:"
    scene.text(left, top - 1.3 * scale.title, title, size=scale.title, weight=600)
    came = f"what came, {cut(right)}, had a chance of {chance:.2%}: {seen.bits[selected]:.1f} bits"
    pitch = height / (len(seen.guesses[selected]) + 1)
    longest = 9.0 * scale.label
    for row, (guess, share) in enumerate(zip(seen.guesses[selected], seen.chances[selected], strict=True)):
        y = top + pitch * (row + 0.5)
        is_right = guess == right
        scene.text(left + longest - 8, y, cut(guess), size=scale.label, align="right", weight=600 if is_right else 400)
        bar = (width - longest - 4.5 * scale.label) * float(share)
        scene.rect((left + longest, y - 0.36 * pitch, bar, 0.72 * pitch), fill="accent" if is_right else "grey")
        scene.text(left + longest + bar + 6, y, f"{share:.1%}", size=scale.note, colour="muted", tabular=True)
    scene.text(left, top + height - pitch / 2, came, size=scale.label, colour="muted", tabular=True)


def card_scene(seen: Any) -> bytes:
    """The passage, small: a tile for each token, as wide as its word and coloured by what it cost.

    Args:
        seen: a `TokenizerObservation`.
    """
    scene = Scene(360, 200, f"A passage of {len(seen.tokens)} tokens, coloured by how much each surprised a network.")
    words = [cut(token) for token in seen.tokens]
    boxes = lines_of_boxes(words, (10.0, 10.0, 340.0, 184.0), 14.0)
    bits = seen.bits[: len(boxes)]
    scene.sheet(boxes, bits[:, None, None], low=0, high=MAX_BITS, palette="magnitude", smooth=False)
    for word, box, cost in zip(words, boxes, bits, strict=False):
        colour: Any = "background" if cost > BRIGHT * MAX_BITS else "text"
        scene.text(box[0] + box[2] / 2, box[1] + box[3] / 2, word, size=14, align="center", colour=colour)
    return scene.to_bytes()
