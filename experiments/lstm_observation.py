"""What the pictures of the page `lstm` are drawn from."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float

# What a cell computes at each step, in the order of the pictures; its memory comes last but one, its output last.
SIGNALS: Final[dict[str, tuple[str, ...]]] = {
    "lstm": ("forget", "input", "proposal", "output", "cell", "hidden"),
    "gru": ("reset", "update", "proposal", "hidden"),
    "rnn": ("hidden",),
}
GATES: Final = ("forget", "input", "output", "reset", "update")  # shares from 0 to 1
MOST_SHOWN: Final = 32  # units in the live picture
WINDOW: Final = 40  # steps in the live picture
WORDS_WINDOW: Final = 10  # where each sign is a whole word
NUM_NEXT: Final = 5  # symbols of which the chance is shown at each step


@dataclass(frozen=True, eq=False)
class LSTMObservation:
    """One sequence read by the network as it is now: a window of W steps of it. Symbols are signs to look at.

    Attributes:
        takes_numbers: whether numbers are read and answered, not symbols.
        cell: `lstm`, `gru` or `rnn`.
        task: name of the task.
        symbols: W symbols read.
        targets: W answers wanted; empty where none is.
        said: W answers: the most likely symbol, or the number.
        next_symbols: for each of the W steps, the few most likely symbols.
        next_chances: (W, n) their chances, falling.
        values: (K, W, U) of every signal of the cell, for the shown units.
        before: (U,) hidden state just before the window.
        memory_before: (U,) cell state just before the window; equal to `before` where the cell has no other memory.
        num_units: H.
        row: number of the sequence.
        start: first step of the window in its sequence.
        length: steps of the whole sequence.
        num_rows: how many sequences there are to look at.
        levels: what to compare the loss with, as (words, nats).
        saturated_share: one share: gates (for an RNN, hidden values) in the flat part of their bend.
    """

    takes_numbers: bool
    cell: str
    task: str
    symbols: tuple[str, ...]
    targets: tuple[str, ...]
    said: tuple[str, ...]
    next_symbols: tuple[tuple[str, ...], ...]
    next_chances: Float[np.ndarray, "W n"]
    values: Float[np.ndarray, "K W U"]
    before: Float[np.ndarray, " U"]
    memory_before: Float[np.ndarray, " U"]
    num_units: int
    row: int
    start: int
    length: int
    num_rows: int
    levels: tuple[tuple[str, float], ...]
    saturated_share: tuple[float, ...]

    @property
    def signals(self) -> tuple[str, ...]:
        """Names of the K signals."""
        return SIGNALS[self.cell]

    def of(self, signal: str) -> Float[np.ndarray, "W U"]:
        """One signal of the shown units."""
        return self.values[self.signals.index(signal)]
