"""Looking into networks with attention: all weights of a forward pass, and what changes without a head.

Why it was needed: which head does what can be seen in its weights, but whether it matters only by taking it away.
Papers: heads taken away one by one: Michel, Levy & Neubig, "Are sixteen heads really better than one?", 2019,
https://arxiv.org/abs/1905.10650.

Differs from the paper: heads are silenced one forward pass at a time, nothing is pruned for good.

Shapes: B batch, H heads, T places that ask, S places that are asked.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from models.attention import MultiHeadAttention


def attention_layers(model: nn.Module) -> list[MultiHeadAttention]:
    """All attention of a network, in the order of its modules."""
    return [module for module in model.modules() if isinstance(module, MultiHeadAttention)]


@torch.no_grad()
def attention_weights(model: nn.Module, *inputs: Any, **named: Any) -> list[Float[Tensor, "B H T S"]]:
    """The weights of every attention, in the order in which a forward pass reaches them; without dropout.

    Args:
        model: the network.
        *inputs: what its forward takes.
        **named: the same by name.
    """
    weights: list[Tensor] = []

    def keep(_module: nn.Module, _inputs: Any, output: tuple[Tensor, Tensor]) -> None:
        weights.append(output[1])

    handles = [layer.register_forward_hook(keep) for layer in attention_layers(model)]
    was_training = model.training
    try:
        model.eval()
        model(*inputs, **named)
    finally:
        model.train(was_training)
        for handle in handles:
            handle.remove()
    return weights


@contextmanager
def without_heads(model: nn.Module, heads: Sequence[tuple[int, int]]) -> Iterator[None]:
    """While it lasts, what these heads have found counts as 0.

    Args:
        model: the network.
        heads: (layer, head), where layer counts as in `attention_layers`.
    """
    layers = attention_layers(model)
    handles = []
    for index, head in heads:
        layer = layers[index]

        def silence(_module: nn.Module, inputs: tuple[Tensor], head: int = head, n: int = layer.n_heads) -> Any:
            found = inputs[0].unflatten(-1, (n, -1)).clone()  # (B, T, H, d)
            found[..., head, :] = 0
            return (found.flatten(-2),)

        handles.append(layer.out_proj.register_forward_pre_hook(silence))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
