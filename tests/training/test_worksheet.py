import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.toy import ToySettings
from tests.training.toy_lesson import lesson, result
from training.worksheet import MAX_NOTE, Answer, quoted, worksheet

LESSONS = [lesson(), lesson(slug="other", title="Another", then="And now?")]
RUN = {0: result(4.0, 0.25, seed=3), 1: result(0.5, 1.0, seed=3)}


def sheet(answers=None):
    return worksheet("The toy", "https://atlas.example/toy", "2026-11-22", ToySettings, LESSONS, answers or {})


def test_an_empty_sheet_asks_everything_and_tells_nothing():
    text = sheet()
    assert text.startswith("# Worksheet: The toy\n\n2026-11-22 · <https://atlas.example/toy>\n")
    assert re.findall(r"^## .*", text, re.MULTILINE) == ["## 1. A toy", "## 2. Another"]
    assert "- [ ] this\n- [ ] that" in text
    assert "- two: Width: 5" in text
    assert "Change one thing: And now?" in text
    assert "[x]" not in text
    assert "From " not in text
    assert text.count("_" * 72) == 2 * 2 * 3  # for the result and for the observation of each lesson


def test_prediction_numbers_verdict_and_observation_are_in_the_sheet():
    text = sheet({"toy": Answer(0, RUN, "It fell.")})
    assert "- [x] this\n- [ ] that" in text
    assert "| one | 4 | 25% |\n| two | 0.5 | 100% |" in text
    assert "Seed 3." in text
    assert "**Not as predicted: that.** From 4.00 to 0.50." in text
    assert "> It fell." in text
    assert "1 of 2 lessons were begun." in text


@pytest.mark.parametrize(
    ("guess", "results", "verdict"),
    [
        (1, RUN, "**As predicted.** From 4.00 to 0.50."),
        (None, RUN, "**The runs show: that.** From 4.00 to 0.50."),
        (1, {0: RUN[1], 1: RUN[0]}, "**These runs did not show what the lesson is about.** From 0.50 to 4.00."),
    ],
)
def test_the_verdict(guess, results, verdict):
    assert verdict in sheet({"toy": Answer(guess, results)})


def test_a_lesson_begun_has_its_numbers_and_lines_to_go_on():
    text = sheet({"toy": Answer(1, {0: RUN[0]})})
    assert "| one | 4 | 25% |" in text
    assert "From " not in text
    assert "What the runs gave, and why:" in text


HOSTILE = [
    "# Heading",
    "---",
    "===",
    "</div><script>alert(1)</script>",
    "1. list\n- list\n+ list\n* list",
    "```\ncode",
    "    code",
    "[link](https://example.org) ![picture](x)",
    "a | b\n--- | ---",
    "&lt; $x$ ~~no~~ **no** _no_",
    "one\r\n\r\n## two\x0b## three\u2028## four",
]


@pytest.mark.parametrize("note", HOSTILE)
def test_an_observation_stays_a_quotation(note):
    check(note)


@given(st.text(max_size=60))
def test_no_observation_changes_the_sheet_around_it(note):
    check(note)


def check(note):
    """Every line is a quotation without a sign that means something, and nothing around it has moved."""
    lines = quoted(note).split("\n")
    for line in lines:
        assert line.startswith(">") or not note
        inside = line[2:]
        assert not re.search(r"(?<!\\)[`*_\[\]{}<>#|~&$!]", inside.replace("\\\\", ""))
        assert not re.match(r"\s|[-+=:]|\d+[.)]", inside)
    answer = Answer(note=note)
    if note.strip():
        assert sheet({"toy": answer}).replace(quoted(note), "HERE") == sheet({"toy": Answer(note="x")}).replace(
            "> x\n\n##", "HERE\n\n##"
        )


def test_a_long_observation_is_cut():
    assert len(quoted("a" * 10 * MAX_NOTE)) == len("> ") + MAX_NOTE
