"""The honest baseline on the page `mlp`: boosted trees and a linear model beside the network, on the same split."""

import hashlib
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from data.dataset import DataError
from experiments.baselines import Baseline, fit_baselines
from figures.curves import Level
from training.run import Run, Snapshot

STATE: Final = "mlp_baselines"
_DATA: Final = ("problem", "num_points", "noise", "num_classes", "test_share", "features", "is_standardised", "seed")


def fitted(snapshot: Snapshot) -> list[Baseline]:
    """The baselines that were fitted to the data of this very run; none if there are none."""
    kept = st.session_state.get(STATE)
    return list(kept["baselines"]) if kept and kept["key"] == _data_key(snapshot) else []


def baseline_levels(snapshot: Snapshot) -> tuple[list[Level], list[Level]]:
    """Test losses and test scores of the fitted baselines, as level lines for the curves."""
    found = fitted(snapshot)
    return [Level(one.name, one.test_loss) for one in found], [Level(one.name, one.test_score) for one in found]


def baseline_part(run: Run, snapshot: Snapshot, numbers: dict[str, float]) -> None:
    """A button that fits the baselines, then their scores beside the network's.

    Args:
        run: whose data they get.
        snapshot: the run now.
        numbers: what `evaluate` says of the network now.
    """
    st.markdown("**The honest baseline**")
    st.caption(
        "If the columns are good, other models often do as well in a second. These get the same inputs and the same "
        "training examples, and are scored on the same test examples with the same loss."
    )
    found = fitted(snapshot)
    if not found and st.button("Fit the baselines", key="mlp_fit_baselines"):
        try:
            with st.spinner("Fitting boosted trees and a linear model: some seconds at most."):
                found = fit_baselines(run.call("examples"))
        except DataError as error:
            st.info(str(error))
            return
        levels = [(one.name, one.test_loss, one.test_score) for one in found]
        st.session_state[STATE] = {"key": _data_key(snapshot), "baselines": found, "levels": levels}
        st.rerun()  # the curves under the live picture get level lines
    if found:
        _scores_table(snapshot, numbers, found)


def _scores_table(snapshot: Snapshot, numbers: dict[str, float], found: list[Baseline]) -> None:
    seen: Any = snapshot.observation
    is_classes = seen.task == "classification"
    scale = 100 if is_classes else 1
    score, name = ("accuracy", "accuracy") if is_classes else ("r2", "R²")
    network = Baseline(
        name=f"This network, step {snapshot.step:,}",
        train_loss=numbers["loss"],
        test_loss=numbers["test_loss"],
        train_score=numbers[score],
        test_score=numbers[f"test_{score}"],
        seconds=float("nan"),
    )
    rows = [
        {
            "model": one.name,
            f"test {name}": scale * one.test_score,
            f"training {name}": scale * one.train_score,
            "test loss": one.test_loss,
            "training loss": one.train_loss,
            "seconds to fit": None if one is network else one.seconds,
        }
        for one in (network, *found)
    ]
    share = st.column_config.NumberColumn(format="%.1f %%" if is_classes else "%.3f")
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        placeholder="",
        column_config={
            f"test {name}": share,
            f"training {name}": share,
            "test loss": st.column_config.NumberColumn(format="%.4f"),
            "training loss": st.column_config.NumberColumn(format="%.4f"),
            "seconds to fit": st.column_config.NumberColumn(format="%.2f"),
        },
        alt="Scores and losses of the network and of the baselines.",
        key="mlp_scores_table",
    )
    best = max(found, key=lambda one: one.test_score)
    if np.isnan(best.test_score):
        return
    if network.test_score >= best.test_score:
        st.caption("On the test examples, the network is level with the best baseline or ahead of it.")
    else:
        st.caption(f"On the test examples, the best baseline is ahead at this step: {best.name.lower()}.")


def _data_key(snapshot: Snapshot) -> tuple[Any, ...]:
    """What tells the data and the loss of one run from those of another."""
    seen: Any = snapshot.observation
    digest = hashlib.sha256(seen.targets.tobytes()).hexdigest()
    chosen = tuple(getattr(snapshot.settings, name) for name in _DATA)
    return (*chosen, seen.loss_name, seen.input_labels, seen.num_train, digest)
