"""Look inside, page `lstm`: tabs below the paused picture, of which only the open one is computed."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from experiments.lstm_search import correlations
from experiments.sequence_settings import ALL_TEXTS
from figures.lstm_still import gate_terms, gradient_by_lag, track_map, unit_over_time
from training.run import Run, Snapshot
from ui.anatomy import anatomy
from ui.decoder_leak import leak_test
from ui.lstm_live import GOES, SLUG, choose, chosen_place
from ui.lstm_race import gradients_of_the_race
from ui.lstm_search import search_tab
from ui.still import mode, show
from ui.tabs import open_tab
from ui.time_travel import playback_tick
from ui.words import factor, plain, tex, written

TABS_KEY: Final = "lstm_inside"
MAX_PROMPT: Final = 200
NUM_LETTERS: Final = 300
NUM_WORDS: Final = 60
LETTER: Final = {
    "forget": "f",
    "input": "i",
    "proposal": "g",
    "output": "o",
    "reset": "r",
    "update": "z",
    "hidden": "h",
}
FRESH: Final = {"lstm": "a fresh LSTM", "gru": "a fresh GRU", "rnn": "a fresh plain RNN"}


def look_inside(run: Run, snapshot: Snapshot) -> None:
    """The part of the page for a paused run; while it plays, one line says so."""
    if snapshot.is_playing or playback_tick(SLUG) is not None:
        st.caption("Pause to look inside: every number of this network can then be read.")
        return
    _tabs(run, snapshot, chosen_place(snapshot))


@st.fragment
def _tabs(run: Run, snapshot: Snapshot, place: tuple[int, int]) -> None:
    """The tabs. A fragment, so that turning a page in here does not draw the live picture anew."""
    open_tab(TABS, TABS_KEY, run, snapshot)
    if chosen_place(snapshot) != place or st.session_state.pop(GOES, False):
        st.rerun()  # the live picture outlines what was chosen


# ---- one step ------------------------------------------------------------------------------------------------------


@np.errstate(all="ignore")  # an exploded network is shown too, with whatever its numbers are
def step_tab(run: Run, snapshot: Snapshot) -> None:
    """One unit at one step: the equations with their numbers, and where each gate comes from."""
    seen: Any = snapshot.observation
    unit, at = chosen_place(snapshot)
    _step_buttons(seen, unit, at)
    parts = run.call("parts", unit=unit, step=seen.start + at)
    st.latex(equations(seen, unit, at))
    symbol = seen.symbols[at]
    st.markdown(
        f"**Where they come from.** Unit {unit + 1} at step {seen.start + at + 1} reads **{plain(symbol)}**. Each sum "
        "z = W x + U h + b is bent into a share by σ, or into −1 to 1 by tanh; the largest terms are drawn one by one."
    )
    show(gate_terms(parts, symbol, mode()), key="lstm_terms")
    _sums_table(parts)


def _step_buttons(seen: Any, unit: int, at: int) -> None:
    _, steps, units = seen.values.shape
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, move, by, is_off in (
            ("Step back", (unit, at - 1), "back", at == 0),
            ("Step on", (unit, at + 1), "on", at + 1 >= steps),
            ("Unit before", (unit - 1, at), "up", unit == 0),
            ("Next unit", (unit + 1, at), "down", unit + 1 >= units),
        ):
            st.button(label, key=f"lstm_go_{by}", on_click=choose, args=move, disabled=is_off)
        st.caption("A click into a map of the picture above chooses both.", width="stretch")


def equations(seen: Any, unit: int, at: int) -> str:
    """What the cell does at this step, with the numbers put in."""
    signal = {name: float(seen.of(name)[at, unit]) for name in seen.signals}
    h_before = float(seen.of("hidden")[at - 1, unit] if at else seen.before[unit])
    if seen.cell == "lstm":
        c_before = float(seen.of("cell")[at - 1, unit] if at else seen.memory_before[unit])
        kept, added = signal["forget"] * c_before, signal["input"] * signal["proposal"]
        return (
            r"\begin{aligned} c_t &= f_t \cdot c_{t-1} + i_t \cdot g_t = "
            rf"{tex(signal['forget'])} \cdot {factor(c_before)} + {tex(signal['input'])} \cdot "
            rf"{factor(signal['proposal'])} = {tex(kept)} + {factor(added)} = {tex(signal['cell'])} \\ "
            rf"h_t &= o_t \cdot \tanh(c_t) = {tex(signal['output'])} \cdot {factor(float(np.tanh(signal['cell'])))} "
            rf"= {tex(signal['hidden'])} \end{{aligned}}"
        )
    if seen.cell == "gru":
        return (
            rf"h_t = z_t \cdot h_{{t-1}} + (1 - z_t) \cdot n_t = {tex(signal['update'])} \cdot {factor(h_before)} + "
            rf"{tex(1 - signal['update'])} \cdot {factor(signal['proposal'])} = {tex(signal['hidden'])}"
        )
    return rf"h_t = \tanh(W x_t + U h_{{t-1}} + b) = {tex(signal['hidden'])}"


def _sums_table(parts: Any) -> None:
    rows = [
        {
            "": f"{part.name} {LETTER[part.name]}",
            "W x": part.from_symbol,
            "U h": float(part.from_hidden.sum()),
            "b": part.bias,
            "z": part.sum,
            "bend": "σ" if part.is_gate else "tanh",
            "value": part.value,
        }
        for part in parts
    ]
    number = st.column_config.NumberColumn(format="%.4f")
    columns = {name: number for name in ("W x", "U h", "b", "z", "value")}
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, column_config=columns, key="lstm_sums",
        alt="Each gate with the parts of its sum and its value.",
    )  # fmt: skip


def time_tab(run: Run, snapshot: Snapshot) -> None:
    """All signals of the chosen unit over the steps of the picture."""
    unit, at = chosen_place(snapshot)
    show(unit_over_time(snapshot.observation, unit, at, mode()), key="lstm_over_time")
    st.caption(
        "Above, the gates and the proposal; below, what the unit holds and shows. Point at a step to read all of them; "
        "choose another unit by a click into a map of the picture."
    )


# ---- gradients -----------------------------------------------------------------------------------------------------


def gradient_tab(run: Run, snapshot: Snapshot) -> None:
    """How far back the loss at the last step reaches."""
    cell = snapshot.settings.cell
    curves = {f"this {cell.upper()}, step {snapshot.step:,}": run.call("gradients")}
    curves |= {words: run.call("gradients_at_the_start", cell=fresh) for fresh, words in FRESH.items()}
    curves |= gradients_of_the_race()
    show(gradient_by_lag(curves, mode()), key="lstm_gradient_by_lag")
    ratios = [
        f"{name} keeps {written(float(found[-1] / max(found[0], 1e-30)), '.2g')}" for name, found in curves.items()
    ]
    st.markdown(
        "How much does the loss at the last step that is judged depend on what was in the memory so many steps before? "
        f"Over {len(next(iter(curves.values()))) - 1} steps: {'; '.join(ratios)} of it. Where next to nothing is "
        "left, nothing can be learnt about that lag. Change the forget bias and look again; when the race below has "
        "been run, its three trained networks are drawn here too."
    )


# ---- what units keep track of --------------------------------------------------------------------------------------


def units_tab(run: Run, snapshot: Snapshot) -> None:
    """Correlation of each unit with things that are known of each step."""
    recording = run.call("recording")
    kind = st.segmented_control(
        "Of", list(recording.states), default=list(recording.states)[-1], required=True, key="lstm_tracked"
    )
    kind = kind if kind in recording.states else list(recording.states)[-1]
    values = recording.states[kind].reshape(-1, recording.states[kind].shape[2])
    names = list(recording.tracks)
    found = correlations(values, np.stack([recording.tracks[name].ravel() for name in names], axis=1))
    picture, words = st.columns([7, 4], gap="large")
    with picture:
        show(track_map(found, names, mode()), key="lstm_tracks")
    with words:
        st.markdown(
            f"**Who keeps track of what?** Each unit's values over {len(values):,} steps the network never trained on, "
            "compared with what is known of each step. Blue: they rise together; orange: one falls as the other rises."
        )
        best = np.abs(found).argmax(0)
        rows = [
            {"track": name, "unit": int(best[k]) + 1, "r": float(found[best[k], k])} for k, name in enumerate(names)
        ]
        st.dataframe(
            pd.DataFrame(rows), hide_index=True, height=min(38 + 35 * len(rows), 320), key="lstm_best_units",
            column_config={"r": st.column_config.NumberColumn(format="%.2f")},
            alt="For each track the unit whose correlation is largest.",
        )  # fmt: skip
        top = int(np.abs(found).max(0).argmax())
        st.button(
            f"Show unit {int(best[top]) + 1} in the picture",
            key="lstm_show_best",
            on_click=choose,
            args=(int(best[top]), chosen_place(snapshot)[1]),
            help=f"It follows “{names[top]}” most closely.",
        )


# ---- writing -------------------------------------------------------------------------------------------------------


def writing_tab(run: Run, snapshot: Snapshot) -> None:
    """Lets the visitor begin a text, and shows how the network goes on."""
    settings = snapshot.settings
    if settings.task not in ALL_TEXTS:
        st.caption("This task is no text: choose one of the texts under Task to let the network write.")
        return
    prompt = st.text_input("Begin with", value="Alice", max_chars=MAX_PROMPT, key="lstm_prompt")
    length = NUM_WORDS if settings.level == "word" else NUM_LETTERS
    known, text = run.call("composed", prompt=prompt, length=length)
    st.markdown(f"**{plain(known)}** {plain(text)}")
    limit = f"among the {settings.top_k} likeliest" if settings.top_k else "among all symbols"
    st.caption(f"Temperature {settings.temperature:g}, chosen {limit}: both are knobs under View.")


def layers_tab(run: Run, snapshot: Snapshot) -> None:
    """The layers in a table."""
    anatomy(run, SLUG)


TABS: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "One step": step_tab,
    "One unit over time": time_tab,
    "Gradient and lag": gradient_tab,
    "What units track": units_tab,
    "Pattern search": search_tab,
    "Leak test": lambda run, _: leak_test(SLUG, run),
    "Writing": writing_tab,
    "Layers": layers_tab,
}
