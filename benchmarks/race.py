"""The page `optimizers`: a step of all seven against what torch's optimisers take alone, and what its picture costs."""

import time
from collections.abc import Callable
from typing import Final

import torch

from benchmarks.rows import Row, at_most, told
from experiments.optimizers import RaceExperiment, make_racer
from experiments.optimizers_settings import NAMES, RaceSettings
from figures.optimizers import race_scene
from models.optimizers import Walker
from training.run import Run, Stop

STEPS: Final = 300
ROUNDS: Final = 9


def measure(*, is_quick: bool) -> list[Row]:
    """All seven racers on the bowl; processor time, which other programs on the machine change little."""
    torch.set_num_threads(1)
    rounds = 2 if is_quick else ROUNDS
    run = Run(RaceExperiment, RaceSettings(racers=NAMES, optimizer="adam"))
    run.play(Stop(steps=STEPS))
    while run.is_playing:
        run.advance()
    experiment, snapshot = run.experiment, run.poll()
    alone = [make_racer(name, Walker(experiment.surface, (1.0, 1.0))) for name in NAMES]
    for optimizer in alone:
        for place in optimizer.param_groups[0]["params"]:
            place.grad = torch.ones(2)
    ours = _seconds(experiment.step, rounds)
    theirs = sum(_seconds(optimizer.step, rounds) for optimizer in alone)

    def draw() -> bytes:
        return race_scene(snapshot.observation, snapshot.history, step=snapshot.step)

    size, drawing = len(draw()), _seconds(draw, rounds, 20)
    how = f"least of {rounds} rounds, processor time, one thread"
    return [
        at_most(
            3.5, "race: a step against torch's seven steps", ours / theirs, "x", f"{how}; slopes, noise, trails too"
        ),
        told("race: a step of all seven", 1e3 * ours, "ms", how),
        at_most(5, "race: drawing the picture", 1e3 * drawing, "ms", f"{how}; seven trails after {STEPS} steps"),
        at_most(14, "race: its packet", size / 1000, "kB", f"seven trails after {STEPS} steps"),
    ]


def _seconds(act: Callable[[], object], rounds: int, times: int = 200) -> float:
    found = []
    for _ in range(rounds):
        begin = time.process_time()
        for _ in range(times):
            act()
        found.append((time.process_time() - begin) / times)
    return min(found)
