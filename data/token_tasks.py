"""Rows of tokens made up to test what a language model can learn: sort, add, repeat, and nothing at all.

Each row is read from left to right, and the next token is wanted wherever the rules fix it. What is kept for the test
never comes in training.

Shapes: N rows, K digits, T tokens read.
"""

from typing import Final

import torch
from jaxtyping import Bool, Int64
from torch import Generator, Tensor

from data.synthetic import Sequences

SORTED_VALUES: Final = 3
SORT_SYMBOLS: Final = tuple("012")
SUM_SYMBOLS: Final = tuple("0123456789+=")
PLUS: Final = 10  # numbers of these symbols
EQUALS: Final = 11
LETTER_SYMBOLS: Final = tuple("abcdefghijklmnop")
KEPT: Final = 5  # every so manyth problem is kept for the test


def is_kept(codes: Int64[Tensor, " N"]) -> Bool[Tensor, " N"]:
    """Whether the problem with this number is kept for the test: about a fifth, spread by a multiplication."""
    return (codes * 2_654_435_761 >> 8) % KEPT == 0


def _drawn(n: int, num_problems: int, is_test: bool, generator: Generator | None) -> Int64[Tensor, " N"]:
    """Numbers of problems, from those kept for the test or from the others."""
    codes = torch.randint(num_problems, (n,), generator=generator)
    while (is_wrong := is_kept(codes) != is_test).any():
        codes[is_wrong] = torch.randint(num_problems, (int(is_wrong.sum()),), generator=generator)
    return codes


def _digits(codes: Int64[Tensor, " N"], base: int, count: int) -> Int64[Tensor, "N K"]:
    """The digits of numbers, the highest first."""
    return codes[:, None] // base ** torch.arange(count - 1, -1, -1) % base


def _asked_from(rows: Int64[Tensor, "N R"], start: int) -> Sequences:
    """Each row is read but for its last token; what comes from place `start` on is wanted."""
    weights = torch.zeros(len(rows), rows.shape[1] - 1)
    weights[:, start - 1 :] = 1
    return Sequences(rows[:, :-1], rows[:, 1:], weights)


def sorting(n: int, num_digits: int, *, is_test: bool = False, generator: Generator | None = None) -> Sequences:
    """Digits from 0 to 2, and then the same digits in order (the task of minGPT's demo)."""
    codes = _drawn(n, SORTED_VALUES**num_digits, is_test, generator)
    digits = _digits(codes, SORTED_VALUES, num_digits)
    return _asked_from(torch.cat([digits, digits.sort(1).values], dim=1), num_digits)


def addition(
    n: int, num_digits: int, *, is_reversed: bool = False, is_test: bool = False, generator: Generator | None = None
) -> Sequences:
    """`a+b=c` with a and b of so many digits, and c of one more; if reversed, c begins with its ones."""
    codes = _drawn(n, 10 ** (2 * num_digits), is_test, generator)
    one, other = codes // 10**num_digits, codes % 10**num_digits
    total = _digits(one + other, 10, num_digits + 1)
    sign = torch.ones(n, 1, dtype=torch.int64)
    parts = [_digits(one, 10, num_digits), PLUS * sign, _digits(other, 10, num_digits), EQUALS * sign]
    return _asked_from(torch.cat([*parts, total.flip(1) if is_reversed else total], dim=1), 2 * num_digits + 2)


def induction(n: int, t: int, *, generator: Generator | None = None) -> Sequences:
    """Random letters that repeat; each row with a period of its own, so that no fixed distance gives the answer."""
    letters = torch.randint(len(LETTER_SYMBOLS), (n, t + 1), generator=generator)
    period = torch.randint(max(2, t // 5), t // 2 + 1, (n, 1), generator=generator)
    place = torch.arange(t + 1).expand(n, -1)
    rows = letters.gather(1, place % period)
    return Sequences(rows[:, :-1], rows[:, 1:], (place[:, 1:] >= period).float())


def random_tokens(n: int, t: int, *, generator: Generator | None = None) -> Sequences:
    """Letters that have nothing to do with each other: nobody who does not see the next one can know it."""
    rows = torch.randint(len(LETTER_SYMBOLS), (n, t + 1), generator=generator)
    return Sequences(rows[:, :-1], rows[:, 1:], torch.ones(n, t))
