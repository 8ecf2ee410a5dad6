"""What Look inside asks of the experiment of the page `vae`. Every function leaves the experiment as it was.

Shapes: n examples, k latent units, m points, c cells along a side; `*shape` is (C, S, S) of a picture and (2,) of a
point.
"""

import math
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional as F

from data.dataset import seeded
from experiments.vae_bound import LogLikelihood, log_prior
from experiments.vae_data import gaussian_loss
from experiments.vae_latent import spherical, straight, usual_lengths
from experiments.vae_observation import ACTIVE
from experiments.vae_watching import net, reach_of
from models.vae import divergence
from training.arrays import array

NUM_MANY: Final = 1000  # test examples that the units are judged on
NUM_STEPS: Final = 9  # on a way, decoded
NUM_FINE: Final = 101  # for its length
NUM_DRAWS: Final = 10  # of one code, decoded
SMALL: Final = 14  # pixels of a thumbnail, at most


class Codes(NamedTuple):
    """Test examples in the latent space.

    Attributes:
        places: of the examples among the test examples.
        mean: (n, k) μ.
        deviation: (n, k) σ; 0 for a plain autoencoder.
        xy: (n, 2) where μ lies on the map.
        covariances: (n, 2, 2) of the clouds on the map.
        labels: (n,) classes.
        class_names: none if there are no classes.
        origin: (k,) the point of the space at the middle of the map.
        axes: (2, k) its directions.
        reach: how far the map shows to each side.
        share: of the variance of the codes that is seen on the map.
        kl: (k,) divergence of every unit, the mean over these examples.
        order: the units, that with the largest divergence first; by the variance of their means without doubt.
    """

    places: tuple[int, ...]
    mean: Float[np.ndarray, "n k"]
    deviation: Float[np.ndarray, "n k"]
    xy: Float[np.ndarray, "n 2"]
    covariances: Float[np.ndarray, "n 2 2"]
    labels: Int[np.ndarray, " n"]
    class_names: tuple[str, ...]
    origin: Float[np.ndarray, " k"]
    axes: Float[np.ndarray, "2 k"]
    reach: float
    share: float
    kl: Float[np.ndarray, " k"]
    order: tuple[int, ...]

    def up(self, xy: np.ndarray) -> np.ndarray:
        """The point of the space that lies at a place of the map."""
        return np.asarray(self.origin + xy @ self.axes, dtype=np.float32)

    def down(self, z: np.ndarray) -> np.ndarray:
        """Where a point of the space is seen on the map."""
        return np.asarray((z - self.origin) @ self.axes.T)


@torch.no_grad()
def codes(experiment: Any) -> Codes:
    """The examples of the live picture's map, with all their numbers."""
    places = experiment.mapped
    mu, logvar = experiment.model.encode(tests_of(experiment, places))
    plane = experiment.plane()
    xy = plane.of(mu)
    kl, variance = divergence(mu, logvar).mean(0), mu.var(0, correction=0)
    rank = kl if bool(kl.isfinite().all()) else variance
    labels = experiment.examples.y[experiment.num_train :][places]
    return Codes(
        places=tuple(places),
        mean=array(mu),
        deviation=array((0.5 * logvar).exp()),
        xy=array(xy),
        covariances=array(plane.covariances(logvar)),
        labels=array(labels),
        class_names=experiment.examples.class_names,
        origin=array(plane.origin),
        axes=array(plane.axes),
        reach=reach_of(array(xy)),
        share=(xy.var(0).sum() / mu.var(0).sum().clamp_min(1e-12)).item(),
        kl=array(kl),
        order=tuple(rank.argsort(descending=True, stable=True).tolist()),
    )


