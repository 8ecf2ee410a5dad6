"""The race of cells on the page `lstm`, and what is read from the networks it has trained."""

from typing import Any, Final

import numpy as np
import streamlit as st

from experiments.lstm_race import entrants
from experiments.lstm_settings import LSTMSettings
from experiments.sequences import Own
from training.run import Run
from ui.lstm_live import SLUG
from ui.race import race_panel

STEPS: Final = 300
FINISHED: Final = "_lstm_finished_race"


def race_of_cells(run: Run, settings: LSTMSettings) -> None:
    """Trains an LSTM, a GRU and a plain recurrent network of as many weights on the task of the page."""
    st.markdown(
        "**LSTM, GRU or plain?** The same task, settings and number of weights for each; where a cell needs fewer "
        "weights for a unit, it gets more units."
    )
    own, sizes = run.look(material_and_sizes)
    race = race_panel(
        SLUG,
        "cells",
        lambda: entrants(settings, own, *sizes),
        steps=STEPS,
        watched=("test_loss", "test_accuracy") if not sizes[2] else ("test_loss",),
    )
    st.session_state[FINISHED] = race


def material_and_sizes(experiment: Any) -> tuple[Own | None, tuple[int, int, bool]]:
    """What the visitor brought; how many inputs and outputs the task has, and whether numbers are read."""
    task = experiment.task
    return experiment.material.get("own"), (task.num_inputs, task.num_outputs, task.takes_numbers)


def gradients_of_the_race() -> dict[str, np.ndarray]:
    """Gradient against lag of the networks the race has trained; nothing before."""
    race = st.session_state.get(FINISHED)
    if race is None:
        return {}
    return {
        f"{entrant.label}, raced": run.look(lambda experiment: experiment.gradients())
        for entrant, run in zip(race.entrants, race.runs, strict=True)
    }
