"""The visitor's own text or column on a page about sequences: uploaded, pasted, or taken back."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from data.dataset import DataError
from data.series import read_columns
from data.text import read_text
from experiments.sequence_own import files_of, material_of
from experiments.sequence_settings import OWN_SERIES, OWN_TEXT
from experiments.sequences import NOTHING, Own
from ui.material import Material
from ui.words import plain

MAX_UPLOAD_MB: Final = 5  # larger ones are refused with a sentence before they are read


def own_sequence(slug: str, task: str) -> tuple[Own | None, Any]:
    """Draws the controls that the task needs.

    Returns:
        What the visitor brought, and a key that changes with it.
    """
    if task == OWN_TEXT:
        return _own_text(slug)
    if task == OWN_SERIES:
        return _own_series(slug)
    return None, None


def material(slug: str) -> Material:
    """How what the visitor brought goes into a run file, and comes back."""
    return Material(files_of, material_of, lambda brought: _take_back(slug, brought))


def _take_back(slug: str, brought: Mapping[str, Any]) -> None:
    """Puts text and column where the visitor would have put them; call it in a callback."""
    own: Own = brought.get("own", NOTHING)
    for kind, known in ((OWN_TEXT, own.text), (OWN_SERIES, own.numbers)):
        if known:
            st.session_state[f"_{slug}_set_aside"] = _digest(_given(slug, kind)[0])  # or it would replace this at once
            st.session_state[f"_{slug}_{_stem(kind)}"] = _Kept(_digest(repr(known).encode()), own)


class _Kept:
    """What was read, and from which content."""

    def __init__(self, digest: str, own: Own) -> None:
        self.digest, self.own = digest, own


def _stem(kind: str) -> str:
    return kind.replace(" ", "_")


def _own_text(slug: str) -> tuple[Own | None, Any]:
    st.file_uploader("Your text", type=["txt", "md", "csv"], key=f"{slug}_own_text_file", max_upload_size=MAX_UPLOAD_MB)
    st.text_area(
        "or paste it here",
        key=f"{slug}_own_text_paste",
        height=90,
        placeholder="A few pages of anything: at most 2 MB.",
        persist_state="session",
        max_chars=MAX_UPLOAD_MB * 2**20,
    )
    content, name = _given(slug, OWN_TEXT)
    _read(slug, OWN_TEXT, content, lambda: Own(text=read_text(content), text_name=name))
    kept: _Kept | None = st.session_state.get(f"_{slug}_{_stem(OWN_TEXT)}")
    return (kept.own, kept.digest) if kept else (None, None)


def _own_series(slug: str) -> tuple[Own | None, Any]:
    st.file_uploader(
        "Your table (CSV)", type=["csv", "tsv", "txt"], key=f"{slug}_own_column_file", max_upload_size=MAX_UPLOAD_MB
    )
    st.text_area(
        "or paste it here",
        key=f"{slug}_own_column_paste",
        height=90,
        placeholder="month,value\n1,12.5\n…",
        persist_state="session",
        max_chars=MAX_UPLOAD_MB * 2**20,
    )
    content, _ = _given(slug, OWN_SERIES)
    _read(slug, OWN_SERIES, content, lambda: _columns(slug, content))
    kept: _Kept | None = st.session_state.get(f"_{slug}_{_stem(OWN_SERIES)}")
    if kept is None:
        return None, None
    columns = st.session_state.get(f"_{slug}_columns", {})
    if kept.own.numbers_name not in columns:  # it was taken back from a run file
        return kept.own, kept.digest
    name = st.selectbox("Column to forecast", list(columns), key=f"{slug}_own_column_name")
    numbers, report = columns[name]
    return Own(numbers=numbers, numbers_name=name, report=report), (kept.digest, name)


def _columns(slug: str, content: bytes) -> Own:
    columns = read_columns(content)
    st.session_state[f"_{slug}_columns"] = columns
    name = list(columns)[-1]
    st.session_state[f"{slug}_own_column_name"] = name
    numbers, report = columns[name]
    return Own(numbers=numbers, numbers_name=name, report=report)


def _given(slug: str, kind: str) -> tuple[bytes, str]:
    """What is in the two widgets of a kind, and its name; empty if there is nothing."""
    upload = st.session_state.get(f"{slug}_{_stem(kind)}_file")
    if upload is not None:
        return upload.getvalue(), upload.name
    return str(st.session_state.get(f"{slug}_{_stem(kind)}_paste") or "").encode(), "pasted text"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(slug: str, kind: str, content: bytes, read: Any) -> None:
    """Reads new content; what cannot be read leaves the former in place."""
    state, digest = st.session_state, _digest(content)
    kept: _Kept | None = state.get(f"_{slug}_{_stem(kind)}")
    if not content or digest == state.get(f"_{slug}_set_aside") or (kept is not None and kept.digest == digest):
        return
    state.pop(f"_{slug}_set_aside", None)
    try:
        own = read()
    except DataError as error:
        st.error(plain(error))
        return
    state[f"_{slug}_{_stem(kind)}"] = _Kept(digest, own)
