"""Language models by what they cost: test loss against parameters, or against seconds, to inspect."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.curves import Level
from figures.still import Still, apply_theme, label

HEIGHT: Final = 380
SIDES: Final = ("top", "bottom")  # of a point its name stands, by turns: neighbours are often close
ROOM: Final = 0.06  # above and below, as a share of the span


def ladder_points(
    labels: Sequence[str],
    costs: np.ndarray,
    losses: np.ndarray,
    levels: Sequence[Level],
    bits: float,
    cost: str,
    mode: theme.Mode,
) -> Still:
    """One point for each model, in the colour of its curve in the race; below and left is better.

    Args:
        labels: of the models.
        costs: of each, above 0.
        losses: of each on the test, in nats a letter.
        levels: what counting costs, for comparison.
        bits: bits a letter for each nat.
        cost: what the costs are, with the unit.
        mode: light or dark.
    """
    figure = go.Figure()
    for number, (name, x, y) in enumerate(zip(labels, costs, losses, strict=True)):
        figure.add_scatter(
            x=[x], y=[y], name=label(name), mode="markers+text", text=[label(name.partition(":")[0])],
            textposition=f"{SIDES[number % 2]} center", showlegend=False, cliponaxis=False,
            marker={"size": 12, "color": theme.CLASSES[number]},
            hovertemplate=f"%{{y:.3f}} nats, {y * bits:.3f} bits a letter<br>%{{x:,.3g}} {cost}<extra></extra>",
        )  # fmt: skip
    heights = np.array([*losses[np.isfinite(losses)], *(level.value for level in levels)])
    low, high = float(heights.min(initial=np.inf)), float(heights.max(initial=-np.inf))
    span = ROOM * (high - low or 1.0)
    ends = np.array([low - 2 * span, high + 2 * span])
    figure.add_scatter(x=[None], y=[None], yaxis="y2", showlegend=False)  # or the second axis is not drawn
    yaxis: dict[str, Any] = {"zeroline": False}
    apply_theme(
        figure,
        mode,
        height=HEIGHT,
        xaxis={"type": "log", "title": {"text": cost}, "zeroline": False, "range": _around(costs), "dtick": "D2"},
        yaxis={**yaxis, "title": {"text": "test loss (nats a letter)"}, "range": ends.tolist()},
        yaxis2={**yaxis, "title": {"text": "bits a letter"}, "range": (ends * bits).tolist(), "overlaying": "y",
                "side": "right", "showgrid": False, "tickmode": "auto", "nticks": 7},
        **_level_lines(levels),
    )  # fmt: skip
    told = ", ".join(f"{name}: {y:.3f} at {x:,.3g}" for name, x, y in zip(labels, costs, losses, strict=True))
    return Still(figure, f"Test loss in nats a letter against {cost}. {told}.")


def _level_lines(levels: Sequence[Level]) -> dict[str, Any]:
    """A dashed line across the picture for each level, and its name above the right end."""
    line = {"color": theme.BASELINE_LINE, "dash": "dash", "width": 1}
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "line": line}
    place = {"xref": "paper", "x": 0.99, "xanchor": "right", "yshift": 9}
    return {
        "shapes": [{**across, "y0": level.value, "y1": level.value} for level in levels],
        "annotations": [{**place, "y": level.value, "text": level.label.partition(":")[0]} for level in levels],
    }


def _around(costs: np.ndarray) -> list[float]:
    """The ends of a logarithmic axis with room for the names."""
    powers = np.log10(costs)
    room = 0.15 * max(float(np.ptp(powers)), 1.0)
    return [float(powers.min()) - room, float(powers.max()) + room]
