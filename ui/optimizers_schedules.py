"""Schedules on the page `optimizers`: their curves, the place in them, and what each does to the same training."""

from typing import Final

import numpy as np
import streamlit as st

from experiments.schedule_race import BASE, BEYOND, LENGTH, RATE, entrants, rate_curves
from figures.optimizers_study import schedule_still
from training.optimizers import RATES
from training.run import Snapshot
from ui.knobs import IN_URL
from ui.race import race_panel
from ui.runs import run_of
from ui.still import mode, show

LENGTHS: Final = (200, 500, 1000, 2000)


def schedules_part() -> None:
    """The curves with the rates at one step, then the race."""
    own = _own_run()
    is_own = own is not None
    knobs = st.columns(3, gap="large")
    rate = knobs[0].select_slider(
        "Highest rate", RATES, RATE, key="optimizers_study_schedule_rate", disabled=is_own, **IN_URL
    )
    length = knobs[1].select_slider(
        "Length in steps", LENGTHS, LENGTH, key="optimizers_study_schedule_length", disabled=is_own, **IN_URL
    )
    last = int(BEYOND * length)
    st.session_state["optimizers_study_schedule_here"] = min(
        st.session_state.get("optimizers_study_schedule_here", length // 5), last
    )
    pace = max(1, length // 100)
    here = knobs[2].slider("Look at step", 0, last, key="optimizers_study_schedule_here", step=pace, disabled=is_own)
    if own is None:
        name, steps, curves = "", *rate_curves(rate, length)
    else:
        name, here = own.settings.schedule, own.step
        steps, curves = rate_curves(own.settings.learning_rate, own.settings.schedule_steps, here)
    picture, words = st.columns([7, 4], gap="large")
    with picture:
        show(schedule_still(steps, curves, here, mode(), name), key="optimizers_study_schedules")
    with words:
        st.markdown(
            "**Why change the rate?** Large steps get far, small ones settle: so most schedules fall. Some rise first, "
            "so that the first steps do not throw a fresh network far off."
        )
        row = int(np.abs(steps - here).argmin())
        lines = [f"| Schedule | rate of step {here:,} |", "|---|---:|"]
        lines += [f"| {name} | {values[row]:.3g} |" for name, values in curves.items()]
        st.markdown("\n".join(lines))
    _race(rate, length)


def _own_run() -> Snapshot | None:
    """The visitor's feed-forward run, if it follows a schedule and they want to see where it is."""
    run = run_of("mlp")
    if run is None or run.settings.schedule == "constant":
        return None
    label = "Curves of my feed-forward run"
    about = "With the rate and the length of that run, and the step it has come to. Switch it off to choose them here."
    is_wanted = st.toggle(label, True, key="optimizers_study_schedule_own", help=about, **IN_URL)
    return run.poll() if is_wanted else None


def _race(rate: float, length: int) -> None:
    st.markdown("**The same training under each schedule**")
    st.caption(
        f"The same first weights and the same batches of {BASE.batch_size} (problem *{BASE.problem}*, two layers "
        "of 16, Adam); only the schedule differs. With rates up to "
        f"{RATE:g} and {LENGTH:,} steps the constant one ends in jumps, and all others end lower. With a tenth of that "
        "it is the other way round: slowing down then only costs time."
    )
    race_panel(
        "optimizers",
        "schedules",
        lambda: entrants(rate, length),
        steps=length,
        watched=("loss", "test_loss"),
        label=f"Train under every schedule, with rates up to {rate:g}",
    )
