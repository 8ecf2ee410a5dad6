"""Runs the trials of a lesson one after the other: the knobs move, the run plays to its end, the next one follows.

A page calls `conduct` before its knobs are drawn (only then can they be turned) and `start_asked` once its run has
followed them. While a trial is on, a bar at the lower edge of the window says what runs and what comes next.
"""

import importlib
import importlib.util
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import streamlit as st

from figures import theme
from training.lessons import Lesson, Result, Trial, in_words, result_of, settings_in_words
from training.run import Run
from training.settings import Settings
from training.snapshot import Stop
from ui.knobs import key_of, load
from ui.runs import poll, run_of
from ui.scroll import ask_into_view
from ui.transport import DEFAULT_PACE, PACES

# One line at the lower edge, so that the picture stays in view above it on a 1280x720 projector.
_STYLE: Final = """<style>
[data-testid="stBottomBlockContainer"] {padding: 0.25rem 2rem 0.5rem 2rem; max-width: none}
[data-testid="stBottomBlockContainer"] [data-testid="stVerticalBlock"] {gap: 0.25rem}
[class*="_lesson_bar"] {flex-wrap: nowrap}
[class*="_lesson_bar"] button p {white-space: nowrap}
@keyframes turned {from {opacity: 0.2}}
</style>"""

Room = Literal["lesson", "museum", "lecture"]

SECONDS: Final = 5.0  # about how long a trial takes on the screen
REST_SECONDS: Final = 2.0  # to look at the end of a trial before the knobs move again
BAR_SECONDS: Final = 0.5  # between two looks at whether the trial is over
LEFT: Final = "A setting was changed, so the lesson stopped here; its finished trials are kept, and the run is yours."

EDITED: Final = "The network was changed by hand, so this run does not count for the lesson; start it again below."


@dataclass(eq=False)
class Playing:
    """The trials that are being run for one visitor.

    Attributes:
        lesson: whose trials.
        numbers: which of `lesson.runs`, the one on now first.
        room: where they were started, and where their results belong.
        settings_class: of the page.
        seed: the visitor's own, the same for all trials.
        device: the visitor's own.
        pace: what the speed knob said before.
        is_started: whether the run plays the trial; until then only the knobs were turned.
        is_held: the visitor has paused it.
        rest_until: when the next trial may begin, on the monotonic clock; None before this one is over.
    """

    lesson: Lesson
    numbers: list[int]
    room: Room
    settings_class: type[Settings]
    seed: int
    device: str
    pace: str
    is_started: bool = False
    is_held: bool = False
    rest_until: float | None = None

    @property
    def trial(self) -> Trial:
        """The one on now."""
        return self.lesson.runs[self.numbers[0]]

    @property
    def settings(self) -> Any:
        """Those of the trial on now."""
        return self.trial.complete(self.settings_class, self.seed, self.device)

    @property
    def is_due(self) -> bool:
        """Whether the time to look at the end of the trial is over."""
        return self.rest_until is not None and time.monotonic() >= self.rest_until


@dataclass(frozen=True)
class Note:
    """What the bar says when nothing runs."""

    words: str
    room: Room = "lesson"
    following: Lesson | None = None  # its second trial can be run next


def lessons_of(slug: str) -> Sequence[Lesson]:
    """The lessons of a page; none if it has no such file."""
    name = f"experiments.{slug}_lessons"
    if importlib.util.find_spec(name) is None:
        return ()
    lessons: Sequence[Lesson] = importlib.import_module(name).LESSONS
    return lessons


def results_of(slug: str, lesson: Lesson, room: Room = "lesson") -> dict[int, Result]:
    """What the trials run so far gave, by their place in `lesson.runs`."""
    results: dict[tuple[str, str], dict[int, Result]] = st.session_state.setdefault(f"_{slug}_results", {})
    return results.setdefault((room, lesson.slug), {})


def playing_of(slug: str) -> Playing | None:
    """The trials being run on this page; None if there are none."""
    playing: Playing | None = st.session_state.get(f"_{slug}_playing")
    return playing


def times_started(slug: str) -> int:
    """How often trials were started; a change brings the live picture into view."""
    return int(st.session_state.get(f"_{slug}_times", 0))


