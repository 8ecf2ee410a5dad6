"""The frame every page stands in: title and sentence, knobs on the left, transport bar, live picture, look inside."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from catalog import entry
from training.run import Run, Snapshot
from training.scheduler import SCHEDULER
from ui.runs import poll
from ui.transport import status, transport

TICK_SECONDS: Final = 0.25
BUSY_TICK_SECONDS: Final = 0.5  # when many train at once
MANY: Final = 8


def heading(slug: str) -> None:
    """Title and the one sentence of the catalog."""
    page = entry(slug)
    st.title(page.title, anchor=False)
    st.caption(page.sentence)


def stage(run: Run, slug: str, draw: Callable[[Snapshot], None]) -> None:
    """Transport bar and live picture: four times a second while the run plays, once when it is paused.

    Args:
        run: what to watch.
        slug: which page.
        draw: draws one snapshot; must use the same elements with the same keys each time.
    """
    transport(run, slug)
    tick = TICK_SECONDS if SCHEDULER.num_playing <= MANY else BUSY_TICK_SECONDS

    def show() -> None:
        snapshot = poll(run)
        status(snapshot)
        draw(snapshot)
        if was_playing and not snapshot.is_playing:
            st.rerun()

    was_playing = run.is_playing
    if was_playing:
        st.fragment(show, run_every=tick)()
    else:
        show()
