"""Pictures of the page `cnn` to inspect: what several trained networks have in common, and what not."""

import itertools
from collections.abc import Sequence
from typing import Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.still import Still, apply_theme, label

DASHES: Final = ("solid", "dash", "dot", "dashdot")
HEIGHT: Final = 340


def shift_curves(labels: Sequence[str], accuracies: Sequence[np.ndarray], mode: theme.Mode) -> Still:
    """Accuracy of several networks over how far the test pictures were moved.

    Args:
        labels: of the networks.
        accuracies: for each, the accuracy at 0, 1 … pixels.
        mode: light or dark.
    """
    figure = go.Figure()
    for name, values, dash, colour in zip(labels, accuracies, itertools.cycle(DASHES), theme.CLASSES, strict=False):
        line = {"color": colour, "dash": dash, "width": theme.LINE_WIDTH}
        figure.add_trace(
            go.Scatter(x=np.arange(len(values)), y=values, name=label(name), line=line, hovertemplate="%{y:.0%}")
        )
    apply_theme(
        figure,
        mode,
        height=HEIGHT,
        hovermode="x unified",
        xaxis={"title": {"text": "moved by so many pixels"}, "dtick": 1},
        yaxis={"title": {"text": "test accuracy"}, "tickformat": ".0%", "range": [0, 1]},
    )
    ends = ", ".join(
        f"{name} {values[0]:.0%} to {values[-1]:.0%}" for name, values in zip(labels, accuracies, strict=True)
    )
    return Still(figure, f"Accuracy on moved test pictures, from not moved to {len(accuracies[0]) - 1} pixels: {ends}.")


def size_points(
    labels: Sequence[str], parameters: Sequence[int], accuracies: Sequence[float], mode: theme.Mode
) -> Still:
    """Test accuracy of several networks over their number of weights and biases.

    Args:
        labels: of the networks.
        parameters: of each.
        accuracies: of each.
        mode: light or dark.
    """
    figure = go.Figure(
        go.Scatter(
            x=list(parameters), y=list(accuracies), text=[label(name) for name in labels], mode="markers+text",
            textposition="top center", marker={"size": 11, "color": theme.SURFACES[mode].accent},
            hovertemplate="%{text}<br>%{x:,} parameters<br>%{y:.1%}<extra></extra>",
        )
    )  # fmt: skip
    low, high = np.log10(min(parameters)) - 0.3, np.log10(max(parameters)) + 0.3
    apply_theme(
        figure,
        mode,
        height=HEIGHT,
        xaxis={"title": {"text": "weights and biases"}, "type": "log", "range": [low, high]},
        yaxis={"title": {"text": "test accuracy"}, "tickformat": ".0%", "range": [max(0, min(accuracies) - 0.08), 1]},
    )
    told = ", ".join(
        f"{name} {count:,}: {share:.0%}" for name, count, share in zip(labels, parameters, accuracies, strict=True)
    )
    return Still(figure, f"Test accuracy over the number of parameters: {told}.")
