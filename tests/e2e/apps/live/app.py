"""A server with nothing but the live canvas, started as the real one is."""

import streamlit as st

from ui.live import routes

app = st.App("demo.py", routes=routes)
