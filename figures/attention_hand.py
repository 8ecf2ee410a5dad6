"""Attention by hand: queries, keys, scores, weights and output of one head as linked matrices.

All scenes take a `ByHand` of experiments/attention_hand.py.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from figures import theme
from figures.attention_maps import MASKED, WEIGHTS, Cell, Look, draw_map, draw_vectors, hatch
from figures.attention_tokens import pair_name, token_text
from figures.kernels import reach_of
from figures.line_still import Line, Mark, lines_still
from figures.scene import Box, Scene
from figures.still import Still
from figures.theme import ON_PAGE, Scale

WIDTH: Final = 1000.0
HEIGHT: Final = 490.0
PANEL: Final = 236.0  # wide, four beside each other
ROW_HEIGHT: Final = 196.0
UPPER, LOWER = 40.0, 286.0  # tops of the two rows of matrices
ROW: Final = 2.4  # of the size of labels, the highest row of a vector
NUM_BINS: Final = 41


class Panel(NamedTuple):
    """One matrix of the picture.

    Attributes:
        key: in the ids of its cells.
        title: above it.
        note: below the title.
        column: from 0.
        top: of its labels.
    """

    key: str
    title: str
    note: str
    column: int
    top: float

    @property
    def box(self) -> Box:
        """Room for its cells and their labels."""
        return 8.0 + self.column * (PANEL + 14.0), self.top, PANEL, ROW_HEIGHT


def hand_scene(hand: Any, cell: Cell, *, formula: str) -> bytes:
    """The matrices of one head, with everything that belongs to one cell framed.

    Args:
        hand: a `ByHand`.
        cell: the query and the key that are looked at.
        formula: how the scores came from the products, such as `÷ √4`.

    Returns:
        The bytes for the canvas. A click sends the ids of `draw_map` with the hots `product`, `score` and `weight`.
    """
    t, s = cell
    value = hand.weights[t, s] if hand.is_seen[t, s] else None
    told = "is masked" if value is None else f"weighs {value:.3f}"
    alt = (
        f"Attention over {len(hand.tokens)} words with {hand.q.shape[1]} numbers a head: queries, keys, values, their "
        f"products, the scores, the weights, whose rows sum to 1, and the output. "
        f"{pair_name(hand.tokens, hand.tokens, cell)} {told}."
    )
    scene, tokens = Scene(WIDTH, HEIGHT, alt), hand.tokens
    reach = reach_of(hand.q, hand.k, hand.v)
    signed = Look(-reach, reach, "diverging", "value", ".1f")
    upper = (("q", "Queries Q", "one row a word: what it looks for", hand.q, ("from", t)),
             ("k", "Keys K", "what each word offers", hand.k, ("from", s)),
             ("v", "Values V", "what each word hands over", hand.v, None))  # fmt: skip
    for number, (key, title, note, values, focus) in enumerate(upper):
        panel = Panel(key, title, note, number, UPPER)
        _title(scene, panel)
        draw_vectors(scene, panel.box, values, tokens, scale=ON_PAGE, look=signed, focus=focus, most=ROW)
    _draw_row(scene, Panel("row", "Softmax of one row", f"query {token_text(tokens[t])}", 3, UPPER), hand, cell)
    size = reach_of(hand.products)
    products = Look(-size, size, "diverging", "product", ".1f")
    size = reach_of(hand.scores)
    scores = Look(-size, size, "diverging", "score", ".1f")
    lower = (("product", "Products Q Kᵀ", "each query with each key", hand.products, None, products),
             ("score", "Scores", formula, hand.scores, hand.is_seen, scores),
             ("weight", "Weights: softmax of each row", "a row is a query and sums to 1", hand.weights,
              hand.is_seen, WEIGHTS))  # fmt: skip
    for number, (key, title, note, values, is_seen, look) in enumerate(lower):
        panel = Panel(key, title, note, number, LOWER)
        _title(scene, panel)
        draw_map(
            scene,
            panel.box,
            values,
            tokens,
            tokens,
            is_seen,
            scale=ON_PAGE,
            look=look,
            hot=key,
            chosen=cell,
            note=lambda t, s: cell_note(hand, t, s),
        )
    panel = Panel("out", "Output: weights · V", "each row a mean of the values", 3, LOWER)
    _title(scene, panel)
    draw_vectors(scene, panel.box, hand.out, tokens, scale=ON_PAGE, look=signed, focus=("from", t), most=ROW)
    return scene.to_bytes()


def cell_note(hand: Any, t: int, s: int) -> str:
    """All numbers of a cell, the same in every matrix."""
    words = f"product {hand.products[t, s] + 0.0:.3g}"
    if not hand.is_seen[t, s]:
        return f"{words}, {MASKED}".replace("-", "−")
    return f"{words}, score {hand.scores[t, s] + 0.0:.3g}, weight {hand.weights[t, s]:.3g}".replace("-", "−")


def _title(scene: Scene, panel: Panel) -> None:
    left, top, _, _ = panel.box
    scene.text(left, top - 26, panel.title, size=ON_PAGE.title, weight=600)
    scene.text(left, top - 10, panel.note, size=ON_PAGE.note, colour="muted")


def _draw_row(scene: Scene, panel: Panel, hand: Any, cell: Cell, scale: Scale = ON_PAGE) -> None:
    """Each score of a row, e to its power, and the share of that in the sum, as numbers and as a bar."""
    _title(scene, panel)
    left, top, width, height = panel.box
    line = min(height / (len(hand.tokens) + 2), 1.7 * scale.label)
    places = left + np.array([0.36, 0.58, 0.8]) * width
    for x, words in zip(places, ("score", "e^score", "share"), strict=True):
        scene.text(x, top + line / 2, words, size=scale.note, align="right", colour="muted")
    t, chosen = cell
    powers = np.where(hand.is_seen[t], np.exp(hand.scores[t]), np.nan)
    for s, token in enumerate(hand.tokens):
        y = top + (s + 1.5) * line
        strong = 600 if s == chosen else 400
        scene.text(left, y, token_text(token, 7), size=scale.label, weight=strong)
        bar = (left + 0.83 * width, y - 0.3 * line, 0.16 * width, 0.6 * line)
        if not hand.is_seen[t, s]:
            scene.text(places[2], y, "masked", size=scale.note, align="right", colour="muted")
            hatch(scene, bar, np.ones((1, 3), dtype=bool))
            continue
        for x, value in zip(places, (hand.scores[t, s], powers[s], hand.weights[t, s]), strict=True):
            text = _number(float(value))
            scene.text(x, y, text, size=scale.label, align="right", weight=strong, tabular=True)
        if hand.weights[t, s] > 0.005:
            scene.rect((bar[0], bar[1], bar[2] * float(hand.weights[t, s]), bar[3]), fill="positive")
    y = top + (len(hand.tokens) + 1.5) * line
    scene.text(left, y, "sum", size=scale.label, colour="muted")
    for x, value in ((places[1], np.nansum(powers)), (places[2], np.nansum(hand.weights[t]))):
        scene.text(x, y, _number(float(value)), size=scale.label, align="right", colour="muted", tabular=True)


def _number(value: float) -> str:
    text = f"{value + 0.0:.2f}" if abs(value) < 1000 else f"{value:.1e}"
    return text.replace("-", "−")


# ---- why the division ------------------------------------------------------------------------------------------------


def scores_still(scaled: Any, plain: Any, mode: theme.Mode) -> Still:
    """How the scores spread with and without the division by √d.

    Args:
        scaled: a `Saturation` with it.
        plain: one without.
        mode: light or dark.
    """
    reach = float(np.quantile(np.abs(plain.scores), 0.995))
    edges = np.linspace(-reach, reach, NUM_BINS + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    lines = []
    for name, found, colour in (("÷ √d", scaled, theme.POSITIVE), ("not divided", plain, theme.NEGATIVE)):
        heights = np.histogram(found.scores, edges)[0] / found.scores.size
        lines.append(Line(name, middles, heights, colour))
    alt = f"Histogram of scores. Spread with the division {scaled.scores.std():.2f}, without {plain.scores.std():.2f}."
    return lines_still(
        lines,
        mode,
        alt=alt,
        xaxis={"title": {"text": "score"}},
        yaxis={"title": {"text": "share"}, "tickformat": ".0%"},
    )


def saturation_still(
    widths: Any, scaled: np.ndarray, plain: np.ndarray, here: int, mode: theme.Mode, *, title: str, is_share: bool
) -> Still:
    """A measure of saturation over d, with and without the division.

    Args:
        widths: the measured d.
        scaled: the measure with the division, one for each.
        plain: without.
        here: the d that is chosen.
        mode: light or dark.
        title: of the vertical axis.
        is_share: a share from 0 to 1.
    """
    x = np.asarray(widths, dtype=float)
    lines = [Line("÷ √d", x, scaled, theme.POSITIVE), Line("not divided", x, plain, theme.NEGATIVE)]
    place = list(widths).index(here)
    marks = [Mark(here, float(one[place]), "", colour) for one, colour in
             ((scaled, theme.POSITIVE), (plain, theme.NEGATIVE))]  # fmt: skip
    top = 1.02 if is_share else 1.1 * float(max(scaled.max(), plain.max()))
    ticks = {"type": "log", "tickvals": list(widths), "ticktext": [str(width) for width in widths]}
    alt = f"{title} over d. At d = {here}: {scaled[place]:.3f} with the division by √d, {plain[place]:.3f} without."
    yaxis: dict[str, Any] = {"title": {"text": title}, "range": [0 if not is_share else -0.02, top]}
    if is_share:
        yaxis["tickformat"] = ".0%"
    xaxis = {"title": {"text": "d, numbers of a query"}, **ticks}
    return lines_still(lines, mode, alt=alt, xaxis=xaxis, yaxis=yaxis, marks=marks)
