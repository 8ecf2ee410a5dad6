"""A rare class, with and without weights in the loss: the breast-cancer table with most malignant tumours left out.

The test rows stay as they are. A class weight multiplies the loss of each example of its class; the usual choice makes
all classes count alike, w = N / (K n), n examples of the class among N of K classes.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from data.dataset import standardise
from data.tables import load_table
from models.mlp import SimpleMLP
from training.turn import TURN, RandomState

SEEDS: Final = (0, 1, 2, 3, 4)
NUM_STEPS: Final = 60
RATE: Final = 0.01
MALIGNANT: Final = 0  # as the table counts
TEST_SHARE: Final = 0.5


@dataclass(frozen=True, eq=False)
class Weighted:
    """How one training did, measured on the test rows.

    Attributes:
        is_weighted: whether the rare class counted for more.
        seed: of the split and the network.
        rare_recall: share of the malignant tumours that were found.
        common_recall: share of the benign ones that were called benign.
        accuracy: share of all rows that were right.
    """

    is_weighted: bool
    seed: int
    rare_recall: float
    common_recall: float
    accuracy: float


def class_weights(y: Tensor, num_classes: int) -> Float[Tensor, " K"]:
    """N / (K n) for each class; the weights of all examples together are then N."""
    return len(y) / (num_classes * torch.bincount(y, minlength=num_classes).clamp_min(1))


def training_counts(num_rare: int) -> tuple[int, int]:
    """How many malignant and benign tumours are trained on; every split has as many."""
    dataset = load_table("breast_cancer", test_share=TEST_SHARE, seed=SEEDS[0])
    rows = _thinned(dataset.target, dataset.is_test, num_rare)
    num_malignant = int((dataset.target[rows] == MALIGNANT).sum())
    return num_malignant, len(rows) - num_malignant


def compare_weights(num_rare: int) -> list[Weighted]:
    """Trains with and without weights, on five splits each.

    Args:
        num_rare: malignant tumours left among the training rows, at least 1.
    """
    return [_train(num_rare, seed, is_weighted) for seed in SEEDS for is_weighted in (False, True)]


def _train(num_rare: int, seed: int, is_weighted: bool) -> Weighted:
    with TURN.command(RandomState(seed)):
        dataset = load_table("breast_cancer", test_share=TEST_SHARE, seed=seed)
        rows = _thinned(dataset.target, dataset.is_test, num_rare)
        is_out = torch.ones_like(dataset.is_test)
        is_out[rows] = False
        mean, std = standardise(dataset.raw, is_out)
        x, y = (dataset.raw - mean) / std, dataset.target
        model = SimpleMLP(x.shape[1], (8,), 2, dropout=0)
        weights = class_weights(y[rows], 2) if is_weighted else None
        optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
        for _ in range(NUM_STEPS):
            optimizer.zero_grad()
            F.cross_entropy(model(x[rows]), y[rows], weight=weights).backward()
            optimizer.step()
        with torch.no_grad():
            is_right = (model(x).argmax(1) == y)[dataset.is_test].numpy()
        truth = y[dataset.is_test].numpy()
    recalls = [float(is_right[truth == one].mean()) for one in (MALIGNANT, 1 - MALIGNANT)]
    return Weighted(is_weighted, seed, recalls[0], recalls[1], float(np.mean(is_right)))


def _thinned(y: Tensor, is_test: Tensor, num_rare: int) -> Tensor:
    """The training rows with only the first `num_rare` malignant ones."""
    rare = torch.nonzero((y == MALIGNANT) & ~is_test)[:num_rare, 0]
    common = torch.nonzero((y != MALIGNANT) & ~is_test)[:, 0]
    return torch.cat([rare, common])
