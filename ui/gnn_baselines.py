"""The honest baselines on the page `gnn`: what is reached without a graph network, on the same split."""

import math
from typing import Any, Final

import pandas as pd
import streamlit as st

from data.dataset import DataError
from experiments.gnn_baselines import GraphBaseline, graph_baselines
from experiments.gnn_settings import MOLECULES
from figures.curves import Level
from training.run import Run, Snapshot

STATE: Final = "gnn_baselines"
SCORES: Final = {"auc": "ROC-AUC", "accuracy": "accuracy", "r2": "R²"}  # the first that is measured counts


def fitted(snapshot: Snapshot) -> list[GraphBaseline]:
    """The baselines that were fitted to the graphs of this very run; none if there are none."""
    kept = st.session_state.get(STATE)
    return list(kept["baselines"]) if kept and kept["key"] == _data_key(snapshot) else []


def baseline_levels(snapshot: Snapshot) -> tuple[list[Level], list[Level]]:
    """Test losses and test scores of the fitted baselines, as level lines for the curves."""
    found, score = fitted(snapshot), _score_of(snapshot)
    return [Level(one.name, one.test_loss) for one in found], [Level(one.name, _test(one, score)) for one in found]


def baseline_part(run: Run, snapshot: Snapshot) -> None:
    """A button that fits the baselines, then their scores beside the network's.

    Args:
        run: whose graphs they get.
        snapshot: the run now.
    """
    st.markdown(
        "**What is reached without a graph network?** Guessing; a network of one hidden layer that reads how many "
        "atoms of each kind there are, and nothing of the bonds; and for molecules a random forest on Morgan "
        "fingerprints, which note what lies around each atom up to two bonds away. All get the same training part and "
        "are scored on the same test."
    )
    found = fitted(snapshot)
    if not found and st.button("Fit the baselines", key="gnn_fit_baselines"):
        try:
            with st.spinner("Fitting the baselines: some seconds."):
                graphs = run.look(_graphs)
                found = graph_baselines(graphs, are_molecules=snapshot.settings.data in MOLECULES)
        except DataError as error:
            st.info(str(error))
            return
        st.session_state[STATE] = {"key": _data_key(snapshot), "baselines": found}
        st.rerun()
    if found:
        _scores_table(snapshot, found)


def _graphs(experiment: Any) -> Any:
    return experiment.graphs


def _scores_table(snapshot: Snapshot, found: list[GraphBaseline]) -> None:
    score = _score_of(snapshot)
    last = {name: float(column[-1]) for name, column in snapshot.history.values.items()}
    scale, form = (100, "%.1f %%") if score == "accuracy" else (1, "%.3f")
    network = {
        "model": f"This network, step {snapshot.step:,}",
        f"test {SCORES[score]}": scale * last[f"test_{score}"],
        "test loss": last["test_loss"],
        "training loss": last["loss"],
        "seconds to fit": None,
    }
    rows = [
        {
            "model": one.name,
            f"test {SCORES[score]}": scale * _test(one, score),
            "test loss": one.test_loss,
            "training loss": one.train_loss,
            "seconds to fit": one.seconds,
        }
        for one in found
    ]
    st.dataframe(
        pd.DataFrame([network, *rows]),
        hide_index=True,
        placeholder="",
        column_config={
            f"test {SCORES[score]}": st.column_config.NumberColumn(format=form),
            "test loss": st.column_config.NumberColumn(format="%.4f"),
            "training loss": st.column_config.NumberColumn(format="%.4f"),
            "seconds to fit": st.column_config.NumberColumn(format="%.2f"),
        },
        alt="Scores and losses of the network and of the baselines.",
        key="gnn_baselines_table",
    )
    best = max(found, key=lambda one: _test(one, score))
    ahead = _test(best, score) - last[f"test_{score}"]
    if math.isnan(ahead):
        return
    if ahead > 0:
        st.caption(f"On the test, the best baseline is ahead at this step: {best.name.lower()}.")
    else:
        st.caption("On the test, the network is level with the best baseline or ahead of it.")


def _score_of(snapshot: Snapshot) -> str:
    """The column of the history that the page calls the score."""
    return next(name for name in SCORES if name in snapshot.history.values)


def _test(one: GraphBaseline, score: str) -> float:
    return one.test_auc if score == "auc" else one.test_score


def _data_key(snapshot: Snapshot) -> tuple[Any, ...]:
    """What tells the graphs of one run from those of another."""
    settings, seen = dict(snapshot.settings), snapshot.observation
    chosen = tuple(settings[name] for name in ("data", "atoms", "seed"))
    sizes = tuple(getattr(seen, name) for name in ("num_train", "num_test", "num_nodes", "num_edges"))
    return (*chosen, *sizes)
