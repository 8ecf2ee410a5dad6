"""The map of the architectures: a card for every page of the catalog, by chapter."""

import importlib
from functools import cache
from itertools import groupby
from typing import Final

import streamlit as st

from catalog import PAGES, Entry
from training.run import Run, Stop
from ui.frame import page_style
from ui.live import live_canvas
from ui.museum import museum_links
from ui.rooms import join_box

CARD_STEPS: Final = 1500
CARD_SECONDS: Final = 0.7  # at most; the server waits for all of them before it answers
CARD_WIDTH: Final = 390  # px; three beside each other on a window of 1280


def chapters() -> None:
    """Draws the map."""
    page_style()
    st.title("Neural Atlas", anchor=False)
    st.space("small")
    st.markdown("Turn a knob, and a real network trains in front of you. Every picture is read from that network.")
    join_box("home")
    for chapter, pages in groupby(PAGES, key=lambda page: page.chapter):
        st.header(chapter, anchor=False)
        with st.container(horizontal=True, gap="small"):
            for page in pages:
                _card(page)
    museum_links()


def _card(page: Entry) -> None:
    with st.container(width=CARD_WIDTH, border=True):
        live_canvas(card_picture(page.slug), key=f"card_{page.slug}")
        st.page_link(f"../pages/{page.slug}.py", label=f"**{page.title}**", icon=":material/arrow_forward:")
        st.caption(page.sentence)


@cache
def card_picture(slug: str) -> bytes:
    """A picture of a page's default network, trained here once when the server starts."""
    experiment = importlib.import_module(f"experiments.{slug}")
    run = Run(experiment.EXPERIMENT, experiment.SETTINGS())
    run.play(Stop(CARD_STEPS, CARD_SECONDS))
    while run.is_playing:
        run.advance(CARD_SECONDS)
    scene: bytes = importlib.import_module(f"figures.{slug}").card_scene(run.poll().observation)
    return scene
