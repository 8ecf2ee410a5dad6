"""The range test on the page `optimizers`: which learning rate suits the visitor's own network."""

from typing import Any, Final

import streamlit as st

from data.dataset import DataError
from experiments.mlp import MLPExperiment
from experiments.mlp_settings import MLPSettings
from figures.optimizers_study import range_still
from training.range_test import WINDOW, Sweep, range_test
from training.run import Build
from training.settings import SettingsError
from ui.knobs import turn
from ui.mlp_backprop import OPTIMIZERS
from ui.runs import run_of
from ui.still import mode, show
from ui.words import plain

KEPT: Final = "_optimizers_study_sweep"


def range_part() -> None:
    """One sweep on demand, its picture, and a button that takes its rate over."""
    build, settings, whose = _subject()
    picture, words = st.columns([7, 4], gap="large")
    kept: tuple[Any, Sweep] | None = st.session_state.get(KEPT)
    with words:
        st.markdown(
            "**How to find a rate.** Train once, and raise the rate in every step. While it is too low the loss stays; "
            "then it falls; at last it rises, because each step jumps over the valley. A good rate is where the loss "
            "falls fastest, well below the rate at which it rises."
        )
        st.markdown(f"It trains {whose}: *{plain(settings.problem)}* with {OPTIMIZERS[settings.optimizer]}.")
        if st.button(
            "Run the range test", key="optimizers_study_range_go", type="primary" if kept is None else "secondary"
        ):
            kept = _measure(build, settings) or kept
    if kept is None:
        picture.caption("The picture appears when the test has run; it takes some tenths of a second.")
        return
    tested, sweep = kept
    with picture:
        show(range_still(sweep, mode()), key="optimizers_study_range")
    with words:
        if tested != settings:
            st.caption("The picture belongs to earlier settings.")
        _findings(sweep)


def _subject() -> tuple[Build, MLPSettings, str]:
    """What is tested: the visitor's own network, or the default one."""
    run = run_of("mlp")
    if run is None:
        return MLPExperiment, MLPSettings(), "the network that the feed-forward page opens with"
    return run.build, run.settings, "your network of the feed-forward page, from its first weights"


def _measure(build: Build, settings: MLPSettings) -> tuple[MLPSettings, Sweep] | None:
    try:
        with st.spinner("Raising the rate, step by step."):
            sweep = range_test(build, settings)
    except (SettingsError, DataError) as error:
        st.info(plain(error))
        return None
    st.session_state[KEPT] = settings, sweep
    return settings, sweep


def _findings(sweep: Sweep) -> None:
    rate = sweep.suggestion
    if rate is None:
        st.markdown("**The loss never fell** in this sweep: another optimiser or other first weights may help.")
    else:
        st.markdown(
            f"**Steepest descent** at a rate of {sweep.rates[sweep.steepest]:.2g}; next on the knob: **{rate:g}**."
        )
        st.button(
            "Use this rate on the feed-forward page",
            key="optimizers_study_range_use",
            on_click=turn,
            args=(MLPSettings, "mlp", {"learning_rate": rate}),
        )
        if st.session_state.get("optimizers_study_range_use"):
            st.caption(f"The feed-forward page now has the rate {rate:g}.")
    if sweep.explosion is not None:
        st.markdown(
            f"**Too high** from a rate of {sweep.rates[sweep.explosion]:.2g} on: the loss is above its beginning."
        )
    st.caption(
        f"Measured in {len(sweep.rates)} steps and {sweep.seconds:.1f} s. The thin line is the loss of all training "
        f"examples after each step; the thick one is its average over {WINDOW} neighbouring steps. Steps at low rates "
        "have already trained the network a little when the higher ones come, so read it as a guide."
    )
