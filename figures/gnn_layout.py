"""Where the parts of the live picture of the page `gnn` stand."""

from typing import Final, NamedTuple

from figures.scene import Box
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale


class Layout(NamedTuple):
    """Places in scene units."""

    width: float
    height: float
    scale: Scale
    drawing: Box  # the graph that is looked at
    layers: Box  # some channels of each layer, on the same graph
    plane: Box  # all graphs, or nodes, as points
    loss: Box
    score: Box
    answer: Box
    button: float


PAGE: Final = Layout(
    width=1000.0,
    height=526.0,
    scale=ON_PAGE,
    drawing=(10.0, 70.0, 306.0, 212.0),
    layers=(396.0, 70.0, 286.0, 212.0),
    plane=(716.0, 40.0, 270.0, 242.0),
    loss=(44.0, 372.0, 272.0, 118.0),
    score=(392.0, 372.0, 280.0, 118.0),
    answer=(800.0, 372.0, 140.0, 118.0),
    button=18.0,
)
PROJECTOR: Final = Layout(
    width=1280.0,
    height=656.0,
    scale=ON_PROJECTOR,
    drawing=(12.0, 96.0, 380.0, 256.0),
    layers=(506.0, 96.0, 364.0, 256.0),
    plane=(910.0, 56.0, 352.0, 296.0),
    loss=(78.0, 462.0, 326.0, 140.0),
    score=(500.0, 462.0, 346.0, 140.0),
    answer=(1030.0, 462.0, 170.0, 140.0),
    button=26.0,
)
