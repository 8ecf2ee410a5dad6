"""Parts of live pictures about sequences: answers with their chances, texts written, series gone on with."""

from typing import Any, Final

import numpy as np

from figures.curves import round_above
from figures.scene import Box, Colour, Scene, ticks_of
from figures.theme import Scale

LETTER: Final = 0.55  # width of a letter as a share of its size, on average
SHORT: Final = 24  # letters of the longest line, for lines to stand side by side
TAB: Final = 14  # letters from one of them to the next
LINE: Final = 1.45  # distance of lines, as a share of the size of letters


def draw_chances(scene: Scene, box: Box, seen: Any, scale: Scale) -> None:
    """The chance of each answer at each step, dark for sure; the answers wanted are framed.

    Args:
        scene: what to draw into.
        box: of the cells; the answers stand left of it, the title above.
        seen: a `SequenceObservation` of a task with few answers.
        scale: how large the words are.
    """
    left, top, width, height = box
    num_steps, num_answers = seen.chances.shape
    title = "Chance of each answer at each step; framed: the right one"
    scene.text(left, top - scale.title, title, size=scale.title, weight=600)
    scene.sheet(
        box, seen.chances.T, low=0, high=1, palette="magnitude", ids=["chances"], smooth=False, readout="chance"
    )
    cell, row = width / num_steps, height / num_answers
    for number, answer in enumerate(seen.answers):
        y = top + row * (number + 0.5)
        scene.text(left - 8, y, answer, size=min(scale.note, row), align="right", colour="muted")
    for t in np.flatnonzero(seen.is_asked):
        place = (left + cell * t, top + row * seen.wanted[t], cell, row)
        scene.rect(place, stroke="negative" if seen.given[t] != seen.wanted[t] else "text", width=1.5 * scale.stroke)


def draw_numbers(scene: Scene, box: Box, seen: Any, scale: Scale) -> None:
    """The numbers wanted and answered over the steps.

    Args:
        scene: what to draw into.
        box: of the data; the title stands above it.
        seen: a `SequenceObservation` of a task that answers numbers.
        scale: how large the words are.
    """
    wanted = np.where(seen.is_asked, seen.wanted[:, 0], np.nan)
    steps = np.arange(1, len(wanted) + 1, dtype=float)
    top = round_above(np.abs(np.concatenate([wanted[seen.is_asked], seen.given[:, 0]])))
    ylim, xlim = (-top, top) if wanted[seen.is_asked].min() < 0 else (0.0, top), (0.5, len(wanted) + 0.5)
    _draw_title(scene, box, "Number at each step", (("answered", "positive"), ("wanted", "text")), scale)
    scene.axes(box, xlim=xlim, ylim=ylim, ticks=4, grid=True)
    scene.lines(box, [_track(steps, wanted), _track(steps, seen.given[:, 0])], xlim=xlim, ylim=ylim,
                colours=["text", "positive"], width=1.5 * scale.stroke)  # fmt: skip
    asked = seen.is_asked
    radius = 3.5 * scale.stroke
    scene.points(box, _track(steps[asked], wanted[asked]), xlim=xlim, ylim=ylim, colour="text", radius=radius)
    scene.points(
        box, _track(steps[asked], seen.given[asked, 0]), xlim=xlim, ylim=ylim, colour="positive", radius=radius
    )


def draw_forecast(scene: Scene, box: Box, forecast: Any, scale: Scale) -> None:
    """The past, what came, what the network says, and what repeating the last period says.

    Args:
        scene: what to draw into.
        box: of the data; the title stands above it.
        forecast: a `Forecast`.
        scale: how large the words are.
    """
    known = len(forecast.past)
    ahead = forecast.times[known - 1 :]
    last = forecast.past[-1:]
    seasonal = forecast.simple["seasonal naive"]
    everything = np.concatenate([forecast.past, forecast.truth, seasonal, forecast.middle])
    everything = everything[np.isfinite(everything)]
    margin = 0.08 * float(np.ptp(everything)) + 1e-9
    ylim = float(everything.min()) - margin, float(everything.max()) + margin
    xlim = float(forecast.times[0]), float(forecast.times[-1])
    words: tuple[tuple[str, Colour], ...] = (
        ("forecast, 80 % band", "positive"),
        ("seasonal naive", "negative"),
        ("what came", "text"),
    )
    _draw_title(scene, box, "Forecast", words, scale)
    scene.axes(box, xlim=xlim, ylim=ylim, ticks=([], ticks_of(ylim, 4)), grid=True, ylabel=forecast.unit)
    for time in ticks_of(xlim, 4):  # years are written without a comma
        x = box[0] + box[2] * (time - xlim[0]) / (xlim[1] - xlim[0])
        y = box[1] + box[3] + 1.1 * scale.note
        scene.text(x, y, f"{time:g}", size=scale.note, align="center", colour="muted")
    thin, thick = 1.0 * scale.stroke, 2.0 * scale.stroke
    draw: Any = {"xlim": xlim, "ylim": ylim}
    band = [_track(ahead, np.concatenate([last, side])) for side in (forecast.low, forecast.high)]
    scene.lines(box, [_track(forecast.times[:known], forecast.past)], colours="text", width=thin, **draw)
    scene.lines(box, [_track(ahead, np.concatenate([last, forecast.truth]))], colours="text", width=thin, **draw)
    line = _track(ahead, np.concatenate([last, seasonal]))
    scene.lines(box, [line], colours="negative", width=thin, dash=True, **draw)
    scene.lines(box, [track for track in band if np.isfinite(track).all()], colours="positive", width=thin, **draw)
    middle = _track(ahead, np.concatenate([last, forecast.middle]))
    scene.lines(box, [middle], colours="positive", width=thick, **draw)
    now = np.array([[ahead[0], ylim[0]], [ahead[0], ylim[1]]])
    scene.lines(box, [now], colours="grey", width=thin, dash=True, **draw)


