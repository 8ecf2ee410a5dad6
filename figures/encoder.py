"""The live picture of the page `encoder`: gaps as they are filled, or a sentence with what each symbol is worth."""

from typing import Any, Final

import numpy as np

from figures.curves import SHORTEST, Level, Style, draw_curves, numbers_at, round_above
from figures.encoder_layout import PAGE, PROJECTOR, Layout
from figures.items import Colour
from figures.scene import Scene

GIVEN, MASKED, REPLACED, KEPT = 0, 1, 2, 3  # as the observation counts them
MOST_ROWS: Final = 22  # symbols with bars
LETTER: Final = 0.56  # width of a letter, of its size
HELD_OUT: Final[tuple[Style, ...]] = (("test", "negative", True),)
BARS: Final = (  # heading, attribute of the sentence, whether it has a sign
    ("attention", "attention", False),
    ("left out", "occlusion", True),
    ("slope × input", "gradient", True),
)
SAVE: Final = 32.0  # room for the button that saves the picture, in its corner
SPACE: Final = 0.45  # between words, of their size
NARROW_SPACE: Final = 0.1  # between letters
MARGINS: Final = 0.8  # of a gap
LARGEST: Final = 1.8  # short names are drawn so much larger
SHORTEST_GAP: Final = 5  # letters of a gap for a word, so that a guess has room
LONGEST: Final = 14  # letters of a symbol that are drawn


def encoder_scene(
    seen: Any, history: Any, *, step: int, look: int = 0, is_log: bool = False, is_large: bool = False
) -> bytes:
    """Draws the network at work, and its learning curves.

    Args:
        seen: an `EncoderObservation`.
        history: the run's `Columns`.
        step: optimiser updates so far.
        look: a number that, when it changes, brings the picture into view.
        is_log: a logarithmic loss axis.
        is_large: laid out for a projector.

    Returns:
        The bytes for the canvas. A click sends the id `row:-1` or `row:1`.
    """
    layout = PROJECTOR if is_large else PAGE
    scene = Scene(layout.width, layout.height, _alt(seen, history, step), {"step": step, "look": look})
    if seen.is_filling:
        _draw_gaps(scene, seen, layout)
    else:
        _draw_sentence(scene, seen, layout)
        _draw_chances(scene, seen, layout)
        _draw_confusion(scene, seen, layout)
    _draw_curves(scene, seen, history, layout, step, is_log=is_log)
    return scene.to_bytes()


def _alt(seen: Any, history: Any, step: int) -> str:
    names = ("gap_loss",) if seen.is_filling and seen.class_names and seen.sentence else ("loss", "test_loss")
    told = numbers_at(None, history.steps, history.values, names, HELD_OUT if len(names) == 1 else _STYLES)
    if seen.is_filling:
        asked = seen.gaps.role != GIVEN
        right = int((seen.gaps.is_right & asked).sum())
        return f"After {step:,} steps an encoder fills {right} of {int(asked.sum())} gaps rightly. Loss: {told}."
    sentence = seen.sentence
    said = seen.class_names[int(sentence.chances.argmax())]
    return (
        f"After {step:,} steps an encoder reads “{' '.join(sentence.symbols[1:])}” and says {said} with "
        f"{sentence.chances.max():.0%}. Loss: {told}."
    )


_STYLES: Final[tuple[Style, ...]] = (("training", "positive", False), ("test", "negative", True))


# ---- gaps ----------------------------------------------------------------------------------------------------------


def _draw_gaps(scene: Scene, seen: Any, layout: Layout) -> None:
    """Test sentences: what is given in the colour of the text, in each gap what the network says."""
    scale, (left, top, width, height) = layout.scale, layout.gaps
    y = top - 3 * scale.title
    if seen.steps_of_filling > 0:
        words = f"Filling gaps first: labels from step {seen.steps_of_filling:,} on"
    else:
        words = "Test sentences with gaps: what the network puts in"
    scene.text(left, y, words, size=scale.title, weight=600, tabular=True)
    _draw_legend(scene, left, y + 1.6 * scale.title, layout)
    count = len(seen.gaps.symbols)
    widest = max(sum(_room(seen, row, place) for place in range(len(seen.gaps.right[row]))) for row in range(count))
    size = min(max(width / (widest + 2), scale.label), LARGEST * scale.label)
    for row in range(count):
        _draw_line(scene, seen, row, (left, top + (row + 0.5) * height / count), left + width, size)


