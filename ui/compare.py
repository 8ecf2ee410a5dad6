"""Pin and compare: runs that were kept beside the current one, and what several seeds of it reach."""

import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import streamlit as st

from figures.compare import Band, Line, Point, over_parameters, overlay, spoken
from training.band import Outcome
from training.comparison import Layer, best, differing, distances, layers_of, num_parameters, turned, value_of
from training.history import Columns
from training.run import Run
from training.settings import Settings, knob_of
from ui.band import band_controls, band_name, band_sentence, outcome_of
from ui.live import live_canvas
from ui.material import NONE, Material
from ui.pins import MAX_PINS, Pin, names_of, pin, pins_of, remove
from ui.runs import resume_next
from ui.still import mode, show
from ui.words import plain, written

__all__ = ["compare", "pin"]

NAME_LETTERS: Final = 40
CURRENT: Final = "this run"
AXES: Final = ("steps", "seconds", "parameters")
MOMENTS: Final = ("best so far", "last", "at equal steps")


class Shown(NamedTuple):
    """One run in the comparison: a pinned one, or the current one, whose slot is None."""

    name: str
    slot: int | None
    settings: Settings
    history: Columns
    step: int
    seconds: float
    num_parameters: int
    layers: tuple[Layer, ...]
    turned: str  # what was changed while it trained


@st.fragment
def compare(run: Run, slug: str, material: Material = NONE) -> None:
    """The section Compare. A fragment, so that a choice in it does not draw the live picture anew.

    Args:
        run: the page's current run.
        slug: which page.
        material: how what the visitor brought comes back with a pinned run.
    """
    if st.session_state.pop(f"_{slug}_loads", False):
        st.rerun()  # the knobs and the live picture follow
    _head(run, slug)
    pins, outcome = pins_of(slug), outcome_of(slug)
    runs = _runs(run, pins) if pins or outcome is not None else []
    if pins:
        _cards(slug, pins, runs, material)
    band_controls(run, slug)
    if not runs:
        st.caption(
            "Pin this run, change a knob and train again: both runs then stand side by side here. "
            "Or train several seeds, to see how much of a result is luck."
        )
        return
    chosen = _picture(slug, runs, outcome)
    _differences(runs, outcome, chosen)
    if pins:
        _weights(runs)


def _head(run: Run, slug: str) -> None:
    pins = pins_of(slug)
    with st.container(horizontal=True, vertical_alignment="center"):
        words = "Keeps its curves, settings, weights and picture, to compare with or to come back to."
        st.button(
            "Pin this run", key=f"{slug}_pin", icon=":material/keep:", help=words, on_click=_pin, args=(run, slug)
        )
        if pins:
            st.button("Clear", key=f"{slug}_pin_clear", help="Forgets all pinned runs.", on_click=pins.clear)
            st.caption(f"{len(pins)} of {MAX_PINS} pinned", width="content")
    said = st.session_state.pop(f"_{slug}_pin_said", "")
    if said:
        st.info(plain(said))


def _pin(run: Run, slug: str) -> None:
    said = pin(run, slug)
    is_plain = said.startswith("Pinned") and said.count(".") == 1
    st.session_state[f"_{slug}_pin_said"] = "" if is_plain else said  # a new card says enough


def _runs(run: Run, pins: Sequence[Pin]) -> list[Shown]:
    """The pinned runs and the current one."""
    snapshot = run.poll()
    shown = [
        Shown(
            name=name,
            slot=one.slot,
            settings=one.capture.settings,
            history=one.capture.history,
            step=one.capture.step,
            seconds=one.capture.seconds,
            num_parameters=one.num_parameters,
            layers=one.layers,
            turned=turned(one.capture.changes, one.capture.edits, one.capture.settings),
        )
        for name, one in zip(names_of(pins, [snapshot.settings]), pins, strict=True)
    ]
    count, layers = run.look(lambda experiment: (num_parameters(experiment), layers_of(experiment)))
    what = turned(run.changes, run.edits, snapshot.settings)
    last = (snapshot.newest_step, snapshot.seconds, count, layers, what)
    return [*shown, Shown(CURRENT, None, snapshot.settings, snapshot.history, *last)]


