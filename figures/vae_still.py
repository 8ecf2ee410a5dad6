"""Pictures to inspect, page `vae`: ways through the latent space, the units of the code, gradients, the bound."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.line_still import Line, lines_still
from figures.still import Still, apply_theme

HEIGHT: Final = 300  # px
COLOURS: Final = (theme.POSITIVE, theme.NEGATIVE, theme.CLASSES[2])
BINS: Final = np.linspace(-4.0, 4.0, 42)


# ---- between two -----------------------------------------------------------------------------------------------------


def lengths_still(ways: Any, mode: theme.Mode) -> Still:
    """How far from the origin each way runs, and where draws from N(0, 1) lie.

    Args:
        ways: a `Ways`.
        mode: light or dark.
    """
    low, usual, high = ways.usual
    flat = np.array([0.0, 1.0])
    lines = [
        Line("draws, 5–95 %", flat, np.full(2, low), theme.NOT_TRAINED, "dot"),
        Line("", flat, np.full(2, high), theme.NOT_TRAINED, "dot"),
        Line("straight", ways.fine, ways.straight.lengths, theme.NEGATIVE),
        Line("spherical", ways.fine, ways.spherical.lengths, theme.POSITIVE, "dash"),
    ]
    middle = len(ways.fine) // 2
    alt = (
        f"Length of z on the way. Half way it is {ways.straight.lengths[middle]:.2f} straight and "
        f"{ways.spherical.lengths[middle]:.2f} on the sphere; draws from N(0, 1) have about {usual:.2f}."
    )
    top = 1.08 * max(high, float(ways.straight.lengths.max()), float(ways.spherical.lengths.max()))
    yaxis = {"title": {"text": "length of z"}, "range": [0, top]}
    return lines_still(lines, mode, alt=alt, xaxis=_share_axis(), yaxis=yaxis, height=HEIGHT)


def densities_still(ways: Any, mode: theme.Mode) -> Still:
    """The logarithm of the prior density along each way.

    Args:
        ways: a `Ways`.
        mode: light or dark.
    """
    lines = [
        Line("straight", ways.fine, ways.straight.density, theme.NEGATIVE),
        Line("spherical", ways.fine, ways.spherical.density, theme.POSITIVE, "dash"),
    ]
    middle = len(ways.fine) // 2
    alt = (
        f"Logarithm of the prior density on the way. Half way: {ways.straight.density[middle]:.2f} straight, "
        f"{ways.spherical.density[middle]:.2f} on the sphere."
    )
    yaxis = {"title": {"text": "log p(z), nats"}}
    return lines_still(lines, mode, alt=alt, xaxis=_share_axis(), yaxis=yaxis, height=HEIGHT)


def _share_axis() -> dict[str, Any]:
    return {"title": {"text": "share of the way"}, "tickformat": ".0%", "dtick": 0.25, "range": [-0.01, 1.01]}


# ---- the units of the code -------------------------------------------------------------------------------------------


def cloud_still(mean: np.ndarray, deviation: np.ndarray, order: Sequence[int], mode: theme.Mode) -> Still:
    """What the encoder says of one example: mean and deviation of every unit.

    Args:
        mean: (k,) μ.
        deviation: (k,) σ.
        order: the units from left to right, from 0.
        mode: light or dark.
    """
    names = [str(unit + 1) for unit in order]
    order = list(order)
    bars = {"type": "data", "array": deviation[order], "thickness": 1.5, "width": 4}
    figure = go.Figure(
        go.Scatter(
            x=names, y=mean[order], error_y=bars, mode="markers", marker={"size": 8, "color": theme.POSITIVE},
            customdata=deviation[order], hovertemplate="unit %{x}: μ %{y:.3f}, σ %{customdata:.3f}<extra></extra>",
        )
    )  # fmt: skip
    for height in (-1, 1):
        figure.add_hline(height, line={"color": theme.NOT_TRAINED, "dash": "dot", "width": 1})
    xaxis = {"title": {"text": "unit, largest KL first"}, "type": "category", **_few(names)}
    apply_theme(figure, mode, height=HEIGHT, xaxis=xaxis, yaxis={"title": {"text": "μ ± σ"}, "zeroline": True})
    return Still(figure, f"Mean and deviation of {len(names)} units; dotted: the deviation 1 of the prior.")


def kl_still(kl: np.ndarray, active: np.ndarray, order: Sequence[int], mode: theme.Mode) -> Still:
    """The divergence of every unit; those that are used are blue.

    Args:
        kl: (k,) in nats.
        active: (k,) bool, whether the unit is used.
        order: the units from left to right, from 0.
        mode: light or dark.
    """
    order = list(order)
    names = [str(unit + 1) for unit in order]
    figure = go.Figure()
    for word, is_used, colour in (("used", True, theme.POSITIVE), ("not used", False, theme.NOT_TRAINED)):
        chosen = [place for place, unit in enumerate(order) if bool(active[unit]) is is_used]
        if chosen:
            figure.add_bar(
                x=[names[place] for place in chosen], y=[kl[order[place]] for place in chosen], name=word,
                marker={"color": colour}, hovertemplate="unit %{x}: %{y:.3g} nats<extra></extra>",
            )  # fmt: skip
    xaxis = {"title": {"text": "unit, largest first"}, "type": "category", **_few(names)}
    xaxis |= {"categoryorder": "array", "categoryarray": names}
    top = max(0.05, 1.05 * float(np.nan_to_num(kl, posinf=0.0).max()))
    yaxis = {"title": {"text": "KL, nats"}, "range": [0, top]}
    apply_theme(figure, mode, height=HEIGHT, showlegend=True, xaxis=xaxis, yaxis=yaxis)
    return Still(figure, f"KL of {len(names)} units, in all {kl.sum():.3g} nats; {int(active.sum())} are used.")


def variance_still(units: Any, mode: theme.Mode) -> Still:
    """How far the means spread in every unit, where there are no clouds.

    Args:
        units: the `Units`.
        mode: light or dark.
    """
    names = [str(unit + 1) for unit in units.order]
    colours = [theme.POSITIVE if units.active[unit] else theme.NOT_TRAINED for unit in units.order]
    heights = units.variance[list(units.order)]
    figure = go.Figure(go.Bar(x=names, y=heights, marker={"color": colours}, hovertemplate="unit %{x}: %{y:.3g}"))
    xaxis = {"title": {"text": "unit, largest first"}, "type": "category", **_few(names)}
    apply_theme(figure, mode, height=HEIGHT, xaxis=xaxis, yaxis={"title": {"text": "variance of the codes"}})
    return Still(figure, f"Variance of the codes in {len(names)} units, from {heights[0]:.3g} to {heights[-1]:.3g}.")


def _few(names: Sequence[str]) -> dict[str, Any]:
    """At most some twenty names on an axis."""
    step = -(-len(names) // 20)
    return {"tickvals": list(names)[::step]}


def aggregate_still(draws: np.ndarray, means: np.ndarray, unit: int, mode: theme.Mode) -> Still:
    """One unit over all test examples: drawn values and means, against N(0, 1).

    Args:
        draws: (n,) one draw of each example's cloud.
        means: (n,) the means alone.
        unit: from 0.
        mode: light or dark.
    """
    middles, width = (BINS[1:] + BINS[:-1]) / 2, BINS[1] - BINS[0]
    figure = go.Figure()
    for word, values, colour in (("draws z", draws, theme.POSITIVE), ("means μ", means, theme.NEGATIVE)):
        inside = np.clip(values, BINS[0], BINS[-1])  # what lies beyond stands in the last bin
        heights = np.histogram(inside, BINS)[0] / (len(values) * width)
        figure.add_bar(
            x=middles, y=heights, width=width, name=word, marker={"color": colour}, opacity=0.55,
            hovertemplate="%{x:.2f}: %{y:.3f}",
        )  # fmt: skip
    bell = np.exp(-0.5 * middles**2) / np.sqrt(2 * np.pi)
    line = {"color": theme.SURFACES[mode].text, "width": theme.LINE_WIDTH}
    figure.add_scatter(x=middles, y=bell, mode="lines", name="N(0, 1)", line=line, hoverinfo="skip")
    top = 1.1 * max(0.45, min(2.0, float(np.histogram(draws, BINS)[0].max()) / (len(draws) * width)))
    xaxis = {"title": {"text": f"unit {unit + 1}"}, "range": [BINS[0], BINS[-1]]}
    yaxis = {"title": {"text": "density"}, "range": [0, top]}
    apply_theme(figure, mode, height=HEIGHT, barmode="overlay", xaxis=xaxis, yaxis=yaxis)
    words = f"mean {draws.mean():.2f}, deviation {draws.std():.2f}".replace("-", "−")
    return Still(figure, f"Unit {unit + 1} over {len(draws)} test examples: draws with {words}, against N(0, 1).")


# ---- gradients and the bound -----------------------------------------------------------------------------------------


def strays_still(counts: Sequence[int], strays: dict[str, np.ndarray], mode: theme.Mode) -> Still:
    """By how much a gradient estimate strays, over the number of draws in it.

    Args:
        counts: C numbers of draws.
        strays: (C,) of each way of estimating.
        mode: light or dark.
    """
    x = np.array(counts, dtype=float)
    lines = [Line(name, x, values, colour) for (name, values), colour in zip(strays.items(), COLOURS, strict=False)]
    said = ", ".join(f"{name} {values[0]:.3g}" for name, values in strays.items())
    ends = [-0.06, float(np.log10(counts[-1])) + 0.06]
    xaxis = {"title": {"text": "draws in one estimate"}, "type": "log", "tickvals": list(counts), "range": ends}
    yaxis = {"title": {"text": "strays by (standard deviation)"}, "type": "log", "exponentformat": "power", "dtick": 1}
    alt = f"Standard deviation of a gradient estimate over the draws in it; from one draw: {said}."
    return lines_still(lines, mode, alt=alt, xaxis=xaxis, yaxis=yaxis, height=HEIGHT)


def bound_still(
    counts: Sequence[int], means: np.ndarray, errors: np.ndarray, levels: Sequence[tuple[str, float]], mode: theme.Mode
) -> Still:
    """The bound on log p(x) over the number of weighted draws, with its standard error, and lines to compare with.

    Args:
        counts: C numbers of draws.
        means: (C,) mean over the examples, in nats.
        errors: (C,) standard errors of the draws; not finite where unknown.
        levels: words and height of each line.
        mode: light or dark.
    """
    x = np.array(counts, dtype=float)
    figure = go.Figure(
        go.Scatter(
            x=x, y=means, error_y={"type": "data", "array": np.nan_to_num(errors), "thickness": 1.5, "width": 4},
            mode="lines+markers", name="bound with K draws", line={"color": theme.POSITIVE, "width": theme.LINE_WIDTH},
            hovertemplate="K = %{x}: %{y:.4f} nats<extra></extra>",
        )
    )  # fmt: skip
    for (words, height), dash in zip(levels, ("dash", "dot", "dashdot"), strict=False):
        line = {"color": theme.NOT_TRAINED, "dash": dash, "width": theme.LINE_WIDTH}
        figure.add_scatter(x=x[[0, -1]], y=[height, height], mode="lines", name=words, line=line, hoverinfo="name+y")
    xaxis = {"title": {"text": "K, weighted draws"}, "type": "log", "tickvals": list(counts)}
    yaxis = {"title": {"text": "nats an example"}}
    apply_theme(figure, mode, height=HEIGHT + 40, showlegend=True, xaxis=xaxis, yaxis=yaxis)
    told = "; ".join(f"{words}: {height:.2f}" for words, height in levels)
    alt = f"The bound rises from {means[0]:.2f} with 1 draw to {means[-1]:.2f} with {counts[-1]}. {told}".strip()
    return Still(figure, f"{alt.removesuffix('.')}.".replace("-", "−"))