def _room(seen: Any, row: int, place: int) -> float:
    """The width of a symbol and of what is around it, of its size."""
    shown, role = seen.gaps.symbols[row][place], int(seen.gaps.role[row, place])
    if not shown or place == 0:
        return 0.0
    letters = _letters(seen, seen.gaps.right[row][place], role)
    return LETTER * letters + (SPACE if seen.level == "word" else NARROW_SPACE) + (role != GIVEN) * MARGINS


def _draw_legend(scene: Scene, x: float, y: float, layout: Layout) -> None:
    size = layout.scale.note
    known: tuple[tuple[str, Colour, int], ...] = (
        ("right", "positive", GIVEN),
        ("wrong (below: the right one)", "negative", GIVEN),
        ("hidden", "text", MASKED),
        ("another symbol stood there", "text", REPLACED),
        ("left as it was", "text", KEPT),
    )
    for words, colour, role in known:
        wide = LETTER * size * len(words) * 0.9
        if role != GIVEN:
            _draw_chip(scene, x, y, wide + 0.8 * size, 1.5 * size, role)
            x += 0.4 * size
        scene.text(x, y, words, size=size, colour=colour, weight=600 if role == GIVEN else 400)
        x += wide + 1.6 * size


def _draw_chip(scene: Scene, x: float, y: float, width: float, height: float, role: int) -> None:
    """The frame of a gap: grey for a hidden symbol, dashed for a replaced one, a thin line for one that stayed."""
    box = (x, y - height / 2, width, height)
    if role == MASKED:
        scene.rect(box, fill="hairline", radius=3)
    else:
        scene.rect(box, stroke="grey", radius=3, dash=role == REPLACED)


def _letters(seen: Any, right: str, role: int) -> int:
    """Letters that a symbol has room for; it depends on the right one only, so that nothing moves while it learns."""
    least = SHORTEST_GAP if role != GIVEN and seen.level != "character" else 1
    return max(len(cut(right)), least)


def _draw_line(scene: Scene, seen: Any, row: int, at: tuple[float, float], right_end: float, size: float) -> None:
    """One sentence, as far as the line holds it."""
    gaps, small = seen.gaps, 0.85 * size
    x, y = at
    space = size * (SPACE if seen.level == "word" else NARROW_SPACE)
    for place, symbol in enumerate(gaps.symbols[row]):
        if not symbol or place == 0:
            continue
        role = int(gaps.role[row, place])
        letters = _letters(seen, gaps.right[row][place], role)
        words = cut(symbol) if role == GIVEN else cut(gaps.said[row][place], letters)
        below = cut(gaps.right[row][place]) if role != GIVEN and not gaps.is_right[row, place] else ""
        wide = LETTER * size * letters
        if x + wide + size > right_end:
            scene.text(x, y, "…", size=size, colour="muted")
            break
        if role == GIVEN:
            scene.text(x, y, words, size=size)
        else:
            x += 0.2 * size
            _draw_chip(scene, x, y, wide + 0.4 * size, 1.6 * size, role)
            colour: Colour = "negative" if below else "positive"
            scene.text(x + wide / 2 + 0.2 * size, y, words, size=size, weight=600, align="center", colour=colour)
            if role == REPLACED:
                shown = cut(symbol, letters + 2)
                scene.text(x + wide / 2, y - 1.5 * size, shown, size=small, align="center", colour="grey")
            if below:
                place_below = (x + wide / 2 + 0.2 * size, y + 1.4 * size)
                scene.text(*place_below, below, size=small, align="center", colour="muted")
            x += 0.6 * size
        x += wide + space


def cut(symbol: str, longest: int = LONGEST) -> str:
    """A symbol to look at: a space gets a sign, a long one loses its end."""
    shown = "␣" if symbol == " " else symbol
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


