"""Pictures to inspect about the heads of a trained encoder: what each does, and what a token is worth to the answer."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from plotly.subplots import make_subplots

from figures import theme
from figures.still import Still, apply_theme, colour_scale, label

COLUMNS: Final = 3


def habits_still(habits: Any, names: Sequence[str], mode: theme.Mode) -> Still:
    """For each behaviour, the share of the mass of every head that lies where it looks.

    Args:
        habits: a `Habits`.
        names: of the K behaviours.
        mode: light or dark.
    """
    chances = [f"{name} (by chance {chance:.0%})" for name, chance in zip(names, habits.by_chance, strict=True)]
    rows = -(-len(names) // COLUMNS)
    figure = make_subplots(
        rows=rows, cols=COLUMNS, subplot_titles=chances, horizontal_spacing=0.04, vertical_spacing=0.16,
        shared_xaxes=True, shared_yaxes=True,
    )  # fmt: skip
    num_layers, num_heads = habits.shares.shape[1:]
    for number, shares in enumerate(habits.shares):
        percents = [[f"{100 * share:.0f}" if np.isfinite(share) else "" for share in line] for line in shares]
        figure.add_heatmap(
            z=shares, x=list(range(1, num_heads + 1)), y=list(range(1, num_layers + 1)), zmin=0, zmax=1,
            colorscale=colour_scale("magnitude", mode), showscale=False, xgap=1, ygap=1,
            text=percents, texttemplate="%{text}", textfont={"size": 10},
            hovertemplate="layer %{y}, head %{x}: %{z:.1%}<extra></extra>",
            row=number // COLUMNS + 1, col=number % COLUMNS + 1,
        )  # fmt: skip
    apply_theme(figure, mode, height=60 + 215 * rows)
    figure.update_xaxes(tickvals=list(range(1, num_heads + 1)), showgrid=False, ticks="")
    figure.update_yaxes(tickvals=list(range(1, num_layers + 1)), autorange="reversed", showgrid=False, ticks="")
    figure.update_xaxes(title_text="head", row=rows)
    figure.update_yaxes(title_text="layer", col=1)
    told = [f"{name}: layer {layer + 1}, head {head + 1}" for name, (layer, head) in _best(habits, names)]
    return Still(figure, f"Share of each head's attention, in per cent; the most has, for {'; '.join(told)}.")


def _best(habits: Any, names: Sequence[str]) -> list[tuple[str, tuple[int, int]]]:
    known = [k for k in range(len(names)) if np.isfinite(habits.shares[k]).any()]
    return [(names[k], habits.best(k)) for k in known]


def hidden_still(tokens: Sequence[str], received: np.ndarray, turned: np.ndarray, mode: theme.Mode) -> Still:
    """Attention that each token gets, beside what changes when it is hidden.

    Args:
        tokens: T of them.
        received: (T,) share of all attention.
        turned: (T,) how far the vector of the text turns, 1 − cosine.
        mode: light or dark.
    """
    figure = make_subplots(
        rows=2, shared_xaxes=True, vertical_spacing=0.14,
        subplot_titles=("Share of all attention that it gets", "How far the vector turns when it is hidden"),
    )  # fmt: skip
    places = list(range(len(tokens)))
    for row, (values, colour, form) in enumerate(
        ((received, theme.NOT_TRAINED, "%{y:.1%}"), (turned, theme.POSITIVE, "%{y:.3f}")), start=1
    ):
        figure.add_bar(
            x=places, y=values, marker={"color": colour}, showlegend=False, row=row, col=1,
            customdata=[label(token) for token in tokens], hovertemplate=f"%{{customdata}}: {form}<extra></extra>",
        )  # fmt: skip
    ticks = {"tickvals": places, "ticktext": [label(token) for token in tokens]}
    apply_theme(
        figure, mode, height=360, xaxis2=ticks, yaxis={"tickformat": ".0%", "rangemode": "tozero"},
        yaxis2={"rangemode": "tozero", "title": {"text": "1 − cosine"}},
    )  # fmt: skip
    most = tokens[int(received.argmax())], tokens[int(turned.argmax())]
    return Still(figure, f"Most attention goes to {most[0]}; hiding {most[1]} turns the vector most.")