def start(
    run: Run, slug: str, settings_class: type[Settings], lesson: Lesson, numbers: Sequence[int], room: Room = "lesson"
) -> None:
    """Begins with the first of these trials; call it in a callback.

    Runs that are compared have the same seed: all trials together take the visitor's, one alone takes that of the
    others. Results of an earlier seed give way.
    """
    state = st.session_state
    former = playing_of(slug)
    pace = former.pace if former else state.get(f"{slug}_pace", DEFAULT_PACE)
    results, seed, device = results_of(slug, lesson, room), run.settings.seed, run.settings.device
    is_anew = set(range(len(lesson.trials))) <= set(numbers) if room == "lesson" else 0 in numbers
    if is_anew:
        results.clear()
    seed = next((result.seed for result in results.values()), seed)
    playing = Playing(lesson, list(numbers), room, settings_class, seed, device, pace)
    state[f"_{slug}_playing"] = playing
    state[f"_{slug}_times"] = times_started(slug) + 1
    state.pop(f"_{slug}_note", None)
    _load(run, slug, playing)


def stop(run: Run, slug: str) -> None:
    """Ends the lesson where it is; call it in a callback."""
    run.pause()
    _end(slug)


def conduct(slug: str) -> None:
    """Keeps the result of a trial that is over and turns the knobs for the next; call it before they are drawn."""
    playing = playing_of(slug)
    run = run_of(slug)
    if playing is None or not playing.is_started or run is None:
        return
    if playing.rest_until is None and _is_over(playing, run):
        run.leave()  # the result is that of the newest moment, whichever is looked at
        if run.capture().edits:  # a capture waits for the end of the slice, after which the snapshot is the last one
            _end(slug)
            st.session_state[f"_{slug}_note"] = Note(EDITED)
            return
        results_of(slug, playing.lesson, playing.room)[playing.numbers[0]] = result_of(run.poll())
        playing.rest_until = time.monotonic() + REST_SECONDS
    if playing.is_due:
        number = playing.numbers.pop(0)
        if playing.numbers:
            _load(run, slug, playing)
        else:
            _finish(slug, playing, number)


def start_asked(run: Run, slug: str) -> None:
    """Plays the trial whose settings were loaded, and draws the bar; call it once the run has followed the knobs."""
    playing = playing_of(slug)
    if playing is not None:
        if run.settings != playing.settings:
            _end(slug)
            st.session_state[f"_{slug}_note"] = Note(LEFT)
        elif not playing.is_started:
            run.reset()
            run.play(Stop(steps=playing.lesson.steps))
            playing.is_started = True
        elif playing.rest_until is None:
            if playing.is_held and run.is_playing and st.session_state.get(f"{slug}_go"):
                run.play(Stop(steps=max(1, playing.lesson.steps - run.newest_step)))  # not what the stop knobs say
            playing.is_held = not run.is_playing and not _is_over(playing, run)
    st.session_state[f"_{slug}_drawn"] = playing_of(slug)
    _bar(run, slug)


def has_changed(slug: str) -> bool:
    """Whether trials were started or ended since the page was drawn as a whole; a fragment then calls for that."""
    return playing_of(slug) is not st.session_state.get(f"_{slug}_drawn")


def pace_for(steps: int) -> str:
    """The speed at which so many steps take about `SECONDS`."""
    wanted = math.log(steps / SECONDS)
    paces = {name: math.log(pace) for name, pace in PACES.items() if pace is not None}
    if wanted > max(paces.values()) + 1:
        return next(name for name, pace in PACES.items() if pace is None)
    return min(paces, key=lambda name: abs(paces[name] - wanted))


def _load(run: Run, slug: str, playing: Playing) -> None:
    run.pause()
    playing.is_started, playing.is_held, playing.rest_until = False, False, None
    load(playing.settings_class, slug, dict(playing.settings))
    st.session_state[f"{slug}_pace"] = pace_for(playing.lesson.steps)


def _end(slug: str) -> None:
    playing: Playing = st.session_state.pop(f"_{slug}_playing", None)
    if playing is not None:
        st.session_state[f"{slug}_pace"] = playing.pace


