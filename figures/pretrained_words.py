"""Words as places, page `pretrained`: neighbours and analogies on a plane, and words on an axis between two."""

from collections.abc import Sequence
from itertools import product
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.attention_graph import arrow_heads
from figures.attention_tokens import token_text, width_of
from figures.scene import Box, Colour, Scene
from figures.still import Still, apply_theme
from figures.theme import ON_PAGE, ON_PROJECTOR

WIDTH: Final = 1000.0
HEIGHT: Final = 440.0
FRAME: Final[Box] = (90.0, 30.0, 820.0, 380.0)  # of the points; words reach beyond it
RADIUS: Final = 4.0
STEM: Final = 9.0  # from a point to its word
FARTHER: Final = (1.0, 2.2, 3.6)  # times a line, where the nearer places are taken
LETTERS: Final = 24  # of a word
BEADS: Final = 60  # boxes along an arrow
ROW: Final = 17  # px a word on an axis

Arrow = tuple[int, int]  # from one word of a plane to another


def plane_scene(plane: Any, *, chosen: int = 0, arrows: Sequence[Arrow] = (), is_large: bool = False) -> bytes:
    """Draws words where their two main directions put them.

    Args:
        plane: a `Plane`.
        chosen: the word that all is about.
        arrows: drawn from word to word.
        is_large: with words for a projector.

    Returns:
        The bytes for the canvas. A click on a word sends `{"id": "word:<number>", "word": …}`.
    """
    scale = ON_PROJECTOR if is_large else ON_PAGE
    near = ", ".join(plane.words)
    scene = Scene(WIDTH, HEIGHT, f"Words on a plane that holds {plane.share:.0%} of what differs among them: {near}.")
    spots = _spots(plane.xy)
    _draw_arrows(scene, spots, arrows)
    size = 1.15 * scale.label
    boxes = label_boxes(spots, plane.words, size, _along(spots, arrows))
    for number, (word, (x, y), box) in enumerate(zip(plane.words, spots.tolist(), boxes, strict=True)):
        is_chosen = number == chosen
        colour: Colour = "accent" if is_chosen else "grey"
        scene.rect(_around(x, y), fill=colour, radius=RADIUS)
        scene.text(box[0] + box[2] / 2, box[1] + box[3] / 2, token_text(word, LETTERS), size=size, align="center",
                   weight=600 if is_chosen else 400)  # fmt: skip
        scene.hot(box, f"word:{number}", f"The neighbours of {word}", event={"word": word}, pressed=is_chosen)
    return scene.to_bytes()


def _spots(xy: np.ndarray) -> np.ndarray:
    """Places in the scene, (n, 2): one scale for both directions, as large as the frame allows."""
    left, top, width, height = FRAME
    low, high = xy.min(0), xy.max(0)
    spread = np.maximum(high - low, 1e-9)
    zoom = min(width / spread[0], height / spread[1])
    middle = (low + high) / 2
    x = left + width / 2 + (xy[:, 0] - middle[0]) * zoom
    y = top + height / 2 - (xy[:, 1] - middle[1]) * zoom
    return np.stack([x, y], axis=1)


def label_boxes(spots: np.ndarray, words: Sequence[str], size: float, taken: Sequence[Box] = ()) -> list[Box]:
    """A box for each word beside its point, such that none covers another word or a point as far as that can be.

    Args:
        spots: (n, 2) the points; the words of the first ones are placed first.
        words: n of them.
        size: of the letters.
        taken: what else should stay free.
    """
    points = [_around(x, y) for x, y in spots.tolist()]
    placed: list[Box] = []
    for number, (word, (x, y)) in enumerate(zip(words, spots.tolist(), strict=True)):
        others = [*placed, *points[:number], *points[number + 1 :], *taken]
        offers = _offers(x, y, width_of(token_text(word, LETTERS), size), 1.3 * size)
        placed.append(min(offers, key=lambda box: sum(_shared(box, other) for other in others)))
    return placed


def _around(x: float, y: float) -> Box:
    return x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS


def _along(spots: np.ndarray, arrows: Sequence[Arrow]) -> list[Box]:
    """Boxes close to each other all the way from start to end of each arrow."""
    ways = [np.linspace(spots[start], spots[end], BEADS) for start, end in arrows]
    return [_around(x, y) for way in ways for x, y in way.tolist()]


def _offers(x: float, y: float, wide: float, high: float) -> list[Box]:
    """Where a word may stand, the nicest first; all of it inside the picture."""
    offers = []
    for far, (across, down) in product(FARTHER, ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))):
        middle = x + across * (STEM + wide / 2) if across else x, y + down * (far * high * 0.5 + STEM)
        left = min(max(middle[0] - wide / 2, 2.0), WIDTH - wide - 2.0)
        top = min(max(middle[1] - high / 2, 2.0), HEIGHT - high - 2.0)
        offers.append((left, top, wide, high))
    return offers


def _shared(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(across, 0.0) * max(down, 0.0)


def _draw_arrows(scene: Scene, spots: np.ndarray, arrows: Sequence[Arrow]) -> None:
    """Straight arrows that end before the points."""
    for start, end in arrows:
        way = spots[end] - spots[start]
        unit = way / max(float(np.linalg.norm(way)), 1e-9)
        tip = spots[end] - 2 * RADIUS * unit
        tracks = [np.stack([spots[start] + 2 * RADIUS * unit, tip]), *arrow_heads(tip[None], unit[None])]
        for track in tracks:
            track[:, 1] = HEIGHT - track[:, 1]
        frame = (0.0, 0.0, WIDTH, HEIGHT)
        scene.lines(frame, tracks, xlim=(0.0, WIDTH), ylim=(0.0, HEIGHT), colours="accent", width=2.0)


def axis_still(axis: Any, mode: theme.Mode) -> Still:
    """Words along the way from one word to another.

    Args:
        axis: an `Axis`.
        mode: light or dark.
    """
    surface = theme.SURFACES[mode]
    values = axis.places
    colours = [theme.POSITIVE if value >= axis.mean else theme.NEGATIVE for value in values]
    figure = go.Figure(
        go.Bar(
            x=values - axis.mean, base=axis.mean, y=list(axis.words), orientation="h", marker={"color": colours},
            customdata=np.stack([values, (values - axis.mean) / axis.deviation], axis=1),
            hovertemplate="%{y}: cosine %{customdata[0]:.2f}, %{customdata[1]:+.1f} deviations<extra></extra>",
        )
    )  # fmt: skip
    figure.add_vline(axis.mean, line={"color": surface.muted, "width": 1})
    for off in (-1, 1):
        figure.add_vline(axis.mean + off * axis.deviation, line={"color": surface.muted, "width": 1, "dash": "dot"})
    title = f"← {axis.ends[0]}    cosine with the direction from {axis.ends[0]} to {axis.ends[1]}    {axis.ends[1]} →"
    apply_theme(
        figure, mode, height=110 + ROW * len(axis.words), bargap=0.35,
        xaxis={"title": {"text": title}, "zeroline": False},
        yaxis={"type": "category", "dtick": 1, "categoryorder": "array", "categoryarray": list(axis.words)},
    )  # fmt: skip
    alt = (
        f"{len(axis.words)} words from {axis.ends[0]} to {axis.ends[1]}: {axis.words[0]} lies at {values[0]:.2f}, "
        f"{axis.words[-1]} at {values[-1]:.2f}; the mean of all words is {axis.mean:.2f}."
    )
    return Still(figure, alt)
