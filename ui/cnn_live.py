"""The live picture of the page `cnn`, and what a click in it does."""

import math
import re
from typing import Any, Final

import streamlit as st

from figures.cnn import SCALES, network_scene
from figures.curves import Level
from training.run import Snapshot
from ui.knobs import IN_URL, key_of
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.share import asked
from ui.trials import times_started

SLUG: Final = "cnn"
CANVAS_SHARE: Final = 0.69  # of the window's height
SELECTED: Final = "cnn_selected"  # (layer, number of the map from 0), also set by a click in the live picture
IN_LINK: Final = "cnn_map"  # the same as `layer.number`, counted from 1

Selected = tuple[str, int] | None


def draw_network(snapshot: Snapshot) -> bool:
    """Picture, maps, classes, test pictures and curves of one moment; returns whether something was clicked."""
    num_classes = len(snapshot.observation.class_names)  # type: ignore[attr-defined]
    scene = network_scene(
        snapshot.observation,
        snapshot.history,
        step=snapshot.step,
        look=times_started(SLUG),
        scale_by=st.session_state.get("cnn_scale_by") or "each layer",
        selected=selected(),
        is_log=st.session_state.get("cnn_is_log", False),
        loss_levels=[Level(f"guessing: ln {num_classes}", math.log(num_classes))],
        score_levels=[Level("guessing", 1 / num_classes)],
        is_large=is_lecture(),
    )
    return live_canvas(scene, key="cnn_network", height=CANVAS_SHARE, on_event=handle) is not None


def handle(event: dict[str, Any]) -> None:
    """Carries out a click: choose a map, or the picture to look at."""
    if event["kind"] != "hot":
        return
    what, _, rest = event["id"].partition(":")
    if what == "map":
        layer, _, number = rest.rpartition(":")
        select(layer, int(number))
    elif what == "picture":
        look_at(event)


def look_at(event: dict[str, Any]) -> None:
    """Makes the test picture that was clicked the one looked at; call it in a callback."""
    what, _, index = str(event.get("id", "")).partition(":")
    if what == "picture":
        st.session_state[key_of(SLUG, "picture")] = int(index)


def select(layer: str, number: int) -> None:
    """Chooses a map, its number from 0, for the picture, the tab and the link."""
    st.session_state[SELECTED] = layer, number
    st.query_params[IN_LINK] = f"{layer}.{number + 1}"


def selected() -> Selected:
    """The chosen map; at first the one that the link names, if it names one."""
    found = re.fullmatch(r"([\w.]{1,24})\.(\d{1,3})", asked(IN_LINK))
    if SELECTED not in st.session_state and found:
        st.session_state[SELECTED] = found[1], int(found[2]) - 1
    chosen: Selected = st.session_state.get(SELECTED)
    return chosen


def view_knobs() -> None:
    """What only the pictures follow."""
    st.segmented_control(
        "Colour scale",
        SCALES,
        default="each layer",
        required=True,
        key="cnn_scale_by",
        help="Each map by itself shows what is in it; one range for a layer or for all shows which are strong.",
        **IN_URL,
    )
    st.toggle("Logarithmic loss axis", value=False, key="cnn_is_log", **IN_URL)
