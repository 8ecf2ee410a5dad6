"""Look inside, page `mlp`: tabs below the paused picture, of which only the open one is computed."""

from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from figures.mlp_still import activation_histograms, decision_map, gradient_histograms
from figures.scores import confusion_matrix, loss_curves, predicted_against_true
from training.run import Run, Snapshot
from ui.anatomy import anatomy
from ui.mlp_backprop import backprop_tab
from ui.mlp_baselines import baseline_levels, baseline_part
from ui.mlp_neuron import CHANGED, neuron_tab, selected, weights_tab
from ui.still import mode, show
from ui.tabs import open_tab
from ui.time_travel import playback_tick

SLUG: Final = "mlp"
TABS_KEY: Final = "mlp_inside"
Selected = tuple[int, int] | None


def look_inside(run: Run, snapshot: Snapshot) -> None:
    """The part of the page for a paused run; while it plays, one line says so.

    Args:
        run: what is looked into.
        snapshot: the run now.

    A neuron newly chosen in the live picture opens its tab.
    """
    if snapshot.is_playing or playback_tick(SLUG) is not None:
        st.caption("Pause to look inside: every number of this network can then be read and changed.")
        return
    chosen = selected()
    if chosen != st.session_state.setdefault("_mlp_inside_selected", chosen):
        st.session_state[TABS_KEY] = "Neuron"
    st.session_state["_mlp_inside_selected"] = chosen
    st.session_state.pop(CHANGED, None)
    _tabs(run, snapshot, chosen)


@st.fragment
def _tabs(run: Run, snapshot: Snapshot, chosen: Selected) -> None:
    """The tabs. A fragment, so that turning a page in here does not draw the live picture anew."""
    if st.session_state.get(CHANGED):
        st.rerun()
    open_tab(TABS, TABS_KEY, run, snapshot)
    now = selected()
    if now != chosen:
        st.session_state["_mlp_inside_selected"] = now
        st.rerun()  # the live picture outlines the chosen neuron


def map_tab(run: Run, snapshot: Snapshot) -> None:
    """The network's answer everywhere, and all examples."""
    seen: Any = snapshot.observation
    picture, words = st.columns([7, 3], gap="large")
    with picture:
        show(decision_map(seen, run.call("predictions"), mode()), key="mlp_decision_map")
    with words:
        what = "The line" if seen.kind == "curve" else "The map"
        st.markdown(f"**{what}** is what the network says at every place. Point at an example to read what it is.")
        st.markdown("Filled points are for training, hollow ones for the test" + (
            "; a ring marks a misclassified one. The line is where both classes are equally likely."
            if len(seen.class_names) == 2 else "; a ring marks a misclassified one. Pale is undecided."
            if seen.class_names else "."
        ))  # fmt: skip
        if seen.kind == "table":
            st.markdown(
                "A table has more columns than a plane has directions: the map is a cut through the middle of the "
                "training examples, and points lie off it, so a point's own prediction may differ from the colour "
                "behind it."
            )
        if seen.class_names:
            n = seen.num_train
            train, test = int(seen.is_wrong[:n].sum()), int(seen.is_wrong[n:].sum())
            st.markdown(
                f"Misclassified: **{train}** of {n} training and **{test}** of {len(seen.targets) - n} test examples."
            )


def layers_tab(run: Run, snapshot: Snapshot) -> None:
    """The layers in a table, and how activations and gradients spread."""
    anatomy(run, "mlp")
    seen: Any = snapshot.observation
    spread = run.call("spread")
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Activations** · outputs of each hidden layer over the training examples")
        if spread.values:
            show(activation_histograms(spread, seen, snapshot.settings.activation, mode()), key="mlp_activations")
        else:
            st.caption("There is no hidden layer.")
    with right:
        st.markdown("**Gradients** · sizes of ∂loss/∂w in each layer, by powers of ten")
        show(gradient_histograms(spread, seen, mode()), key="mlp_gradients")


def scores_tab(run: Run, snapshot: Snapshot) -> None:
    """How good the network is, and how good other models are."""
    seen: Any = snapshot.observation
    numbers = run.call("evaluate")
    left, right = st.columns(2, gap="large")
    with left:
        if seen.task == "classification":
            st.markdown(f"**Test accuracy {numbers['test_accuracy']:.1%}** · training {numbers['accuracy']:.1%}")
            if seen.confusion.sum():
                show(confusion_matrix(seen.confusion, seen.class_names, mode()), key="mlp_confusion")
                st.caption("Test examples; a row is a true class. Recall is the share of a class that was found.")
            else:
                st.caption("There is no test example: raise the test share to measure what was really learnt.")
        else:
            st.markdown(f"**Test R² {numbers['test_r2']:.3f}** · training {numbers['r2']:.3f}")
            show(predicted_against_true(run.call("predictions"), seen.num_train, mode()), key="mlp_predicted")
            st.caption("R² is 1 when all points lie on the diagonal, 0 when predicting the mean would be as good.")
    with right:
        head, switch = st.columns([3, 2], vertical_alignment="center")
        head.markdown("**Learning curves**")
        is_log = switch.toggle("Logarithmic", key="mlp_inside_log")
        history, (levels, _) = snapshot.history, baseline_levels(snapshot)
        losses = history.values["loss"], history.values["test_loss"]
        title = f"loss ({seen.loss_name})"
        show(loss_curves(history.steps, *losses, title, mode(), is_log=is_log, levels=levels), key="mlp_loss_curves")
    baseline_part(run, snapshot, numbers)


TABS: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "Map": map_tab,
    "Neuron": neuron_tab,
    "Weights": weights_tab,
    "Backprop": backprop_tab,
    "Layers": layers_tab,
    "Scores": scores_tab,
}
