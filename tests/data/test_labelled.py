"""Labelled texts: what comes with the app, and tables that visitors bring, whole or broken."""

import pytest

from data.dataset import DataError
from data.labelled import FILES, MIN_ROWS, load_labelled, read_text_table
from tests.training.toy import is_sentence

GOOD = "text,label\n" + "".join(f"word{i} and more of it,{'ab'[i % 2]}\n" for i in range(30))


@pytest.mark.parametrize("name", FILES)
def test_what_comes_with_the_app_is_whole(name):
    found = load_labelled(name)
    assert len(found.texts) > 500
    assert all(text.strip() for text in found.texts)
    if name == "Alice":
        assert found.class_names == found.labels == ()
    else:
        assert len(found.labels) == len(found.texts)
        assert set(found.labels) == set(range(len(found.class_names)))
        assert len(found.class_names) == {"languages": 10, "authors": 5, "names": 2}[name]


def test_a_table_finds_its_columns():
    table = read_text_table(GOOD)
    assert table.suggest() == ("text", "label")
    own = table.to_labelled("text", "label")
    assert own.class_names == ("a", "b")
    assert own.labels[:4] == (0, 1, 0, 1)
    assert own.texts[1] == "word1 and more of it"


def test_rows_with_a_gap_are_left_out_and_reported():
    own = read_text_table(GOOD + "a text,\n").to_labelled("text", "label")
    assert len(own.texts) == 30
    assert own.report == ("Rows left out because text or label is missing: 1.",)


def test_broken_rows_are_reported():
    assert "do not have 2 cells" in read_text_table(GOOD + "one,two,three\n").report[0]


BROKEN = {
    "one class": ("text,label\n" + "a few words,a\n" * 30, ("text", "label"), "the same label"),
    "few rows": ("text,label\na,b\nc,d\n", ("text", "label"), f"At least {MIN_ROWS}"),
    "many classes": ("text,label\n" + "".join(f"words,{i}x\n" for i in range(30)), ("text", "label"), "30 different"),
    "no words": ("text,label\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(30)), ("text", "label"), "no words"),
    "the same column": (GOOD, ("text", "text"), "same column"),
    "no such column": (GOOD, ("text", "mood"), "no column"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_cannot_be_learnt_says_so(case):
    content, columns, words = BROKEN[case]
    with pytest.raises(DataError, match=words) as found:
        read_text_table(content).to_labelled(*columns)
    assert is_sentence(str(found.value))


@pytest.mark.parametrize("content", ["", "one column\nonly\n", b"\x89PNG....", b"PK\x03\x04"])
def test_what_is_no_table_says_so(content):
    with pytest.raises(DataError) as found:
        read_text_table(content)
    assert is_sentence(str(found.value))
