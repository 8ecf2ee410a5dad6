"""The live picture of the page `gan`, and what a click in it does."""

from typing import Any, Final

import streamlit as st

from experiments.gan_settings import OWN_POINTS
from figures.gan import gan_scene
from figures.gan_plane import FIRST_LAYERS, points_scene
from training.run import Snapshot
from ui.gan_data import place_point, points_of
from ui.knobs import IN_URL
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.trials import times_started

SLUG: Final = "gan"
CANVAS_SHARE: Final = 0.69  # of the window's height
_LAYERS: Final = "_gan_layers"


def draw_game(snapshot: Snapshot) -> bool:
    """Fakes, what is said of them, and curves; returns whether something in the picture was clicked."""
    scene = gan_scene(
        snapshot.observation,
        snapshot.history,
        step=snapshot.step,
        layers=layers(),
        look=times_started(SLUG),
        is_log=st.session_state.get("gan_is_log", False),
        can_place_points=snapshot.settings.data == OWN_POINTS,
        is_large=is_lecture(),
    )
    event = live_canvas(scene, key="gan_picture", height=CANVAS_SHARE, on_event=handle)
    return event is not None and event["kind"] == "plane"


def draw_empty_plane() -> None:
    """The plane to click the first points into."""
    scene = points_scene(points_of(), is_large=is_lecture())
    live_canvas(scene, key="gan_picture", height=CANVAS_SHARE, on_event=handle)


def layers() -> set[str]:
    """The layers of the plane that are on; the set itself, to be changed."""
    shown: set[str] = st.session_state.setdefault(_LAYERS, set(FIRST_LAYERS))
    return shown


def handle(event: dict[str, Any]) -> None:
    """Carries out a click: place a point, or switch a layer."""
    if event["kind"] == "plane":
        place_point(event)
        return
    what, _, name = str(event.get("id", "")).partition(":")
    if event["kind"] == "hot" and what == "layer":
        layers().symmetric_difference_update({name})


def view_knobs() -> None:
    """What only the pictures follow."""
    st.toggle("Logarithmic distance axis", value=False, key="gan_is_log", **IN_URL)
