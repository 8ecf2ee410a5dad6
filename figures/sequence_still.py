"""Pictures to inspect about recurrent networks: gradients by lag, eigenvalues, chances, time by length."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.still import Still, apply_theme, label

HEIGHT: Final = 360
SMALLEST: Final = 1e-12


def gradients_by_lag(found: Mapping[str, np.ndarray], strong: str, mode: theme.Mode) -> Still:
    """How much the loss of the last answer depends on each earlier memory.

    Args:
        found: by name, (T - 1,) lengths of ∂L_T/∂h_t, lag 1 first.
        strong: the name drawn thick.
        mode: light or dark.
    """
    figure = go.Figure()
    for colour, (name, values) in zip(theme.CLASSES[1:], found.items(), strict=False):
        is_strong = name == strong
        look = {"color": theme.SURFACES[mode].text if is_strong else colour, "width": 4 if is_strong else 2}
        x, y = list(range(1, len(values) + 1)), np.where(values < SMALLEST, np.nan, values)
        figure.add_scatter(x=x, y=y, name=name, line=look, hovertemplate="lag %{x}: %{y:.2e}")
    axis: dict[str, Any] = {"type": "log", "title": {"text": "‖∂L_T / ∂h_t‖"}, "exponentformat": "power"}
    apply_theme(figure, mode, height=HEIGHT, xaxis={"title": {"text": "lag T − t (steps back)"}}, yaxis=axis)
    last = {name: values[-1] / max(values[0], SMALLEST) for name, values in found.items()}
    words = ", ".join(f"{name} {share:.1e}" for name, share in last.items())
    return Still(figure, f"Gradient by lag. What is left at the largest lag, as a share of lag 1: {words}.")


def eigenvalues(now: Sequence[Any], first: Sequence[Any], mode: theme.Mode) -> Still:
    """The eigenvalues of the recurrent matrices and the unit circle; hollow ones are those before training.

    Args:
        now: `Spectrum`s.
        first: the same before the first step.
        mode: light or dark.
    """
    figure = go.Figure()
    angle = np.linspace(0, 2 * np.pi, 120)
    line = {"color": theme.SURFACES[mode].muted, "width": 1, "dash": "dot"}
    figure.add_scatter(x=np.cos(angle), y=np.sin(angle), mode="lines", line=line, name="unit circle", hoverinfo="skip")
    for number, (one, before) in enumerate(zip(now, first, strict=True)):
        colour = theme.CLASSES[number + 1]
        for spectrum, symbol, word in ((before, "circle-open", " at the start"), (one, "circle", "")):
            figure.add_scatter(
                x=spectrum.real,
                y=spectrum.imaginary,
                mode="markers",
                name=f"{spectrum.name}{word}",
                marker={"color": colour, "symbol": symbol, "size": 8, "opacity": 1 if symbol == "circle" else 0.5},
                hovertemplate="%{x:.3f} + %{y:.3f} i",
            )
    reach = max(1.15, *(1.1 * one.radius for one in (*now, *first)))
    span = {"range": [-reach, reach], "constrain": "domain"}
    apply_theme(
        figure,
        mode,
        height=440,
        xaxis={**span, "title": {"text": "real part"}},
        yaxis={**span, "title": {"text": "imaginary part"}, "scaleanchor": "x"},
    )
    words = ", ".join(f"{one.name} {one.radius:.2f}" for one in now)
    return Still(figure, f"Eigenvalues of the recurrent weights and the unit circle. Spectral radius: {words}.")


def next_chances(names: Sequence[str], chances: np.ndarray, mode: theme.Mode) -> Still:
    """The likeliest next symbols.

    Args:
        names: the symbols.
        chances: of each, 0 to 1.
        mode: light or dark.
    """
    shown = [label({"\n": "⏎", " ": "␣"}.get(name, name)) for name in names]
    figure = go.Figure()
    places = list(range(len(shown)))
    figure.add_bar(x=chances, y=places, orientation="h", marker={"color": theme.POSITIVE}, hovertemplate="%{x:.1%}")
    yaxis = {"tickvals": places, "ticktext": shown, "autorange": "reversed"}
    apply_theme(figure, mode, height=HEIGHT, xaxis={"tickformat": ".0%", "range": [0, 1]}, yaxis=yaxis)
    pairs = ", ".join(f"{name} {chance:.0%}" for name, chance in zip(shown, chances, strict=True))
    return Still(figure, f"Chances of the next symbol: {pairs}.")


def times_by_length(lengths: Sequence[int], found: Mapping[str, np.ndarray], mode: theme.Mode) -> Still:
    """Milliseconds of a step forward and back by the length of the sequences.

    Args:
        lengths: of the sequences.
        found: by name, milliseconds; NaN where nothing was measured.
        mode: light or dark.
    """
    figure = go.Figure()
    for colour, (name, values) in zip(theme.CLASSES[1:], found.items(), strict=False):
        figure.add_scatter(
            x=list(lengths), y=values, name=name, mode="lines+markers", line={"color": colour, "width": 2},
            hovertemplate="%{x} steps: %{y:.2f} ms",
        )  # fmt: skip
    ticks = {"type": "log", "tickvals": list(lengths), "ticktext": [str(length) for length in lengths]}
    apply_theme(
        figure,
        mode,
        height=HEIGHT,
        xaxis={**ticks, "title": {"text": "steps in a sequence"}},
        yaxis={"type": "log", "title": {"text": "ms forward and back"}},
    )
    last = ", ".join(f"{name} {values[np.isfinite(values)][-1]:.2f} ms" for name, values in found.items()
                     if np.isfinite(values).any())  # fmt: skip
    return Still(figure, f"Time by length of the sequences. At the longest: {last}.")
