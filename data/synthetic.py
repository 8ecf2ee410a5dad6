"""Sequences whose right answers are known: small tasks that ask one thing of a memory each.

Shapes: N sequences, T steps.
"""

import math
from collections.abc import Callable
from typing import Final, NamedTuple

import torch
from jaxtyping import Float
from torch import Generator, Tensor
from torch.nn import functional as F

NUM_LETTERS: Final = 8
LETTERS: Final = tuple("abcdefgh")
BLANK: Final = NUM_LETTERS  # number of the symbol for nothing
CUE: Final = NUM_LETTERS + 1  # number of the symbol that asks for the answer
MAX_DEPTH: Final = 7
MAX_COPIED: Final = 4


class Sequences(NamedTuple):
    """Sequences with the answer wanted at each step.

    Attributes:
        inputs: (N, T) symbols, or (N, T, D) numbers.
        targets: (N, T) symbols, or (N, T, K) numbers.
        weights: (N, T) 1 where an answer is wanted, 0 elsewhere.
    """

    inputs: Tensor
    targets: Tensor
    weights: Float[Tensor, "N T"]


def memory(n: int, t: int, generator: Generator | None) -> Sequences:
    """Which letter came first? It is asked at the last step, after t - 2 other letters."""
    inputs = torch.randint(NUM_LETTERS, (n, t), generator=generator)
    inputs[:, -1] = CUE
    targets = inputs[:, :1].expand(n, t).contiguous()
    weights = torch.zeros(n, t)
    weights[:, -1] = 1
    return Sequences(inputs, targets, weights)


def copy(n: int, t: int, generator: Generator | None) -> Sequences:
    """Up to four letters, a pause, and from the cue on the letters once more."""
    k = num_copied(t)
    letters = torch.randint(NUM_LETTERS, (n, k), generator=generator)
    inputs = torch.full((n, t), BLANK)
    inputs[:, :k] = letters
    inputs[:, -k] = CUE
    targets = torch.full((n, t), BLANK)
    targets[:, -k:] = letters
    weights = torch.zeros(n, t)
    weights[:, -k:] = 1
    return Sequences(inputs, targets, weights)


def num_copied(t: int) -> int:
    """How many letters are copied in t steps."""
    return max(1, min(MAX_COPIED, (t - 1) // 2))


def adding(n: int, t: int, generator: Generator | None) -> Sequences:
    """Numbers from 0 to 1, two of them marked, one in each half; wanted at the end: their sum."""
    inputs = torch.zeros(n, t, 2)
    inputs[:, :, 0] = torch.rand(n, t, generator=generator)
    half = t // 2
    rows = torch.arange(n)
    first = torch.randint(half, (n,), generator=generator)
    second = torch.randint(half, t, (n,), generator=generator)
    inputs[rows, first, 1] = inputs[rows, second, 1] = 1
    total = inputs[rows, first, 0] + inputs[rows, second, 0]
    weights = torch.zeros(n, t)
    weights[:, -1] = 1
    return Sequences(inputs, total[:, None, None].expand(n, t, 1).contiguous(), weights)


def parentheses(n: int, t: int, generator: Generator | None) -> Sequences:
    """Opening (0) and closing (1) brackets that never close too many; wanted at each step: how many are open."""
    moves = 2 * torch.randint(2, (n, t), generator=generator) - 1
    # A walk that turns back at 0 and at the largest depth is a free walk, folded at both.
    place = moves.cumsum(1) % (2 * MAX_DEPTH)
    depth = torch.minimum(place, 2 * MAX_DEPTH - place)
    before = F.pad(depth[:, :-1], (1, 0))
    return Sequences((depth < before).long(), depth, torch.ones(n, t))


def sine(n: int, t: int, generator: Generator | None) -> Sequences:
    """Waves of 8 to 16 steps that begin anywhere; wanted at each step: the next value."""
    phase, speed = torch.rand(2, n, 1, generator=generator)
    turn = 2 * math.pi * (phase + torch.arange(t + 1) / (8 + 8 * speed))
    wave = torch.sin(turn)[:, :, None]
    return Sequences(wave[:, :-1], wave[:, 1:], torch.ones(n, t))


SYNTHETIC: Final = ("memory", "copy", "adding", "parentheses", "sine")
MAKERS: Final[dict[str, Callable[[int, int, Generator | None], Sequences]]] = {
    "memory": memory,
    "copy": copy,
    "adding": adding,
    "parentheses": parentheses,
    "sine": sine,
}
MEMORY_SYMBOLS: Final = (*LETTERS, "·", "?")
SYMBOLS: Final[dict[str, tuple[str, ...]]] = {
    "memory": MEMORY_SYMBOLS,
    "copy": MEMORY_SYMBOLS,
    "parentheses": ("(", ")"),
}
ANSWERS: Final[dict[str, tuple[str, ...]]] = {
    "memory": MEMORY_SYMBOLS,
    "copy": MEMORY_SYMBOLS,
    "parentheses": tuple(str(depth) for depth in range(MAX_DEPTH + 1)),
}
