"""Pictures of a decoder read from the inside: what it would say after each part, and what made a logit.

Shapes: R readings, T tokens, P parts.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.scene import Scene
from figures.still import Still, apply_theme, label

WIDTH: Final = 1120.0
LEFT: Final = 176.0  # the names of the readings
TOP: Final = 52.0
ROW: Final = 30.0
BAR: Final = 20  # px a part
FAINT: Final = 0.6  # so that words stay readable on it, in light and dark
LETTER: Final = 6.6  # scene units of a letter


def lens_scene(
    readings: Sequence[str],
    read: Sequence[str],
    guesses: Sequence[Sequence[str]],
    chances: np.ndarray,
    chosen: tuple[int, int],
    high: float = ROW,
) -> bytes:
    """A table: the likeliest next token after each part at each place, the first part above.

    Args:
        readings: R names of rows.
        read: T tokens of the prompt.
        guesses: R rows of T tokens.
        chances: (R, T) of the guesses.
        chosen: the cell with a border, as (row, column).
        high: height of a row.

    Returns:
        The bytes the live canvas draws; a click on a cell sends `cell:<row>:<column>`.
    """
    rows, columns = len(readings), len(read)
    height = TOP + rows * high + 30
    last = ", ".join(f"after {token} {guess}" for token, guess in zip(read, guesses[-1], strict=True))
    scene = Scene(WIDTH, height, f"Likeliest next token after each of {rows} parts. The network says: {last}.")
    wide = (WIDTH - LEFT) / columns
    scene.text(LEFT - 12, TOP - 14, "reads", size=theme.ON_PAGE.label, align="right", weight=600)
    shown = np.where(np.isfinite(chances), chances, np.nan)
    box = (LEFT, TOP, WIDTH - LEFT, rows * high)
    scene.sheet(box, shown, low=0.0, high=1.0, palette="magnitude", smooth=False, opacity=[FAINT])
    for column, token in enumerate(read):
        middle = LEFT + (column + 0.5) * wide
        scene.text(middle, TOP - 14, _cut(token, wide), size=theme.ON_PAGE.label, align="center", weight=600)
    for row, reading in enumerate(readings):
        y = TOP + (row + 0.5) * high
        scene.text(LEFT - 12, y, reading, size=theme.ON_PAGE.label, align="right", colour="muted")
        for column in range(columns):
            x, guess = LEFT + column * wide, guesses[row][column]
            scene.text(x + wide / 2, y, _cut(guess, wide), size=theme.ON_PAGE.label, align="center")
            if column + 1 < columns and guess == read[column + 1]:
                scene.rect((x + 5, y + high / 2 - 5, wide - 10, 3), fill="accent")
            tip = f"{reading}, after {read[column]}: {guess} {shown[row, column]:.0%}"
            scene.hot((x, TOP + row * high, wide, high), f"cell:{row}:{column}", tip, event={"cell": [row, column]})
    x, y = LEFT + chosen[1] * wide, TOP + chosen[0] * high
    scene.rect((x, y, wide, high), stroke="text", width=2)
    note = "colour: its probability · underlined: the token that comes next · click a cell"
    scene.text(LEFT, height - 12, note, size=theme.ON_PAGE.note, colour="muted")
    return scene.to_bytes()


def _cut(token: str, room: float) -> str:
    most = max(1, int(room / LETTER) - 1)
    return token if len(token) <= most else token[: most - 1] + "…"


def attribution_bars(parts: Sequence[str], terms: np.ndarray, token: str, mode: theme.Mode) -> Still:
    """What every part adds to a logit, blue if it raises it and orange if it lowers it.

    Args:
        parts: P names, in the order of the network.
        terms: (P,) what each adds.
        token: whose logit it is.
        mode: light or dark.
    """
    places = list(range(len(parts)))
    colours = [theme.POSITIVE if term >= 0 else theme.NEGATIVE for term in terms]
    figure = go.Figure(
        go.Bar(x=terms, y=places, orientation="h", marker={"color": colours}, hovertemplate="%{x:+.4f}<extra></extra>")
    )
    yaxis = {"tickvals": places, "ticktext": [label(part) for part in parts], "autorange": "reversed"}
    title = {"title": {"text": f"adds to the logit of {label(token)}"}, "zerolinewidth": 2}
    apply_theme(figure, mode, height=90 + BAR * len(parts), xaxis=title, yaxis=yaxis, bargap=0.25)
    told = ", ".join(f"{part} {term:+.2f}" for part, term in zip(parts, terms, strict=True))
    return Still(figure, f"What each part adds to the logit of {label(token)}: {told}. Sum {terms.sum():.3f}.")
