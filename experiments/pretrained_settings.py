"""What can be varied on the page `pretrained`."""

from typing import Final, Literal

from training.optimizers import RATES, OptimizerSettings
from training.settings import knob

Data = Literal["drawings", "cats and dogs", "fruit", "own images"]
Start = Literal["drawings of 335 kinds", "photos of 1,000 kinds"]

OWN: Final = "own images"
DRAWINGS: Final = "drawings of 335 kinds"
PHOTOS: Final = "photos of 1,000 kinds"
MOST_PER_CLASS: Final = 80  # training pictures of a class of the largest set here


class PretrainedSettings(OptimizerSettings):
    """Pictures, network and training of the page on pretrained models."""

    data: Data = knob("drawings", "Pictures", "What the three students learn to tell apart.", group="Pictures")
    num_per_class: int = knob(
        20,
        "Pictures a class",
        "Training pictures of each class, at most all there are. The fewer, the more the pretraining is worth.",
        group="Pictures",
        ladder=(1, 2, 5, 10, 20, 50, MOST_PER_CLASS),
        ge=1,
        le=MOST_PER_CLASS,
    )
    start: Start = knob(
        DRAWINGS,
        "Pretrained on",
        "A small network of ours and the drawings it saw, or EfficientNet-Lite0 and ImageNet, which has to be "
        "installed and is slower.",
        group="Network",
    )
    image_size: int = knob(
        64,
        "Size",
        "Side of the pictures in pixels, to which they are scaled; it was trained on 224. Twice the side is four "
        "times the work.",
        group="Network",
        ladder=(32, 48, 64),
        when={"start": (PHOTOS,)},
        ge=32,
        le=64,
    )
    body_share: float = knob(
        0.1,
        "Rate of the body",
        "Share of the learning rate with which fine-tuning moves what was pretrained; the new head takes all of it.",
        group="Training",
        is_live=True,
        ladder=(0.0, 0.01, 0.03, 0.1, 0.3, 1.0),
        ge=0,
        le=1,
    )
    follows_statistics: bool = knob(
        False,
        "Batch statistics follow",
        "Whether normalisation in the fine-tuned network takes means and deviations of each batch, or keeps the old.",
        group="Training",
        is_live=True,
    )
    learning_rate: float = knob(
        1e-3,
        "Learning rate",
        "Size of each step. Too small: hardly moves. Too large: what was pretrained is destroyed.",
        group="Training",
        is_live=True,
        ladder=RATES,
        ge=1e-5,
        le=10,
    )
    batch_size: int = knob(
        16,
        "Batch size",
        "Pictures per step, the same for all three students. EfficientNet-Lite0 takes 4, to be fast enough.",
        group="Training",
        is_live=True,
        ladder=(4, 8, 16, 32),
        when={"start": (DRAWINGS,)},
        ge=4,
        le=32,
    )
    picture: int = knob(
        0,
        "Picture looked at",
        "The test picture that is marked; a click on one of those shown chooses it.",
        group="View",
        is_live=True,
        ge=0,
        le=9999,
    )
