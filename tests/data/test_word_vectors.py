import numpy as np
import pytest

from data.analogies import PAIRS, pairs_of, questions_of
from data.dataset import DataError
from data.word_vectors import glove


def test_every_word_has_a_direction_of_length_one() -> None:
    vectors = glove()
    assert vectors.units.shape == (5000, 50)
    np.testing.assert_allclose(np.linalg.norm(vectors.units, axis=1), 1, rtol=1e-5)
    assert len(set(vectors.words)) == 5000
    assert glove() is vectors


def test_nobody_can_change_them() -> None:
    with pytest.raises(ValueError, match="read-only"):
        glove().units[0, 0] = 1


def test_a_word_is_found_however_it_is_typed() -> None:
    vectors = glove()
    assert vectors.words[vectors.find("  Piano ")] == "piano"
    np.testing.assert_array_equal(vectors.unit("piano"), vectors.units[vectors.place["piano"]])


def test_an_unknown_word_costs_a_sentence_with_close_spellings() -> None:
    with pytest.raises(DataError, match=r"“pianoo” is not among the 5,000 .*: did you mean piano"):
        glove().find("pianoo")
    with pytest.raises(DataError, match=r"try a more common one\.$"):
        glove().find("zzqqxx")
    with pytest.raises(DataError, match="type one"):
        glove().find("  ")


@pytest.mark.parametrize("kind", PAIRS)
def test_all_words_of_the_analogies_are_there_and_only_once_a_kind(kind: str) -> None:
    words = [word for pair in pairs_of(kind) for word in pair]
    assert set(words) <= set(glove().words)
    assert len(set(words)) == len(words), "every question then has four different words and one answer"
    assert len(questions_of(kind)) == len(pairs_of(kind)) * (len(pairs_of(kind)) - 1)


def test_there_are_enough_analogies() -> None:
    assert sum(len(pairs_of(kind)) for kind in PAIRS) >= 40
    assert {"capital : country", "singular : plural", "comparative", "gender"} == set(PAIRS)
