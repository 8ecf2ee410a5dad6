"""What all inspectable pictures share: theme, escaping, and the settings of the browser side."""

import html
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import plotly.graph_objects as go
import plotly.io as pio

from figures import theme
from figures.palettes import Palette, palette_stops

pio.templates.default = "none"  # `apply_theme` sets ours; Plotly's own is 7 kB

# What Streamlit hands on to Plotly: no logo, and pictures are saved as SVG, which stays sharp on a poster.
CONFIG: Final[dict[str, Any]] = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["lasso2d", "select2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "svg", "filename": "neural-atlas"},
}
ROOM_BELOW: Final = 104  # px, for an axis and a colour bar
LETTERS: Final = 24  # of a name on an axis or in a legend


class Still(NamedTuple):
    """A picture to inspect, and what it shows in a sentence for those who cannot see it."""

    figure: go.Figure
    alt: str


def apply_theme(figure: go.Figure, mode: theme.Mode, *, height: int, **layout: Any) -> go.Figure:
    """Gives a figure the fonts, colours and margins of the house; the page shows through its background.

    Args:
        figure: is changed.
        mode: light or dark.
        height: in px.
        **layout: what else its layout needs; one call for all is several times faster than one for each.

    Returns:
        The same figure.
    """
    figure.layout.template = _TEMPLATES[mode]
    return figure.update_layout(height=height, **layout)


def _template(mode: theme.Mode) -> go.layout.Template:
    surface = theme.SURFACES[mode]
    axis = {
        "automargin": True,
        "gridcolor": surface.hairline,
        "linecolor": surface.hairline,
        "zerolinecolor": surface.hairline,
        "tickcolor": surface.hairline,
        "tickfont": {"color": surface.muted},
        "title": {"font": {"color": surface.muted, "size": theme.FONT_SIZE}, "standoff": 8},  # clear of long labels
    }
    font = {"family": theme.FONT_FAMILY, "size": theme.FONT_SIZE, "color": surface.text}
    return go.layout.Template(
        layout={
            "margin": {"l": 8, "r": 8, "t": 28, "b": 8},
            "paper_bgcolor": theme.TRANSPARENT,
            "plot_bgcolor": theme.TRANSPARENT,
            "font": font,
            "colorway": theme.CLASSES,
            "xaxis": axis,
            "yaxis": axis,
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "itemsizing": "constant"},
            "hoverlabel": {"bgcolor": surface.panel, "bordercolor": surface.hairline, "font": font},
            "modebar": {"bgcolor": theme.TRANSPARENT, "color": surface.muted, "activecolor": surface.text},
            "annotationdefaults": {"font": {"color": surface.muted}, "showarrow": False},
        }
    )


_TEMPLATES: Final = {mode: _template(mode) for mode in theme.SURFACES}


def colour_bar(title: str = "", *, is_below: bool = False) -> dict[str, Any]:
    """A thin colour bar: beside the picture, or at its lower edge, where it needs a margin of `ROOM_BELOW`."""
    shared = {"thickness": 10, "outlinewidth": 0, "nticks": 5}
    text = {"text": title, "font": {"size": theme.FONT_SIZE}}
    if not is_below:
        return {**shared, "title": text}
    place = {"orientation": "h", "len": 0.5, "yref": "container", "y": 0.0, "yanchor": "bottom"}
    return {**shared, **place, "title": {**text, "side": "bottom"}}


def label(name: object) -> str:
    """A name as Plotly may show it: it would take some of a visitor's own text for HTML."""
    text = " ".join(str(name).split())
    return html.escape(text if len(text) <= LETTERS else text[: LETTERS - 1] + "…", quote=False)


def colour_scale(palette: Palette, mode: theme.Mode) -> list[tuple[float, str]]:
    """A palette of the live layer as Plotly wants it."""
    return even_scale(palette_stops(palette, mode))


def even_scale(stops: Sequence[str]) -> list[tuple[float, str]]:
    """Colours spread evenly from 0 to 1."""
    return list(zip(np.linspace(0, 1, len(stops)).tolist(), stops, strict=True))
