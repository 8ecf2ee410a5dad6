"""Where the parts of the picture of the page `cnn` stand: beside the knobs of a page, or alone on a projector."""

from typing import Final, NamedTuple

import numpy as np

from figures.scene import Box
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale


class Layout(NamedTuple):
    """Places in scene units."""

    width: float
    height: float
    scale: Scale
    title_y: float  # middle of the titles
    note_y: float  # middle of the words below them
    picture: Box  # the picture looked at
    layers: Box  # the maps of all layers
    classes: Box  # what the network says
    name_width: float  # of a class, left of its bar
    number_width: float  # of its percentage, right of it
    tests: Box  # the row of test pictures
    thumb: float  # side of one of them
    num_tests: int  # how many fit
    loss: Box
    score: Box | None  # None: the score is told in words elsewhere
    gap: float  # between tiles
    largest_tile: float


PAGE: Final = Layout(
    width=1000.0,
    height=526.0,
    scale=ON_PAGE,
    title_y=14.0,
    note_y=31.0,
    picture=(14.0, 44.0, 160.0, 160.0),
    layers=(200.0, 44.0, 588.0, 240.0),
    classes=(814.0, 44.0, 176.0, 240.0),
    name_width=74.0,
    number_width=38.0,
    tests=(14.0, 332.0, 976.0, 52.0),
    thumb=44.0,
    num_tests=10,
    loss=(44.0, 428.0, 436.0, 80.0),
    score=(548.0, 428.0, 436.0, 80.0),
    gap=5.0,
    largest_tile=76.0,
)
# As wide as a window of 1280x720, and as high as that without the line above it.
PROJECTOR: Final = Layout(
    width=1280.0,
    height=656.0,
    scale=ON_PROJECTOR,
    title_y=18.0,
    note_y=42.0,
    picture=(16.0, 60.0, 200.0, 200.0),
    layers=(250.0, 60.0, 730.0, 330.0),
    classes=(1010.0, 60.0, 256.0, 330.0),
    name_width=104.0,
    number_width=52.0,
    tests=(16.0, 444.0, 560.0, 172.0),
    thumb=64.0,
    num_tests=8,
    loss=(672.0, 484.0, 588.0, 120.0),
    score=None,
    gap=6.0,
    largest_tile=104.0,
)


def layer_places(layout: Layout, counts: list[int]) -> list[tuple[Box, np.ndarray]]:
    """For each layer its part of the picture, and the boxes [n, 4] of its tiles, as large as fit."""
    left, top, width, height = layout.layers
    share = width / len(counts)
    room = share - 22.0  # an arrow stands between two layers
    places = []
    for number, count in enumerate(counts):
        part = (left + number * share, top, room, height)
        places.append((part, _grid(part, count, layout)))
    return places


def _grid(part: Box, count: int, layout: Layout) -> np.ndarray:
    """Boxes of equal squares in rows, in the middle of a part."""
    left, top, width, height = part

    def side(columns: int) -> float:
        rows = -(-count // columns)
        return min(width / columns, height / rows, layout.largest_tile + layout.gap) - layout.gap

    columns = max(range(1, count + 1), key=side)
    rows, tile = -(-count // columns), side(columns)
    pitch = tile + layout.gap
    x0 = left + (width - columns * pitch + layout.gap) / 2
    y0 = top + (height - rows * pitch + layout.gap) / 2
    index = np.arange(count)
    xs, ys = x0 + index % columns * pitch, y0 + index // columns * pitch
    return np.stack([xs, ys, np.full(count, tile), np.full(count, tile)], axis=1)


def thumb_places(layout: Layout, count: int) -> np.ndarray:
    """Boxes [n, 4] of the cells of the test pictures: in one row, or in as many as the height has room for."""
    left, top, width, height = layout.tests
    rows = max(1, int(height // (1.25 * layout.thumb)))
    columns = -(-layout.num_tests // rows)
    index = np.arange(min(count, layout.num_tests))
    pitch_x, pitch_y = width / columns, height / rows
    xs, ys = left + index % columns * pitch_x, top + index // columns * pitch_y
    return np.stack([xs, ys, np.full(len(index), pitch_x - 6), np.full(len(index), layout.thumb)], axis=1)
