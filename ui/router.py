"""The navigation: a start page, then the catalog by chapter."""

import streamlit as st

from catalog import PAGES

st.set_page_config(page_title="Neural Atlas", layout="wide", initial_sidebar_state="auto")

menu: dict[str, list[st.Page]] = {"": [st.Page("../pages/home.py", title="Neural Atlas", url_path="", default=True)]}
for page in PAGES:
    script = st.Page(f"../pages/{page.slug}.py", title=page.title, url_path=page.slug)
    menu.setdefault(page.chapter, []).append(script)
st.navigation(menu, position="top").run()
