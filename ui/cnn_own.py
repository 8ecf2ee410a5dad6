"""Look inside, page `cnn`: a picture of the visitor's own passes through the network."""

from typing import Any, Final

import numpy as np
import streamlit as st

from figures.cnn import ScaleBy, own_scene
from training.run import Run, Snapshot
from ui.live import live_canvas
from ui.own_images import picture_box

PICTURE: Final = "_cnn_own_picture"  # (C, S, S) of bytes
IS_USED: Final = "cnn_own_is_used"


def own_tab(run: Run, snapshot: Snapshot) -> None:
    """Draw or bring a picture, and see it pass."""
    channels, side, _ = _shape(snapshot)
    left, right = st.columns([3, 7], gap="large")
    with left:
        picture = picture_box("cnn", side, channels == 1)
        st.session_state[PICTURE] = picture
        if picture is not None:
            help_text = "One map, Where it looks and Classes then show this picture instead of the test picture above."
            st.toggle("Look at it in the other tabs", key=IS_USED, help=help_text, persist_state="session")
    with right:
        if picture is None:
            st.info("Draw, upload or photograph something: it goes through the network as it is now.")
            return
        scale_by: ScaleBy = st.session_state.get("cnn_scale_by") or "each layer"
        live_canvas(own_scene(run.call("look_at", picture=picture), scale_by), key="cnn_own")


def own_picture(run: Run) -> np.ndarray | None:
    """The visitor's own picture, if it is to be looked at and fits the network; says so on the page."""
    picture: np.ndarray | None = st.session_state.get(PICTURE)
    if picture is None or not st.session_state.get(IS_USED) or picture.shape != _shape(run.poll()):
        return None
    st.caption("Of your own picture.")
    return picture


def _shape(snapshot: Snapshot) -> tuple[int, ...]:
    seen: Any = snapshot.observation
    return tuple(seen.picture.shape)
