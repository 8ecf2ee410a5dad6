"""The speller of g2p-en on the page `pretrained`: words in letters become phonemes, and how often that is right.

Shapes: S letters of a word and its end, T phonemes said and the end, V phonemes there are.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from data.dataset import DataError
from data.extras import weights_file
from data.pairs import END, SPELLING, START, PairTask, as_numbers
from data.phonemes import EXAMPLES, STRESSES, edits, without_stress
from experiments.pretrained_shelf import shared
from models.speller import Speller

LONGEST_WORD: Final = 20  # letters
LONGEST_SAID: Final = 20  # phonemes after which it is stopped
MOST_WORDS: Final = 6
NUM_JUDGED: Final = 300  # words
FEW: Final = 3  # likeliest phonemes that are told of a place
MADE_UP: Final = ("blick", "florp", "snurfle", "wug", "quandible", "thrizzy", "zzzz")


class Sounds(NamedTuple):
    """The signs that a speller answers in, and the numbers of those that start and end an answer."""

    signs: tuple[str, ...]
    start: int
    end: int


VOWELS: Final = tuple(sign for sign in EXAMPLES if sign[0] in "AEIOU")
_STRESSED: Final = [vowel + stress for vowel in VOWELS for stress in STRESSES]
OF_G2P: Final = Sounds(  # in the order of the trained weights, in which one vowel is also there without a stress
    ("pad", "unknown", "start", "end", *sorted({*EXAMPLES} - {*VOWELS} | {"UW", *_STRESSED})), start=2, end=3
)


@dataclass(frozen=True)
class Spelt:
    """What the speller says of a word, and what goes on in it.

    Attributes:
        letters: what it reads, the end last.
        phonemes: what it says; without the end.
        is_over: whether it said by itself that the word is over.
        likeliest: for each place, the end among them, the likeliest signs with their chances.
        update: (S,) how much of the old state each letter leaves, the mean of the update gate over its units.
        likeness: (S, S) cosines of the states after each letter.
    """

    letters: tuple[str, ...]
    phonemes: tuple[str, ...]
    is_over: bool
    likeliest: tuple[tuple[tuple[str, float], ...], ...]
    update: Float[np.ndarray, " S"]
    likeness: Float[np.ndarray, "S S"]


class Mistake(NamedTuple):
    """A word with what was said of it and what the dictionary says, both without stress."""

    word: str
    said: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """How often a speller agrees with the dictionary on the judged words.

    Attributes:
        num_words: how many are judged.
        accuracy: share of words with every phoneme right.
        error_rate: phonemes to put in, take out or replace, as a share of those in the dictionary.
        mistakes: the words that are wrong.
    """

    num_words: int
    accuracy: float
    error_rate: float
    mistakes: tuple[Mistake, ...]


def speller() -> Speller:
    """The trained network, shared by all.

    Raises:
        MissingExtraError: if it is not installed.
    """
    return shared("speller", _load)


def _load() -> Speller:
    with np.load(weights_file("speller"), allow_pickle=False) as saved:
        arrays = {name: torch.from_numpy(saved[name]) for name in saved.files}
    network = Speller(len(arrays["enc_emb"]), len(arrays["dec_emb"]), arrays["enc_emb"].shape[1], len(arrays["fc_w"].T))
    weights = {
        "letters.weight": arrays["enc_emb"],
        "phonemes.weight": arrays["dec_emb"],
        "fc.weight": arrays["fc_w"],
        "fc.bias": arrays["fc_b"],
    }
    for half, short in (("encoder", "enc"), ("decoder", "dec")):
        for part, name in (("weight", "w"), ("bias", "b")):
            weights |= {f"{half}.{part}_{of}_l0": arrays[f"{short}_{name}_{of}"] for of in ("ih", "hh")}
    network.load_state_dict(weights)
    return network


@cache
def task() -> PairTask:
    """Words and phonemes of the dictionary; the same words are held out here and on the page `transformer`."""
    return PairTask(SPELLING)


def words_of(text: str) -> list[str]:
    """The words of what a visitor typed, without accents, in lower case.

    Raises:
        DataError: if there are none, too many, or one that the network cannot read.
    """
    plain = unicodedata.normalize("NFD", text.lower())
    words = "".join(letter for letter in plain if unicodedata.category(letter) != "Mn").split()
    if not words:
        raise DataError("There is nothing to read: type a word.")
    if len(words) > MOST_WORDS:
        raise DataError(f"These are {len(words):,} words, and at most {MOST_WORDS} are read at a time: leave some out.")
    for word in words:
        strange = [letter for letter in word if letter not in task().source_signs[END + 1 :]]
        if strange:
            raise DataError(f"The network has learnt the letters a to z only: write “{word}” without “{strange[0]}”.")
        if len(word) > LONGEST_WORD:
            raise DataError(
                f"“{word[:LONGEST_WORD]}…” has {len(word):,} letters, and at most {LONGEST_WORD} are read: shorten it."
            )
    return words


def letters_of(words: Sequence[str]) -> Int64[Tensor, "B S"]:
    """Words as numbers, each with its end; trained weights and our tasks number the letters alike."""
    return as_numbers([(word, "") for word in words], task().source_signs, ()).sources


@lru_cache(maxsize=64)
def spell(word: str) -> Spelt:
    """One word of the letters a to z.

    Raises:
        MissingExtraError: if the network is not installed.
    """
    network, letters = speller(), letters_of([word])
    with torch.inference_mode():
        said, chances = network.write(letters, OF_G2P.start, OF_G2P.end, LONGEST_SAID)
        gates = network.gates(letters)
        unit = torch.nn.functional.normalize(gates.hidden[0], dim=1)
        top = chances[0].topk(FEW)
    likeliest = tuple(
        tuple((OF_G2P.signs[number], chance) for number, chance in zip(numbers, shares, strict=True))
        for numbers, shares in zip(top.indices.tolist(), top.values.tolist(), strict=True)
    )
    return Spelt(
        (*word, "end"),
        _said(said[0].tolist(), OF_G2P),
        OF_G2P.end in said[0].tolist(),
        likeliest,
        gates.update[0].mean(1).numpy(),
        (unit @ unit.T).clamp(-1, 1).numpy(),
    )


def _said(numbers: list[int], sounds: Sounds) -> tuple[str, ...]:
    """The signs before the first end."""
    end = numbers.index(sounds.end) if sounds.end in numbers else len(numbers)
    return tuple(sounds.signs[number] for number in numbers[:end])


def judged(network: Speller, sounds: Sounds) -> Score:
    """A speller on words of the dictionary that ours never trains on; stress does not count.

    Args:
        network: what spells.
        sounds: the signs that it answers in.
    """
    pairs = task().held_out
    sources, targets = pairs.sources[:NUM_JUDGED], pairs.targets[:NUM_JUDGED, 1:]
    device = next(network.parameters()).device
    with torch.inference_mode():
        said, _ = network.write(sources.to(device), sounds.start, sounds.end, LONGEST_SAID)
    ours, read = of_dictionary(), task().source_signs
    mistakes, wrong, total = [], 0, 0
    for source, answer, target in zip(sources.tolist(), said.tolist(), targets.tolist(), strict=True):
        right = _said(target, ours)
        given = tuple(map(without_stress, _said(answer, sounds)))
        wrong, total = wrong + edits(given, right), total + len(right)
        if given != right:
            mistakes.append(Mistake("".join(read[n] for n in source if n > END), given, right))
    return Score(len(said), 1 - len(mistakes) / len(said), wrong / total, tuple(mistakes))


def of_dictionary() -> Sounds:
    """The signs of the dictionary's answers, without stress."""
    return Sounds(task().target_signs, START, END)


@cache
def pretrained_score() -> Score:
    """The trained speller on the judged words, words of the dictionary that it has learnt from.

    Raises:
        MissingExtraError: if it is not installed.
    """
    return judged(speller(), OF_G2P)
