"""What is looked into on demand: how far gradients reach back, eigenvalues, the numbers of a step, what time costs.

Shapes: B sequences, T steps, H units, S symbols.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from data.synthetic import Sequences
from experiments.sequence_experiment import SequenceExperiment
from experiments.sequences import Task, TextTask
from training.turn import use_one_thread

Read = Callable[[Tensor, Any], tuple[Tensor, Any]]

NUM_LOOKED_AT: Final = 32  # sequences whose gradients are averaged
LENGTHS: Final = (8, 16, 32, 64, 128, 256)
BUDGET: Final = 3.0  # seconds that measuring may take
REPEATS: Final = 3
KERNEL: Final = 5
TOP: Final = 10


def gradients_back(read: Read, task: Task, batch: Sequences) -> Float[Tensor, " L"]:
    """Length of the gradient of the last answer's loss by the memory after each step but the last, on average.

    Args:
        read: inputs and memory to outputs and memory, one step at a time.
        task: says what a loss is.
        batch: some sequences.
    """
    memory, kept, outputs = None, [], torch.zeros(0)
    for t in range(batch.inputs.shape[1]):
        outputs, memory = read(batch.inputs[:, t : t + 1], memory)
        parts = (memory,) if isinstance(memory, Tensor) else tuple(memory)
        for part in parts:
            part.retain_grad()
        kept.append(parts)
    last = batch.targets[:, -1]
    if task.takes_numbers:
        loss = (outputs[:, 0] - last).square().sum()
    else:
        loss = F.cross_entropy(outputs[:, 0], last, reduction="sum")
    loss.backward()
    lengths = []
    for parts in kept[:-1]:  # the last memory is not read on
        gradients = [part.grad[0] if part.grad is not None else torch.zeros_like(part[0]) for part in parts]
        lengths.append(torch.cat(gradients, dim=1).norm(dim=1).mean())
    return torch.stack(lengths)


def by_lag(read: Read, task: Task, batch: Sequences) -> np.ndarray:
    """The same by lag: (T - 1,), lag 1 first. Leaves gradients of weights behind."""
    return gradients_back(read, task, batch).flip(0).detach().cpu().numpy()


def looked_at(experiment: SequenceExperiment) -> Sequences:
    """The first test sequences, on the device."""
    return Sequences(*(part[:NUM_LOOKED_AT].to(experiment.device) for part in experiment.task.test))


def live_gradients(experiment: SequenceExperiment) -> np.ndarray:
    """How far the gradients of the network reach back now; the gradients it holds stay as they are."""
    held = [weight.grad for weight in experiment.parameters()]
    for weight in experiment.parameters():
        weight.grad = None  # or what is held would be added to
    with torch.enable_grad():
        found = by_lag(experiment.read, experiment.task, looked_at(experiment))
    for weight, gradient in zip(experiment.parameters(), held, strict=True):
        weight.grad = gradient
    return found


def batch_gradient(experiment: SequenceExperiment) -> float:
    """Length of the gradient of the test sequences by all weights, before clipping; nothing is changed."""
    batch = looked_at(experiment)
    with torch.enable_grad():
        loss = experiment.loss(experiment.read(batch.inputs)[0], batch)
        gradients = torch.autograd.grad(loss, experiment.parameters(), allow_unused=True)
    return torch.cat([one.flatten() for one in gradients if one is not None]).norm().item()


@dataclass(frozen=True)
class Spectrum:
    """Eigenvalues of a recurrent matrix: real and imaginary parts, each (H,)."""

    name: str
    real: np.ndarray
    imaginary: np.ndarray

    @property
    def radius(self) -> float:
        """The largest absolute value."""
        return float(np.hypot(self.real, self.imaginary).max())


GATE_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "RNN": ("U",),
    "GRU": ("reset gate", "update gate", "new memory"),
    "LSTM": ("input gate", "forget gate", "proposal", "output gate"),
}


@torch.no_grad()
def spectra(layer: nn.RNNBase) -> tuple[Spectrum, ...]:
    """The eigenvalues of the recurrent matrices of a layer: one, or one for each gate."""
    matrices = layer.all_weights[0][1].split(layer.hidden_size)
    found = []
    for name, matrix in zip(GATE_NAMES[type(layer).__name__], matrices, strict=True):
        values = torch.linalg.eigvals(matrix.cpu())
        found.append(Spectrum(name, values.real.numpy(), values.imag.numpy()))
    return tuple(found)


@torch.no_grad()
def next_symbols(experiment: SequenceExperiment, prompt: str) -> tuple[tuple[str, ...], np.ndarray]:
    """The likeliest symbols after a prompt, and the chance of each as the settings of the view make it.

    Args:
        experiment: on a text.
        prompt: any text.
    """
    assert isinstance(experiment.task, TextTask)
    text, settings = experiment.task.text, experiment.settings
    ids = text.numbers(prompt)
    ids = ids if len(ids) else text.ids[:1]
    logits = experiment.read(ids[None].to(experiment.device))[0][0, -1].cpu()
    if 0 < settings.top_k < len(logits):
        logits = logits.masked_fill(logits < logits.topk(settings.top_k).values[-1], -torch.inf)
    if settings.temperature:
        chances = (logits / settings.temperature).softmax(0)
    else:
        chances = F.one_hot(logits.argmax(), len(logits)).float()
    best = chances.topk(min(TOP, len(chances)))
    return tuple(text.itos[index] for index in best.indices.tolist()), best.values.numpy()


class Reader(nn.Module):
    """A layer that turns (B, T, H) into (B, T, H), to be timed."""

    def __init__(self, kind: str, width: int) -> None:
        """Makes the layer.

        Args:
            kind: `RNN`, `three RNNs`, `convolution` or `attention`.
            width: H.
        """
        super().__init__()
        self.kind = kind
        self.layer: nn.Module
        if kind == "convolution":
            self.layer = nn.Conv1d(width, width, KERNEL, padding=KERNEL // 2)
        elif kind == "attention":
            self.layer = nn.Linear(width, 3 * width)
        else:
            self.layer = nn.RNN(width, width, num_layers=3 if kind == "three RNNs" else 1, batch_first=True)

    def forward(self, x: Float[Tensor, "B T H"]) -> Float[Tensor, "B T H"]:
        """All steps."""
        if self.kind == "convolution":
            return self.layer(x.transpose(1, 2)).transpose(1, 2)
        if self.kind == "attention":
            query, key, value = self.layer(x)[:, None].chunk(3, dim=3)  # (B, 1, T, H)
            return F.scaled_dot_product_attention(query, key, value, is_causal=True)[:, 0]
        return self.layer(x)[0]


KINDS: Final = ("RNN", "three RNNs", "convolution", "attention")


def time_by_length(width: int, batch_size: int) -> dict[str, np.ndarray]:
    """Milliseconds forward and back for sequences of each of `LENGTHS`: the fastest of a few; NaN where time ran out.

    Args:
        width: H.
        batch_size: B.
    """
    found = {kind: np.full(len(LENGTHS), np.nan) for kind in KINDS}
    use_one_thread()
    begin = time.perf_counter()
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(0)
        readers = {kind: Reader(kind, width) for kind in KINDS}
        for place, length in enumerate(LENGTHS):
            x = torch.randn(batch_size, length, width)
            for kind, reader in readers.items():
                if time.perf_counter() - begin < BUDGET:
                    found[kind][place] = 1000 * min(_seconds(reader, x) for _ in range(REPEATS))
    return found


def _seconds(reader: Reader, x: Float[Tensor, "B T H"]) -> float:
    start = time.perf_counter()
    reader(x).sum().backward()
    return time.perf_counter() - start
