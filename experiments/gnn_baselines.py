"""The honest baselines on molecules: counting atoms, and a forest that looks for small patterns. No graph network.

Morgan fingerprints note which surroundings of two bonds occur (Rogers & Hahn, "Extended-connectivity fingerprints",
J. Chem. Inf. Model. 50, 742, 2010); with a random forest they are hard to beat on small sets.

Shapes: G graphs, F numbers for a node, K classes.
"""

import math
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from jaxtyping import Float
from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

from data.dataset import DataError
from data.graphs import Graphs
from data.molecules import parsed
from experiments.baselines import MIN_TRAIN, Baseline, loss_of, score_of

BITS: Final = 1024  # of a fingerprint
RADIUS: Final = 2  # bonds
NUM_TREES: Final = 100
HIDDEN: Final = 64  # units of the network on counts, as many as the lecture's has channels
BATCH: Final = 200  # graphs of a step of it, as scikit-learn has it
UPDATES: Final = 400  # of its weights
MAX_ITERATIONS: Final = 1000  # of the linear model; scaled counts need a few dozen, so nothing warns


@dataclass(frozen=True)
class GraphBaseline(Baseline):
    """How well another model does."""

    test_auc: float  # area under the ROC curve; NaN unless there are two classes


def graph_baselines(graphs: Graphs, *, are_molecules: bool) -> list[GraphBaseline]:
    """Fits the baselines on the training graphs; the same graphs give the same scores.

    Args:
        graphs: with an answer for each graph.
        are_molecules: whether the labels are SMILES, of which fingerprints can be made.

    Returns:
        Guessing without looking, a small network on counts, and for molecules a random forest on fingerprints.

    Raises:
        DataError: if there are too few training graphs, or an answer belongs to a node.
    """
    if graphs.level == "node":
        raise DataError("These baselines are for whole graphs: choose molecules, or rings, under Task.")
    num_train = int(graphs.is_train.sum())
    if num_train < MIN_TRAIN:
        raise DataError(f"Baselines need at least {MIN_TRAIN} training graphs, and there are {num_train}: add some.")
    counts = bags(graphs)
    found = [
        _fitted(graphs, "Always the same answer", _Constant(graphs.task == "classification"), counts),
        _fitted(
            graphs, "Network on counts of atoms" if are_molecules else "Network on counts", _perceptron(graphs), counts
        ),
    ]
    if are_molecules:
        found.append(_fitted(graphs, "Random forest on fingerprints", _forest(graphs), None))
    return found


@lru_cache(maxsize=16)
def bag_loss(graphs: Graphs) -> float:
    """The test loss of a linear model that only counts atoms, or of guessing if that is better.

    Nats for classes; squared error in standard deviations of the training part for numbers.
    """
    counts = bags(graphs)
    models = (_Constant(graphs.task == "classification"), _linear(graphs))
    return min(_fitted(graphs, "", model, counts).test_loss for model in models)


def bags(graphs: Graphs) -> Float[np.ndarray, "G F"]:
    """The numbers of all nodes of a graph, summed: of molecules, how many atoms of each kind there are."""
    sizes = graphs.node_starts.diff().cpu().numpy()
    x = graphs.x.double().cpu().numpy()
    sums: np.ndarray = np.add.reduceat(x, np.cumsum(sizes) - sizes)
    return sums


def fingerprints(graphs: Graphs) -> Float[np.ndarray, "G bits"]:
    """Morgan fingerprints of the molecules, 0 or 1."""
    generator = GetMorganGenerator(radius=RADIUS, fpSize=BITS)
    mols = [mol for mol in map(parsed, graphs.labels) if mol is not None]
    return np.array([generator.GetFingerprintAsNumPy(mol) for mol in mols], dtype=np.float64)


class _Constant:
    """Knows the answers of the training part and never looks at a graph."""

    def __init__(self, is_classes: bool) -> None:
        self._is_classes = is_classes

    def fit(self, x: np.ndarray, y: np.ndarray) -> None:
        self.classes_, counts = np.unique(y, return_counts=True)
        self._shares, self._mean = counts / counts.sum(), float(y.mean())

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        return np.tile(self._shares, (len(x), 1))

    def predict(self, x: np.ndarray) -> np.ndarray:
        return np.full(len(x), self._mean)


class _Perceptron:
    """A network of one hidden layer that reads counts, trained for a fixed number of steps."""

    def __init__(self, is_classes: bool) -> None:
        from sklearn.neural_network import MLPClassifier, MLPRegressor
        from sklearn.preprocessing import StandardScaler

        self._scaler = StandardScaler()
        shape: Any = {"hidden_layer_sizes": (HIDDEN,), "random_state": 0}
        self._model: Any = MLPClassifier(**shape) if is_classes else MLPRegressor(**shape)
        self._is_classes = is_classes

    def fit(self, x: np.ndarray, y: np.ndarray) -> None:
        scaled, self.classes_ = self._scaler.fit_transform(x), np.unique(y)
        known = {"classes": self.classes_} if self._is_classes else {}
        for _ in range(-(-UPDATES // -(-len(x) // BATCH))):
            self._model.partial_fit(scaled, y, **known)

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        chances: np.ndarray = self._model.predict_proba(self._scaler.transform(x))
        return chances

    def predict(self, x: np.ndarray) -> np.ndarray:
        answers: np.ndarray = self._model.predict(self._scaler.transform(x))
        return answers


def _perceptron(graphs: Graphs) -> Any:
    return _Perceptron(graphs.task == "classification")


def _linear(graphs: Graphs) -> Any:
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    is_classes = graphs.task == "classification"
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=MAX_ITERATIONS) if is_classes else Ridge())


def _forest(graphs: Graphs) -> Any:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    kind = RandomForestClassifier if graphs.task == "classification" else RandomForestRegressor
    return kind(NUM_TREES, max_features="sqrt", random_state=0)


def _fitted(graphs: Graphs, name: str, model: Any, x: Float[np.ndarray, "G F"] | None) -> GraphBaseline:
    """Fits a model to the training graphs and judges it; without `x`, on fingerprints, whose making counts as time."""
    begin = time.perf_counter()
    inputs = fingerprints(graphs) if x is None else x
    is_train, is_test = graphs.is_train.cpu().numpy(), graphs.is_test.cpu().numpy()
    y = graphs.y.cpu().numpy()
    is_classes = graphs.task == "classification"
    if not is_classes:
        y = (y - y[is_train].mean()) / (y[is_train].std() or 1.0)
    model.fit(inputs[is_train], y[is_train])
    seconds = time.perf_counter() - begin
    answers = _chances(model, inputs, graphs.num_outputs) if is_classes else model.predict(inputs)
    kind: Any = "cross-entropy" if is_classes else "mse"
    return GraphBaseline(
        name=name,
        train_loss=loss_of(kind, y[is_train], answers[is_train]),
        test_loss=loss_of(kind, y[is_test], answers[is_test]),
        train_score=score_of(y[is_train], answers[is_train]),
        test_score=score_of(y[is_test], answers[is_test]),
        seconds=seconds,
        test_auc=_auc(y[is_test], answers[is_test]),
    )


def _chances(model: Any, x: Float[np.ndarray, "G F"], num_classes: int) -> Float[np.ndarray, "G K"]:
    chances = np.zeros((len(x), num_classes))
    chances[:, model.classes_] = model.predict_proba(x)
    return chances


def _auc(y: np.ndarray, answers: np.ndarray) -> float:
    if answers.ndim == 1 or answers.shape[1] != 2 or len(np.unique(y)) < 2:
        return math.nan
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(y, answers[:, 1]))
