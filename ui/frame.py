"""The frame every page stands in: title and sentence, knobs on the left, transport bar, live picture, curves."""

from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from catalog import entry
from training.run import Run, Snapshot
from training.scheduler import SCHEDULER
from training.settings import Settings
from ui.health import first_aid
from ui.keys import lecture_keys
from ui.lecture import headline, is_lecture, lecture_button, open_lecture
from ui.live import recorded
from ui.material import NONE, Material
from ui.rooms import followed_room, host, num_followers, publish, room_button, room_sentence, show_room
from ui.runs import poll
from ui.share import share_button
from ui.time_travel import play_back, playback_knob, playback_tick, time_bar
from ui.transport import DEFAULT_PACE, status, status_words, stop_knobs, transport

TICK_SECONDS: Final = 0.25
BUSY_TICK_SECONDS: Final = 0.5  # when many train at once
MANY: Final = 8
BAR_HEIGHT: Final = 44  # px; the same with and without the time bar, so that the picture stays where it is

# What the theme options cannot say: less margin, so that picture and curves fit a 1280x720 projector.
_STYLE: Final = """<style>
.stMainBlockContainer {padding: 3.8rem 2rem 3rem 2rem}
.stMainBlockContainer [data-testid="stVerticalBlock"] {gap: 0.5rem}
.stMainBlockContainer h1 {padding: 0}
section[data-testid="stSidebar"] [data-testid="stSidebarHeader"] {height: 2.5rem; margin: 0}
section[data-testid="stSidebar"] [data-testid="stVerticalBlock"] {gap: 0.6rem}
.stMainBlockContainer button p {font-variant-numeric: tabular-nums}
@media (min-width: 1000px) {
  .stMainBlockContainer [class*="_heading"] {flex-wrap: nowrap}
  .stMainBlockContainer [class*="_heading"] button p {white-space: nowrap}
}
[class*="_status_line"] {flex-wrap: nowrap}
[class*="_status_line"] p {white-space: nowrap}
[class*="_status_line"] > div:has(.stMarkdown) {min-width: 0; overflow: hidden}
[class*="st-key-hidden_"] {display: none}
</style>"""


def page_style() -> None:
    """The style all pages share; call it once, first."""
    st.html(_STYLE)


def heading(slug: str, settings_class: type[Settings], material: Material = NONE) -> None:
    """Title, the one sentence of the catalog and what leads elsewhere, on one line.

    Who follows a lecturer gets their picture below it, and nothing else of the page is drawn.
    """
    page = entry(slug)
    page_style()
    room = followed_room(slug)
    if is_lecture() and room is None:
        open_lecture(slug)
        lecture_keys(slug)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{slug}_heading"):
        st.title(page.title, anchor=False, width="content")
        st.caption(page.sentence, width="stretch")
        if room is None:
            lecture_button(slug)
            with st.container(width="content"):  # one for each: a fragment takes a line of its own
                room_button(slug)
            with st.container(width="content"):
                share_button(slug, settings_class)
    if room is not None:
        show_room(room, slug, material)
        st.stop()
    room_sentence(slug)


def section(title: str) -> None:
    """Begins a part of the page below the picture; in lecture mode there is nothing below it."""
    if is_lecture():
        st.stop()
    st.divider()
    st.header(title)


def run_knobs(slug: str) -> None:
    """The knobs of a run that are no settings: when it pauses by itself, how fast to look back."""
    stop_knobs(slug)
    playback_knob(slug)


def stage(run: Run, slug: str, draw: Callable[[Snapshot], bool], pace: str = DEFAULT_PACE) -> None:
    """Transport bar and live picture: some times a second while the run plays, once when it is paused.

    Args:
        run: what to watch.
        slug: which page.
        draw: draws one snapshot, with the same elements and keys each time; returns whether the visitor did something
            in the picture that the rest of the page must follow.
        pace: how fast the run goes until the visitor says otherwise.
    """
    transport(run, slug, pace)
    host(run, slug)
    was_playing, was_shown, was_back = run.is_playing, run.visited, playback_tick(slug)
    is_large = is_lecture()

    def show() -> None:
        play_back(run, slug)
        snapshot = poll(run)
        if is_large:
            headline(slug, snapshot)
        else:
            _status_line(run, snapshot, slug)
        with recorded() as pictures:
            must_follow = draw(snapshot)
        publish(slug, snapshot, status_words(snapshot), pictures)
        is_back = playback_tick(slug)
        has_moved = is_back is None and run.visited != was_shown
        if must_follow or has_moved or was_playing != snapshot.is_playing or was_back != is_back:
            st.rerun()  # the rest of the page is due too

    tick = TICK_SECONDS if SCHEDULER.num_playing <= MANY else BUSY_TICK_SECONDS
    # a fragment also when paused: the picture then keeps its place, and is not built anew at Play and Pause
    st.fragment(show, run_every=tick if was_playing else was_back)()


def _status_line(run: Run, snapshot: Snapshot, slug: str) -> None:
    """Where the run is, and the time bar beside it."""
    look: dict[str, Any] = {"horizontal": True, "vertical_alignment": "center", "gap": "small", "border": False}
    with st.container(height=BAR_HEIGHT, key=f"{slug}_status_line", **look):
        status(snapshot, *(num_followers(slug) if snapshot.is_playing else ()))
        time_bar(run, snapshot, slug)
    if snapshot.has_failed:
        words, button = st.columns([7, 3], vertical_alignment="center")
        words.error(snapshot.message)
        with button:
            first_aid(run, slug)