# ---- classes -------------------------------------------------------------------------------------------------------


def _draw_sentence(scene: Scene, seen: Any, layout: Layout) -> None:
    """Each symbol with three bars: attention, what is lost without it, and the slope."""
    scale, (left, top, width, height), sentence = layout.scale, layout.clues, seen.sentence
    y = top - 3.6 * scale.title
    said = int(sentence.chances.argmax())
    scene.text(
        left, y, f"Test sentence {sentence.index + 1} of {seen.num_test:,}", size=scale.title, weight=600, tabular=True
    )
    for number, (by, glyph, tip) in enumerate(((-1, "‹", "The sentence before"), (1, "›", "The next sentence"))):
        is_off = sentence.index + by < 0 or sentence.index + by >= seen.num_test
        x = left + width - (2 - number) * (layout.button + 6)
        box = (x, y - layout.button / 2, layout.button, layout.button)
        scene.hot(box, f"row:{by}", tip, glyph=glyph, disabled=is_off)
    shown = sentence.symbols[:MOST_ROWS]
    beside = min(0.3 * width, LETTER * scale.label * (1 + max(len(cut(symbol)) for symbol in shown)))
    room = (width - beside) / len(BARS)
    for number, (words, _, _) in enumerate(BARS):
        x = left + beside + (number + 0.5) * room
        scene.text(x, top - 0.7 * scale.label, words, size=scale.note, align="center", colour="muted")
    pitch = min(height / len(shown), 2.2 * scale.label)
    for place, symbol in enumerate(shown):
        middle = top + (place + 0.5) * pitch
        colour: Colour = "muted" if place == 0 else "text"
        scene.text(
            left + beside - 8, middle, cut(symbol), size=min(scale.label, 0.9 * pitch), align="right", colour=colour
        )
    for number, (_, name, is_signed) in enumerate(BARS):
        box = (left + beside + number * room + 4, top, room - 8, pitch * len(shown))
        _draw_bars(scene, box, getattr(sentence, name)[:MOST_ROWS], is_signed=is_signed)
    verdict = f"It says {seen.class_names[said]}"
    if sentence.label >= 0:
        verdict += ", which is right" if said == sentence.label else f"; right is {seen.class_names[sentence.label]}"
    scene.text(left, y + 1.4 * scale.title, verdict, size=scale.label, colour="muted")


def _draw_bars(scene: Scene, box: tuple[float, float, float, float], values: np.ndarray, *, is_signed: bool) -> None:
    """One bar a symbol, blue to the right and orange to the left of zero; the longest fills the room."""
    left, top, width, height = box
    pitch = height / len(values)
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    reach = max(float(np.abs(values).max()), 1e-9)
    zero = left + width / 2 if is_signed else left
    room = width / 2 if is_signed else width
    for place, value in enumerate(values):
        length = room * abs(float(value)) / reach
        x = zero if value >= 0 else zero - length
        colour: Colour = ("positive" if value >= 0 else "negative") if is_signed else "grey"
        scene.rect((x, top + (place + 0.2) * pitch, max(length, 0.5), 0.6 * pitch), fill=colour)
    scene.rect((zero, top, 0.6, height), fill="hairline")


def _draw_chances(scene: Scene, seen: Any, layout: Layout) -> None:
    """The chance of each class."""
    scale, (left, top, width, height) = layout.scale, layout.chances
    scene.text(left, top - 1.2 * scale.title, "What it says", size=scale.title, weight=600)
    names, chances = seen.class_names, seen.sentence.chances
    pitch = min(height / len(names), 2.2 * scale.label)
    size = min(scale.label, 0.85 * pitch)
    for k, (name, chance) in enumerate(zip(names, chances, strict=True)):
        y = top + (k + 0.5) * pitch
        is_true = k == seen.sentence.label
        scene.text(left - 8, y, cut(name), size=size, align="right", weight=600 if is_true else 400)
        known = float(np.nan_to_num(chance))
        scene.rect((left, y - 0.32 * pitch, max(width * known, 0.5), 0.64 * pitch), fill=k % 10)
        scene.text(left + width * known + 6, y, f"{known:.0%}", size=size, tabular=True, colour="muted")


