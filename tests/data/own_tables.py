"""What the tests of a visitor's table share: writing one, and reading what comes of it."""

import pytest

from data.dataset import DataError
from data.own_table import read_table

ANIMALS = ["cat", "dog", "cat", "dog", "bird", "cat", "dog", "bird", "cat", "dog", "bird", "cat"]


def csv_text(header, *columns, delimiter=","):
    """A table of the given columns under a header (none when empty)."""
    rows = [[str(cell) for cell in row] for row in zip(*columns, strict=True)]
    return "\n".join(delimiter.join(row) for row in ([header.split(",")] if header else []) + rows)


def to_dataset(content, target=None, **choices):
    table = read_table(content)
    return table.to_dataset(target=target or table.suggest_target(), test_share=0.25, seed=0, **choices)


def sentence_of(call):
    """The message of the DataError a call ends in, checked to be one sentence."""
    with pytest.raises(DataError) as error:
        call()
    return check_sentence(str(error.value))


def check_sentence(sentence):
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 200
    return sentence
