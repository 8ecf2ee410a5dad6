"""The live picture of the page `decoder`, and what a click in it does."""

from typing import Any, Final

import streamlit as st

from figures.decoder import network_scene
from training.run import Snapshot
from ui.knobs import IN_URL
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.trials import times_started

SLUG: Final = "decoder"
CANVAS_SHARE: Final = 0.69  # of the window's height


def draw_network(snapshot: Snapshot) -> bool:
    """Answers, attention and learning curves of one moment; returns whether a head was clicked."""
    scene = network_scene(
        snapshot.observation,
        snapshot.history,
        step=snapshot.step,
        look=times_started(SLUG),
        head=st.session_state.get("_decoder_head", (0, 0)),
        is_log=st.session_state.get("decoder_is_log", False),
        is_large=is_lecture(),
    )
    live_canvas(scene, key="decoder_network", height=CANVAS_SHARE, on_event=handle)
    return False  # the chosen head is drawn by the picture alone


def handle(event: dict[str, Any]) -> None:
    """Carries out a click: choose a head."""
    if event["kind"] == "hot" and str(event["id"]).startswith("head:"):
        st.session_state["_decoder_head"] = int(event["layer"]), int(event["head"])


def view_knobs() -> None:
    """What only the pictures follow."""
    st.toggle("Logarithmic loss axis", value=False, key="decoder_is_log", **IN_URL)
