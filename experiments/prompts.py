"""A visitor's own words as the tokens that a network of the page reads.

Shapes: T tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from jaxtyping import Int64
from torch import Tensor

from data.dataset import DataError
from data.text import RARE, words

SHOWN_AS: Final = {" ": "␣", "\n": "↵", "\t": "⇥"}
NUM_BEGUN: Final = 10  # tokens of a prompt that is offered to begin with


@dataclass(frozen=True, eq=False)
class Prompt:
    """Some tokens and how they are written.

    Attributes:
        ids: (T,) their numbers.
        names: each to look at, in a letter or a few.
    """

    ids: Int64[Tensor, " T"]
    names: tuple[str, ...]


def takes_prompts(experiment: Any) -> bool:
    """Whether the network reads symbols, not numbers."""
    return bool(experiment.task.symbols)


def read_prompt(experiment: Any, prompt: str, most: int) -> Prompt:
    """A prompt in the tokens of a network.

    Args:
        experiment: of a page of sequences, whose task says which symbols there are.
        prompt: what the visitor wrote.
        most: how many tokens it may have.

    Raises:
        DataError: if there is nothing in it, or something that the network has never seen, or too much.
    """
    task = experiment.task
    text = getattr(task, "text", None)
    if not prompt:
        raise DataError("The prompt is empty: write a few letters.")
    if unknown := _unknown(task, text, prompt):
        shown = ", ".join(f"“{one}”" for one in unknown[:5])
        raise DataError(f"The network has never seen {shown}: write the prompt without, or choose another text.")
    known = text.numbers if text is not None else lambda letters: torch.tensor(list(map(task.symbols.index, letters)))
    ids = known(prompt)
    if not len(ids):
        raise DataError("There is no word in the prompt: write a few letters.")
    if len(ids) > most:
        raise DataError(f"The prompt has {len(ids):,} tokens, and at most {most:,} fit here: shorten it.")
    return Prompt(ids, names_of(task.symbols, ids.tolist()))


def _unknown(task: Any, text: Any, prompt: str) -> list[str]:
    """What stands in the prompt and is no symbol of the task, each once."""
    level = "character" if text is None else text.level
    if level == "character":
        return [letter for letter in dict.fromkeys(prompt) if letter not in task.symbols]
    if level == "word" and RARE not in task.symbols:
        return [word for word in dict.fromkeys(words(prompt)) if word not in task.symbols]
    return []


def names_of(symbols: Sequence[str], ids: Sequence[int]) -> tuple[str, ...]:
    """Tokens to look at: a space, a tab and the end of a line get a sign."""
    return tuple("".join(SHOWN_AS.get(letter, letter) for letter in symbols[one]) for one in ids)


def first_prompt(experiment: Any, most: int = NUM_BEGUN) -> str:
    """A prompt to begin with: the beginning of a line of the test part that is as long as most others or longer."""
    task = experiment.task
    text = getattr(task, "text", None)
    row = task.test.inputs[0] if text is None else text.ids[text.num_train :][: 40 * most]
    whole = "".join(task.symbols[one] for one in row.tolist()) if text is None else text.join(row)
    line = max((line.strip() for line in whole.split("\n")[1:-1]), key=len, default="") or whole.strip()
    if text is None:
        return line[:most]
    return str(text.join(text.numbers(line)[:most])).rstrip()
