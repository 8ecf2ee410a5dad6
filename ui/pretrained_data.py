"""Below the choice of what was pretrained on, page `pretrained`: whose network that is, and what it reached."""

import streamlit as st

from data.extras import EXTRAS
from experiments.pretrained_settings import PHOTOS
from experiments.pretrained_students import facts


def about_the_start(start: str) -> None:
    """Who trained the network on what, its size, and what it reaches there."""
    if start == PHOTOS:
        extra = EXTRAS["efficientnet"]
        st.caption(
            f"[{extra.title}]({extra.source}): 4.7 million weights, trained by Google on the 1.3 million photos of "
            f"ImageNet at 224 pixels, {extra.licence}, {extra.megabytes} MB. A step of it takes some ten times as long."
        )
        return
    known = facts()
    st.caption(
        f"Four convolutions, trained on {known.num_drawings:,} drawings of {known.num_kinds} kinds, none of them among "
        f"those learnt here. Of {known.num_held_out:,} others it names {known.accuracy:.0%} right, and "
        f"{known.top_five:.0%} are among its first five guesses. Drawings: Google, Quick, Draw!, CC BY 4.0."
    )
