"""The recurrent networks of the lecture: a training step here against a step of the lecture's loop."""

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from benchmarks.rows import Row, at_least
from data.embedded import embedded
from data.text import TextDataset
from experiments.rnn import RNNExperiment
from experiments.rnn_settings import RNNSettings
from models.lstm import SimpleLSTM
from models.rnn import SimpleRNN

SEQ_LEN: Final = 30
BATCH_SIZE: Final = 32
RATE: Final = 1e-3
HOW: Final = "words of Alice, 32 x 30, embedding 128, hidden 256, Adam; steps in turn, the fastest of each"


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


def measure(is_quick: bool) -> list[Row]:
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
    seconds = 3.0 if is_quick else 15.0
    rows = []
    for limit, name, model, ours in (
        (1.3, "RNN", SimpleRNN(len(dataset.itos)), RNNExperiment(settings)),
        (1.0, "LSTM", SimpleLSTM(len(dataset.itos)), LSTMExperiment(settings)),
    ):
        theirs = lecture_loop(model, dataset)
        ratio = _ratio(lambda: next(theirs), ours.step, seconds)  # noqa: B023 (called at once)
        rows.append(at_least(limit, f"{name}: a step against the lecture's loop", ratio, "x", HOW))
    return rows


def _ratio(theirs: Callable[[], None], ours: Callable[[], None], seconds: float) -> float:
    """The fastest of theirs over the fastest of ours, taken in turn, so that a busy minute meets both."""
    times: dict[int, list[float]] = {0: [], 1: []}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times[1]) < 3:
        for which, step in enumerate((theirs, ours)):
            start = time.perf_counter()
            step()
            times[which].append(time.perf_counter() - start)
    return min(times[0]) / min(times[1])
