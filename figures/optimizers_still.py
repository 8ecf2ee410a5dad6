"""Pictures of the paused page `optimizers`, to inspect: the paths on the surface, from above and in three dimensions.

`seen` is always a `RaceObservation`; `heights` and `slopes` (K, R) are what `path_numbers` says of its trails.
"""

from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.optimizers import shade
from figures.optimizers_layout import LOOKS
from figures.still import Still, apply_theme, colour_scale

HEIGHT: Final = 560
SYMBOLS: Final = {
    "disc": "circle",
    "square": "square",
    "triangle": "triangle-up",
    "diamond": "diamond",
    "cross": "x",
}
HOVER: Final = "step %{customdata[0]}<br>loss %{customdata[1]:.4g}<br>slope %{customdata[2]:.4g}"


def path_map(seen: Any, heights: np.ndarray, slopes: np.ndarray, mode: theme.Mode) -> Still:
    """All paths from above; every place says its step, its loss and the length of its slope."""
    along = np.linspace(-seen.side, seen.side, len(seen.field))
    figure = go.Figure(
        go.Contour(
            x=along,
            y=along,
            z=shade(seen.field, seen.field),
            customdata=seen.field,
            colorscale=colour_scale("magnitude", mode),
            opacity=0.6,
            showscale=False,
            ncontours=12,
            line={"width": 0.5, "color": theme.NOT_TRAINED},
            hovertemplate="x %{x:.2f}, y %{y:.2f}<br>loss %{customdata:.4g}<extra></extra>",
        )
    )
    for index, name in enumerate(seen.racers):
        look = LOOKS[name]
        x, y, numbers = _path(seen, index, heights, slopes)
        colour = theme.CLASSES[look.colour]
        marker = {"size": 4, "color": colour, "symbol": SYMBOLS[look.shape]}
        hover = f"{look.name}, {HOVER}<extra></extra>"
        figure.add_trace(
            go.Scatter(x=x, y=y, mode="lines+markers", name=look.name, line={"color": colour, "width": 1.5},
                       marker=marker, customdata=numbers, hovertemplate=hover)
        )  # fmt: skip
    limits = [-seen.side, seen.side]
    layout: dict[str, Any] = {
        "xaxis": {"range": limits, "title": {"text": "first weight"}, "constrain": "domain"},
        "yaxis": {"range": limits, "title": {"text": "second weight"}, "scaleanchor": "x"},
    }
    apply_theme(figure, mode, height=HEIGHT, **layout)
    return Still(figure, f"Paths of {len(seen.racers)} optimisers over the surface {seen.surface}, from above.")


def path_relief(seen: Any, heights: np.ndarray, slopes: np.ndarray, mode: theme.Mode) -> Still:
    """The surface in three dimensions with the paths on it; heights are drawn by their logarithm."""
    surface = theme.SURFACES[mode]
    along = np.linspace(-seen.side, seen.side, len(seen.field))
    figure = go.Figure(
        go.Surface(
            x=along,
            y=along,
            z=shade(seen.field, seen.field),
            customdata=seen.field,
            colorscale=colour_scale("magnitude", mode),
            showscale=False,
            opacity=0.85,
            hovertemplate="x %{x:.2f}, y %{y:.2f}<br>loss %{customdata:.4g}<extra></extra>",
        )
    )
    for index, name in enumerate(seen.racers):
        look = LOOKS[name]
        x, y, numbers = _path(seen, index, heights, slopes)
        lifted = shade(numbers[:, 1], seen.field) + 0.02
        line = {"color": theme.CLASSES[look.colour], "width": 5}
        hover = f"{look.name}, {HOVER}<extra></extra>"
        figure.add_trace(
            go.Scatter3d(x=x, y=y, z=lifted, mode="lines", name=look.name, line=line, customdata=numbers,
                         hovertemplate=hover)
        )  # fmt: skip
    axis = {"color": surface.muted, "gridcolor": surface.hairline, "backgroundcolor": theme.TRANSPARENT}
    limits = {"range": [-seen.side, seen.side]}
    scene = {
        "xaxis": {**axis, **limits, "title": {"text": "first weight"}},
        "yaxis": {**axis, **limits, "title": {"text": "second weight"}},
        "zaxis": {**axis, "title": {"text": "log of the loss"}, "showticklabels": False},
        "aspectratio": {"x": 1, "y": 1, "z": 0.6},
    }
    apply_theme(figure, mode, height=HEIGHT, scene=scene)
    return Still(
        figure, f"The surface {seen.surface} in three dimensions with the paths of {len(seen.racers)} optimisers."
    )


def _path(seen: Any, index: int, heights: np.ndarray, slopes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One path as x, y and (K, 3) step, loss and slope; what lies outside the picture is a gap."""
    place = seen.trails[:, index].astype(np.float64)
    outside = (np.abs(place) > seen.side).any(axis=1)
    place[outside] = np.nan
    return place[:, 0], place[:, 1], np.stack([seen.trail_steps, heights[:, index], slopes[:, index]], axis=1)
