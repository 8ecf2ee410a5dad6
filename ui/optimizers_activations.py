"""Activations on the page `optimizers`: each with its slope, and where a live network's sums fall on it."""

from typing import Final, get_args

import streamlit as st

from experiments.activation_study import DEMO_STEPS, LayerSums, bend, demo_run, sums_of
from experiments.mlp_settings import MLPSettings
from figures.optimizers_measured import activation_still
from ui.knobs import IN_URL
from ui.runs import run_of
from ui.still import mode, show

NAMES: Final[tuple[str, ...]] = get_args(MLPSettings.model_fields["activation"].annotation)
KEPT: Final = "_optimizers_study_sums"


def activations_part() -> None:
    """One activation, the sums of a network that uses it, and what they mean for its gradients."""
    run = run_of("mlp")
    start = NAMES.index(run.settings.activation if run else MLPSettings().activation)
    picture, words = st.columns([7, 4], gap="large")
    with words:
        name: str = st.selectbox(
            "Activation",
            NAMES,
            start,
            format_func=lambda one: one.replace("_", " "),
            key="optimizers_study_activation",
            **IN_URL,
        )
        st.markdown(
            "**The bend and its slope.** On the way back, each layer multiplies the gradient by f′(z). Where f is flat "
            "the slope is near 0, and what comes before such a unit hardly learns."
        )
        layers = _layers(name)
        _findings(layers)
    with picture:
        show(activation_still(bend(name), layers, name, mode()), key="optimizers_study_activations")


def _layers(name: str) -> list[LayerSums]:
    """The sums of the visitor's network if it bends this way, else of one trained here when asked for."""
    run = run_of("mlp")
    if run is not None and run.settings.activation == name:
        st.markdown(f"Below the curve: the sums in **your feed-forward network**, after {run.poll().step:,} steps.")
        return run.look(sums_of)
    kept: dict[str, list[LayerSums]] = st.session_state.setdefault(KEPT, {})
    if name not in kept:
        about = f"The default network of the feed-forward page with this activation, {DEMO_STEPS} steps."
        slot = st.empty()
        if not slot.button("Train a network with it", key="optimizers_study_activation_go", help=about):
            return []
        with slot, st.spinner("Training."):
            kept[name] = demo_run(name).look(sums_of)
        slot.empty()
    st.markdown(f"Below the curve: the sums in the default network (spiral, 8-8) after {DEMO_STEPS} steps.")
    return kept[name]


def _findings(layers: list[LayerSums]) -> None:
    if not layers:
        return
    lines = ["| Layer | mean slope | dead units | saturated | beyond ±6 |", "|---|---:|---:|---:|---:|"]
    for number, layer in enumerate(layers, start=1):
        cells = (f"{layer.mean_slope:.3f}", f"{layer.dead:.0%}", f"{layer.saturated:.0%}", f"{layer.outside:.0%}")
        lines.append(f"| {number} | {' | '.join(cells)} |")
    st.markdown("\n".join(lines))
    product = 1.0
    for layer in layers:
        product *= layer.mean_slope
    if len(layers) > 1:
        factors = " · ".join(f"{layer.mean_slope:.2f}" for layer in layers)
        st.markdown(
            f"The slopes alone scale a gradient on its way to the first layer by about {factors} = **{product:.2g}**."
        )
    st.caption(
        "Over all training examples. A unit is dead if every example falls into the flat part; an output is saturated "
        "if it lies where a bend that is flat on both sides has less than a fiftieth of its steepest slope."
    )
