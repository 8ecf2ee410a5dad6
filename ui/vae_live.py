"""The live picture of the page `vae`, and what a click in it does."""

from typing import Any, Final

import streamlit as st

from experiments.vae_settings import REACH, VAESettings
from figures.vae import vae_scene
from training.run import Snapshot
from ui.knobs import IN_URL, turn
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.trials import times_started

SLUG: Final = "vae"
CANVAS_SHARE: Final = 0.69  # of the window's height
LIMIT: Final = "_vae_limit"  # how far the map that was drawn last reaches


def draw_space(snapshot: Snapshot) -> bool:
    """Copies, samples, latent plane and curves of one moment; returns whether something was clicked."""
    seen: Any = snapshot.observation
    st.session_state[LIMIT] = seen.limit
    scene = vae_scene(
        seen,
        snapshot.history,
        step=snapshot.step,
        look=times_started(SLUG),
        is_log=st.session_state.get("vae_is_log", False),
        is_large=is_lecture(),
    )
    return live_canvas(scene, key="vae_picture", height=CANVAS_SHARE, on_event=handle) is not None


def handle(event: dict[str, Any]) -> None:
    """Carries out a click: decode another point, or look at another example."""
    what, _, index = str(event.get("id", "")).partition(":")
    if event["kind"] == "hot" and what == "example":
        turn(VAESettings, SLUG, {"example": int(index)})
    if event["kind"] == "plane" and what in ("map", "grid"):
        share = REACH / st.session_state.get(LIMIT, REACH)
        x, y = (min(max(round(share * event[axis], 2), -REACH), REACH) for axis in ("x", "y"))
        turn(VAESettings, SLUG, {"point_x": x, "point_y": y})


def view_knobs() -> None:
    """What only the pictures follow."""
    st.toggle("Logarithmic loss axis", value=False, key="vae_is_log", **IN_URL)
