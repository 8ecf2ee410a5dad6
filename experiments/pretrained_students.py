"""The three students of the page `pretrained`, and the networks that they start from.

Shapes: B batch, D features, K classes.
"""

from copy import deepcopy
from functools import cache
from typing import Any, Final, NamedTuple

import torch
from jaxtyping import Float
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor, nn

from data.embedded import embedded
from experiments.pretrained_settings import PHOTOS, Start
from experiments.pretrained_shelf import shared
from experiments.pretrained_vision import efficientnet
from models.efficientnet import EfficientNetLite0
from models.pretrained import DrawingNetwork

FILE: Final = "drawing_network.safetensors"
NUM_KINDS: Final = 335
FRESH_MOMENTUM: Final = 0.1  # of the batch statistics of a network without any


class Frozen(nn.Module):
    """A linear layer on features that never change."""

    def __init__(self, body: Any, fc: nn.Linear) -> None:
        """Puts the layer on a network that was trained on something else.

        Args:
            body: whose features are taken; its weights are none of this network's.
            fc: the layer that learns.
        """
        super().__init__()
        self._body = (body,)  # in a tuple, where torch does not look for weights
        self.fc = fc

    def forward(self, x: Float[Tensor, "B _ H W"]) -> Float[Tensor, "B K"]:
        """Logits of a batch of pictures."""
        with torch.no_grad():
            features = self._body[0].features(x)
        return self.fc(features)


def pretrained(start: Start) -> Any:
    """The network to start from, which all visitors share.

    Raises:
        MissingExtraError: if its weights are not installed.
    """
    return efficientnet() if start == PHOTOS else drawing_network()


def drawing_network() -> DrawingNetwork:
    """The small network that comes with the app; `experiments.pretrained_making` made it."""
    return shared("drawings", _load)


def _load() -> DrawingNetwork:
    network = DrawingNetwork(NUM_KINDS)
    weights = {name: tensor.float() for name, tensor in load_file(embedded(FILE)).items()}
    network.load_state_dict(weights, strict=False)  # how many batches it has seen is not kept
    return network


def with_head(network: Any, fc: nn.Linear) -> Any:
    """A copy of a network that learns, with a copy of another last layer."""
    copy = deepcopy(network).requires_grad_(True)
    copy.fc = deepcopy(fc)
    return copy


def body_of(network: Any) -> dict[str, Tensor]:
    """The weights of a network by name, but for its head."""
    return {name: weight for name, weight in network.named_parameters() if not name.startswith("fc.")}


def fresh(start: Start, fc: nn.Linear) -> Any:
    """The same kind of network with random weights, with a copy of the same last layer."""
    classes = fc.out_features
    network: Any = DrawingNetwork(classes)
    if start == PHOTOS:
        network = EfficientNetLite0(classes, momentum=FRESH_MOMENTUM)
    network.fc = deepcopy(fc)
    return network


class Facts(NamedTuple):
    """What the small network was trained on, and what it reached there.

    Attributes:
        num_kinds: of things.
        num_drawings: that it saw.
        num_held_out: that it did not see, and was judged by.
        accuracy: share of those whose kind came first.
        top_five: share whose kind was among the first five.
    """

    num_kinds: int
    num_drawings: int
    num_held_out: int
    accuracy: float
    top_five: float


@cache
def facts() -> Facts:
    """What stands beside the weights in their file."""
    with safe_open(embedded(FILE), "pt") as file:
        said = file.metadata()
    numbers = [int(said[name]) for name in ("kinds", "drawings", "held_out")]
    return Facts(numbers[0], numbers[1], numbers[2], float(said["accuracy"]), float(said["top5"]))
