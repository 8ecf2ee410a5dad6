"""What the pictures of the page `encoder` are drawn from."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int

GIVEN, MASKED, REPLACED, KEPT = 0, 1, 2, 3  # what became of a symbol
NUM_SENTENCES: Final = 7  # with gaps, in the live picture


@dataclass(frozen=True, eq=False)
class Gaps:
    """Some test sentences with gaps, and what the network puts in. S sentences of T places.

    Attributes:
        symbols: what each place shows to the network; empty behind the end.
        role: (S, T) what became of it: given, masked, replaced or kept.
        right: the symbol that stood there.
        said: the likeliest symbol; empty where nothing is asked.
        chance: (S, T) of the right symbol; NaN where nothing is asked.
    """

    symbols: tuple[tuple[str, ...], ...]
    role: Int[np.ndarray, "S T"]
    right: tuple[tuple[str, ...], ...]
    said: tuple[tuple[str, ...], ...]
    chance: Float[np.ndarray, "S T"]

    @property
    def is_right(self) -> Bool[np.ndarray, "S T"]:
        """Where the likeliest symbol is the right one."""
        return np.array(self.right) == np.array(self.said)


@dataclass(frozen=True, eq=False)
class Sentence:
    """One test sentence of n symbols, what is said of it, and what each symbol has to do with that.

    Attributes:
        symbols: its symbols, [CLS] first.
        label: its class.
        chances: (K,) of the classes.
        attention: (n,) share of the attention of the last block that goes to each symbol.
        occlusion: (n,) by how much the log-chance of the likeliest class falls without the symbol.
        gradient: (n,) gradient times input: the same, guessed from the slope.
        index: its place among the test sentences.
    """

    symbols: tuple[str, ...]
    label: int
    chances: Float[np.ndarray, " K"]
    attention: Float[np.ndarray, " n"]
    occlusion: Float[np.ndarray, " n"]
    gradient: Float[np.ndarray, " n"]
    index: int


@dataclass(frozen=True, eq=False)
class EncoderObservation:
    """The network at work: on gaps while it fills them, else on one sentence and on the test as a whole.

    Attributes:
        task: as in the settings.
        data: name of the texts.
        level: what a symbol is.
        is_filling: whether this step fills gaps.
        steps_of_filling: steps before the first label is seen; 0 if labels come first, -1 if none ever comes.
        class_names: K names.
        gaps: sentences with gaps; None where the network has no head for them.
        sentence: one sentence; None where there are no classes to tell.
        confusion: (K, K) test examples by true and predicted class; (0, 0) without classes.
        levels: what to compare the loss with, as (words, nats).
        score_levels: what to compare the accuracy with, as (words, share).
        num_train: training examples.
        num_test: test examples.
        num_labels: training examples whose label is seen.
        num_parameters: weights and biases.
        vocab_size: different symbols.
        padding: share of the places of the training examples that only fill up.
        source: where the texts come from.
        report: what was done to them.
    """

    task: str
    data: str
    level: str
    is_filling: bool
    steps_of_filling: int
    class_names: tuple[str, ...]
    gaps: Gaps | None
    sentence: Sentence | None
    confusion: Int[np.ndarray, "K K"]
    levels: tuple[tuple[str, float], ...]
    score_levels: tuple[tuple[str, float], ...]
    num_train: int
    num_test: int
    num_labels: int
    num_parameters: int
    vocab_size: int
    padding: float
    source: str
    report: tuple[str, ...]
