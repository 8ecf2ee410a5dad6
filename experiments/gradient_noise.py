"""How far the gradient of a batch strays from that of all examples, measured on the breast-cancer table.

McCandlish, Kaplan, Amodei et al., "An empirical model of large-batch training", 2018,
https://arxiv.org/abs/1812.06162. The gradient of a batch is the average of its examples' gradients, so the mean squared
distance from the gradient of all falls as 1/B. Where that distance equals the length of the gradient itself lies the
noise scale, tr Σ / |G|²: below it a larger batch pays, far above it hardly.

Batches are drawn without putting examples back, as in training: then a batch of all has no noise left, and theory gives
tr Σ / B · (N - B) / N instead of tr Σ / B.

Shapes: N training examples, P weights and biases, S batch sizes, D drawn batches.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float, Int

from experiments.mlp import MLPExperiment
from experiments.mlp_settings import MLPSettings
from training.lessons import run_trial
from training.run import Run

NUM_DRAWS: Final = 500
NUM_ARROWS: Final = 30
STEPS: Final = (0, 20, 100, 400)  # of training before the gradients are measured
SETTINGS: Final = MLPSettings(problem="breast cancer", optimizer="sgd", learning_rate=0.1, batch_size=32)


@dataclass(frozen=True, eq=False)
class GradientNoise:
    """What was measured; the lengths are in units of the gradient, squared where it says so.

    Attributes:
        num_steps: steps the network was trained before.
        num_examples: N.
        batch_sizes: S of them, from 1 to N.
        measured: (S,) mean squared distance of a batch's gradient from that of all.
        expected: (S,) the same by theory.
        agreement: (S,) mean cosine of the angle between the two.
        uphill: (S,) share of batches whose step would go against the gradient of all.
        trace: tr Σ, the squared distance of a single example.
        length: |G|, of the gradient of all.
        full: (2,) the gradient of all in the plane of the arrows; the first axis is its direction.
        arrows: (S, A, 2) some batches' gradients in that plane.
    """

    num_steps: int
    num_examples: int
    batch_sizes: Int[np.ndarray, " S"]
    measured: Float[np.ndarray, " S"]
    expected: Float[np.ndarray, " S"]
    agreement: Float[np.ndarray, " S"]
    uphill: Float[np.ndarray, " S"]
    trace: float
    length: float
    full: Float[np.ndarray, " 2"]
    arrows: Float[np.ndarray, "S A 2"]

    @property
    def noise_scale(self) -> float:
        """The squared length of the noise of one example over that of the gradient, in examples."""
        return self.trace / self.length**2


def measure_noise(num_steps: int, seed: int = 0) -> GradientNoise:
    """Trains a network on the table, then measures its gradients.

    Args:
        num_steps: steps of training before, 0 or more.
        seed: of the network and of the batches.
    """
    run = Run(MLPExperiment, SETTINGS.changed(seed=seed))
    if num_steps:
        run_trial(run, num_steps)
    gradients = run.look(gradients_of)
    return noise_of(gradients, num_steps, seed)


def gradients_of(experiment: Any) -> Float[np.ndarray, "N P"]:
    """The gradient of each training example's own loss, all weights in a row; changes nothing."""
    problem, weights = experiment.problem, experiment.parameters()
    rows = []
    for index in range(problem.num_train):
        x = problem.x[index : index + 1].to(experiment.device)
        y = problem.y[index : index + 1].to(experiment.device)
        found = torch.autograd.grad(experiment.data_loss(experiment.model(x), y), weights)
        rows.append(torch.cat([one.flatten() for one in found]))
    return torch.stack(rows).double().cpu().numpy()


def noise_of(gradients: Float[np.ndarray, "N P"], num_steps: int, seed: int) -> GradientNoise:
    """Draws batches of every size and compares their gradients with that of all examples."""
    full = gradients.mean(0)
    length, count = float(np.linalg.norm(full)), len(gradients)
    strays = gradients - full
    trace = float((strays**2).sum() / (count - 1))
    sizes = np.array([*(2**power for power in range(20) if 2**power < count), count])
    axes = _plane(full, strays)
    random = np.random.default_rng(seed)
    columns: dict[str, list[Any]] = {"measured": [], "agreement": [], "uphill": [], "arrows": []}
    for size in sizes:
        lots = random.random((NUM_DRAWS, count))  # the lowest lots make the batch
        drawn = (lots <= np.partition(lots, size - 1)[:, size - 1 : size]) @ gradients / size  # (D, P)
        cosines = drawn @ full / (np.linalg.norm(drawn, axis=1) * length)
        columns["measured"].append(((drawn - full) ** 2).sum(1).mean())
        columns["agreement"].append(cosines.mean())
        columns["uphill"].append((cosines < 0).mean())
        columns["arrows"].append(drawn[:NUM_ARROWS] @ axes.T)
    return GradientNoise(
        num_steps=num_steps,
        num_examples=count,
        batch_sizes=sizes,
        expected=trace / sizes * (count - sizes) / count,
        trace=trace,
        length=length,
        full=axes @ full,
        **{name: np.array(column) for name, column in columns.items()},
    )


def _plane(full: Float[np.ndarray, " P"], strays: Float[np.ndarray, "N P"]) -> Float[np.ndarray, "2 P"]:
    """The direction of the gradient of all, and the one at a right angle along which examples differ most."""
    ahead = full / np.linalg.norm(full)
    beside = strays - np.outer(strays @ ahead, ahead)
    aside = np.linalg.svd(beside, full_matrices=False)[2][0]
    return np.stack([ahead, aside])
