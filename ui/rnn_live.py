"""The live picture of the page `rnn`, and what a click in it does."""

from typing import Any, Final

import streamlit as st

from figures.rnn import network_scene
from training.run import Snapshot
from ui.knobs import IN_URL
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.trials import times_started

SLUG: Final = "rnn"
CANVAS_SHARE: Final = 0.69  # of the window's height
FORMULAS: Final = {"rnn": ": h(t) = tanh(W x(t) + U h(t−1) + b)", "gru": ": gates mix the old memory with a new one"}


def draw_network(snapshot: Snapshot) -> bool:
    """Unrolled network, answers and learning curves of one moment; returns whether a step was clicked."""
    scene = network_scene(
        snapshot.observation,
        snapshot.history,
        step=snapshot.step,
        look=times_started(SLUG),
        selected=selected(),
        formula=FORMULAS[snapshot.settings.cell],
        is_log=st.session_state.get("rnn_is_log", False),
        is_large=is_lecture(),
    )
    return live_canvas(scene, key="rnn_network", height=CANVAS_SHARE, on_event=handle) is not None


def selected() -> int:
    """The time step chosen in the picture, from 0; the second, where there is a memory already."""
    return int(st.session_state.get("rnn_at", 2)) - 1


def handle(event: dict[str, Any]) -> None:
    """Carries out a click: choose a time step."""
    if event["kind"] == "hot":
        st.session_state["rnn_at"] = int(event["id"].partition(":")[2]) + 1


def view_knobs() -> None:
    """What only the pictures follow."""
    st.toggle("Logarithmic loss axis", value=False, key="rnn_is_log", **IN_URL)
