"""The encoder of the lecture at the lecture's size: a training step here against a step of the lecture's loop."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.recurrent import fastest
from benchmarks.rows import Row, at_least, told
from experiments.encoder import EncoderExperiment
from experiments.encoder_settings import EncoderSettings
from training.memory import keep_memory

BATCH_SIZE: Final = 32
LENGTH: Final = 64
RATE: Final = 1e-3
HOW: Final = "authors in characters, 32 x 64, width 128, 4 heads, 2 blocks, 256 units, dropout 0.1; the fastest steps"


class LectureEncoder(nn.Module):
    """What the lecture's classifier computes, of PyTorch's ready parts and without a mask."""

    def __init__(self, vocab_size: int, num_classes: int) -> None:
        """Makes the layers of the lecture's size."""
        super().__init__()
        self.symbols, self.places = nn.Embedding(vocab_size, 128), nn.Embedding(100, 128)
        block = nn.TransformerEncoderLayer(128, 4, 256, 0.1, "relu", batch_first=True)
        self.blocks = nn.TransformerEncoder(block, 2, enable_nested_tensor=False)
        self.classes = nn.Linear(128, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T) symbols to (B, K) logits."""
        places = torch.arange(x.shape[1]).expand(len(x), -1)  # (B, T)
        logits: Tensor = self.classes(self.blocks(self.symbols(x) + self.places(places)).mean(1))
        return logits


def lecture_loop(model: nn.Module, dataset: TensorDataset) -> Iterator[None]:
    """The lecture's loop, one step at a time."""
    optimizer, criterion = torch.optim.Adam(model.parameters(), lr=RATE), nn.CrossEntropyLoss()
    total = 0.0
    while True:
        for x, y in DataLoader(dataset, batch_size=BATCH_SIZE, shuffle=True):
            optimizer.zero_grad()
            loss: Tensor = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
            yield


def measure(*, is_quick: bool) -> list[Row]:
    """How many times as fast a step is here."""
    torch.set_num_threads(1)
    settings = EncoderSettings(
        data="authors",
        level="character",
        max_len=LENGTH,
        d_model=128,
        nhead=4,
        num_layers=2,
        dim_feedforward=256,
        dropout=0.1,
        batch_size=BATCH_SIZE,
        learning_rate=RATE,
    )
    page = EncoderExperiment(settings)
    corpus, seconds = page.corpus, 4.0 if is_quick else 20.0
    dataset = TensorDataset(corpus.ids[: corpus.num_train], corpus.labels[: corpus.num_train])
    lecture = partial(next, lecture_loop(LectureEncoder(len(corpus.vocabulary), 5), dataset))
    plain = fastest([lecture], seconds / 2)[0]
    keep_memory()  # cannot be taken back: the plain loop comes first
    before = torch.get_float32_matmul_precision()
    try:
        steps = [lecture, partial(_step, page, "highest"), partial(_step, page, "medium")]
        kept, exact, fast = fastest(steps, seconds / 2)
    finally:
        torch.set_float32_matmul_precision(before)
    return [
        at_least(2.0, "encoder: page against lecture", plain / min(exact, fast), "x", HOW),
        told("encoder: page's step, exact products", 1000 * exact, "ms", "own blocks, byte dropout, fused Adam, mask"),
        told("encoder: page's step, medium products", 1000 * fast, "ms", "the same, matrix products in oneDNN"),
        told("encoder: lecture's step", 1000 * plain, "ms", "DataLoader, .item(), Adam, nn.TransformerEncoder"),
        told("encoder: lecture's step, memory kept", 1000 * kept, "ms", "the same, with the page's memory setting"),
    ]


def _step(experiment: EncoderExperiment, precision: str) -> None:
    """A step whose matrix products are as exact as asked for."""
    torch.set_float32_matmul_precision(precision)
    experiment.step()
