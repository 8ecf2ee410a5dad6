"""Ways from one point of the latent space to another, page `vae`.

Shapes: k latent units, m points.
"""

from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

from data.dataset import seeded

USUAL: Final = (0.05, 0.5, 0.95)
NUM_DRAWS: Final = 20_000  # to tell how long draws from N(0, 1) are


def straight(start: Float[Tensor, " k"], end: Float[Tensor, " k"], shares: Float[Tensor, " m"]) -> Float[Tensor, "m k"]:
    """Linear interpolation."""
    return start + shares[:, None] * (end - start)


def spherical(
    start: Float[Tensor, " k"], end: Float[Tensor, " k"], shares: Float[Tensor, " m"]
) -> Float[Tensor, "m k"]:
    """Along the great circle between the two directions, while the length goes evenly from one to the other.

    Shoemake, "Animating rotation with quaternion curves", 1985; for latent spaces White, "Sampling generative
    networks", 2016, https://arxiv.org/abs/1609.04468. Where there is no such circle (a point at the origin, opposite or
    equal directions) the way is straight.
    """
    lengths = start.norm(), end.norm()
    if min(lengths) < 1e-6:
        return straight(start, end, shares)
    angle = torch.arccos((start @ end / (lengths[0] * lengths[1])).clamp(-1, 1))
    if angle.sin() < 1e-3:
        return straight(start, end, shares)
    near, far = ((1 - shares) * angle).sin() / angle.sin(), (shares * angle).sin() / angle.sin()
    direction = near[:, None] * start / lengths[0] + far[:, None] * end / lengths[1]  # of length 1
    return (lengths[0] + shares * (lengths[1] - lengths[0]))[:, None] * direction


def usual_lengths(num_units: int) -> tuple[float, float, float]:
    """How long draws from N(0, 1) are: 5 % are shorter than the first, half than the second, 95 % than the third.

    With many units nearly all draws are about √k long: they lie on a shell, and the middle of the space is empty.
    """
    draws = torch.randn(NUM_DRAWS, num_units, generator=seeded(num_units)).norm(dim=1)
    low, half, high = draws.quantile(torch.tensor(USUAL)).tolist()
    return low, half, high
