"""Several runs in one picture: their curves, a band of seeds behind them, or one value each over its parameters."""

import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.curves import rows_to_draw
from figures.still import Still, apply_theme, label

HEIGHT: Final = 400
WIDE: Final = 20.0  # numbers of parameters this many times apart are drawn on a logarithmic axis


class Line(NamedTuple):
    """One run.

    Attributes:
        name: what tells it from the others.
        slot: its place among the pinned runs, which gives its colour; None for the current run.
        x: (num_rows,) steps, or seconds.
        y: (num_rows,) the number that is compared.
    """

    name: str
    slot: int | None
    x: np.ndarray
    y: np.ndarray


class Band(NamedTuple):
    """The same settings on several seeds.

    Attributes:
        name: what it is a band of.
        x: (num_rows,) steps.
        rows: (num_seeds, num_rows) the number that is compared; NaN where a seed has none.
    """

    name: str
    x: np.ndarray
    rows: np.ndarray


class Point(NamedTuple):
    """One run as a single value."""

    name: str
    slot: int | None
    num_parameters: int
    value: float


def overlay(
    lines: Sequence[Line], quantity: str, across: str, mode: theme.Mode, *, is_log: bool = False,
    band: Band | None = None,
) -> Still:  # fmt: skip
    """Curves of several runs over one another; a band of seeds lies behind them.

    Args:
        lines: the runs.
        quantity: the number that is compared, as one reads it.
        across: what the horizontal axis counts.
        mode: light or dark.
        is_log: a logarithmic vertical axis.
        band: lowest to highest of the seeds at each step, each seed as a thin line, and their mean.
    """
    traces: list[go.Scatter] = []
    said = []
    if band is not None:
        traces += _band_traces(band, mode)
        final = band.rows[:, -1][np.isfinite(band.rows[:, -1])]
        if len(final):
            said.append(f"{band.name} {final.mean():.3g} on average, from {final.min():.3g} to {final.max():.3g}")
    for line in lines:
        kept = rows_to_draw(len(line.x)) if len(line.x) else np.array([], dtype=int)
        last = f"{line.y[-1]:.3g}" if len(line.y) else "nothing yet"
        said.append(f"{line.name} {last}")
        traces.append(
            go.Scatter(
                x=line.x[kept],
                y=line.y[kept],
                name=f"{label(line.name)}: {last}",
                mode="lines",
                line={"color": colour_of(line.slot, mode), "width": theme.LINE_WIDTH},
                hovertemplate="%{y:.4g}",
            )
        )
    figure = apply_theme(
        go.Figure(traces),
        mode,
        height=HEIGHT,
        hovermode="x unified",
        xaxis={"title": {"text": across}, "rangemode": "tozero"},
        yaxis={"title": {"text": quantity}, "type": "log" if is_log else "linear", "exponentformat": "power"},
    )
    return Still(figure, f"{quantity} over {across}, last values: {'; '.join(said)}.")


def over_parameters(points: Sequence[Point], quantity: str, mode: theme.Mode, *, is_log: bool = False) -> Still:
    """One value of each run over how many weights and biases it has.

    Args:
        points: the runs; those without a finite value are left out.
        quantity: what the value is, and when it was read.
        mode: light or dark.
        is_log: a logarithmic vertical axis.
    """
    shown = [point for point in points if math.isfinite(point.value)]
    traces = []
    for point in shown:
        traces.append(
            go.Scatter(
                x=[point.num_parameters],
                y=[point.value],
                name=f"{label(point.name)}: {point.value:.3g}",
                mode="markers",
                marker={"size": 13, "color": colour_of(point.slot, mode)},
                hovertemplate=f"{label(point.name)}<br>%{{x:,}} parameters<br>%{{y:.4g}}<extra></extra>",
            )
        )
    counts = [point.num_parameters for point in shown] or [1]
    is_wide = max(counts) > WIDE * max(1, min(counts))
    figure = apply_theme(
        go.Figure(traces),
        mode,
        height=HEIGHT,
        showlegend=True,
        xaxis={"title": {"text": "parameters"}, **_beyond(counts, is_wide)},
        yaxis={"title": {"text": quantity}, "type": "log" if is_log else "linear", "exponentformat": "power"},
    )
    said = "; ".join(f"{point.name} {point.value:.3g} with {point.num_parameters:,}" for point in shown)
    return Still(figure, f"{quantity} over the number of parameters: {said or 'nothing yet'}.")


def spoken(name: str) -> str:
    """A recorded number as one reads it."""
    return name.replace("_", " ").replace("r2", "R²")


def colour_of(slot: int | None, mode: theme.Mode) -> str:
    """The colour of a run: black or white for the current one, one of its own for each pinned one."""
    return theme.SURFACES[mode].text if slot is None else theme.CLASSES[slot]


def _beyond(counts: Sequence[int], is_wide: bool) -> dict[str, Any]:
    """An axis that reaches a little beyond the runs, from 0 where it is linear."""
    if is_wide:
        return {"type": "log", "range": [math.log10(min(counts) / 2), math.log10(max(counts) * 2)]}
    return {"range": [0, 1.15 * max(counts)]}


def _band_traces(band: Band, mode: theme.Mode) -> list[go.Scatter]:
    kept = rows_to_draw(len(band.x))
    kept = kept[np.isfinite(band.rows[:, kept]).any(0)]
    x, rows, surface = band.x[kept], band.rows[:, kept], theme.SURFACES[mode]
    if not len(x):
        return []
    low, high, mean = np.nanmin(rows, 0), np.nanmax(rows, 0), np.nanmean(rows, 0)
    gap = np.full((len(rows), 1), math.nan)
    area = go.Scatter(
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([high, low[::-1]]),
        fill="toself",
        fillcolor=surface.hairline,
        mode="lines",
        line={"width": 0, "color": surface.hairline},
        hoverinfo="skip",
        showlegend=False,
    )
    seeds = go.Scatter(
        x=np.tile(np.append(x, math.nan), len(rows)),
        y=np.concatenate([rows, gap], axis=1).ravel(),
        mode="lines",
        line={"color": theme.NOT_TRAINED, "width": 0.7},
        hoverinfo="skip",
        showlegend=False,
    )
    middle = go.Scatter(
        x=x,
        y=mean,
        name=f"{label(band.name)}, mean: {mean[-1]:.3g}",
        mode="lines",
        line={"color": surface.muted, "width": theme.LINE_WIDTH, "dash": "4px,3px"},
        hovertemplate="%{y:.4g}",
    )
    return [area, seeds, middle]
