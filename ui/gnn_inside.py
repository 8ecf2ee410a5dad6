"""Look inside, page `gnn`: tabs below the paused picture, of which only the open one is computed."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from figures.gnn_still import roc_still
from figures.scores import confusion_matrix, predicted_against_true
from training.run import Run, Snapshot
from ui.anatomy import anatomy
from ui.gnn_baselines import baseline_part
from ui.gnn_colours import colours_tab
from ui.gnn_data import data_report
from ui.gnn_depth import depth_tab
from ui.gnn_everything import everything_tab
from ui.gnn_live import SLUG
from ui.gnn_messages import messages_tab
from ui.gnn_molecule import molecule_tab
from ui.still import mode, show
from ui.tabs import open_tab
from ui.time_travel import playback_tick
from ui.words import plain

TABS_KEY: Final = "gnn_inside"
MOST_LISTED: Final = 500


def look_inside(run: Run, snapshot: Snapshot) -> None:
    """The part of the page for a paused run; while it plays, one line says so."""
    if snapshot.is_playing or playback_tick(SLUG) is not None:
        st.caption("Pause to look inside: every number of this network can then be read.")
        return
    data_report(snapshot.observation)
    _tabs(run, snapshot)


@st.fragment
def _tabs(run: Run, snapshot: Snapshot) -> None:
    """The tabs. A fragment, so that turning a page in here does not draw the live picture anew."""
    open_tab(TABS, TABS_KEY, run, snapshot)


def scores_tab(run: Run, snapshot: Snapshot) -> None:
    """How good it is: confusion matrix and ROC curve, or predicted against true numbers; all test answers listed."""
    seen: Any = snapshot.observation
    verdict = run.call("verdict")
    if not seen.class_names:
        show(predicted_against_true(verdict, verdict.num_train, mode()), key="gnn_predicted")
    else:
        left, right = st.columns(2, gap="large")
        counts = verdict.counts
        with left:
            st.markdown(f"**Accuracy {counts.trace() / max(1, counts.sum()):.1%}** on all {counts.sum():,} of the test")
            show(confusion_matrix(counts, seen.class_names, mode()), key="gnn_confusion")
        if len(seen.class_names) == 2:
            with right:
                st.markdown(f"**ROC curve** for {plain(seen.class_names[1])}")
                show(roc_still(verdict, seen.class_names[1], mode()), key="gnn_roc")
    st.markdown("**Every answer on the test**, the worst mistakes first")
    st.dataframe(answers(run, verdict, seen), hide_index=True, key="gnn_answers", alt="Answers on the test.")


def answers(run: Run, verdict: Any, seen: Any) -> pd.DataFrame:
    """What was said of each of the test and what is right, the worst first."""
    part = slice(verdict.num_train, None)
    true, said, rows = verdict.true[part], verdict.predicted[part], verdict.rows[part]
    if seen.class_names:
        chance = verdict.chances[part][np.arange(len(true)), true]
        order = np.argsort(chance, kind="stable")[:MOST_LISTED]
        names = np.array(seen.class_names, dtype=object)
        columns = {"says": names[said[order]], "right": names[true[order]], "chance of the right one": chance[order]}
    else:
        order = np.argsort(-np.abs(said - true), kind="stable")[:MOST_LISTED]
        columns = {"says": said[order], "measured": true[order], "error": (said - true)[order]}
    labels = [run.call("label_of", row=int(row)) for row in rows[order]]
    return pd.DataFrame({"number": rows[order] + 1, "name": labels, **columns})


def baselines_tab(run: Run, snapshot: Snapshot) -> None:
    """What others reach that look at no graph."""
    baseline_part(run, snapshot)


def layers_tab(run: Run, snapshot: Snapshot) -> None:
    """The layers in a table."""
    anatomy(run, SLUG)


TABS: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "Molecule": molecule_tab,
    "By hand": messages_tab,
    "Everything is a graph": everything_tab,
    "Depth": depth_tab,
    "Cannot be told apart": colours_tab,
    "Scores": scores_tab,
    "Baselines": baselines_tab,
    "Layers": layers_tab,
}
