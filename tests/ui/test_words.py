"""A visitor's words mean nothing but themselves, and numbers are written as in a book."""

import math
import re

import pytest

from ui.words import factor, plain, tex, written

NASTY = [
    "**bold**",
    "[a](https://b.org)",
    ":red[x]",
    "$x^2$",
    "<b>x</b>",
    "# title",
    "`code`",
    "a_b_c",
    "1. one",
    "~~x~~",
]


ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")  # CommonMark: a backslash takes the meaning of any ASCII punctuation


@pytest.mark.parametrize("text", NASTY)
def test_plain_words_stay_as_they_are(text: str) -> None:
    written_out = plain(text)
    assert not re.search(r"[!-/:-@\[-`{-~]", ESCAPED.sub("", written_out)), "a sign has kept its meaning"
    assert ESCAPED.sub(r"\1", written_out).replace("\u2060", "") == text


@pytest.mark.parametrize("address", ["see https://b.org", "www.b.org"])
def test_an_address_is_no_link(address: str) -> None:
    shown = ESCAPED.sub(r"\1", plain(address))
    assert "://" not in shown
    assert "www." not in shown


def test_plain_words_are_on_one_line() -> None:
    assert plain("a\n\n b") == "a b"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.1234, "0.123"),
        (-2.0, "-2"),
        (1.5e-7, r"1.5 \cdot 10^{-7}"),
        (2e9, r"2 \cdot 10^{9}"),
        (math.inf, r"\infty"),
        (-math.inf, r"-\infty"),
        (math.nan, r"\text{not a number}"),
    ],
)
def test_numbers_in_formulas(value: float, shown: str) -> None:
    assert tex(value) == shown


def test_factors_stand_in_brackets_where_they_must() -> None:
    assert factor(-2.0) == "(-2)"
    assert factor(2.0) == "2"
    assert factor(1.5e-7) == r"(1.5 \cdot 10^{-7})"
    assert factor(math.nan).startswith("(")


def test_numbers_in_sentences_have_a_true_minus() -> None:
    assert written(-0.12345) == "−0.1235"
    assert written(0.5, "+.2g") == "+0.5"
