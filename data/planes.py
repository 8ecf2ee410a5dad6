"""Small problems that can be drawn: points in the plane from -6 to 6, and curves y = f(x) on the same range.

Every problem is made from a formula and a seed. The plane problems follow the geometry of TensorFlow Playground
(Smilkov et al., "Direct-Manipulation Visualization of Deep Networks", 2017, https://playground.tensorflow.org).

Differs from the Playground: noise moves the points after they got their class, never the class itself; classes are
exactly as large as each other; moons, checkerboard, blobs and curves are added.

Shapes: n points.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

import torch
from jaxtyping import Float32, Int64
from torch import Generator, Tensor

from data.dataset import DataError, Dataset, Task, seeded, split_mask

EXTENT: Final = 6.0  # the plane reaches from -EXTENT to EXTENT
JITTER: Final = 3.0  # standard deviation, in units of the plane, at a noise of 1
MAX_NOISE: Final = 0.5
MAX_BLOBS: Final = 6
MAX_OWN_POINTS: Final = 2_000
SOURCE: Final = (
    "Made here from a formula and a seed; the geometry follows TensorFlow Playground (Smilkov et al., 2017)."
)

Labels = Int64[Tensor, " n"]
Points = Float32[Tensor, "n 2"]
Column = Float32[Tensor, "n 1"]
Values = Float32[Tensor, " n"]


def circle(labels: Labels, generator: Generator) -> Points:
    """Class 1 fills a disc of radius 2.5; class 0 is a ring around it, from 3.5 to 5."""
    inner = torch.where(labels == 1, 0.0, 3.5)
    outer = torch.where(labels == 1, 2.5, 5.0)
    share = _uniform(len(labels), 0, 1, generator)
    radius = (inner**2 + share * (outer**2 - inner**2)).sqrt()  # the root makes it even over the area
    return _polar(radius, _uniform(len(labels), 0, 2 * math.pi, generator))


def xor(labels: Labels, generator: Generator) -> Points:
    """Class 1 where both coordinates have the same sign; a gap of 0.6 along the axes."""
    size = 0.3 + 5 * torch.rand(len(labels), 2, generator=generator)
    sign_1 = _signs(len(labels), generator)
    sign_2 = torch.where(labels == 1, sign_1, -sign_1)
    return size * torch.stack([sign_1, sign_2], dim=1)


def gaussians(labels: Labels, generator: Generator) -> Points:
    """Two clouds of variance 0.5: class 1 around (2, 2), class 0 around (-2, -2)."""
    centre = torch.where(labels == 1, 2.0, -2.0).unsqueeze(1)
    return centre + math.sqrt(0.5) * torch.randn(len(labels), 2, generator=generator)


def spiral(labels: Labels, generator: Generator) -> Points:
    """Two arms of 1.75 turns, half a turn apart."""
    share = _uniform(len(labels), 0.04, 1, generator)  # at 0 the arms would meet
    return _polar(5 * share, 2 * math.pi * 1.75 * share + math.pi * labels)


def moons(labels: Labels, generator: Generator) -> Points:
    """Two half circles that reach into each other, class 0 the upper one."""
    side = torch.where(labels == 1, -1.0, 1.0)
    arc = _polar(torch.full((len(labels),), 3.0), _uniform(len(labels), 0, math.pi, generator))
    centre = torch.stack([-1.5 * side, -0.75 * side], dim=1)
    return centre + side.unsqueeze(1) * arc + 0.2 * torch.randn(len(labels), 2, generator=generator)


def checkerboard(labels: Labels, generator: Generator) -> Points:
    """Four by four squares of side 2.5, the classes like black and white."""
    column = torch.randint(0, 4, (len(labels),), generator=generator)
    row = 2 * torch.randint(0, 2, (len(labels),), generator=generator) + (column + labels) % 2
    within = 0.05 + 0.9 * torch.rand(len(labels), 2, generator=generator)  # a narrow gap between the squares
    return 2.5 * (torch.stack([column, row], dim=1) + within) - 5


def blobs(labels: Labels, generator: Generator) -> Points:
    """One cloud for each class, evenly around a circle of radius 3.8, deviation 0.6."""
    angle = 2 * math.pi * labels / (labels.max() + 1)
    centre = _polar(torch.full((len(labels),), 3.8), angle)
    return centre + 0.6 * torch.randn(len(labels), 2, generator=generator)


def plane(points: Points) -> Values:
    """A tilted plane, (x1 + x2) / 12: what a single neuron can fit."""
    return points.sum(dim=1) / (2 * EXTENT)


BUMPS: Final = ((-3.4, 3.2, 1), (3.4, 3.2, -1), (0.0, 0.0, 1), (-3.4, -3.2, -1), (3.4, -3.2, 1))  # x1, x2, sign


def bumps(points: Points) -> Values:
    """Three hills and two valleys on flat ground, each a Gaussian of width 1.2."""
    total = torch.zeros(len(points))
    for x1, x2, sign in BUMPS:
        total += sign * (-((points - torch.tensor([x1, x2])) ** 2).sum(dim=1) / (2 * 1.2**2)).exp()
    return total.clamp(-1, 1)


def sine(x: Column) -> Values:
    """The sine of x: almost two waves."""
    return x[:, 0].sin()


def step(x: Column) -> Values:
    """A jump from -1 to 1 at 0, which no smooth network can make exactly."""
    return torch.where(x[:, 0] < 0, -1.0, 1.0)


def x_sin_x(x: Column) -> Values:
    """A wave that grows outwards, x sin(x) / 5."""
    return x[:, 0] * x[:, 0].sin() / 5


def absolute(x: Column) -> Values:
    """A corner at 0, |x| / 3 - 1: what two ReLUs can fit exactly."""
    return x[:, 0].abs() / 3 - 1


PLANE_CLASSIFICATION: Final[dict[str, Callable[[Tensor, Generator], Tensor]]] = {
    "circle": circle,
    "xor": xor,
    "gaussians": gaussians,
    "spiral": spiral,
    "moons": moons,
    "checkerboard": checkerboard,
    "blobs": blobs,
}
PLANE_REGRESSION: Final[dict[str, Callable[[Tensor], Tensor]]] = {"plane": plane, "bumps": bumps}
CURVES: Final[dict[str, Callable[[Tensor], Tensor]]] = {
    "sine": sine,
    "step": step,
    "x_sin_x": x_sin_x,
    "absolute": absolute,
}


def make_plane(
    name: str,
    *,
    num_points: int,
    noise: float | int,
    test_share: float | int,
    num_classes: int = 2,
    seed: int,
) -> Dataset:
    """Makes one of the problems above; the same arguments give the same points.

    More noise moves the same points further: the draw does not depend on it.

    Args:
        name: a key of `PLANE_CLASSIFICATION`, `PLANE_REGRESSION` or `CURVES`.
        num_points: training and test points together; at least two for each class.
        noise: 0 to 0.5; for classes the deviation of the points in units of 3, for numbers that of the target, whose
            clean values lie within -1..1.
        test_share: the share of the points kept for the test, 0 to 1.
        num_classes: 2 to 6, used by `blobs`; every other problem has two classes.
        seed: which draw.

    Raises:
        ValueError: for an unknown name, or a number outside its bounds.
    """
    if not 0 <= noise <= MAX_NOISE:
        raise ValueError(f"noise must be from 0 to {MAX_NOISE}, but it is {noise}")
    if name == "blobs" and not 2 <= num_classes <= MAX_BLOBS:
        raise ValueError(f"num_classes must be from 2 to {MAX_BLOBS}, but it is {num_classes}")
    num_kinds = num_classes if name == "blobs" else 2
    if num_points < 2 * num_kinds:
        raise ValueError(f"num_points must be at least {2 * num_kinds} for {name}, but it is {num_points}")
    if name in PLANE_CLASSIFICATION:
        return _classification(name, num_points, noise, test_share, num_kinds, seeded(seed))
    return _regression(name, num_points, noise, test_share, seeded(seed))


def own_points(
    points: Sequence[tuple[float | int, float | int, int]], *, test_share: float | int, seed: int
) -> Dataset:
    """Makes a data set of the points a visitor has clicked.

    Args:
        points: `(x1, x2, class id)` each, at most 2 000; coordinates are clipped to -6..6, class ids are 0 to 5.
        test_share: the share of the points kept for the test, 0 to 1; every class keeps a point for training.
        seed: which points go to the test.

    Raises:
        DataError: for too many points, fewer than two classes, or a class or coordinate that cannot be drawn.
    """
    if len(points) > MAX_OWN_POINTS:
        raise DataError(f"There are {len(points):,} points, and at most {MAX_OWN_POINTS:,} can be used: remove some.")
    if not all(math.isfinite(x1) and math.isfinite(x2) and 0 <= label < MAX_BLOBS for x1, x2, label in points):
        raise DataError(
            f"Each point needs two finite coordinates and a class from 0 to {MAX_BLOBS - 1}: remove the others."
        )
    labels = [label for _, _, label in points]
    if len(set(labels)) < 2:
        raise DataError("Two classes are needed to learn a boundary: add points of at least two colours.")
    raw = torch.tensor([[x1, x2] for x1, x2, _ in points], dtype=torch.float32).clamp(-EXTENT, EXTENT)
    target = torch.tensor(labels)
    is_test = split_mask(len(points), test_share, seeded(seed), target)
    return _dataset("own_points", raw, target, is_test, class_names(max(labels) + 1), "Points set by hand.")


def class_names(num_classes: int) -> tuple[str, ...]:
    """Names for classes that mean nothing else: two are called by the colours they are drawn in."""
    return ("orange", "blue") if num_classes == 2 else tuple(f"class {index}" for index in range(num_classes))


def _classification(
    name: str, num_points: int, noise: float | int, test_share: float | int, num_classes: int, generator: Generator
) -> Dataset:
    shuffle = torch.randperm(num_points, generator=generator)
    labels = (torch.arange(num_points) % num_classes)[shuffle]
    clean = PLANE_CLASSIFICATION[name](labels, generator)
    points = _fold(clean + JITTER * noise * torch.randn(num_points, 2, generator=generator))
    is_test = split_mask(num_points, test_share, generator, labels)
    return _dataset(name, points, labels, is_test, class_names(num_classes), SOURCE)


def _regression(
    name: str, num_points: int, noise: float | int, test_share: float | int, generator: Generator
) -> Dataset:
    formulas = PLANE_REGRESSION | CURVES
    if name not in formulas:
        raise ValueError(f"no problem is called {name!r}; there are {', '.join([*PLANE_CLASSIFICATION, *formulas])}")
    dim = 1 if name in CURVES else 2
    points = EXTENT * (2 * torch.rand(num_points, dim, generator=generator) - 1)
    target = formulas[name](points) + noise * torch.randn(num_points, generator=generator)
    return _dataset(name, points, target, split_mask(num_points, test_share, generator), (), SOURCE)


def _dataset(
    name: str, raw: Tensor, target: Tensor, is_test: Tensor, names_of_classes: tuple[str, ...], source: str
) -> Dataset:
    """Wraps points of the plane (n, 2) or of a curve (n, 1); they are classes when the classes have names."""
    is_curve = raw.shape[1] == 1
    task: Task = "classification" if names_of_classes else "regression"
    return Dataset(
        name=name,
        task=task,
        raw=raw,
        target=target,
        is_test=is_test,
        feature_names=("x",) if is_curve else ("x1", "x2"),
        class_names=names_of_classes,
        target_name="class" if names_of_classes else "y",
        source=source,
        is_plane=not is_curve,
        is_curve=is_curve,
    )


def _uniform(n: int, low: float | int, high: float | int, generator: Generator) -> Values:
    return low + (high - low) * torch.rand(n, generator=generator)


def _signs(n: int, generator: Generator) -> Values:
    return 2.0 * torch.randint(0, 2, (n,), generator=generator) - 1


def _polar(radius: Values, angle: Values) -> Points:
    return torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)


def _fold(points: Points) -> Points:
    """Mirrors at the border what lies beyond it, so that noisy points do not pile up along the edge."""
    return (points.sign() * (EXTENT - (EXTENT - points.abs()).abs())).clamp(-EXTENT, EXTENT)
