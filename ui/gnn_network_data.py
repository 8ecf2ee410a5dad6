"""The visitor's own network on the page `gnn`: uploaded, pasted, or taken back."""

import hashlib
from typing import Any, Final

import streamlit as st

from data.dataset import DataError
from data.networks import MAX_LINKS, MAX_NODES, OwnNetwork, own_network, read_network
from ui.words import plain

MAX_UPLOAD_MB: Final = 5
_OWN: Final = "_gnn_network"  # (digest, network)
_SET_ASIDE: Final = "_gnn_network_set_aside"  # digest of what lies in the widgets while something else was taken back


def own_network_controls() -> tuple[OwnNetwork | None, Any]:
    """Draws the controls for a network of one's own.

    Returns:
        What the visitor brought, and a key that changes with it.
    """
    links = _given(
        "links",
        "Your links (CSV)",
        "from,to\nAnn,Bob\nBob,Cid\n…",
        f"A row for each link: the names of two nodes. At most {MAX_NODES:,} nodes and {MAX_LINKS:,} links.",
    )
    groups = _given(
        "groups",
        "Their groups (CSV), if there are any",
        "node,group\nAnn,red\nBob,blue\n…",
        "A row for each node: its name and its group. Without it, communities are computed from the links.",
    )
    state = st.session_state
    digest = hashlib.sha256(links + b"\0" + groups).hexdigest()
    if links and digest != state.get(_SET_ASIDE):
        _read(links, groups, digest)
    kept: tuple[str, OwnNetwork] | None = state.get(_OWN)
    if kept is None:
        return None, None
    st.caption(f"{len(kept[1].names):,} nodes and {len(kept[1].links):,} links.")
    return kept[1], kept[0]


def take_back(own: OwnNetwork | None) -> None:
    """Puts a network where the visitor would have put it; call it in a callback."""
    if own is None:
        return
    state = st.session_state
    links, groups = _lying("links"), _lying("groups")
    state[_SET_ASIDE] = hashlib.sha256(links + b"\0" + groups).hexdigest()  # or it would replace this one at once
    state[_OWN] = hashlib.sha256(repr((own.names, own.later, own.groups)).encode()).hexdigest(), own


def _given(what: str, label: str, example: str, help: str) -> bytes:
    """Draws a place for a file and one for text, and returns what lies there; the file goes first."""
    st.file_uploader(
        label, type=["csv", "tsv", "txt"], key=f"gnn_{what}_file", max_upload_size=MAX_UPLOAD_MB, help=help
    )
    st.text_area(
        "or paste them here",
        key=f"gnn_{what}_paste",
        height=90,
        placeholder=example,
        persist_state="session",
        max_chars=MAX_UPLOAD_MB * 2**20,
    )
    return _lying(what)


def _lying(what: str) -> bytes:
    upload = st.session_state.get(f"gnn_{what}_file")
    return upload.getvalue() if upload is not None else str(st.session_state.get(f"gnn_{what}_paste") or "").encode()


def _read(links: bytes, groups: bytes, digest: str) -> None:
    """Reads what is new; what cannot be used leaves the former network in place."""
    state = st.session_state
    state.pop(_SET_ASIDE, None)
    if state.get(_OWN, ("",))[0] == digest:
        return
    try:
        own = read_network(links, groups)
        own_network(own, "nothing", 1, 0)  # finds the groups, or says that there are none
        state[_OWN] = digest, own
    except DataError as error:
        st.error(plain(error))
