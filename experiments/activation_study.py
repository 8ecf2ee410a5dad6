"""Activations under the magnifier: each with its slope, and where the sums of a live network fall on it."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float

from experiments.mlp import MLPExperiment
from experiments.mlp_settings import MLPSettings
from models.mlp import ACTIVATIONS
from training.health import shares
from training.lessons import run_trial
from training.run import Run

REACH: Final = 6.0  # sums are drawn from -6 to 6
NUM_PLACES: Final = 241
NUM_BINS: Final = 48
DEMO_STEPS: Final = 300


@dataclass(frozen=True, eq=False)
class Bend:
    """An activation f over sums z.

    Attributes:
        z: P sums.
        values: f(z).
        slopes: f′(z), by autograd.
    """

    z: Float[np.ndarray, " P"]
    values: Float[np.ndarray, " P"]
    slopes: Float[np.ndarray, " P"]


@dataclass(frozen=True, eq=False)
class LayerSums:
    """The weighted sums that come into the bends of one hidden layer, over all training examples.

    Attributes:
        edges: of the bins, from -6 to 6.
        shares: of all sums, a number for each bin.
        outside: the share of sums beyond the bins.
        mean_slope: f′ averaged over the sums: by so much this layer passes a gradient on.
        dead: share of units in the flat part for every example.
        saturated: share of outputs in the flat part, for bends flat on both sides.
    """

    edges: Float[np.ndarray, " E"]
    shares: Float[np.ndarray, " B"]
    outside: float
    mean_slope: float
    dead: float
    saturated: float


def bend(name: str) -> Bend:
    """An activation of the feed-forward network, with its slope."""
    z = np.linspace(-REACH, REACH, NUM_PLACES)
    values, slopes = _values_and_slopes(name, torch.tensor(z))
    return Bend(z, values.numpy(), slopes.numpy())


def _values_and_slopes(name: str, sums: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    places = sums.detach().clone().requires_grad_()
    values = ACTIVATIONS[name]()(places)
    (slopes,) = torch.autograd.grad(values.sum(), places)
    return values.detach(), slopes


def sums_of(experiment: Any) -> list[LayerSums]:
    """Where the sums of each hidden layer of an `MLPExperiment` fall; changes nothing."""
    examples = experiment.problem.x[: experiment.problem.num_train].to(experiment.device)
    with torch.no_grad():
        sums = experiment.model.layer_outputs(examples)[0][:-1]
    return [_layer_sums(experiment.settings.activation, one.cpu()) for one in sums]


def _layer_sums(name: str, sums: Float[torch.Tensor, "N H"]) -> LayerSums:
    edges = np.linspace(-REACH, REACH, NUM_BINS + 1)
    counts = np.histogram(sums.numpy(), edges)[0] / max(1, sums.numel())
    dead, saturated = shares(ACTIVATIONS[name], sums)
    slopes = _values_and_slopes(name, sums)[1]
    return LayerSums(edges, counts, 1 - float(counts.sum()), slopes.mean().item(), dead, saturated)


def demo_run(name: str) -> Run:
    """The default network of the feed-forward page with this activation, trained for some hundred steps."""
    run = Run(MLPExperiment, MLPSettings().changed(activation=name))
    run_trial(run, DEMO_STEPS)
    return run
