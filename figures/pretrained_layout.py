"""Where the parts of the picture of the page `pretrained` stand: beside the knobs, or alone on a projector."""

from typing import Final, NamedTuple

from figures.scene import Box
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale


class Layout(NamedTuple):
    """Places in scene units."""

    width: float
    height: float
    scale: Scale
    curves: Box  # accuracy over steps
    ends: float  # room right of the curves, for the names at their ends
    map: Box  # the plane of the pretrained features
    legend: Box  # names of the classes
    facts: Box  # what each student is
    tests: Box  # the rows of test pictures
    thumb: float  # side of one of them
    num_tests: int  # how many fit


PAGE: Final = Layout(
    width=1000.0,
    height=526.0,
    scale=ON_PAGE,
    curves=(40.0, 34.0, 424.0, 216.0),
    ends=112.0,
    map=(14.0, 312.0, 292.0, 202.0),
    legend=(316.0, 312.0, 76.0, 202.0),
    facts=(404.0, 312.0, 180.0, 202.0),
    tests=(604.0, 10.0, 388.0, 508.0),
    thumb=48.0,
    num_tests=8,
)
# As wide as a window of 1280x720, and as high as that without the line above it.
PROJECTOR: Final = Layout(
    width=1280.0,
    height=656.0,
    scale=ON_PROJECTOR,
    curves=(60.0, 48.0, 500.0, 266.0),
    ends=150.0,
    map=(16.0, 396.0, 360.0, 246.0),
    legend=(390.0, 396.0, 100.0, 246.0),
    facts=(512.0, 396.0, 220.0, 246.0),
    tests=(756.0, 14.0, 510.0, 634.0),
    thumb=74.0,
    num_tests=6,
)
