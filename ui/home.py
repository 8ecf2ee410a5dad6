"""The map of the architectures: a card for every page of the catalog, by chapter."""

import streamlit as st

from catalog import PAGES


def chapters() -> None:
    """Draws the map."""
    st.title("Neural Atlas", anchor=False)
    for page in PAGES:
        st.page_link(f"../pages/{page.slug}.py", label=page.title)
