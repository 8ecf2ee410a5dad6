"""Sentence vectors: what the page says of them, measured again."""

import numpy as np
import pytest

from data.dataset import DataError
from data.extras import MissingExtraError
from experiments import pretrained_shelf
from experiments.pretrained_authors import LANGUAGES, NUM_TEST, told_apart, translated
from experiments.pretrained_sentences import (
    BLIND,
    EXAMPLES,
    MAX_SENTENCES,
    PAIRS,
    QUESTION,
    compared,
    judged,
    lines_of,
    network,
    sentence_vectors,
    similar_to,
    word_vectors,
)


def test_a_paraphrase_without_a_common_word_is_closer_than_anything_unrelated():
    found = compared(EXAMPLES)
    for first in range(0, 8, 2):  # the first eight are four pairs of paraphrases
        others = np.delete(found.vectors[first], [first, first + 1])
        assert found.vectors[first, first + 1] > others.max() + 0.1
        assert found.words[first, first + 1] == 0
    assert found.vectors[8, 9] < 0.5, "two banks"
    assert np.diag(found.vectors) == pytest.approx(1, abs=1e-5)


def test_the_search_finds_the_meaning_and_shared_words_do_not():
    by_vectors, by_words = similar_to(QUESTION, EXAMPLES)
    assert by_vectors.argmax() == 7
    assert "kitten" in EXAMPLES[by_vectors.argmax()]
    assert by_words.argmax() == 4, "it shares “is”"


def test_it_is_blind_for_negation_numbers_and_who_did_it():
    vectors, words = judged()
    same = [cosine for pair, cosine in zip(PAIRS, vectors, strict=True) if pair.is_same]
    blind = [cosine for pair, cosine in zip(PAIRS, vectors, strict=True) if pair.kind in BLIND]
    (unrelated,) = (cosine for pair, cosine in zip(PAIRS, vectors, strict=True) if pair.kind == "unrelated")
    assert unrelated < 0.1 < 0.4 < min(same)
    assert max(same) + 0.1 < min(blind), "what is not the same is closer than what is"
    assert [word for pair, word in zip(PAIRS, words, strict=True) if pair.is_same] == [0, 0, 0]
    assert [round(word, 6) for pair, word in zip(PAIRS, words, strict=True) if pair.kind == "who did it"] == [1, 1]


def test_a_vector_does_not_depend_on_who_else_is_read():
    alone = sentence_vectors((EXAMPLES[0],))
    np.testing.assert_allclose(sentence_vectors(EXAMPLES)[:1], alone, atol=1e-5)
    assert not alone.flags.writeable


def test_a_long_text_is_read_to_its_limit():
    words = "word " * 300
    np.testing.assert_allclose(sentence_vectors((words,)), sentence_vectors((words + "and more",)), atol=1e-6)


def test_two_main_directions_hold_what_they_say():
    found = compared(EXAMPLES)
    vectors = sentence_vectors(EXAMPLES)
    total = ((vectors - vectors.mean(0)) ** 2).sum()
    assert (found.xy**2).sum(0) / total == pytest.approx(found.shares, rel=1e-4)
    two = compared(EXAMPLES[:2])
    assert two.xy.shape == (2, 2)
    assert two.shares == pytest.approx((1, 0), abs=1e-5)
    assert np.isfinite(compared(("same", "same")).xy).all()


def test_words_are_counted_rare_ones_for_more():
    own, other = word_vectors(["a cat", "a dog"], ["the cat", "nothing known"])
    assert (own**2).sum(1) == pytest.approx(1)
    assert own[0, 1] > own[0, 0], "cat counts for more than a, which both have"
    assert other[0] == pytest.approx([0, 1, 0])
    assert not other[1].any()
    assert not word_vectors(["!!", "?"], ["…"])[0].any()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "two sentences or more"),
        ("one\n \n", "two sentences or more"),
        ("line\n" * (MAX_SENTENCES + 1), "There are 21 sentences, and at most 20"),
        ("short\n" + "x" * 501, "Sentence 2 has 501 characters"),
    ],
)
def test_a_bad_text_costs_a_sentence(text, words):
    with pytest.raises(DataError, match=words):
        lines_of(text)


def test_lines_are_sentences():
    assert lines_of(" a  b \n\n\tc\r\n") == ("a b", "c")


@pytest.mark.parametrize(("question", "words"), [("  ", "question is empty"), ("x" * 501, "501 characters")])
def test_a_bad_question_costs_a_sentence(question, words):
    with pytest.raises(DataError, match=words):
        similar_to(question, EXAMPLES)


def test_without_the_package_one_sentence_says_so(without_extras, monkeypatch):
    monkeypatch.setattr(pretrained_shelf, "_shelf", {})
    with pytest.raises(MissingExtraError, match="all-MiniLM-L6-v2 is not installed here"):
        network()


# ---- measured --------------------------------------------------------------------------------------------------------


def test_few_examples_tell_authors_apart_better_by_vectors_than_by_words():
    told = []
    learning = told_apart(20, told.append)
    assert learning.sizes.tolist() == [5, 10, 20]
    assert learning.num_test == 5 * NUM_TEST
    assert (learning.vectors > learning.words + 0.05).all()
    assert learning.words[0] > 0.2, "better than guessing"
    assert learning.vectors[-1] > 0.6
    assert told == sorted(told)
    assert told[-1] == 1


def test_it_was_trained_on_english_alone():
    french, finnish = translated("French"), translated("Finnish")
    assert french.number == finnish.number == 59
    assert finnish.found < 0.2 < french.found < 0.7
    assert french.found_by_words > french.found - 0.05, "words spelt alike find as much"
    assert french.cosine < min(judged()[0][:3]), "below any paraphrase in English"
    assert {"French", "Finnish"} <= set(LANGUAGES)