@torch.no_grad()
def tiles(experiment: Any, count: int) -> Float[np.ndarray, "c c *shape"]:
    """What the middles of count × count cells of the map decode to, the upper row first; pictures are made smaller.

    Args:
        experiment: the network.
        count: c.
    """
    plane = experiment.plane()
    limit = reach_of(array(plane.of(experiment.model.encode(tests_of(experiment, experiment.mapped))[0])))
    found = experiment.model.decode(plane.back(net(count, limit * (1 - 1 / count)).to(experiment.device)))
    shape = experiment.examples.shape
    if not shape:
        return array(found.view(count, count, 2))
    pictures = found.view(-1, *shape)
    factor = -(-shape[-1] // SMALL)
    small = F.avg_pool2d(pictures, factor) if factor > 1 else pictures
    return array(small.view(count, count, *small.shape[1:]))


def tests_of(experiment: Any, places: Any) -> Float[Tensor, "n D"]:
    """Some test examples as rows, by their places."""
    return experiment.x[[experiment.num_train + place for place in places]]


def numtests_of(experiment: Any) -> int:
    """How many test examples there are."""
    return len(experiment.x) - experiment.num_train


def shaped(experiment: Any, x: Float[Tensor, "n D"]) -> Float[np.ndarray, "n *shape"]:
    """Rows in the shape that they are drawn in."""
    return array(x.view(len(x), *(experiment.examples.shape or (2,))))


# ---- between two -----------------------------------------------------------------------------------------------------


class Way(NamedTuple):
    """One way between two codes.

    Attributes:
        decoded: (m, *shape) at a few steps.
        places: (m, 2) of these on the map.
        lengths: (f,) distances from the origin, at finer steps.
        density: (f,) log p(z) there.
    """

    decoded: Float[np.ndarray, "m *shape"]
    places: Float[np.ndarray, "m 2"]
    lengths: Float[np.ndarray, " f"]
    density: Float[np.ndarray, " f"]


class Ways(NamedTuple):
    """Two ways between two codes.

    Attributes:
        num_units: k.
        ends: (2, *shape) the inputs at the ends; no rows where the ends are draws from N(0, 1).
        shares: (m,) of the way, where it is decoded.
        fine: (f,) finer steps.
        straight: the one.
        spherical: the other.
        codes: (n, 2) where the codes of test examples lie on the map.
        reach: how far the map shows to each side.
        angle: between the two codes, in degrees.
        usual: lengths of draws from N(0, 1): the 5 %, the 50 % and the 95 % quantile.
    """

    num_units: int
    ends: Float[np.ndarray, "e *shape"]
    shares: Float[np.ndarray, " m"]
    fine: Float[np.ndarray, " f"]
    straight: Way
    spherical: Way
    codes: Float[np.ndarray, "n 2"]
    reach: float
    angle: float
    usual: tuple[float, float, float]


MEANS, DRAWS, PRIOR = "the means μ", "a draw of each cloud", "two draws from N(0, 1)"
ENDS: Final = (MEANS, DRAWS, PRIOR)


@torch.no_grad()
def ways(experiment: Any, first: int, second: int, ends: str, seed: int = 0) -> Ways:
    """The ways between the codes of two test examples, or between two draws.

    Args:
        experiment: the network.
        first: place of one example among the test examples.
        second: place of the other.
        ends: one of `ENDS`.
        seed: of the draws.
    """
    x = tests_of(experiment, (first, second))
    mu, logvar = experiment.model.encode(x)
    dice = torch.randn(2, mu.shape[1], generator=seeded(seed)).to(mu)
    z = {MEANS: mu, DRAWS: mu + (0.5 * logvar).exp() * dice, PRIOR: dice}[ends]
    shares, fine = (torch.linspace(0, 1, count).to(mu) for count in (NUM_STEPS, NUM_FINE))
    plane = experiment.plane()
    found = []
    for line in (straight, spherical):
        some, points = line(z[0], z[1], shares), line(z[0], z[1], fine)
        decoded, places = shaped(experiment, experiment.model.decode(some)), array(plane.of(some))
        found.append(Way(decoded, places, array(points.norm(dim=1)), array(log_prior(points))))
    seen = array(plane.of(experiment.model.encode(tests_of(experiment, experiment.mapped))[0]))
    return Ways(
        num_units=mu.shape[1],
        ends=shaped(experiment, x[:0] if ends == PRIOR else x),
        shares=array(shares),
        fine=array(fine),
        straight=found[0],
        spherical=found[1],
        codes=seen,
        reach=reach_of(seen),
        angle=math.degrees(F.cosine_similarity(z[0], z[1], dim=0).clamp(-1, 1).arccos().item()),
        usual=usual_lengths(mu.shape[1]),
    )


# ---- one example -----------------------------------------------------------------------------------------------------


class OneExample(NamedTuple):
    """Everything that becomes of one test example.

    Attributes:
        row: its place among the test examples.
        input: (1, *shape).
        reconstruction: (1, *shape) decoded from μ.
        draws: (m, *shape) decoded from draws.
        mean: (k,) μ.
        deviation: (k,) σ.
        kl: (k,) in nats.
        cost: −log p(x|z) in nats, the mean over draws; from μ for a plain autoencoder.
        cost_of_mean: −log p(x|μ).
        spread: the standard deviation of the cost over the draws.
    """

    row: int
    input: Float[np.ndarray, "1 *shape"]
    reconstruction: Float[np.ndarray, "1 *shape"]
    draws: Float[np.ndarray, "m *shape"]
    mean: Float[np.ndarray, " k"]
    deviation: Float[np.ndarray, " k"]
    kl: Float[np.ndarray, " k"]
    cost: float
    cost_of_mean: float
    spread: float


@torch.no_grad()
def one_example(experiment: Any, row: int) -> OneExample:
    """Encodes one test example and decodes its mean and some draws, always with the same dice."""
    x = tests_of(experiment, (row,))
    mu, logvar = experiment.model.encode(x)
    dice = torch.randn(100, mu.shape[1], generator=seeded(row)).to(mu)
    z = mu + (0.5 * logvar).exp() * dice
    log_likelihood = log_likelihood_of(experiment)
    costs = -log_likelihood(x.expand(len(z), -1), z)
    decoded = experiment.model.decode(torch.cat([mu, z[:NUM_DRAWS]]))
    return OneExample(
        row,
        shaped(experiment, x),
        shaped(experiment, decoded[:1]),
        shaped(experiment, decoded[1:]),
        array(mu[0]),
        array((0.5 * logvar[0]).exp()),
        array(divergence(mu, logvar)[0]),
        costs.mean().item(),
        -log_likelihood(x, mu).item(),
        costs.std().item(),
    )


def log_likelihood_of(experiment: Any) -> LogLikelihood:
    """The decoder's judgement of each of some inputs, log p(x|z), as the loss of the page counts it, in nats."""
    settings, model = experiment.settings, experiment.model

    def judged(x: Tensor, z: Tensor) -> Tensor:
        if settings.data == "points":
            squares = (model.logits(z) - x).square().sum(1)
            nothing, one = (gaussian_loss(size, x.shape[1], settings) for size in (0.0, 1.0))
            return -(nothing + (one - nothing) * squares)
        if settings.reconstruction == "BCE":
            return -F.binary_cross_entropy_with_logits(model.logits(z), x, reduction="none").sum(1)
        return -(model.decode(z) - x).square().sum(1)

    return judged


# ---- what the units are worth ----------------------------------------------------------------------------------------


class Units(NamedTuple):
    """The code over many test examples.

    Attributes:
        kl: (k,) mean divergence in nats.
        variance: (k,) of the means over the examples.
        active: (k,) bool, whether the unit is used: a variance above 0.01.
        order: the units, the largest divergence first.
        mean: (n, k) μ.
        draws: (n, k) one draw of each cloud.
        deviation: (k,) mean σ.
    """

    kl: Float[np.ndarray, " k"]
    variance: Float[np.ndarray, " k"]
    active: Bool[np.ndarray, " k"]
    order: tuple[int, ...]
    mean: Float[np.ndarray, "n k"]
    draws: Float[np.ndarray, "n k"]
    deviation: Float[np.ndarray, " k"]


@torch.no_grad()
def units(experiment: Any) -> Units:
    """How every unit is used over the test examples."""
    count = min(NUM_MANY, numtests_of(experiment))
    mu, logvar = experiment.model.encode(tests_of(experiment, range(count)))
    kl, variance = divergence(mu, logvar).mean(0), mu.var(0, correction=0)
    deviation = (0.5 * logvar).exp()
    dice = torch.randn(mu.shape, generator=seeded(3)).to(mu)
    rank = kl if bool(kl.isfinite().all()) else variance
    return Units(
        array(kl),
        array(variance),
        array(variance > ACTIVE),
        tuple(rank.argsort(descending=True, stable=True).tolist()),
        array(mu),
        array(mu + deviation * dice),
        array(deviation.mean(0)),
    )
