"""Pictures to inspect about sentence vectors: cosines, points, ranks, and accuracies.

Two ways of reading stand side by side everywhere: the network's vectors are blue, counted words are grey.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from figures import theme
from figures.line_still import Line, lines_still
from figures.still import Still, apply_theme, colour_scale, label

VECTORS: Final = "sentence vectors"
WORDS: Final = "shared words"
MOST_NUMBERED: Final = 12  # sentences whose cosines are written into the cells
ROW: Final = 26  # px of a sentence in a picture


def numbered(texts: Sequence[str]) -> list[str]:
    """Sentences with their numbers, short enough for an axis."""
    return [f"{number} {label(text)}" for number, text in enumerate(texts, start=1)]


def cosines_still(texts: Sequence[str], vectors: np.ndarray, words: np.ndarray, mode: theme.Mode) -> Still:
    """Every sentence compared with every other, in two ways.

    Args:
        texts: n sentences.
        vectors: (n, n) cosines of the network's vectors.
        words: (n, n) cosines of counted words.
        mode: light or dark.
    """
    figure = make_subplots(
        cols=2, shared_yaxes=True, horizontal_spacing=0.03, subplot_titles=(VECTORS.capitalize(), WORDS.capitalize())
    )
    places, names = list(range(len(texts))), numbered(texts)
    pairs = [[(down, across) for across in names] for down in names]
    for column, values in enumerate((vectors, words), start=1):
        figure.add_heatmap(
            z=values, zmin=-1, zmax=1, colorscale=colour_scale("diverging", mode), showscale=False, xgap=1, ygap=1,
            customdata=pairs, text=[[_numeral(value) for value in line] for line in values],
            texttemplate="%{text}" if len(texts) <= MOST_NUMBERED else None, textfont={"size": 11},
            hovertemplate="%{customdata[0]}<br>%{customdata[1]}<br>cosine %{z:.3f}<extra></extra>",
            row=1, col=column,
        )  # fmt: skip
    bare = {"tickvals": places, "showgrid": False, "ticks": ""}
    across = {**bare, "ticktext": [str(place + 1) for place in places]}
    down = {**bare, "autorange": "reversed"}
    apply_theme(
        figure, mode, height=90 + ROW * max(6, len(texts)),
        xaxis=across, xaxis2=across, yaxis={**down, "ticktext": names}, yaxis2={**down, "showticklabels": False},
    )  # fmt: skip
    return Still(figure, f"Cosines of {len(texts)} sentences. {_closest(texts, vectors, words)}")


def _numeral(value: float) -> str:
    """In hundredths: ten sentences twice leave room for two digits."""
    return f"{round(100 * float(value))}".replace("-", "−")


def _closest(texts: Sequence[str], vectors: np.ndarray, words: np.ndarray) -> str:
    told = []
    for name, values in ((VECTORS, vectors), (WORDS, words)):
        others = np.where(np.tri(len(texts), dtype=bool), -np.inf, values)
        first, second = np.unravel_index(others.argmax(), others.shape)
        told.append(f"By {name} {first + 1} and {second + 1} are closest, with {values[first, second]:.2f}.")
    return " ".join(told)


def points_still(texts: Sequence[str], xy: np.ndarray, shares: Sequence[float], mode: theme.Mode) -> Still:
    """The sentences as points in the two main directions of their vectors.

    Args:
        texts: n sentences.
        xy: (n, 2).
        shares: of the variance that each direction holds.
        mode: light or dark.
    """
    figure = go.Figure(
        go.Scatter(
            x=xy[:, 0], y=xy[:, 1], mode="markers+text", text=[str(number + 1) for number in range(len(texts))],
            textposition="top center", textfont={"color": theme.SURFACES[mode].text}, cliponaxis=False,
            marker={"size": 9, "color": theme.POSITIVE}, customdata=numbered(texts),
            hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    axes = [{"zeroline": False, "title": {"text": f"{name}, {share:.0%} of the variance"}} for name, share in
            zip(("main direction", "second direction"), shares, strict=True)]  # fmt: skip
    reach = 1.15 * max(float(np.abs(xy).max()), 1e-6)
    axes[1] |= {"range": [-reach, reach]}
    apply_theme(figure, mode, height=340, xaxis={**axes[0], "range": [-reach, reach]}, yaxis=axes[1])
    return Still(figure, f"{len(texts)} sentences in the two main directions of their vectors.")


def ranks_still(texts: Sequence[str], by_vectors: np.ndarray, by_words: np.ndarray, mode: theme.Mode) -> Still:
    """Sentences by how close they are to a question, the closest on top.

    Args:
        texts: n sentences.
        by_vectors: (n,) cosines with the question.
        by_words: (n,) the same by shared words.
        mode: light or dark.
    """
    order = np.argsort(-by_vectors, kind="stable")
    places, names = list(range(len(order))), numbered(texts)
    shown = [names[one] for one in order]
    figure = go.Figure()
    for name, values, colour in (
        (VECTORS, by_vectors, theme.POSITIVE),
        (WORDS, by_words, theme.NOT_TRAINED),
    ):
        figure.add_bar(
            x=values[order], y=places, name=name, orientation="h", marker={"color": colour}, customdata=shown,
            hovertemplate="%{customdata}: %{x:.3f}",
        )  # fmt: skip
    yaxis = {"tickvals": places, "ticktext": shown, "autorange": "reversed"}
    low = min(0.0, float(by_vectors.min()))
    xaxis = {"title": {"text": "cosine with the question"}, "range": [1.05 * low, 1.0]}
    apply_theme(
        figure, mode, height=110 + ROW * max(6, len(texts)), barmode="group", bargap=0.25, xaxis=xaxis, yaxis=yaxis
    )
    return Still(figure, f"Closest to the question: {shown[0]}, with {by_vectors[order[0]]:.2f}.")


def learning_still(learning: Any, mode: theme.Mode) -> Still:
    """Accuracy by the number of examples, in two ways of reading.

    Args:
        learning: a `Learning`.
        mode: light or dark.
    """
    sizes, chance = learning.sizes, 1 / len(learning.class_names)
    lines = [
        Line(f"frozen {VECTORS}", sizes, learning.vectors, theme.POSITIVE),
        Line("counted words", sizes, learning.words, theme.NOT_TRAINED, "dash"),
        Line("by chance", sizes, np.full(len(sizes), chance), theme.SURFACES[mode].muted, "dot", 1.0),
    ]
    xaxis = {"type": "log", "title": {"text": "examples of each author"}, "tickvals": sizes}
    yaxis = {"title": {"text": f"accuracy on {learning.num_test} test sentences"}, "tickformat": ".0%", "range": [0, 1]}
    ends = f"{learning.vectors[-1]:.0%} against {learning.words[-1]:.0%}"
    alt = f"Accuracy of sentence vectors and of counted words; with {sizes[-1]} examples of each author {ends}."
    return lines_still(lines, mode, alt=alt, xaxis=xaxis, yaxis=yaxis, height=320)
