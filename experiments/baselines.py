"""The honest baseline: what boosted trees and a linear model reach on the same examples, without any network.

On tables with good columns, boosted trees are often as good as a network or better, and ready in a second
(Grinsztajn, Oyallon & Varoquaux, "Why do tree-based models still outperform deep learning on tabular data?", 2022).
"""

import time
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from jaxtyping import Float, Int

from data.dataset import DataError, Task

MIN_TRAIN: Final = 20  # with fewer, trees cannot split and a score means nothing
MAX_TREES: Final = 100
MAX_ITERATIONS: Final = 1000  # of the linear model; scaled inputs need about 30, so nothing warns
SMALLEST_CHANCE: Final = 1e-7  # as float32 gives; the logarithm of 0 would be infinite

LossName = Literal["cross-entropy", "bce", "mse", "huber"]


@dataclass(frozen=True, eq=False)
class Examples:
    """What a network is trained and tested on, as arrays; training examples come first.

    Attributes:
        x: (N, D) network inputs.
        y: (N,) class ids, or numbers in the unit the network predicts.
        num_train: how many of the N are trained on.
        num_classes: 0 for numbers.
        loss_name: what the network minimises, so that the losses can be compared.
    """

    x: Float[np.ndarray, "N D"]
    y: Int[np.ndarray, " N"] | Float[np.ndarray, " N"]
    num_train: int
    num_classes: int
    loss_name: LossName

    @property
    def task(self) -> Task:
        """Whether classes or numbers are predicted."""
        return "classification" if self.num_classes else "regression"


@dataclass(frozen=True)
class Baseline:
    """How well one of the other models does; NaN where there is no test example."""

    name: str
    train_loss: float  # the network's own loss, in the unit of its history
    test_loss: float
    train_score: float  # accuracy, or R²
    test_score: float
    seconds: float  # to fit


def fit_baselines(examples: Examples) -> list[Baseline]:
    """Fits boosted trees and a linear model on the training examples. The same examples give the same scores.

    Args:
        examples: the network's own inputs, targets and split.

    Returns:
        Boosted trees first. Both take a second or two at most for tables of the size the pages offer.

    Raises:
        DataError: if there are too few training examples, or only one class among them.
    """
    train_y = examples.y[: examples.num_train]
    if examples.num_train < MIN_TRAIN:
        raise DataError(
            f"Baselines need at least {MIN_TRAIN} training examples, and there are {examples.num_train}: "
            "take more points or a smaller test share."
        )
    if examples.num_classes and len(np.unique(train_y)) < 2:
        raise DataError("Baselines need two classes among the training examples, and there is only one.")
    return [_fitted(name, model, examples) for name, model in _models(examples).items()]


def _models(examples: Examples) -> dict[str, Any]:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    limits = {"max_iter": MAX_TREES, "min_samples_leaf": min(20, examples.num_train // 10), "random_state": 0}
    if examples.task == "regression":
        return {
            "Boosted trees": HistGradientBoostingRegressor(**limits),
            "Linear model": make_pipeline(StandardScaler(), Ridge()),
        }
    return {
        "Boosted trees": HistGradientBoostingClassifier(**limits),
        "Linear model": make_pipeline(StandardScaler(), LogisticRegression(max_iter=MAX_ITERATIONS)),
    }


def _fitted(name: str, model: Any, examples: Examples) -> Baseline:
    n = examples.num_train
    x, begin = examples.x.astype(np.float64), time.perf_counter()
    model.fit(x[:n], examples.y[:n])
    seconds = time.perf_counter() - begin
    answers = _chances(model, x, examples.num_classes) if examples.num_classes else model.predict(x)
    y = examples.y
    return Baseline(
        name=name,
        train_loss=loss_of(examples.loss_name, y[:n], answers[:n]),
        test_loss=loss_of(examples.loss_name, y[n:], answers[n:]),
        train_score=score_of(y[:n], answers[:n]),
        test_score=score_of(y[n:], answers[n:]),
        seconds=seconds,
    )


def _chances(model: Any, x: Float[np.ndarray, "N D"], num_classes: int) -> Float[np.ndarray, "N C"]:
    """What the model says of each class; 0 for a class it has never seen."""
    chances = np.zeros((len(x), num_classes))
    chances[:, model.classes_] = model.predict_proba(x)
    return chances


def loss_of(loss_name: LossName, y: np.ndarray, answers: np.ndarray) -> float:
    """The network's loss for another model's answers.

    Args:
        loss_name: what is measured.
        y: (N,) class ids or numbers.
        answers: (N, C) chances of the classes, or (N,) numbers.

    Returns:
        The mean over the examples; NaN when there is none.
    """
    if not len(y):
        return float("nan")
    if answers.ndim == 1:
        error = np.abs(answers - y)
        return float(np.mean(error**2 if loss_name == "mse" else np.where(error < 1, error**2 / 2, error - 0.5)))
    wanted = np.eye(answers.shape[1])[y]
    if loss_name == "mse":
        return float(np.mean((answers - wanted) ** 2))
    sure = np.clip(answers, SMALLEST_CHANCE, 1 - SMALLEST_CHANCE)
    if loss_name == "cross-entropy":
        return float(-np.mean(np.log(sure[np.arange(len(y)), y])))
    return float(-np.mean(wanted * np.log(sure) + (1 - wanted) * np.log(1 - sure)))


def score_of(y: np.ndarray, answers: np.ndarray) -> float:
    """Accuracy of (N, C) chances, R² of (N,) numbers; NaN when there is no example."""
    if not len(y):
        return float("nan")
    if answers.ndim == 2:
        return float(np.mean(answers.argmax(1) == y))
    spread = float(np.sum((y - y.mean()) ** 2))
    return 1 - float(np.sum((y - answers) ** 2)) / max(spread, 1e-12)
