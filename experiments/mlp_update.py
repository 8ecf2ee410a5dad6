"""One update of a feed-forward network, taken apart: forward numbers, loss, gradients, and what moves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from models.mlp import SimpleMLP
from training.arrays import array


@dataclass(frozen=True, eq=False)
class LayerStep:
    """One layer in one update, for B examples. Gradients are of the loss that is minimised, its L1 penalty included.

    Attributes:
        is_frozen: the layer does not learn: its gradients and updates are 0.
        inputs: (B, D) what comes in.
        sums: (B, H) z = W h + b.
        values: (B, H) what goes on to the next layer: f(z), with dropout where there is some.
        deltas: (B, H) ∂loss/∂z.
        weight: (H, D) before the update.
        bias: (H,) before the update.
        weight_gradient: (H, D) ∂loss/∂w.
        bias_gradient: (H,) ∂loss/∂b.
        weight_plain: (H, D) the update of plain gradient descent, −rate · gradient.
        bias_plain: (H,) the same for the bias.
        weight_update: (H, D) the update that the optimiser in force makes.
        bias_update: (H,) the same for the bias.
    """

    is_frozen: bool
    inputs: Float[np.ndarray, "B D"]
    sums: Float[np.ndarray, "B H"]
    values: Float[np.ndarray, "B H"]
    deltas: Float[np.ndarray, "B H"]
    weight: Float[np.ndarray, "H D"]
    bias: Float[np.ndarray, " H"]
    weight_gradient: Float[np.ndarray, "H D"]
    bias_gradient: Float[np.ndarray, " H"]
    weight_plain: Float[np.ndarray, "H D"]
    bias_plain: Float[np.ndarray, " H"]
    weight_update: Float[np.ndarray, "H D"]
    bias_update: Float[np.ndarray, " H"]


@dataclass(frozen=True, eq=False)
class Microscope:
    """One update of all weights.

    Attributes:
        indices: (B,) which examples; empty if they are drawn anew at each step.
        targets: (B,) class, or number as the network predicts it.
        chances: (B, C) of each class in the forward pass; None for numbers.
        loss: of the forward pass, without penalties on weights, with dropout where there is some.
        penalty: the L1 penalty that is added.
        loss_before: of the same examples without dropout, before the update.
        loss_after: and after it.
        rate: the learning rate in force.
        layers: L+1, the last gives the outputs.
    """

    indices: Int[np.ndarray, " _"]
    targets: Int[np.ndarray, " B"] | Float[np.ndarray, " B"]
    chances: Float[np.ndarray, "B C"] | None
    loss: float
    penalty: float
    loss_before: float
    loss_after: float
    rate: float
    layers: tuple[LayerStep, ...]


class Watch:
    """Remembers what flows through every layer in a forward pass, and the gradients that flow back.

    Use it as `with Watch(model) as watch:` around one forward pass.
    """

    def __init__(self, model: SimpleMLP) -> None:
        """Takes the network to watch."""
        self._linears = model.linears
        self.inputs: list[Float[Tensor, "B _"]] = []
        self.sums: list[Float[Tensor, "B _"]] = []

    def __enter__(self) -> "Watch":
        self._hooks = [linear.register_forward_hook(self._note) for linear in self._linears]
        return self

    def __exit__(self, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()

    def _note(self, _: nn.Module, inputs: tuple[Tensor, ...], sums: Tensor) -> None:
        sums.retain_grad()
        self.inputs.append(inputs[0].detach())
        self.sums.append(sums)

    @property
    def outputs(self) -> Float[Tensor, "B K"]:
        """What the last layer gave."""
        return self.sums[-1].detach()

    def layer_steps(self, before: Sequence[nn.Linear], rate: float) -> list[LayerStep]:
        """The layers in order, once the update is made.

        Args:
            before: the layers as they were; those that were watched have moved.
            rate: the learning rate in force.
        """
        values = [*self.inputs[1:], self.outputs]
        return [
            _layer_step(old, new, came, sums, went, rate)
            for old, new, came, sums, went in zip(before, self._linears, self.inputs, self.sums, values, strict=True)
        ]


def _layer_step(
    before: nn.Linear, after: nn.Linear, inputs: Tensor, sums: Tensor, values: Tensor, rate: float
) -> LayerStep:
    weight_gradient, bias_gradient = _gradient(after.weight), _gradient(after.bias)
    return LayerStep(
        is_frozen=not before.weight.requires_grad,
        inputs=array(inputs),
        sums=array(sums),
        values=array(values),
        deltas=array(_gradient(sums)),
        weight=array(before.weight),
        bias=array(before.bias),
        weight_gradient=array(weight_gradient),
        bias_gradient=array(bias_gradient),
        weight_plain=array(-rate * weight_gradient),
        bias_plain=array(-rate * bias_gradient),
        weight_update=array(after.weight - before.weight),
        bias_update=array(after.bias - before.bias),
    )


def _gradient(tensor: Tensor) -> Float[Tensor, "..."]:
    return torch.zeros_like(tensor) if tensor.grad is None else tensor.grad
