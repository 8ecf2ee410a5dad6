"""What the pictures of the page `vae` are drawn from."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int

ACTIVE: Final = 0.01  # variance of its mean over the data that makes a unit count as used (Burda et al. 2015)
NUM_SHOWN: Final = 6  # test examples
NUM_SAMPLES: Final = 20
NUM_CODES: Final = 300  # test examples on the map
CELLS: Final = 11  # of the decoded plane, along each side; odd, so that one stands in the middle
LINES: Final = 21  # of the latent plane that are drawn where the decoder puts them, for points


@dataclass(frozen=True, eq=False)
class Pictures:
    """What is seen of pictures. S test pictures, M samples, G cells a side, C channels, H side, h a smaller side.

    Attributes:
        inputs: (S, C, H, H) test pictures, 0 to 1.
        copies: (S, C, H, H) the decoded means of their codes.
        samples: (M, C, H, H) decoded draws from N(0, 1), always the same draws.
        grid: (G, G, C, h, h) the decoded plane, made smaller; the first row is the topmost.
        decoded: (C, H, H) the point of the map.
        looked_at: (C, H, H) the example looked at.
        looked_copy: (C, H, H) its decoded mean.
    """

    inputs: Float[np.ndarray, "S C H H"]
    copies: Float[np.ndarray, "S C H H"]
    samples: Float[np.ndarray, "M C H H"]
    grid: Float[np.ndarray, "G G C h h"]
    decoded: Float[np.ndarray, "C H H"]
    looked_at: Float[np.ndarray, "C H H"]
    looked_copy: Float[np.ndarray, "C H H"]


@dataclass(frozen=True, eq=False)
class Cloud:
    """What is seen of points in the plane. N test points, M samples, G lines.

    Attributes:
        name: of the density.
        inputs: (N, 2) test points.
        copies: (N, 2) the decoded means of their codes.
        samples: (M, 2) draws from the decoder at draws from N(0, 1), always the same ones.
        mesh: (G, G, 2) where the decoder puts a square net of the latent plane.
        decoded: (2,) where it puts the point of the map.
        density: (g, g) the true density over the square from −1 to 1, the first row on top.
        entropy: of the true density in nats: no mean loss with β = 1 can be lower, but by chance.
    """

    name: str
    inputs: Float[np.ndarray, "N 2"]
    copies: Float[np.ndarray, "N 2"]
    samples: Float[np.ndarray, "M 2"]
    mesh: Float[np.ndarray, "G G 2"]
    decoded: Float[np.ndarray, " 2"]
    density: Float[np.ndarray, "g g"]
    entropy: float


@dataclass(frozen=True, eq=False)
class VAEObservation:
    """The network on some test examples, and its latent space as a map. N examples on the map, L units.

    Attributes:
        data: name of the data.
        model: `VAE` or `autoencoder`.
        class_names: of the classes that colour the map; empty if there are none.
        codes: (N, 2) where the means of the test examples lie on the map.
        covariances: (N, 2, 2) of their clouds, on the map; 0 without doubt.
        classes: (N,) their classes.
        shown: (S,) places, among the test examples, of the first of them, which stand in a row beside the map.
        limit: the map reaches from −limit to limit.
        is_projected: whether the map is a plane of a larger space.
        point: (2,) the point of the map that is decoded.
        example: place of the example looked at among the test examples.
        example_class: its class.
        example_code: (2,) where it lies on the map.
        kl_units: (L,) divergence of each unit, the mean over the test examples; not finite without doubt.
        variances: (L,) variance of each unit's mean over the test examples.
        is_active: (L,) whether that is enough for a unit that is used.
        beta_now: weight of the divergence in the step that comes; negative with the lecture's slip.
        effective_beta: the same, as if the reconstruction were a sum in nats.
        num_values: of an input.
        reduction: `sum` or `mean`.
        pictures: what is seen of pictures, or None.
        cloud: what is seen of points, or None.
        num_train: training examples.
        num_test: test examples.
        num_parameters: weights and biases.
        levels: what to compare the loss with, as (words, nats).
        source: where the examples come from, and their licence.
        report: what was done to them.
    """

    data: str
    model: str
    class_names: tuple[str, ...]
    codes: Float[np.ndarray, "N 2"]
    covariances: Float[np.ndarray, "N 2 2"]
    classes: Int[np.ndarray, " N"]
    shown: Int[np.ndarray, " S"]
    limit: float
    is_projected: bool
    point: Float[np.ndarray, " 2"]
    example: int
    example_class: int
    example_code: Float[np.ndarray, " 2"]
    kl_units: Float[np.ndarray, " L"]
    variances: Float[np.ndarray, " L"]
    is_active: Bool[np.ndarray, " L"]
    beta_now: float
    effective_beta: float
    num_values: int
    reduction: str
    pictures: Pictures | None
    cloud: Cloud | None
    num_train: int
    num_test: int
    num_parameters: int
    levels: tuple[tuple[str, float], ...]
    source: str
    report: str

    @property
    def has_collapsed(self) -> bool:
        """Whether no unit says anything of its input."""
        return not bool(self.is_active.any())


@dataclass(frozen=True, eq=False)
class OwnPicture:
    """A visitor's own picture on its way through the network. C channels, S side, n draws, L units.

    Attributes:
        picture: (C, S, S), 0 to 1.
        copy: (C, S, S) the decoded mean of its code.
        draws: (n, C, S, S) decoded draws from its cloud, always the same dice.
        place: (2,) where its mean lies on the map.
        covariance: (2, 2) of its cloud, on the map.
        cost: what the copy costs, in nats or as the sum of squares.
        kl: how far its cloud lies from N(0, 1), in nats; not finite without doubt.
        usual_cost: the mean of the cost over the test pictures on the map.
    """

    picture: Float[np.ndarray, "C S S"]
    copy: Float[np.ndarray, "C S S"]
    draws: Float[np.ndarray, "n C S S"]
    place: Float[np.ndarray, " 2"]
    covariance: Float[np.ndarray, "2 2"]
    cost: float
    kl: float
    usual_cost: float
