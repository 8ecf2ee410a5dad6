"""Rows to look into on the page `lstm`: what stands in them, as signs to read.

Shapes: R rows, L steps.
"""

from typing import Any, Final

import torch
from torch import Tensor

from data.synthetic import Sequences
from experiments.lstm_settings import ROW_LENGTH
from experiments.sequences import TextTask

NUM_ROWS: Final = 48  # of a text
SHOWN_AS: Final = {" ": "␣", "\n": "↵", "\t": "⇥"}
BLOCKS: Final = "▁▂▃▄▅▆▇█"  # numbers as heights
REACH: Final = 2.0  # standardised values beyond it are drawn as lowest and highest
UNMARKED: Final = "·"


def rows_to_read(task: Any) -> Sequences:
    """The test sequences; of a text, longer rows of its tail."""
    if not isinstance(task, TextTask):
        found: Sequences = task.test
        return found
    tail = task.text.ids[task.text.num_train :]
    length = min(ROW_LENGTH, len(tail) - 1)
    count = max(1, min(NUM_ROWS, (len(tail) - 1) // length))
    pieces = tail[torch.arange(count)[:, None] * length + torch.arange(length + 1)]  # (R, L + 1)
    return Sequences(pieces[:, :-1], pieces[:, 1:], torch.ones(count, length))


def shown(symbol: str) -> str:
    """A symbol to look at: a space and the end of a line get a sign."""
    return SHOWN_AS.get(symbol, symbol)


def block(value: float) -> str:
    """A standardised number as a height."""
    share = (value + REACH) / (2 * REACH)
    return BLOCKS[min(max(int(share * len(BLOCKS)), 0), len(BLOCKS) - 1)]


def signs(values: Tensor, symbols: tuple[str, ...]) -> list[str]:
    """One row as signs: (L,) symbols, or (L, D) numbers, of which a second one marks the first.

    Args:
        values: symbols or numbers.
        symbols: the signs of symbols; empty for numbers.
    """
    if symbols:
        return [shown(symbols[number]) for number in values.tolist()]
    return [UNMARKED if len(more) and more[0] == 0 else block(first) for first, *more in values.tolist()]
