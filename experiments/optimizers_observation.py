"""What the pictures of the page `optimizers` are drawn from."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from experiments.optimizers_bowl import BowlRates
from experiments.optimizers_terms import Update


@dataclass(frozen=True, eq=False)
class RaceObservation:
    """What the pictures of the page `optimizers` are drawn from. R racers, M minima, K places of the trails.

    Attributes:
        surface: its name.
        story: what was measured, in a sentence; empty for a formula.
        field: (F, F) heights from -side to side both ways, low y first.
        side: how far the picture reaches.
        minima: (M, 2) where it is lowest.
        start: (2,) where all began.
        track: (T, 2) where a real network's own training went; empty elsewhere.
        racers: R names.
        focus: index of the one looked at.
        positions: (R, 2) where they are; one that diverged stays where it left.
        heights: (R,) of the surface there; NaN for those that diverged.
        distances: (R,) to the nearest minimum.
        is_out: R flags: it diverged.
        rates: (R,) learning rates of the next step.
        trail_steps: (K,) steps of the places below.
        trails: (K, R, 2) where they have been, the start first and the present last.
        updates: the last step of each racer, taken apart; none before the first step.
        bowl: what is known exactly of rates on a bowl; None elsewhere.
    """

    surface: str
    story: str
    field: Float[np.ndarray, "F F"]
    side: float
    minima: Float[np.ndarray, "M 2"]
    start: Float[np.ndarray, "2"]
    track: Float[np.ndarray, "T 2"]
    racers: tuple[str, ...]
    focus: int
    positions: Float[np.ndarray, "R 2"]
    heights: Float[np.ndarray, " R"]
    distances: Float[np.ndarray, " R"]
    is_out: tuple[bool, ...]
    rates: Float[np.ndarray, " R"]
    trail_steps: Int[np.ndarray, " K"]
    trails: Float[np.ndarray, "K R 2"]
    updates: tuple[Update, ...]
    bowl: BowlRates | None
