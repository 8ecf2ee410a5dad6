"""Where the parts of the live picture of the page `encoder` stand."""

from typing import Final, NamedTuple

from figures.scene import Box
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale


class Layout(NamedTuple):
    """Places in scene units."""

    width: float
    height: float
    scale: Scale
    clues: Box  # symbols of a sentence with their bars
    chances: Box  # of the classes
    confusion: Box
    gaps: Box  # sentences with gaps
    loss: Box
    score: Box
    button: float


PAGE: Final = Layout(
    width=1000.0,
    height=526.0,
    scale=ON_PAGE,
    clues=(10.0, 62.0, 390.0, 452.0),
    chances=(500.0, 62.0, 140.0, 190.0),
    confusion=(500.0, 320.0, 180.0, 180.0),
    gaps=(10.0, 62.0, 640.0, 452.0),
    loss=(736.0, 40.0, 254.0, 180.0),
    score=(736.0, 300.0, 254.0, 180.0),
    button=18.0,
)
PROJECTOR: Final = Layout(
    width=1280.0,
    height=656.0,
    scale=ON_PROJECTOR,
    clues=(16.0, 88.0, 500.0, 556.0),
    chances=(650.0, 88.0, 160.0, 236.0),
    confusion=(650.0, 408.0, 216.0, 216.0),
    gaps=(16.0, 88.0, 830.0, 556.0),
    loss=(960.0, 44.0, 304.0, 220.0),
    score=(960.0, 386.0, 304.0, 220.0),
    button=26.0,
)
