"""Pictures to look at through a filter: two photos that scikit-learn brings along, and two that are made here.

The photos are `china.jpg` (by danielbuechele, CC BY 2.0) and `flower.jpg` (by vultilion, CC BY 2.0), as scikit-learn
holds them. All pictures are numbers from 0 (black) to 1 (white).

Shapes: H and W sides in pixels, 3 channels red, green and blue.
"""

from functools import cache
from typing import Final

import numpy as np
from jaxtyping import Float
from sklearn.datasets import load_sample_image

PHOTOS: Final = {"temple": "china.jpg", "flower": "flower.jpg"}
SOURCES: Final = {
    "temple": "A temple in China, photo by danielbuechele, CC BY 2.0, from scikit-learn.",
    "flower": "A dahlia, photo by vultilion, CC BY 2.0, from scikit-learn.",
    "noise": "Random grey values, one a pixel.",
    "stripes": "Horizontal stripes of random grey values.",
}
SHRINK: Final = 2  # pixels of the file that become one here: a filter of 3 pixels then sees more than grain
HEIGHT: Final = 213  # of all pictures
WIDTH: Final = 320


@cache
def colour_picture(name: str) -> Float[np.ndarray, "H W 3"]:
    """A picture in colour; made pictures are grey in all three channels.

    Args:
        name: one of `SOURCES`.

    Raises:
        KeyError: for another name.
    """
    if name in PHOTOS:
        pixels = load_sample_image(PHOTOS[name])[: HEIGHT * SHRINK, : WIDTH * SHRINK] / 255.0
        blocks = pixels.reshape(HEIGHT, SHRINK, WIDTH, SHRINK, 3)
        return np.asarray(blocks.mean(axis=(1, 3)), dtype=np.float32)
    shape = {"noise": (HEIGHT, WIDTH), "stripes": (HEIGHT, 1)}[name]
    values = np.random.default_rng(0).uniform(size=shape).astype(np.float32)
    return np.broadcast_to(values[:, :, None], (HEIGHT, WIDTH, 3))


def grey(picture: Float[np.ndarray, "H W 3"]) -> Float[np.ndarray, "H W"]:
    """How bright each pixel looks (ITU-R BT.601: green counts most, blue least)."""
    return picture @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
