"""Pictures to inspect on the page `encoder`: chances by place, guesses, padding, clues side by side, points."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.still import Still, apply_theme, label

HEIGHT: Final = 340
NARROW: Final = 260


def _places(symbols: Sequence[str]) -> dict[str, Any]:
    """An axis of symbols, of which some may come twice."""
    shown = [label("␣" if symbol == " " else symbol) for symbol in symbols]
    return {"tickvals": list(range(len(shown))), "ticktext": shown, "zeroline": False}


def chances_by_place(
    symbols: Sequence[str], names: Sequence[str], chances: Sequence[np.ndarray], mode: theme.Mode
) -> Still:
    """The chance that each of several networks gives to every symbol of a text.

    Args:
        symbols: n symbols.
        names: of the networks.
        chances: (n,) of each network.
        mode: light or dark.
    """
    figure = go.Figure()
    for name, values, colour in zip(names, chances, theme.CLASSES[1::-1], strict=False):
        figure.add_bar(
            x=list(range(len(symbols))), y=values, name=name, marker={"color": colour}, hovertemplate="%{y:.1%}"
        )
    yaxis = {"title": {"text": "chance of the right symbol"}, "tickformat": ".0%", "range": [0, 1]}
    apply_theme(figure, mode, height=HEIGHT, barmode="group", xaxis=_places(symbols), yaxis=yaxis)
    means = ", ".join(f"{name} {mean_known(values):.1%}" for name, values in zip(names, chances, strict=True))
    return Still(figure, f"Chance of each symbol when it alone is hidden; the means: {means}.")


def mean_known(chances: np.ndarray) -> float:
    """The mean of those that are known; 0 if none is."""
    known = chances[np.isfinite(chances)]
    return float(known.mean()) if len(known) else 0.0


def guesses_still(guess: Any, mode: theme.Mode) -> Still:
    """The likeliest symbols of one gap; the right one is blue.

    Args:
        guess: a `Guess`.
        mode: light or dark.
    """
    names = [label("␣" if symbol == " " else symbol) for symbol in guess.symbols]
    colours = [theme.POSITIVE if symbol == guess.right else theme.NOT_TRAINED for symbol in guess.symbols]
    places = list(range(len(names)))
    figure = go.Figure(
        go.Bar(x=guess.chances, y=places, orientation="h", marker={"color": colours}, hovertemplate="%{x:.1%}")
    )
    yaxis = {"tickvals": places, "ticktext": names, "autorange": "reversed"}
    apply_theme(figure, mode, height=NARROW, xaxis={"tickformat": ".0%", "range": [0, 1]}, yaxis=yaxis)
    told = ", ".join(f"{name} {chance:.1%}" for name, chance in zip(names, guess.chances, strict=True))
    return Still(figure, f"Guesses for the gap at place {guess.place}: {told}.")


def padding_still(masked: np.ndarray, unmasked: np.ndarray, name: str, mode: theme.Mode) -> Still:
    """The chance of one class as a sentence is filled up, with and without the mask.

    Args:
        masked: (P,) chances with 0, 1, … places of padding.
        unmasked: (P,) the same where padding is looked at.
        name: of the class.
        mode: light or dark.
    """
    figure = go.Figure()
    for words, values, colour, dash in (
        ("masked", masked, theme.POSITIVE, "solid"),
        ("not masked", unmasked, theme.NEGATIVE, "dash"),
    ):
        line = {"color": colour, "dash": dash, "width": theme.LINE_WIDTH}
        figure.add_scatter(
            x=list(range(len(values))), y=values, name=words, mode="lines+markers", line=line, hovertemplate="%{y:.2%}"
        )
    xaxis = {"title": {"text": "places of padding"}, "rangemode": "tozero"}
    yaxis = {"title": {"text": f"chance of {label(name)}"}, "tickformat": ".0%", "range": [0, 1.02]}
    apply_theme(figure, mode, height=HEIGHT, xaxis=xaxis, yaxis=yaxis)
    ends = f"masked {masked[0]:.1%} to {masked[-1]:.1%}, not masked {unmasked[0]:.1%} to {unmasked[-1]:.1%}"
    return Still(figure, f"Chance of {name} as padding grows: {ends}.")


def clues_still(sentence: Any, mode: theme.Mode) -> Still:
    """Attention, occlusion and slope of each symbol, each as a share of its largest size.

    Args:
        sentence: a `Sentence`.
        mode: light or dark.
    """
    figure = go.Figure()
    for name, values, colour in (
        ("attention", sentence.attention, theme.NOT_TRAINED),
        ("left out", sentence.occlusion, theme.POSITIVE),
        ("slope × input", sentence.gradient, theme.CLASSES[2]),
    ):
        size = max(float(np.abs(values).max()), 1e-12)
        figure.add_bar(
            x=list(range(len(values))), y=values / size, customdata=values, name=name, marker={"color": colour},
            hovertemplate="%{customdata:.3g}",
        )  # fmt: skip
    yaxis = {"title": {"text": "share of the largest"}, "range": [-1.05, 1.05]}
    apply_theme(figure, mode, height=HEIGHT, barmode="group", xaxis=_places(sentence.symbols), yaxis=yaxis)
    top = [sentence.symbols[int(np.abs(values).argmax())] for values in (sentence.attention, sentence.occlusion)]
    return Still(figure, f"Most attention goes to {top[0]}; leaving out {top[1]} changes the answer most.")


def states_still(states: Any, layer: int, class_names: Sequence[str], mode: theme.Mode) -> Still:
    """Symbols as points in the two widest directions of one layer, coloured by the class of their sentence.

    Args:
        states: a `States`.
        layer: 0 before the first block.
        class_names: empty if there are no classes.
        mode: light or dark.
    """
    figure = go.Figure()
    xy = states.xy[layer]
    for k, name in enumerate(class_names or ("symbols",)):
        chosen = np.flatnonzero(states.labels == k) if class_names else np.arange(len(xy))
        figure.add_scatter(
            x=xy[chosen, 0], y=xy[chosen, 1], mode="markers", name=label(name),
            marker={"size": 7, "color": theme.CLASSES[k % len(theme.CLASSES)]},
            customdata=[[label(states.symbols[i]), label(states.contexts[i][:60])] for i in chosen],
            hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>",
        )  # fmt: skip
    plain = {"zeroline": False}
    apply_theme(figure, mode, height=460, xaxis={**plain, "title": {"text": "widest direction"}},
                yaxis={**plain, "title": {"text": "second"}})  # fmt: skip
    words = "before the first block" if layer == 0 else f"after block {layer}"
    return Still(figure, f"{len(xy)} symbols of test sentences {words}, in the two widest directions.")
