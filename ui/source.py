"""The code that is running: the real source of a model, as the page imports it."""

import importlib
import inspect

import streamlit as st


def source_panel(slug: str) -> None:
    """Shows models/<slug>.py from top to bottom."""
    module = importlib.import_module(f"models.{slug}")
    st.caption(f"models/{slug}.py, the file that this page trains")
    st.code(inspect.getsource(module), language="python", height=420)
