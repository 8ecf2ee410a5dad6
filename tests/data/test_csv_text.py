import math
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.csv_text import MAX_BYTES, MAX_COLUMNS, MAX_NAME, MAX_ROWS, find_delimiter, to_number, unique_names
from data.own_table import read_table
from tests.data.own_tables import ANIMALS, csv_text, sentence_of, to_dataset


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        ("", "empty"),
        (" \n\r\n ", "empty"),
        (",,\n,,\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
        (b"PK\x03\x04" + bytes(50), "save the table as CSV"),
        (b"\xd0\xcf\x11\xe0" + bytes(50), "save the table as CSV"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"a,b\n1,\x002\n", "not a text file"),
        (bytes(range(256)), "not a text file"),
        ("a\n1\n2\n3\n", "one column"),
        ("a,b,c\n", "no rows"),
        ("1,2,3\n", "no rows"),
        ("a,b\n" + "1\n" * 20, "Line 2 has 1 cells"),
        ('a,b\n"' + "x" * 200_000, "quotation mark"),
        (b"a,b\n" + b"1,2\n" * (MAX_BYTES // 4), "5.0 MB"),
        ("ä" * (MAX_BYTES // 2 + 1), "5 MB"),
        ("a,b\n" + "1,2\n" * (MAX_ROWS + 1), "more than 50,000 rows"),
        (",".join(f"c{index}" for index in range(MAX_COLUMNS + 1)) + "\n", "201 columns"),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_what_is_no_table_is_refused_in_one_sentence(content, says):
    assert says in sentence_of(partial(read_table, content))


def test_the_largest_table_is_read():
    assert len(read_table("a,b\n" + "1,2\n" * MAX_ROWS).frame) == MAX_ROWS


def test_names_empty_repeated_and_long():
    long = "a very long name " * 10
    names = unique_names(["x", "", "x", "x", long, long, "tab\there\x07", "column 2"])
    assert names[:4] == ("x", "column 2", "x (2)", "x (3)")
    assert names[6:] == ("tab here", "column 2 (2)")
    assert len(set(names)) == 8
    assert max(map(len, names)) <= MAX_NAME


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=12))
def test_names_are_always_unique_short_and_one_line(names):
    unique = unique_names(names)
    assert len(set(unique)) == len(names)
    assert all(0 < len(name) <= MAX_NAME and name.isprintable() for name in unique)


def test_without_a_header_columns_are_counted():
    dataset = to_dataset(csv_text("", [f"{index}.5" for index in range(12)], ANIMALS))
    assert (dataset.num_points, dataset.feature_names, dataset.target_name) == (12, ("column 1",), "column 2")


def test_texts_only_with_and_without_a_header():
    assert read_table(csv_text("pet,other", ANIMALS, ANIMALS)).frame.shape == (12, 2)
    assert list(read_table(csv_text("pet,other", ANIMALS, ANIMALS)).kinds) == ["pet", "other"]
    assert list(read_table(csv_text("", ANIMALS, ANIMALS)).kinds) == ["column 1", "column 2"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_encodings_and_line_ends(delimiter, encoding, line_end):
    text = csv_text("größe,tier", [index / 2 for index in range(12)], ANIMALS, delimiter=delimiter)
    dataset = to_dataset(text.replace("\n", line_end).encode(encoding))
    assert dataset.feature_names == ("größe",)
    assert dataset.class_names == ("bird", "cat", "dog")
    assert dataset.raw[:3, 0].tolist() == [0, 0.5, 1]


@pytest.mark.parametrize("delimiter", [";", "\t"])
@pytest.mark.parametrize("header", ["a,b,y", ""])
def test_decimal_commas(delimiter, header):
    halves = [f"{index},5" for index in range(12)]
    dataset = to_dataset(csv_text(header, halves, halves, ANIMALS, delimiter=delimiter))
    assert dataset.raw[0].tolist() == [0.5, 0.5]
    assert dataset.feature_names == (("a", "b") if header else ("column 1", "column 2"))


def test_quoted_fields():
    rows = "\n".join(f'"Rome, Italy, no. {index % 2}","1,{index:03d}.5","say ""{index % 2}""\n"' for index in range(12))
    dataset = to_dataset(f"place,visitors,y\n{rows}")
    assert dataset.feature_names == ("place = Rome, Italy, no. 0", "place = Rome, Italy, no. 1", "visitors")
    assert dataset.raw[3].tolist() == [0, 1, 1003.5]
    assert dataset.class_names == ('say "0"', 'say "1"')


def test_ragged_rows_are_left_out_or_refused():
    text = csv_text("a,b,y", range(12), range(12), ANIMALS)
    dataset = to_dataset(text + "\n1,2\n")
    assert dataset.num_points == 12
    assert "line 14" in dataset.report[0]
    assert "Line 14" in sentence_of(lambda: to_dataset(text + "\n1,2\n3,4,5,6\n"))


@pytest.mark.parametrize(
    ("cell", "has_decimal_comma", "number"),
    [
        ("1.5", False, 1.5),
        ("1,5", True, 1.5),
        ("1,5", False, None),
        ("1.234,5", True, 1234.5),
        ("1,234.5", False, 1234.5),
        ("1,234,567", False, 1234567),
        ("\N{MINUS SIGN}2", False, -2),
        ("1e-3", False, 0.001),
        ("1_000", False, None),
        ("0x10", False, None),
        ("__import__('os')", False, None),
        ("inf", False, math.inf),
    ],
)
def test_numbers(cell, has_decimal_comma, number):
    assert to_number(cell, has_decimal_comma) == number


def test_a_delimiter_inside_texts_is_none():
    assert find_delimiter("a,b\nx;y,1\nx;z,2\n") == ","
    assert find_delimiter("1,5;2,5;3,5\n1,5;2,5;3,5\n") == ";"
