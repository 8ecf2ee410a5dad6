"""EfficientNet-Lite0 with the weights that Google trained on ImageNet, and how its pictures have to come.

Shapes: B batch, H height and W width of the pictures.
"""

import re
from typing import Final

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from data.extras import weights_file
from experiments.pretrained_shelf import shared
from models.efficientnet import EfficientNetLite0

SIDE: Final = 224  # pixels of the pictures it was trained on
MEAN: Final = 0.498  # of its pictures' values from 0 to 1: 127 of 255
DEVIATION: Final = 0.502  # 128 of 255
# what a part is called in the file, and here
_NAMES: Final = {
    r"^_conv_stem\.": "stem.conv.",
    r"^_bn0\.": "stem.norm.",
    r"^_conv_head\.": "head.conv.",
    r"^_bn1\.": "head.norm.",
    r"^_fc\.": "fc.",
    r"^_blocks\.(\d+)\._expand_conv\.": r"blocks.\1.expand.conv.",
    r"^_blocks\.(\d+)\._bn0\.": r"blocks.\1.expand.norm.",
    r"^_blocks\.(\d+)\._depthwise_conv\.": r"blocks.\1.depthwise.conv.",
    r"^_blocks\.(\d+)\._bn1\.": r"blocks.\1.depthwise.norm.",
    r"^_blocks\.(\d+)\._project_conv\.": r"blocks.\1.project.conv.",
    r"^_blocks\.(\d+)\._bn2\.": r"blocks.\1.project.norm.",
}


def efficientnet() -> EfficientNetLite0:
    """The trained network, which all visitors share; who trains it makes a deep copy.

    Raises:
        MissingExtraError: if its weights are not installed.
    """
    return shared("efficientnet", _load)


def normalised(pixels: UInt8[Tensor, "B 3 H W"]) -> Float[Tensor, "B 3 H W"]:
    """Pictures as the network was trained on them: numbers from about −1 to 1."""
    return (pixels.float() / 255 - MEAN) / DEVIATION


def _load() -> EfficientNetLite0:
    saved = torch.load(weights_file("efficientnet"), map_location="cpu", weights_only=True)
    network = EfficientNetLite0()
    network.load_state_dict({renamed(name): weights for name, weights in saved.items()})
    return network


def renamed(name: str) -> str:
    """What a tensor of the file is called in our network."""
    for pattern, ours in _NAMES.items():
        name, found = re.subn(pattern, ours, name)
        if found:
            break
    return name
