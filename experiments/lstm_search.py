"""Pattern search over recorded states: where else in the text are the same units on together?

After LSTMVis (Strobelt et al. 2018): a unit is *on* where its value is above a threshold. A phrase of the text chooses
units: those on through all of its steps and, if asked for, off just before and just after. Then every passage of the
text is ranked by how many of these units are on in it, then by how few others are, then by its length.

Shapes: R rows of text, each of L steps, read by H units.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int

MOST_MATCHES: Final = 50
DEFAULT_THRESHOLD: Final = 0.3


@dataclass(frozen=True, eq=False)
class Match:
    """A passage in which chosen units are on from its first step to its last.

    Attributes:
        row: of the text, from 0.
        start: first step, from 0.
        length: steps.
        shared: how many of the chosen units are on throughout.
        others: how many more are on throughout.
    """

    row: int
    start: int
    length: int
    shared: int
    others: int


def units_of_pattern(
    is_on: Bool[np.ndarray, "L H"], first: int, last: int, off_before: int = 0, off_after: int = 0
) -> Int[np.ndarray, " found"]:
    """The units that are on from step `first` to step `last`, and off for some steps before and after.

    Args:
        is_on: one row of the text.
        first: first step, from 0.
        last: last step, included.
        off_before: steps just before `first` in which the unit must be off; those before the row do not count.
        off_after: steps just after `last`.
    """
    fits = is_on[first : last + 1].all(0)
    fits &= ~is_on[max(0, first - off_before) : first].any(0)
    fits &= ~is_on[last + 1 : last + 1 + off_after].any(0)
    return np.flatnonzero(fits)


def find_matches(
    is_on: Bool[np.ndarray, "R L H"], units: Int[np.ndarray, " chosen"], limit: int = MOST_MATCHES
) -> list[Match]:
    """The passages most like the pattern, best first.

    Each row is cut wherever one of the chosen units goes on or off. A piece in which some of them are on is a passage;
    passages are ranked by most chosen units on, fewest others on throughout, and greatest length.

    Args:
        is_on: where each unit is on.
        units: the chosen ones.
        limit: how many passages at most.
    """
    num_rows, length, num_units = is_on.shape
    chosen = is_on[:, :, units]
    flips = np.ones((num_rows, length), dtype=bool)  # a row begins with a new piece
    flips[:, 1:] = (chosen[:, 1:] != chosen[:, :-1]).any(2)
    starts = np.flatnonzero(flips.ravel())
    if not len(units) or not len(starts):
        return []
    lengths = np.diff(np.append(starts, num_rows * length))
    shared = chosen.reshape(-1, len(units))[starts].sum(1)
    through = np.logical_and.reduceat(is_on.reshape(-1, num_units), starts, axis=0).sum(1)
    others = through - shared
    order = np.lexsort((-lengths, others, -shared))
    best = order[shared[order] > 0][:limit]
    return [
        Match(int(start // length), int(start % length), int(size), int(common), int(more))
        for start, size, common, more in zip(starts[best], lengths[best], shared[best], others[best], strict=True)
    ]


def correlations(values: Float[np.ndarray, "N H"], tracks: Float[np.ndarray, "N K"]) -> Float[np.ndarray, "H K"]:
    """Pearson's correlation of every unit with every track; 0 where one of them does not vary."""
    a, b = values - values.mean(0), tracks - tracks.mean(0)
    lengths = np.sqrt((a**2).sum(0))[:, None] * np.sqrt((b**2).sum(0))[None]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (a.T @ b) / lengths
    return np.where(lengths > 1e-9, found, 0.0)
