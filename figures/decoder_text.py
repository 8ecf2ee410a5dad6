"""A text coloured by how much each token surprised the network."""

import math
from typing import Any, Final

import numpy as np

from figures.rnn import SPACES
from figures.scene import Box, Colour, Scene
from figures.theme import ON_PAGE, ON_PROJECTOR

WIDTH: Final = 1000.0
LARGE_WIDTH: Final = 1280.0
LETTER: Final = 0.6  # width of a letter as a share of its size, generously
PADDING: Final = 0.3  # beside a token, as a share of the size of letters
GAP: Final = 1.5  # between rows, likewise
LINE: Final = 1.75  # distance of lines, likewise
DARKEST: Final = 6.0  # nats; more is no darker
DARK: Final = 0.55  # share from which letters are written in the colour of the page


def surprise_scene(found: Any, chosen: int | None = None, *, is_large: bool = False) -> bytes:
    """Every token on a field that is the darker the less it was expected.

    Args:
        found: `Surprises`.
        chosen: a token with an accent border.
        is_large: laid out for a projector.

    Returns:
        The bytes for the canvas. A click sends `token:place`.
    """
    scale, width = (ON_PROJECTOR, LARGE_WIDTH) if is_large else (ON_PAGE, WIDTH)
    size = scale.title
    boxes = _places(found, width, size)
    height = boxes[-1][1] + LINE * size + 4
    known = found.nats[np.isfinite(found.nats)]
    mean = float(known.mean()) if len(known) else math.nan
    alt = f"A text of {len(found.tokens)} tokens; on average each surprised the network by {mean:.2f} nats."
    scene = Scene(width, height, alt)
    shares = np.nan_to_num(found.nats / DARKEST).clip(0, 1)
    scene.sheet(
        np.array(boxes), shares[:, None, None], low=0, high=1, palette="magnitude", smooth=False, border=False,
        selected=[] if chosen is None else [chosen],
    )  # fmt: skip
    for place, (box, token, share) in enumerate(zip(boxes, found.tokens, shares, strict=True)):
        colour: Colour = "background" if share > DARK else "text"
        scene.text(box[0] + box[2] / 2, box[1] + box[3] / 2, shown(token), size=size, align="center", colour=colour)
        scene.hot(box, f"token:{place}", words_of(found, place), pressed=place == chosen)
    return scene.to_bytes()


def words_of(found: Any, place: int) -> str:
    """What was said of a token before it was read."""
    nats = found.nats[place]
    if math.isnan(nats):
        return f"“{shown(found.tokens[place])}”: nothing is asked here"
    likely = ", ".join(f"{shown(token)} {share:.0%}" for token, share in found.likely[place])
    return (
        f"“{shown(found.tokens[place])}”: chance {math.exp(-nats):.2%}, {nats:.2f} nats, rank {found.ranks[place]}. "
        f"Held likely: {likely}"
    )


def shown(token: str) -> str:
    """A token as it can be seen."""
    return SPACES.get(token, token)


def _places(found: Any, width: float, size: float) -> list[Box]:
    """A box for each token, line by line; rows of their own stay apart."""
    boxes: list[Box] = []
    x, y = 4.0, 4.0
    ends = (*found.starts[1:], len(found.tokens))
    starts = dict(zip(found.starts, ends, strict=True)) if len(found.starts) > 1 else {}
    for place, token in enumerate(found.tokens):
        wide = (LETTER * len(shown(token)) + PADDING) * size
        x += GAP * size * (place in starts and x > 4)
        if x + wide * max(1, starts.get(place, 0) - place) > width - 4:
            x, y = 4.0, y + LINE * size
        boxes.append((x, y, wide, (LINE - 0.25) * size))
        x += wide + 1
        x += GAP * size * (token == "\n")
    return boxes
