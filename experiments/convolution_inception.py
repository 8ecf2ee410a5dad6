"""What an Inception module costs, layer by layer, with its 1×1 reductions and without: counted on the module itself."""

from dataclasses import dataclass
from typing import Final

import torch
from torch import nn

from models.inception import InceptionModule, Widths

BRANCHES: Final = {
    "one": "1×1",
    "reduce_three": "3×3",
    "three": "3×3",
    "reduce_five": "5×5",
    "five": "5×5",
    "project": "pool",
}
PAPER: Final = Widths(64, 96, 128, 16, 32, 32)  # the first module of Szegedy et al., "3a"
PAPER_CHANNELS: Final = 192
PAPER_SIDE: Final = 28


@dataclass(frozen=True)
class Part:
    """One convolution of a module.

    Attributes:
        branch: the branch it is in: 1×1, 3×3, 5×5 or pool.
        kernel: side of its kernels.
        inputs: channels that come in.
        outputs: channels that go out.
        num_parameters: weights and biases.
        num_macs: multiplications with addition for one picture.
    """

    branch: str
    kernel: int
    inputs: int
    outputs: int
    num_parameters: int
    num_macs: int


@dataclass(frozen=True)
class Bill:
    """A module and what it costs.

    Attributes:
        parts: its convolutions.
        widths: channels that each branch gives, by its name; they add up to the module's output.
    """

    parts: tuple[Part, ...]
    widths: dict[str, int]

    @property
    def num_parameters(self) -> int:
        """Weights and biases of all parts."""
        return sum(part.num_parameters for part in self.parts)

    @property
    def num_macs(self) -> int:
        """Multiplications of all parts for one picture."""
        return sum(part.num_macs for part in self.parts)


def bill(in_channels: int, widths: Widths, side: int, *, is_naive: bool) -> Bill:
    """Builds the module and counts.

    Args:
        in_channels: C, maps that come in.
        widths: channels of each branch.
        side: of the maps, in cells.
        is_naive: without the 1×1 reductions.
    """
    with torch.device("meta"):  # shapes without numbers: nothing is allocated
        module = InceptionModule(in_channels, widths, is_naive=is_naive)
        maps = module.branches(torch.empty(1, in_channels, side, side))
    parts = tuple(
        _part(BRANCHES[name], layer, side) for name, layer in module.named_children() if isinstance(layer, nn.Conv2d)
    )
    return Bill(parts, {name: found.shape[1] for name, found in maps.items()})


def _part(branch: str, layer: nn.Conv2d, side: int) -> Part:
    """Every output cell of a convolution takes one multiplication for each weight of its kernel."""
    return Part(
        branch=branch,
        kernel=layer.kernel_size[0],
        inputs=layer.in_channels,
        outputs=layer.out_channels,
        num_parameters=sum(one.numel() for one in layer.parameters()),
        num_macs=layer.weight.numel() * side * side,
    )
