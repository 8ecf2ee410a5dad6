"""Where the parts of the live picture of the page `gan` stand."""

from typing import Final, NamedTuple

from figures.scene import Box
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale


class Layout(NamedTuple):
    """Places in scene units."""

    width: float
    height: float
    scale: Scale
    plane: Box  # the square of the points; pictures take the same room
    legend: float  # middle of the words below it
    noise: Box | None  # None: not drawn
    said: Box  # what the discriminator says, as a histogram
    said_wide: Box  # the same where no noise is drawn
    distance: Box
    losses: Box
    words: float  # middle of the first line of words below the curves


PAGE: Final = Layout(
    width=1000.0,
    height=526.0,
    scale=ON_PAGE,
    plane=(36.0, 28.0, 446.0, 446.0),
    legend=510.0,
    noise=(566.0, 28.0, 112.0, 112.0),
    said=(728.0, 28.0, 250.0, 112.0),
    said_wide=(566.0, 28.0, 412.0, 112.0),
    distance=(566.0, 194.0, 412.0, 96.0),
    losses=(566.0, 344.0, 412.0, 96.0),
    words=479.0,
)
PROJECTOR: Final = Layout(
    width=1280.0,
    height=656.0,
    scale=ON_PROJECTOR,
    plane=(56.0, 34.0, 556.0, 556.0),
    legend=634.0,
    noise=None,
    said=(724.0, 40.0, 532.0, 118.0),
    said_wide=(724.0, 40.0, 532.0, 118.0),
    distance=(724.0, 236.0, 532.0, 122.0),
    losses=(724.0, 436.0, 532.0, 112.0),
    words=604.0,
)
