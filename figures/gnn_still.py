"""Pictures of the page `gnn` to inspect."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.still import Still, apply_theme


def roc_still(verdict: Any, positive: str, mode: theme.Mode) -> Still:
    """How many of the class are found when so many of the others are taken for it, on training and test.

    Args:
        verdict: a `Verdict` with two classes.
        positive: the name of the class that is looked for.
        mode: light or dark.
    """
    figure = go.Figure(
        go.Scatter(
            x=[0, 1], y=[0, 1], mode="lines", name="by chance", hoverinfo="skip",
            line={"color": theme.BASELINE_LINE, "width": 1, "dash": "dot"},
        )
    )  # fmt: skip
    areas = []
    parts = (("training", slice(verdict.num_train), theme.TRAIN_LINE, "solid"),
             ("test", slice(verdict.num_train, None), theme.TEST_LINE, "dash"))  # fmt: skip
    for name, part, colour, dash in parts:
        x, y = roc_points(verdict.chances[part, 1], verdict.true[part])
        areas.append(f"{name} {np.trapezoid(y, x):.3f}")
        figure.add_trace(
            go.Scatter(
                x=x, y=y, mode="lines", name=name, line={"color": colour, "width": theme.LINE_WIDTH, "dash": dash},
                hovertemplate="%{x:.0%} of the others, %{y:.0%} found<extra></extra>",
            )
        )  # fmt: skip
    apply_theme(
        figure, mode, height=400,
        xaxis={"title": {"text": "others taken for it"}, "tickformat": ".0%", "range": [0, 1]},
        yaxis={"title": {"text": "found of the class"}, "tickformat": ".0%", "range": [0, 1.01]},
    )  # fmt: skip
    return Still(figure, f"ROC curves for {positive}; area under them: {', '.join(areas)}.")


def roc_points(scores: np.ndarray, truths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ROC curve of `scores` for class 1: the share of class 0 and of class 1 that is above each threshold."""
    order = np.argsort(-scores, kind="stable")
    is_last = np.append(np.diff(scores[order]) != 0, True)  # ties go together
    found = np.cumsum(truths[order] == 1)[is_last]
    false = np.cumsum(truths[order] != 1)[is_last]
    return np.append(0, false / max(1, false[-1])), np.append(0, found / max(1, found[-1]))
