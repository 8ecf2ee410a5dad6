"""Look inside, page `decoder`: tabs below the paused picture, of which only the open one is computed."""

from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from figures.decoder import maps_of
from training.run import Run, Snapshot
from ui.anatomy import anatomy
from ui.attention_maps import attention_view
from ui.decoder_cost import cost
from ui.decoder_leak import leak_test
from ui.decoder_lens import lens
from ui.decoder_live import SLUG
from ui.decoder_next import next_tab
from ui.decoder_surprise import surprise_tab
from ui.decoder_writing import writing_tab
from ui.tabs import open_tab
from ui.time_travel import playback_tick

TABS_KEY: Final = "decoder_inside"


def look_inside(run: Run, snapshot: Snapshot) -> None:
    """The part of the page for a paused run; while it plays, one line says so."""
    if snapshot.is_playing or playback_tick(SLUG) is not None:
        st.caption("Pause to look inside: the next token, a text written step by step, every head and every weight.")
        return
    _tabs(run, snapshot)


@st.fragment
def _tabs(run: Run, snapshot: Snapshot) -> None:
    """The tabs. A fragment, so that turning a page in here does not draw the live picture anew."""
    open_tab(TABS, TABS_KEY, run, snapshot)


def heads_tab(run: Run, snapshot: Snapshot) -> None:
    """Every head on the sequence shown, cell by cell."""
    seen: Any = snapshot.observation
    attention_view(SLUG, "heads", lambda: maps_of(seen))


def leak_tab(run: Run, snapshot: Snapshot) -> None:
    """Which answers depend on later tokens."""
    leak_test(SLUG, run)


def lens_tab(run: Run, snapshot: Snapshot) -> None:
    """What each block would say, and what adds up to a logit."""
    lens(SLUG, run)


def cost_tab(run: Run, snapshot: Snapshot) -> None:
    """Weights, arithmetic and cache beside those of published networks."""
    cost(SLUG, run)


def layers_tab(run: Run, snapshot: Snapshot) -> None:
    """The layers in a table."""
    seen: Any = snapshot.observation
    anatomy(run, SLUG)
    for sentence in (*seen.report, seen.source):
        st.text(sentence)


TABS: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "Next token": next_tab,
    "Writing": writing_tab,
    "Surprise": surprise_tab,
    "Heads": heads_tab,
    "Leak test": leak_tab,
    "Lens": lens_tab,
    "Cost": cost_tab,
    "Layers and data": layers_tab,
}
