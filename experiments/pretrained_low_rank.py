"""What fine-tuning changed in every layer, and how much of the change a low rank holds, page `pretrained`.

Shapes: O outputs and I inputs of a layer's weights as a matrix, R = min(O, I) directions.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from data.dataset import seeded
from experiments.pretrained_judging import Subject, judge, weighty

RANKS: Final = (1, 2, 4, 8)
SHARE: Final = 0.9  # of the squared length of a change, to say how many directions it needs
UNCHANGED: Final = 1e-6  # a change of this share of the weights' length is none


@dataclass(frozen=True, eq=False)
class Change:
    """What fine-tuning added to the weights of one layer.

    Attributes:
        name: of the layer.
        shape: (O, I).
        size: length of the change, as a share of the pretrained weights' length.
        singular: (R,) singular values, largest first.
        chance: (R,) those of a matrix of random numbers with the same shape and length.
    """

    name: str
    shape: tuple[int, int]
    size: float
    singular: Float[np.ndarray, " R"]
    chance: Float[np.ndarray, " R"]

    @property
    def needed(self) -> int:
        """How many directions hold nine tenths of the squared length."""
        return directions_for(self.singular)

    @property
    def needed_by_chance(self) -> int:
        """How many a random matrix needs."""
        return directions_for(self.chance)

    def held(self, rank: int) -> float:
        """The share of the squared length that the best matrix of some rank holds."""
        squares = self.singular**2
        return float(squares[:rank].sum() / max(squares.sum(), 1e-30))


@dataclass(frozen=True)
class Cut:
    """A fine-tuned network whose change was cut to a rank, layer by layer.

    Attributes:
        rank: 0 leaves the pretrained weights, None keeps the whole change.
        accuracy: on the judged pictures.
        loss: on the same, in nats.
        num_weights: numbers that the change takes, r (I + O) for each layer where that is fewer than I·O.
    """

    rank: int | None
    accuracy: float
    loss: float
    num_weights: int


def directions_for(singular: Float[np.ndarray, " R"], share: float = SHARE) -> int:
    """How many of the largest singular values hold a share of the sum of all squares."""
    squares = np.cumsum(singular.astype(np.float64) ** 2)
    return int(np.searchsorted(squares, share * squares[-1] * (1 - 1e-9))) + 1


def differences(before: nn.Module, after: nn.Module) -> dict[str, Float[Tensor, "_ _"]]:
    """What was added to the weights of each layer that both networks have, as matrices.

    Heads are left out: a new task has a head of its own, which starts from nothing.
    """
    old, new = weighty(before), weighty(after)
    shared = [name for name in new if name in old and not _is_head(name, new)]
    return {name: (new[name].weight - old[name].weight).detach().flatten(1) for name in shared}


def _is_head(name: str, layers: dict[str, nn.Linear | nn.Conv2d]) -> bool:
    return name == list(layers)[-1]


def changes(before: Subject, after: Subject) -> tuple[Change, ...]:
    """What fine-tuning added, layer by layer."""
    found = []
    for name, change in differences(before.network, after.network).items():
        noise = torch.randn(change.shape, generator=seeded(0))
        noise *= change.norm() / noise.norm()
        found.append(
            Change(
                name=name,
                shape=(change.shape[0], change.shape[1]),
                size=(change.norm() / weighty(before.network)[name].weight.norm()).item(),
                singular=torch.linalg.svdvals(change).numpy(),
                chance=torch.linalg.svdvals(noise).numpy(),
            )
        )
    return tuple(found)


def has_changed(found: Sequence[Change]) -> bool:
    """Whether there is any change to look at."""
    return any(change.size > UNCHANGED for change in found)


@torch.no_grad()
def cut_to(before: nn.Module, after: nn.Module, rank: int) -> nn.Module:
    """A copy of the fine-tuned network whose changes are the nearest ones of a rank; head and norms stay fine-tuned."""
    network = copy.deepcopy(after)
    layers, old = weighty(network), weighty(before)
    for name, change in differences(before, after).items():
        u, s, v = torch.linalg.svd(change, full_matrices=False)
        nearest = (u[:, :rank] * s[:rank]) @ v[:rank]  # Eckart and Young, 1936
        layers[name].weight.copy_(old[name].weight + nearest.view_as(layers[name].weight))
    return network


def cuts(before: Subject, after: Subject) -> tuple[Cut, ...]:
    """The fine-tuned network without its change, with the change cut to each rank, and with all of it."""
    shapes = [(change.shape[0], change.shape[1]) for change in differences(before.network, after.network).values()]
    found = []
    for rank in (0, *RANKS):
        network = cut_to(before.network, after.network, rank)
        stored = sum(min(rank * (rows + columns), rows * columns) for rows, columns in shapes)
        found.append(Cut(rank, *judge(network, after.x, after.y), stored))
    whole = sum(rows * columns for rows, columns in shapes)
    return (*found, Cut(None, *judge(after.network, after.x, after.y), whole))
