"""What the heads of all-MiniLM-L6-v2 do, measured: where the mass of their weights lies, and whether that matters.

Shapes: L layers, H heads, T places, K behaviours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import torch

from data.dataset import DataError
from data.labelled import load_labelled
from experiments.pretrained_sentences import network, tokenizer

MOST_TOKENS: Final = 48  # whose map can still be read
MAX_LETTERS: Final = 300
NUM_PROBED: Final = 60  # sentences on which the heads are scored
NAMED_FROM: Final = 0.3  # share of a head's mass from which on it is called by what it does
CLS, SEP, MASK = 101, 102, 103  # numbers of the tokens that are no words

FIRST: Final = "The cat chased the mouse because it was hungry."
SECOND: Final = ""


@dataclass(frozen=True, eq=False)
class Reading:
    """A text, or a pair, as the network reads it.

    Attributes:
        tokens: T of them.
        ids: (T,) their numbers.
        types: (T,) 0 for the first text, 1 for the second.
        weights: (L, H, T, T) who looks at whom.
        received: (T,) the mean share of all attention that each token gets.
        turned: (T,) 1 − cosine between the vector of the text and that with [MASK] in the place of the token.
        agreement: rank correlation of the two over the words; not a number where nothing can be ranked.
    """

    tokens: tuple[str, ...]
    ids: np.ndarray
    types: np.ndarray
    weights: np.ndarray
    received: np.ndarray
    turned: np.ndarray
    agreement: float


@lru_cache(maxsize=32)
def reading(first: str, second: str = "") -> Reading:
    """Reads a text, or two as a pair, with all attention, and once more for each token that is hidden.

    Raises:
        DataError: if there is nothing to read, or too much.
        MissingExtraError: if the network is not installed.
    """
    if not first.strip():
        raise DataError("There is nothing to read: write a sentence.")
    read = tokenizer().encode(first, second) if second.strip() else tokenizer().encode(first)
    if len(read.ids) > MOST_TOKENS:
        raise DataError(
            f"The text has {len(read.ids)} tokens, and at most {MOST_TOKENS} fit into a map here: shorten it."
        )
    ids, types = torch.tensor([read.ids]), torch.tensor([read.type_ids])
    hidden = ids.repeat(len(read.ids) + 1, 1)  # the text itself, then each token hidden in turn
    places = torch.arange(len(read.ids))
    hidden[places + 1, places] = MASK
    with torch.inference_mode():
        weights = network()(ids, types)[1][:, 0].numpy()
        vectors = network().sentence_vectors(hidden, types.expand_as(hidden)).numpy()
    received, turned = weights.mean((0, 1, 2)), 1 - vectors[1:] @ vectors[0]
    is_word = ~np.isin(read.ids, (CLS, SEP))
    return Reading(
        tuple(read.tokens),
        np.array(read.ids),
        np.array(read.type_ids),
        weights,
        received,
        turned,
        _rank_correlation(received[is_word], turned[is_word]),
    )


def _rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    if len(first) < 3 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    from scipy.stats import spearmanr  # half a second, which the opening of the page need not wait for

    return float(spearmanr(first, second).statistic)


# ---- what heads do ---------------------------------------------------------------------------------------------------

Looks = Callable[[np.ndarray], np.ndarray]  # from (T,) tokens to (T, T) bool: where each place would look


def _beside(step: int) -> Looks:
    return lambda ids: np.eye(len(ids), k=step, dtype=bool)


def _at(token: int) -> Looks:
    return lambda ids: np.tile(ids == token, (len(ids), 1))


def _same(ids: np.ndarray) -> np.ndarray:
    return (ids[:, None] == ids) & ~np.eye(len(ids), dtype=bool)


BEHAVIOURS: Final[dict[str, Looks]] = {
    "previous token": _beside(-1),
    "next token": _beside(1),
    "itself": _beside(0),
    "same token elsewhere": _same,
    "[CLS]": _at(CLS),
    "[SEP]": _at(SEP),
}


@dataclass(frozen=True, eq=False)
class Habits:
    """How much of the mass of each head lies where each of `BEHAVIOURS` looks.

    Attributes:
        shares: (K, L, H), over the places that have something of the kind to look at; NaN if none has.
        by_chance: (K,) what a head would have that looks at everything alike.
    """

    shares: np.ndarray
    by_chance: np.ndarray

    def best(self, behaviour: int) -> tuple[int, int]:
        """The layer and head, from 0, that does it most."""
        layer, head = np.unravel_index(np.nanargmax(self.shares[behaviour]), self.shares.shape[1:])
        return int(layer), int(head)

    def names(self) -> tuple[str, ...]:
        """What each head does most, if it is much and at least twice what chance gives; first layer first."""
        known = np.nan_to_num(self.shares)
        twice = 2 * np.nan_to_num(self.by_chance, nan=1.0)[:, None, None]
        known = np.where((known >= NAMED_FROM) & (known >= twice), known, 0.0)
        words = list(BEHAVIOURS)
        best = zip(known.argmax(0).flat, known.max(0).flat, strict=True)
        return tuple(words[int(number)] if share else "" for number, share in best)


def habits(texts: list[tuple[np.ndarray, np.ndarray]]) -> Habits:
    """Scores all heads on some texts.

    Args:
        texts: of each, (T,) the numbers of its tokens and (L, H, T, T) the weights.
    """
    shares, by_chance = [], []
    for looks in BEHAVIOURS.values():
        mass, chance, number = np.zeros(texts[0][1].shape[:2]), 0.0, 0
        for ids, weights in texts:
            targets = looks(ids)  # (T, T)
            counts = targets.any(1)  # (T,)
            mass += (weights * targets).sum((2, 3))
            chance += float(targets.sum()) / len(ids)
            number += int(counts.sum())
        shares.append(mass / number if number else np.full_like(mass, np.nan))
        by_chance.append(chance / number if number else np.nan)
    return Habits(np.array(shares), np.array(by_chance))


@lru_cache(maxsize=1)
def typical_habits() -> Habits:
    """The heads scored on sentences of five authors.

    Raises:
        MissingExtraError: if the network is not installed.
    """
    texts = load_labelled("authors").texts
    chosen = np.random.default_rng(0).permutation(len(texts))[:NUM_PROBED]
    read = tokenizer().encode_batch([texts[place] for place in chosen])
    with torch.inference_mode():
        return habits([(np.array(one.ids), network()(torch.tensor([one.ids]))[1][:, 0].numpy()) for one in read])