def _cards(slug: str, pins: Sequence[Pin], runs: Sequence[Shown], material: Material) -> None:
    """A small picture of each pinned run, with its name and what can be done with it."""
    for column, one, shown in zip(st.columns(MAX_PINS), pins, runs, strict=False):
        with column:
            live_canvas(one.picture, key=f"{slug}_pin_picture_{one.number}")
            key = f"{slug}_pin_name_{one.number}"
            st.text_input(
                f"Name of pin {one.number}",
                one.given,
                key=key,
                max_chars=NAME_LETTERS,
                placeholder=shown.name,
                label_visibility="collapsed",
                on_change=_rename,
                args=(one, key),
            )
            st.caption(f"step {shown.step:,} · {shown.num_parameters:,} parameters")
            with st.container(horizontal=True, gap="small"):
                is_gone = one.capture.state is None
                words = "Its weights were too large to keep." if is_gone else "The knobs turn back, the run goes on."
                st.button(
                    "Load",
                    key=f"{slug}_pin_load_{one.number}",
                    help=words,
                    disabled=is_gone,
                    on_click=_load,
                    args=(slug, one, material),
                )
                st.button("Remove", key=f"{slug}_pin_remove_{one.number}", on_click=remove, args=(slug, one.number))


def _rename(one: Pin, key: str) -> None:
    one.given = " ".join(st.session_state[key].split())[:NAME_LETTERS]


def _load(slug: str, one: Pin, material: Material) -> None:
    resume_next(slug, one.capture, material, one.material)
    st.session_state[f"_{slug}_loads"] = True


def _picture(slug: str, runs: Sequence[Shown], outcome: Outcome | None) -> str:
    """The curves over one another, or one value each; returns the chosen number."""
    names = _recorded(runs, outcome)
    left, right = st.columns([7, 3], gap="large")
    with right:
        kept: dict[str, Any] = {"persist_state": "session"}
        first = names.index("test_loss") if "test_loss" in names else 0
        chosen = st.selectbox("Number", names, first, format_func=spoken, key=f"{slug}_compare_number", **kept)
        words = "Seconds are those spent training, at the mean speed of each run."
        across = st.segmented_control(
            "Across", AXES, default="steps", required=True, help=words, key=f"{slug}_compare_axis", **kept
        )
        moment = MOMENTS[1]
        if across == "parameters":
            moment = st.selectbox("Value", MOMENTS, key=f"{slug}_compare_moment", **kept)
        is_log = st.toggle("Logarithmic", key=f"{slug}_compare_log", **kept)
        if outcome is not None:
            st.markdown(plain(band_sentence(outcome, runs[-1].settings, chosen)))
            if across != "steps":
                st.caption("The band of seeds is drawn over steps.")
    with left:
        if across == "parameters":
            still = _scatter(runs, chosen, moment, is_log)
        else:
            lines = [Line(one.name, one.slot, _across(one, across), _column(one, chosen)) for one in runs]
            band = None
            if outcome is not None and across == "steps":
                band = Band(band_name(outcome, runs[-1].settings), *outcome.table(chosen))
            still = overlay(lines, spoken(chosen), across, mode(), is_log=is_log, band=band)
        show(still, key=f"{slug}_compare_picture")
    return chosen


def _recorded(runs: Sequence[Shown], outcome: Outcome | None) -> list[str]:
    """The numbers that at least one run has a value of."""
    histories = [*(one.history for one in runs), *(outcome.histories if outcome else ())]
    found = {name: None for one in histories for name, column in one.values.items() if np.isfinite(column).any()}
    return list(found) or ["loss"]


def _column(one: Shown, name: str) -> np.ndarray:
    return one.history.values.get(name, np.full(len(one.history.steps), math.nan))


def _across(one: Shown, axis: str) -> np.ndarray:
    steps: np.ndarray = one.history.steps
    return steps if axis == "steps" else steps * (one.seconds / max(1, one.step))


def _scatter(runs: Sequence[Shown], chosen: str, moment: str, is_log: bool) -> Any:
    common = min(one.step for one in runs)
    title = {
        "best so far": f"best {spoken(chosen)} so far",
        "last": f"last {spoken(chosen)}",
        "at equal steps": f"{spoken(chosen)} at step {common:,}, which all have reached",
    }[moment]
    points = [Point(one.name, one.slot, one.num_parameters, _value(one, chosen, moment, common)) for one in runs]
    return over_parameters(points, title, mode(), is_log=is_log)


