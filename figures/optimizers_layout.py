"""Where the parts of the picture of the page `optimizers` stand, and how each racer looks."""

from typing import Final, NamedTuple

from figures.marks import Shape
from figures.scene import Box
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale


class Look(NamedTuple):
    """How one racer is drawn: its name in words, its class colour, its mark."""

    name: str
    colour: int
    shape: Shape
    is_hollow: bool = False


LOOKS: Final = {
    "sgd": Look("SGD", 0, "disc"),
    "momentum": Look("Momentum", 1, "square"),
    "nesterov": Look("Nesterov", 2, "triangle"),
    "rmsprop": Look("RMSprop", 3, "diamond"),
    "adam": Look("Adam", 7, "disc", True),
    "adamw": Look("AdamW", 5, "square", True),
    "adagrad": Look("Adagrad", 9, "cross"),
}


class Layout(NamedTuple):
    """Places in scene units."""

    width: float
    height: float
    scale: Scale
    map: Box
    rates: Box  # the axis of learning rates, or words about the surface
    legend: Box  # a line for each racer
    curves: Box
    lines: tuple[float, float]  # left and top of the update in numbers
    pitch: float  # from one of its lines to the next
    arrows: Box


PAGE: Final = Layout(
    width=1000.0,
    height=526.0,
    scale=ON_PAGE,
    map=(34.0, 24.0, 412.0, 412.0),
    rates=(34.0, 484.0, 412.0, 8.0),
    legend=(470.0, 24.0, 252.0, 19.0),
    curves=(778.0, 26.0, 208.0, 128.0),
    lines=(470.0, 204.0),
    pitch=18.0,
    arrows=(838.0, 222.0, 148.0, 148.0),
)
# As wide as a window of 1280x720, and as high as that without the line above it.
PROJECTOR: Final = Layout(
    width=1280.0,
    height=656.0,
    scale=ON_PROJECTOR,
    map=(44.0, 28.0, 520.0, 520.0),
    rates=(44.0, 606.0, 520.0, 10.0),
    legend=(598.0, 28.0, 330.0, 26.0),
    curves=(996.0, 34.0, 268.0, 160.0),
    lines=(598.0, 262.0),
    pitch=25.0,
    arrows=(1084.0, 282.0, 180.0, 180.0),
)
