"""What every experiment on points or tables trains on: inputs, targets, and which rows are kept for the test.

Shapes: n rows (points), d inputs.
"""

from dataclasses import dataclass
from typing import Final, Literal

import torch
from jaxtyping import Bool, Float32, Int64
from torch import Tensor

Task = Literal["classification", "regression"]

MAX_CLASSES: Final = 10  # as many as there are colours that can be told apart


class DataError(ValueError):
    """Data that cannot be used; the message is one sentence for the visitor, what is wrong and what to do."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Rows of numbers and what to predict from them.

    Attributes:
        name: the identifier it was asked for by.
        task: whether `target` holds classes or numbers.
        raw: the inputs as measured, before any standardisation, (n, d).
        target: class ids from 0, or numbers, (n).
        is_test: the rows that are kept from training, (n).
        feature_names: one name for each column of `raw`.
        class_names: one name for each class id; empty for regression.
        target_name: what is predicted.
        report: what was done to the data, one sentence each.
        source: where it comes from: citation and licence, one line.
        is_plane: two coordinates within -6..6, to be drawn as the plane.
        is_curve: one input within -6..6, to be drawn as y = f(x).
    """

    name: str
    task: Task
    raw: Float32[Tensor, "n d"]
    target: Int64[Tensor, " n"] | Float32[Tensor, " n"]
    is_test: Bool[Tensor, " n"]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    target_name: str
    report: tuple[str, ...] = ()
    source: str = ""
    is_plane: bool = False
    is_curve: bool = False

    def __post_init__(self) -> None:
        """Asserts what the rest of the house relies on."""
        assert self.raw.dtype == torch.float32
        assert self.raw.shape == (self.num_points, self.num_features)
        assert self.target.shape == self.is_test.shape == (self.num_points,)
        assert bool(self.raw.isfinite().all()), "an input is not a number"
        assert self.num_train > 0, "no row to train on"
        if self.task == "classification":
            assert self.target.dtype == torch.int64
            assert 0 <= int(self.target.min()) <= int(self.target.max()) < self.num_classes
        else:
            assert self.target.dtype == torch.float32
            assert not self.class_names
            assert bool(self.target.isfinite().all()), "a target is not a number"

    @property
    def num_points(self) -> int:
        """How many rows there are, training and test."""
        return len(self.raw)

    @property
    def num_features(self) -> int:
        """How many inputs a row has."""
        return len(self.feature_names)

    @property
    def num_classes(self) -> int:
        """How many classes there are; 0 for regression."""
        return len(self.class_names)

    @property
    def num_train(self) -> int:
        """How many rows are trained on."""
        return self.num_points - self.num_test

    @property
    def num_test(self) -> int:
        """How many rows are kept for the test."""
        return int(self.is_test.sum())


def seeded(seed: int) -> torch.Generator:
    """A random generator of its own, so that a data set never depends on what else is drawn."""
    return torch.Generator().manual_seed(seed)


def split_mask(
    n: int, test_share: float | int, generator: torch.Generator, target: Int64[Tensor, " n"] | None = None
) -> Bool[Tensor, " n"]:
    """Chooses the test rows at random.

    Two rows (as far as there are two) stay for training, and so does one of every class; from four rows on at least
    one is kept for the test. With `target` each class gives its share of the test rows, to within one row.

    Args:
        n: how many rows there are.
        test_share: the share kept for the test, 0 to 1.
        generator: the source of randomness.
        target: class ids to stratify by, (n).

    Returns:
        True for the test rows, (n).

    Raises:
        ValueError: for a share outside 0 to 1.
    """
    if not 0 <= test_share <= 1:
        raise ValueError(f"test_share must be from 0 to 1, but it is {test_share}")
    order = torch.randperm(n, generator=generator)
    num_classes = 0
    if target is not None:
        order = order[_class_quantile(target[order]).argsort(stable=True)]
        num_classes = int((target.bincount() > 0).sum())
    least = 1 if test_share > 0 and n >= 4 else 0
    most = max(n - max(num_classes, min(2, n)), least)
    is_test = torch.zeros(n, dtype=torch.bool)
    is_test[order[: min(max(round(n * test_share), least), most)]] = True
    return is_test


def _class_quantile(target: Int64[Tensor, " n"]) -> Float32[Tensor, " n"]:
    """How far through its own class each row comes, above 0; 1 for the last of each class.

    The rows below a quantile q hold about the share q of every class.
    """
    by_class = target.argsort(stable=True)
    counts = target.bincount()
    first = (counts.cumsum(0) - counts)[target[by_class]]
    rank = torch.empty_like(target)
    rank[by_class] = torch.arange(len(target)) - first
    size = counts[target]
    return torch.where(rank == size - 1, 1.0, (rank + 0.5) / size)


def standardise(
    raw: Float32[Tensor, "n d"], is_test: Bool[Tensor, " n"]
) -> tuple[Float32[Tensor, " d"], Float32[Tensor, " d"]]:
    """Mean and standard deviation of each column, measured on the training rows only.

    Returns:
        `(mean, std)` to be used as `(raw - mean) / std`, in the units of the columns. The deviation of a column
        that does not vary is replaced by 1.
    """
    std, mean = torch.std_mean(raw[~is_test].double(), dim=0, correction=0)
    std = std.float()
    return mean.float(), torch.where(std == 0, 1.0, std)
