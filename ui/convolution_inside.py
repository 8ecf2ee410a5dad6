"""Look inside, page `convolution`: tabs of which only the open one is computed."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from training.run import Run
from ui.anatomy import anatomy
from ui.convolution_arithmetic import arithmetic_tab
from ui.convolution_inception import inception_tab
from ui.convolution_pictures import field_tab, kernels_tab, shift_tab
from ui.convolution_races import races_tab
from ui.tabs import open_tab

SLUG: Final = "convolution"
TABS_KEY: Final = "convolution_inside"


@st.fragment
def look_inside(run: Run) -> None:
    """The tabs. A fragment, so that turning a knob in here does not draw the live picture anew."""
    if st.session_state.pop("_convolution_asks", False):
        st.rerun()  # the filter to find was set, and the run above starts anew
    open_tab(TABS, TABS_KEY, run)


def _layers(run: Run) -> None:
    """The layers of the network that trains above."""
    if run.is_playing:
        st.caption("Pause to look inside: every number of this network can then be read.")
        return
    anatomy(run, SLUG)


TABS: Final[dict[str, Callable[[Run], None]]] = {
    "Sizes and windows": lambda _: arithmetic_tab(),
    "Kernels on a picture": kernels_tab,
    "Shift the picture": shift_tab,
    "Receptive field": lambda _: field_tab(),
    "Side by side": races_tab,
    "Inception module": lambda _: inception_tab(),
    "Layers": _layers,
}