def _finish(slug: str, playing: Playing, number: int) -> None:
    _end(slug)
    if playing.room == "lesson":
        ask_into_view(f"{slug}_explanation")
        return
    numbers = results_of(slug, playing.lesson, playing.room)[number].numbers
    words = f"**{playing.lesson.title}** · {playing.lesson.runs[number].label}: {in_words(playing.lesson, numbers)}."
    if playing.lesson.failure and number == 0:
        words += f" {playing.lesson.failure.diagnosis}"
    has_more = number == 0 and len(playing.lesson.trials) > 1
    st.session_state[f"_{slug}_note"] = Note(words, playing.room, playing.lesson if has_more else None)


def _is_over(playing: Playing, run: Run) -> bool:
    if run.is_playing or run.settings != playing.settings:
        return False
    return run.newest_step >= playing.lesson.steps or run.poll().has_failed


def _bar(run: Run, slug: str) -> None:
    """The line at the lower edge of the window: what runs, what comes next, or what there is to say afterwards."""
    playing: Playing | None = playing_of(slug)
    note: Note | None = st.session_state.get(f"_{slug}_note")
    if playing is not None:
        _mark_knobs(slug, list(playing.trial.settings))
        with st.bottom:
            st.html(_STYLE)
            st.fragment(_show_playing, run_every=BAR_SECONDS)(run, slug, playing)
    elif note is not None:
        st.bottom.html(_STYLE)
        with st.bottom, st.container(horizontal=True, vertical_alignment="center", key=f"{slug}_lesson_bar"):
            st.markdown(note.words, width="stretch")
            if note.following is not None:
                label = "Mend it" if note.following.failure else f"Next: {note.following.trials[1].label}"
                more = (run, slug, type(run.settings), note.following, [1], note.room)
                st.button(label, key=f"{slug}_bar_mend", type="primary", on_click=start, args=more)
            back = "Back to the museum" if note.room == "museum" else "Close"
            st.button(back, key=f"{slug}_bar_close", on_click=_close, args=(slug, note))


def _close(slug: str, note: Note) -> None:
    st.session_state.pop(f"_{slug}_note", None)
    if note.room == "museum":
        ask_into_view(f"{slug}_lessons")


def _show_playing(run: Run, slug: str, playing: Playing) -> None:
    snapshot = poll(run)
    if has_changed(slug) or playing.is_due or (playing.rest_until is None and _is_over(playing, run)):
        st.rerun()
    st.progress(min(1.0, snapshot.step / playing.lesson.steps))
    with st.container(horizontal=True, vertical_alignment="center", key=f"{slug}_lesson_bar"):
        st.markdown(_said(playing), width="stretch")
        st.button("Stop the lesson", key=f"{slug}_lesson_stop", on_click=stop, args=(run, slug))


def _said(playing: Playing) -> str:
    """What runs now, and what comes next."""
    lesson, trial, number = playing.lesson, playing.trial, playing.numbers[0]
    place = f"trial {number + 1} of {len(lesson.trials)}" if number < len(lesson.trials) else "one thing changed"
    what = f"**{lesson.title}** · {place}: **{trial.label}**"
    if playing.rest_until is not None:
        what += " · done"
    elif playing.is_held:
        what += " · paused, press Play to go on"
    else:
        what += f" ({settings_in_words(playing.settings, list(trial.settings))})"
    if len(playing.numbers) > 1:
        what += f" · next: {lesson.runs[playing.numbers[1]].label}"
    elif playing.room == "lesson":
        what += " · next: the explanation"
    return what


def _mark_knobs(slug: str, names: Sequence[str]) -> None:
    """An accent line beside the knobs that the trial has turned."""
    turned = [f".st-key-{key_of(slug, name)}" for name in names]
    marks = ", ".join(f"{knob}::before" for knob in turned)
    line = f"content: ''; position: absolute; inset: 0 auto 0 -0.6rem; width: 0.2rem; background: {theme.ACCENT}"
    st.bottom.html(
        f"<style>{', '.join(turned)} {{position: relative; animation: turned 1s}} {marks} {{{line}}}</style>"
    )
