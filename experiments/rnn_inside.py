"""What the page `rnn` looks into on demand: forgetting beside other cells, and the numbers of one step.

Shapes: T steps, H units, E inputs of a cell.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from data.synthetic import Sequences
from experiments.rnn import RNNExperiment
from experiments.sequence_inside import NUM_LOOKED_AT, Spectrum, by_lag, live_gradients, spectra
from experiments.sequences import Own, make_task
from models.lstm import SimpleLSTM
from models.rnn import SimpleRNN

NOW: Final = "this network now"
FRESH: Final[dict[str, dict[str, Any]]] = {
    "RNN, default start": {},
    "RNN, orthogonal start": {"initialisation": "orthogonal"},
    "GRU": {"cell": "gru"},
    "LSTM": {},
    "LSTM, forget bias 2": {"forget_bias": 2},
}


def forgetting(experiment: RNNExperiment, length: int) -> dict[str, np.ndarray]:
    """How far gradients reach back by lag: fresh cells of the same size, and the network as it is now.

    Args:
        experiment: whose task and sizes are taken.
        length: of the sequences.

    Returns:
        By name: (T - 1,) the length of ∂L_T/∂h_t, lag 1 first.
    """
    settings = experiment.settings
    own: Own | None = experiment.material.get("own")
    longer = settings.changed(seq_len=length)
    task = make_task(longer, own or Own())
    batch = Sequences(*(part[:NUM_LOOKED_AT] for part in task.test))
    sizes: Any = task.num_inputs, settings.embed_dim, settings.hidden_dim
    options: dict[str, Any] = {"output_dim": task.num_outputs, "takes_numbers": task.takes_numbers}
    found = {}
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        for name, change in FRESH.items():
            torch.manual_seed(settings.seed)
            fresh = (SimpleLSTM if name.startswith("LSTM") else SimpleRNN)(*sizes, **{**options, **change})
            found[name] = by_lag(fresh, task, batch)
    held = experiment.task
    experiment.task = task
    try:
        found[NOW] = live_gradients(experiment)
    finally:
        experiment.task = held
    return found


def fresh_spectra(experiment: RNNExperiment, layer: int) -> tuple[Spectrum, ...]:
    """The eigenvalues before the first step: the same seed gives the same weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(experiment.settings.seed)
        first = RNNExperiment(experiment.settings, experiment.material.get("own"))
    return spectra(first.model.layers[layer])


@dataclass(frozen=True)
class Step:
    """One step of one unit in numbers.

    Attributes:
        sign: what is read.
        before: (H,) the memory before.
        read: (E,) what the cell reads of the input.
        from_read, from_memory: (E,), (H,) what each adds to the weighted sum.
        bias: both biases together.
        total: the weighted sum.
        value: the unit's value after the step.
        parts: for a GRU, its gates by name; empty for the plain cell.
    """

    sign: str
    before: np.ndarray
    read: np.ndarray
    from_read: np.ndarray
    from_memory: np.ndarray
    bias: float
    total: float
    value: float
    parts: dict[str, float]


@torch.no_grad()
def one_step(experiment: RNNExperiment, at: int, unit: int) -> Step:
    """The numbers of one unit of the first layer at one step of the sequence shown.

    Args:
        experiment: which is looked into.
        at: the step, from 0.
        unit: from 0.
    """
    inputs = experiment.shown()[0].to(experiment.device)
    layer = experiment.model.layers[0]
    x = experiment.model.embed(inputs)  # (1, T, E)
    states = layer(x)[0][0]  # (T, H)
    before = states[at - 1] if at else torch.zeros_like(states[0])
    weight_ih, weight_hh, bias_ih, bias_hh = layer.all_weights[0]
    parts: dict[str, float] = {}
    row = unit
    if isinstance(layer, nn.GRU):
        parts = _gates(layer, x[0, at], before, unit)
        row = 2 * layer.hidden_size + unit  # the third block proposes the new memory
    from_read, from_memory = weight_ih[row] * x[0, at], weight_hh[row] * before
    bias = (bias_ih[row] + bias_hh[row]).item()
    total = from_read.sum().item() + from_memory.sum().item() + bias
    sign = str(experiment.observe().inputs[at]) if not experiment.task.takes_numbers else ""
    return Step(
        sign, before.numpy(), x[0, at].numpy(), from_read.numpy(), from_memory.numpy(), bias, total,
        states[at, unit].item(), parts,
    )  # fmt: skip


def _gates(layer: nn.GRU, x: Tensor, before: Tensor, unit: int) -> dict[str, float]:
    """Reset gate, update gate and proposal of a unit, as PyTorch's GRU computes them."""
    weight_ih, weight_hh, bias_ih, bias_hh = layer.all_weights[0]
    h = layer.hidden_size
    read, memory = (weight_ih @ x + bias_ih).split(h), (weight_hh @ before + bias_hh).split(h)
    reset, update = (read[0] + memory[0]).sigmoid(), (read[1] + memory[1]).sigmoid()
    proposal = (read[2] + reset * memory[2]).tanh()
    return {
        "reset": reset[unit].item(),
        "update": update[unit].item(),
        "proposal": proposal[unit].item(),
        "before": before[unit].item(),
    }
