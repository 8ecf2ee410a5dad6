"""The surface `real network` on the page `optimizers`: the loss of the visitor's own run on the page `mlp`."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import streamlit as st

from data.dataset import DataError
from experiments.optimizers import RaceExperiment
from experiments.optimizers_own import files_of, material_of, slices_of
from experiments.optimizers_slice import DEFAULT_STORY, Slices
from training.run import Build
from ui.material import Material
from ui.runs import run_of
from ui.words import plain

NETWORKS: Final = "mlp"  # the page whose network is measured


def material(slug: str) -> Material:
    """How a measured network goes into a run file, and comes back."""
    return Material(files_of, material_of, lambda brought: _take_back(slug, brought))


def race_on(slug: str) -> tuple[Build, Slices | None]:
    """How to build the race, and what stands for the network it is built from."""
    slices: Slices | None = st.session_state.get(_key(slug))
    return (RaceExperiment if slices is None else partial(RaceExperiment, measured=slices)), slices


def measure_controls(slug: str, surface: str) -> None:
    """Below the choice of the surface: which network was measured, and a button to measure the visitor's own.

    The first time a visitor who has trained a network asks for a real one, theirs is measured at once.
    """
    if surface != "real network":
        return
    run = run_of(NETWORKS)
    has_trained = run is not None and run.newest_step > 0
    if has_trained and not st.session_state.setdefault(f"_{slug}_has_looked", False):
        st.session_state[f"_{slug}_has_looked"] = True
        _measure(slug)
    slices: Slices | None = st.session_state.get(_key(slug))
    st.caption(plain(slices.story if slices else DEFAULT_STORY))
    help = (
        "Cuts two planes through the loss of your network as it is now, and starts the race there."
        if has_trained
        else "There is none yet: train one on the page Feed-forward network first."
    )
    label = "Measure my network"
    st.button(label, key=f"{slug}_measure", help=help, disabled=not has_trained, on_click=_measure, args=(slug,))
    said = st.session_state.pop(f"_{slug}_measure_said", "")
    if said:
        st.error(plain(said))


def _measure(slug: str) -> None:
    run = run_of(NETWORKS)
    if run is None:
        return
    try:
        st.session_state[_key(slug)] = slices_of(run)
    except DataError as error:
        st.session_state[f"_{slug}_measure_said"] = str(error)


def _take_back(slug: str, brought: Mapping[str, Any]) -> None:
    """Puts a measured network where the visitor would have put it; call it in a callback."""
    st.session_state[_key(slug)] = brought.get("measured")
    st.session_state[f"_{slug}_has_looked"] = True  # or the visitor's own would take its place


def _key(slug: str) -> str:
    return f"_{slug}_slices"
