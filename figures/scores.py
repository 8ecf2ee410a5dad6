"""Pictures of how good a network is, to inspect: confusion matrix, learning curves, predicted over true numbers."""

import itertools
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.curves import Level
from figures.still import Still, apply_theme, colour_scale, label

MANY_POINTS: Final = 300


def confusion_matrix(counts: np.ndarray, class_names: Sequence[str], mode: theme.Mode) -> Still:
    """Test examples by true and predicted class, each row coloured by its shares, with the recall of each class.

    Args:
        counts: (K, K), true class down, predicted class across.
        class_names: K names.
        mode: light or dark.
    """
    totals = counts.sum(1)
    share = counts / np.maximum(totals, 1)[:, None]
    names = [label(name) for name in class_names]
    recall = [f"{share[k, k]:.0%}" if totals[k] else "–" for k in range(len(names))]
    places = list(range(len(names)))
    figure = go.Figure(
        go.Heatmap(
            z=share,
            zmin=0,
            zmax=1,
            colorscale=colour_scale("magnitude", mode),
            showscale=False,
            xgap=2,
            ygap=2,
            text=counts.astype(str),
            texttemplate="%{text}",
            customdata=pair_names(names, names),
            hovertemplate="true %{customdata[0]}<br>predicted %{customdata[1]}<br>"
            "%{text} examples, %{z:.0%} of the class<extra></extra>",
        )
    )
    note = {"xref": "paper", "x": 1.01, "xanchor": "left"}
    notes = [{**note, "y": place, "text": text} for place, text in zip(places, recall, strict=True)]
    notes.append({**note, "yref": "paper", "y": -0.02, "yanchor": "top", "text": "recall"})
    axis = {"tickvals": places, "ticktext": names, "showgrid": False, "zeroline": False}
    apply_theme(
        figure,
        mode,
        height=min(460, 150 + 44 * len(names)),
        xaxis={**axis, "title": {"text": "predicted class"}},
        yaxis={**axis, "title": {"text": "true class"}, "autorange": "reversed"},
        annotations=notes,
        margin={"r": 64},
    )
    right = int(np.trace(counts))
    return Still(figure, f"Confusion matrix of {int(totals.sum())} test examples, {right} of them right.")


def loss_curves(
    steps: np.ndarray, train: np.ndarray, test: np.ndarray, title: str, mode: theme.Mode, *,
    is_log: bool = False, levels: Sequence[Level] = (),
) -> Still:  # fmt: skip
    """Training and test loss over steps, with other models' test losses as level lines.

    Args:
        steps: (num_rows,).
        train: (num_rows,) loss on the training examples.
        test: (num_rows,) loss on the test examples.
        title: the loss and its unit.
        mode: light or dark.
        is_log: a logarithmic loss axis.
        levels: what to compare with.
    """
    figure = go.Figure()
    for name, values, colour, dash in (
        ("training", train, theme.TRAIN_LINE, "solid"),
        ("test", test, theme.TEST_LINE, "dash"),
    ):
        line = {"color": colour, "dash": dash, "width": theme.LINE_WIDTH}
        figure.add_trace(go.Scatter(x=steps, y=values, name=name, mode="lines", line=line, hovertemplate="%{y:.4g}"))
    ends = [0, int(steps[-1]) if len(steps) else 1]
    for level, dash in zip(levels, itertools.cycle(("dot", "dashdot", "longdash")), strict=False):
        line = {"color": theme.BASELINE_LINE, "dash": dash, "width": 1.5}
        name = f"{label(level.label)}, {level.value:.3g}"
        pair = [level.value, level.value]
        figure.add_trace(go.Scatter(x=ends, y=pair, name=name, mode="lines", line=line, hoverinfo="skip"))
    apply_theme(
        figure,
        mode,
        height=340,
        hovermode="x unified",
        xaxis={"title": {"text": "step"}, "rangemode": "tozero"},
        yaxis={"title": {"text": title}, "type": "log" if is_log else "linear", "exponentformat": "power"},
    )
    return Still(figure, f"{title} over {ends[1]:,} steps, training and test.")


def predicted_against_true(predictions: Any, num_train: int, mode: theme.Mode) -> Still:
    """Every example's predicted number over its true one; on the diagonal they agree."""
    true, predicted = predictions.true, predictions.predicted
    ends = [float(true.min()), float(true.max())]
    figure = go.Figure(
        go.Scatter(
            x=ends, y=ends, mode="lines", hoverinfo="skip", showlegend=False,
            line={"color": theme.SURFACES[mode].muted, "width": 1, "dash": "dot"},
        )
    )  # fmt: skip
    hover = "true %{x:.4g}<br>predicted %{y:.4g}<extra></extra>"
    for name, part, is_hollow in (("training", slice(num_train), False), ("test", slice(num_train, None), True)):
        marker = example_marker(theme.SURFACES[mode].accent, is_hollow, len(true), mode)
        figure.add_trace(
            go.Scatter(x=true[part], y=predicted[part], name=name, mode="markers", marker=marker, hovertemplate=hover)
        )
    what = label(predictions.target_name) or "target"
    apply_theme(
        figure,
        mode,
        height=400,
        xaxis={"title": {"text": f"true {what}"}, "zeroline": False},
        yaxis={"title": {"text": f"predicted {what}"}, "zeroline": False},
    )
    return Still(figure, f"Predicted over true numbers of {len(true)} examples.")


def example_marker(colour: str, is_hollow: bool, number: int, mode: theme.Mode) -> dict[str, Any]:
    """A point for an example: filled for training, hollow for test, smaller where there are many."""
    paper, size = theme.SURFACES[mode].background, 6 if number > MANY_POINTS else 8
    if is_hollow:
        return {"size": size - 1, "color": paper, "line": {"color": colour, "width": 1.8}}
    return {"size": size, "color": colour, "line": {"color": paper, "width": 0.8}}


def pair_names(rows: Sequence[str], columns: Sequence[str]) -> np.ndarray:
    """(rows, columns, 2) the two names of every cell."""
    cells = np.empty((len(rows), len(columns), 2), dtype=object)
    cells[:, :, 0], cells[:, :, 1] = np.array(rows, dtype=object)[:, None], np.array(columns, dtype=object)[None]
    return cells
