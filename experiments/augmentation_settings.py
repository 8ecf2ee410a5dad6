"""What can be varied on the page `augmentation`."""

from typing import Final, Literal

from training.optimizers import RATES, OptimizerSettings
from training.settings import knob

Data = Literal["digits", "fashion", "cats and dogs", "drawings", "fruit", "own images"]

OWN: Final = "own images"


class AugmentationSettings(OptimizerSettings):
    """Pictures, changes, network, training and the altered test of the page on augmentation."""

    data: Data = knob("digits", "Pictures", "What both networks learn to tell apart.", group="Pictures")
    num_train: int = knob(
        200,
        "Training pictures",
        "How many pictures both may learn from, at most all there are. The fewer, the more augmentation has to give.",
        group="Pictures",
        ladder=(20, 50, 100, 200, 500, 1000, 2000, 3000),
        ge=20,
        le=3000,
    )
    image_size: int = knob(
        28,
        "Size",
        "Side of the pictures in pixels, to which they are scaled. Twice the side is four times the work.",
        group="Pictures",
        ladder=(16, 28, 32, 48, 64),
        ge=16,
        le=64,
    )
    crop: float = knob(
        0.8,
        "Crop",
        "Least share of a picture that is kept and scaled up again; 1 keeps all of it.",
        group="Augmentation",
        is_live=True,
        ladder=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
        ge=0.1,
        le=1,
    )
    flip: float = knob(
        0.0,
        "Mirror",
        "Chance of being mirrored left to right: right for a cat, wrong for a letter.",
        group="Augmentation",
        is_live=True,
        ladder=(0.0, 0.1, 0.25, 0.5, 0.75, 1.0),
        ge=0,
        le=1,
    )
    rotation: float = knob(
        15.0,
        "Rotation",
        "Turned by at most so many degrees to either side.",
        group="Augmentation",
        is_live=True,
        ladder=(0.0, 5.0, 10.0, 15.0, 30.0, 45.0, 60.0, 90.0, 135.0, 180.0),
        ge=0,
        le=180,
    )
    shift: float = knob(
        0.0,
        "Shift",
        "Moved by at most this share of the side, in both directions.",
        group="Augmentation",
        is_live=True,
        ladder=(0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5),
        ge=0,
        le=0.5,
    )
    perspective: float = knob(
        0.0,
        "Perspective",
        "Seen at a slant: how far the corners move inwards, as a share of half the side.",
        group="Augmentation",
        is_live=True,
        ladder=(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8),
        ge=0,
        le=0.8,
    )
    jitter: float = knob(
        0.2,
        "Brightness, contrast, colour",
        "Each is multiplied by a number between 1 minus this and 1 plus this.",
        group="Augmentation",
        is_live=True,
        ladder=(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0),
        ge=0,
        le=1,
    )
    blur: float = knob(
        0.0,
        "Blur",
        "Largest standard deviation of the blur, in pixels; 0 leaves it out.",
        group="Augmentation",
        is_live=True,
        ladder=(0.0, 0.5, 1.0, 1.5, 2.0, 3.0),
        ge=0,
        le=3,
    )
    noise: float = knob(
        0.0,
        "Noise",
        "Standard deviation of what is added to each pixel, where black is 0 and white is 1.",
        group="Augmentation",
        is_live=True,
        ladder=(0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5),
        ge=0,
        le=0.5,
    )
    erasing: float = knob(
        0.0,
        "Erasing",
        "Chance of losing a rectangle of 2 to 33 % of the area.",
        group="Augmentation",
        is_live=True,
        ladder=(0.0, 0.1, 0.25, 0.5, 0.75, 1.0),
        ge=0,
        le=1,
    )
    mixing: Literal["none", "mixup", "cutmix"] = knob(
        "none",
        "Mixing",
        "Mixes each picture, and what it is said to be, with another: pixel by pixel, or a rectangle of it.",
        group="Augmentation",
        is_live=True,
    )
    altered_rotation: float = knob(
        30.0,
        "Turned",
        "The altered test pictures are turned by up to so many degrees to either side.",
        group="Altered test",
        is_live=True,
        ladder=(0.0, 5.0, 10.0, 15.0, 30.0, 45.0, 90.0, 180.0),
        ge=0,
        le=180,
    )
    altered_shift: float = knob(
        0.1,
        "Moved",
        "They are moved by up to this share of the side.",
        group="Altered test",
        is_live=True,
        ladder=(0.0, 0.05, 0.1, 0.15, 0.2, 0.3),
        ge=0,
        le=0.3,
    )
    altered_darkness: float = knob(
        0.3,
        "Darkened",
        "They lose up to this share of their brightness.",
        group="Altered test",
        is_live=True,
        ladder=(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 0.9),
        ge=0,
        le=0.9,
    )
    width: int = knob(
        8,
        "Maps of the first",
        "Kernels of the first of two convolutions; the second has twice as many.",
        group="Network",
        ladder=(2, 4, 8, 16),
        ge=2,
        le=16,
    )
    learning_rate: float = knob(
        2e-3,
        "Learning rate",
        "Size of each step. Too small: hardly moves. Too large: jumps over the minimum and may explode.",
        group="Training",
        is_live=True,
        ladder=RATES,
        ge=1e-5,
        le=10,
    )
    batch_size: int = knob(
        16,
        "Batch size",
        "Pictures per step. Small batches give noisy, cheap steps.",
        group="Training",
        is_live=True,
        ladder=(8, 16, 32, 64),
        ge=8,
        le=64,
    )
