"""A race on a page: several experiments trained side by side in the background, their curves drawn while they move."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import streamlit as st

from figures.curves import Level
from figures.race import NO_LEVELS, NO_LIMITS, Racer, race_scene
from figures.scene import Limits
from training.lessons import name_in_words, value_in_words
from training.race import Entrant, Race
from training.scheduler import SCHEDULER, BusyError
from ui.live import live_canvas
from ui.words import plain, written

TICK_SECONDS: Final = 0.5
SHARE: Final = 0.42  # of the height of the window that the curves may take


def race_panel(
    slug: str,
    name: str,
    entrants: Callable[[], Sequence[Entrant]],
    *,
    steps: int,
    watched: Sequence[str],
    label: str = "Train them side by side",
    levels: Mapping[str, Sequence[Level]] = NO_LEVELS,
    limits: Mapping[str, Limits] = NO_LIMITS,
    below: Callable[[Race], None] | None = None,
) -> Race | None:
    """A button that trains the entrants, their curves, and a table of where they ended.

    Args:
        slug: of the page.
        name: of this race on the page, an identifier.
        entrants: says who takes part; called when the button is pressed, and to see whether that has changed since.
        steps: how many each takes.
        watched: the recorded numbers to draw, at most three.
        label: what the button says.
        levels: of a recorded number, horizontal lines to compare with.
        limits: of a recorded number, the ends of its axis, where it should not begin at 0.
        below: draws more of the race below its curves, while it goes on too.

    Returns:
        The finished race, in whose runs the trained networks are; None before there is one.
    """
    key = f"_{slug}_race_{name}"
    race: Race | None = st.session_state.get(key)
    is_on = race is not None and race.is_running
    with st.container(horizontal=True, vertical_alignment="center"):
        words = "They are being trained." if is_on else f"Trains each for {steps:,} steps in the background."
        st.button(
            label,
            key=f"{slug}_{name}_go",
            icon=":material/stacked_line_chart:",
            help=words,
            disabled=is_on,
            on_click=lambda: st.session_state.update({key: Race(entrants(), steps)}),
        )
        if race is not None and not is_on and _has_changed(race, entrants(), steps):
            st.caption("The curves below belong to earlier settings.", width="stretch")
    if race is None:
        return None
    st.fragment(_show, run_every=TICK_SECONDS if is_on else None)(
        race, slug, name, tuple(watched), is_on, levels, limits, below
    )
    if race.message:
        st.info(plain(race.message))
    if not race.is_finished:
        return None
    st.markdown(_table(race, watched))
    return race


def _has_changed(race: Race, entrants: Sequence[Entrant], steps: int) -> bool:
    known = [(entrant.label, entrant.settings) for entrant in race.entrants]
    return known != [(entrant.label, entrant.settings) for entrant in entrants] or race.num_steps != steps


def _show(
    race: Race,
    slug: str,
    name: str,
    watched: Sequence[str],
    was_on: bool,
    levels: Mapping[str, Sequence[Level]],
    limits: Mapping[str, Limits],
    below: Callable[[Race], None] | None,
) -> None:
    """Progress and curves; when the race is over, the page is drawn anew with its table."""
    if race.is_running:
        try:
            SCHEDULER.submit(race.poll())
        except BusyError as error:
            race.message = str(error)
            race.cancel()
    if was_on and not race.is_running:
        st.rerun()
    if was_on:
        left = f", about {race.seconds_left:,.0f} s left" if race.seconds_left is not None else ""
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(
                race.share, f"{len(race.entrants)} networks, {race.num_steps:,} steps each: {race.share:.0%}{left}"
            )
            st.button("Cancel", key=f"{slug}_{name}_cancel", on_click=race.cancel)
    pairs = zip(race.entrants, race.histories, strict=False)
    racers = [Racer(entrant.label, columns.steps, columns.values) for entrant, columns in pairs]
    quantities = {column: name_in_words(column) for column in watched}
    scene = race_scene(racers, quantities, race.num_steps, levels, limits)
    live_canvas(scene, key=f"{slug}_{name}_curves", height=SHARE)
    if below is not None:
        below(race)


def _table(race: Race, watched: Sequence[str]) -> str:
    """Where each ended, and how long it took, as a Markdown table."""
    lines = ["| | " + " | ".join(map(name_in_words, watched)) + " | seconds |", "|---|" + "---:|" * (len(watched) + 1)]
    for entrant, run, columns in zip(race.entrants, race.runs, race.histories, strict=True):
        cells = [value_in_words(column, columns.last(column)) for column in watched]
        note = " (ran away)" if run.poll().has_failed else ""
        lines.append(f"| {plain(entrant.label)}{note} | {' | '.join(cells)} | {written(run.seconds, '.2g')} |")
    return "\n".join(lines)
