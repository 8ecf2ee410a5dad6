"""Look inside, page `cnn`: tabs below the paused picture, of which only the open one is computed."""

from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from figures.scores import confusion_matrix, loss_curves
from training.run import Run, Snapshot
from ui.anatomy import anatomy
from ui.cnn_live import selected
from ui.still import mode, show
from ui.time_travel import playback_tick

SLUG: Final = "cnn"
TABS_KEY: Final = "cnn_inside"


def look_inside(run: Run, snapshot: Snapshot) -> None:
    """The part of the page for a paused run; while it plays, one line says so.

    A map newly chosen in the live picture opens its tab.
    """
    if snapshot.is_playing or playback_tick(SLUG) is not None:
        st.caption("Pause to look inside: every number of this network can then be read.")
        return
    chosen = selected()
    if chosen != st.session_state.setdefault("_cnn_inside_selected", chosen):
        st.session_state[TABS_KEY] = "One map"
    st.session_state["_cnn_inside_selected"] = chosen
    _tabs(run, snapshot, chosen)


@st.fragment
def _tabs(run: Run, snapshot: Snapshot, chosen: Any) -> None:
    """The tabs. A fragment, so that turning a page in here does not draw the live picture anew."""
    parts = st.tabs(list(TABS), key=TABS_KEY, on_change="rerun", bind="query-params")
    for part, draw in zip(parts, TABS.values(), strict=True):
        if part.open:
            with part:
                draw(run, snapshot)
    now = selected()
    if now != chosen:
        st.session_state["_cnn_inside_selected"] = now
        st.rerun()  # the live picture outlines the chosen map


def layers_tab(run: Run, snapshot: Snapshot) -> None:
    """The layers in a table."""
    anatomy(run, SLUG)


def scores_tab(run: Run, snapshot: Snapshot) -> None:
    """How good the network is on the whole test set, class by class."""
    seen: Any = snapshot.observation
    verdict = run.call("verdict")
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"**Accuracy {verdict.accuracy:.1%}** on all {seen.num_test:,} test pictures")
        show(confusion_matrix(verdict.confusion, seen.class_names, mode()), key="cnn_confusion")
        st.caption("A row is a true class. Recall is the share of a class that was found.")
    with right:
        head, switch = st.columns([3, 2], vertical_alignment="center")
        head.markdown("**Learning curves**")
        is_log = switch.toggle("Logarithmic", key="cnn_inside_log")
        history = snapshot.history
        losses = history.values["loss"], history.values["test_loss"]
        show(loss_curves(history.steps, *losses, "cross-entropy (nats)", mode(), is_log=is_log), key="cnn_loss_curves")
        judged_train, judged_test = seen.num_judged
        st.caption(
            f"The curves are measured on the same {judged_train} training and {judged_test} test pictures each time, "
            "so that measuring takes less time than learning."
        )


TABS: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "Layers": layers_tab,
    "Scores": scores_tab,
}
