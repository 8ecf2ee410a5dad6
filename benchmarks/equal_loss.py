"""How long until the test loss is as low: the page's default recipe against the lecture's plain loop.

Both sides train the same network from the same first weights on the same examples, on one thread, and are charged
processor time, which other programs on the machine change little. The page's side goes through `Run.advance` and pays
for its own evaluations and checkpoints; the lecture's side is charged for training only.
"""

import time
from statistics import median
from typing import Final

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.rows import Row, at_least, told
from experiments.mlp import MLPExperiment
from experiments.mlp_settings import MLPSettings
from training.run import Run, Stop

TARGETS: Final = {"circle": 0.02, "spiral": 0.1}  # test loss, cross-entropy in nats
PATIENCE: Final = 60.0  # seconds for one start; who has not arrived by then counts with this time
LECTURE_BATCH: Final = 10
LECTURE_RATE: Final = 0.03  # plain SGD


def measure(*, is_quick: bool) -> list[Row]:
    """Circle and spiral without noise, five starts each; with `is_quick`, one start of the circle."""
    torch.set_num_threads(1)
    problems = ("circle",) if is_quick else tuple(TARGETS)
    num_starts = 1 if is_quick else 5
    _page_seconds("circle", 0)  # the first steps of a process load what torch loads late
    return [row for problem in problems for row in _compare(problem, num_starts)]


def _compare(problem: str, num_starts: int) -> list[Row]:
    page, lecture = [], []
    for seed in range(num_starts):
        page.append(_page_seconds(problem, seed))
        lecture.append(_lecture_seconds(problem, seed))
    ours, theirs = median(page), median(lecture)
    target = f"to a test loss of {TARGETS[problem]:g}"
    missed = f"{_num_missed(page)} and {_num_missed(lecture)} not there in {PATIENCE:g} s"
    starts = f"median of {num_starts} starts, {missed}"
    return [
        at_least(20, f"{problem}: page against lecture", theirs / ours, "x", f"processor time {target}; {starts}"),
        told(f"{problem}: page's default recipe", ours, "s", f"Run.advance with its evaluations, {target}"),
        told(
            f"{problem}: lecture's plain loop",
            theirs,
            "s",
            f"DataLoader, .item(), SGD, batch {LECTURE_BATCH}, rate {LECTURE_RATE}, one thread, {target}",
        ),
    ]


def _num_missed(seconds: list[float]) -> int:
    return sum(each >= PATIENCE for each in seconds)


def _settings(problem: str, seed: int) -> MLPSettings:
    return MLPSettings().changed(problem=problem, seed=seed, noise=0.0)


def _page_seconds(problem: str, seed: int) -> float:
    run = Run(MLPExperiment, _settings(problem, seed))
    run.play(Stop(target_loss=TARGETS[problem]))
    begin = time.process_time()
    while run.is_playing and time.process_time() - begin < PATIENCE:
        run.advance()
    return PATIENCE if run.is_playing else time.process_time() - begin


def _lecture_seconds(problem: str, seed: int) -> float:
    torch.manual_seed(seed)  # as a Run does: the same first weights
    experiment = MLPExperiment(_settings(problem, seed))
    n, x, y = experiment.problem.num_train, experiment.problem.x, experiment.problem.y
    loader = DataLoader(TensorDataset(x[:n], y[:n]), batch_size=LECTURE_BATCH, shuffle=True)
    model, criterion = experiment.model, nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=LECTURE_RATE)
    spent, test_loss = 0.0, float("inf")
    while test_loss > TARGETS[problem] and spent < PATIENCE:
        begin = time.process_time()
        _lecture_epoch(model, loader, criterion, optimizer)
        spent += time.process_time() - begin
        with torch.no_grad():
            test_loss = criterion(model(x[n:]), y[n:]).item()
    return min(spent, PATIENCE)


def _lecture_epoch(
    model: nn.Module,
    loader: DataLoader[tuple[torch.Tensor, ...]],
    criterion: nn.Module,
    optimizer: torch.optim.Optimizer,
) -> float:
    """One pass as the lecture writes it."""
    total_loss = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        out = model(x)
        loss = criterion(out, y)
        loss.backward()
        optimizer.step()
        total_loss += loss.item()
    return total_loss / len(loader)
