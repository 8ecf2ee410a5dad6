"""The live picture of the page `decoder`: what is answered or written, where the heads look, learning curves."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from figures.attention_maps import AttentionMaps, Cell, draw_map
from figures.attention_overview import draw_heads
from figures.curves import Level, Style, draw_curves, numbers_at
from figures.rnn import apart, sign_text
from figures.scene import Box, Colour, Scene
from figures.sequences import draw_words
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale

LETTER: Final = 0.62  # width of a tabular numeral or capital, as a share of its size
LINE: Final = 1.5  # distance of lines, as a share of the size of letters
LINE_LETTERS: Final = 13  # of a short line; longer ones are cut
SMALLEST_PITCH: Final = 1.1  # of tokens side by side, as a share of the size of letters
ARROW: Final = "→"
SCORES: Final[tuple[Style, ...]] = (("tokens", "positive", False), ("whole answers", "negative", True))
QUESTIONS: Final = {
    "sort": "Read digits, write them in order.",
    "addition": "Read two numbers, write their sum.",
    "reversed addition": "Read two numbers, write their sum, its ones first.",
    "induction": "Letters that repeat: what comes next? Below each letter: what was said before it was seen.",
    "random tokens": "Letters without any order: what comes next? Below each letter: what was said before it was seen.",
}


class Layout(NamedTuple):
    """Places in scene units."""

    width: float
    height: float
    scale: Scale
    samples: Box  # what is answered or written; title above
    heads: Box  # all heads, small
    chosen: Box  # one head, large
    loss: Box
    score: Box | None  # None: the score is told in words elsewhere


PAGE: Final = Layout(
    width=1000.0,
    height=526.0,
    scale=ON_PAGE,
    samples=(16.0, 46.0, 600.0, 190.0),
    heads=(16.0, 292.0, 330.0, 222.0),
    chosen=(370.0, 292.0, 240.0, 222.0),
    loss=(676.0, 34.0, 308.0, 186.0),
    score=(676.0, 304.0, 308.0, 186.0),
)
# As wide as a window of 1280x720, and as high as that without the line above it.
PROJECTOR: Final = Layout(
    width=1280.0,
    height=656.0,
    scale=ON_PROJECTOR,
    samples=(20.0, 66.0, 760.0, 250.0),
    heads=(20.0, 384.0, 400.0, 256.0),
    chosen=(440.0, 384.0, 330.0, 256.0),
    loss=(852.0, 48.0, 408.0, 564.0),
    score=None,
)


def network_scene(
    seen: Any,
    history: Any,
    *,
    step: int,
    look: int = 0,
    head: Cell = (0, 0),
    is_log: bool = False,
    is_large: bool = False,
) -> bytes:
    """Draws answers or texts, the attention of all heads, and the learning curves.

    Args:
        seen: a `DecoderObservation`.
        history: the run's `Columns`.
        step: optimiser updates so far.
        look: a number that, when it changes, brings the picture into view.
        head: the attention and the head that are shown large.
        is_log: a logarithmic loss axis.
        is_large: laid out for a projector.

    Returns:
        The bytes for the canvas. A click on a head sends `head:layer:head`.
    """
    layout = PROJECTOR if is_large else PAGE
    rows = history.steps, history.values
    here = step if len(history.steps) and step < history.steps[-1] else None  # an earlier moment is visited
    told = numbers_at(here, *rows, ("loss", "test_loss"))
    alt = f"A {kind_words(seen)} after {step:,} updates. Cross-entropy in nats: {told}. {result_words(seen)}"
    scene = Scene(layout.width, layout.height, alt, {"step": step, "look": look})
    draw_samples(scene, layout.samples, seen, layout.scale)
    _draw_attention(scene, layout, seen, head)
    _draw_learning(scene, layout, seen, rows, here, is_log)
    return scene.to_bytes()


def kind_words(seen: Any) -> str:
    """What the network is, in words."""
    leak = " that sees the future" if seen.variant == "leaking" else ""
    return f"decoder-only transformer{leak} with {seen.num_parameters:,} weights"


def result_words(seen: Any) -> str:
    """The outcome in a sentence."""
    if seen.written:
        return f"It writes: {' '.join(seen.written[0].text.split())}."
    if seen.lines:
        return f"It writes: {', '.join(line.text for line in seen.lines[:8])}. {novel_share(seen.lines):.0%} are new."
    right = [is_right(example) for example in seen.examples]
    return f"{sum(right)} of {len(right)} rows shown are answered right."


def novel_share(lines: Sequence[Any]) -> float:
    """The share of lines that are not in the training text."""
    return 1 - sum(line.is_seen for line in lines) / max(1, len(lines))


def is_right(example: Any) -> bool:
    """Whether every answer that counts is right."""
    return all(
        wanted == given or not asked
        for wanted, given, asked in zip(example.wanted, example.given, example.is_asked, strict=True)
    )


# ---- what is answered or written ---------------------------------------------------------------------------------


def draw_samples(scene: Scene, box: Box, seen: Any, scale: Scale) -> None:
    """Problems with answers, rows with predictions, or texts, whatever the task asks for."""
    left, top, _, _ = box
    if seen.written:
        _draw_texts(scene, box, seen.written, scale)
        return
    if seen.lines:
        share = novel_share(seen.lines)
        title, note = f"It writes · {share:.0%} of these lines are new", "Grey: stands in the training text."
    else:
        right = sum(map(is_right, seen.examples))
        title = f"Rows of the test · {right} of {len(seen.examples)} right in all places"
        note = QUESTIONS[seen.task]
    scene.text(left, top - 2.4 * scale.title, title, size=scale.title, weight=600)
    scene.text(left, top - 1.05 * scale.title, note, size=scale.note, colour="muted")
    if seen.lines:
        _draw_lines(scene, box, seen.lines, scale)
    elif seen.kind == "digits":
        _draw_problems(scene, box, seen.examples, scale)
    else:
        _draw_rows(scene, box, seen.examples, scale)


def _draw_texts(scene: Scene, box: Box, texts: Sequence[Any], scale: Scale) -> None:
    """Texts below each other, each after its beginning; what is copied is grey."""
    share = float(np.concatenate([text.is_copied for text in texts]).mean())
    title = f"It writes on from {len(texts)} places of the test · {share:.0%} copied from the training text (grey)"
    scene.text(box[0], box[1] - 2.4 * scale.title, title, size=scale.title, weight=600)
    high = box[3] / len(texts)
    for number, text in enumerate(texts):
        draw_words(scene, (box[0], box[1] - scale.title + high * number, box[2], high), text, scale)


def _draw_lines(scene: Scene, box: Box, lines: Sequence[Any], scale: Scale) -> None:
    """Short lines in columns: the new ones strong, those of the training text grey."""
    pitch = LINE * scale.title
    num_rows = int(box[3] / pitch)
    num_columns = max(1, int(box[2] / (LINE_LETTERS * LETTER * scale.title)))
    for number, line in enumerate(lines[: num_rows * num_columns]):
        x = box[0] + box[2] / num_columns * (number // num_rows)
        y = box[1] + pitch * (number % num_rows + 0.5)
        text = line.text if len(line.text) <= LINE_LETTERS else f"{line.text[: LINE_LETTERS - 1]}…"
        look: Any = {"colour": "grey", "weight": 400} if line.is_seen else {"weight": 600}
        scene.text(x, y, text.strip() or "(empty)", size=scale.title, **look)


def _draw_problems(scene: Scene, box: Box, examples: Sequence[Any], scale: Scale) -> None:
    """Problem, arrow, answer; wrong digits orange."""
    size, first = scale.title, int(np.argmax(examples[0].is_asked))
    advance, pitch = LETTER * size, LINE * scale.title
    needed = (len(examples[0].read) + 6) * advance
    num_rows, num_columns = int(box[3] / pitch), max(1, int(box[2] / needed))
    for number, example in enumerate(examples[: num_rows * num_columns]):
        x = box[0] + box[2] / num_columns * (number // num_rows) + advance / 2  # signs stand around their middle
        y = box[1] + pitch * (number % num_rows + 0.5)
        asked = "".join(example.read[: first + 1]).removesuffix("=")
        for sign in (*asked, "", ARROW, ""):
            scene.text(x, y, sign, size=size, align="center", colour="muted", tabular=True)
            x += advance
        for wanted, given in zip(example.wanted[first:], example.given[first:], strict=True):
            colour: Colour = "text" if wanted == given else "negative"
            scene.text(x, y, given, size=size, align="center", weight=600, colour=colour, tabular=True)
            x += advance


def _draw_rows(scene: Scene, box: Box, examples: Sequence[Any], scale: Scale) -> None:
    """Each token as it came, and below it what was said to come there; wrong ones orange."""
    size, high = scale.title, box[3] / len(examples)
    count = min(len(examples[0].read) + 1, int(box[2] / (SMALLEST_PITCH * size)))
    pitch = box[2] / count
    for number, example in enumerate(examples):
        y = box[1] + high * (number + 0.25)
        tokens = (*example.read, example.wanted[-1])[:count]
        for t, token in enumerate(tokens):
            x = box[0] + pitch * (t + 0.5)
            scene.text(x, y, token, size=size, align="center", colour="muted")
            if t and example.is_asked[t - 1]:
                given = example.given[t - 1]
                colour: Colour = "text" if given == token else "negative"
                scene.text(x, y + 1.3 * size, given, size=size, align="center", colour=colour, weight=600)


# ---- attention ---------------------------------------------------------------------------------------------------


def maps_of(seen: Any) -> AttentionMaps:
    """The attention of all heads on the sequence shown; what a mask hides is not there."""
    weights = np.where(seen.is_seen[:, None], seen.weights, np.nan)
    num_heads = weights.shape[1]
    names = tuple(name for name in seen.layer_names for _ in range(num_heads)) if seen.variant == "leaking" else ()
    signs = tuple(sign_text(token) for token in seen.tokens)
    return AttentionMaps(weights, signs, signs, None, names)


def within(head: Cell, seen: Any) -> Cell:
    """A head that this network has."""
    return min(head[0], seen.weights.shape[0] - 1), min(head[1], seen.weights.shape[1] - 1)


def _draw_attention(scene: Scene, layout: Layout, seen: Any, head: Cell) -> None:
    maps, scale, (layer, number) = maps_of(seen), layout.scale, within(head, seen)
    left, top = layout.heads[:2]
    scene.text(left, top - 1.2 * scale.title, "Where the heads look", size=scale.title, weight=600)
    words = f"{seen.layer_names[layer]}, head {number + 1}: rows look at columns"
    scene.text(layout.chosen[0], top - 1.2 * scale.title, words, size=scale.note, colour="muted")
    draw_heads(scene, layout.heads, maps, (layer, number), scale=scale)
    draw_map(scene, layout.chosen, maps.weights[layer, number], maps.rows, maps.columns, scale=scale)


# ---- learning ----------------------------------------------------------------------------------------------------


def _draw_learning(
    scene: Scene,
    layout: Layout,
    seen: Any,
    rows: tuple[np.ndarray, Mapping[str, np.ndarray]],
    here: float | None,
    is_log: bool,
) -> None:
    """The loss beside what simple answers cost, and a second number that says the same in other words."""
    told: dict[str, Any] = {"scale": layout.scale, "here": here}
    levels = apart([Level(f"{name}: {value:.3g}", value) for name, value in seen.baselines.items()])
    title = "Loss (nats)"
    names: tuple[str, ...] = ("loss", "test_loss")
    draw_curves(scene, layout.loss, *rows, names, title=title, is_log=is_log, levels=levels, **told)
    if layout.score is None:
        return
    if seen.kind == "text":
        levels = apart([Level(name, value * seen.bits_per_byte) for name, value in seen.baselines.items()])
        styles: tuple[Style, ...] = (("test", "negative", True),)
        names, title = ("bits_per_byte",), "Bits per byte"
        draw_curves(scene, layout.score, *rows, names, title=title, levels=levels, styles=styles, **told)
    elif seen.kind == "digits":
        names, title = ("test_accuracy", "exact_share"), "Right in the test"
        draw_curves(scene, layout.score, *rows, names, title=title, limits=(0, 1), styles=SCORES, **told)
    else:
        names, title = ("accuracy", "test_accuracy"), "Right answers"
        draw_curves(scene, layout.score, *rows, names, title=title, limits=(0, 1), **told)


def card_scene(seen: Any) -> bytes:
    """The heads' attention, small and without words.

    Args:
        seen: a `DecoderObservation`.
    """
    weights = np.where(seen.is_seen[:, None], seen.weights, np.nan)[:2, :4]
    num_layers, num_heads = weights.shape[:2]
    scene = Scene(360, 200, f"Attention of {num_heads} heads in {num_layers} layers on {len(seen.tokens)} tokens.")
    side = min(340 / num_heads, 180 / num_layers) - 8
    left, top = 180 - num_heads * (side + 8) / 2, 100 - num_layers * (side + 8) / 2
    boxes = [
        (left + head * (side + 8) + 4, top + layer * (side + 8) + 4, side, side)
        for layer in range(num_layers)
        for head in range(num_heads)
    ]
    fields = weights.reshape(-1, *weights.shape[2:])
    scene.sheet(np.array(boxes, dtype=float), fields, low=0, high=1, palette="magnitude", smooth=False)
    return scene.to_bytes()
