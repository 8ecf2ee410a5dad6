"""What belongs to the choice of an optimiser, on the page `optimizers`: parts of which only the open one is drawn."""

from collections.abc import Callable, Mapping
from typing import Final

import streamlit as st

from ui.optimizers_activations import activations_part
from ui.optimizers_losses import losses_part
from ui.optimizers_noise import noise_part
from ui.optimizers_range import range_part
from ui.optimizers_schedules import schedules_part
from ui.tabs import open_tab

TABS_KEY: Final = "optimizers_study"


@st.fragment
def study() -> None:
    """Learning-rate range test, schedules, losses, activations, and batch size, each in a tab."""
    open_tab(TABS, TABS_KEY)


TABS: Final[Mapping[str, Callable[[], None]]] = {
    "Which rate?": range_part,
    "Schedules": schedules_part,
    "Loss functions": losses_part,
    "Activations": activations_part,
    "Batch size": noise_part,
}
