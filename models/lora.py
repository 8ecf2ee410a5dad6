"""Low-rank adaptation (LoRA): a trained layer stays as it is, and a product of two thin matrices is learnt on top.

A layer with the weights W (O rows, I columns) becomes W + (α/r) B A. A has r rows, B has r columns, and only they
learn: r (I + O) numbers instead of I·O. B starts at zero, so the first output is exactly that of the trained layer.
Afterwards the product can be added to W once and for all, and then costs nothing.

Why it was needed: who fine-tunes a large network in full keeps a whole copy of it for every task, and needs the
gradient and the optimiser's memory of every weight while training. The change that fine-tuning makes is often close to
one of low rank; then a thin product says most of it.
Papers: Hu et al., "LoRA: low-rank adaptation of large language models", 2021, https://arxiv.org/abs/2106.09685; why a
few directions may be enough: Aghajanyan, Zettlemoyer & Gupta, 2020, https://arxiv.org/abs/2012.13255; on a rounded
network: Dettmers et al., "QLoRA", 2023, https://arxiv.org/abs/2305.14314.

Differs from the paper: convolutions are adapted, too. Each kernel is one row of W, so A is a convolution to r maps and
B mixes these, place by place. There is no dropout before A. The lecture names the package peft, which does this for
large models, and does not show how.

Shapes: B examples, I inputs of a weight row (for a convolution channels · k · k), O outputs, r rank.
"""

import copy
from collections.abc import Collection

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

Layer = nn.Linear | nn.Conv2d


class LowRank(nn.Module):
    """A linear layer or a convolution whose own weights are frozen, with a product of rank r that learns."""

    def __init__(self, layer: Layer, rank: int, alpha: float | int | None = None) -> None:
        """Wraps a layer; its weights and bias are shared with it and do not learn any more.

        Args:
            layer: the trained one.
            rank: r, at least 1.
            alpha: α; the product is multiplied by α/r. None takes r, so that it is taken as it is.

        Raises:
            ValueError: if the layer is of a kind for which no product is defined here; the message says why.
        """
        super().__init__()
        if rank < 1:
            raise ValueError(f"a rank is at least 1, but it is {rank}")
        if isinstance(layer, nn.Conv2d) and (layer.groups > 1 or layer.padding_mode != "zeros"):
            raise ValueError("a convolution in groups, or padded with something else than zeros, has no low rank here")
        self.layer = layer.requires_grad_(False)
        self.rank, self.scale = rank, (rank if alpha is None else alpha) / rank
        num_outputs, num_inputs = layer.weight.flatten(1).shape
        self.A = nn.Parameter(torch.randn(rank, num_inputs, device=layer.weight.device) / num_inputs**0.5)  # (r, I)
        self.B = nn.Parameter(torch.zeros(num_outputs, rank, device=layer.weight.device))  # (O, r)

    @property
    def num_learning(self) -> int:
        """How many weights learn: r (I + O)."""
        return self.A.numel() + self.B.numel()

    def forward(self, x: Float[Tensor, "B *rest"]) -> Float[Tensor, "B *out"]:
        """What the trained layer gives, and the product's part added."""
        if isinstance(self.layer, nn.Linear):
            return self.layer(x) + self.scale * F.linear(F.linear(x, self.A), self.B)
        conv = self.layer
        down = self.A.view(self.rank, *conv.weight.shape[1:])  # (r, channels, k, k)
        few = F.conv2d(x, down, None, conv.stride, conv.padding, conv.dilation)  # (B, r, h, w)
        return conv(x) + self.scale * F.conv2d(few, self.B[:, :, None, None])  # (B, O, h, w)

    @torch.no_grad()
    def change(self) -> Float[Tensor, "O I"]:
        """What is added to the weights: (α/r) B A."""
        return self.scale * self.B @ self.A

    @torch.no_grad()
    def merged(self) -> Layer:
        """A plain layer with the product added to its weights: the same outputs, and no more work than before."""
        plain = copy.deepcopy(self.layer)
        plain.weight += self.change().view_as(plain.weight)
        return plain.requires_grad_(True)


def adapted(network: nn.Module, rank: int, alpha: float | int | None = None, whole: Collection[str] = ()) -> nn.Module:
    """A copy of a network in which every linear layer and convolution has a low-rank part, and nothing else learns.

    Convolutions in groups stay frozen: a kernel for each map has few weights, and no product of thin matrices is fewer.

    Args:
        network: stays as it is.
        rank: r of every layer.
        alpha: as for `LowRank`.
        whole: names of layers that learn in full instead, such as a head that has to be learnt anew.
    """
    network = copy.deepcopy(network).requires_grad_(False)
    for name, module in list(network.named_modules()):
        if name in whole:
            module.requires_grad_(True)
        elif isinstance(module, nn.Linear) or (isinstance(module, nn.Conv2d) and module.groups == 1):
            _put(network, name, LowRank(module, rank, alpha))
    return network


def merged(network: nn.Module) -> nn.Module:
    """A copy of an adapted network with every product added to its layer: the layers it had before, and no others."""
    network = copy.deepcopy(network)
    for name, module in list(network.named_modules()):
        if isinstance(module, LowRank):
            _put(network, name, module.merged())
    return network


def num_learning(network: nn.Module) -> int:
    """How many weights and biases learn."""
    return sum(weight.numel() for weight in network.parameters() if weight.requires_grad)


def _put(network: nn.Module, name: str, module: nn.Module) -> None:
    """Takes another module in the place of the one of that name."""
    parent, _, last = name.rpartition(".")
    setattr(network.get_submodule(parent), last, module)
