"""What the network is shown of a point: its coordinates, or bent versions of them.

A linear model on the squares can separate a circle: the work of a hidden layer, done by hand.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Feature(NamedTuple):
    """One input of the network: how it is written, and how it is computed from points (n, dim), giving (n)."""

    label: str
    of: Callable[[Tensor], Tensor]


PLANE_FEATURES: Final[dict[str, Feature]] = {
    "x1": Feature("x₁", lambda points: points[:, 0]),
    "x2": Feature("x₂", lambda points: points[:, 1]),
    "x1_squared": Feature("x₁²", lambda points: points[:, 0] ** 2),
    "x2_squared": Feature("x₂²", lambda points: points[:, 1] ** 2),
    "x1_x2": Feature("x₁x₂", lambda points: points[:, 0] * points[:, 1]),
    "sin_x1": Feature("sin x₁", lambda points: points[:, 0].sin()),
    "sin_x2": Feature("sin x₂", lambda points: points[:, 1].sin()),
    "cos_x1": Feature("cos x₁", lambda points: points[:, 0].cos()),
    "cos_x2": Feature("cos x₂", lambda points: points[:, 1].cos()),
}

# A curve has one input: the features of x1 alone, called x.
CURVE_FEATURES: Final[dict[str, Feature]] = {
    name.replace("x1", "x"): Feature(feature.label.replace("x₁", "x"), feature.of)
    for name, feature in PLANE_FEATURES.items()
    if "x2" not in name
}


def available_features(dim: int) -> dict[str, Feature]:
    """The features of points with `dim` coordinates: 1 for a curve, 2 for the plane.

    Raises:
        ValueError: for any other number of coordinates.
    """
    if dim not in (1, 2):
        raise ValueError(f"features are defined for 1 or 2 coordinates, not for {dim}")
    return CURVE_FEATURES if dim == 1 else PLANE_FEATURES


def expand(points: Float[Tensor, "n dim"], features: Sequence[str]) -> Float[Tensor, "n d"]:
    """Computes the chosen features of every point, in the order they are named; nothing is scaled.

    Args:
        points: coordinates of the plane (n, 2) or of a curve (n, 1).
        features: keys of `available_features(dim)`.

    Returns:
        One column for each feature, (n, d).

    Raises:
        ValueError: when no feature is chosen, or one is unknown.
    """
    available = available_features(points.shape[1])
    unknown = [name for name in features if name not in available]
    if unknown:
        raise ValueError(f"no feature is called {unknown[0]!r}; there are {', '.join(available)}")
    if not features:
        raise ValueError("choose at least one input feature")
    return torch.stack([available[name].of(points) for name in features], dim=1)
