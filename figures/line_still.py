"""Lines over one axis, to inspect: functions, measured curves, and marked places on them."""

from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.still import Still, apply_theme

HEIGHT: Final = 340  # px
HOVER: Final = "%{x:.4g}: %{y:.4g}"

Side = Literal["left", "right", "center"]


class Line(NamedTuple):
    """A line with its name in the legend; no name, no entry."""

    name: str
    x: np.ndarray
    y: np.ndarray
    colour: str
    dash: Literal["solid", "dash", "dot"] = "solid"
    width: float = theme.LINE_WIDTH


class Mark(NamedTuple):
    """A place on a picture, with a few words beside it."""

    x: float
    y: float
    words: str = ""
    colour: str = ""  # that of the text, if it is left out
    side: Side = "right"


def lines_still(
    lines: Sequence[Line],
    mode: theme.Mode,
    *,
    alt: str,
    xaxis: dict[str, Any],
    yaxis: dict[str, Any],
    marks: Sequence[Mark] = (),
    height: int = HEIGHT,
) -> Still:
    """Draws lines, and marks on top of them.

    Args:
        lines: what to draw; with words in the legend.
        mode: light or dark.
        alt: the picture in a sentence.
        xaxis: title, type, range and ticks, as Plotly takes them.
        yaxis: the same for the vertical axis.
        marks: places to point out.
        height: in px.
    """
    figure = go.Figure([_line(line) for line in lines])
    figure.add_traces([_mark(mark, mode) for mark in marks])
    apply_theme(figure, mode, height=height, xaxis={"zeroline": False, **xaxis}, yaxis={"zeroline": False, **yaxis})
    return Still(figure, alt)


def _line(line: Line) -> go.Scatter:
    style = {"color": line.colour, "dash": line.dash, "width": line.width}
    named = {"name": line.name, "showlegend": bool(line.name)}
    return go.Scatter(x=line.x, y=line.y, mode="lines", line=style, hovertemplate=HOVER, **named)


def _mark(mark: Mark, mode: theme.Mode) -> go.Scatter:
    surface = theme.SURFACES[mode]
    colour = mark.colour or surface.text
    return go.Scatter(
        x=[mark.x],
        y=[mark.y],
        mode="markers+text",
        text=[mark.words],
        textposition=f"top {mark.side}",
        textfont={"color": surface.text},
        marker={"size": 10, "color": colour, "line": {"color": surface.background, "width": 2}},
        showlegend=False,
        hovertemplate=HOVER + "<extra></extra>",
        cliponaxis=False,
    )
