"""Small tasks whose answer stands somewhere else in the sequence: attention has to find it.

Shapes: N sequences, T places.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float, Int64
from torch import Generator, Tensor

from data.synthetic import Sequences
from experiments.attention_settings import WHO, AttentionSettings
from models.attention_network import Mask

ALPHABET: Final = tuple("abcdefghijklmnopqrstuvwxyz")
NOUNS: Final = ("dog", "man", "cat", "bird", "horse", "fish")
VERBS: Final = ("bites", "sees", "chases")
WHO_WORDS: Final = (*NOUNS, *VERBS, "?")
DOG_BITES_MAN: Final = tuple(WHO_WORDS.index(word) for word in ("dog", "bites", "man", "?"))
MAN_BITES_DOG: Final = tuple(WHO_WORDS.index(word) for word in ("man", "bites", "dog", "?"))


@dataclass(frozen=True)
class Recipe:
    """What a task is made from.

    Attributes:
        seq_len: T.
        num_letters: how many different ones.
        shortest: period of a repeated block, at least.
        longest: and at most.
    """

    seq_len: int
    num_letters: int
    shortest: int
    longest: int


def recipe_of(settings: AttentionSettings, seq_len: int | None = None) -> Recipe:
    """The recipe of the settings; for another length, the periods stay those of the training.

    Args:
        settings: of the run.
        seq_len: another length; the one of the settings if left out.
    """
    longest = min(settings.seq_len // 2, settings.num_letters)
    shortest = max(2, min(settings.seq_len // 5, longest))
    return Recipe(seq_len or settings.seq_len, settings.num_letters, shortest, longest)


def draw(name: str, recipe: Recipe, n: int, generator: Generator | None = None) -> Sequences:
    """Fresh sequences of a task.

    Args:
        name: which task.
        recipe: what its sequences look like.
        n: how many.
        generator: of the random numbers; torch's own if left out.
    """
    return _TASKS[name](recipe, n, generator)


def repeats(recipe: Recipe, n: int, generator: Generator | None, *, is_fixed: bool = False) -> Sequences:
    """A block of different letters, again and again; wanted is the next letter, once the block has been seen whole."""
    shortest = recipe.longest if is_fixed else recipe.shortest
    periods = torch.randint(shortest, recipe.longest + 1, (n, 1), generator=generator)
    letters = torch.rand(n, recipe.num_letters, generator=generator).argsort(1)  # each letter once
    whole = letters.gather(1, torch.arange(recipe.seq_len + 1) % periods)  # (N, T + 1)
    weights = (torch.arange(1, recipe.seq_len + 1) >= periods).float()
    return Sequences(whole[:, :-1].contiguous(), whole[:, 1:].contiguous(), weights)


def fixed_repeats(recipe: Recipe, n: int, generator: Generator | None) -> Sequences:
    """The same with a block of always the same length: counting places is then enough."""
    return repeats(recipe, n, generator, is_fixed=True)


def previous(recipe: Recipe, n: int, generator: Generator | None) -> Sequences:
    """Wanted at each place: the letter before."""
    inputs = _letters(recipe, n, generator)
    weights = torch.ones(n, recipe.seq_len)
    weights[:, 0] = 0
    return Sequences(inputs, inputs.roll(1, dims=1), weights)


def reverse(recipe: Recipe, n: int, generator: Generator | None) -> Sequences:
    """Wanted: all letters, the last one first."""
    inputs = _letters(recipe, n, generator)
    return Sequences(inputs, inputs.flip(1), torch.ones(n, recipe.seq_len))


def ordered(recipe: Recipe, n: int, generator: Generator | None) -> Sequences:
    """Wanted: all letters in the order of the alphabet."""
    inputs = _letters(recipe, n, generator)
    return Sequences(inputs, inputs.sort(1).values, torch.ones(n, recipe.seq_len))


def unknowable(recipe: Recipe, n: int, generator: Generator | None) -> Sequences:
    """Wanted is the next letter, and nothing says which: who gets better than guessing has looked at it."""
    whole = torch.randint(recipe.num_letters, (n, recipe.seq_len + 1), generator=generator)
    weights = torch.ones(n, recipe.seq_len)
    weights[:, -1] = 0  # its answer stands nowhere
    return Sequences(whole[:, :-1].contiguous(), whole[:, 1:].contiguous(), weights)


def who(recipe: Recipe, n: int, generator: Generator | None) -> Sequences:
    """Who did it? Two nouns and a verb between them; wanted at the question mark: the first noun."""
    first = torch.randint(len(NOUNS), (n,), generator=generator)
    second = (first + torch.randint(1, len(NOUNS), (n,), generator=generator)) % len(NOUNS)
    verbs = len(NOUNS) + torch.randint(len(VERBS), (n,), generator=generator)
    inputs = torch.stack([first, verbs, second, torch.full((n,), len(WHO_WORDS) - 1)], dim=1)  # (N, 4)
    weights = torch.zeros(n, 4)
    weights[:, -1] = 1
    return Sequences(inputs, first[:, None].expand(n, 4).contiguous(), weights)


def _letters(recipe: Recipe, n: int, generator: Generator | None) -> Int64[Tensor, "N T"]:
    return torch.randint(recipe.num_letters, (n, recipe.seq_len), generator=generator)


_TASKS: Final[dict[str, Callable[[Recipe, int, Generator | None], Sequences]]] = {
    "repeats, random period": repeats,
    "repeats, fixed period": fixed_repeats,
    "previous letter": previous,
    "reverse": reverse,
    "sort": ordered,
    "who did it": who,
    "random letters": unknowable,
}
OWN_MASK: Final[dict[str, Mask]] = {
    "repeats, random period": "causal",
    "repeats, fixed period": "causal",
    "previous letter": "causal",
    "reverse": "none",
    "sort": "none",
    "who did it": "none",
    "random letters": "causal",
}


def words_of(settings: AttentionSettings) -> tuple[str, ...]:
    """What can stand in a sequence, by number."""
    return WHO_WORDS if settings.task == WHO else ALPHABET[: settings.num_letters]


def judged_sequences(settings: AttentionSettings, n: int, generator: Generator) -> Sequences:
    """Sequences to judge by; of who did it, the first two are "dog bites man" and "man bites dog"."""
    found = draw(settings.task, recipe_of(settings), n, generator)
    if settings.task == WHO:
        for row, sentence in enumerate((DOG_BITES_MAN, MAN_BITES_DOG)):
            found.inputs[row] = torch.tensor(sentence)
            found.targets[row] = sentence[0]
    return found


def accuracy(scores: Float[Tensor, "N T V"], wanted: Sequences) -> Float[Tensor, ""]:
    """Share of right answers among those wanted."""
    return ((scores.argmax(2) == wanted.targets) * wanted.weights).sum() / wanted.weights.sum()
