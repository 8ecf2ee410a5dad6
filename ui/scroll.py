"""Brings a part of the page into view when it has something new to say."""

from typing import Final

import streamlit as st

_ASKED: Final = "_into_view"  # (name of the place, how often any place was asked for)
# What is above the place may still be growing (pictures load), so it is held in view for a moment, unless the visitor
# does something.
_JS: Final = """
const HOLD = 4000, EVERY = 250, MARGIN = 70, CLOSE = 8; // ms and px; the page's own header covers the margin
const HANDS = ["wheel", "pointerdown", "keydown", "touchstart"];
export default ({ data, parentElement }) => {
  const shown = document.documentElement.dataset;
  if (Number(shown.intoView ?? 0) >= data) return;
  const place = parentElement.host ?? parentElement;
  const end = Date.now() + HOLD;
  let isDone = false;
  const finish = () => {
    isDone = true;
    shown.intoView = Math.max(data, Number(shown.intoView ?? 0));
    HANDS.forEach((hand) => removeEventListener(hand, finish, true));
  };
  HANDS.forEach((hand) => addEventListener(hand, finish, true));
  place.style.scrollMarginTop = `${MARGIN}px`;
  const hold = () => {
    if (isDone) return;
    if (Date.now() > end) return finish();
    if (Math.abs(place.getBoundingClientRect().top - MARGIN) > CLOSE) place.scrollIntoView({ block: "start" });
    setTimeout(hold, EVERY);
  };
  hold();
  return () => { isDone = true; };
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
