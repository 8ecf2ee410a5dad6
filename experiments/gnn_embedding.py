"""A plane through the nodes (or graphs) of a network that does not turn over while the network learns.

Two principal components are a plane without a direction: a sign may flip, and two that are equally strong may trade
places from one step to the next. So within the plane the axes are turned to follow something that stays: to the right
lies what goes with one quantity, upwards what goes with another.

Shapes: n items, H channels.
"""

import numpy as np
from jaxtyping import Float

EPSILON = 1e-9  # of the spread: less counts as none


def oriented_plane(
    h: Float[np.ndarray, "n H"], first: Float[np.ndarray, " n"], second: Float[np.ndarray, " n"]
) -> tuple[Float[np.ndarray, "n 2"], float]:
    """The items in the plane of their two principal components, turned by two quantities.

    Args:
        h: what a layer makes of each item.
        first: goes with the right, such as 1 for the first class and 0 for others.
        second: goes upwards, such as the degree.

    Returns:
        Where each item lies, around (0, 0) and in the units of h, and the share of all variance that is in the plane,
        0 to 1. Without any variance all lie at (0, 0) and the share is 1.
    """
    centred = h - h.mean(0)
    u, s, _ = np.linalg.svd(centred.astype(np.float64), full_matrices=False)
    total = float((s**2).sum())
    if total <= (EPSILON * max(1.0, float(np.abs(h).max(initial=0.0)))) ** 2 * len(h):
        return np.zeros((len(h), 2)), 1.0
    plane = np.zeros((len(h), 2))
    plane[:, : min(2, len(s))] = (u * s)[:, :2]
    return _reflected(_turned(plane, first), second), float((s[:2] ** 2).sum()) / total


def _turned(plane: Float[np.ndarray, "n 2"], quantity: Float[np.ndarray, " n"]) -> Float[np.ndarray, "n 2"]:
    """Turned until the covariance with a quantity points to the right; as it is if there is none."""
    way = plane.T @ (quantity - quantity.mean())  # (2,)
    length = float(np.hypot(*way))
    if length <= EPSILON * float(np.linalg.norm(plane)) * max(float(np.linalg.norm(quantity)), EPSILON):
        return plane
    cos, sin = way / length
    return plane @ np.array([[cos, -sin], [sin, cos]])


def _reflected(plane: Float[np.ndarray, "n 2"], quantity: Float[np.ndarray, " n"]) -> Float[np.ndarray, "n 2"]:
    """With what goes with a quantity upwards."""
    is_down = float(plane[:, 1] @ (quantity - quantity.mean())) < 0
    return plane * np.array([1.0, -1.0]) if is_down else plane
