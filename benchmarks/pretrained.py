"""Transfer learning: a step of three students at once against plain loops that train one after another."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.recurrent import fastest
from benchmarks.rows import Row, at_least, told
from experiments.pretrained import PretrainedExperiment
from experiments.pretrained_data import inputs
from experiments.pretrained_settings import PretrainedSettings
from experiments.pretrained_students import drawing_network
from models.pretrained import DrawingNetwork
from training.memory import keep_memory

RATE: Final = 1e-3
BATCH_SIZE: Final = 16
HOW: Final = "ten kinds of drawings, 20 of each, batches of 16, Adam; the fastest steps"


def plain_students() -> list[nn.Module]:
    """A head on a frozen body, a pretrained network, and a fresh one, as tutorials make them."""
    frozen, tuned = deepcopy(drawing_network()), deepcopy(drawing_network()).requires_grad_(True)
    frozen.fc, tuned.fc = nn.Linear(frozen.num_features, 10), nn.Linear(frozen.num_features, 10)
    return [frozen, tuned, DrawingNetwork(10)]


def plain_loop(student: Any, dataset: TensorDataset) -> Iterator[None]:
    """One student's loop, a step at a time; features that never change are worked out anew for each batch."""
    optimizer = torch.optim.Adam([one for one in student.parameters() if one.requires_grad], lr=RATE)
    total = 0.0
    while True:
        for x, y in DataLoader(dataset, batch_size=BATCH_SIZE, shuffle=True):
            optimizer.zero_grad()
            loss = F.cross_entropy(student(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
            yield


def measure(*, is_quick: bool) -> list[Row]:
    """How many times as fast a step is here."""
    torch.set_num_threads(1)
    page = PretrainedExperiment(PretrainedSettings(learning_rate=RATE, batch_size=BATCH_SIZE))
    n, seconds = page.pictures.num_train, 4.0 if is_quick else 20.0
    x: Tensor = inputs(page.x[:n]).contiguous()
    loops = [plain_loop(student, TensorDataset(x, page.y[:n])) for student in plain_students()]
    plain: list[Callable[[], None]] = [partial(next, loop) for loop in loops]
    times = fastest(plain, seconds / 2)
    keep_memory()  # cannot be taken back: the plain loops come first
    ours = fastest([page.step], seconds / 2)[0]
    return [
        at_least(1.3, "pretrained: page against three loops", sum(times) / ours, "x", HOW),
        told("pretrained: page's step", 1000 * ours, "ms", "features kept, three students, one backward pass"),
        told("pretrained: three plain steps", 1000 * sum(times), "ms", "DataLoader, .item(), one after another"),
        told("pretrained: plain frozen step", 1000 * times[0], "ms", "features worked out anew each time"),
    ]
