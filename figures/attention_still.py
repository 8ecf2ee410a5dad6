"""Pictures to inspect, page `attention`: what a head is worth, and how far positions reach."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.line_still import Line, lines_still
from figures.still import Still, apply_theme

HEIGHT: Final = 320  # px


def rise_bars(rises: np.ndarray, names: Sequence[str], loss: float, mode: theme.Mode) -> Still:
    """By how much the loss rises when a head is switched off, one bar a head.

    Args:
        rises: (L, H) in nats; below 0 the network does better without it.
        names: L * H, what each head does; empty where nothing is known.
        loss: of the whole network.
        mode: light or dark.
    """
    layers, heads = rises.shape
    labels = [f"{layer + 1}.{head + 1}" for layer in range(layers) for head in range(heads)]
    ticks = [f"{label}<br>{name}" if name else label for label, name in zip(labels, names, strict=True)]
    values = rises.flatten()
    colours = [theme.POSITIVE if value >= 0 else theme.NEGATIVE for value in values]
    bars = go.Bar(
        x=ticks,
        y=values,
        marker={"color": colours},
        text=[f"{value:+.3f}".replace("-", "−") for value in values],
        textposition="outside",
        hovertemplate="head %{x}: %{y:+.4g} nats<extra></extra>",
        cliponaxis=False,
    )
    figure = apply_theme(
        go.Figure([bars]),
        mode,
        height=HEIGHT,
        xaxis={"title": {"text": "layer.head, and what it does"}, "type": "category"},
        yaxis={"title": {"text": "loss rises by, nats"}, "zeroline": True},
    )
    said = ", ".join(f"head {label} {value:+.3f}" for label, value in zip(labels, values, strict=True))
    return Still(figure, f"By how much the test loss of {loss:.3f} rises without each head: {said}.")


def length_curves(
    labels: Sequence[str], lengths: Sequence[int], accuracies: Sequence[np.ndarray], trained: int, mode: theme.Mode
) -> Still:
    """Accuracy on sequences of other lengths than the networks were trained on, one line a kind of position.

    Args:
        labels: of the networks, at most as many as there are colours.
        lengths: of the sequences.
        accuracies: (num_lengths,) of each network.
        trained: the length in training.
        mode: light or dark.
    """
    x = np.array(lengths, dtype=float)
    lines = [
        Line(label, x, values, theme.CLASSES[number])
        for number, (label, values) in enumerate(zip(labels, accuracies, strict=True))
    ]
    edge = Line(
        f"trained on {trained}", np.array([trained, trained], float), np.array([0.0, 1.0]), theme.NOT_TRAINED, "dot"
    )
    said = "; ".join(f"{label}: {values[-1]:.0%}" for label, values in zip(labels, accuracies, strict=True))
    alt = f"Share of right answers against the length of the sequence. At {lengths[-1]} places, {said}."
    return lines_still(
        [*lines, edge],
        mode,
        alt=alt,
        xaxis={"title": {"text": "places in the sequence"}},
        yaxis={"title": {"text": "right answers"}, "range": [0, 1.02], "tickformat": ".0%"},
        height=HEIGHT,
    )
