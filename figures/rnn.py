"""The live picture of the page `rnn`: a sequence on its way through the unrolled network, answers, learning curves."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from figures.curves import Level, draw_curves, numbers_at, row_at
from figures.scene import Box, Colour, Scene
from figures.sequences import draw_chances, draw_forecast, draw_numbers, draw_written
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale

MAX_HOT: Final = 40  # steps that can be clicked on
SIGN_PITCH: Final = 11.0  # scene units that a sign needs, and a word
WORD_PITCH: Final = 44.0
NUMBER_PITCH: Final = 34.0
ARROW_PITCH: Final = 26.0
SPACES: Final = {"\n": "⏎", " ": "␣", "\t": "⇥"}
WORD_LETTERS: Final = 7
QUESTIONS: Final = {
    "memory": "Which letter came first? It is asked at the last step.",
    "copy": "Say the letters once more, after the question mark.",
    "adding": "What is the sum of the two marked numbers (•)? It is asked at the last step.",
    "parentheses": "How many brackets are open?",
    "sine": "What is the next value of the wave?",
    "series": "What is the next value? A stretch of the tail that was kept for the test, standardised.",
    "text": "Which symbol comes next? The first of the text that was kept for the test.",
}


class Layout(NamedTuple):
    """Places in scene units."""

    width: float
    height: float
    scale: Scale
    title_y: float
    states: Box  # the memory after each step
    answers: Box  # what is answered, written or forecast
    loss: Box
    score: Box | None  # None: the score is told in words elsewhere


PAGE: Final = Layout(
    width=1000.0,
    height=526.0,
    scale=ON_PAGE,
    title_y=14.0,
    states=(84.0, 82.0, 510.0, 158.0),
    answers=(84.0, 312.0, 510.0, 178.0),
    loss=(676.0, 34.0, 308.0, 186.0),
    score=(676.0, 304.0, 308.0, 186.0),
)
# As wide as a window of 1280x720, and as high as that without the line above it.
PROJECTOR: Final = Layout(
    width=1280.0,
    height=656.0,
    scale=ON_PROJECTOR,
    title_y=18.0,
    states=(116.0, 108.0, 640.0, 196.0),
    answers=(116.0, 392.0, 640.0, 220.0),
    loss=(852.0, 48.0, 408.0, 564.0),
    score=None,
)


def network_scene(
    seen: Any,
    history: Any,
    *,
    step: int,
    look: int = 0,
    selected: int = 0,
    formula: str = "",
    is_log: bool = False,
    is_large: bool = False,
) -> bytes:
    """Draws the unrolled network, its answers and the learning curves.

    Args:
        seen: a `SequenceObservation`.
        history: the run's `Columns`.
        step: optimiser updates so far.
        look: a number that, when it changes, brings the picture into view.
        selected: the time step with an accent border.
        formula: how a memory follows from the one before, beside the title.
        is_log: a logarithmic loss axis.
        is_large: laid out for a projector.

    Returns:
        The bytes for the canvas. A click sends the id `step:t`.
    """
    layout = PROJECTOR if is_large else PAGE
    rows = history.steps, history.values
    here = step if len(history.steps) and step < history.steps[-1] else None  # an earlier moment is visited
    told = numbers_at(here, *rows, ("loss", "test_loss"))
    alt = (
        f"A network with {seen.states.shape[1]} hidden units reads a sequence of {len(seen.states)} steps after "
        f"{step:,} updates. {loss_title(seen)}: {told}. {result_words(seen)}"
    )
    scene = Scene(layout.width, layout.height, alt, {"step": step, "look": look})
    draw_unrolled(scene, seen, layout.states, layout.title_y, layout.scale, selected=selected, formula=formula)
    draw_answers(scene, seen, layout.answers, layout.scale)
    draw_learning(scene, seen, rows, layout, here, is_log)
    return scene.to_bytes()


def loss_title(seen: Any) -> str:
    """What the loss is, with its unit."""
    return "Squared error" if seen.takes_numbers else "Cross-entropy (nats)"


def result_words(seen: Any) -> str:
    """The outcome in a sentence."""
    if seen.kind == "text":
        return f"It writes: {' '.join(seen.written.text.split())}."
    if seen.kind == "series":
        return f"The forecast is wrong by {seen.forecast.errors['network']:.3g} {seen.forecast.unit}."
    if seen.takes_numbers:
        wrong = np.abs(seen.given - seen.wanted)[seen.is_asked].mean()
        return f"Its answers to this sequence are wrong by {wrong:.2g} on average."
    right = (seen.given == seen.wanted)[seen.is_asked].mean()
    return f"{right:.0%} of its answers to this sequence are right."


def draw_unrolled(
    scene: Scene, seen: Any, box: Box, title_y: float, scale: Scale, *, selected: int = 0, formula: str = ""
) -> None:
    """The network once for each step: what is read below, its memory as a column, what is answered above.

    Args:
        scene: what to draw into.
        seen: a `SequenceObservation`.
        box: of the memories; signs stand above and below it.
        title_y: middle of the title.
        scale: how large the words are.
        selected: the time step with an accent border.
        formula: stands beside the title.
    """
    left, top, width, height = box
    num_steps, num_units = seen.states.shape
    pitch = width / num_steps
    column = pitch * (0.62 if pitch >= ARROW_PITCH else 0.85)
    lefts = left + np.arange(num_steps) * pitch + (pitch - column) / 2
    boxes = np.stack([lefts, np.full(num_steps, top), np.full(num_steps, column), np.full(num_steps, height)], axis=1)
    scene.text(left, title_y, f"Unrolled over time{formula}", size=scale.title, weight=600)
    scene.text(
        left,
        title_y + 1.35 * scale.title,
        QUESTIONS.get(seen.task, QUESTIONS.get(seen.kind, "")),
        size=scale.note,
        colour="muted",
    )
    names = [f"Memory after step {t + 1}: {num_units} units" for t in range(num_steps)]
    ids = [f"memory:{t}" for t in range(num_steps)]
    chosen = [selected] if selected < num_steps else []
    scene.sheet(
        boxes,
        seen.states[:, :, None],
        ids=ids,
        titles=names,
        smooth=False,
        selected=chosen,
        readout="h",
        border=pitch >= SIGN_PITCH,
    )
    middles = lefts + column / 2
    _draw_signs(scene, seen, middles, pitch, (top, top + height), scale)
    if pitch >= ARROW_PITCH:
        for x in middles[:-1]:
            scene.text(x + pitch / 2, top + height / 2, "→", size=scale.label, align="center", colour="muted")
    if num_steps <= MAX_HOT:
        for t, place in enumerate(boxes):
            scene.hot(tuple(place), f"step:{t}", f"Step {t + 1}: show its numbers", pressed=t == selected)


def _draw_signs(
    scene: Scene, seen: Any, middles: np.ndarray, pitch: float, ends: tuple[float, float], scale: Scale
) -> None:
    """What is read below the memories; what is wanted and what is answered above them."""
    large = scale.label / ON_PAGE.label
    rows = {"wanted": ends[0] - 2.6 * scale.label, "answer": ends[0] - 1.1 * scale.label, "read": ends[1] + scale.label}
    for name, y in rows.items():
        scene.text(middles[0] - pitch / 2 - 8, y, name, size=scale.note, align="right", colour="muted")
    read, wanted, given = texts_of(seen)
    longest = max(map(len, read), default=1)
    room = NUMBER_PITCH if seen.takes_numbers else WORD_PITCH if longest > 2 else SIGN_PITCH
    if pitch < room * large:
        scene.text(
            middles.mean(), rows["read"], f"{len(middles)} steps", size=scale.note, align="center", colour="muted"
        )
        scene.text(
            middles.mean(), rows["answer"], _last_answer(wanted, given), size=scale.note, align="center", colour="muted"
        )
        return
    for t, x in enumerate(middles):
        scene.text(x, rows["read"], read[t], size=scale.label, align="center")
        if wanted[t]:
            is_right = wanted[t] == given[t]
            scene.text(x, rows["wanted"], wanted[t], size=scale.label, align="center", colour="muted")
            colour: Colour = "text" if is_right or seen.takes_numbers else "negative"
            scene.text(x, rows["answer"], given[t], size=scale.label, align="center", colour=colour, weight=600)


def _last_answer(wanted: Sequence[str], given: Sequence[str]) -> str:
    last = max((t for t, sign in enumerate(wanted) if sign), default=-1)
    return f"last: wanted {wanted[last]}, answered {given[last]}" if last >= 0 else ""


def texts_of(seen: Any) -> tuple[list[str], list[str], list[str]]:
    """What is read, wanted (empty where nothing is) and answered at each step, as short texts."""
    if seen.takes_numbers:
        read = [number_text(row) for row in seen.inputs]
        wanted = [number_text(row) for row in seen.wanted]
        given = [number_text(row) for row in seen.given]
    else:
        read = [sign_text(sign) for sign in seen.inputs]
        wanted, given = [sign_text(sign) for sign in seen.wanted_signs], [sign_text(sign) for sign in seen.given_signs]
    return read, [sign if asked else "" for sign, asked in zip(wanted, seen.is_asked, strict=True)], given


def number_text(row: np.ndarray) -> str:
    """The first number of a step in a few digits; a marked one has a dot behind it."""
    mark = "•" if len(row) > 1 and row[1] > 0 else ""
    return f"{row[0]:.2f}".replace("-", "−") + mark


def sign_text(sign: str) -> str:
    """A symbol as it can be seen: white space as a sign, long words cut."""
    shown = SPACES.get(sign, sign)
    return shown if len(shown) <= WORD_LETTERS else f"{shown[: WORD_LETTERS - 1]}…"


def draw_answers(scene: Scene, seen: Any, box: Box, scale: Scale) -> None:
    """What comes of it: a text, a forecast, the chances of all answers, or numbers beside those wanted."""
    if seen.kind == "text":
        draw_written(scene, box, seen.written, scale)
    elif seen.kind == "series":
        draw_forecast(scene, box, seen.forecast, scale)
    elif seen.takes_numbers:
        draw_numbers(scene, box, seen, scale)
    else:
        draw_chances(scene, box, seen, scale)


def draw_learning(
    scene: Scene,
    seen: Any,
    rows: tuple[np.ndarray, Mapping[str, np.ndarray]],
    layout: Layout,
    here: float | None,
    is_log: bool,
) -> None:
    """The loss beside what simple answers cost, and a second number that says the same in other words."""
    baselines = seen.baselines
    if seen.kind == "series":  # the better of two that would stand on each other
        best = min(baselines, key=baselines.__getitem__)
        baselines, is_log = {best: baselines[best]}, True
    levels = [Level(f"{name}: {value:.3g}", value) for name, value in baselines.items()]
    told: dict[str, Any] = {"scale": layout.scale, "here": here}
    names: tuple[str, ...] = ("loss", "test_loss")
    draw_curves(scene, layout.loss, *rows, names, title=loss_title(seen), is_log=is_log, levels=levels, **told)
    if layout.score is None:
        return
    values = rows[1]
    if seen.kind == "text":
        levels = [Level(name, value * seen.bits) for name, value in seen.baselines.items()]
        heading = f"Bits per character, test: {_at(here, rows, 'bits_per_character')}"
        names = ("bits_per_character",)
        draw_curves(scene, layout.score, *rows, names, title="", heading=heading, levels=levels, **told)
    elif seen.kind == "series":
        levels = [Level(name, value) for name, value in seen.forecast.errors.items() if name != "network"]
        heading = (
            f"Error of forecasts ({seen.forecast.unit or 'unit of the column'}): {_at(here, rows, 'forecast_error')}"
        )
        names = ("forecast_error",)
        draw_curves(scene, layout.score, *rows, names, title="", heading=heading, is_log=True, levels=levels, **told)
    elif "accuracy" in values:
        names = ("accuracy", "test_accuracy")
        draw_curves(scene, layout.score, *rows, names, title="Right answers", limits=(0, 1), **told)
    else:
        draw_curves(scene, layout.score, *rows, names, title="The same, by powers of ten", is_log=True, **told)


def _at(here: float | None, rows: tuple[np.ndarray, Mapping[str, np.ndarray]], name: str) -> str:
    steps, values = rows
    if name not in values or not len(steps):
        return ""
    row = len(steps) - 1 if here is None else row_at(here, steps)
    return f"{values[name][row]:.3g}"


def card_scene(seen: Any) -> bytes:
    """The memories of a sequence, small and without words, what is read below and what is answered above.

    Args:
        seen: a `SequenceObservation`.
    """
    scene = Scene(360, 200, f"The memory of a network after each of {len(seen.states)} steps.")
    num_steps = min(len(seen.states), 12)
    pitch = 340 / num_steps
    boxes = [(10 + pitch * t, 40, 0.7 * pitch, 120) for t in range(num_steps)]
    scene.sheet(np.array(boxes, dtype=float), seen.states[:num_steps, :, None], smooth=False)
    read, _, given = texts_of(seen)
    for t in range(num_steps):
        for y, sign in ((180, read[t]), (20, given[t])):
            if len(sign) <= 2:
                scene.text(10 + pitch * (t + 0.35), y, sign, size=14, align="center", colour="muted")
    return scene.to_bytes()
