"""Brings a part of the page into view when it has something new to say."""

from typing import Final

import streamlit as st

_ASKED: Final = "_into_view"  # (name of the place, how often any place was asked for)
_JS: Final = """
export default ({ data, parentElement }) => {
  const shown = document.documentElement.dataset;
  if (Number(shown.intoView ?? 0) >= data) return;
  shown.intoView = data;
  const place = parentElement.host ?? parentElement;
  place.style.scrollMarginTop = "4.5rem";
  setTimeout(() => place.scrollIntoView({ block: "start", behavior: "smooth" }), 200);
};
"""

_mount = st.components.v2.component("into_view", js=_JS)


def ask_into_view(name: str) -> None:
    """Brings the place called `name` into view, once, when the page is next drawn."""
    _, times = st.session_state.get(_ASKED, ("", 0))
    st.session_state[_ASKED] = name, times + 1


def place(name: str) -> None:
    """Marks a place of the page that `ask_into_view` can name."""
    asked, times = st.session_state.get(_ASKED, ("", 0))
    if asked == name:
        _mount(key=f"place_{name}", data=times)
