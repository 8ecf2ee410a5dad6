"""The frame every page stands in: title and sentence, knobs on the left, transport bar, live picture, curves."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from catalog import entry
from training.run import Run, Snapshot
from training.scheduler import SCHEDULER
from ui.health import first_aid
from ui.runs import poll
from ui.transport import status, transport

TICK_SECONDS: Final = 0.25
BUSY_TICK_SECONDS: Final = 0.5  # when many train at once
MANY: Final = 8

# What the theme options cannot say: less margin, so that picture and curves fit a 1280x720 projector.
_STYLE: Final = """<style>
.stMainBlockContainer {padding: 3.6rem 2rem 3rem 2rem}
.stMainBlockContainer [data-testid="stVerticalBlock"] {gap: 0.5rem}
.stMainBlockContainer h1 {padding: 0}
section[data-testid="stSidebar"] [data-testid="stSidebarHeader"] {height: 2.5rem; margin: 0}
section[data-testid="stSidebar"] [data-testid="stVerticalBlock"] {gap: 0.6rem}
.stMainBlockContainer button p {font-variant-numeric: tabular-nums}
</style>"""


def page_style() -> None:
    """The style all pages share; call it once, first."""
    st.html(_STYLE)


def heading(slug: str) -> None:
    """Title and the one sentence of the catalog, on one line."""
    page = entry(slug)
    page_style()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.title(page.title, anchor=False, width="content")
        st.caption(page.sentence, width="stretch")


def section(title: str) -> None:
    """Begins a part of the page below the picture."""
    st.divider()
    st.header(title)


def stage(run: Run, slug: str, draw: Callable[[Snapshot], bool]) -> None:
    """Transport bar and live picture: some times a second while the run plays, once when it is paused.

    Args:
        run: what to watch.
        slug: which page.
        draw: draws one snapshot, with the same elements and keys each time; returns whether the visitor did something
            in the picture that the rest of the page must follow.
    """
    transport(run, slug)
    was_playing = run.is_playing

    def show() -> None:
        snapshot = poll(run)
        status(snapshot)
        if snapshot.has_failed:
            first_aid(run, slug)
        must_follow = draw(snapshot)
        if must_follow or was_playing != snapshot.is_playing:
            st.rerun()  # the rest of the page is due too

    tick = TICK_SECONDS if SCHEDULER.num_playing <= MANY else BUSY_TICK_SECONDS
    # a fragment also when paused: the picture then keeps its place, and is not built anew at Play and Pause
    st.fragment(show, run_every=tick if was_playing else None)()
