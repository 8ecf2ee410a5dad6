"""What the pictures of the page `mlp` are drawn from."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from experiments.baselines import LossName

Kind = Literal["plane", "curve", "table"]

SHOWN_INPUTS: Final = 10
HISTOGRAM_BINS: Final = 16
HISTOGRAM_ROWS: Final = 500  # examples behind the histograms and the shares of dead and saturated units


@dataclass(frozen=True, eq=False)
class MLPObservation:
    """What the pictures of the feed-forward page are drawn from.

    L counts hidden layers; `units[0]` are the inputs, `units[l]` the shown units of hidden layer l.

    Attributes:
        kind: how units are drawn: over the plane, along a line, or as histograms per class.
        task: whether classes or numbers are predicted.
        loss_name: what is minimised.
        class_names: K names; empty for numbers.
        input_labels: D names.
        widths: number of units of the inputs, each hidden layer, and the outputs.
        units: L+1 arrays: plane (U, R, R) values; curve (U, P) values; table (U, K or 1, bins) shares per class.
        weights: L+1 arrays (H, D) of the whole network.
        biases: L+1 arrays (H,).
        is_frozen: L+1 flags: the layer does not learn.
        map_value: the output over the map: with two classes P(second class) (M, M); with more, P of the winner (M, M);
            numbers (M, M), or (P,) along a curve.
        map_class: (M, M) winning class, None for numbers.
        positions: (N, 2) of every example on the map, training examples first.
        targets: (N,) class, or number as the network predicts it.
        num_train: how many of the N are training examples.
        is_wrong: (N,) misclassified now.
        xlim, ylim, xlabel, ylabel: the map's axes.
        confusion: (K, K) test examples, true class down, predicted class across; None for numbers.
        gradient_norms: L+1 norms of the last step's gradient of each weight matrix; NaN where there is none yet.
        dead_share: L shares of units that are 0 for all examples looked at (ReLU family).
        saturated_share: L shares of outputs in the flat part of tanh or sigmoid.
        report: what was done to the examples before training, a sentence each.
        source: where they come from, and their licence.
    """

    kind: Kind
    task: Literal["classification", "regression"]
    loss_name: LossName
    class_names: tuple[str, ...]
    input_labels: tuple[str, ...]
    widths: tuple[int, ...]
    units: list[np.ndarray]
    weights: list[np.ndarray]
    biases: list[np.ndarray]
    is_frozen: tuple[bool, ...]
    map_value: np.ndarray
    map_class: np.ndarray | None
    positions: np.ndarray
    targets: np.ndarray
    num_train: int
    is_wrong: np.ndarray
    xlim: tuple[float, float]
    ylim: tuple[float, float]
    xlabel: str
    ylabel: str
    confusion: np.ndarray | None
    gradient_norms: tuple[float, ...]
    dead_share: tuple[float, ...]
    saturated_share: tuple[float, ...]
    report: tuple[str, ...]
    source: str


def class_histograms(values: Float[Tensor, "B U"], classes: Tensor | None, num_classes: int) -> np.ndarray:
    """How each unit's values spread, for each class.

    Returns:
        (U, num_classes, HISTOGRAM_BINS) shares of the class in each bin; bins span the unit's own range.
    """
    low, high = values.min(0).values, values.max(0).values
    scaled = (values - low) / (high - low).clamp_min(1e-9)
    bins = (scaled * HISTOGRAM_BINS).long().clamp(0, HISTOGRAM_BINS - 1)  # (B, U)
    num_units = values.shape[1]
    group = torch.zeros(len(values), dtype=torch.long) if classes is None else classes.cpu()
    index = (torch.arange(num_units) * num_classes + group[:, None]) * HISTOGRAM_BINS + bins
    counts = torch.bincount(index.flatten(), minlength=num_units * num_classes * HISTOGRAM_BINS)
    counts = counts.reshape(num_units, num_classes, HISTOGRAM_BINS).float()
    return (counts / counts.sum(2, keepdim=True).clamp_min(1)).numpy()


def num_shown(hidden_dims: tuple[int, ...]) -> int:
    """How many units of a hidden layer are drawn: fewer where there are many layers."""
    return 16 if len(hidden_dims) <= 3 else 8


def tile_size(hidden_dims: tuple[int, ...]) -> int:
    """Cells along each side of a unit's picture: fewer where there are many, to keep a frame small."""
    num_tiles = sum(min(width, num_shown(hidden_dims)) for width in hidden_dims)
    return 20 if num_tiles <= 26 else 12
