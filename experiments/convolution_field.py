"""How far back a cell of the last layer sees: the receptive field of a stack, by formula and by gradient."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import nn

LayerKind = Literal["convolution", "pooling"]
LARGEST: Final = 160  # pixels of a picture on which a field is drawn


@dataclass(frozen=True)
class FieldLayer:
    """One layer of a stack: what is done, K, s and d."""

    kind: LayerKind
    kernel: int
    stride: int = 1
    dilation: int = 1


@dataclass(frozen=True)
class Field:
    """The receptive field after a layer.

    Attributes:
        size: pixels of the input from the first to the last that a cell depends on.
        jump: pixels of the input from one cell to the next.
    """

    size: int
    jump: int


def fields(layers: list[FieldLayer]) -> list[Field]:
    """The receptive field after each layer: r ← r + d(K − 1)·j, then j ← j·s, from r = j = 1 (Araujo et al. 2019)."""
    size, jump, found = 1, 1, []
    for layer in layers:
        size += layer.dilation * (layer.kernel - 1) * jump
        jump *= layer.stride
        found.append(Field(size, jump))
    return found


def gradient(layers: list[FieldLayer]) -> Float[np.ndarray, "R R"]:
    """How much each pixel of the receptive field counts for one cell of the last layer, when all weights are equal.

    Pixels that many windows share count most: the middle (Luo et al. 2016). Poolings take the mean here, so that
    every pixel of a window gets its share.

    Returns:
        The derivative of the cell by each pixel of its field, as a share of the largest; 0 for pixels between the
        weights of dilated kernels.
    """
    size = fields(layers)[-1].size
    stack = nn.Sequential(
        *[nn.Conv2d(1, 1, layer.kernel, layer.stride, dilation=layer.dilation, bias=False) for layer in layers]
    )
    for parameter in stack.parameters():
        nn.init.constant_(parameter, 1 / parameter.numel())
    picture = torch.zeros(1, 1, size, size, requires_grad=True)
    stack(picture).sum().backward()
    assert picture.grad is not None
    found = picture.grad[0, 0].numpy()
    return found / found.max()
