"""Pictures to inspect about decoder-only networks: the chances of the next token, and what a cache saves."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.still import Still, apply_theme, label

HEIGHT: Final = 400
MOST_BARS: Final = 24


def next_tokens_still(
    signs: Sequence[str], before: np.ndarray, after: np.ndarray, num_kept: int, mode: theme.Mode
) -> Still:
    """The likeliest tokens: their chances after softmax, and after the cut.

    Args:
        signs: of the tokens, the likeliest first.
        before: the chance of each before the cut.
        after: the chance of each to be drawn.
        num_kept: how many can be drawn; a line stands below them.
        mode: light or dark.
    """
    count = min(MOST_BARS, len(signs))
    places = list(range(count))
    shown = [label(sign) for sign in signs[:count]]
    figure = go.Figure()
    for name, values, colour in (
        ("softmax over all", before, theme.NOT_TRAINED),
        ("chance to be drawn", after, theme.POSITIVE),
    ):
        figure.add_bar(
            x=values[:count], y=places, name=name, orientation="h", marker={"color": colour},
            customdata=shown, hovertemplate="%{customdata}: %{x:.3%}",
        )  # fmt: skip
    if num_kept < len(signs):
        height = min(num_kept, count) - 0.5
        figure.add_hline(y=height, line={"color": theme.SURFACES[mode].text, "dash": "dash", "width": 1})
    yaxis = {"tickvals": places, "ticktext": shown, "range": [count - 0.5, -0.5]}
    largest = float(max(before.max(), after.max()))
    xaxis = {"tickformat": ".0%", "range": [0, min(1.0, 1.1 * largest)]}
    apply_theme(figure, mode, height=HEIGHT, xaxis=xaxis, yaxis=yaxis, barmode="group", bargap=0.25)
    pairs = ", ".join(f"{sign} {chance:.1%}" for sign, chance in zip(shown[:6], after[:6], strict=True))
    return Still(figure, f"Chances of the next token; {num_kept} of {len(signs)} tokens are left by the cut: {pairs}.")


def cache_still(found: Mapping[str, np.ndarray], mode: theme.Mode) -> Still:
    """Milliseconds that each further token of a text takes.

    Args:
        found: by name, milliseconds for token 1, 2, …
        mode: light or dark.
    """
    figure = go.Figure()
    for colour, (name, values) in zip(theme.CLASSES[1::-1], found.items(), strict=False):
        places = list(range(2, len(values) + 2))
        figure.add_scatter(
            x=places, y=values, name=name, line={"color": colour, "width": 2}, hovertemplate="token %{x}: %{y:.2f} ms"
        )
    yaxis = {"title": {"text": "ms for one token"}, "rangemode": "tozero"}
    apply_theme(figure, mode, height=300, xaxis={"title": {"text": "tokens that stand there"}}, yaxis=yaxis)
    words = ", ".join(f"{name} {values.sum():.0f} ms" for name, values in found.items())
    return Still(figure, f"Time to write a text token by token: {words}.")
