"""The live picture of the page `pretrained`, and what a click in it does."""

from typing import Any, Final

import streamlit as st

from figures.pretrained import students_scene
from training.run import Snapshot
from ui.knobs import key_of
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.trials import times_started

SLUG: Final = "pretrained"
CANVAS_SHARE: Final = 0.69  # of the window's height


def draw_students(snapshot: Snapshot) -> bool:
    """Accuracies, features and answers of one moment; returns whether something was clicked."""
    scene = students_scene(
        snapshot.observation,
        snapshot.history,
        step=snapshot.step,
        look=times_started(SLUG),
        is_large=is_lecture(),
    )
    return live_canvas(scene, key="pretrained_students", height=CANVAS_SHARE, on_event=handle) is not None


def handle(event: dict[str, Any]) -> None:
    """Carries out a click: marks another test picture in the plane."""
    what, _, index = str(event.get("id", "")).partition(":")
    if event["kind"] == "hot" and what == "picture":
        st.session_state[key_of(SLUG, "picture")] = int(index)
