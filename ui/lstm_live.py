"""The live picture of the page `lstm`, and what a click in it does."""

import math
from typing import Any, Final

import streamlit as st

from experiments.lstm_observation import MOST_SHOWN, WINDOW
from experiments.lstm_settings import LSTMSettings
from figures.lstm import chosen, lstm_scene
from training.run import Snapshot
from ui.knobs import IN_URL, key_of, turn
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.trials import times_started

SLUG: Final = "lstm"
CANVAS_SHARE: Final = 0.69  # of the window's height
UNIT: Final = "lstm_unit"  # from 1, as people count
AT: Final = "lstm_at"  # step of the window, from 1
FIRST_AT: Final = 5
GOES: Final = "_lstm_goes"  # a part below the picture has chosen what the picture shows


def draw_cell_and_states(snapshot: Snapshot) -> bool:
    """Diagram, heat maps and curves of one moment; returns whether something in the picture was clicked."""
    unit, at = chosen_place(snapshot)
    scene = lstm_scene(
        snapshot.observation,
        snapshot.history,
        unit=unit,
        at=at,
        step=snapshot.step,
        look=times_started(SLUG),
        is_log=st.session_state.get("lstm_is_log", False),
        is_large=is_lecture(),
    )
    return live_canvas(scene, key="lstm_picture", height=CANVAS_SHARE, on_event=handle) is not None


def chosen_place(snapshot: Snapshot) -> tuple[int, int]:
    """Unit and step of the window, from 0, as far as the picture has them."""
    return chosen(snapshot.observation, chosen_unit(), st.session_state.get(AT, FIRST_AT) - 1)


def chosen_unit() -> int:
    """The unit the visitor chose, from 0."""
    return int(st.session_state.get(UNIT, 1)) - 1


def handle(event: dict[str, Any]) -> None:
    """Carries out a click: choose a unit and a step, or show another part."""
    if event["kind"] == "plane":
        choose(math.floor(-float(event["y"])), math.floor(float(event["x"])))
    elif event["kind"] == "hot":
        what, _, by = event["id"].partition(":")
        if what == "row":
            go_to(_knob("row") + int(by), 0)
        elif what == "window":
            go_to(_knob("row"), _knob("start") + int(by) * WINDOW // 2)


def choose(unit: int, at: int) -> None:
    """Chooses a unit and a step of the window, both from 0; call it in a callback."""
    st.session_state[UNIT] = min(max(unit, 0), MOST_SHOWN - 1) + 1
    st.session_state[AT] = min(max(at, 0), WINDOW - 1) + 1


def go_to(row: int, start: int) -> None:
    """Shows another sequence, or other steps of it; call it in a callback."""
    fields = LSTMSettings.model_fields
    high = {name: next(rule.le for rule in fields[name].metadata if hasattr(rule, "le")) for name in ("row", "start")}
    turn(LSTMSettings, SLUG, {"row": min(max(0, row), high["row"]), "start": min(max(0, start), high["start"])})


def _knob(name: str) -> int:
    return int(st.session_state.get(key_of(SLUG, name), 0))


def view_knobs() -> None:
    """What only the pictures follow."""
    st.number_input(
        "Unit", 1, MOST_SHOWN, 1, key=UNIT, help="The unit in the diagram; a click into a map chooses it too.", **IN_URL
    )
    st.number_input(
        "Step of the picture", 1, WINDOW, FIRST_AT, key=AT, help="Counted from the left end of the maps.", **IN_URL
    )
    st.toggle("Logarithmic loss axis", value=False, key="lstm_is_log", **IN_URL)
