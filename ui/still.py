"""The still layer on the page: a Plotly picture in the colours of the page, with its words for those who cannot see."""

import streamlit as st

from figures import theme
from figures.still import CONFIG, Still


def mode() -> theme.Mode:
    """Whether the visitor's page is light or dark."""
    return "dark" if st.context.theme.type == "dark" else "light"


def show(still: Still, *, key: str) -> None:
    """Draws a picture to hover over and zoom into; `key` is its identity on the page."""
    st.plotly_chart(still.figure, theme=None, config=CONFIG, alt=still.alt, key=key, width="stretch")
