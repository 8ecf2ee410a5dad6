"""What can be varied on the page `cnn`."""

from typing import Final, Literal

from training.optimizers import RATES, OptimizerSettings
from training.settings import knob

Data = Literal["fashion", "digits", "cats and dogs", "drawings", "fruit", "own images"]

OWN: Final = "own images"
_CNN: Final = ("cnn",)
_CONVOLUTIONAL: Final = ("cnn", "inception")


class CNNSettings(OptimizerSettings):
    """Pictures, network and training of the convolutional page."""

    data: Data = knob("fashion", "Pictures", "What the network learns to tell apart.", group="Pictures")
    image_size: int = knob(
        28,
        "Size",
        "Side of the pictures in pixels, to which they are scaled. Twice the side is four times the work.",
        group="Pictures",
        ladder=(16, 28, 32, 48, 64, 96, 128),
        ge=16,
        le=128,
    )
    num_train: int = knob(
        3000,
        "Training pictures",
        "How many pictures it may learn from, at most all there are. Few pictures are learnt by heart.",
        group="Pictures",
        ladder=(20, 50, 100, 200, 500, 1000, 2000, 3000),
        ge=20,
        le=3000,
    )
    test_shift: int = knob(
        0,
        "Shift the test pictures",
        "Moves each test picture by so many pixels, to the four sides in turn. Training pictures stay where they are.",
        group="Pictures",
        ge=0,
        le=6,
    )
    has_shuffled_pixels: bool = knob(
        False,
        "Shuffle pixels",
        "Moves the pixels of all pictures around in the same way: nothing is lost, but neighbours are no longer near.",
        group="Pictures",
    )
    architecture: Literal["cnn", "inception", "mlp"] = knob(
        "cnn",
        "Network",
        "Convolutions one after another, several kernel sizes side by side, or no convolution at all.",
        group="Network",
    )
    depth: int = knob(
        2,
        "Convolutions",
        "How many there are, one after another; each is followed by a ReLU and by pooling.",
        group="Network",
        when={"architecture": _CNN},
        ge=1,
        le=4,
    )
    width: int = knob(
        8,
        "Maps of the first",
        "Kernels of the first convolution. Each further one has twice as many as the one before.",
        group="Network",
        ladder=(1, 2, 4, 8, 16, 32),
        when={"architecture": _CNN},
        ge=1,
        le=32,
    )
    kernel_size: int = knob(
        3,
        "Kernel",
        "Side of the kernels in pixels. A kernel of 1 sees no neighbours.",
        group="Network",
        ladder=(1, 3, 5, 7),
        when={"architecture": _CNN},
        ge=1,
        le=7,
    )
    padding: Literal["same", "none"] = knob(
        "same",
        "Padding",
        "Zeros around the maps, so that they keep their size; without, each convolution takes off a border.",
        group="Network",
        when={"architecture": _CNN},
    )
    pooling: Literal["max", "average", "stride", "none"] = knob(
        "max",
        "Pooling",
        "How maps get smaller: the largest or the mean of each 2×2 square, or kernels that skip every second place.",
        group="Network",
        when={"architecture": _CNN},
    )
    use_global_pooling: bool = knob(
        False,
        "Mean of each map at the end",
        "The last layers get one number for each map instead of every place: fewer weights, no memory of where.",
        group="Network",
        when={"architecture": _CNN},
    )
    use_batch_norm: bool = knob(
        False,
        "Batch normalisation",
        "Shifts and scales each map to mean 0 and deviation 1 over the batch: larger learning rates work.",
        group="Network",
        when={"architecture": _CNN},
    )
    dropout: float = knob(
        0.0,
        "Dropout",
        "Share of the values before the fully connected layers set to 0 at random in every training step.",
        group="Network",
        is_live=True,
        ladder=tuple(round(0.1 * i, 1) for i in range(9)),
        ge=0,
        le=0.8,
    )
    learning_rate: float = knob(
        1e-3,
        "Learning rate",
        "Size of each step. Too small: hardly moves. Too large: jumps over the minimum and may explode.",
        group="Training",
        is_live=True,
        ladder=RATES,
        ge=1e-5,
        le=10,
    )
    batch_size: int = knob(
        32,
        "Batch size",
        "Pictures per step. Small batches give noisy, cheap steps.",
        group="Training",
        is_live=True,
        ladder=(1, 2, 4, 8, 16, 32, 64, 128, 256),
        ge=1,
        le=256,
    )
    picture: int = knob(
        0,
        "Picture looked at",
        "The test picture whose way through the network is drawn; a click on one chooses it.",
        group="View",
        is_live=True,
        ge=0,
        le=9999,
    )
