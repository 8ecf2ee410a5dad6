"""Pictures to inspect on the page `augmentation`: how pixel values are spread."""

from typing import Any

import plotly.graph_objects as go

from figures import theme
from figures.still import Still, apply_theme


def pixel_histogram(values: Any, mode: theme.Mode) -> Still:
    """Shares of pixels by value, normalised as in the lecture and by what was measured.

    Args:
        values: a `PixelValues`.
        mode: light or dark.
    """
    middles = (values.edges[:-1] + values.edges[1:]) / 2
    figure = go.Figure()
    for name, shares, colour in (
        ("(x − 0.5) / 0.5", values.lecture, theme.POSITIVE),
        ("(x − mean) / deviation", values.measured, theme.NEGATIVE),
    ):
        hover = "value %{x:.2f}<br>%{y:.1%} of the pixels<extra></extra>"
        line = {"color": colour, "width": theme.LINE_WIDTH, "shape": "hvh"}
        figure.add_trace(go.Scatter(x=middles, y=shares, name=name, mode="lines", line=line, hovertemplate=hover))
    apply_theme(
        figure,
        mode,
        height=320,
        xaxis={"title": {"text": "value the network gets"}},
        yaxis={"title": {"text": "share of pixels"}, "tickformat": ".0%", "type": "log"},
    )
    return Still(figure, "Shares of pixels by value, for two ways to normalise; the share on a logarithmic axis.")
