"""The reparameterisation trick with numbers, page `vae`, and what it saves against the score function.

Both ways estimate how the mean of a cost f(z) over z ~ N(μ, σ²) moves with μ and σ. The pathwise one follows the
gradient through z = μ + σ ε; the score function (REINFORCE) needs only the value f(z), weighed with how the density of
z moves: Kingma & Welling, "Auto-encoding variational Bayes", 2013, https://arxiv.org/abs/1312.6114, and Mohamed et al.,
"Monte Carlo gradient estimation in machine learning", 2020, https://arxiv.org/abs/1906.10652.

Shapes: S draws, k latent units.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import torch
from jaxtyping import Float
from torch import Generator, Tensor

Cost = Callable[[Tensor], Tensor]  # z (S, k) -> f(z), (S,)

PATHWISE, SCORE, BASELINE = "pathwise", "score function", "score, with a baseline"
WAYS: Final = (PATHWISE, SCORE, BASELINE)


class Hand(NamedTuple):
    """One draw of one unit with everything that is differentiated.

    Attributes:
        mean: μ.
        deviation: σ.
        noise: ε.
        z: μ + σ ε.
        cost: f(z) with the other units as they were given.
        slope: ∂f/∂z of this unit.
    """

    mean: float
    deviation: float
    noise: float
    z: float
    cost: float
    slope: float

    @property
    def slope_of_mean(self) -> float:
        """∂f/∂μ = ∂f/∂z · ∂z/∂μ, and ∂z/∂μ = 1."""
        return self.slope

    @property
    def slope_of_deviation(self) -> float:
        """∂f/∂σ = ∂f/∂z · ∂z/∂σ, and ∂z/∂σ = ε."""
        return self.slope * self.noise


class Estimates(NamedTuple):
    """What each draw alone says about ∂E[f]/∂μ and ∂E[f]/∂σ of one unit.

    Attributes:
        of_mean: (S,) by the way of estimating.
        of_deviation: (S,) the same.
    """

    of_mean: dict[str, Float[Tensor, " S"]]
    of_deviation: dict[str, Float[Tensor, " S"]]


def slopes(cost: Cost, z: Float[Tensor, "S k"]) -> tuple[Float[Tensor, " S"], Float[Tensor, "S k"]]:
    """f(z) and ∂f/∂z of each draw; leaves no gradient anywhere."""
    with torch.enable_grad():
        place = z.detach().clone().requires_grad_()
        values = cost(place)
        (found,) = torch.autograd.grad(values.sum(), place)
    return values.detach(), found


def by_hand(cost: Cost, code: Float[Tensor, " k"], unit: int, mean: float, deviation: float, noise: float) -> Hand:
    """Works out one draw.

    Args:
        cost: f.
        code: the values of all units; that of `unit` is replaced.
        unit: from 0.
        mean: μ of the unit.
        deviation: σ of the unit.
        noise: ε.
    """
    z = code.detach().clone()
    z[unit] = mean + deviation * noise
    values, found = slopes(cost, z[None])
    return Hand(mean, deviation, noise, z[unit].item(), values[0].item(), found[0, unit].item())


def estimates(
    cost: Cost,
    mean: Float[Tensor, " k"],
    deviation: Float[Tensor, " k"],
    unit: int,
    num_draws: int,
    generator: Generator,
) -> Estimates:
    """Draws z and estimates the two gradients in three ways from the same draws.

    The baseline of a draw is the mean cost of all others, which knows nothing of it, so the expectation stays.

    Args:
        cost: f.
        mean: μ of every unit.
        deviation: σ of every unit.
        unit: whose gradients are wanted, from 0.
        num_draws: S, at least 2.
        generator: the source of randomness.
    """
    noise = torch.randn(num_draws, len(mean), generator=generator).to(mean)  # (S, k)
    values, found = slopes(cost, mean + deviation * noise)
    own, sigma = noise[:, unit].double(), deviation[unit].double()
    slope, value = found[:, unit].double(), values.double()
    better = (value - value.mean()) * num_draws / (num_draws - 1)
    score_of_mean, score_of_deviation = own / sigma, (own.square() - 1) / sigma
    return Estimates(
        {PATHWISE: slope, SCORE: value * score_of_mean, BASELINE: better * score_of_mean},
        {PATHWISE: slope * own, SCORE: value * score_of_deviation, BASELINE: better * score_of_deviation},
    )


class Told(NamedTuple):
    """The mean of many estimates, how sure it is, and how much one of them strays.

    Attributes:
        mean: of all draws.
        error: the standard error of that mean.
        variance: of a single draw.
    """

    mean: float
    error: float
    variance: float


def told(draws: Float[Tensor, " S"]) -> Told:
    """Sums up what single draws say."""
    variance = draws.var().item()
    return Told(draws.mean().item(), (variance / len(draws)) ** 0.5, variance)


def apart_of(draws: Float[Tensor, " S"], others: Float[Tensor, " S"]) -> float:
    """How far two estimates lie apart, in standard errors of their difference."""
    one, other = told(draws), told(others)
    return abs(one.mean - other.mean) / max((one.error**2 + other.error**2) ** 0.5, 1e-30)


def strays(draws: Float[Tensor, " S"], counts: tuple[int, ...]) -> list[float]:
    """By how much the mean of so many draws strays, measured on groups of that size.

    Args:
        draws: the single estimates.
        counts: sizes of the groups, of which at least two must fit into S.
    """
    found = []
    for count in counts:
        groups = draws[: len(draws) // count * count].reshape(-1, count)
        found.append(groups.mean(1).std().item())
    return found
