"""The lecture's variational autoencoder at its size: a training step here against a step of the lecture's loop."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.recurrent import fastest
from benchmarks.rows import Row, at_least, told
from experiments.vae import VAEExperiment
from experiments.vae_settings import VAESettings
from training.memory import keep_memory

BATCH_SIZE: Final = 128
RATE: Final = 1e-3
HOW: Final = "digits, batches of 128, 784-256-128-64 and back; the fastest steps"


class LectureVAE(nn.Module):
    """What the lecture's class computes, with its sigmoid at the end."""

    def __init__(self) -> None:
        """Makes the layers of the lecture's size."""
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(784, 256), nn.Linear(256, 128)
        self.fc_mu, self.fc_logvar = nn.Linear(128, 64), nn.Linear(128, 64)
        self.fc3, self.fc4, self.fc5 = nn.Linear(64, 128), nn.Linear(128, 256), nn.Linear(256, 784)
        self.activation, self.output_activation = nn.ReLU(), nn.Sigmoid()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, 1, 28, 28) pictures to copies, means and logarithms of variances."""
        h = self.activation(self.fc2(self.activation(self.fc1(x.view(x.size(0), -1)))))
        mu, logvar = self.fc_mu(h), self.fc_logvar(h)
        std = torch.exp(0.5 * logvar)
        z = mu + torch.randn_like(std) * std
        h = self.activation(self.fc4(self.activation(self.fc3(z))))
        return self.output_activation(self.fc5(h)), mu, logvar


def lecture_loop(model: nn.Module, dataset: TensorDataset) -> Iterator[None]:
    """The lecture's loop with the right sign, one step at a time."""
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    total = 0.0
    while True:
        for x, _ in DataLoader(dataset, batch_size=BATCH_SIZE, shuffle=True):
            optimizer.zero_grad()
            copies, mu, logvar = model(x)
            cost = F.binary_cross_entropy(copies, x.view(x.size(0), -1), reduction="sum")
            loss = cost - 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            total += loss.item()
            yield


def measure(*, is_quick: bool) -> list[Row]:
    """How many times as fast a step is here."""
    torch.set_num_threads(1)
    page = VAEExperiment(VAESettings(latent_dim=64, batch_size=BATCH_SIZE, learning_rate=RATE))
    examples, seconds = page.examples, 4.0 if is_quick else 20.0
    n = examples.num_train
    dataset = TensorDataset(examples.x[:n].view(n, 1, 28, 28), examples.y[:n])
    lecture = partial(next, lecture_loop(LectureVAE(), dataset))
    plain = fastest([lecture], seconds / 2)[0]
    keep_memory()  # cannot be taken back: the plain loop comes first
    before = torch.get_float32_matmul_precision()
    try:
        steps = [lecture, partial(_step, page, "highest"), partial(_step, page, "medium")]
        kept, exact, fast = fastest(steps, seconds / 2)
    finally:
        torch.set_float32_matmul_precision(before)
    return [
        at_least(2.0, "vae: page against lecture", plain / min(exact, fast), "x", HOW),
        told("vae: page's step, exact products", 1000 * exact, "ms", "kept batches, loss of logits, fused Adam"),
        told("vae: page's step, medium products", 1000 * fast, "ms", "the same, matrix products in oneDNN"),
        told("vae: lecture's step", 1000 * plain, "ms", "DataLoader, .item(), Adam, sigmoid and its logarithm"),
        told("vae: lecture's step, memory kept", 1000 * kept, "ms", "the same, with the page's memory setting"),
    ]


def _step(experiment: VAEExperiment, precision: str) -> None:
    """A step whose matrix products are as exact as asked for."""
    torch.set_float32_matmul_precision(precision)
    experiment.step()
