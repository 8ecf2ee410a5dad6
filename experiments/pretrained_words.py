"""GloVe on the page `pretrained`: neighbours, analogies with an honest score, and words on an axis between two.

Shapes: V words, D numbers of each, n words of a picture, Q questions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Float

from data.analogies import PAIRS, Question, questions_of
from data.dataset import DataError
from data.word_vectors import glove

MOST_PLACED: Final = 40  # words on an axis
JOBS: Final = (
    "architect artist attorney author boss captain coach composer designer director doctor driver economist editor "
    "engineer governor journalist judge lawyer manager mayor minister officer pilot poet politician president producer "
    "professor reporter scientist secretary singer soldier teacher worker writer"
)
SHE: Final = ("he", "she")
WOMAN: Final = ("man", "woman")


class Near(NamedTuple):
    """A word and its cosine with what was asked for."""

    word: str
    cosine: float


@dataclass(frozen=True)
class Plane:
    """Words in the two directions in which they differ most.

    Attributes:
        words: n of them.
        xy: (n, 2) their places.
        share: how much of the variance of these words the two directions hold.
    """

    words: tuple[str, ...]
    xy: Float[np.ndarray, "n 2"]
    share: float


@dataclass(frozen=True)
class Analogy:
    """What comes out of b − a + c.

    Attributes:
        given: a, b and c as they stand in the list.
        answers: the nearest words, nearest first.
        leaves_out: whether the words given may not be answers.
    """

    given: tuple[str, str, str]
    answers: tuple[Near, ...]
    leaves_out: bool


class Failure(NamedTuple):
    """A question with a wrong answer, the words given left out."""

    question: Question
    answer: str


@dataclass(frozen=True)
class KindScore:
    """How many questions of one kind are answered right, as shares.

    Attributes:
        kind: of the pairs.
        num_questions: how many are asked.
        left_out: right answers when the words given may not be answers.
        all_allowed: right answers when they may.
        is_c: answers that are c itself, when they may.
        nearest: right answers of who takes the nearest word to c and does not look at a and b.
        failures: the questions that are answered wrong although the words given are left out.
    """

    kind: str
    num_questions: int
    left_out: float
    all_allowed: float
    is_c: float
    nearest: float
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class Axis:
    """Words between two others.

    Attributes:
        ends: the two words; the second is the positive end.
        words: those placed, from the first end to the second.
        places: cosine of each with the direction from the first end to the second.
        mean, deviation: of the places of all words there are.
    """

    ends: tuple[str, str]
    words: tuple[str, ...]
    places: Float[np.ndarray, " n"]
    mean: float
    deviation: float


def nearest(typed: str, count: int) -> tuple[Near, ...]:
    """The words whose directions are closest to that of a word, without itself.

    Raises:
        DataError: if the word is not there.
    """
    vectors = glove()
    place = vectors.find(typed)
    return _best(vectors.units @ vectors.units[place], (place,), count)


def _best(cosines: Float[np.ndarray, " V"], left_out: Sequence[int], count: int) -> tuple[Near, ...]:
    ranked = [place for place in np.argsort(-cosines)[: count + len(left_out)].tolist() if place not in left_out]
    return tuple(Near(glove().words[place], float(cosines[place])) for place in ranked[:count])


def plane_of(words: Sequence[str]) -> Plane:
    """Words in their own two main directions; the first word lies on the right, the second above the middle.

    Raises:
        DataError: if one of them is not there.
    """
    vectors = glove()
    places = list(dict.fromkeys(vectors.find(word) for word in words))
    around = vectors.units[places] - vectors.units[places].mean(0)  # (n, D)
    left, sizes, _ = np.linalg.svd(around, full_matrices=False)
    xy = np.zeros((len(places), 2))
    found = (left * sizes)[:, :2]
    xy[:, : found.shape[1]] = found
    xy *= np.where(xy[:2, [0, 1]].diagonal() < 0, -1.0, 1.0) if len(places) > 1 else 1.0
    total = float((sizes**2).sum())
    return Plane(
        tuple(vectors.words[place] for place in places),
        xy,
        float((sizes[:2] ** 2).sum()) / total if total else 1.0,
    )


def analogy(a: str, b: str, c: str, *, leaves_out: bool, count: int = 5) -> Analogy:
    """Answers: a is to b as c is to what?

    Args:
        a: any word.
        b: what a becomes.
        c: the word that is asked about.
        leaves_out: whether a, b and c may not be answers.
        count: how many answers.

    Raises:
        DataError: if one of the words is not there.
    """
    vectors = glove()
    places = [vectors.find(word) for word in (a, b, c)]
    wanted = _wanted(*(vectors.units[place] for place in places))
    answers = _best(vectors.units @ wanted, places if leaves_out else (), count)
    return Analogy((vectors.words[places[0]], vectors.words[places[1]], vectors.words[places[2]]), answers, leaves_out)


def _wanted(
    a: Float[np.ndarray, "*Q D"], b: Float[np.ndarray, "*Q D"], c: Float[np.ndarray, "*Q D"]
) -> Float[np.ndarray, "*Q D"]:
    """The direction of b − a + c, of length 1."""
    wanted = b - a + c
    length = np.linalg.norm(wanted, axis=-1, keepdims=True)
    unit: np.ndarray = wanted / np.where(length > 0, length, 1)
    return unit


@lru_cache(maxsize=1)
def analogy_scores() -> tuple[KindScore, ...]:
    """Every kind of question, asked with and without the words given."""
    return tuple(map(_score, PAIRS))


def _score(kind: str) -> KindScore:
    vectors, questions = glove(), questions_of(kind)
    places = np.array([[vectors.place[word] for word in question] for question in questions])  # (Q, 4)
    a, b, c, d = places.T
    cosines = _wanted(*(vectors.units[column] for column in (a, b, c))) @ vectors.units.T  # (Q, V)
    free = cosines.argmax(1)
    np.put_along_axis(cosines, places[:, :3], -np.inf, axis=1)
    found = cosines.argmax(1)
    alone = vectors.units[c] @ vectors.units.T
    np.put_along_axis(alone, places[:, 2:3], -np.inf, axis=1)
    return KindScore(
        kind,
        len(questions),
        float((found == d).mean()),
        float((free == d).mean()),
        float((free == c).mean()),
        float((alone.argmax(1) == d).mean()),
        tuple(Failure(questions[row], vectors.words[found[row]]) for row in np.flatnonzero(found != d)),
    )


def axis_of(ends: tuple[str, str], words: Sequence[str]) -> Axis:
    """Places words on the direction from one word to another.

    Args:
        ends: the two words.
        words: those to be placed.

    Raises:
        DataError: if a word is not there, there are too many, or the two ends are the same.
    """
    vectors = glove()
    if len(words) > MOST_PLACED:
        raise DataError(f"These are {len(words):,} words, and at most {MOST_PLACED} fit: leave some out.")
    if not words:
        raise DataError("There is nothing to place: type some words, with spaces between them.")
    first, second = map(vectors.find, ends)
    if first == second:
        raise DataError("An axis needs two different words: change one of them.")
    direction = vectors.units[second] - vectors.units[first]
    everywhere = vectors.units @ (direction / np.linalg.norm(direction))  # (V)
    placed = sorted(dict.fromkeys(map(vectors.find, words)), key=everywhere.__getitem__)
    return Axis(
        (vectors.words[first], vectors.words[second]),
        tuple(vectors.words[place] for place in placed),
        everywhere[placed],
        float(everywhere.mean()),
        float(everywhere.std()),
    )


@lru_cache(maxsize=1)
def job_agreement() -> float:
    """Rank correlation of the jobs on the axis from he to she with those on the axis from man to woman."""
    from scipy.stats import spearmanr  # half a second, which the opening of the page need not wait for

    found = [axis_of(ends, JOBS.split()) for ends in (SHE, WOMAN)]
    by_word = [dict(zip(one.words, one.places.tolist(), strict=True)) for one in found]
    words = sorted(by_word[0])
    return float(spearmanr([by_word[0][word] for word in words], [by_word[1][word] for word in words]).statistic)
