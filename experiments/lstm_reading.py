"""What happens inside a recurrent cell while it reads: every signal at every step, and the gradient on its way back.

Shapes: B sequences, T steps, H units, GH rows of all parts.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from models.lstm import SimpleLSTM
from models.rnn import SimpleRNN

RecurrentNetwork = SimpleLSTM | SimpleRNN


class Sums(NamedTuple):
    """The weights behind the sums of a cell, G parts below each other: G = 4 for an LSTM, 3 for a GRU, 1 for an RNN.

    Attributes:
        input: W, what is made of the symbol read.
        hidden: U, what is made of the hidden values before.
        input_bias: the part of the bias that torch keeps with W.
        hidden_bias: the part that it keeps with U.
    """

    input: Float[Tensor, "GH E"]
    hidden: Float[Tensor, "GH H"]
    input_bias: Float[Tensor, " GH"]
    hidden_bias: Float[Tensor, " GH"]


def sums_of(network: RecurrentNetwork) -> Sums:
    """The weights of its recurrent layer."""
    parts: Any = network.layers[0]
    return Sums(parts.weight_ih_l0, parts.weight_hh_l0, parts.bias_ih_l0, parts.bias_hh_l0)


def start_state(network: RecurrentNetwork, batch_size: int, like: Tensor) -> dict[str, Float[Tensor, "B H"]]:
    """The states before the first step: zeros."""
    zeros = like.new_zeros(batch_size, network.layers[0].hidden_size)
    return {"hidden": zeros, "cell": zeros} if isinstance(network, SimpleLSTM) else {"hidden": zeros}


def one_step(
    network: RecurrentNetwork, embedded: Float[Tensor, "B E"], before: Mapping[str, Float[Tensor, "B H"]]
) -> dict[str, Float[Tensor, "B H"]]:
    """Every signal of one step, written out.

    Args:
        network: whose weights.
        embedded: the symbols read, as numbers.
        before: the states of the step before.
    """
    h, sums = before["hidden"], sums_of(network)
    from_input = embedded @ sums.input.T + sums.input_bias  # (B, GH)
    from_before = h @ sums.hidden.T + sums.hidden_bias  # (B, GH)
    if isinstance(network, SimpleLSTM):
        i, f, g, o = (from_input + from_before).chunk(4, dim=1)  # each (B, H)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c = f * before["cell"] + i * g
        return {"forget": f, "input": i, "proposal": g, "output": o, "cell": c, "hidden": o * c.tanh()}
    if isinstance(network.layers[0], nn.GRU):
        (r, z, n), (r2, z2, n2) = from_input.chunk(3, dim=1), from_before.chunk(3, dim=1)
        r, z = (r + r2).sigmoid(), (z + z2).sigmoid()
        n = (n + r * n2).tanh()
        return {"reset": r, "update": z, "proposal": n, "hidden": (1 - z) * n + z * h}
    return {"hidden": (from_input + from_before).tanh()}


@torch.no_grad()
def read(network: RecurrentNetwork, inputs: Tensor) -> dict[str, Float[Tensor, "B T H"]]:
    """Every signal at every step, from empty states on.

    Args:
        network: what reads.
        inputs: (B, T) symbols or (B, T, D) numbers.
    """
    embedded = network.embed(inputs)  # (B, T, E)
    states = start_state(network, len(inputs), embedded)
    steps = []
    for t in range(inputs.shape[1]):
        states = one_step(network, embedded[:, t], states)
        steps.append(states)
    return {name: torch.stack([step[name] for step in steps], dim=1) for name in steps[0]}


def memory_gradients(
    network: RecurrentNetwork, inputs: Tensor, judge: Callable[[Tensor], Tensor]
) -> Float[Tensor, " T"]:
    """How much the loss at the last step depends on the memory at each step: ‖∂L_T/∂c_t‖, for c_T first.

    The norm is taken over the units of a sequence and averaged over the sequences. For a cell without a memory of its
    own it is that of the hidden state.

    Args:
        network: what reads.
        inputs: (B, T) symbols or (B, T, D) numbers.
        judge: the sum of the losses, of the outputs (B, K) at the last step.
    """
    memory = "cell" if isinstance(network, SimpleLSTM) else "hidden"
    embedded = network.embed(inputs)  # (B, T, E)
    states, kept = start_state(network, len(inputs), embedded), []
    for t in range(inputs.shape[1]):
        states = one_step(network, embedded[:, t], states)
        kept.append(states[memory])
    found = torch.autograd.grad(judge(network.fc(states["hidden"])), kept)
    return torch.stack([gradient.norm(dim=1).mean() for gradient in reversed(found)])
