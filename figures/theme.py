"""Every colour and size the pictures use, once.

Colour means one thing everywhere: blue is positive, orange is negative, grey is data the network does not train on.
Classes take `CLASSES` in order; the first two are the negative and positive ends of the diverging map, so that a
two-class problem and a signed field look alike. All sets were chosen to stay apart under the common colour-vision
deficiencies (Okabe & Ito 2008, https://jfly.uni-koeln.de/color/), and red never stands against green.
"""

from typing import Final, Literal, NamedTuple

Mode = Literal["light", "dark"]


class Surface(NamedTuple):
    """The neutral colours of one mode, as `#rrggbb`."""

    background: str
    panel: str  # a tile, a card: one shade off the background
    text: str
    muted: str  # axis labels, captions
    hairline: str  # axes, borders
    zero: str  # the middle of the diverging map
    accent: str  # what can be pressed or is chosen; lighter in the dark, so that small numerals stay readable


class Scale(NamedTuple):
    """How large the words and strokes of a live picture are; figures take every size from one of the two below."""

    title: float  # of a part of the picture; all three in scene units
    label: float  # axes, tiles
    note: float  # the smallest
    stroke: float  # lines and points are drawn so many times as thick


ON_PAGE: Final = Scale(title=13.0, label=12.0, note=11.0, stroke=1.0)
ON_PROJECTOR: Final = Scale(title=20.0, label=16.0, note=15.0, stroke=2.0)  # scenes of 720 units a window's height

NEGATIVE: Final = "#e66f00"
POSITIVE: Final = "#0072b2"
ACCENT: Final = POSITIVE
NOT_TRAINED: Final = "#8a8f98"
TRANSPARENT: Final = "rgba(0, 0, 0, 0)"  # lets the page show through, for Plotly, which knows no such name

SURFACES: Final[dict[Mode, Surface]] = {
    "light": Surface("#ffffff", "#f6f7f9", "#1d2129", "#5b6270", "#d5d9e0", "#f2f2f2", POSITIVE),
    "dark": Surface("#11141a", "#1a1e26", "#eceef2", "#a4abb8", "#3a404c", "#23272f", "#3b8fd0"),
}

# Ten, because digits have ten classes; the order keeps neighbours far apart in hue and in lightness.
CLASSES: Final = (
    NEGATIVE,
    POSITIVE,
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#8c5a2b",
    "#f0c419",
    "#6a51a3",
    "#7f7f7f",
    "#00727a",
)

# Magnitudes, from nothing to much: seven stops of a single-hue map, dark end last in light mode.
MAGNITUDE: Final = ("#f2f6fa", "#d0e1f0", "#a3c8e2", "#6aa8d0", "#3586bb", "#12639c", "#08406e")

FONT_FAMILY: Final = "'Source Sans', 'Source Sans Pro', sans-serif"
FONT_SIZE: Final = 14  # px on a page
LINE_WIDTH: Final = 2.0  # px on a page
TRAIN_LINE: Final = ACCENT
TEST_LINE: Final = NEGATIVE
BASELINE_LINE: Final = NOT_TRAINED


def class_colours(num_classes: int) -> tuple[str, ...]:
    """The colours of `num_classes` classes, in order.

    Raises:
        ValueError: for more classes than there are colours that can be told apart.
    """
    if num_classes > len(CLASSES):
        raise ValueError(f"{num_classes} classes, but only {len(CLASSES)} colours that can be told apart")
    return CLASSES[:num_classes]
