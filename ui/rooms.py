"""Following a lecturer: they open a room, others see their live picture on their own screens and may go on from it."""

import time
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlencode

import streamlit as st

from catalog import entry
from training.experiment import material_of
from training.run import Run, Snapshot
from ui.live import follow_canvas
from ui.material import Material
from ui.room_message import Picture
from ui.room_store import GUESS_SECONDS, ROOMS, Room, RoomError
from ui.runs import resume_next, run_of
from ui.share import asked, show_qr

PARAMETER: Final = "room"  # in the address
MAX_TYPED: Final = 20  # letters of a code, however it is spaced
_MINE: Final = "_room"  # session key of the room this visitor has opened
_CHANGED: Final = "_room_changed"  # session key: a room was opened or closed, and the page does not know yet
_SENTENCE: Final = "_room_sentence"  # session key of what to say about rooms


# ---- the lecturer ----------------------------------------------------------------------------------------------------


@st.cache_resource(scope="session", max_entries=1, on_release=Room.desert, show_spinner=False)
def _lease(code: str, _room: Room) -> Room:
    """Streamlit releases this entry when the tab is closed or the connection drops; the room then waits a while."""
    return _room


def room_button(slug: str) -> None:
    """A button of the heading: open a room on this page, see its code, close it, or follow somebody else's."""
    _keep_open()
    st.fragment(_room)(slug)


def _room(slug: str) -> None:
    room: Room | None = st.session_state.get(_MINE)
    # opening it runs this again, so that the number of viewers is the one of now
    with st.popover("Room", icon=":material/groups:", key=f"{slug}_room", on_change="rerun", width="content"):
        if room is None:
            _offer_room(slug)
        else:
            _show_room(room, slug)
    if st.session_state.pop(_CHANGED, False):
        st.rerun()  # the rest of the page is due too: it draws the first picture of the room


def _offer_room(slug: str) -> None:
    st.markdown("**Open a room.** Others see this picture live and can make a run of their own from it.")
    st.button("Open a room", key=f"{slug}_room_open", on_click=_open, args=(slug,), type="primary")
    st.markdown("**Follow a room** that somebody else has opened.")
    join_box(slug)


def _open(slug: str) -> None:
    run = run_of(slug)
    if run is None or _MINE in st.session_state:
        return
    st.session_state[_CHANGED] = True
    try:
        st.session_state[_MINE] = ROOMS.open(slug, run)
        st.session_state[f"{slug}_room"] = True  # the popover stays open, with the code in it
    except RoomError as error:
        st.session_state[_SENTENCE] = str(error)


def _close(room: Room) -> None:
    ROOMS.close(room)
    st.session_state.pop(_MINE, None)
    st.session_state[_CHANGED] = True


def _show_room(room: Room, slug: str) -> None:
    if room.slug != slug:
        st.markdown(f"Your room is on the page {entry(room.slug).title}; close it to open one here.")
        st.page_link(f"../pages/{room.slug}.py", label="Go there", icon=":material/arrow_forward:")
    else:
        st.markdown("Read out the code for the start page, or show the link:")
        st.header(room.code, anchor=False)
        st.code(_link(room), language=None, wrap_lines=True)
        show_qr(_link(room))
        st.markdown(num_followers(slug)[0])
    st.button("Close the room", key=f"{slug}_room_close", on_click=_close, args=(room,), icon=":material/close:")


def _link(room: Room) -> str:
    return f"{st.context.url or ''}?{urlencode({PARAMETER: room.code})}"


def _keep_open() -> None:
    """Looking at any page keeps the visitor's room open."""
    room: Room | None = st.session_state.get(_MINE)
    if room is not None and room.is_open:
        _lease(room.code, room)
        room.come_back()
    elif room is not None:
        ROOMS.close(room)
        del st.session_state[_MINE]
        st.session_state[_SENTENCE] = "Your room has closed, because your page was away for more than two minutes."


def _on(slug: str) -> Room | None:
    """The room this visitor has opened on this page."""
    room: Room | None = st.session_state.get(_MINE)
    return room if room is not None and room.slug == slug else None


