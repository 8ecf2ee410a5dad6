"""GloVe: a list of numbers for each of the most frequent words of English, learnt from who stands near whom.

Paper: Pennington, Socher & Manning, 2014, https://aclanthology.org/D14-1162/.

Shapes: V words, D numbers of each.
"""

import difflib
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

import numpy as np
from jaxtyping import Float

from data.dataset import DataError
from data.embedded import embedded

FILE: Final = "glove_5k_50d_fp16.npz"
SOURCE: Final = (
    "GloVe by Pennington, Socher and Manning, Stanford, 2014, trained on Wikipedia of 2014 and news, 6 billion words; "
    "public domain (PDDL)."
)
MOST_CLOSE: Final = 3  # spellings that are offered for a word that is not there


@dataclass(frozen=True, eq=False)
class WordVectors:
    """Words as directions.

    Attributes:
        words: the most frequent first.
        units: (V, D) each of length 1, so that a product of two is their cosine.
    """

    words: tuple[str, ...]
    units: Float[np.ndarray, "V D"]

    @cached_property
    def place(self) -> dict[str, int]:
        """Where each word stands in the list."""
        return {word: place for place, word in enumerate(self.words)}

    def find(self, typed: str) -> int:
        """The place of a word that somebody typed.

        Raises:
            DataError: if it is not among the words; the sentence names close spellings.
        """
        word = typed.strip().lower()
        if not word:
            raise DataError("There is no word: type one.")
        if word in self.place:
            return self.place[word]
        close = difflib.get_close_matches(word, self.words, MOST_CLOSE)
        offer = f"did you mean {' or '.join(close)}?" if close else "try a more common one."
        raise DataError(f"“{word}” is not among the {len(self.words):,} most frequent words that are here: {offer}")

    def unit(self, typed: str) -> Float[np.ndarray, " D"]:
        """The direction of a word that somebody typed.

        Raises:
            DataError: if it is not among the words.
        """
        found: np.ndarray = self.units[self.find(typed)]
        return found


@cache
def glove() -> WordVectors:
    """The embedded vectors; shared by all.

    Raises:
        DataError: if their file is missing.
    """
    with np.load(embedded(FILE), allow_pickle=False) as saved:
        vectors, words = saved["E"].astype(np.float32), saved["words"].tolist()
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    units.flags.writeable = False
    return WordVectors(tuple(words), units)
