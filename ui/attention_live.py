"""The live picture of the page `attention`, and what a click in it does."""

from typing import Any, Final

import streamlit as st

from experiments.attention_settings import NUM_SHOWN, AttentionSettings
from figures.attention import attention_picture
from training.run import Snapshot
from ui.knobs import IN_URL, key_of, turn
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.trials import times_started

SLUG: Final = "attention"
CANVAS_SHARE: Final = 0.69  # of the window's height
LAYER: Final = "attention_heads_layer"  # from 1; the same choice as in the section on heads
HEAD: Final = "attention_heads_head"


def draw_attention(snapshot: Snapshot) -> bool:
    """All heads, one of them large, what each does, and curves; returns whether something in it was clicked."""
    scene = attention_picture(
        snapshot.observation,
        snapshot.history,
        layer=int(st.session_state.get(LAYER, 1)) - 1,
        head=int(st.session_state.get(HEAD, 1)) - 1,
        step=snapshot.step,
        look=times_started(SLUG),
        is_log=st.session_state.get("attention_is_log", False),
        is_large=is_lecture(),
    )
    return live_canvas(scene, key="attention_picture", height=CANVAS_SHARE, on_event=handle) is not None


def handle(event: dict[str, Any]) -> None:
    """Carries out a click: choose a head, or watch another sequence."""
    what, _, by = str(event.get("id", "")).partition(":")
    if what == "head":
        st.session_state[LAYER], st.session_state[HEAD] = int(event["layer"]) + 1, int(event["head"]) + 1
    elif what == "row":
        row = int(st.session_state.get(key_of(SLUG, "shown"), 1)) + int(by)
        turn(AttentionSettings, SLUG, {"shown": min(max(row, 1), NUM_SHOWN)})


def view_knobs() -> None:
    """What only the pictures follow."""
    st.toggle("Logarithmic loss axis", value=False, key="attention_is_log", **IN_URL)