def host(run: Run, slug: str) -> None:
    """Hands the run of a page to its visitor's room on it; call it in every run of the page."""
    _keep_open()  # in lecture mode too, where the button is not drawn
    room = _on(slug)
    if room is not None:
        room.run = run


def publish(slug: str, snapshot: Snapshot, words: Sequence[str], pictures: Iterable[Picture]) -> None:
    """Shows those who follow what was just drawn; costs nothing where there is no room.

    Args:
        slug: which page.
        snapshot: what was drawn.
        words: of the status line, in Markdown.
        pictures: what `ui.live.recorded` has collected.
    """
    room = _on(slug)
    if room is None:
        return
    words = words if snapshot.is_playing else [*words, "paused"]
    if snapshot.has_failed:
        words = [*words, snapshot.message]
    room.publish(" · ".join(words).replace("**", ""), pictures, is_playing=snapshot.is_playing)


def num_followers(slug: str) -> tuple[str, ...]:
    """How many follow the visitor's room on this page, in words; nothing where there is none."""
    room = _on(slug)
    return () if room is None else (f"**{room.num_viewers}** following",)


# ---- the viewer ------------------------------------------------------------------------------------------------------


def join_box(place: str) -> None:
    """A box to type a code into; a good one leads to the page of its room.

    Args:
        place: where it stands; part of its key.
    """
    with st.form(f"{place}_join", border=False, width=360):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            typed = st.text_input(
                "Code of a room", key=f"{place}_room_code", max_chars=MAX_TYPED, placeholder="ABCD-EFGH-JKMN"
            )
            is_asked = st.form_submit_button("Follow")
        if is_asked and typed.strip():
            try:
                _go(_find(typed))
            except RoomError as error:
                st.warning(str(error))


def followed_room(slug: str) -> Room | None:
    """The room that the address names, None if it names none or the visitor's own.

    A code that leads nowhere is taken from the address, and `room_sentence` says why. A room on another page leads
    there.
    """
    typed = asked(PARAMETER)
    if not typed:
        return None
    try:
        room = _find(typed)
    except RoomError as error:
        st.session_state[_SENTENCE] = str(error)
        _leave()
        return None
    if room.slug != slug:
        _go(room)
    if room is _on(slug):
        _leave()
        return None
    return room


def room_sentence(slug: str) -> None:
    """What there is to say about rooms, until the visitor has closed it."""
    sentence = st.session_state.get(_SENTENCE)
    if sentence:
        words, close = st.columns([9, 1], vertical_alignment="center")
        words.warning(sentence)
        forget = st.session_state.pop
        close.button("Close", key=f"{slug}_room_heard", on_click=forget, args=(_SENTENCE, None), width="stretch")


def _find(typed: str) -> Room:
    try:
        return ROOMS.find(typed)
    except RoomError:
        time.sleep(GUESS_SECONDS)  # guessing is slow
        raise


def _go(room: Room) -> None:
    st.switch_page(f"../pages/{room.slug}.py", query_params={PARAMETER: room.code})


def show_room(room: Room, slug: str, material: Material) -> None:
    """The lecturer's live picture, and the ways to leave it; no run of the script is needed to keep it live."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"Following room **{room.code}**: this is the lecturer's run as it trains.", width="stretch")
        st.button(
            "Make it my own",
            key=f"{slug}_room_fork",
            icon=":material/fork_right:",
            type="primary",
            help="A run of your own that starts where this one is now. It replaces the run you have on this page; the "
            "lecturer's goes on.",
            on_click=_make_own,
            args=(room, slug, material),
        )
        st.button("Leave", key=f"{slug}_room_leave", on_click=_leave, help="Back to the page, with knobs of your own.")
    follow_canvas(room.code, key=f"{slug}_follow")


def _make_own(room: Room, slug: str, material: Material) -> None:
    if not room.is_open:
        return  # `followed_room` says so
    resume_next(slug, room.run.capture(), material, material_of(room.run.experiment))
    _leave()


def _leave() -> None:
    st.query_params.pop(PARAMETER, None)
