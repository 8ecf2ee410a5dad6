"""Pictures of what is measured in live networks on the page `optimizers`: sums on an activation, noise of gradients.

`seen` is always what the experiment of the same name gave.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.line_still import Line, lines_still
from figures.still import Still, apply_theme

BARS: Final = 0.55  # opacity of histograms that lie over each other


def activation_still(bend: Any, layers: Sequence[Any], name: str, mode: theme.Mode) -> Still:
    """An activation and its slope, and below it, on the same axis, the sums that come into each layer.

    Args:
        bend: a `Bend`.
        layers: a `LayerSums` for each hidden layer; none draws the curves alone.
        name: of the activation.
        mode: light or dark.
    """
    surface = theme.SURFACES[mode]
    figure = go.Figure()
    for words, values, colour, dash in (
        ("f(z)", bend.values, surface.accent, "solid"),
        ("slope f′(z)", bend.slopes, theme.NEGATIVE, "dash"),
    ):
        style = {"color": colour, "dash": dash, "width": theme.LINE_WIDTH}
        figure.add_scatter(x=bend.z, y=values, name=words, mode="lines", line=style, hovertemplate="%{x:.2f}: %{y:.3f}")
    for number, layer in enumerate(layers, start=1):
        centres = (layer.edges[1:] + layer.edges[:-1]) / 2
        colour = theme.CLASSES[(number + 1) % len(theme.CLASSES)]
        style = {"color": colour, "width": 1.5, "shape": "hvh"}
        figure.add_scatter(
            x=centres, y=layer.shares, name=f"sums into layer {number}", mode="lines", line=style, fill="tozeroy",
            opacity=BARS, yaxis="y2", hovertemplate="%{x:.2f}: %{y:.1%}",
        )  # fmt: skip
    split = 0.42 if layers else 0.0
    apply_theme(
        figure,
        mode,
        height=450 if layers else 340,
        xaxis={"title": {"text": "weighted sum z"}, "zeroline": False, "anchor": "free", "position": 0.0},
        yaxis={"title": {"text": "f and f′"}, "domain": [split + 0.06 if layers else 0.0, 1.0]},
        **({"yaxis2": _share_axis(split)} if layers else {}),
    )
    where = f", with where the sums of {len(layers)} layers fall" if layers else ""
    return Still(figure, f"The activation {name.replace('_', ' ')} and its slope over the sums z{where}.")


def _share_axis(top: float) -> dict[str, Any]:
    return {"title": {"text": "share of sums"}, "domain": [0.0, top], "tickformat": ".0%", "rangemode": "tozero"}


def noise_still(seen: Any, size: int, mode: theme.Mode) -> Still:
    """Squared distance of batch gradients from that of all examples, over the batch size.

    Args:
        seen: a `GradientNoise`.
        size: the batch size that is looked at.
        mode: light or dark.
    """
    some = seen.batch_sizes < seen.num_examples  # a batch of all has distance 0, which has no logarithm
    sizes = seen.batch_sizes[some]
    ends = np.array([1.0, float(seen.num_examples)])
    squared = np.full(2, seen.length**2)
    lines = [
        Line("tr Σ / B", ends, seen.trace / ends, theme.BASELINE_LINE, "dash", 1.5),
        Line("without putting back", sizes, seen.expected[some], theme.NEGATIVE, "dot"),
        Line("|G|², the gradient of all", ends, squared, theme.SURFACES[mode].text, "dot", 1.5),
    ]
    still = lines_still(
        lines,
        mode,
        alt=f"The noise of a batch's gradient over its size, from {seen.trace:.2g} at one example downwards.",
        xaxis={"title": {"text": "batch size B"}, "type": "log", "tickvals": seen.batch_sizes[:-1].tolist()},
        yaxis={"title": {"text": "mean |g − G|²"}, "type": "log", "exponentformat": "power", "dtick": 1},
        height=400,
    )
    accent = theme.SURFACES[mode].accent
    marker = {"color": accent, "size": [14 if one == size else 8 for one in sizes]}
    still.figure.add_scatter(
        x=sizes, y=seen.measured[some], name="measured", mode="markers", marker=marker,
        hovertemplate="B = %{x}: %{y:.3g}",
    )  # fmt: skip
    return still


def arrows_still(seen: Any, row: int, mode: theme.Mode) -> Still:
    """Gradients of some batches of one size as arrows, with the gradient of all.

    Args:
        seen: a `GradientNoise`.
        row: which of its batch sizes.
        mode: light or dark.
    """
    arrows, surface = seen.arrows[row], theme.SURFACES[mode]
    x = np.stack([np.zeros(len(arrows)), arrows[:, 0], np.full(len(arrows), np.nan)], axis=1).ravel()
    y = np.stack([np.zeros(len(arrows)), arrows[:, 1], np.full(len(arrows), np.nan)], axis=1).ravel()
    figure = go.Figure()
    thin = {"color": surface.accent, "width": 1}
    figure.add_scatter(x=x, y=y, mode="lines", line=thin, showlegend=False, hoverinfo="skip")
    heads = {"symbol": "circle", "size": 6, "color": surface.accent}
    hover = "ahead %{x:.3g}, aside %{y:.3g}"
    size = int(seen.batch_sizes[row])
    figure.add_scatter(
        x=arrows[:, 0], y=arrows[:, 1], name=f"batches of {size}", mode="markers", marker=heads, hovertemplate=hover
    )
    thick = {"color": theme.NEGATIVE, "width": 4}
    head = {"symbol": "triangle-right", "size": 13, "color": theme.NEGATIVE}
    figure.add_scatter(
        x=[0, float(seen.full[0])], y=[0, float(seen.full[1])], name="all examples", mode="lines+markers",
        line=thick, marker={**head, "size": [0, 13]}, hovertemplate=hover,
    )  # fmt: skip
    reach = 1.1 * max(float(np.abs(arrows).max()), float(seen.full[0]))
    apply_theme(
        figure,
        mode,
        height=400,
        xaxis={"title": {"text": "along the gradient of all"}, "range": [-reach, reach]},
        yaxis={"title": {"text": "aside"}, "range": [-reach, reach], "scaleanchor": "x", "scaleratio": 1},
    )
    return Still(
        figure, f"Gradients of {len(arrows)} batches of {size} as arrows, around the gradient of all examples."
    )
