"""The recurrent networks of the lecture: a training step here against a step of the lecture's loop."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from benchmarks.rows import Row, at_least, told
from data.embedded import embedded
from data.text import TextDataset
from experiments.rnn import RNNExperiment
from experiments.rnn_settings import RNNSettings
from models.lstm import SimpleLSTM
from models.rnn import SimpleRNN
from training.memory import keep_memory

SEQ_LEN: Final = 30
BATCH_SIZE: Final = 32
RATE: Final = 1e-3
HOW: Final = "words of Alice, 32 x 30, embedding 128, hidden 256, Adam; the fastest step of each"


class LSTMExperiment(RNNExperiment):
    """The same experiment with the lecture's LSTM in it."""

    def make_network(self) -> Any:
        """The lecture's network."""
        return SimpleLSTM(self.task.num_inputs, self.settings.embed_dim, self.settings.hidden_dim)


def lecture_loop(model: nn.Module, dataset: TextDataset) -> Iterator[None]:
    """The lecture's loop, one step at a time."""
    optimizer, criterion = torch.optim.Adam(model.parameters(), lr=RATE), nn.CrossEntropyLoss()
    total = 0.0
    while True:
        for x, y in DataLoader(dataset, batch_size=BATCH_SIZE, shuffle=True):
            optimizer.zero_grad()
            logits, _ = model(x)
            loss: Tensor = criterion(logits.view(-1, logits.size(-1)), y.view(-1))
            loss.backward()
            optimizer.step()
            total += loss.item()
            yield


def measure(*, is_quick: bool) -> list[Row]:
    """How many times as fast a step is here."""
    torch.set_num_threads(1)
    dataset = TextDataset(embedded("alice.txt"), SEQ_LEN)
    settings = RNNSettings(
        task="Alice",
        level="word",
        seq_len=SEQ_LEN,
        batch_size=BATCH_SIZE,
        embed_dim=128,
        hidden_dim=256,
        learning_rate=RATE,
        clip=0.0,
    )
    seconds = 4.0 if is_quick else 12.0
    rows: list[Row] = []
    loops = {
        "RNN": (1.3, lecture_loop(SimpleRNN(len(dataset.itos)), dataset)),
        "LSTM": (1.0, lecture_loop(SimpleLSTM(len(dataset.itos)), dataset)),
    }
    plain = {name: fastest([partial(next, loop)], seconds / 3)[0] for name, (_, loop) in loops.items()}
    keep_memory()  # cannot be taken back: the plain loops come first
    for (name, (limit, loop)), make in zip(loops.items(), (RNNExperiment, LSTMExperiment), strict=True):
        rows += _compare(name, limit, plain[name], partial(next, loop), make(settings).step, seconds)
    return rows


def _compare(
    name: str, limit: float, plain: float, theirs: Callable[[], None], ours: Callable[[], None], seconds: float
) -> list[Row]:
    """The lecture's step as a plain process takes it against the page's, which keeps its memory."""
    kept, page = fastest([theirs, ours], seconds)
    return [
        at_least(limit, f"{name}: page against lecture", plain / page, "x", HOW),
        told(f"{name}: page's step", 1000 * page, "ms", "batches cut from one row of numbers, fused Adam, memory kept"),
        told(f"{name}: lecture's step", 1000 * plain, "ms", "DataLoader, .item(), Adam"),
        told(f"{name}: lecture's step, memory kept", 1000 * kept, "ms", "the same, with the page's memory setting"),
    ]


def fastest(steps: Sequence[Callable[[], None]], seconds: float) -> list[float]:
    """Processor seconds of the fastest call of each, taken in turn, so that a busy minute meets all."""
    times: list[list[float]] = [[] for _ in steps]
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times[0]) < 4:
        for one, step in zip(times, steps, strict=True):
            start = time.process_time()
            step()
            one.append(time.process_time() - start)
    return [min(one) for one in times]