def _value(one: Shown, name: str, moment: str, common: int) -> float:
    if moment == "best so far":
        return best(name, _column(one, name))
    return (one.history if moment == "last" else one.history.until(common)).last(name)


def _differences(runs: Sequence[Shown], outcome: Outcome | None, chosen: str) -> None:
    """A table of what differs; what is not as in the current run is set in bold."""
    current = runs[-1]
    every = [*(one.settings for one in runs), *([outcome.settings] if outcome else [])]
    rows: list[tuple[str, list[str]]] = []
    for name in differing(every):
        values = [value_of(name, settings) for settings in every]
        here = value_of(name, current.settings)
        title = knob_of(type(current.settings).model_fields[name])["label"]
        if name == "seed" and outcome is not None:
            values[-1] = f"{outcome.seeds[0]} to {outcome.seeds[-1]}"
        rows.append((title, [_marked(value, value != here) for value in values]))
    facts = {
        "Parameters": [f"{one.num_parameters:,}" for one in runs],
        "Step": [f"{one.step:,}" for one in runs],
        "Seconds trained": [f"{one.seconds:.1f}" for one in runs],
        f"Last {spoken(chosen)}": [_number(one.history.last(chosen)) for one in runs],
        f"Best {spoken(chosen)}": [_number(best(chosen, _column(one, chosen))) for one in runs],
    }
    if any(one.turned for one in runs):
        facts["Changed on the way"] = [one.turned or "–" for one in runs]
    heads = [one.name for one in runs]
    if outcome is not None:
        heads.append(f"{len(outcome.seeds)} seeds")
        found = outcome.summary(chosen)
        last = f"{_number(found.mean)} ± {_number(found.deviation, '.2g')}" if found else "–"
        of_band = ["–", f"{outcome.last_step:,}", f"{outcome.seconds:.1f}", last]
        of_band += ["–"] * (len(facts) - len(of_band))
        facts = {title: [*values, value] for (title, values), value in zip(facts.items(), of_band, strict=True)}
    rows += [(title, [plain(value) for value in values]) for title, values in facts.items()]
    _table("What differs", heads, rows)
    words = "Bold: not as in this run." if len(rows) > len(facts) else "All settings are the same."
    st.caption(words + (" ± is the standard deviation over the seeds." if outcome else ""))


def _marked(value: str, differs: bool) -> str:
    return f"**{plain(value)}**" if differs else plain(value)


def _number(value: float, form: str = ".4g") -> str:
    return written(value, form) if math.isfinite(value) else "–"


def _weights(runs: Sequence[Shown]) -> None:
    """How far the weights of each pinned run are from those of the current one, layer by layer."""
    current, pinned = runs[-1], runs[:-1]
    found = {one.name: distances(current.layers, one.layers) for one in pinned}
    comparable = {name: rows for name, rows in found.items() if rows is not None}
    if comparable:
        cells = [
            (layer.name, [f"{rows[index].length:.3g}, {rows[index].share:.0%}, {_number(rows[index].cosine, '.2f')}"
                          for rows in comparable.values()])
            for index, layer in enumerate(current.layers)
        ]  # fmt: skip
        rows = [(plain(name), [plain(text) for text in texts]) for name, texts in cells]
        _table("Weights, against this run", list(comparable), rows)
        st.caption(
            "By layer: the distance between the weights, the same as a share of their own length (0 % equal, about "
            "141 % unrelated), and the cosine of the angle between them (1 same direction, 0 unrelated)."
        )
    left_out = [name for name, rows in found.items() if rows is None]
    if left_out:
        st.caption(f"Weights of other shapes, or not kept, cannot be compared: {plain(', '.join(left_out))}.")


def _table(corner: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> None:
    """A small table; the cells may hold markdown, the heads are plain words."""
    lines = ["| " + " | ".join([f"**{corner}**", *map(plain, heads)]) + " |", "|---" * (len(heads) + 1) + "|"]
    lines += ["| " + " | ".join([title, *cells]) + " |" for title, cells in rows]
    st.markdown("\n".join(lines))
