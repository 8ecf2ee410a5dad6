"""What the pictures of the page `decoder` need.

Shapes: T tokens of the sequence shown, L attentions of the network, H heads of each.
"""

from dataclasses import dataclass

import numpy as np

from experiments.sequence_watching import Written


@dataclass(frozen=True)
class Example:
    """A row of the test with the network's answers.

    Attributes:
        read: the tokens that are read.
        wanted: the token that follows each of them.
        given: the token that the network says; of problems with digits, as it writes them without help.
        is_asked: (T,) where the answer counts.
    """

    read: tuple[str, ...]
    wanted: tuple[str, ...]
    given: tuple[str, ...]
    is_asked: np.ndarray


@dataclass(frozen=True)
class Line:
    """A line that the network wrote, and whether it stands in the training text."""

    text: str
    is_seen: bool


@dataclass(frozen=True)
class DecoderObservation:
    """The network now.

    Attributes:
        task: its name.
        kind: `digits`, `letters` or `text`.
        variant: `causal` or `leaking`.
        examples: rows of the test with answers; none for texts.
        lines: of texts of short lines, what is written; else none.
        written: of other texts, what is written; else None.
        tokens: the T tokens of the sequence shown.
        weights: (L, H, T, T) attention of every head on them; rows look at columns.
        is_seen: (L, T, T) what the mask lets a row see.
        layer_names: of the L attentions.
        baselines: the loss of simple answers on the test, by name, in nats.
        bits_per_byte: for each nat; NaN where bytes mean nothing.
        num_parameters: weights and biases.
        source: attribution and licence.
        report: what was done to the data.
    """

    task: str
    kind: str
    variant: str
    examples: tuple[Example, ...]
    lines: tuple[Line, ...]
    written: Written | None
    tokens: tuple[str, ...]
    weights: np.ndarray
    is_seen: np.ndarray
    layer_names: tuple[str, ...]
    baselines: dict[str, float]
    bits_per_byte: float
    num_parameters: int
    source: str
    report: tuple[str, ...]
