"""How fast the convolutional page trains: its step against the lecture's plain loop, and how far it comes on clothes.

Both sides train the lecture's network on the same pictures in batches of 32, on one thread, and are charged processor
time, which other programs on the machine change little. What counts is the fastest step of each round, and of those
the median.
"""

import time
from collections.abc import Callable
from itertools import cycle
from statistics import median
from typing import Any, Final

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.rows import Row, at_least, told
from experiments.cnn import CNNExperiment
from experiments.cnn_data import as_input
from experiments.cnn_network import make_network
from experiments.cnn_settings import CNNSettings
from training.memory import keep_memory
from training.run import Run, Stop

BATCH: Final = 32
WANTED: Final = {28: 1.5, 128: 2.4}
SETS: Final = {28: "fashion", 128: "fruit"}
GOAL: Final = 0.85  # test accuracy on clothes
PATIENCE: Final = 2000  # steps


def measure(*, is_quick: bool) -> list[Row]:
    """Steps of 28×28 grey and 128×128 colour pictures; with `is_quick`, few of them and no training to the end."""
    torch.set_num_threads(1)
    rows = [row for side in SETS for row in _compare(side, 2 if is_quick else 3, 4 if is_quick else 1200 // side)]
    return rows if is_quick else [*rows, _clothes()]


def _compare(side: int, num_rounds: int, num_steps: int) -> list[Row]:
    settings = CNNSettings(data=SETS[side], image_size=side, width=16, batch_size=BATCH)
    lecture = _lecture_step(settings)  # before memory is kept: the plain loop gets what a plain process has
    plain = [_fastest(lecture, num_steps) for _ in range(num_rounds)]
    keep_memory()
    experiment = CNNExperiment(settings)
    pairs = [(_fastest(experiment.step, num_steps), _fastest(lecture, num_steps)) for _ in range(num_rounds)]
    ours, kept = (median(each) for each in zip(*pairs, strict=True))
    name, how = f"{side}×{side} pictures", f"fastest of {num_steps} steps, median of {num_rounds} rounds, batch {BATCH}"
    return [
        at_least(WANTED[side], f"{name}: page against lecture", median(plain) / ours, "x", how),
        told(f"{name}: page's step", 1000 * ours, "ms", "bytes kept, channels last, fused Adam, memory kept"),
        told(f"{name}: lecture's step", 1000 * median(plain), "ms", "DataLoader, .item(), Adam"),
        told(f"{name}: lecture's step, memory kept", 1000 * kept, "ms", "the same, with the page's memory setting"),
    ]


def _fastest(step: Callable[[], Any], num_steps: int) -> float:
    seconds = []
    for _ in range(num_steps):
        began = time.process_time()
        step()
        seconds.append(time.process_time() - began)
    return min(seconds)


def _lecture_step(settings: CNNSettings) -> Callable[[], float]:
    """One step of the loop as the lecture writes it, on tensors that are ready in memory."""
    pictures = CNNExperiment(settings).pictures
    n = pictures.num_train
    x = as_input(pictures.x[:n]).contiguous()
    batches = cycle(DataLoader(TensorDataset(x, pictures.y[:n]), batch_size=BATCH, shuffle=True, drop_last=True))
    model, criterion = make_network(settings, pictures), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def step() -> float:
        images, labels = next(batches)
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return step


def _clothes() -> Row:
    """Seconds of the page's default run until the test accuracy is first as high as it goes with 3,000 pictures."""
    run = Run(CNNExperiment, CNNSettings())
    began = time.process_time()
    best = 0.0
    while best < GOAL and run.step < PATIENCE:
        run.play(Stop(steps=50))
        while run.is_playing:
            run.advance(1.0)
        best = max(best, run.poll().history.last("test_accuracy"))
    seconds = time.process_time() - began
    how = f"best test accuracy {best:.1%} of 400 test pictures after {run.step} steps, with evaluations and checkpoints"
    return told(f"clothes: to {GOAL:.0%} or the best of {PATIENCE} steps", seconds, "s", how)
