"""Tabs of which only the open one is computed; which one that is stands in the link."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st


def open_tab(tabs: Mapping[str, Callable[..., None]], key: str, *given: Any) -> None:
    """Draws the row of tabs, and in it the one that is open.

    Args:
        tabs: what draws each, by its name.
        key: of the row, and its name in the link.
        *given: what each is called with.
    """
    parts = st.tabs(list(tabs), key=key, on_change="rerun", bind="query-params")
    for part, draw in zip(parts, tabs.values(), strict=True):
        if part.open:
            with part:
                draw(*given)
