"""Learning curves under the live picture, with the numbers of the newest row."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from figures.curves import Level, curve_frame, curve_spec
from training.history import Columns

HEIGHT: Final = 140


def learning_curves(
    history: Columns,
    score: str,
    score_title: str,
    *,
    is_log: bool,
    loss_title: str,
    levels: Sequence[Level] = (),
    score_levels: Sequence[Level] = (),
    key: str,
) -> None:
    """Loss on the left, accuracy or R² on the right; solid blue is training, dashed orange is test.

    Args:
        history: what the run has recorded.
        score: `accuracy` or `r2`.
        score_title: how the page calls it.
        is_log: logarithmic loss axis.
        loss_title: the loss and its unit.
        levels: lines to compare the loss with.
        score_levels: lines to compare the score with.
        key: identity on the page.
    """
    left, right = st.columns(2, gap="medium")
    pairs = (
        (left, "loss", loss_title, is_log, None, levels),
        (right, score, score_title, False, (0.0, 1.0), score_levels),
    )
    for column, name, title, log, domain, lines in pairs:
        names = (name, f"test_{name}")
        frame = curve_frame(history.steps, {one: history.values[one] for one in names if one in history.values})
        now = " · ".join(
            f"{label} {history.last(one):.3g}" for label, one in zip(("training", "test"), names, strict=True)
        )
        spec = curve_spec(names, title=f"{title}: {now}", is_log=log, domain=domain, levels=lines, height=HEIGHT)
        column.vega_lite_chart(frame, spec, key=f"{key}_{name}", alt=f"{title} over steps: {now}", width="stretch")
