"""Transfer learning with texts, measured: frozen sentence vectors and a linear layer against counted words.

And how far the vectors reach beyond English, in which alone the network was trained.

Shapes: k sizes of a training set.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

import numpy as np

from data.labelled import load_labelled
from experiments.pretrained_sentences import sentence_vectors, word_vectors

SIZES: Final = (5, 10, 20, 50, 100, 200)  # examples of each author
NUM_TEST: Final = 60  # of each author, the same for every size
TOGETHER: Final = 10  # of each author, read at a time
STRENGTH: Final = 10.0  # C of scikit-learn's logistic regression, the same for both
LANGUAGES: Final = ("French", "Spanish", "Portuguese", "Italian", "Swedish", "Dutch", "Finnish")


@dataclass(frozen=True, eq=False)
class Learning:
    """What two ways of reading reach with more and more examples.

    Attributes:
        sizes: (k,) examples of each class.
        vectors: (k,) accuracy of frozen sentence vectors and a linear layer.
        words: (k,) accuracy of counted words and a linear layer.
        num_test: how many test sentences there are.
        class_names: of the authors.
    """

    sizes: np.ndarray
    vectors: np.ndarray
    words: np.ndarray
    num_test: int
    class_names: tuple[str, ...]


def told_apart(most: int, tell: Callable[[float], Any] = lambda share: None) -> Learning:
    """Tells five authors apart by single sentences of theirs.

    Args:
        most: examples of each author at most, one of `SIZES`.
        tell: is called with the share that is done, from 0 to 1.

    Raises:
        MissingExtraError: if the network is not installed.
    """
    texts, labels = _mixed()
    names = load_labelled("authors").class_names
    chunk = TOGETHER * len(names)
    num_train, num_test = most * len(names), NUM_TEST * len(names)
    starts = [*range(0, num_train, chunk), *range(len(texts) - num_test, len(texts), chunk)]
    read = []
    for number, start in enumerate(starts, start=1):
        read.append(_read(start, start + chunk))
        tell(number / len(starts))
    split = len(starts) - num_test // chunk
    train, test = np.concatenate(read[:split]), np.concatenate(read[split:])
    sizes = [size for size in SIZES if size <= most]
    scores = []
    for size in sizes:
        number = size * len(names)
        counted = word_vectors(texts[:number], texts[-num_test:])
        pairs = (train[:number], test), counted
        scores.append([_score(*pair, labels[:number], labels[-num_test:]) for pair in pairs])
    vectors, words = np.array(scores).T
    return Learning(np.array(sizes), vectors, words, num_test, names)


@cache
def _mixed() -> tuple[tuple[str, ...], np.ndarray]:
    """All sentences in an order mixed once and for all, the authors taking turns."""
    data = load_labelled("authors")
    labels, order = np.array(data.labels), np.random.default_rng(0)
    each = [order.permutation(np.flatnonzero(labels == k)) for k in range(len(data.class_names))]
    places = np.stack(each, axis=1).reshape(-1)
    return tuple(data.texts[place] for place in places), labels[places]


def _read(start: int, end: int) -> np.ndarray:
    return sentence_vectors(_mixed()[0][start:end])


def _score(train: np.ndarray, test: np.ndarray, train_y: np.ndarray, test_y: np.ndarray) -> float:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit(train, train_y)
    return float(model.score(test, test_y))


class Translated(NamedTuple):
    """How well sentences find their translations among all of one language.

    Attributes:
        language: which.
        number: of sentences.
        found: share whose nearest sentence, by sentence vectors, is its translation.
        found_by_words: the same by shared words.
        cosine: mean over the pairs of translations.
        others: mean over all other pairs.
    """

    language: str
    number: int
    found: float
    found_by_words: float
    cosine: float
    others: float


@lru_cache(maxsize=16)
def translated(language: str) -> Translated:
    """English sentences of the Declaration of Human Rights look for their translations.

    Args:
        language: one of `LANGUAGES`, whose texts have the same sentences in the same order.

    Raises:
        MissingExtraError: if the network is not installed.
    """
    english, other = _sentences("English"), _sentences(language)
    cosines = sentence_vectors(english) @ sentence_vectors(other).T
    counted, _ = word_vectors([*english, *other])
    shared = counted[: len(english)] @ counted[len(english) :].T
    is_pair = np.eye(len(english), dtype=bool)
    return Translated(
        language,
        len(english),
        float((cosines.argmax(1) == np.arange(len(english))).mean()),
        float((shared.argmax(1) == np.arange(len(english))).mean()),
        float(cosines[is_pair].mean()),
        float(cosines[~is_pair].mean()),
    )


def _sentences(language: str) -> tuple[str, ...]:
    data = load_labelled("languages")
    chosen = data.class_names.index(language)
    return tuple(text for text, label in zip(data.texts, data.labels, strict=True) if label == chosen)
