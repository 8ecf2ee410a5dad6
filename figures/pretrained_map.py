"""A map of well-known networks: the year to the right, the number of parameters upwards, on a logarithmic axis."""

import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import plotly.graph_objects as go

from figures import theme
from figures.decoder_cost import short
from figures.still import Still, apply_theme, label

HEIGHT: Final = 560
SPREAD: Final = 0.72  # of a year, over which its networks are spread
LETTER: Final = 7.0  # px, the width of one
LINE: Final = 17.0  # px, the height of a name
WIDE: Final = 1000.0  # px, how wide the axes are taken to be when names are placed
HERE: Final = "this app"
BREAK: Final = 2011  # earlier years are drawn here: the axis is broken
SIGNS: Final = ("circle", "square", "diamond", "triangle-up", "triangle-down", "pentagon", "star", "hexagon", "cross")


class Spot(NamedTuple):
    """A network on the map.

    Attributes:
        name: of it.
        year: None for a network of this app.
        parameters: how many.
        task: its group.
        words: what stands in its bubble, line by line.
    """

    name: str
    year: int | None
    parameters: int
    task: str
    words: tuple[str, ...] = ()


def map_still(spots: Sequence[Spot], tasks: Sequence[str], chosen: str, mode: theme.Mode) -> Still:
    """Draws the map.

    Args:
        spots: the networks to draw, one at least.
        tasks: all groups, in the order of their colours and signs.
        chosen: the name of the one that is ringed; empty for none.
        mode: light or dark.
    """
    years = sorted({spot.year for spot in spots if spot.year is not None} or {2012, 2024})
    first, here = max(BREAK, years[0]), years[-1] + 2
    x = places(spots, here)
    y = [math.log10(spot.parameters) for spot in spots]
    low, high = math.floor(min(y, default=4)) - 0.3, math.ceil(max(y, default=12)) + 0.3
    ends = (first - 0.8, here + (1.6 if any(spot.year is None for spot in spots) else -0.2))
    named = names_beside(spots, x, y, ends, (low, high), chosen)
    figure = go.Figure()
    for place, task in enumerate((*tasks, HERE)):
        rows = [row for row, spot in enumerate(spots) if spot.task == task]
        if rows:
            is_ours = task == HERE
            colour = theme.SURFACES[mode].text if is_ours else theme.CLASSES[place]
            marker = {"size": 9, "color": colour, "symbol": "x-thin-open" if is_ours else SIGNS[place]}
            figure.add_trace(_trace(task, marker, spots, rows, x, y, named, chosen))
    for row, spot in enumerate(spots):
        if spot.name == chosen:
            ring = {"size": 20, "color": theme.SURFACES[mode].accent, "symbol": "circle-open", "line": {"width": 2.5}}
            figure.add_scatter(
                x=[x[row]], y=[y[row]], mode="markers+text", marker=ring, hoverinfo="skip", showlegend=False,
                text=[f"<b>{label(chosen)}</b>"], textposition=named.get(row, "middle right"),
            )  # fmt: skip
    powers = range(math.ceil(low), math.floor(high) + 1)
    yaxis = {
        "range": [low, high], "tickvals": list(powers), "ticktext": [_power(power) for power in powers],
        "zeroline": False, "title": {"text": "parameters"},
    }  # fmt: skip
    apply_theme(figure, mode, height=HEIGHT, xaxis=_year_axis(years, here, ends), yaxis=yaxis, hovermode="closest")
    sizes = sorted(spots, key=lambda spot: spot.parameters)
    told = f"from {sizes[0].name} with {short(sizes[0].parameters)} to {sizes[-1].name} with "
    return Still(figure, f"{len(spots)} networks by year and parameters, {told}{short(sizes[-1].parameters)}.")


def _year_axis(years: Sequence[int], here: int, ends: tuple[float, float]) -> dict[str, Any]:
    """Every second year, the broken part in front, and this app at the end."""
    shown = {year: str(year) for year in range(max(BREAK + 1, years[0]), years[-1] + 1) if year % 2 == 0}
    early = [year for year in years if year <= BREAK]
    if early:
        shown = {
            BREAK: " ".join(map(str, early)) + " …",
            **{year: name for year, name in shown.items() if year > BREAK + 1},
        }
    if ends[1] > here:
        shown[here] = HERE
    return {
        "range": list(ends), "tickvals": list(shown), "ticktext": list(shown.values()), "zeroline": False,
        "title": {"text": "year"},
    }  # fmt: skip


def _power(power: int) -> str:
    """A power of ten with its letter, without digits behind the point."""
    return short(10.0**power).replace(".00", "").replace(".0", "")


def _trace(
    task: str, marker: dict[str, Any], spots: Sequence[Spot], rows: Sequence[int], x: Sequence[float],
    y: Sequence[float], named: dict[int, str], chosen: str,
) -> go.Scatter:  # fmt: skip
    """The networks of one task, those with a name beside them where there is room."""
    return go.Scatter(
        x=[x[row] for row in rows],
        y=[y[row] for row in rows],
        mode="markers+text",
        name=task,
        marker={**marker, "line": {"width": 2 if task == HERE else 0}},
        text=[label(spots[row].name) if row in named and spots[row].name != chosen else "" for row in rows],
        textposition=[named.get(row, "middle right") for row in rows],
        textfont={"size": 12},
        customdata=[f"<b>{spots[row].name}</b><br>" + "<br>".join(spots[row].words) for row in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )


def places(spots: Sequence[Spot], here: int) -> list[float]:
    """Where each stands on the axis of years: those of one year side by side, the small ones first."""
    found = [float(here)] * len(spots)
    for year in {spot.year for spot in spots if spot.year is not None}:
        rows = sorted((row for row, spot in enumerate(spots) if spot.year == year), key=lambda r: spots[r].parameters)
        for order, row in enumerate(rows):
            share = order / (len(rows) - 1) - 0.5 if len(rows) > 1 else 0.0
            found[row] = max(BREAK, year) + SPREAD * share
    return found


def names_beside(
    spots: Sequence[Spot], x: Sequence[float], y: Sequence[float], xlim: tuple[float, float],
    ylim: tuple[float, float], chosen: str,
) -> dict[int, str]:  # fmt: skip
    """On which side each name fits without covering another name or sign; those that fit nowhere are left out."""
    across, up = WIDE / (xlim[1] - xlim[0]), (HEIGHT - 130) / (ylim[1] - ylim[0])
    centres = [((px - xlim[0]) * across, (py - ylim[0]) * up) for px, py in zip(x, y, strict=True)]
    taken = [(cx - 6, cy - 6, cx + 6, cy + 6) for cx, cy in centres]
    found: dict[int, str] = {}
    for row in sorted(range(len(spots)), key=lambda r: spots[r].name != chosen):
        width, (cx, cy) = LETTER * len(label(spots[row].name)), centres[row]
        away = 13 if spots[row].name == chosen else 8  # of the ring, or of the sign
        for side, left, low in (
            ("middle right", cx + away, cy - LINE / 2),
            ("middle left", cx - away - width, cy - LINE / 2),
            ("top center", cx - width / 2, cy + away),
            ("bottom center", cx - width / 2, cy - away - LINE),
        ):
            box = (left, low, left + width, low + LINE)
            is_inside = left >= 0 and box[2] <= WIDE
            if is_inside and not any(_meet(box, other) for at, other in enumerate(taken) if at != row):
                found[row] = side
                taken.append(box)
                break
    return found


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
