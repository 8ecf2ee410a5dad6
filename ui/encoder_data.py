"""The visitor's own labelled texts on the page `encoder`: uploaded, pasted, or taken back."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from data.dataset import DataError
from data.labelled import Labelled, TextTable, read_text_table
from experiments.encoder_own import files_of, material_of
from ui import own_tokenizer
from ui.encoder_live import SLUG
from ui.material import Material
from ui.words import plain

MAX_UPLOAD_MB: Final = 5
_TABLE: Final = "_encoder_table"  # (digest, table)
_OWN: Final = "_encoder_own"  # (digest, what it became)
_SET_ASIDE: Final = "_encoder_set_aside"  # digest of what lies in the widgets while something else was taken back


def own_texts() -> tuple[Labelled | None, Any]:
    """Draws the controls for a table of one's own.

    Returns:
        What the visitor brought, and a key that changes with it.
    """
    st.file_uploader("Your table (CSV)", type=["csv", "tsv", "txt"], key="encoder_file", max_upload_size=MAX_UPLOAD_MB)
    st.text_area(
        "or paste it here",
        key="encoder_paste",
        height=90,
        placeholder="text,label\nI liked it very much,good\n…",
        persist_state="session",
        max_chars=MAX_UPLOAD_MB * 2**20,
    )
    state, content = st.session_state, _given()
    if content and _digest(content) != state.get(_SET_ASIDE):
        _read(content)
    kept: tuple[Any, Labelled] | None = state.get(_OWN)
    return (kept[1], kept[0]) if kept else (None, None)


def material() -> Material:
    """How what the visitor brought goes into a run file, and comes back."""
    return Material(files_of, material_of, _take_back)


def _take_back(brought: Mapping[str, Any]) -> None:
    """Puts texts where the visitor would have put them; call it in a callback."""
    own_tokenizer.take_back(brought)
    own: Labelled | None = brought.get("own")
    if own is not None:
        st.session_state[_SET_ASIDE] = _digest(_given())  # or it would take the place of this at once
        st.session_state[_OWN] = (_digest(repr((own.texts, own.labels)).encode()), own)


def _given() -> bytes:
    upload = st.session_state.get("encoder_file")
    return upload.getvalue() if upload is not None else str(st.session_state.get("encoder_paste") or "").encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(content: bytes) -> None:
    """Reads a new table, and asks which column is which; what cannot be used leaves the former in place."""
    state, digest = st.session_state, _digest(content)
    state.pop(_SET_ASIDE, None)
    try:
        if state.get(_TABLE, ("",))[0] != digest:
            state[_TABLE] = digest, read_text_table(content)
            for choice in ("text", "label"):
                state.pop(f"encoder_{choice}_column", None)
        table: TextTable = state[_TABLE][1]
        columns = _choose(table)
        key = (digest, *columns)
        if state.get(_OWN, (None,))[0] != key:
            state[_OWN] = key, table.to_labelled(*columns)
    except DataError as error:
        st.error(plain(error))


def _choose(table: TextTable) -> tuple[str, str]:
    names, (text, label) = list(table.names), table.suggest()
    first = st.selectbox("Texts", names, index=names.index(text), key="encoder_text_column", help="What is read.")
    second = st.selectbox("Labels", names, index=names.index(label), key="encoder_label_column", help="What is told.")
    return first, second


def data_report(seen: Any) -> None:
    """Where the texts come from, and what was done to them; plain text, nothing interpreted."""
    title = f"The texts: {seen.num_train:,} training and {seen.num_test:,} test examples"
    with st.expander(title, key=f"{SLUG}_data_report"):
        for sentence in (*seen.report, seen.source):
            if sentence:
                st.text(sentence)
        st.caption(
            f"{seen.vocab_size:,} different symbols, those in brackets among them. {seen.padding:.0%} of the places of "
            "the training examples only fill up. The test holds other sentences, a fifth of all."
        )
