"""What the pictures of the page `attention` are drawn from."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class AttentionObservation:
    """One test sequence as the network sees it, and what its heads do on many.

    Shapes: L layers, H heads, T places, V letters, K behaviours.

    Attributes:
        task: what is wanted.
        words: T, what stands in the watched sequence.
        wanted: T, the right answers; empty where none is asked for.
        said: T, the likeliest answers.
        chances: (T,) of the right answer, NaN where none is asked for.
        weights: (L, H, T, T) of the watched sequence, rows are queries.
        is_seen: (T, T) what the mask lets through.
        behaviours: K, where a head may look.
        scores: (K, L, H) share of each head's mass there, on blocks repeated with a random period; NaN where the
            sequences hold nothing of the kind.
        own_scores: (K, L, H) the same on test sequences of the task itself.
        by_chance: (K,) share of a head that looks at everything alike, for `scores`.
        own_by_chance: (K,) the same for `own_scores`.
        entropy: (L, H) how widely a head looks: 1 at everything alike, 0 at one place; on the task itself.
        names: L * H, what each head does by `scores`; empty where nothing stands out.
        row: number of the watched sequence, from 0.
        mask: which mask is in force.
        positions: how a place knows where it is.
        num_parameters: of the network.
        levels: words and losses to compare with.
    """

    task: str
    words: tuple[str, ...]
    wanted: tuple[str, ...]
    said: tuple[str, ...]
    chances: np.ndarray
    weights: np.ndarray
    is_seen: np.ndarray
    behaviours: tuple[str, ...]
    scores: np.ndarray
    own_scores: np.ndarray
    by_chance: np.ndarray
    own_by_chance: np.ndarray
    entropy: np.ndarray
    names: tuple[str, ...]
    row: int
    mask: str
    positions: str
    num_parameters: int
    levels: tuple[tuple[str, float], ...]
