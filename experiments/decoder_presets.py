"""Settings to begin with, and how long they take here."""

import time
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import torch

from experiments.decoder import DecoderExperiment
from experiments.decoder_settings import DecoderSettings

NUM_TIMED: Final = 4  # steps
LECTURE: Final = {
    "d_model": 128,
    "dim_feedforward": 512,
    "dropout": 0.1,
    "is_pre_norm": False,
    "learning_rate": 1e-3,
}


class Preset(NamedTuple):
    """A task with a network that learns it.

    Attributes:
        slug: identifier.
        words: what to expect, in a sentence.
        settings: what differs from the defaults.
        steps: after which there is something to see.
    """

    slug: str
    words: str
    settings: Mapping[str, Any]
    steps: int


PRESETS: Final = {
    "Sort six digits": Preset("sort", "Nearly every problem is answered exactly.", {}, 150),
    "Add two-digit numbers": Preset(
        "add",
        "Most sums are right.",
        {"task": "addition", "num_digits": 2, "d_model": 64, "dim_feedforward": 128},
        1000,
    ),
    "Invent names": Preset(
        "names",
        "Names that nobody has, and that could be.",
        {"task": "baby names", "seq_len": 16, "d_model": 64, "dim_feedforward": 256},
        1000,
    ),
    "Alice at the lecture's size": Preset(
        "books", "Words, and the look of sentences.", {"task": "Alice", "seq_len": 64, **LECTURE}, 1000
    ),
}


def seconds_of_a_step(name: str) -> float:
    """Measures one optimiser update of a preset: the fastest of a few. The state of chance stays as it was."""
    random = torch.get_rng_state()
    experiment = DecoderExperiment(DecoderSettings(**PRESETS[name].settings))
    times = []
    for _ in range(NUM_TIMED):
        begin = time.perf_counter()
        experiment.step()
        times.append(time.perf_counter() - begin)
    torch.set_rng_state(random)
    return min(times)
