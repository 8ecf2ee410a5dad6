"""Pictures of the page `pretrained` to inspect: recall by class, what moved, and accuracy against pictures."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.line_still import Line, lines_still
from figures.pretrained import STUDENTS
from figures.still import Still, apply_theme, label

COLOURS: Final = (theme.CLASSES[1], theme.CLASSES[2], theme.CLASSES[0])  # as in the live picture
SYMBOLS: Final = ("circle", "square", "x")
SHORT: Final = 28  # letters of a layer's name


def recall_still(confusion: np.ndarray, class_names: Sequence[str], mode: theme.Mode) -> Still:
    """The share of each class that each student finds.

    Args:
        confusion: (3, K, K), true class down, predicted class across.
        class_names: K names.
        mode: light or dark.
    """
    names = [label(name) for name in class_names]
    figure, told = go.Figure(), []
    for counts, student, colour, symbol in zip(confusion, STUDENTS, COLOURS, SYMBOLS, strict=True):
        recall = counts.diagonal() / np.maximum(counts.sum(1), 1)
        marker = {"color": colour, "symbol": symbol, "size": 11}
        figure.add_scatter(
            x=recall, y=names, mode="markers", name=student, marker=marker, hovertemplate="%{y}: %{x:.0%}",
            cliponaxis=False,
        )  # fmt: skip
        told.append(f"{student} {counts.trace() / max(counts.sum(), 1):.0%}")
    apply_theme(
        figure, mode, height=130 + 30 * len(names),
        xaxis={"title": {"text": "found of the class"}, "tickformat": ".0%", "range": [-0.04, 1.04]},
        yaxis={"autorange": "reversed", "zeroline": False},
    )  # fmt: skip
    return Still(figure, f"The share of each class that each student finds. All classes: {', '.join(told)}.")


def movement_still(movements: Sequence[Any], mode: theme.Mode) -> Still:
    """How far each layer went from the pretrained weights, first layer at the top.

    Args:
        movements: a `Movement` for each layer.
        mode: light or dark.
    """
    names = [label(one.name)[:SHORT] for one in movements]
    shares = [one.moved for one in movements]
    figure = go.Figure(
        go.Bar(
            x=shares, y=names, orientation="h", marker={"color": theme.POSITIVE},
            customdata=[one.num_weights for one in movements],
            hovertemplate="%{y}: %{x:.2%} of its length, %{customdata:,} weights<extra></extra>",
        )
    )  # fmt: skip
    apply_theme(
        figure, mode, height=max(220, 90 + 18 * len(names)),
        xaxis={"title": {"text": "‖w − w₀‖ / ‖w₀‖"}, "tickformat": ".1%", "rangemode": "tozero"},
        yaxis={"autorange": "reversed", "type": "category"},
    )  # fmt: skip
    furthest = max(movements, key=lambda one: np.nan_to_num(one.moved, posinf=np.inf))
    alt = f"How far each layer went from its pretrained weights; the furthest is {furthest.name}, {furthest.moved:.2%}."
    return Still(figure, alt)


def ladder_still(counts: Sequence[int], accuracies: np.ndarray, chance: float | int, mode: theme.Mode) -> Still:
    """Test accuracy of each student against the number of training pictures.

    Args:
        counts: pictures a class.
        accuracies: (rungs, 3).
        chance: accuracy of guessing.
        mode: light or dark.
    """
    x = np.asarray(counts, dtype=float)
    lines = [
        Line(student, x, accuracies[:, place], colour, "dash" if place == 2 else "solid")
        for place, (student, colour) in enumerate(zip(STUDENTS, COLOURS, strict=True))
    ]
    lines.append(Line("guessing", x, np.full(len(x), chance), theme.BASELINE_LINE, "dot", 1))
    few, many = accuracies[0], accuracies[-1]
    told = ", ".join(f"{name} {a:.0%} and {b:.0%}" for name, a, b in zip(STUDENTS, few, many, strict=True))
    return lines_still(
        lines, mode, alt=f"Test accuracy with {counts[0]} and with {counts[-1]} pictures a class: {told}.",
        xaxis={"title": {"text": "training pictures a class"}, "type": "log", "tickvals": list(counts)},
        yaxis={"title": {"text": "test accuracy"}, "tickformat": ".0%", "range": [0, 1]},
    )  # fmt: skip
