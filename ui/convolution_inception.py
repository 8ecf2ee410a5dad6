"""Look inside, page `convolution`: the Inception module with its widths to turn."""

from typing import Final

import streamlit as st

from experiments.convolution_inception import PAPER, PAPER_CHANNELS, PAPER_SIDE, bill
from figures.convolution_inception import inception_scene
from ui.knobs import IN_URL
from ui.live import live_canvas

LARGEST: Final = 512
LABELS: Final = {
    "one": "1×1",
    "reduce_three": "Before the 3×3",
    "three": "3×3",
    "reduce_five": "Before the 5×5",
    "five": "5×5",
    "pooled": "After the pool",
}


def inception_tab() -> None:
    """The branches, their outputs side by side, and the cost of both ways."""
    knobs, place = st.columns([3, 9], gap="large")
    with knobs:
        channels = _count("Maps that come in", "channels", PAPER_CHANNELS)
        left, right = st.columns(2)
        values = {}
        for number, (name, label) in enumerate(LABELS.items()):
            with (left, right)[number % 2]:
                values[name] = _count(label, name, getattr(PAPER, name))
        side = _count("Side of the maps", "side", PAPER_SIDE, 224)
        is_naive = st.toggle("Draw it without reductions", key="convolution_inception_naive", **IN_URL)
    widths = PAPER._replace(**values)
    bills = bill(channels, widths, side, is_naive=False), bill(channels, widths, side, is_naive=True)
    with place:
        live_canvas(
            inception_scene(bills[is_naive], bills, channels), key="convolution_inception_picture", height=500.0
        )
        saved = 1 - bills[0].num_parameters / bills[1].num_parameters
        says = f"save **{saved:.0%}** of the weights" if saved >= 0 else f"cost **{-saved:.0%}** more weights"
        st.markdown(
            f"Large things need large kernels, small things small ones, and one picture holds both: an Inception "
            f"module does not choose. But a 5×5 kernel on all {channels} maps is dear. The 1×1 convolutions before "
            f"the large kernels, which only mix maps, make them fewer: here they {says}, and the module gives "
            f"{sum(bills[0].widths.values())} maps instead of {sum(bills[1].widths.values())}, because the pooled maps "
            "are mixed down as well. It starts as the first module of "
            "[Szegedy et al., 2014](https://arxiv.org/abs/1409.4842)."
        )


def _count(label: str, name: str, start: int, largest: int = LARGEST) -> int:
    return int(st.number_input(label, 1, largest, start, key=f"convolution_inception_{name}", **IN_URL))
