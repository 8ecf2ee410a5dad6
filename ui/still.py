"""The still layer on the page: a Plotly picture in the colours of the page, with its words for those who cannot see."""

from functools import partial
from pathlib import Path
from typing import Final

import streamlit as st

from figures import theme
from figures.still import CONFIG, Still
from figures.still_numbers import numbers_csv

_CSS: Final = """
.kinds { display: flex; gap: 0.5rem; }
button {
  flex: 1; padding: 0.35rem 0.75rem; border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius);
  background: none; color: var(--st-text-color); font: inherit; cursor: pointer;
}
button:hover, button:focus-visible { border-color: var(--st-primary-color); color: var(--st-primary-color); }
"""


def mode() -> theme.Mode:
    """Whether the visitor's page is light or dark."""
    return "dark" if st.context.theme.type == "dark" else "light"


def show(still: Still, *, key: str) -> None:
    """Draws a picture to hover over and zoom into, and offers it and its numbers as files.

    Args:
        still: the picture.
        key: its identity on the page, and part of the names of the files.
    """
    with st.container(gap=None):
        st.plotly_chart(still.figure, theme=None, config=CONFIG, alt=still.alt, key=key, width="stretch")
        with (
            st.container(horizontal=True, horizontal_alignment="right"),
            st.popover("Save", type="tertiary", icon=":material/download:", key=f"{key}_save", width="content"),
        ):
            _save_picture(data=key, key=f"{key}_kinds")
            st.download_button(
                "Numbers (CSV)",
                partial(numbers_csv, still),
                f"{key.replace('_', '-')}.csv",
                "text/csv",
                key=f"{key}_csv",
                on_click="ignore",
                width="stretch",
            )


_save_picture = st.components.v2.component(
    "save_still", css=_CSS, js=(Path(__file__).parent / "static" / "still.js").read_text(encoding="utf-8")
)
