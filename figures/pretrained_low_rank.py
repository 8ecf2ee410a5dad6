"""Pictures of the tab "Low rank", page `pretrained`, to inspect: singular values of a change, accuracy over rank."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.line_still import Line, Mark, lines_still
from figures.still import Still, apply_theme, label

HEIGHT: Final = 300  # px


def singular_still(change: Any, mode: theme.Mode) -> Still:
    """The singular values of what fine-tuning added to one layer, beside those of random numbers as large.

    Args:
        change: a `Change`.
        mode: light or dark.
    """
    places, place = np.arange(1, len(change.singular) + 1), change.needed
    lines = [
        Line(f"fine-tuning: 90 % in {place}", places, change.singular, theme.POSITIVE),
        Line(f"random: 90 % in {change.needed_by_chance}", places, change.chance, theme.NOT_TRAINED, "dash"),
    ]
    marks = [Mark(float(place), float(change.singular[place - 1]), colour=theme.POSITIVE)]
    top = 1.08 * max(float(change.singular[0]), float(change.chance[0]), 1e-9)
    alt = (
        f"Singular values of the change of {change.name}: {place} of {len(places)} directions hold 90 % of its squared "
        f"length; random numbers need {change.needed_by_chance}."
    )
    xaxis = {"title": {"text": f"direction of the change of {label(change.name)}, largest first"}}
    yaxis = {"title": {"text": "singular value"}, "range": [0, top]}
    return lines_still(lines, mode, alt=alt, xaxis=xaxis, yaxis=yaxis, marks=marks, height=HEIGHT)


def cuts_still(cuts: Sequence[Any], mode: theme.Mode) -> Still:
    """Accuracy when the change of every layer is cut to a rank.

    Args:
        cuts: `Cut` of rank 0 first, of the whole change last.
        mode: light or dark.
    """
    names = ["all" if cut.rank is None else str(cut.rank) for cut in cuts]
    accuracies = [cut.accuracy for cut in cuts]
    figure = go.Figure(
        go.Scatter(
            x=names, y=accuracies, mode="lines+markers", marker={"size": 9, "color": theme.POSITIVE},
            line={"color": theme.POSITIVE, "width": theme.LINE_WIDTH}, customdata=[cut.loss for cut in cuts],
            hovertemplate="rank %{x}: %{y:.1%}, loss %{customdata:.3f}<extra></extra>",
        )
    )  # fmt: skip
    figure.add_hline(accuracies[-1], line={"color": theme.BASELINE_LINE, "dash": "dash", "width": 1})
    xaxis = {"title": {"text": "rank that is kept of every change"}, "type": "category"}
    yaxis = {"title": {"text": "test accuracy"}, "tickformat": ".0%", "range": [0, 1]}
    apply_theme(figure, mode, height=HEIGHT, xaxis=xaxis, yaxis=yaxis)
    told = ", ".join(f"{name}: {value:.1%}" for name, value in zip(names, accuracies, strict=True))
    return Still(figure, f"Test accuracy when the change of every layer is cut to a rank. {told}.")
