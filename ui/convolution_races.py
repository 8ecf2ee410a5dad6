"""Look inside, page `convolution`: the ways to treat the border, and the training pictures, trained side by side."""

from typing import Any, Final

import streamlit as st

from experiments.convolution_settings import ConvolutionSettings
from figures.convolution import race_scene
from training.race import Entrant
from training.run import Run
from ui.live import live_canvas
from ui.race import race_panel

SLUG: Final = "convolution"
STEPS: Final = 400
RACES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "padding": ("What stands beyond the border?", ("zeros", "mirror", "repeat", "none")),
    "picture": ("Which picture teaches the kernel?", ("temple", "flower", "noise", "stripes")),
}

SAYS: Final = {
    "padding": "A made-up border puts its error at the border first, and from there into the kernel.",
    "picture": "Where a picture holds nothing that would tell two kernels apart, the wrong one is as good.",
}


def races_tab(run: Run) -> None:
    """One race at a time: all settings as in the run above, but for the one that is compared."""
    names = list(RACES)
    question = st.segmented_control(
        "Compare", names, default=names[0], required=True, key="convolution_race", bind="query-params"
    )
    name = str(question or names[0])
    st.markdown(f"**{RACES[name][0]}** Four networks with the settings of the run above, but for this one.")
    race = race_panel(SLUG, name, lambda: entrants(run, name), steps=STEPS, watched=("test_loss", "kernel_error"))
    if race is None:
        return
    seen = [one.poll().observation for one in race.runs]
    live_canvas(race_scene(seen, [one.label for one in race.entrants]), key=f"convolution_{name}_ends", height=330.0)
    st.caption(f"Above: the error on the shown test crop, in the same colours. Below: the kernels found. {SAYS[name]}")


def entrants(run: Run, name: str) -> list[Entrant]:
    """The run's settings with each choice of the setting `name`."""
    now: ConvolutionSettings = run.settings
    changed: list[dict[str, Any]] = [{name: choice} for choice in RACES[name][1]]
    return [Entrant(str(one[name]), run.build, now.changed(**one)) for one in changed]
