"""Where the parts of the picture of the page `mlp` stand: beside the knobs of a page, or alone on a projector."""

from typing import Any, Final, NamedTuple

import numpy as np

from figures.scene import Box
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale

MAX_OUTPUTS: Final = 10


class Layout(NamedTuple):
    """Places in scene units."""

    width: float
    height: float
    scale: Scale
    title_y: float  # middle of the layers' titles
    note_y: float  # middle of the words below them
    top: float  # tiles stand between here
    bottom: float  # and here
    input_x: float  # left side of the input tiles; their labels stand left of it
    output_x: float  # left side of the output nodes
    tile: float  # side of a tile, at most
    node: float  # side of an output node
    button: float  # side of the buttons that make a layer wider or narrower
    map: Box
    loss: Box
    score: Box | None  # None: the score is told in words elsewhere


PAGE: Final = Layout(
    width=1000.0,
    height=526.0,
    scale=ON_PAGE,
    title_y=16.0,
    note_y=34.0,
    top=46.0,
    bottom=388.0,
    input_x=92.0,
    output_x=610.0,
    tile=44.0,
    node=16.0,
    button=16.0,
    map=(684.0, 34.0, 296.0, 296.0),
    loss=(44.0, 426.0, 436.0, 82.0),
    score=(544.0, 426.0, 436.0, 82.0),
)
# As wide as a window of 1280x720, and as high as that without the line above it.
PROJECTOR: Final = Layout(
    width=1280.0,
    height=656.0,
    scale=ON_PROJECTOR,
    title_y=20.0,
    note_y=42.0,
    top=58.0,
    bottom=446.0,
    input_x=138.0,
    output_x=672.0,
    tile=58.0,
    node=24.0,
    button=24.0,
    map=(772.0, 44.0, 480.0, 480.0),
    loss=(84.0, 504.0, 608.0, 112.0),
    score=None,
)


def unit_boxes(seen: Any, layout: Layout = PAGE) -> list[np.ndarray]:
    """Boxes [n, 4] of the shown units of each layer of an `MLPObservation`, inputs first, outputs last."""
    counts = [len(units) for units in seen.units] + [min(seen.widths[-1], MAX_OUTPUTS)]
    lefts = np.linspace(layout.input_x, layout.output_x, len(counts))
    room = (layout.output_x - layout.input_x) / (len(counts) - 1)
    columns = []
    for index, (count, left) in enumerate(zip(counts, lefts, strict=True)):
        pitch = min((layout.bottom - layout.top) / count, layout.tile + 10)
        size = min(layout.tile, pitch * 0.84, room * 0.6)
        if index == len(counts) - 1:
            size = min(size, layout.node)
        middle = min(layout.map[1] + layout.map[3] / 2, (layout.top + layout.bottom) / 2)
        first = max(layout.top, middle - count * pitch / 2) + (pitch - size) / 2
        tops = first + np.arange(count) * pitch
        columns.append(np.stack([np.full(count, left), tops, np.full(count, size), np.full(count, size)], axis=1))
    return columns
