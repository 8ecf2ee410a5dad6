"""How tight the bound is: log p(x) estimated from more and more weighted draws, page `vae`.

Burda, Grosse & Salakhutdinov, "Importance weighted autoencoders", 2016, https://arxiv.org/abs/1509.00519. One draw from
the encoder's distribution gives, on average, the ELBO; the logarithm of the mean weight of K draws is a bound as well,
which rises with K and ends at log p(x).

Shapes: n examples, d numbers an example, k latent units, S draws an example, C counts.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import torch
from jaxtyping import Float
from torch import Generator, Tensor

LogLikelihood = Callable[[Tensor, Tensor], Tensor]  # x (n, d), z (n, k) -> log p(x|z) in nats, (n,)

COUNTS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)
MOST_TOGETHER: Final = 2048  # draws that go through the decoder at once
LOG_TWO_PI: Final = math.log(2 * math.pi)


class Bound(NamedTuple):
    """Bounds on log p(x), one for each count of draws.

    Attributes:
        counts: C numbers of draws in one bound.
        each: (C, n) the bound of each example, in nats.
        errors: (C,) standard error of the mean over the examples, as far as it comes from the draws; NaN where there
            was only one group of draws.
    """

    counts: tuple[int, ...]
    each: Float[Tensor, "C n"]
    errors: Float[Tensor, " C"]

    @property
    def means(self) -> Float[Tensor, " C"]:
        """The mean over the examples."""
        return self.each.mean(1)


def log_prior(z: Float[Tensor, "*m k"]) -> Float[Tensor, "*m"]:
    """The logarithm of the density of N(0, 1) in every unit."""
    return -0.5 * (z.square() + LOG_TWO_PI).sum(-1)


def log_posterior(
    z: Float[Tensor, "*m n k"], mean: Float[Tensor, "n k"], log_variance: Float[Tensor, "n k"]
) -> Float[Tensor, "*m n"]:
    """The logarithm of the density of the encoder's answers, N(mean, exp(log_variance)), at z."""
    distance = (z - mean).square() / log_variance.exp()
    return -0.5 * (distance + log_variance + LOG_TWO_PI).sum(-1)


def log_weights(
    log_likelihood: LogLikelihood,
    x: Float[Tensor, "n d"],
    mean: Float[Tensor, "n k"],
    log_variance: Float[Tensor, "n k"],
    num_draws: int,
    generator: Generator,
) -> Float[Tensor, "n S"]:
    """Of draws z from q(z|x), log p(x|z) + log p(z) − log q(z|x); their mean is an estimate of the ELBO.

    Args:
        log_likelihood: the decoder's judgement of x, given z.
        x: the examples.
        mean: what the encoder says of each.
        log_variance: the same.
        num_draws: S.
        generator: the source of randomness; on the processor, so that any device draws the same.
    """
    n, _ = mean.shape
    deviation, columns = (0.5 * log_variance).exp(), []
    for some in torch.arange(num_draws).split(max(1, MOST_TOGETHER // n)):
        noise = torch.randn(len(some), *mean.shape, generator=generator).to(mean)  # (s, n, k)
        z = mean + deviation * noise
        seen = x.expand(len(some), *x.shape).flatten(0, 1)  # (s n, d)
        likelihood = log_likelihood(seen, z.flatten(0, 1)).view(len(some), n)
        columns.append(likelihood + log_prior(z) - log_posterior(z, mean, log_variance))
    return torch.cat(columns).T


def bound_of(weights: Float[Tensor, "n S"], counts: Sequence[int] = COUNTS) -> Bound:
    """The bound for each count, from groups of so many of the same draws.

    Args:
        weights: logarithms of the weights; not finite ones stay what they are.
        counts: how many draws make one bound, each at most S.
    """
    n, num_draws = weights.shape
    each, errors = [], []
    for count in counts:
        num_groups = num_draws // count
        groups = weights[:, : num_groups * count].double().reshape(n, num_groups, count)
        values = groups.logsumexp(2) - math.log(count)  # (n, G)
        each.append(values.mean(1))
        spread = values.var(1) / num_groups if num_groups > 1 else values.new_full((n,), math.nan)
        errors.append(spread.sum().sqrt() / n)
    return Bound(tuple(counts), torch.stack(each), torch.stack(errors))