def _draw_confusion(scene: Scene, seen: Any, layout: Layout) -> None:
    """Test examples by true class (down) and said class (across), each row as shares."""
    scale, (left, top, width, height) = layout.scale, layout.confusion
    counts, names = seen.confusion, seen.class_names
    scene.text(left, top - 1.9 * scale.title, "Test examples", size=scale.title, weight=600)
    told = "down: true class, across: said"
    scene.text(left, top - 0.7 * scale.title, told, size=scale.note, colour="muted")
    share = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    box = (left, top, width, height)
    scene.sheet(box, share, low=0, high=1, palette="magnitude", smooth=False, readout="share of the class")
    pitch = height / len(names)
    for k, name in enumerate(names):
        size = min(scale.note, 0.95 * pitch)
        scene.text(left - 8, top + (k + 0.5) * pitch, cut(name), size=size, align="right")


# ---- curves --------------------------------------------------------------------------------------------------------


def _draw_curves(scene: Scene, seen: Any, history: Any, layout: Layout, step: int, *, is_log: bool) -> None:
    rows = (history.steps, history.values)
    here = step if len(history.steps) and step < history.steps[-1] else None
    told: dict[str, Any] = {"scale": layout.scale, "here": here}
    levels = [Level(words, value) for words, value in seen.levels]
    is_first_of_two = seen.is_filling and seen.steps_of_filling > 0
    if is_first_of_two:
        names, title, styles = ("gap_loss",), "Loss of gaps (nats)", HELD_OUT
    else:
        names, title, styles = ("loss", "test_loss"), "Loss (nats)", _STYLES  # type: ignore[assignment]
    draw_curves(scene, layout.loss, *rows, names, title=title, is_log=is_log, levels=levels, styles=styles, **told)
    scores = [] if is_first_of_two else [Level(words, value) for words, value in seen.score_levels]
    names = ("accuracy", "test_accuracy")  # type: ignore[assignment]
    title = "Accuracy"
    draw_curves(scene, layout.score, *rows, names, title=title, limits=(0.0, 1.0), levels=scores, **told)
    if seen.steps_of_filling > 0:
        end = max(SHORTEST, round_above(history.steps))
        if seen.steps_of_filling < end:
            line = np.array([[seen.steps_of_filling, 0.0], [seen.steps_of_filling, 1.0]])
            scene.lines(layout.score, [line], xlim=(0, end), ylim=(0, 1), colours="text", width=1, dash=True)
            x = layout.score[0] + layout.score[2] * seen.steps_of_filling / end
            words, size = "labels from here", layout.scale.note
            scene.text(x - 4, layout.score[1] + size, words, size=size, align="right", colour="muted")


def card_scene(seen: Any) -> bytes:
    """Gaps, or the confusion matrix, small and without words.

    Args:
        seen: an `EncoderObservation`.
    """
    if seen.is_filling:
        scene = Scene(360, 200, "Gaps that an encoder fills in: blue where it is right, orange where it is wrong.")
        rows, places = seen.gaps.role.shape
        wide, high = 344 / places, 184 / rows
        for row, place in np.ndindex(rows, places):
            if not seen.gaps.symbols[row][place]:
                continue
            role = int(seen.gaps.role[row, place])
            colour: Colour = "hairline"
            if role != GIVEN:
                colour = "positive" if seen.gaps.is_right[row, place] else "negative"
            scene.rect((8 + place * wide, 8 + (row + 0.2) * high, 0.85 * wide, 0.6 * high), fill=colour, radius=2)
        return scene.to_bytes()
    scene = Scene(360, 200, "Test examples by true class and by the class that an encoder says.")
    share = seen.confusion / np.maximum(seen.confusion.sum(1, keepdims=True), 1)
    scene.sheet((80.0, 4.0, 192.0, 192.0), share, low=0, high=1, palette="magnitude", smooth=False)
    return scene.to_bytes()
