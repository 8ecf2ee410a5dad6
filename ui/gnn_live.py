"""The live picture of the page `gnn`, and what a click in it does."""

from typing import Any, Final

import numpy as np
import streamlit as st

from experiments.gnn_settings import GNNSettings
from figures.gnn import graph_scene
from figures.gnn_network import node_of
from training.run import Snapshot
from ui.gnn_baselines import baseline_levels
from ui.knobs import IN_URL, key_of, turn
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.runs import run_of
from ui.trials import times_started

SLUG: Final = "gnn"
CANVAS_SHARE: Final = 0.69  # of the window's height


def draw_graphs(snapshot: Snapshot) -> bool:
    """Graph, layers, points and curves; returns whether something in the picture was clicked."""
    losses, scores = baseline_levels(snapshot)
    scene = graph_scene(
        snapshot.observation,
        snapshot.history,
        step=snapshot.step,
        look=times_started(SLUG),
        is_log=st.session_state.get("gnn_is_log", False),
        loss_levels=losses,
        score_levels=scores,
        is_large=is_lecture(),
    )
    return live_canvas(scene, key="gnn_picture", height=CANVAS_SHARE, on_event=handle) is not None


def handle(event: dict[str, Any]) -> None:
    """Carries out a click: go to the next graph, or to the one that was clicked."""
    run = run_of(SLUG)
    if run is None:
        return
    seen: Any = run.poll().observation
    what, _, which = str(event.get("id", "")).partition(":")
    if event["kind"] == "plane" and what == "points":
        look_at(nearest(seen, float(event["x"]), float(event["y"])), seen.num_items)
    elif event["kind"] == "hot" and what == "item":
        look_at(int(st.session_state.get(key_of(SLUG, "item"), 0)) + int(which), seen.num_items)
    elif (node := node_of(event, "node", seen.places)) is not None:
        look_at(node, seen.num_items)


def nearest(seen: Any, x: float, y: float) -> int:
    """The graph or node whose point is nearest to a place of the plane."""
    return int(seen.rows[np.square(seen.xy - [x, y]).sum(1).argmin()])


def look_at(item: int, num_items: int) -> None:
    """Puts another graph or node into the picture; call it in a callback."""
    turn(GNNSettings, SLUG, {"item": min(max(0, item), num_items - 1)})


def view_knobs() -> None:
    """What only the pictures follow."""
    st.toggle("Logarithmic loss axis", value=False, key="gnn_is_log", **IN_URL)
