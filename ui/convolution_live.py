"""The live picture of the page `convolution`, and what a click in it does."""

from typing import Any, Final

import streamlit as st

from figures.convolution import FIRST, convolution_scene
from training.run import Snapshot
from ui.knobs import IN_URL
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.trials import times_started

SLUG: Final = "convolution"
CANVAS_SHARE: Final = 0.69  # of the window's height
CELL: Final = "_convolution_cell"  # which output cell is explained


def draw_search(snapshot: Snapshot) -> bool:
    """Picture, maps, kernels and curves of one moment; returns whether the rest of the page must follow: never."""
    scene = convolution_scene(
        snapshot.observation,
        snapshot.history,
        step=snapshot.step,
        look=times_started(SLUG),
        cell=st.session_state.get(CELL, FIRST),
        is_log=st.session_state.get("convolution_is_log", False),
        is_large=is_lecture(),
    )
    live_canvas(scene, key="convolution_search", height=CANVAS_SHARE, on_event=choose_cell)
    return False


def choose_cell(event: dict[str, Any]) -> None:
    """Explains the output cell at the place that was clicked."""
    if event["kind"] == "plane":
        st.session_state[CELL] = (1 - float(event["y"]), float(event["x"]))


def view_knobs() -> None:
    """What only the picture follows."""
    st.toggle("Logarithmic axes", value=False, key="convolution_is_log", **IN_URL)