def draw_written(scene: Scene, box: Box, written: Any, scale: Scale) -> None:
    """The text that the network writes, word by word: grey what is copied from the training text.

    Args:
        scene: what to draw into.
        box: where the words stand; the title stands above it.
        written: a `Written`.
        scale: how large the words are.
    """
    left, top = box[:2]
    share = written.is_copied.mean() if len(written.is_copied) else 0.0
    title = f"It writes · {share:.0%} copied from the training text (grey)"
    scene.text(left, top - scale.title, title, size=scale.title, weight=600)
    draw_words(scene, box, written, scale)


def draw_words(scene: Scene, box: Box, written: Any, scale: Scale) -> None:
    """The words of a text, as many as have room in the box; the prompt muted, copies grey.

    Args:
        scene: what to draw into.
        box: where the words stand.
        written: a `Written`.
        scale: how large the words are.
    """
    left, top, width, height = box
    size = scale.title
    pitch, num_columns = LETTER * size, int(width / (LETTER * size))
    num_rows = int(height / (LINE * size))
    for row, column, word, is_copied in _placed(written, num_columns, num_rows):
        colour: Colour = "muted" if is_copied is None else "grey" if is_copied else "text"
        y = top + LINE * size * (row + 0.5)
        scene.text(left + pitch * column, y, word, size=size, colour=colour, weight=400 if is_copied else 600)


def _placed(written: Any, num_columns: int, num_rows: int) -> list[tuple[int, int, str, bool | None]]:
    """Row, column, letters and whether they are copied (None: the prompt) of each word that fits."""
    placed: list[tuple[int, int, str, bool | None]] = []
    row = column = 0
    has_short_lines = all(len(line) <= SHORT for line in written.text.split("\n"))
    for text, marks in ((written.prompt, None), (written.text, written.is_copied)):
        place = 0
        for word in _pieces(text if has_short_lines else text.replace("\n", " ")):
            is_copied = None if marks is None else bool(marks[place : place + len(word)].any())
            place += len(word)
            if word == "\n" or column + len(word) > num_columns:
                row, column = _next_line(row, column, word, num_columns)
            if row >= num_rows:
                return placed
            if word.strip():
                placed.append((row, column, word[:num_columns], is_copied))
            column += len(word) if word != "\n" else 0
    return placed


def _next_line(row: int, column: int, word: str, num_columns: int) -> tuple[int, int]:
    """Short lines (names) stand side by side, so that many of them fit."""
    stop = -(-(column + 2) // TAB) * TAB
    if word == "\n" and stop + TAB <= num_columns:
        return row, stop
    return row + 1, 0


def _pieces(text: str) -> list[str]:
    """Words, spaces and line ends in their order."""
    pieces: list[str] = []
    for sign in text:
        is_space = sign.isspace()
        if pieces and not is_space and not pieces[-1].isspace():
            pieces[-1] += sign
        else:
            pieces.append(sign if sign in "\n" else " " if is_space else sign)
    return pieces


def _track(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.stack([x, y], axis=1)


def _draw_title(scene: Scene, box: Box, title: str, words: tuple[tuple[str, Colour], ...], scale: Scale) -> None:
    """The title, and at the right end which colour is which."""
    y, right = box[1] - scale.title, box[0] + box[2]
    scene.text(box[0], y, title, size=scale.title, weight=600)
    for word, colour in reversed(words):
        scene.text(right, y, word, size=scale.note, align="right", colour=colour, weight=600)
        right -= scale.note * (0.5 * len(word) + 1.2)  # about as wide as the words are
