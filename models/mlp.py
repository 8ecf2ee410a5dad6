"""Feed-forward network (multilayer perceptron): weighted sums with a bend between them.

Each layer multiplies its input by a matrix, adds a bias and bends the result with an activation function,
h⁽ˡ⁾ = f(W⁽ˡ⁾ h⁽ˡ⁻¹⁾ + b⁽ˡ⁾). Without the bend any stack of layers is one linear map; with it, one
wide hidden layer can approximate every continuous function on a bounded region.

Why it was needed: a single layer cannot separate classes such as XOR (Minsky & Papert, *Perceptrons*, 1969).
Papers: Rumelhart, Hinton & Williams, "Learning representations by back-propagating errors", Nature 323, 1986,
https://doi.org/10.1038/323533a0; Cybenko, "Approximation by superpositions of a sigmoidal function", 1989,
https://doi.org/10.1007/BF02551274; dropout: Srivastava et al., JMLR 15, 2014,
https://jmlr.org/papers/v15/srivastava14a.html.

Differs from the lecture: the activation and the initialisation can be chosen; no hidden layer at all is allowed and
gives the linear model.

Shapes: B batch, D inputs, H units of a hidden layer, K outputs.
"""

import math
from collections.abc import Sequence
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Sine(nn.Module):
    """f(x) = sin x, periodic (Sitzmann et al., "Implicit neural representations with periodic activations", 2020)."""

    def forward(self, x: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
        """The sine of every entry; the shape stays."""
        return torch.sin(x)


ACTIVATIONS: Final[dict[str, type[nn.Module]]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "sine": Sine,
    "identity": nn.Identity,
}

INITIALISATIONS: Final = ("default", "xavier", "he", "orthogonal", "large", "zeros")


class SimpleMLP(nn.Module):
    """The lecture's network: Linear, activation, dropout for each hidden layer, then a Linear to the outputs."""

    def __init__(
        self,
        input_dim: int,
        hidden_dims: Sequence[int] = (128, 64),
        output_dim: int = 10,
        dropout: float | int = 0.1,
        *,
        activation: str = "relu",
        initialisation: str = "default",
    ) -> None:
        """Makes the layers with fresh random weights.

        Args:
            input_dim: D, numbers per example.
            hidden_dims: H of each hidden layer, first to last; empty for a linear model.
            output_dim: K, classes (as logits) or predicted numbers.
            dropout: share of hidden outputs set to 0 in training, 0 to below 1.
            activation: a key of `ACTIVATIONS`.
            initialisation: one of `INITIALISATIONS`; `default` is PyTorch's.

        Raises:
            ValueError: for an unknown activation or initialisation.
        """
        super().__init__()
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation {activation!r} is none of {', '.join(ACTIVATIONS)}")
        self.activation = activation
        dims = [input_dim, *hidden_dims, output_dim]
        linears = [nn.Linear(dims[i], dims[i + 1]) for i in range(len(dims) - 1)]
        for linear in linears:
            initialise(linear, initialisation)
        self.net = nn.Sequential()
        self._assemble(linears, dropout)

    def _assemble(self, linears: Sequence[nn.Linear], dropout: float | int) -> None:
        layers: list[nn.Module] = []
        for linear in linears[:-1]:
            layers += [linear, ACTIVATIONS[self.activation]()]
            if dropout > 0:
                layers.append(nn.Dropout(dropout))
        self.net = nn.Sequential(*layers, linears[-1]).train(self.training)

    def set_dropout(self, dropout: float | int) -> None:
        """Changes the share of dropped outputs; the weights stay."""
        self._assemble(self.linears, dropout)

    @property
    def linears(self) -> list[nn.Linear]:
        """The weighted sums, first to last; the last gives the outputs."""
        return [layer for layer in self.net if isinstance(layer, nn.Linear)]

    def forward(self, x: Float[Tensor, "B D"]) -> Float[Tensor, "B K"]:
        """Logits (or predicted numbers) of a batch."""
        return self.net(x)

    def layer_outputs(self, x: Float[Tensor, "B D"]) -> tuple[list[Float[Tensor, "B _"]], list[Float[Tensor, "B _"]]]:
        """What every layer computes, without dropout.

        Returns:
            Two lists, one entry a layer: the weighted sums z = W h + b, each (B, H) and last (B, K); and the values
            f(z) after the activation, each (B, H), where the last entry is the outputs themselves.
        """
        sums, values = [], []
        activation = ACTIVATIONS[self.activation]()
        for linear in self.linears:
            z = linear(x)  # (B, H)
            x = z if linear is self.linears[-1] else activation(z)
            sums.append(z)
            values.append(x)
        return sums, values


@torch.no_grad()
def initialise(linear: nn.Linear, scheme: str) -> None:
    """Sets the first weights of one layer, in place; biases become 0 except under `default`.

    Args:
        linear: the layer, weight (H, D).
        scheme: `default` uniform ±1/√D (PyTorch); `xavier` uniform, variance 2/(D+H) (Glorot & Bengio 2010); `he`
            normal, variance 2/D (He et al. 2015); `orthogonal` (Saxe et al. 2013); `large` normal, deviation 3;
            `zeros` all equal, so that all units of a layer stay alike for ever.

    Raises:
        ValueError: for an unknown scheme.
    """
    if scheme == "default":
        return
    nn.init.zeros_(linear.bias)
    if scheme == "xavier":
        nn.init.xavier_uniform_(linear.weight)
    elif scheme == "he":
        nn.init.normal_(linear.weight, std=math.sqrt(2 / linear.in_features))
    elif scheme == "orthogonal":
        nn.init.orthogonal_(linear.weight)
    elif scheme == "large":
        nn.init.normal_(linear.weight, std=3.0)
    elif scheme == "zeros":
        nn.init.zeros_(linear.weight)
    else:
        raise ValueError(f"initialisation {scheme!r} is none of {', '.join(INITIALISATIONS)}")
