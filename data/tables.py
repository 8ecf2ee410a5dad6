"""Small real tables that come with scikit-learn, and the random data of the lecture.

Shapes: n rows, d inputs.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Final, NamedTuple

import torch
from jaxtyping import Float32, Int64
from sklearn import datasets
from torch import Tensor

from data.dataset import Dataset, seeded, split_mask


class Table(NamedTuple):
    """A table before it is split into training and test rows."""

    raw: Float32[Tensor, "n d"]
    target: Int64[Tensor, " n"] | Float32[Tensor, " n"]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]  # empty for regression
    target_name: str
    source: str


@cache
def iris() -> Table:
    """150 flowers of three species, four lengths each (Fisher 1936)."""
    source = (
        "Fisher (1936), Iris, UCI Machine Learning Repository, doi:10.24432/C56C76, CC BY 4.0; "
        "two values corrected by scikit-learn after Fisher's paper."
    )
    return _table(datasets.load_iris(), "species", source)


@cache
def wine() -> Table:
    """178 wines of three grape varieties of one region, thirteen measurements each."""
    source = "Aeberhard & Forina (1992), Wine, UCI Machine Learning Repository, doi:10.24432/C5PC7J, CC BY 4.0."
    bunch = datasets.load_wine()
    bunch.target_names = ["cultivar 1", "cultivar 2", "cultivar 3"]
    bunch.feature_names = [name.replace("_", " ").replace("od", "OD") for name in bunch.feature_names]
    return _table(bunch, "cultivar", source)


@cache
def breast_cancer() -> Table:
    """569 tumours, thirty measurements of cell nuclei each; 212 are malignant."""
    source = (
        "Wolberg, Mangasarian, Street & Street (1993), Breast Cancer Wisconsin (Diagnostic), "
        "UCI Machine Learning Repository, doi:10.24432/C5DW2B, CC BY 4.0."
    )
    return _table(datasets.load_breast_cancer(), "diagnosis", source)


@cache
def diabetes() -> Table:
    """442 patients, ten measurements each; the target is how far the disease has come after a year."""
    source = (
        "Efron, Hastie, Johnstone & Tibshirani (2004), Least Angle Regression, Annals of Statistics 32, 407-499; "
        "no licence stated, distributed with scikit-learn."
    )
    bunch = datasets.load_diabetes(scaled=False)
    bunch.feature_names = [
        *("age (years)", "sex", "body mass index", "blood pressure", "total cholesterol", "LDL", "HDL"),
        *("cholesterol / HDL", "log triglycerides", "blood sugar"),
    ]
    return _table(bunch, "progression", source, is_regression=True)


@cache
def digits() -> Table:
    """1797 handwritten digits of 8 x 8 pixels, 0 (paper) to 16 (ink)."""
    source = (
        "Alpaydin & Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, "
        "doi:10.24432/C50P49, CC BY 4.0; the test part."
    )
    bunch = datasets.load_digits()
    bunch.feature_names = [f"row {row} col {column}" for row in range(1, 9) for column in range(1, 9)]
    return _table(bunch, "digit", source)


TABLES: Final[dict[str, Callable[[], Table]]] = {
    "iris": iris,
    "wine": wine,
    "breast_cancer": breast_cancer,
    "diabetes": diabetes,
    "digits": digits,
}


def load_table(name: str, *, test_share: float | int, seed: int) -> Dataset:
    """Loads a table and splits it; the tensors are the caller's own.

    Args:
        name: a key of `TABLES`.
        test_share: the share of the rows kept for the test, 0 to 1; classes keep their shares.
        seed: which rows go to the test.

    Raises:
        ValueError: for an unknown name or share.
    """
    if name not in TABLES:
        raise ValueError(f"no table is called {name!r}; there are {', '.join(TABLES)}")
    return _split(name, TABLES[name](), test_share, seeded(seed))


def random_classes(
    *, num_points: int, num_features: int = 20, num_classes: int = 5, test_share: float | int, seed: int
) -> Dataset:
    """The lecture's data as a fixed set: normal inputs and classes that have nothing to do with them.

    A large enough network learns the training rows by heart; on the test rows it can only guess.
    """
    generator = seeded(seed)
    table = Table(
        raw=torch.randn(num_points, num_features, generator=generator),
        target=torch.randint(0, num_classes, (num_points,), generator=generator),
        feature_names=tuple(f"x{index}" for index in range(1, num_features + 1)),
        class_names=tuple(f"class {index}" for index in range(num_classes)),
        target_name="class",
        source="Random numbers from a seed, as in the lecture.",
    )
    return _split("random_classes", table, test_share, generator)


def fresh_random_batch(
    batch_size: int, num_features: int = 20, num_classes: int = 5
) -> tuple[Float32[Tensor, "batch_size num_features"], Int64[Tensor, " batch_size"]]:
    """Draws the lecture's batch: new at every step, from torch's global generator, inputs first.

    Nothing can be learnt from it but the class shares, so the loss stays near log(num_classes).
    """
    return torch.randn(batch_size, num_features), torch.randint(0, num_classes, (batch_size,))


def _table(bunch: Any, target_name: str, source: str, *, is_regression: bool = False) -> Table:
    return Table(
        raw=torch.tensor(bunch.data, dtype=torch.float32),
        target=torch.tensor(bunch.target, dtype=torch.float32 if is_regression else torch.int64),
        feature_names=tuple(str(name) for name in bunch.feature_names),
        class_names=() if is_regression else tuple(str(name) for name in bunch.target_names),
        target_name=target_name,
        source=source,
    )


def _split(name: str, table: Table, test_share: float | int, generator: torch.Generator) -> Dataset:
    is_classes = bool(table.class_names)
    return Dataset(
        name=name,
        task="classification" if is_classes else "regression",
        raw=table.raw.clone(),
        target=table.target.clone(),
        is_test=split_mask(len(table.raw), test_share, generator, table.target if is_classes else None),
        feature_names=table.feature_names,
        class_names=table.class_names,
        target_name=table.target_name,
        source=table.source,
    )
