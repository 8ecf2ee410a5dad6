"""What the pictures of the page `gan` are drawn from."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float


@dataclass(frozen=True, eq=False)
class Plane:
    """Points, real and forged, and what both networks make of the plane from −1 to 1.

    Attributes:
        real: (n, 2) real points.
        fake: (m, 2) fakes, always of the same noise.
        noise: (m, 1) or (m, 2) that noise.
        field: (F, F) what the discriminator says, lowest row first.
        sheet: (rows, columns, 2) where an even net over the noise lands; a single row for a thread.
        starts: (k, 2) some of the fakes.
        ways: (k, 2) where the discriminator's slope pushes each: against the gradient of its own loss.
        trails: (moments, t, 2) where some fakes have been, newest last.
        modes: (K, 2) where the points gather; none if that is not known.
        mode_reach: (K,) how far from its middle a point still belongs to a mode.
        is_covered: (K,) whether a mode gets at least a fifth of its fair share of fakes.
    """

    real: Float[np.ndarray, "n 2"]
    fake: Float[np.ndarray, "m 2"]
    noise: Float[np.ndarray, "m Z"]
    field: Float[np.ndarray, "F F"]
    sheet: Float[np.ndarray, "rows columns 2"]
    starts: Float[np.ndarray, "k 2"]
    ways: Float[np.ndarray, "k 2"]
    trails: Float[np.ndarray, "moments t 2"]
    modes: Float[np.ndarray, "K 2"]
    mode_reach: Float[np.ndarray, " K"]
    is_covered: Bool[np.ndarray, " K"]


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures, real and forged, from −1 (black) to 1.

    Attributes:
        real: (n, S, S) some real ones.
        fake: (m, S, S) fakes, always of the same noise.
        scores: (m,) what the discriminator says of each fake.
        nearest: (m, S, S) the training picture that is nearest to each fake.
    """

    real: Float[np.ndarray, "n S S"]
    fake: Float[np.ndarray, "m S S"]
    scores: Float[np.ndarray, " m"]
    nearest: Float[np.ndarray, "m S S"]


@dataclass(frozen=True, eq=False)
class GANObservation:
    """Both networks at work.

    Attributes:
        data: as in the settings.
        loss: as in the settings.
        is_chance: whether the discriminator says a chance; otherwise a score without bounds.
        limits: of what it says: 0 and 1 for a chance.
        histogram: (2, bins) shares of the fakes and of the real examples in equal parts of the limits, fakes first.
        plane: for points; None for pictures.
        pictures: for pictures; None for points.
        wasserstein: mean way from fakes to fresh examples, in units of the data.
        copied: median distance of fakes to the nearest training example, over that of fresh examples; NaN if there
            are no fresh ones.
        alarms: sentences on what has gone wrong: collapse, or a discriminator that has won.
        verdicts: the same two questions answered in words, whatever the answer.
        num_real: examples to learn from.
        num_parameters: weights and biases of generator and discriminator.
        words: where the examples come from, and what was done to them.
    """

    data: str
    loss: str
    is_chance: bool
    limits: tuple[float, float]
    histogram: Float[np.ndarray, "2 bins"]
    plane: Plane | None
    pictures: Pictures | None
    wasserstein: float
    copied: float
    alarms: tuple[str, ...]
    verdicts: tuple[str, ...]
    num_real: int
    num_parameters: tuple[int, int]
    words: tuple[str, ...]
