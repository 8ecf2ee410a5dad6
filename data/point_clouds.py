"""Clouds of points in the square from -1 to 1, to be generated: a network is to draw points as if from the same source.

Every cloud but a visitor's own is a mixture of round Gaussians of equal weight, so its density is known exactly and its
points can be drawn without end. A curve is many narrow Gaussians along it.

Shapes: n points, m Gaussians, k modes.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float32
from torch import Generator, Tensor

from data.dataset import DataError

EXTENT: Final = 1.0  # the square reaches from -EXTENT to EXTENT
ALONG: Final = 400  # Gaussians along a curve: closer together than they are wide
MIN_OWN_POINTS: Final = 8
MAX_OWN_POINTS: Final = 2_000

Points = Float32[Tensor, "n 2"]
Values = Float32[Tensor, " n"]


@dataclass(frozen=True, eq=False)
class PointCloud:
    """A source of points in the plane.

    Attributes:
        name: the identifier it was asked for by.
        centres: the middle of each Gaussian, (m, 2); of a visitor's own cloud the points themselves.
        deviations: the standard deviation of each in every direction, (m); all 0 for a visitor's own points.
        modes: the centres around which the points gather, (k, 2); no rows for a curve or for own points.
        mode_deviations: the standard deviation of each mode, (k).
    """

    name: str
    centres: Float32[Tensor, "m 2"]
    deviations: Float32[Tensor, " m"]
    modes: Float32[Tensor, "k 2"]
    mode_deviations: Float32[Tensor, " k"]

    @property
    def has_modes(self) -> bool:
        """Whether the points gather around the centres; they do not along a curve."""
        return len(self.modes) > 0

    def sample(self, n: int, generator: Generator) -> Points:
        """Draws n independent points: a Gaussian each, then a place in it."""
        which = torch.randint(len(self.centres), (n,), generator=generator)
        noise = torch.randn(n, 2, generator=generator)
        return self.centres[which] + self.deviations[which].unsqueeze(1) * noise

    @property
    def has_density(self) -> bool:
        """Whether the density is known: not for points that somebody set by hand."""
        return bool((self.deviations > 0).all())

    def log_density(self, points: Points) -> Values:
        """The natural logarithm of the density that `sample` draws from, at each point.

        Raises:
            ValueError: for points set by hand, whose source nobody knows.
        """
        if not self.has_density:
            raise ValueError(f"the density of {self.name} is not known")
        squared = (points.unsqueeze(1) - self.centres).square().sum(dim=2)  # (n, m)
        variances = self.deviations.square()
        log_each = -squared / (2 * variances) - torch.log(2 * math.pi * variances)
        return log_each.logsumexp(dim=1) - math.log(len(self.centres))


def line() -> PointCloud:
    """A straight line, rising, of deviation 0.04."""
    share = torch.linspace(-0.75, 0.75, ALONG)
    return _without_modes("line", torch.stack([share, 0.6 * share], dim=1), 0.04)


def two_gaussians() -> PointCloud:
    """Two round clouds of deviation 0.12, at (-0.5, -0.35) and (0.5, 0.35)."""
    return _blobs("two Gaussians", [(-0.5, -0.35), (0.5, 0.35)], [0.12, 0.12])


def ring() -> PointCloud:
    """Eight small clouds, evenly around a circle of radius 0.75: the usual test for lost modes."""
    angles = [2 * math.pi * index / 8 for index in range(8)]
    return _blobs("ring of 8", [(0.75 * math.cos(angle), 0.75 * math.sin(angle)) for angle in angles], [0.04] * 8)


def grid() -> PointCloud:
    """Twenty-five small clouds, five by five, 0.375 apart."""
    steps = [0.375 * index for index in range(-2, 3)]
    return _blobs("grid of 25", [(x, y) for y in steps for x in steps], [0.03] * 25)


def moons() -> PointCloud:
    """Two half circles that reach into each other, of deviation 0.05."""
    angle = torch.linspace(0, math.pi, ALONG // 2)
    arc = 0.5 * torch.stack([angle.cos(), angle.sin()], dim=1)
    shift = torch.tensor([0.25, 0.125])
    return _without_modes("moons", torch.cat([arc - shift, shift - arc]), 0.05)


def spiral() -> PointCloud:
    """One arm of 1.75 turns, of deviation 0.03; points are evenly spread over its length."""
    share = torch.linspace(0.12, 1, 20 * ALONG)
    angle = 2 * math.pi * 1.75 * share
    path = 0.85 * share.unsqueeze(1) * torch.stack([angle.cos(), angle.sin()], dim=1)
    return _without_modes("spiral", _evenly(path), 0.03)


def clusters() -> PointCloud:
    """Four clouds of different sizes with empty space between them."""
    return _blobs("clusters", [(-0.6, 0.55), (0.6, 0.6), (0.5, -0.55), (-0.55, -0.5)], [0.05, 0.1, 0.15, 0.08])


CLOUDS: Final[dict[str, Callable[[], PointCloud]]] = {
    "line": line,
    "two Gaussians": two_gaussians,
    "ring of 8": ring,
    "grid of 25": grid,
    "moons": moons,
    "spiral": spiral,
    "clusters": clusters,
}


def make_cloud(name: str) -> PointCloud:
    """One of the clouds above.

    Args:
        name: a key of `CLOUDS`.

    Raises:
        ValueError: for an unknown name.
    """
    if name not in CLOUDS:
        raise ValueError(f"no cloud is called {name!r}; there are {', '.join(CLOUDS)}")
    return CLOUDS[name]()


def own_cloud(points: Sequence[tuple[float | int, float | int]]) -> PointCloud:
    """A visitor's own points, each drawn as often as any other.

    Args:
        points: `(x1, x2)` each, 8 to 2 000 of them; coordinates are clipped to -1..1.

    Raises:
        DataError: for too few or too many points, or a coordinate that is not a number.
    """
    if len(points) < MIN_OWN_POINTS:
        raise DataError(f"There are {len(points)} points, and at least {MIN_OWN_POINTS} are needed: add some.")
    if len(points) > MAX_OWN_POINTS:
        raise DataError(f"There are {len(points):,} points, and at most {MAX_OWN_POINTS:,} can be used: remove some.")
    if not all(math.isfinite(x1) and math.isfinite(x2) for x1, x2 in points):
        raise DataError("Each point needs two finite coordinates: remove the others.")
    centres = torch.tensor([[x1, x2] for x1, x2 in points], dtype=torch.float32).clamp(-EXTENT, EXTENT)
    return _without_modes("own points", centres, 0.0)


def _blobs(name: str, centres: Sequence[tuple[float, float]], deviations: Sequence[float]) -> PointCloud:
    middles, widths = torch.tensor(centres), torch.tensor(deviations)
    return PointCloud(name, middles, widths, middles, widths)


def _without_modes(name: str, path: Points, deviation: float) -> PointCloud:
    return PointCloud(name, path, torch.full((len(path),), deviation), torch.zeros(0, 2), torch.zeros(0))


def _evenly(path: Points) -> Float32[Tensor, "m 2"]:
    """Takes `ALONG` of the points of a finely drawn path, equally far apart along it."""
    length = torch.cat([torch.zeros(1), path.diff(dim=0).norm(dim=1).cumsum(dim=0)])
    wanted = torch.linspace(0, length[-1].item(), ALONG)
    return path[torch.searchsorted(length, wanted).clamp(max=len(path) - 1)]
