"""Look inside, page `rnn`: tabs below the paused picture, of which only the open one is computed."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np
import streamlit as st

from experiments.rnn_inside import NOW, forgetting, fresh_spectra, one_step
from experiments.sequence_inside import batch_gradient, spectra
from figures.sequence_still import eigenvalues, gradients_by_lag
from training.run import Run, Snapshot
from ui.anatomy import anatomy
from ui.decoder_leak import leak_test
from ui.rnn_live import selected
from ui.sequence_inside import time_tab, writing_tab
from ui.still import mode, show
from ui.tabs import open_tab
from ui.time_travel import playback_tick
from ui.words import factor, plain, tex, written

SLUG: Final = "rnn"
TABS_KEY: Final = "rnn_inside"
LAGS: Final = (12, 25, 50, 100)
NUM_PARTS: Final = 6  # of a weighted sum that are told one by one


def look_inside(run: Run, snapshot: Snapshot) -> None:
    """The part of the page for a paused run; while it plays, one line says so."""
    if snapshot.is_playing or playback_tick(SLUG) is not None:
        st.caption("Pause to look inside: how far this network remembers, and every number of a step.")
        return
    at = selected()
    if at != st.session_state.setdefault("_rnn_inside_at", at):
        st.session_state[TABS_KEY] = "One step"
    st.session_state["_rnn_inside_at"] = at
    _tabs(run, snapshot)


@st.fragment
def _tabs(run: Run, snapshot: Snapshot) -> None:
    """The tabs. A fragment, so that turning a page in here does not draw the live picture anew."""
    open_tab(TABS, TABS_KEY, run, snapshot)


def forgetting_tab(run: Run, snapshot: Snapshot) -> None:
    """The gradient against the lag, for fresh cells and for this network."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        length = st.segmented_control(
            "Steps", LAGS, default=LAGS[2], key="rnn_lags", label_visibility="collapsed", format_func="{} steps".format
        )
        is_wanted = st.toggle("Measure", key="rnn_forgets")
        st.caption("Five fresh networks and this one read 32 sequences and look back: about a second.", width="stretch")
    if not is_wanted or not length:
        return
    found = run.look(partial(forgetting, length=length))
    picture, words = st.columns([7, 3], gap="large")
    with picture:
        show(gradients_by_lag(found, NOW, mode()), key="rnn_lag_picture")
    with words:
        st.markdown(
            "**What is drawn.** How much the loss of the last answer would change if the memory at an earlier step "
            "were different. Where the line has fallen to nothing, the network cannot learn to remember."
        )
        share = {name: values[-1] / values[0] for name, values in found.items() if values[0] > 0}
        told = ", ".join(f"{name} {written(share[name], '.1e')}" for name in share)
        st.markdown(f"What is left {length - 1} steps back, as a share of one step back: {told}.")
        length_now, clip = run.look(batch_gradient), snapshot.settings.clip  # type: ignore[arg-type]
        is_clipped = "is shortened" if 0 < clip < length_now else "is left alone"
        rule = f"clipping at {clip:g}: it {is_clipped}" if clip else "no clipping"
        st.markdown(f"The gradient by all weights now has length **{length_now:.3g}**; {rule}.")


def spectrum_tab(run: Run, snapshot: Snapshot) -> None:
    """The eigenvalues of the recurrent matrices now and at the start."""
    layer = _layer(snapshot)
    now = run.look(lambda experiment: spectra(experiment.model.layers[layer]))  # type: ignore[attr-defined]
    first = run.look(lambda experiment: fresh_spectra(experiment, layer))  # type: ignore[arg-type]
    picture, words = st.columns([3, 2], gap="large")
    with picture:
        show(eigenvalues(now, first, mode()), key="rnn_spectrum")
    with words:
        st.markdown(
            "**Each point is an eigenvalue** of the recurrent weights. A memory along its direction is multiplied by "
            "it at every step, as long as tanh is not bent: inside the circle memories fade, on it they turn, outside "
            "they grow."
        )
        for one, before in zip(now, first, strict=True):
            many = one.radius**snapshot.settings.seq_len
            st.markdown(
                f"Spectral radius of {one.name}: **{one.radius:.3f}**, at the start {before.radius:.3f}. After "
                f"{snapshot.settings.seq_len} steps: × {written(many, '.2g')}."
            )


def _layer(snapshot: Snapshot) -> int:
    """The recurrent layer looked into, from 0."""
    if snapshot.settings.num_layers == 1:
        return 0
    names = range(snapshot.settings.num_layers)
    chosen = st.segmented_control("Layer", names, default=0, format_func=lambda i: f"layer {i + 1}", key="rnn_layer")
    return int(chosen or 0)


def step_tab(run: Run, snapshot: Snapshot) -> None:
    """One unit at one step, worked out."""
    seen: Any = snapshot.observation
    num_steps, num_units = len(seen.states), snapshot.settings.hidden_dim
    left, right, _ = st.columns([2, 2, 3])
    first = min(selected() + 1, num_steps)
    # named after the step chosen in the picture, so that another choice there begins anew
    at = int(left.number_input("Step", 1, num_steps, first, key=f"rnn_step_{first}_{num_steps}")) - 1
    unit = int(right.number_input("Unit", 1, num_units, 1, key="rnn_unit")) - 1
    step = run.look(lambda experiment: one_step(experiment, at, unit))  # type: ignore[arg-type]
    if step.sign:
        st.markdown(f"At step {at + 1} the first layer reads **{plain(step.sign) or 'a space'}**.")
    sums = step.from_read.sum(), step.from_memory.sum()
    if step.parts:
        _gru_words(step.parts, step.value)
        return
    parts = ((sums[0], "W x"), (sums[1], "U h"), (step.bias, "b"))
    added = " + ".join(rf"\underbrace{{{factor(value)}}}_{{{name}}}" for value, name in parts)
    value = rf"\tanh({tex(step.total)}) = {tex(step.value)}"
    st.latex(rf"h_{{{at + 1}}} = \tanh\big({added}\big) = {value}")
    order = np.argsort(-np.abs(step.from_memory))[:NUM_PARTS]
    told = [{"unit": int(i) + 1, "memory before": step.before[i], "adds": step.from_memory[i]} for i in order]
    st.markdown("What the memory adds, the strongest units first; weight × memory is the last column.")
    st.dataframe(told, hide_index=True, width="content")


def _gru_words(parts: dict[str, float], value: float) -> None:
    """The update of a gated unit with its numbers."""
    z, n, h = parts["update"], parts["proposal"], parts["before"]
    numbers = rf"{tex(z)} \cdot {factor(h)} + {tex(1 - z)} \cdot {factor(n)} = {tex(value)}"
    st.latex(rf"h_t = z \, h_{{t-1}} + (1 - z) \, n = {numbers}")
    st.markdown(
        f"The update gate keeps **{z:.0%}** of the old memory. The proposal n saw the memory through a reset gate of "
        f"{parts['reset']:.0%}."
    )


def layers_tab(run: Run, snapshot: Snapshot) -> None:
    """The layers in a table."""
    seen: Any = snapshot.observation
    anatomy(run, SLUG)
    for sentence in (*seen.report, seen.source):
        st.text(sentence)


TABS: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "Why it forgets": forgetting_tab,
    "Recurrent weights": spectrum_tab,
    "One step": step_tab,
    "Leak test": lambda run, _: leak_test(SLUG, run),
    "Writing": partial(writing_tab, slug=SLUG),
    "Time": partial(time_tab, slug=SLUG),
    "Layers and data": layers_tab,
}
