"""Long short-term memory: a recurrent network with a protected memory and gates that open and close it.

Beside the state h_t that is read off, a cell state c_t runs through time. At each step a forget gate says how much of
it stays, an input gate how much is added, an output gate how much is shown:
c_t = f ⊙ c_{t-1} + i ⊙ g, h_t = o ⊙ tanh(c_t). Where f is near 1, the gradient passes through many steps unharmed.

Why it was needed: the gradients of a plain recurrent network vanish or explode over long spans.
Papers: Hochreiter & Schmidhuber, "Long short-term memory", Neural Computation 9, 1997,
https://doi.org/10.1162/neco.1997.9.8.1735; the forget gate: Gers, Schmidhuber & Cummins, 2000,
https://doi.org/10.1162/089976600300015015; why its bias should begin at 1: Jozefowicz, Zaremba & Sutskever, 2015,
https://proceedings.mlr.press/v37/jozefowicz15.html.

Differs from the lecture: the network can read numbers instead of words; the forget gate's first bias can be chosen;
the gates can be looked at. Names, defaults and forward are the lecture's.

Shapes: B batch, T steps, E embedding, H units of the memory, D numbers read at a step, K outputs.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

Memory = tuple[Float[Tensor, "1 B H"], Float[Tensor, "1 B H"]]


class Gates(NamedTuple):
    """What happens inside an LSTM layer, for every step and unit: the gates from 0 to 1, and the two states.

    Attributes:
        input: i, how much of the proposal is added.
        forget: f, how much of the old cell state stays.
        proposal: g, what might be added, -1 to 1.
        output: o, how much of the cell state is shown.
        cell: c, the protected memory after the step.
        hidden: h, what is shown of it.
    """

    input: Float[Tensor, "B T H"]
    forget: Float[Tensor, "B T H"]
    proposal: Float[Tensor, "B T H"]
    output: Float[Tensor, "B T H"]
    cell: Float[Tensor, "B T H"]
    hidden: Float[Tensor, "B T H"]


class SimpleLSTM(nn.Module):
    """The lecture's network: an embedding, one LSTM layer, a linear layer to the outputs."""

    def __init__(
        self,
        vocab_size: int,
        embed_dim: int = 128,
        hidden_dim: int = 256,
        *,
        output_dim: int | None = None,
        takes_numbers: bool = False,
        forget_bias: float | int | None = None,
    ) -> None:
        """Makes the layers with fresh random weights.

        Args:
            vocab_size: how many different symbols are read; D if numbers are.
            embed_dim: E, numbers that stand for a symbol.
            hidden_dim: H, units of the memory.
            output_dim: K; as many as there are symbols if left out.
            takes_numbers: reads (B, T, D) numbers instead of (B, T) symbols; `embed` is then a linear layer.
            forget_bias: the first bias of the forget gate, high to remember; PyTorch's small random one if left out.
        """
        super().__init__()
        self.embed: nn.Module = (
            nn.Linear(vocab_size, embed_dim) if takes_numbers else nn.Embedding(vocab_size, embed_dim)
        )
        self.lstm = nn.LSTM(embed_dim, hidden_dim, batch_first=True)
        self.fc = nn.Linear(hidden_dim, vocab_size if output_dim is None else output_dim)
        if forget_bias is not None:
            self.set_forget_bias(forget_bias)

    @torch.no_grad()
    def set_forget_bias(self, bias: float | int) -> None:
        """Sets the bias of the forget gate; PyTorch keeps it in two parts, of which one becomes 0."""
        h = self.lstm.hidden_size
        _, _, bias_ih, bias_hh = self.lstm.all_weights[0]
        bias_ih[h : 2 * h] = bias
        bias_hh[h : 2 * h] = 0

    @property
    def layers(self) -> list[nn.RNNBase]:
        """The recurrent layers, first to last."""
        return [self.lstm]

    def forward(self, x: Tensor, hidden: Memory | None = None) -> tuple[Float[Tensor, "B T K"], Memory]:
        """Outputs at every step, and the two states after the last.

        Args:
            x: (B, T) symbols, or (B, T, D) numbers.
            hidden: h and c before the first step; 0 if left out.
        """
        x = self.embed(x)  # (B, T, E)
        out, hidden = self.lstm(x, hidden)  # (B, T, H)
        logits = self.fc(out)  # (B, T, K)
        return logits, hidden

    def gates(self, x: Tensor, hidden: Memory | None = None) -> Gates:
        """The inside of the layer, written out: the same numbers as in `forward`.

        Args:
            x: (B, T) symbols, or (B, T, D) numbers.
            hidden: h and c before the first step; 0 if left out.
        """
        x = self.embed(x)  # (B, T, E)
        h = x.new_zeros(len(x), self.lstm.hidden_size) if hidden is None else hidden[0][0]  # (B, H)
        c = torch.zeros_like(h) if hidden is None else hidden[1][0]  # (B, H)
        weight_ih, weight_hh, bias_ih, bias_hh = self.lstm.all_weights[0]
        from_input = x @ weight_ih.T + bias_ih + bias_hh  # (B, T, 4H)
        steps = []
        for t in range(x.shape[1]):
            sums = from_input[:, t] + h @ weight_hh.T  # (B, 4H)
            i, f, g, o = sums.chunk(4, dim=1)  # each (B, H)
            i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
            c = f * c + i * g
            h = o * c.tanh()
            steps.append((i, f, g, o, c, h))
        return Gates(*(torch.stack(values, dim=1) for values in zip(*steps, strict=True)))
