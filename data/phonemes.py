"""The phonemes of American English as ARPAbet writes them, and how far one row of them is from another."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

EXAMPLES: Final = {
    "AA": "rock", "AE": "cat", "AH": "cut", "AO": "law", "AW": "cow", "AY": "buy", "B": "boy", "CH": "cheese",
    "D": "day", "DH": "they", "EH": "red", "ER": "her", "EY": "day", "F": "fly", "G": "good", "HH": "her", "IH": "sit",
    "IY": "see", "JH": "joy", "K": "key", "L": "lie", "M": "man", "N": "new", "NG": "sing", "OW": "old", "OY": "boy",
    "P": "pay", "R": "red", "S": "see", "SH": "she", "T": "tea", "TH": "think", "UH": "good", "UW": "two",
    "V": "view", "W": "way", "Y": "yes", "Z": "zoo", "ZH": "measure",
}  # fmt: skip
STRESSES: Final = "012"  # none, the main one, a second one


def without_stress(phoneme: str) -> str:
    """A phoneme without the number that says how it is stressed."""
    return phoneme.rstrip(STRESSES)


def edits(said: Sequence[str], right: Sequence[str]) -> int:
    """How many signs must be put in, taken out or replaced to turn one row into the other (Levenshtein's distance)."""
    costs = list(range(len(right) + 1))
    for sign in said:
        row = [costs[0] + 1]
        for (before, above), wanted in zip(pairwise(costs), right, strict=True):
            row.append(min(above + 1, row[-1] + 1, before + (sign != wanted)))
        costs = row
    return costs[-1]
