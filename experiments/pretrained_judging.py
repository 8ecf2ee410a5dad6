"""A network held still and what it is judged on, page `pretrained`: what rounding and low rank are measured on.

Measuring takes a copy, so that the run it comes from goes on as if nobody had looked.

Shapes: N pictures, C channels, S side, K classes.
"""

import copy
import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F

from experiments.cnn_data import as_input


@dataclass(frozen=True)
class Subject:
    """A copy of a network at one moment, and the pictures that judge it.

    Two are equal if their weights and pictures are, so that what was measured once need not be measured again.

    Attributes:
        digest: of all weights and pictures.
        network: in evaluation mode; must not be changed.
        x: pictures as the network takes them.
        y: their classes.
    """

    digest: bytes
    network: Any = field(compare=False, repr=False)
    x: Float[Tensor, "N C S S"] = field(compare=False, repr=False)
    y: Int64[Tensor, " N"] = field(compare=False, repr=False)


class Verdict(NamedTuple):
    """How good a network is: the share of pictures it gets right, and its cross-entropy in nats."""

    accuracy: float
    loss: float


def subject_of(network: nn.Module, x: Tensor, y: Int64[Tensor, " N"]) -> Subject:
    """Copies a network and notes what judges it.

    Args:
        network: stays as it is.
        x: pictures, (N, C, S, S), as bytes or as the network takes them.
        y: their classes.
    """
    held = copy.deepcopy(network).cpu().requires_grad_(False).eval()
    x, y = (x if x.is_floating_point() else as_input(x)).cpu(), y.cpu()
    found = hashlib.blake2b(digest_size=16)
    for tensor in (x, y, *held.state_dict().values()):
        found.update(tensor.contiguous().numpy().tobytes())
    return Subject(found.digest(), held, x, y)


@torch.inference_mode()
def judge(network: nn.Module, x: Float[Tensor, "N C S S"], y: Int64[Tensor, " N"]) -> Verdict:
    """Judges a network that is in evaluation mode."""
    logits: Float[Tensor, "N K"] = network(x)
    return Verdict((logits.argmax(1) == y).float().mean().item(), F.cross_entropy(logits, y).item())


@lru_cache(maxsize=32)
def verdict(subject: Subject) -> Verdict:
    """How good the network is as it stands."""
    return judge(subject.network, subject.x, subject.y)


def weighty(network: nn.Module) -> dict[str, nn.Linear | nn.Conv2d]:
    """The linear layers and convolutions of a network by name, in its order: nearly all its weights are theirs."""
    return {name: module for name, module in network.named_modules() if isinstance(module, nn.Linear | nn.Conv2d)}
