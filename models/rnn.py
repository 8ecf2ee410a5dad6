"""Recurrent network: reads a sequence one step at a time and carries a memory along.

At each step the same weights mix what is read with what is remembered, h_t = tanh(W x_t + U h_{t-1} + b); the answer
at a step is read off the memory h_t. The gated unit (GRU) decides at each step how much of the old memory stays.

Why it was needed: a feed-forward network takes inputs of one fixed size and knows no order; sequences have any length,
and what comes later depends on what came before.
Papers: Elman, "Finding structure in time", Cognitive Science 14, 1990, https://doi.org/10.1207/s15516709cog1402_1;
why it forgets: Bengio, Simard & Frasconi, IEEE Trans. Neural Networks 5, 1994, https://doi.org/10.1109/72.279181;
GRU: Cho et al., 2014, https://arxiv.org/abs/1406.1078; identity start: Le, Jaitly & Hinton, 2015,
https://arxiv.org/abs/1504.00941.

Differs from the lecture: the cell can be a GRU; the network can read numbers instead of words; the first recurrent
weights can be chosen. Names, defaults and forward are the lecture's.

Shapes: B batch, T steps, E embedding, H units of the memory, D numbers read at a step, K outputs.
"""

from collections.abc import Sequence
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor, nn

CELLS: Final[dict[str, type[nn.RNN] | type[nn.GRU]]] = {"rnn": nn.RNN, "gru": nn.GRU}
INITIALISATIONS: Final = ("default", "orthogonal", "identity", "random")


class SimpleRNN(nn.Module):
    """The lecture's network: an embedding, one recurrent layer, a linear layer to the outputs."""

    def __init__(
        self,
        vocab_size: int,
        embed_dim: int = 128,
        hidden_dim: int = 256,
        *,
        cell: str = "rnn",
        output_dim: int | None = None,
        takes_numbers: bool = False,
        initialisation: str = "default",
        spectral_radius: float | int = 1.0,
    ) -> None:
        """Makes the layers with fresh random weights.

        Args:
            vocab_size: how many different symbols are read; D if numbers are.
            embed_dim: E, numbers that stand for a symbol.
            hidden_dim: H, units of the memory.
            cell: a key of `CELLS`.
            output_dim: K; as many as there are symbols if left out.
            takes_numbers: reads (B, T, D) numbers instead of (B, T) symbols; `embed` is then a linear layer.
            initialisation: see `initialise`.
            spectral_radius: see `initialise`.
        """
        super().__init__()
        self.embed: nn.Module = (
            nn.Linear(vocab_size, embed_dim) if takes_numbers else nn.Embedding(vocab_size, embed_dim)
        )
        self.rnn = CELLS[cell](embed_dim, hidden_dim, batch_first=True)
        self.fc = nn.Linear(hidden_dim, vocab_size if output_dim is None else output_dim)
        initialise(self.rnn, initialisation, spectral_radius)

    @property
    def layers(self) -> list[nn.RNNBase]:
        """The recurrent layers, first to last."""
        return [self.rnn]

    def forward(
        self, x: Tensor, hidden: Float[Tensor, "1 B H"] | None = None
    ) -> tuple[Float[Tensor, "B T K"], Float[Tensor, "1 B H"]]:
        """Outputs at every step, and the memory after the last.

        Args:
            x: (B, T) symbols, or (B, T, D) numbers.
            hidden: the memory before the first step; 0 if left out.
        """
        x = self.embed(x)  # (B, T, E)
        out, hidden = self.rnn(x, hidden)  # (B, T, H), (1, B, H)
        logits = self.fc(out)  # (B, T, K)
        return logits, hidden


class ManualStackedRNN(nn.Module):
    """The lecture's stack: each recurrent layer reads what the one before says, after a ReLU."""

    def __init__(
        self,
        vocab_size: int,
        embed_dim: int = 128,
        hidden_dims: Sequence[int] = (128, 256, 256),
        *,
        cell: str = "rnn",
        output_dim: int | None = None,
        takes_numbers: bool = False,
        initialisation: str = "default",
        spectral_radius: float | int = 1.0,
    ) -> None:
        """Makes the layers with fresh random weights.

        Args:
            vocab_size: how many different symbols are read; D if numbers are.
            embed_dim: E, numbers that stand for a symbol.
            hidden_dims: H of each recurrent layer, first to last.
            cell: a key of `CELLS`.
            output_dim: K; as many as there are symbols if left out.
            takes_numbers: reads (B, T, D) numbers instead of (B, T) symbols.
            initialisation: see `initialise`.
            spectral_radius: see `initialise`.
        """
        super().__init__()
        self.embed: nn.Module = (
            nn.Linear(vocab_size, embed_dim) if takes_numbers else nn.Embedding(vocab_size, embed_dim)
        )
        dims = [embed_dim, *hidden_dims]
        self.rnns = nn.ModuleList(
            [CELLS[cell](dims[i], dims[i + 1], batch_first=True) for i in range(len(hidden_dims))]
        )
        self.activ = nn.ReLU()
        self.fc = nn.Linear(dims[-1], vocab_size if output_dim is None else output_dim)
        for rnn in self.layers:
            initialise(rnn, initialisation, spectral_radius)

    @property
    def layers(self) -> list[nn.RNNBase]:
        """The recurrent layers, first to last."""
        return [rnn for rnn in self.rnns if isinstance(rnn, nn.RNNBase)]

    def forward(self, x: Tensor) -> Float[Tensor, "B T K"]:
        """Outputs at every step of (B, T) symbols, or of (B, T, D) numbers."""
        return self.read_on(x)[0]

    def read_on(
        self, x: Tensor, hidden: Sequence[Float[Tensor, "1 B _"]] | None = None
    ) -> tuple[Float[Tensor, "B T K"], tuple[Float[Tensor, "1 B _"], ...]]:
        """The same from a given memory of each layer on, and the memories after the last step."""
        x = self.embed(x)  # (B, T, E)
        after = []
        for index, rnn in enumerate(self.rnns):
            x, last = rnn(x, None if hidden is None else hidden[index])  # (B, T, H)
            x = self.activ(x)
            after.append(last)
        return self.fc(x), tuple(after)  # (B, T, K)


@torch.no_grad()
def initialise(rnn: nn.RNNBase, scheme: str, spectral_radius: float | int = 1.0) -> None:
    """Sets the first recurrent weights, in place; a GRU has three such matrices.

    The largest |eigenvalue| of the recurrent matrix, its spectral radius, says whether memories fade (below 1) or
    explode (above 1) from step to step, as long as tanh is not bent.

    Args:
        rnn: a recurrent layer, recurrent weights (H, H) below each other.
        scheme: `default` uniform ±1/√H (PyTorch); `orthogonal` turns memories without stretching them; `identity`
            leaves them as they are; `random` normal. All but the default are scaled to the spectral radius.
        spectral_radius: the largest |eigenvalue| wanted.

    Raises:
        ValueError: for an unknown scheme.
    """
    if scheme not in INITIALISATIONS:
        raise ValueError(f"initialisation {scheme!r} is none of {', '.join(INITIALISATIONS)}")
    if scheme == "default":
        return
    for matrix in rnn.all_weights[0][1].split(rnn.hidden_size):
        if scheme == "orthogonal":
            nn.init.orthogonal_(matrix)
        elif scheme == "identity":
            nn.init.eye_(matrix)
        else:
            nn.init.normal_(matrix)
        matrix.mul_(spectral_radius / torch.linalg.eigvals(matrix).abs().max().clamp_min(1e-12))
