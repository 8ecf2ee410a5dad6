"""A text coloured by −ln p: where the loss lives."""

from functools import partial
from typing import Any, Final

import numpy as np
import streamlit as st

from experiments.decoder_inside import NUM_READ, surprises
from figures.decoder_text import shown, surprise_scene, words_of
from training.run import Run, Snapshot
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.still import mode
from ui.words import plain

LAST_PART: Final = 20


def surprise_tab(run: Run, snapshot: Snapshot) -> None:
    """The training or the test text, token by token."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        part = st.segmented_control("Text", ("test", "training"), default="test", key="decoder_surprise_part") or "test"
        with st.container(width=220):
            label = "Stretch"
            help = f"Which {NUM_READ} tokens."
            number = int(st.number_input(label, 1, LAST_PART, 1, key="decoder_surprise_at", help=help)) - 1
    found = run.look(partial(surprises, is_test=part == "test", part=number))
    chosen = st.session_state.get("_decoder_surprise")
    chosen = chosen if chosen is not None and chosen < len(found.tokens) else None
    live_canvas(surprise_scene(found, chosen, is_large=is_lecture()), key="decoder_surprise", on_event=_choose)
    if not np.isfinite(found.nats).any():
        st.caption("The network has failed: its chances are no numbers any more.")
        return
    worst = int(np.nanargmax(found.nats))
    st.markdown(
        f"{strong()}: not foreseen. A token of this stretch costs **{np.nanmean(found.nats):.3f} nats** on "
        f"average, the most surprising one, “{plain(shown(found.tokens[worst]))}”, {found.nats[worst]:.2f}. Point at a "
        "token, or click it, for its rank and for what was held likely."
    )
    if chosen is not None:
        st.markdown(plain(words_of(found, chosen)))


def strong() -> str:
    """What a field of the largest surprise looks like on this page."""
    return "Bright" if mode() == "dark" else "Dark"


def _choose(event: dict[str, Any]) -> None:
    """Carries out a click on a token."""
    if event["kind"] == "hot":
        st.session_state["_decoder_surprise"] = int(str(event["id"]).partition(":")[2])
