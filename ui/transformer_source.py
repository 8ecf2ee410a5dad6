"""A source that a visitor types on the page `transformer`, and what the network makes of it."""

from functools import partial
from typing import Any

import streamlit as st

from data.dataset import DataError
from experiments.transformer_inside import Writing, writing
from training.run import Run, Snapshot
from ui.transformer_live import selected
from ui.words import plain


def asked_source(snapshot: Snapshot, name: str) -> str:
    """A source to look at: at first that of the pair chosen in the picture.

    Args:
        snapshot: of the run.
        name: of the part of the page that asks.
    """
    seen: Any = snapshot.observation
    first = "".join(seen.watched[min(selected(), len(seen.watched) - 1)].source[:-1])
    key = f"transformer_{name}_source_{seen.task.split()[0]}_{first}"
    with st.container(width=360):
        text = st.text_input("Source", first, key=key, help="Type another one of the same kind.", max_chars=200)
    return str(text)


def asked_writing(run: Run, snapshot: Snapshot, name: str) -> Writing | None:
    """What the network writes for the source that is asked for; a sentence where that cannot be read."""
    try:
        return run.look(partial(writing, text=asked_source(snapshot, name)))
    except DataError as error:
        st.error(plain(error))
        return None
