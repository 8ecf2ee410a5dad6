"""Lessons on a page: predict, run, explain with the numbers of this very run."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from training.lessons import Lesson, Trial, numbers_of
from training.run import Run, Stop
from training.settings import Settings
from ui.knobs import IN_URL, load
from ui.transport import PACES

SECONDS = 5.0  # about how long a trial should take on the screen


def start_asked(run: Run, slug: str) -> None:
    """Starts the trial whose button was pressed; call it once the run has followed the knobs."""
    steps = st.session_state.pop(f"_{slug}_start", None)
    if steps:
        run.reset()
        run.set_pace(PACES[st.session_state[f"{slug}_pace"]])
        run.play(Stop(steps=steps))


def times_started(slug: str) -> int:
    """How many trials were started; a change brings the live picture into view."""
    return int(st.session_state.get(f"_{slug}_times", 0))


def lessons(run: Run, slug: str, settings_class: type[Settings], all_lessons: Sequence[Lesson]) -> None:
    """Draws the chooser and the chosen lesson.

    Args:
        run: the page's run, which the trials use.
        slug: which page.
        settings_class: its settings.
        all_lessons: what there is to choose from.
    """
    titles = {lesson.slug: lesson.title + (" (failure)" if lesson.is_failure else "") for lesson in all_lessons}
    chosen = st.selectbox(
        "Lesson",
        list(titles),
        format_func=titles.__getitem__,
        key=f"{slug}_lesson",
        **IN_URL,
    )
    lesson = next(one for one in all_lessons if one.slug == chosen)
    done = _record(run, slug, lesson)
    st.markdown(f"**{lesson.question}**")
    guess = st.radio(
        "Your prediction",
        lesson.choices,
        index=None,
        key=f"{slug}_guess_{lesson.slug}",
        label_visibility="collapsed",
        persist_state="session",
    )
    with st.container(horizontal=True):
        for number, trial in enumerate(lesson.trials):
            st.button(
                f"Run: {trial.label}",
                key=f"{slug}_trial_{lesson.slug}_{number}",
                icon=":material/check:" if number in done else ":material/play_arrow:",
                disabled=guess is None,
                help="Predict first." if guess is None else f"Sets the knobs and trains {lesson.steps:,} steps.",
                on_click=ask,
                args=(slug, settings_class, lesson, trial),
            )
    if guess is not None and len(done) == len(lesson.trials):
        _explain(lesson, guess, [done[number] for number in range(len(lesson.trials))])


def ask(slug: str, settings_class: type[Settings], lesson: Lesson, trial: Trial) -> None:
    """Sets the knobs of a trial and has it started once they are drawn; call it in a callback."""
    load(settings_class, slug, trial.settings)
    wanted = lesson.steps / SECONDS
    st.session_state[f"{slug}_pace"] = next(
        (name for name, pace in PACES.items() if pace is not None and pace >= wanted), "full speed"
    )
    st.session_state[f"_{slug}_start"] = lesson.steps
    st.session_state[f"_{slug}_times"] = times_started(slug) + 1


def _record(run: Run, slug: str, lesson: Lesson) -> dict[int, dict[str, float]]:
    """The numbers of the trials run so far; a finished run counts if its settings are those of the trial."""
    results: dict[str, dict[int, Any]] = st.session_state.setdefault(f"_{slug}_results", {})
    done = results.setdefault(lesson.slug, {})
    snapshot = run.poll()
    for number, trial in enumerate(lesson.trials):
        expected = type(run.settings)(seed=run.settings.seed, device=run.settings.device, **trial.settings)
        if run.settings == expected and not run.is_playing and (run.step >= lesson.steps or snapshot.has_failed):
            done[number] = numbers_of(snapshot)
    return done


def _explain(lesson: Lesson, guess: str, numbers: Sequence[dict[str, float]]) -> None:
    is_right = lesson.choices.index(guess) == lesson.answer
    verdict = "As you predicted." if is_right else f"Not as you predicted: {lesson.choices[lesson.answer].lower()}."
    if lesson.holds(numbers):
        st.info(f"{verdict} {lesson.explain(numbers)}")
    else:
        st.warning(f"This time the runs did not show it; try a new seed. What they gave: {lesson.explain(numbers)}")
