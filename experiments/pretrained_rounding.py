"""What rounding the weights costs a trained network, measured, page `pretrained`.

Shapes: O outputs of a layer, L levels, n weights that share a scale.
"""

import copy
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from torch import nn

from experiments.pretrained_judging import Subject, judge, weighty
from models.quantisation import Form, Per, rounded

BITS: Final = (8, 6, 4, 3, 2)
PERS: Final[tuple[Per, ...]] = ("tensor", "row", "group")
FORMS: Final[tuple[Form, ...]] = ("symmetric", "min-max")
FULL_BITS: Final = 32


@dataclass(frozen=True)
class Cost:
    """A network rounded in one way, and what is left of it.

    Attributes:
        bits: of a weight; 32 is the network as it was trained.
        per: which weights share a scale.
        accuracy: on the judged pictures.
        loss: on the same, in nats.
        num_bytes: of all weights with their scales, and of all that is not rounded.
        error: length of the change of all rounded weights, as a share of their own length.
    """

    bits: int
    per: str
    accuracy: float
    loss: float
    num_bytes: int
    error: float


@dataclass(frozen=True)
class Alone:
    """What it costs to round one layer and leave the others as they are."""

    name: str
    num_weights: int
    accuracy: float
    loss: float
    error: float


@dataclass(frozen=True, eq=False)
class Part:
    """The weights that share one scale, and the levels they are rounded to.

    Attributes:
        weights: as they were learnt.
        values: as they are read back.
        levels: all values they can have.
        scale: distance between two levels.
        num_parts: how many scales the layer has.
        layer: all weights of the layer.
        error: of the whole layer, as a share of its length.
    """

    weights: Float[np.ndarray, " n"]
    values: Float[np.ndarray, " n"]
    levels: Float[np.ndarray, " L"]
    scale: float
    num_parts: int
    layer: Float[np.ndarray, " W"]
    error: float


def round_layers(
    network: nn.Module, bits: int, per: Per, form: Form, names: tuple[str, ...] | None = None
) -> tuple[nn.Module, int, float]:
    """Rounds the weights of a copy; biases and normalisation keep 32 bits.

    Args:
        network: stays as it is.
        bits: of a code.
        per: which weights share a scale.
        form: where the levels lie.
        names: the layers to round; None for all.

    Returns:
        The copy, the bytes that all of it takes, and the error of all rounded weights together.
    """
    network = copy.deepcopy(network)
    num_bytes, changed, length = full_bytes(network), 0.0, 0.0
    for name, layer in weighty(network).items():
        if names is None or name in names:
            found = rounded(layer.weight, bits, per, form)
            num_bytes += found.num_bytes - layer.weight.numel() * FULL_BITS // 8
            own = float(layer.weight.detach().square().sum())
            changed, length = changed + found.error**2 * own, length + own
            layer.weight.data.copy_(found.values)
    return network, num_bytes, float((changed / max(length, 1e-30)) ** 0.5)


def full_bytes(network: nn.Module) -> int:
    """Bytes of all numbers of a network as they were trained: weights, biases and the statistics of normalisation."""
    return sum(one.numel() * one.element_size() for one in network.state_dict().values() if one.is_floating_point())


def costs(subject: Subject, form: Form) -> tuple[Cost, ...]:
    """The network as it is, then rounded to every number of bits with every kind of scale."""
    now = judge(subject.network, subject.x, subject.y)
    found = [Cost(FULL_BITS, "–", *now, full_bytes(subject.network), 0.0)]
    for bits in BITS:
        for per in PERS:
            network, num_bytes, error = round_layers(subject.network, bits, per, form)
            found.append(Cost(bits, per, *judge(network, subject.x, subject.y), num_bytes, error))
    return tuple(found)


def alone(subject: Subject, bits: int, per: Per, form: Form) -> tuple[Alone, ...]:
    """Each layer rounded by itself, the one that raises the loss most first."""
    found = []
    for name, layer in weighty(subject.network).items():
        network, _, error = round_layers(subject.network, bits, per, form, (name,))
        found.append(Alone(name, layer.weight.numel(), *judge(network, subject.x, subject.y), error))
    return tuple(sorted(found, key=lambda one: one.loss, reverse=True))


@torch.no_grad()
def part_of(subject: Subject, name: str, bits: int, per: Per, form: Form, number: int) -> Part:
    """The weights of a layer that share scale `number` (from 0; the last there is, if there are fewer)."""
    weight = weighty(subject.network)[name].weight
    found = rounded(weight, bits, per, form)
    number = min(number, len(found.scales) - 1)
    mine = found.parts == number
    return Part(
        weights=weight[mine].numpy(),
        values=found.values[mine].numpy(),
        levels=found.levels_of(number).numpy(),
        scale=found.scales[number].item(),
        num_parts=len(found.scales),
        layer=weight.flatten().numpy().copy(),
        error=found.error,
    )
