"""A drawing of a visitor's own: strokes as they were drawn become a picture.

Shapes: H rows, W columns.
"""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw

from data.dataset import DataError

Stroke = tuple[tuple[float, float], ...]

MAX_STROKES: Final = 100
MAX_PLACES: Final = 2_000  # in one stroke
PEN: Final = 0.075  # how thick a stroke is, as a share of the picture: two of 28 pixels
FILLED: Final = 20 / 28  # what a centred drawing takes of the picture, as the digits of MNIST do
_FINER: Final = 4  # the drawing is made so many times as large, so that its edges come out soft


def as_stroke(places: Any) -> Stroke:
    """A stroke as a browser sent it, checked: places from (0, 0) at the upper left to (1, 1).

    Raises:
        DataError: if it is none.
    """
    try:
        stroke = tuple((float(x), float(y)) for x, y in places)
    except (TypeError, ValueError) as error:
        raise DataError("This stroke could not be read: draw it again.") from error
    if not 0 < len(stroke) <= MAX_PLACES or not all(map(math.isfinite, sum(stroke, ()))):
        raise DataError("This stroke could not be read: draw it again, a little shorter.")
    return tuple((min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)) for x, y in stroke)


def drawn(strokes: Sequence[Stroke], size: int, *, is_centred: bool = False) -> UInt8[np.ndarray, "H W 3"]:
    """White strokes on black, as the drawings and digits that come with the app.

    Args:
        strokes: what was drawn; nothing gives a black picture.
        size: H = W of the result.
        is_centred: whether the drawing is brought to the middle and to the usual size, as the digits of MNIST were.
    """
    side = size * _FINER
    image = Image.new("L", (side, side))
    pen = ImageDraw.Draw(image)
    thick = PEN * side
    for stroke in _centred(strokes) if is_centred else strokes:
        places = [(x * side, y * side) for x, y in stroke]
        if len(places) > 1:
            pen.line(places, fill=255, width=max(1, round(thick)))
        for x, y in places:  # round ends and corners
            pen.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=255)
    small = np.asarray(image.resize((size, size), Image.Resampling.BOX))
    return np.repeat(small[:, :, None], 3, axis=2)


def _centred(strokes: Sequence[Stroke]) -> list[Stroke]:
    """The strokes moved and scaled so that all of them just fill the middle of the picture."""
    places = [place for stroke in strokes for place in stroke]
    if not places:
        return []
    low = [min(place[axis] for place in places) for axis in (0, 1)]
    high = [max(place[axis] for place in places) for axis in (0, 1)]
    span = max(high[0] - low[0], high[1] - low[1])
    scale = (FILLED - PEN) / span if span > PEN else 1.0  # a dot stays a dot
    middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    return [
        tuple((0.5 + (x - middle[0]) * scale, 0.5 + (y - middle[1]) * scale) for x, y in stroke) for stroke in strokes
    ]
