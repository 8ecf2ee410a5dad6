"""What attention costs by the length of a sequence, measured here, beside a recurrent network.

Shapes: T places of a sequence.
"""

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from models.attention import MultiHeadAttention
from training.turn import use_one_thread

LENGTHS: Final = (16, 32, 64, 128, 256, 512, 1024)
D_MODEL: Final = 64
N_HEADS: Final = 2
BUDGET: Final = 3.0  # seconds that measuring may take
REPEATS: Final = 7
KINDS: Final = ("attention", "RNN")
NUM_FITTED: Final = 3  # of the longest lengths, where what grows fastest decides


@dataclass(frozen=True)
class Cost:
    """What a forward pass of one sequence costs.

    Attributes:
        milliseconds: by kind, one for each of `LENGTHS`; NaN where time ran out.
        kibibytes: by kind, of the weights of attention, or of the states of the recurrent network.
    """

    milliseconds: dict[str, np.ndarray]
    kibibytes: dict[str, np.ndarray]


@torch.no_grad()
def measure_cost(budget: float = BUDGET) -> Cost:
    """Times one layer of each kind at growing lengths, the shortest time of a few; stops when the time is up.

    What counts is the time of this thread on its processor, so that other visitors' runs do not change it.

    Args:
        budget: seconds; a forward pass that has begun is finished.
    """
    use_one_thread()
    begin = time.perf_counter()
    cost = Cost(*({kind: np.full(len(LENGTHS), np.nan) for kind in KINDS} for _ in range(2)))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layers: dict[str, nn.Module] = {
            "attention": MultiHeadAttention(D_MODEL, N_HEADS),
            "RNN": nn.RNN(D_MODEL, D_MODEL, batch_first=True),
        }
        for place, length in enumerate(LENGTHS):
            x = torch.randn(1, length, D_MODEL)
            for kind, layer in layers.items():
                taken: list[float] = []
                while len(taken) < REPEATS and time.perf_counter() - begin < budget:
                    start = time.thread_time()
                    kept = _kept(layer, x)
                    taken.append(time.thread_time() - start)
                    cost.kibibytes[kind][place] = kept.numel() * kept.element_size() / 1024
                if taken:
                    cost.milliseconds[kind][place] = 1000 * min(taken)
    return cost


def _kept(layer: nn.Module, x: Tensor) -> Tensor:
    """Runs a layer; what it must hold for all places: the weights of attention, the states of a recurrence."""
    out, weights = layer(x)
    return weights if isinstance(layer, MultiHeadAttention) else out


def exponent(values: np.ndarray) -> float:
    """The slope of the longest lengths in a picture with two logarithmic axes: 1 grows like T, 2 like T²."""
    known = np.flatnonzero(np.isfinite(values))[-NUM_FITTED:]
    if len(known) < 2:
        return float("nan")
    return float(np.polyfit(np.log(np.array(LENGTHS)[known]), np.log(values[known]), 1)[0])
