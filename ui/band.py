"""The band of seeds on a page: asked for, trained in the background, and said in a sentence."""

import importlib
import importlib.util
from typing import Any, Final

import streamlit as st

from figures.compare import spoken
from training.band import MAX_STEPS, Band, Outcome
from training.comparison import differing
from training.run import Run
from training.scheduler import SCHEDULER, BusyError
from ui.words import written

COUNTS: Final = (3, 5, 10, 20)
LEAST_STEPS: Final = 10
DEFAULT_STEPS: Final = 1000
TICK_SECONDS: Final = 0.5


def outcome_of(slug: str) -> Outcome | None:
    """The newest band that was trained on a page."""
    found: Outcome | None = st.session_state.get(f"_{slug}_outcome")
    return found


def band_controls(run: Run, slug: str) -> None:
    """What to train; while it trains, how far it is. Draw it in a fragment."""
    band: Band | None = st.session_state.get(f"_{slug}_band")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = "How much of a result is luck: the same settings with other data, first weights and order of batches."
        st.selectbox("Seeds", COUNTS, 1, key=f"{slug}_band_seeds", help=words, width=110, persist_state="session")
        st.number_input(
            "Steps of each",
            LEAST_STEPS,
            MAX_STEPS,
            None,
            100,
            key=f"{slug}_band_steps",
            placeholder=f"{default_steps(run):,}",
            width=160,
            help="Left empty: as many as the number in grey, which is how many this run has taken once it has begun.",
            persist_state="session",
        )
        words = "Trains them in the background, each from step 0; the run on this page is left as it is."
        st.button(
            "Train the seeds",
            key=f"{slug}_band_go",
            icon=":material/stacked_line_chart:",
            help=words if band is None else "They are being trained.",
            disabled=band is not None,
            on_click=_train,
            args=(run, slug),
        )
        if outcome_of(slug) is not None:
            st.button("Remove the band", key=f"{slug}_band_remove", on_click=_forget, args=(slug,))
    if band is not None:
        st.fragment(_progress, run_every=TICK_SECONDS)(band, slug)
    complaint = st.session_state.pop(f"_{slug}_band_complaint", "")
    if complaint:
        st.info(complaint)


def default_steps(run: Run) -> int:
    """As many as the run took, so that the band lies under its curve."""
    return min(run.newest_step, MAX_STEPS) if run.newest_step >= LEAST_STEPS else DEFAULT_STEPS


def _forget(slug: str) -> None:
    st.session_state[f"_{slug}_outcome"] = None


def _train(run: Run, slug: str) -> None:
    name = f"experiments.{slug}_ensemble"
    gather = importlib.import_module(name).gather if importlib.util.find_spec(name) else None
    num_seeds = st.session_state[f"{slug}_band_seeds"]
    num_steps = st.session_state[f"{slug}_band_steps"] or default_steps(run)
    st.session_state[f"_{slug}_band"] = Band(run.build, run.settings, num_seeds, num_steps, gather)


def _progress(band: Band, slug: str) -> None:
    """How far the band is; when it is done, the page is drawn anew with it."""
    if band.is_running:
        try:
            SCHEDULER.submit(band.poll())
        except BusyError as error:
            band.message = str(error)
            band.cancel()
    if not band.is_running:
        st.session_state[f"_{slug}_band"] = None
        st.session_state[f"_{slug}_band_complaint"] = band.message
        st.session_state[f"_{slug}_outcome"] = band.outcome or outcome_of(slug)
        st.rerun()
    left = f", about {band.seconds_left:,.0f} s left" if band.seconds_left is not None else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(band.share, f"{len(band.seeds)} seeds, {band.num_steps:,} steps each: {band.share:.0%}{left}")
        st.button("Cancel", key=f"{slug}_band_cancel", on_click=band.cancel)


def band_name(outcome: Outcome, settings: Any) -> str:
    """What a band is of, beside the settings in force."""
    same = set(differing([outcome.settings, settings])) <= {"seed"}
    return f"{len(outcome.seeds)} seeds" + ("" if same else ", other settings")


def band_sentence(outcome: Outcome, settings: Any, name: str) -> str:
    """What the seeds reached in one recorded number.

    Args:
        outcome: the band.
        settings: those in force, to which it may no longer belong.
        name: which number.
    """
    found, title = outcome.summary(name), band_name(outcome, settings)
    if found is None:
        said = f"{title}: none of them has a {spoken(name)} at step {outcome.last_step:,}."
    else:
        said = (
            f"{title}: {spoken(name)} {written(found.mean, '.3g')} on average at step {outcome.last_step:,}, "
            f"from {written(found.low, '.3g')} to {written(found.high, '.3g')}, "
            f"standard deviation {written(found.deviation, '.2g')}."
        )
    if any(outcome.has_failed):
        said += f" In {sum(outcome.has_failed)} of them the loss ran away."
    how = "by one batched step" if outcome.is_batched else "one after another"
    return f"{said} Trained {how} in {outcome.seconds:.1f} s."
