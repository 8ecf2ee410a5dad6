"""What Look inside, page `vae`, estimates by throwing dice: slopes in two ways, and the bound on log p(x).

Every function leaves the experiment as it was. Shapes: n examples, k latent units, S draws; `*shape` is (C, S, S) of a
picture and (2,) of a point.
"""

import math
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from data.dataset import seeded
from experiments.vae_bound import bound_of, log_weights
from experiments.vae_hand import Cost, Estimates, Hand, by_hand, estimates
from experiments.vae_inside import log_likelihood_of, shaped, tests_of
from models.vae import divergence
from training.arrays import array

NUM_ESTIMATES: Final = 2048
NUM_WEIGHTS: Final = 2000  # draws an example
NUM_PARTS: Final = 20  # in which they are made
NUM_POINTS, NUM_DENSE, NUM_CONVOLUTIONAL = 50, 8, 4  # test examples whose bound is looked at


class Handled(NamedTuple):
    """One draw worked out, with what it decodes to.

    Attributes:
        hand: the numbers.
        decoded: (1, *shape).
        given: (1, *shape) the input.
    """

    hand: Hand
    decoded: Float[np.ndarray, "1 *shape"]
    given: Float[np.ndarray, "1 *shape"]


def hand(experiment: Any, row: int, unit: int, mean: float, deviation: float, noise: float) -> Handled:
    """One unit of one test example with μ, σ and ε as they are given; the other units stay at their means.

    Args:
        experiment: the network.
        row: place of the example among the test examples.
        unit: from 0.
        mean: μ.
        deviation: σ.
        noise: ε.
    """
    x = tests_of(experiment, (row,))
    with torch.no_grad():
        mu, _ = experiment.model.encode(x)
    found = by_hand(_cost(experiment, x), mu[0], unit, mean, deviation, noise)
    z = mu.clone()
    z[0, unit] = found.z
    with torch.no_grad():
        decoded = experiment.model.decode(z)
    return Handled(found, shaped(experiment, decoded), shaped(experiment, x))


def gradients(experiment: Any, row: int, unit: int, mean: float, deviation: float) -> Estimates:
    """What draws say about the slopes of the mean reconstruction loss of one test example.

    Args:
        experiment: the network.
        row: place of the example among the test examples.
        unit: whose μ and σ are as given, from 0; the other units are as the encoder says.
        mean: μ.
        deviation: σ.
    """
    x = tests_of(experiment, (row,))
    with torch.no_grad():
        mu, logvar = experiment.model.encode(x)
    means, deviations = mu[0].clone(), (0.5 * logvar[0]).exp()
    means[unit], deviations[unit] = mean, deviation
    return estimates(_cost(experiment, x), means, deviations, unit, NUM_ESTIMATES, seeded(row))


def _cost(experiment: Any, x: Float[Tensor, "1 D"]) -> Cost:
    """−log p(x|z) of one input for many z."""
    log_likelihood = log_likelihood_of(experiment)
    return lambda z: -log_likelihood(x.expand(len(z), -1), z)


# ---- the bound -------------------------------------------------------------------------------------------------------


@torch.no_grad()
def weights(experiment: Any, places: tuple[int, ...], part: int) -> Float[np.ndarray, "n S"]:
    """Logarithms of the importance weights of some draws, which depend on the part and on nothing else.

    Args:
        experiment: the network.
        places: of the examples among the test examples.
        part: from 0 to `NUM_PARTS` − 1; each takes some hundredths of a second, and other runs go on between.
    """
    x = tests_of(experiment, places)
    mu, logvar = experiment.model.encode(x)
    judged = log_likelihood_of(experiment)
    return array(log_weights(judged, x, mu, logvar, NUM_WEIGHTS // NUM_PARTS, seeded(part)))


class Bounds(NamedTuple):
    """How far more draws raise the bound, as means over some test examples, in nats.

    Attributes:
        counts: C numbers of draws in one bound.
        means: (C,) the bound.
        errors: (C,) its standard error as far as it comes from the draws.
        kl: mean divergence in closed form.
        true_density: log density of the source of the examples; NaN where nobody knows it.
    """

    counts: tuple[int, ...]
    means: Float[np.ndarray, " C"]
    errors: Float[np.ndarray, " C"]
    kl: float
    true_density: float


@torch.no_grad()
def bounds(experiment: Any, places: tuple[int, ...], parts: list[Float[np.ndarray, "n S"]]) -> Bounds:
    """The bounds that the weights give.

    Args:
        experiment: the network.
        places: of the examples among the test examples.
        parts: what `weights` gave for each part.
    """
    x = tests_of(experiment, places)
    found = bound_of(torch.from_numpy(np.concatenate(parts, axis=1)))
    cloud = experiment.examples.cloud
    is_known = cloud is not None and cloud.has_density
    true_density = cloud.log_density(x.cpu()).mean().item() if is_known else math.nan
    kl = divergence(*experiment.model.encode(x)).sum(1).mean().item()
    return Bounds(found.counts, array(found.means), array(found.errors), kl, true_density)


def places_of_bound(experiment: Any) -> tuple[int, ...]:
    """The test examples whose bound is looked at: a few pictures, each class in turn, or many points."""
    settings = experiment.settings
    count = NUM_POINTS if settings.data == "points" else NUM_DENSE if settings.network == "dense" else NUM_CONVOLUTIONAL
    return tuple(experiment.mapped[:count])
