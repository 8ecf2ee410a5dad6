"""Pictures of the page `optimizers` below the race: schedules, range test, losses and fits.

`seen` is always what the experiment of the same name gave.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.line_still import Line, Mark, Side, lines_still
from figures.scores import example_marker
from figures.still import Still, apply_theme

DASHES: Final = ("solid", "dash", "dot")
FIT_COLOURS: Final = (theme.CLASSES[0], theme.CLASSES[1], theme.CLASSES[2])


def schedule_still(
    steps: np.ndarray, curves: Mapping[str, np.ndarray], here: int, mode: theme.Mode, own: str = ""
) -> Still:
    """The rate of every schedule over the steps, with the place one looks at.

    Args:
        steps: (S,).
        curves: name to (S,) rates.
        here: the step that is looked at.
        mode: light or dark.
        own: the schedule of the visitor's own run, which is at this step; then only its place is marked.
    """
    row = min(int(np.searchsorted(steps, here)), len(steps) - 1)
    lines, marks = [], []
    for (name, rates), colour in zip(curves.items(), theme.CLASSES, strict=False):
        lines.append(Line(name, steps, rates, colour, width=2 * theme.LINE_WIDTH if name == own else theme.LINE_WIDTH))
        if not own or name == own:
            words = "you are here" if own else ""
            side: Side = "left" if steps[row] > steps[-1] / 2 else "right"
            marks.append(Mark(float(steps[row]), float(rates[row]), words, colour, side))
    return lines_still(
        lines,
        mode,
        alt=f"The learning rate over {int(steps[-1]):,} steps under {len(curves)} schedules; step {here:,} is marked.",
        xaxis={"title": {"text": "step"}},
        yaxis={"title": {"text": "learning rate"}, "rangemode": "tozero"},
        marks=marks,
        height=380,
    )


def range_still(seen: Any, mode: theme.Mode) -> Still:
    """Loss over rate of a range test, with the steepest descent and the explosion.

    Args:
        seen: a `Sweep`.
        mode: light or dark.
    """
    lines = [
        Line("loss", seen.rates, seen.losses, theme.BASELINE_LINE, width=1.0),
        Line("smoothed", seen.rates, seen.smoothed, theme.SURFACES[mode].accent),
    ]
    low = float(seen.smoothed.min())
    fall = max(seen.first_loss - low, 0.02 * seen.first_loss)
    top = seen.first_loss + 0.7 * fall
    marks = []
    if seen.steepest is not None:
        rate = float(seen.rates[seen.steepest])
        marks.append(Mark(rate, float(seen.smoothed[seen.steepest]), f"steepest at {rate:.2g}", theme.POSITIVE))
    if seen.explosion is not None:
        rate, loss = float(seen.rates[seen.explosion]), float(seen.losses[seen.explosion])
        height = loss if loss < top else top - 0.15 * fall  # no number, or beyond the picture: near its upper edge
        marks.append(Mark(rate, height, f"too high from {rate:.2g}", theme.NEGATIVE, "left"))
    return lines_still(
        lines,
        mode,
        alt=f"Training loss while the rate rises from {seen.rates[0]:.0e} to {seen.rates[-1]:.2g} in "
        f"{len(seen.rates)} steps: it falls, then rises again.",
        xaxis={"title": {"text": "learning rate"}, "type": "log", "dtick": 1, "exponentformat": "power"},
        yaxis={"title": {"text": "training loss"}, "range": [max(0.0, low - 0.2 * fall), top]},
        marks=marks,
        height=380,
    )


def loss_still(
    curves: Sequence[Any], here: float, mode: theme.Mode, *, is_slope: bool, title: str, limits: tuple[float, float]
) -> Still:
    """Losses, or their slopes, over the output.

    Args:
        curves: a `Curve` for each loss.
        here: the output that is looked at.
        mode: light or dark.
        is_slope: draw the slopes.
        title: what the output is.
        limits: of the vertical axis.
    """
    lines, marks = [], []
    for index, curve in enumerate(curves):
        values, colour = curve.slopes if is_slope else curve.values, theme.CLASSES[index]
        lines.append(Line(curve.name, curve.outputs, values, colour, DASHES[index] if index < 2 else "solid"))
        row = int(np.abs(curve.outputs - here).argmin())
        marks.append(Mark(float(curve.outputs[row]), float(values[row]), colour=colour))
    what = "slope ∂loss/∂output" if is_slope else "loss"
    return lines_still(
        lines,
        mode,
        alt=f"The {what} of {len(curves)} loss functions over the {title}; {here:.2g} is marked.",
        xaxis={"title": {"text": title}},
        yaxis={"title": {"text": what}, "range": list(limits)},
        marks=marks,
        height=320,
    )


def fits_still(
    x: np.ndarray, y: np.ndarray, outlier: int, lines: Mapping[str, tuple[float, float]], mode: theme.Mode
) -> Still:
    """Points with one outlier, and a line fitted under each loss.

    Args:
        x: (N,).
        y: (N,).
        outlier: which point it is.
        lines: loss to level and slope of its line.
        mode: light or dark.
    """
    figure = go.Figure()
    ends = np.array([x.min() - 0.5, x.max() + 0.5])
    for (name, (level, slope)), colour, dash in zip(lines.items(), FIT_COLOURS, DASHES, strict=True):
        style = {"color": colour, "width": theme.LINE_WIDTH, "dash": dash}
        figure.add_scatter(x=ends, y=level + slope * ends, name=name, mode="lines", line=style)
    is_out = np.arange(len(x)) == outlier
    for name, rows, colour in (
        ("points", ~is_out, theme.NOT_TRAINED),
        ("the outlier", is_out, theme.SURFACES[mode].text),
    ):
        marker = example_marker(colour, False, len(x), mode)
        figure.add_scatter(x=x[rows], y=y[rows], name=name, mode="markers", marker=marker)
    figure.update_traces(hovertemplate="%{x:.3g}: %{y:.3g}")
    low, high = min(-1.0, float(y.min()) - 1), max(9.0, float(y.max()) + 1)
    axes = {"xaxis": {"title": {"text": "x"}, "zeroline": False}}
    apply_theme(figure, mode, height=380, yaxis={"title": {"text": "y"}, "range": [low, high]}, **axes)
    words = ", ".join(f"{name} has slope {slope:.2f}" for name, (_, slope) in lines.items())
    return Still(figure, f"{len(x)} points with one outlier, and three fitted lines: {words}.")


def softmax_still(seen: Any, names: Sequence[str], mode: theme.Mode) -> Still:
    """Chances, wanted chances and the slope of the loss, a group of bars for each class.

    Args:
        seen: a `Softmax`.
        names: of the classes.
        mode: light or dark.
    """
    figure = go.Figure()
    slopes = [theme.POSITIVE if value >= 0 else theme.NEGATIVE for value in seen.gradient]
    for name, values, colour in (
        ("p, what the softmax says", seen.chances, theme.CLASSES[2]),
        ("y, what is wanted", seen.wanted, theme.NOT_TRAINED),
        ("slope of the loss, by autograd", seen.gradient, slopes),
    ):
        text = [f"{value:.3f}".replace("-", "−") for value in values]
        figure.add_bar(x=list(names), y=values, name=name, text=text, textposition="outside", marker={"color": colour})
    figure.update_traces(hovertemplate="%{y:.4f}", cliponaxis=False)
    axis = {"range": [-1.15, 1.15], "zeroline": True, "title": {"text": "share, and slope"}}
    apply_theme(figure, mode, height=360, barmode="group", yaxis=axis)
    chances = ", ".join(f"{value:.2f}" for value in seen.chances)
    return Still(figure, f"Bars for three classes: chances {chances}, what is wanted, and their difference.")


def recalls_still(found: Sequence[Any], mode: theme.Mode) -> Still:
    """The recall of the rare class in each split, with and without class weights.

    Args:
        found: `Weighted` of every split, both ways.
        mode: light or dark.
    """
    figure = go.Figure()
    for is_weighted, name, colour in ((False, "all examples count alike", 0), (True, "with class weights", 1)):
        some = [one for one in found if one.is_weighted == is_weighted]
        recalls = [one.rare_recall for one in some]
        marker = {"color": theme.CLASSES[colour]}
        splits = [f"split {one.seed + 1}" for one in some]
        text = [f"{recall:.0%}" for recall in recalls]
        figure.add_bar(x=splits, y=recalls, name=name, marker=marker, text=text, textposition="outside")
    figure.update_traces(hovertemplate="%{y:.1%}", cliponaxis=False)
    axis = {"range": [0, 1.08], "tickformat": ".0%", "title": {"text": "malignant tumours found"}}
    apply_theme(figure, mode, height=340, barmode="group", yaxis=axis)
    return Still(figure, "Share of the malignant test tumours that were found, with and without class weights.")
