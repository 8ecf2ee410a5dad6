"""Pairs of sources and targets: right answers, nothing of the test in training, sentences for what cannot be read."""

import pytest
import torch

from data.dataset import DataError, seeded
from data.pairs import (
    DATES,
    END,
    LANGUAGES,
    NUMBERS,
    PAD,
    REARRANGED,
    SOURCES,
    SPELLING,
    START,
    PairTask,
    given_texts,
    rearranged,
)

RIGHT = {"copy": lambda row: row, "reverse": lambda row: row[::-1], "sort": sorted}


@pytest.mark.parametrize("name", REARRANGED)
def test_letters_are_rearranged_as_the_name_says(name):
    pairs = rearranged(name, 200, 7, seeded(0))
    lengths = set()
    for source, target in zip(pairs.sources.tolist(), pairs.targets.tolist(), strict=True):
        letters, written = source[: source.index(END)], target[1 : target.index(END)]
        assert written == RIGHT[name](letters)
        assert target[0] == START
        assert set(source[len(letters) + 1 :]) | set(target[len(letters) + 2 :]) <= {PAD}
        lengths.add(len(letters))
    assert lengths == {3, 4, 5, 6, 7}


@pytest.mark.parametrize("name", SOURCES)
def test_real_pairs_keep_the_test_out_of_training(name):
    task = PairTask(name, "German")
    given = task._given
    assert len(given.sources) == task.num_pairs
    known = {tuple(number for number in row if number) for row in given.sources.tolist()}
    tested = {tuple(number for number in row if number) for row in task.test.sources.tolist()}
    assert len(tested) > 60
    assert len(known & tested) <= (2 if name == SPELLING else 0)  # two words have two pronunciations
    batch = task.next_batch(8)
    assert batch.sources.shape[1] <= task.max_source
    assert batch.targets.shape[1] <= task.max_target


def test_pairs_by_hand():
    assert ("".join(given_texts(NUMBERS, "German")[371][1])) == "dreihunderteinundsiebzig"
    assert given_texts(SPELLING, "English")[0] == (("t", "h", "e"), ("DH", "AH"))
    dates = {"".join(source): "".join(target) for source, target in given_texts(DATES, "French")}
    assert all(len(target) == 10 for target in dates.values())
    some = next(source for source in dates if " mars " in source)
    assert dates[some][5:7] == "03"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_writes_numbers_and_dates_of_its_own(language):
    for name in (NUMBERS, DATES):
        texts = given_texts(name, language)
        assert len({source for source, _ in texts}) == len(texts)
        assert not {sign for pair in texts for part in pair for sign in part} & {"\xa0", "\u202f"}
        others = [other for other in LANGUAGES if other != language]
        assert all(texts[5:50] != given_texts(name, other)[5:50] for other in others)


def test_what_is_typed_becomes_numbers():
    task = PairTask("reverse")
    assert task.numbers(" AbC ").tolist() == [3, 4, 5, END]


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "nothing to read"), ("   ", "nothing to read"), ("abcdefg", "at most 6"), ("ab?", "“?”"), ("<b>", "“<”")],
)
def test_what_cannot_be_read_is_told_in_a_sentence(text, words):
    with pytest.raises(DataError) as error:
        PairTask("reverse").numbers(text)
    assert words in str(error.value)
    assert str(error.value).endswith(".")


def test_batches_follow_the_global_generator():
    task = PairTask(NUMBERS)
    torch.manual_seed(3)
    first = task.next_batch(4)
    torch.manual_seed(3)
    assert torch.equal(first.sources, task.next_batch(4).sources)
