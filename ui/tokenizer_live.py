"""The live picture of the page `tokenizer`, and what a click in it does."""

from typing import Any, Final

import streamlit as st

from figures.tokenizer import passage_scene
from training.run import Snapshot
from ui.knobs import IN_URL
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.trials import times_started

SLUG: Final = "tokenizer"
CANVAS_SHARE: Final = 0.69  # of the window's height


def draw_passage(snapshot: Snapshot) -> bool:
    """Passage, guesses and learning curves of one moment; returns whether a token was clicked."""
    scene = passage_scene(
        snapshot.observation,
        snapshot.history,
        step=snapshot.step,
        look=times_started(SLUG),
        selected=int(st.session_state.get("tokenizer_at", 9)) - 1,
        is_log=st.session_state.get("tokenizer_is_log", False),
        is_large=is_lecture(),
    )
    return live_canvas(scene, key="tokenizer_passage", height=CANVAS_SHARE, on_event=handle) is not None


def handle(event: dict[str, Any]) -> None:
    """Carries out a click: choose a token."""
    if event["kind"] == "hot":
        st.session_state["tokenizer_at"] = int(event["id"].partition(":")[2]) + 1


def view_knobs() -> None:
    """What only the pictures follow."""
    st.toggle("Logarithmic loss axis", value=False, key="tokenizer_is_log", **IN_URL)
