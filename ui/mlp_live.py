"""The live picture of the page `mlp`, and what a click in it does."""

import math
from typing import Any, Final

import streamlit as st

from experiments.mlp_settings import MAX_LAYERS, MAX_WIDTH
from figures.curves import Level
from figures.mlp import network_scene, points_scene
from training.run import Snapshot
from ui.knobs import IN_URL, key_of
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.mlp_baselines import baseline_levels
from ui.mlp_data import place_point, points_of
from ui.mlp_neuron import select, selected
from ui.trials import times_started

SLUG: Final = "mlp"
CANVAS_SHARE: Final = 0.69  # of the window's height


def draw_network(snapshot: Snapshot) -> bool:
    """Network, map and learning curves of one moment; returns whether something in the picture was clicked."""
    loss_levels, score_levels = compared_with(snapshot)
    scene = network_scene(
        snapshot.observation,
        snapshot.history,
        activation=snapshot.settings.activation,
        step=snapshot.step,
        look=times_started(SLUG),
        can_place_points=snapshot.settings.problem == "own points",
        shows_test=st.session_state.get("mlp_shows_test", True),
        selected=selected(),
        is_log=st.session_state.get("mlp_is_log", False),
        loss_levels=loss_levels,
        score_levels=score_levels,
        is_large=is_lecture(),
    )
    return live_canvas(scene, key="mlp_network", height=CANVAS_SHARE, on_event=handle) is not None


def draw_empty_plane() -> None:
    """The plane to click the first points into."""
    live_canvas(
        points_scene(points_of(SLUG), is_large=is_lecture()), key="mlp_network", height=CANVAS_SHARE, on_event=handle
    )


def compared_with(snapshot: Snapshot) -> tuple[list[Level], list[Level]]:
    """Horizontal lines for the loss and for the score: chance, and the baselines that were fitted."""
    seen: Any = snapshot.observation
    losses, scores = baseline_levels(snapshot)
    if seen.loss_name == "cross-entropy":
        num_classes = len(seen.class_names)
        losses.append(Level(f"guessing: ln {num_classes}", math.log(num_classes)))
    return losses, scores


def handle(event: dict[str, Any]) -> None:
    """Carries out a click: choose a neuron, change a width, place a point."""
    if event["kind"] == "plane":
        place_point(SLUG, event)
        return
    if event["kind"] != "hot":
        return
    what, _, rest = event["id"].partition(":")
    if what == "unit":
        layer, unit = map(int, rest.split(":"))
        select(layer, unit)
    elif what in ("wider", "narrower"):
        change_width(int(rest), 1 if what == "wider" else -1)


def widths() -> list[int]:
    """The widths in the text box, as far as they are numbers."""
    text = str(st.session_state.get(key_of(SLUG, "hidden_dims"), ""))
    return [int(part) for part in text.replace("-", ",").split(",") if part.strip().isdigit()]


def change_width(layer: int, by: int) -> None:
    """Makes hidden layer `layer` (from 1) wider or narrower, within the bounds; a layer of 0 neurons goes."""
    dims = widths()
    if not 1 <= layer <= len(dims):
        return
    dims[layer - 1] = min(MAX_WIDTH, dims[layer - 1] + by)
    set_widths([width for width in dims if width > 0])


def set_widths(dims: list[int]) -> None:
    """Writes the widths into the text box; call it in a callback."""
    st.session_state[key_of(SLUG, "hidden_dims")] = ", ".join(map(str, dims))


def layer_buttons(dims: tuple[int, ...]) -> None:
    """Two buttons under the widths: one layer more, one fewer."""
    last = dims[-1] if dims else 8
    with st.container(horizontal=True):
        st.button(
            "Add a layer",
            key="mlp_layer_more",
            on_click=set_widths,
            args=([*dims, last],),
            disabled=len(dims) >= MAX_LAYERS,
            help=f"At most {MAX_LAYERS} hidden layers.",
        )
        st.button(
            "Remove",
            key="mlp_layer_fewer",
            on_click=set_widths,
            args=(list(dims[:-1]),),
            disabled=not dims,
            help="Without a hidden layer the network is a linear model.",
        )


def view_knobs() -> None:
    """What only the pictures follow."""
    st.toggle("Show test examples", value=True, key="mlp_shows_test", **IN_URL)
    st.toggle("Logarithmic loss axis", value=False, key="mlp_is_log", **IN_URL)
