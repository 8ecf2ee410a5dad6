"""The live picture of the page `encoder`, and what a click in it does."""

from typing import Any, Final

import streamlit as st

from experiments.encoder_settings import EncoderSettings
from figures.encoder import encoder_scene
from training.run import Snapshot
from ui.knobs import IN_URL, key_of, turn
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.trials import times_started

SLUG: Final = "encoder"
CANVAS_SHARE: Final = 0.69  # of the window's height
LAST_ROW: Final = 999


def draw_reading(snapshot: Snapshot) -> bool:
    """Gaps or a sentence, and curves; returns whether something in the picture was clicked."""
    scene = encoder_scene(
        snapshot.observation,
        snapshot.history,
        step=snapshot.step,
        look=times_started(SLUG),
        is_log=st.session_state.get("encoder_is_log", False),
        is_large=is_lecture(),
    )
    return live_canvas(scene, key="encoder_picture", height=CANVAS_SHARE, on_event=handle) is not None


def handle(event: dict[str, Any]) -> None:
    """Carries out a click: go to another sentence."""
    what, _, by = str(event.get("id", "")).partition(":")
    if event["kind"] == "hot" and what == "row":
        row = int(st.session_state.get(key_of(SLUG, "row"), 0)) + int(by)
        turn(EncoderSettings, SLUG, {"row": min(max(0, row), LAST_ROW)})


def view_knobs() -> None:
    """What only the pictures follow."""
    st.toggle("Logarithmic loss axis", value=False, key="encoder_is_log", **IN_URL)
