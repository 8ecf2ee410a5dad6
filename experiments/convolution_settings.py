"""What can be varied on the page `convolution`."""

from typing import Final, Literal

from data.filters import OWN
from training.optimizers import RATES, OptimizerSettings
from training.settings import knob

Filter = Literal[
    "identity",
    "box blur",
    "Gaussian blur",
    "sharpen",
    "Sobel x",
    "Sobel y",
    "Laplacian",
    "emboss",
    "Gabor",
    "your own",
]
Picture = Literal["temple", "flower", "noise", "stripes"]

NUM_TEST: Final = 8  # test crops, of which one is shown


class ConvolutionSettings(OptimizerSettings):
    """Filter to find, the layers that look for it, and their training."""

    filter: Filter = knob(
        "Sobel x", "Filter to find", "What was done to the pictures; the network sees only before and after.",
        group="Problem",
    )  # fmt: skip
    own_kernel: str = knob(
        "0 1 0 / 1 -4 1 / 0 1 0",
        "Your own kernel",
        "Rows apart by a slash, numbers by spaces: 1, 3, 5 or 7 rows of as many numbers.",
        group="Problem",
        when={"filter": (OWN,)},
        max_length=400,
    )
    picture: Picture = knob(
        "temple",
        "Training picture",
        "Where the training crops come from; the test crops always come from another part of the temple.",
        group="Problem",
    )
    kernel_size: int = knob(
        3, "Kernel size", "Weights along each side of a kernel, in pixels.", group="Network", ge=1, le=7
    )
    depth: int = knob(
        1, "Layers", "Convolutions in a row, without a bend: together one larger kernel.", group="Network", ge=1, le=3
    )
    channels: int = knob(
        1,
        "Maps between layers",
        "With one, two small kernels can only make kernels that are their product; more maps add such products up.",
        group="Network",
        when={"depth": (2, 3)},
        ge=1,
        le=4,
    )
    stride: int = knob(
        1, "Stride", "Pixels from one window to the next: 2 keeps every second answer.", group="Network", ge=1, le=4
    )
    dilation: int = knob(
        1, "Dilation", "Pixels from one weight to the next: wider view, same number of weights.", group="Network",
        ge=1, le=3,
    )  # fmt: skip
    padding: Literal["zeros", "mirror", "repeat", "none"] = knob(
        "none",
        "Padding",
        "What stands beyond the border: middle grey, the mirrored picture, its last pixel, or nothing, and the map "
        "shrinks.",
        group="Network",
    )
    learning_rate: float = knob(
        0.03,
        "Learning rate",
        "Size of each step. Too small: hardly moves. Too large: jumps over the minimum and may explode.",
        group="Training",
        is_live=True,
        ladder=RATES,
        ge=1e-5,
        le=10,
    )
    batch_size: int = knob(
        4,
        "Batch size",
        "Crops looked at for one step: more give a steadier direction and take longer.",
        group="Training",
        is_live=True,
        ladder=(1, 2, 4, 8, 16),
        ge=1,
        le=16,
    )
    shown: int = knob(
        1, "Picture shown", "Which of the test crops stands in the live picture.", group="View", is_live=True,
        ge=1, le=NUM_TEST,
    )  # fmt: skip
