"""The keys of lecture mode, and what they start."""

from pathlib import Path
from typing import Final

import streamlit as st

from training.lessons import Lesson
from ui.runs import run_of
from ui.trials import lessons_of, start

KEYS: Final = (
    ("Space", "Play, pause"),
    ("→", "One step"),
    ("R", "Back to step 0, the same weights"),
    ("1 … 9", "Start a lesson"),
    ("F", "Freeze the picture"),
    ("Q", "QR code of this page"),
    ("Esc, L", "Leave lecture mode"),
    ("?, H", "This list"),
)
NUM_PRESETS: Final = 9

_listener = st.components.v2.component(
    "lecture_keys", js=(Path(__file__).parent / "static" / "keys.js").read_text(encoding="utf-8")
)


def lecture_keys(slug: str) -> None:
    """Listens to the keyboard: static/keys.js presses the buttons of the page; a digit starts a lesson."""
    presets = lessons_of(slug)[:NUM_PRESETS]
    key = f"{slug}_keys"

    def start() -> None:
        number = st.session_state[key].get("lesson")
        if isinstance(number, int) and 1 <= number <= len(presets):
            _start(slug, number, presets[number - 1])

    titles = [lesson.title for lesson in presets]
    _listener(key=key, data={"slug": slug, "keys": KEYS, "lessons": titles}, on_lesson_change=start)


def _start(slug: str, number: int, lesson: Lesson) -> None:
    """The first trial of a lesson, at once: a lecturer asks for the predictions aloud."""
    run = run_of(slug)
    if run is not None:
        start(run, slug, type(run.settings), lesson, [0], "lecture")
    st.toast(f"{number}: {lesson.title}")
