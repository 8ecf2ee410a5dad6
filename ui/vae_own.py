"""Look inside, page `vae`: a picture of the visitor's own passes through the network."""

from typing import Any

import streamlit as st

from figures.vae_own import own_scene
from training.run import Run, Snapshot
from ui.live import live_canvas
from ui.own_images import picture_box
from ui.words import written

SLUG = "vae"


def own_tab(run: Run, snapshot: Snapshot) -> None:
    """Draw or bring a picture, and see what is left of it."""
    seen: Any = snapshot.observation
    if seen.pictures is None:
        st.caption("The network learns points of the plane now: choose pictures under Data to bring one of your own.")
        return
    channels, side, _ = seen.pictures.inputs.shape[1:]
    left, right = st.columns([3, 7], gap="large")
    with left:
        picture = picture_box(SLUG, side, channels == 1)
    with right:
        if picture is None:
            st.info("Draw, upload or photograph something: it goes through the network as it is now.")
            return
        own = run.call("own", picture=picture)
        live_canvas(own_scene(own, seen), key="vae_own")
        st.markdown(own_words(own, seen, snapshot.settings.reconstruction))


def own_words(own: Any, seen: Any, kind: str) -> str:
    """What the copy costs, against what is usual."""
    unit = "nats" if kind == "BCE" else "as a sum of squares"
    told = (
        f"The copy of your picture costs **{written(own.cost, '.3g')}** {unit}; for a test picture it is "
        f"{written(own.usual_cost, '.3g')} on average."
    )
    if seen.model == "VAE":
        told += f" Its cloud is {written(own.kl, '.3g')} nats from N(0, 1)."
    return f"{told} What the network has never learnt to paint, it replaces by what it knows."
