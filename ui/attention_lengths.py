"""Positions, trained, page `attention`: five networks that differ in how a place knows where it is."""

from typing import Any, Final

import streamlit as st

from experiments.attention_inside import LENGTHS, has_lengths
from figures.attention_still import length_curves
from models.attention_positions import POSITIONS
from training.race import Race
from training.run import Run
from ui.attention_heads import entrants
from ui.attention_live import SLUG
from ui.race import race_panel
from ui.still import mode, show
from ui.words import written

STEPS: Final = 300
KINDS: Final[dict[str, dict[str, Any]]] = {kind: {"positions": kind} for kind in POSITIONS}


def trained_positions(run: Run) -> None:
    """Trains the task of the page with each kind of position, then tries other lengths and mixed places."""
    st.markdown(
        "**The same task with each of the five.** The networks differ in nothing else. After the race they are given "
        "sequences that are shorter and longer than any they have seen, and sequences whose places are mixed."
    )
    race = race_panel(
        SLUG, "positions", lambda: entrants(run, KINDS), steps=STEPS, watched=("test_loss", "test_accuracy")
    )
    if race is None:
        return
    settings = race.entrants[0].settings
    if has_lengths(settings):  # type: ignore[arg-type]
        found = [one.call("accuracy_by_length") for one in race.runs]
        trained = settings.seq_len  # type: ignore[attr-defined]
        show(length_curves(list(KINDS), LENGTHS, found, trained, mode()), key="attention_lengths")
        st.caption(
            "Blocks keep the lengths of the training; only more of them follow. Rows of the learned table beyond the "
            "training are still random numbers: nothing ever asked them anything."
        )
    st.markdown(shuffle_table(race))


def shuffle_table(race: Race) -> str:
    """What mixing the places does to each network, as Markdown."""
    lines = [
        "**Mixed places.** Mix the letters of a sequence, and compare with mixing the answers: the largest difference "
        "of a score over eight sequences, in double precision. A network that does not know where its places are "
        "cannot tell one from the other.",
        "",
        "| | without a mask | with the mask of the run |",
        "|---|---:|---:|",
    ]
    for entrant, run in zip(race.entrants, race.runs, strict=True):
        bare, masked = (run.call("shuffle_difference", is_masked=is_masked) for is_masked in (False, True))
        lines.append(f"| {entrant.label} | {written(bare, '.1e')} | {written(masked, '.1e')} |")
    return "\n".join(lines)
