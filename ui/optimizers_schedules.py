"""Schedules on the page `optimizers`: their curves, the place in them, and what each does to the same training."""

from typing import Any, Final

import numpy as np
import streamlit as st

from experiments.schedule_race import BASE, BEYOND, LENGTH, RATE, entrants, rate_curves
from figures.optimizers_study import schedule_still
from training.optimizers import RATES, rate_at
from ui.knobs import IN_URL
from ui.race import race_panel
from ui.runs import run_of
from ui.still import mode, show

LENGTHS: Final = (200, 500, 1000, 2000)


def schedules_part() -> None:
    """The curves with the rates at one step, then the race."""
    knobs = st.columns(3, gap="large")
    rate = knobs[0].select_slider("Highest rate", RATES, RATE, key="optimizers_schedule_rate", **IN_URL)
    length = knobs[1].select_slider("Length in steps", LENGTHS, LENGTH, key="optimizers_schedule_length", **IN_URL)
    last = int(BEYOND * length)
    st.session_state["optimizers_schedule_here"] = min(
        st.session_state.get("optimizers_schedule_here", length // 5), last
    )
    here = int(knobs[2].slider("Look at step", 0, last, key="optimizers_schedule_here", step=max(1, length // 100)))
    steps, curves = rate_curves(rate, length)
    picture, words = st.columns([7, 4], gap="large")
    with picture:
        show(schedule_still(steps, curves, here, mode(), _visitor()), key="optimizers_schedules")
    with words:
        st.markdown(
            "**Why change the rate?** Large steps get far, small ones settle: so most schedules fall. Some rise first, "
            "so that the first steps do not throw a fresh network far off."
        )
        row = int(np.abs(steps - here).argmin())
        lines = ["| Schedule | rate at this step |", "|---|---:|"]
        lines += [f"| {name} | {values[row]:.3g} |" for name, values in curves.items()]
        st.markdown("\n".join(lines))
    _race(rate, length)


def _visitor() -> tuple[str, Any, Any, int] | None:
    """The schedule of the visitor's feed-forward run and where the run is in it, if it follows one."""
    run = run_of("mlp")
    if run is None or run.settings.schedule == "constant":
        return None
    settings, step = run.settings, run.poll().step
    last = max(step, int(BEYOND * settings.schedule_steps))
    steps = np.unique([*np.linspace(0, last, 300).astype(int), step])
    rates = np.array([rate_at(one, settings) for one in steps.tolist()])
    return settings.schedule, steps, rates, int(np.searchsorted(steps, step))


def _race(rate: float, length: int) -> None:
    st.markdown("**The same training under each schedule**")
    st.caption(
        f"The same first weights and the same batches of {BASE.batch_size} (problem *{BASE.problem}*, two layers "
        "of 16, Adam); only the schedule differs. At a high rate the constant one ends in jumps, and all others end "
        "lower. Try a tenth of the rate, or less: then slowing down only costs time."
    )
    race_panel(
        "optimizers",
        "schedules",
        lambda: entrants(rate, length),
        steps=length,
        watched=("loss", "test_loss"),
        label="Train under every schedule",
    )
