"""Where the parts of the live picture of the page `vae` stand: beside the knobs of a page, or alone on a projector."""

from typing import Final, NamedTuple

import numpy as np

from figures.scene import Box
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale


class Layout(NamedTuple):
    """Places in scene units."""

    width: float
    height: float
    scale: Scale
    title_y: float  # middle of the titles of the upper parts
    data: Box  # test examples, copies and differences; for points, the plane
    tile: float  # side of a test picture
    pitch: float  # from one to the next
    columns: int
    samples_y: float  # top of the samples
    map: Box  # the latent plane with the codes
    grid: Box  # the same plane, decoded
    legend_y: float  # middle of the names of the classes
    decoded: Box  # the point of the map
    pair: float  # side of the example looked at and of its copy
    units: Box  # divergence of each unit
    loss: Box
    third: Box  # the divergence, or how good samples are


PAGE: Final = Layout(
    width=1000.0,
    height=526.0,
    scale=ON_PAGE,
    title_y=14.0,
    data=(10.0, 32.0, 268.0, 268.0),
    tile=42.0,
    pitch=45.0,
    columns=6,
    samples_y=204.0,
    map=(316.0, 32.0, 258.0, 258.0),
    grid=(612.0, 32.0, 258.0, 258.0),
    legend_y=322.0,
    decoded=(890.0, 32.0, 100.0, 100.0),
    pair=47.0,
    units=(40.0, 372.0, 238.0, 124.0),
    loss=(346.0, 372.0, 280.0, 124.0),
    third=(700.0, 372.0, 286.0, 124.0),
)
# As wide as a window of 1280x720, and as high as that without the line above it.
PROJECTOR: Final = Layout(
    width=1280.0,
    height=656.0,
    scale=ON_PROJECTOR,
    title_y=18.0,
    data=(16.0, 44.0, 310.0, 330.0),
    tile=58.0,
    pitch=62.0,
    columns=5,
    samples_y=270.0,
    map=(384.0, 44.0, 310.0, 310.0),
    grid=(756.0, 44.0, 310.0, 310.0),
    legend_y=394.0,
    decoded=(1100.0, 44.0, 164.0, 164.0),
    pair=78.0,
    units=(62.0, 470.0, 264.0, 110.0),
    loss=(424.0, 470.0, 380.0, 110.0),
    third=(886.0, 470.0, 378.0, 110.0),
)


def row_of_tiles(layout: Layout, count: int, row: int, top: float) -> np.ndarray:
    """Boxes [n, 4] of the tiles of one row of the left part."""
    index = np.arange(count)
    xs, side = layout.data[0] + index * layout.pitch, np.full(count, layout.tile)
    return np.stack([xs, np.full(count, top + row * layout.pitch), side, side], axis=1)


def grid_tiles(box: Box, count: int) -> np.ndarray:
    """Boxes [count · count, 4] that fill a box, row by row."""
    left, top, width, height = box
    down, across = np.divmod(np.arange(count * count), count)
    wide, high = width / count, height / count
    sides = np.full(count * count, wide), np.full(count * count, high)
    return np.stack([left + across * wide, top + down * high, *sides], axis=1)
