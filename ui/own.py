"""What a visitor brought to a page (points, a table): where the session keeps it, so that it goes along with a run."""

import copy
from typing import Any

import streamlit as st


def declare_own(slug: str, *keys: str) -> None:
    """Says which session keys hold what the visitor brought and how they chose from it; call it in every run."""
    st.session_state[f"_{slug}_own_keys"] = keys


def own_of(slug: str) -> dict[str, Any]:
    """Copies of the visitor's own material, by session key; put into another session, the page finds it there."""
    keys: tuple[str, ...] = st.session_state.get(f"_{slug}_own_keys", ())
    return {key: copy.copy(st.session_state[key]) for key in keys if key in st.session_state}
