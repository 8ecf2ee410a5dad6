"""Pictures of the tab "Rounding", page `pretrained`, to inspect: accuracy over bits, levels among weights, layers."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.still import Still, apply_theme, label

HEIGHT: Final = 320  # px
NUM_BINS: Final = 48
SCALES: Final = {"tensor": "a scale a layer", "row": "a scale a row", "group": "a scale for 32 weights"}
DASHES: Final = ("dot", "dash", "solid")


def bits_still(costs: Sequence[Any], quantity: str, mode: theme.Mode) -> Still:
    """Accuracy or loss over the bits of a weight, a line for each kind of scale.

    Args:
        costs: `Cost` of the network as it is, then of it rounded.
        quantity: `accuracy` or `loss`.
        mode: light or dark.
    """
    full, rounded = costs[0], costs[1:]
    bits = list(dict.fromkeys(cost.bits for cost in rounded))
    places = list(range(len(bits)))
    figure, told = go.Figure(), []
    for (per, words), dash, colour in zip(SCALES.items(), DASHES, theme.CLASSES, strict=False):
        mine = [cost for cost in rounded if cost.per == per]
        y = [getattr(cost, quantity) for cost in mine]
        figure.add_scatter(
            x=places, y=y, name=words, mode="lines+markers", marker={"size": 8},
            line={"color": colour, "dash": dash, "width": theme.LINE_WIDTH},
            customdata=[[cost.num_bytes / 1000, cost.error] for cost in mine],
            hovertemplate="%{y:.3f}, %{customdata[0]:.1f} kB, weights off by %{customdata[1]:.1%}",
        )  # fmt: skip
        told.append(f"{words} {', '.join(f'{value:.3g}' for value in y)}")
    before = getattr(full, quantity)
    line = {"color": theme.BASELINE_LINE, "dash": "dash", "width": 1}
    figure.add_hline(before, line=line, annotation={"text": "32 bits", "xanchor": "right"})
    yaxis: dict[str, Any] = {"title": {"text": "test accuracy"}, "tickformat": ".0%", "range": [0, 1]}
    if quantity == "loss":
        yaxis = {"title": {"text": "test loss, nats"}, "rangemode": "tozero"}
    xaxis = {"title": {"text": "bits of a weight"}, "tickvals": places, "ticktext": [str(one) for one in bits]}
    apply_theme(figure, mode, height=HEIGHT, hovermode="x unified", xaxis={**xaxis, "zeroline": False}, yaxis=yaxis)
    alt = f"Test {quantity} with {', '.join(map(str, bits))} bits; with 32 bits it is {before:.3g}. {'; '.join(told)}."
    return Still(figure, alt)


def levels_still(part: Any, name: str, mode: theme.Mode) -> Still:
    """The weights that share a scale, how many there are of each size, and the levels they are rounded to.

    Args:
        part: a `Part`.
        name: of the layer.
        mode: light or dark.
    """
    reach = 1.04 * max(float(np.abs(part.layer).max()), float(np.abs(part.levels).max()), 1e-9)
    edges = np.linspace(-reach, reach, NUM_BINS + 1)
    middles, width = (edges[1:] + edges[:-1]) / 2, edges[1] - edges[0]
    figure = go.Figure()
    if part.num_parts > 1:
        whole = np.histogram(part.layer, edges)[0] / len(part.layer)
        figure.add_bar(x=middles, y=whole, width=width, name="all of the layer", marker={"color": theme.NOT_TRAINED})
    own = np.histogram(part.weights, edges)[0] / len(part.weights)
    figure.add_bar(x=middles, y=own, width=width, name="with this scale", marker={"color": theme.POSITIVE})
    figure.update_traces(opacity=0.55, hovertemplate="%{x:.3f}: %{y:.1%}")
    top = 1.05 * max(float(trace.y.max()) for trace in figure.data)
    x = np.repeat(part.levels, 3)
    y = np.tile([0.0, top, np.nan], len(part.levels))
    line = {"color": theme.NEGATIVE, "width": 1}
    figure.add_scatter(x=x, y=y, mode="lines", name="levels", line=line, hoverinfo="x")
    xaxis = {"title": {"text": f"weight in {label(name)}"}, "range": [-reach, reach], "zeroline": False}
    yaxis = {"title": {"text": "share of the weights"}, "tickformat": ".1%", "range": [0, top]}
    apply_theme(figure, mode, height=HEIGHT, barmode="overlay", showlegend=True, xaxis=xaxis, yaxis=yaxis)
    used = len(np.unique(part.values))
    count = f"{len(part.weights):,} weights of {name} share {len(part.levels)} levels"
    return Still(figure, f"{count} {part.scale:.3g} apart, {used} of which are used.")


def layers_still(layers: Sequence[Any], full_loss: float, mode: theme.Mode) -> Still:
    """By how much the loss rises when one layer alone is rounded.

    Args:
        layers: `Alone` of each, the worst first.
        full_loss: of the network as it is.
        mode: light or dark.
    """
    shown = list(layers)[:12][::-1]
    rises = [one.loss - full_loss for one in shown]
    colours = [theme.NEGATIVE if one is layers[0] else theme.POSITIVE for one in shown]
    figure = go.Figure(
        go.Bar(
            x=rises, y=[label(one.name) for one in shown], orientation="h", marker={"color": colours},
            customdata=[[one.num_weights, one.accuracy, one.error] for one in shown],
            hovertemplate="%{y}: %{x:+.3f} nats, accuracy %{customdata[1]:.1%}<br>%{customdata[0]:,} weights, off by "
            "%{customdata[2]:.1%}<extra></extra>",
        )
    )  # fmt: skip
    xaxis = {"title": {"text": "rise of the test loss, nats"}, "zeroline": True}
    apply_theme(figure, mode, height=max(180, 60 + 34 * len(shown)), xaxis=xaxis, yaxis={"type": "category"})
    told = ", ".join(f"{one.name} {one.loss - full_loss:+.3f}" for one in layers).replace("-", "−")
    return Still(figure, f"Rise of the test loss when one layer alone is rounded: {told}.")
