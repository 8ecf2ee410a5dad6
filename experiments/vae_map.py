"""The plane on which the latent space of the page `vae` is drawn, and what stands in it.

With two units the plane is the space itself. With more it is the plane in which the codes lie most nearly as the inputs
do in their own two principal components, which never move. So the picture does not flip or spin from step to step. The
two widest directions of the codes themselves would: the pull makes all directions about equally wide, and which of them
are the widest changes all the time. Little is lost: the plane holds nearly as much of the variance.

Shapes: N examples, L units, D values of an input.
"""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Plane(NamedTuple):
    """A plane in a space of L units.

    Attributes:
        origin: (L,) the point that is drawn at (0, 0).
        axes: (2, L) where the plane's own two directions lead: of length 1 and at right angles.
    """

    origin: Float[Tensor, " L"]
    axes: Float[Tensor, "2 L"]

    def of(self, codes: Float[Tensor, "N L"]) -> Float[Tensor, "N 2"]:
        """Where points of the space are seen."""
        return (codes - self.origin) @ self.axes.T

    def back(self, places: Float[Tensor, "N 2"]) -> Float[Tensor, "N L"]:
        """The points of the space at places of the plane."""
        return self.origin + places @ self.axes

    def covariances(self, logvar: Float[Tensor, "N L"]) -> Float[Tensor, "N 2 2"]:
        """How the clouds of the codes are seen: (2, 2) each."""
        return (self.axes * logvar.exp()[:, None, :]) @ self.axes.T


def plane_of(codes: Float[Tensor, "N L"], reference: Float[Tensor, "N 2"]) -> Plane:
    """The plane for these codes.

    Args:
        codes: means of some examples.
        reference: where the same examples shall lie, as well as two directions at right angles can do it.
    """
    num_units = codes.shape[1]
    if num_units <= 2:
        return Plane(codes.new_zeros(num_units), torch.eye(2, num_units, device=codes.device))
    codes = codes.nan_to_num(0.0, 0.0, 0.0).clamp(-1e6, 1e6)
    origin = codes.mean(0)
    left, _, right = svd((codes - origin).T @ reference)  # the covariances, (L, 2)
    return Plane(origin, (left @ right).T)


def svd(matrix: Float[Tensor, "rows columns"]) -> Any:
    """The singular value decomposition, as narrow as the matrix is."""
    return torch.linalg.svd(matrix, full_matrices=False)


def reference_of(x: Float[Tensor, "N D"]) -> Float[Tensor, "N 2"]:
    """Where examples lie in the two principal components of their own values, at a spread of 1."""
    centred = x - x.mean(0)
    _, _, directions = svd(centred)
    places = centred @ directions[:2].T
    return places / places.std(0).clamp_min(1e-9)
