"""Against others, page `encoder`: with and without pretraining, and with and without what comes after a gap."""

from typing import Any, Final

import streamlit as st

from experiments.encoder_races import num_steps, sides, starts
from experiments.encoder_settings import EncoderSettings
from figures.encoder_still import chances_by_place, mean_known
from training.run import Run
from ui.encoder_live import SLUG
from ui.race import race_panel
from ui.still import mode, show
from ui.words import plain, written

STEPS_OF_SIDES: Final = 600
MAX_TEXT: Final = 400


def races(run: Run, settings: EncoderSettings) -> None:
    """Both races, each behind a button."""
    settings = run.settings
    first, second = st.tabs(["Pretraining", "Both sides or left only"], key="encoder_races", on_change="rerun")
    if first.open:
        with first:
            _starts(run, settings)
    if second.open:
        with second:
            _sides(run, settings)


def _starts(run: Run, settings: EncoderSettings) -> None:
    st.markdown(
        f"**Does filling gaps first help?** The same network three times, each for {num_steps(settings):,} steps: from "
        f"fresh weights with labels all along; after {settings.pretrain_steps:,} steps of filling gaps; and the same "
        "with only the last layer learning from labels. Until the labels come, the last two can only guess. Few "
        "labels make the difference large: set them under Task."
    )
    race_panel(
        SLUG, "starts", lambda: starts(run.build, settings), steps=num_steps(settings),
        watched=("test_accuracy", "test_loss"),
    )  # fmt: skip


def _sides(run: Run, settings: EncoderSettings) -> None:
    st.markdown(
        "**What comes after counts, too.** Two networks of one size fill the same gaps; one may look to both sides, "
        "the other only to the left, as GPT must."
    )
    race = race_panel(
        SLUG, "sides", lambda: sides(run.build, settings), steps=STEPS_OF_SIDES, watched=("test_loss", "test_accuracy")
    )
    if race is None:
        st.caption("When they are trained, a sentence of your own shows where each of them is sure.")
        return
    first: Any = race.runs[0]
    text = st.text_input(
        "Each symbol is hidden in turn", first.call("text_of", row=0), max_chars=MAX_TEXT, key="encoder_sides_text"
    )
    found = [one.call("each_place", text=text) for one in race.runs]
    symbols = found[0][0]
    if not symbols:
        st.caption("There is nothing to hide: write a few words.")
        return
    labels = [f"{entrant.label}" for entrant in race.entrants]
    show(chances_by_place(symbols, labels, [chances for _, chances in found], mode()), key="encoder_sides_picture")
    means = [written(mean_known(chances), ".1%") for _, chances in found]
    st.markdown(
        f"Mean chance of the right symbol in “{plain(text)}”: **{means[0]}** with both sides, **{means[1]}** with the "
        "left side only. A single sentence may lie; the test loss above is the mean over many."
    )
