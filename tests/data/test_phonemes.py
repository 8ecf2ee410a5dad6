import pytest

from data.pairs import SPELLING, given_texts
from data.phonemes import EXAMPLES, edits, without_stress


def test_each_phoneme_is_heard_in_its_example() -> None:
    dictionary = {"".join(word): phonemes for word, phonemes in given_texts(SPELLING, "English")}
    for phoneme, word in EXAMPLES.items():
        assert phoneme in dictionary[word], word
    assert {sign for phonemes in dictionary.values() for sign in phonemes} == set(EXAMPLES)


@pytest.mark.parametrize(
    ("said", "right", "number"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("", "ab", 2), ("kitten", "sitting", 3), ("ab", "ba", 2)],
)
def test_edits_are_counted(said: str, right: str, number: int) -> None:
    assert edits(said, right) == edits(right, said) == number


def test_stress_is_taken_off_vowels_and_nothing_else() -> None:
    assert list(map(without_stress, ("AH0", "AY1", "OW2", "NG", "T"))) == ["AH", "AY", "OW", "NG", "T"]
