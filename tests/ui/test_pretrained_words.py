"""The tab on words: every part opens, says what is computed, and takes bad input with a sentence."""

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.analogies import PAIRS
from experiments.pretrained_words import analogy_scores
from ui.pretrained_words import EXAMPLES, PART, PARTS, WORD, _go


def tab() -> None:
    from typing import Any

    from ui.pretrained_words import words_tab

    nothing: Any = None
    words_tab(nothing, nothing)


def opened(**state: Any) -> AppTest:
    app = AppTest.from_function(tab, default_timeout=30)
    for name, value in state.items():
        app.session_state[name] = value
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error
    return app


def words_of(app: AppTest) -> str:
    return " ".join(element.value for element in app.markdown)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_and_says_whose_the_vectors_are(part: str, without_extras: None) -> None:
    """The vectors are embedded: nothing has to be installed."""
    app = opened(pretrained_words_part=part)
    assert not app.info
    assert any("Stanford" in caption.value and "1.0 MB" in caption.value for caption in app.caption)


def test_neighbours_are_listed_and_a_click_goes_there() -> None:
    app = opened()
    assert app.dataframe[0].value["word"].iloc[0] == "guitar"
    checked(app.text_input(key=WORD).set_value("river").run())
    assert app.dataframe[0].value["word"].iloc[0] == "rivers"


def test_only_a_word_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr("ui.pretrained_words.st.session_state", state)
    _go({"id": "word:3", "word": "opera"})
    assert state == {WORD: "opera", PART: "Neighbours"}
    _go({"id": "else"})
    assert state == {WORD: "opera", PART: "Neighbours"}


def test_an_unknown_word_is_answered_with_close_spellings_and_kept() -> None:
    app = opened()
    checked(app.text_input(key=WORD).set_value("<b>pianoo").run())
    assert len(app.info) == 1
    assert "is not among the 5\\,000" in app.info[0].value
    assert "<b>" not in app.info[0].value.replace("\\<b\\>", "")
    assert app.text_input(key=WORD).value == "<b>pianoo"
    checked(app.text_input(key=WORD).set_value("pianoo").run())
    assert "piano" in app.info[0].value.split("did you mean")[1]


def test_the_toggle_shows_what_the_trick_does() -> None:
    app = opened(pretrained_words_part="Analogies")
    assert app.dataframe[0].value["answer"].iloc[0] == "queen"
    checked(app.toggle(key="pretrained_words_leaves_out").set_value(False).run())
    assert list(app.dataframe[0].value["answer"])[:2] == ["king", "queen"]
    assert len(app.dataframe[0].value) == 5
    assert "nearest to **king**, which is b itself" in words_of(app)
    assert "**queen** comes first" in words_of(app)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_fills_the_boxes(example: tuple[str, str, str]) -> None:
    app = opened(pretrained_words_part="Analogies")
    app.session_state["pretrained_words_example"] = example
    for name, word in zip("abc", example, strict=True):
        app.text_input(key=f"pretrained_words_{name}").set_value(word)
    checked(app.run())
    assert re.search(rf"{example[1]} − {example[0]} \+ {example[2]}", words_of(app))


def test_one_word_three_times_is_no_error() -> None:
    opened(pretrained_words_part="Analogies", **{f"pretrained_words_{name}": "king" for name in "abc"})


@pytest.mark.parametrize("kind", PAIRS)
def test_scores_and_failures_are_the_computed_ones(kind: str) -> None:
    app = opened(pretrained_words_part="How often is it right?", pretrained_words_kind=kind)
    table, failures = app.dataframe[0].value, app.dataframe[1].value
    score = next(one for one in analogy_scores() if one.kind == kind)
    row = table.set_index("kind").loc[kind]
    assert row["right, the three left out"] == f"{score.left_out:.0%}"
    assert row["right, all words allowed"] == f"{score.all_allowed:.0%}"
    assert len(failures) == len(score.failures)
    assert (failures["it says"] != failures["wanted"]).all()
    assert f"**{sum(one.num_questions for one in analogy_scores()):,} analogies" in words_of(app)


def test_an_axis_of_ones_own() -> None:
    app = opened(pretrained_words_part="An axis of your own")
    for typed, sentence in (("", "nothing to place"), ("tea " * 41, "at most 40"), ("teaaa", "did you mean")):
        checked(app.text_input(key="pretrained_words_placed").set_value(typed).run())
        assert sentence in app.info[0].value
    checked(app.text_input(key="pretrained_words_placed").set_value("tea, war").run())
    assert not app.info


def test_bias_is_told_in_numbers() -> None:
    app = opened(pretrained_words_part="Bias")
    assert re.search(r"from −\d\.\d \(\*coach\*\) to \+\d\.\d \(\*singer\*\)", words_of(app))
    assert "It comes from the texts" in words_of(app)
