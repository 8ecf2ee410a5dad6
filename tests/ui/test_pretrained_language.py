"""The tabs about SmolLM2: every view opens on real weights, answers clicks, and bad input costs a sentence."""

import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from experiments.pretrained_language import MAX_LETTERS, MAX_TOKENS
from figures.pretrained_lens import rank_still
from ui.pretrained_language import TEXT, VIEWS
from ui.pretrained_writing import LETTERS, NUM_WRITTEN, WRITES

SECONDS = 120


def page():
    import streamlit as st

    from ui.pretrained_language import next_tab
    from ui.pretrained_lens import lens_tab

    {"next": next_tab, "lens": lens_tab}[st.session_state["tab"]](None, None)


def opened(tab, view=None, **state):
    app = AppTest.from_function(page, default_timeout=SECONDS)
    app.session_state["tab"] = tab
    if view:
        app.session_state["pretrained_language_view"] = view
    for key, value in state.items():
        app.session_state[key] = value
    return checked(app.run())


def checked(app):
    assert not app.exception
    return app


def said(app):
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.info, *app.error])


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_and_says_whose_it_is(view):
    app = opened("next", view)
    assert not app.error
    assert "Apache-2.0: 134.5 million weights" in said(app)
    assert "538 MB of memory" in said(app)


def test_a_click_on_a_token_appends_it():
    app = opened("next")
    assert app.button(key="pretrained_language_append_0").label == "␣Paris"
    checked(app.button(key="pretrained_language_append_0").click().run())
    assert app.text_area(key=TEXT).value == "The capital of France is Paris"
    checked(app.button(key="pretrained_language_text_example_4").click().run())
    assert app.text_area(key=TEXT).value == "12 * 12 ="


def test_tokens_that_are_no_whole_character_are_not_offered():
    app = opened("next", pretrained_language_text="東京は日本の")
    offered = [button for button in app.button if button.key.startswith("pretrained_language_append_")]
    assert offered
    for number in range(len(offered)):
        checked(app.button(key=f"pretrained_language_append_{number}").click().run())
        assert "�" not in app.text_area(key=TEXT).value
        checked(app.text_area(key=TEXT).set_value("東京は日本の").run())


def test_a_text_that_grows_too_long_is_kept():
    text = ("one two three four five six " * 18)[:MAX_LETTERS]
    app = opened("next", pretrained_language_text=text)
    assert not app.error
    checked(app.button(key="pretrained_language_append_0").click().run())
    assert f"at most {MAX_LETTERS} letters" in app.error[0].value
    assert app.text_area(key=TEXT).value.startswith(text)
    assert len(app.text_area(key=TEXT).value) > MAX_LETTERS


def test_the_table_is_of_this_network_and_the_cut_is_shown():
    app = opened("next", pretrained_language_cut="top-k", pretrained_language_drawn_at=1.0)
    frame = app.dataframe[0].value
    assert len(frame) == 1000
    assert list(frame["token"][:2]) == ["␣Paris", "␣the"]
    assert frame["drawn"].notna().sum() == 5
    assert frame["drawn"].sum() == pytest.approx(100)
    assert "5 of 49,152 tokens" in said(app)


def test_the_template_is_shown_and_changes_what_comes_next():
    app = opened("next", pretrained_language_is_question=True)
    assert "<|im_start|>user\nThe capital of France is<|im_end|>" in app.code[0].value
    assert app.dataframe[0].value["token"][0] != "␣Paris"


@pytest.mark.parametrize(("text", "words"), [("", "There is no text"), ("7" * 300, f"{MAX_TOKENS} tokens are read")])
@pytest.mark.parametrize("view", ["What comes next", "Surprise"])
def test_a_bad_text_costs_a_sentence(view, text, words):
    app = opened("next", view)
    checked(app.text_area[0].set_value(text).run())
    assert words in app.error[0].value.replace("\\", "")
    checked(app.text_area[0].set_value("One two three").run())
    assert not app.error


def wait_for(app, done):
    end = time.monotonic() + SECONDS
    while not done(app):
        assert time.monotonic() < end, "it does not end"
        checked(app.run())


def test_both_texts_are_written_and_the_clock_stops():
    app = opened("next", "Writing", pretrained_language_drawn_at=0.0)
    checked(app.text_area(key=TEXT).set_value("What is the capital of France?").run())
    checked(app.button(key="pretrained_language_write").click().run())
    wait_for(app, lambda app: not app.session_state[WRITES])
    assert [text.value for text in app.text] == [
        "(It says at once that nothing more comes.)",
        "The capital of France is Paris.",
    ]
    assert "tokens a second, measured here" in said(app)


def test_a_text_without_an_end_is_written_to_the_bound():
    app = opened("next", "Writing", pretrained_language_drawn_at=0.0)
    checked(app.text_area(key=TEXT).set_value("Once upon a time").run())
    checked(app.button(key="pretrained_language_write").click().run())
    wait_for(app, lambda app: not app.session_state[WRITES])
    assert len(app.session_state[LETTERS][0].ids) == NUM_WRITTEN
    assert app.text[0].value == app.session_state[LETTERS][0].text


def test_writing_can_be_stopped():
    app = opened("next", "Writing")
    checked(app.button(key="pretrained_language_write").click().run())
    checked(app.button(key="pretrained_language_stop").click().run())
    assert not app.session_state[WRITES]
    count = [len(letter.ids) for letter in app.session_state[LETTERS]]
    checked(app.run())
    assert [len(letter.ids) for letter in app.session_state[LETTERS]] == count
    assert 0 < sum(count) < 2 * NUM_WRITTEN


def test_a_text_that_cannot_be_read_loses_nothing_written():
    app = opened("next", "Writing")
    checked(app.button(key="pretrained_language_write").click().run())
    app.session_state[WRITES] = False
    before = app.session_state[LETTERS]
    checked(app.text_area(key=TEXT).set_value(" ").run())
    checked(app.button(key="pretrained_language_write").click().run())
    assert "There is no text" in app.error[0].value
    assert app.session_state[LETTERS] is before


def test_surprise_is_told_as_perplexity():
    app = opened("next", "Surprise", pretrained_language_read="To be, or not to be, that is the question")
    assert "perplexity of" in said(app)
    shown = float(said(app).split("perplexity of ")[1].split("**")[0])
    cost = float(said(app).split("token costs **")[1].split(" nats")[0])
    assert shown == pytest.approx(np.exp(cost), rel=0.02)


def test_a_wrong_answer_is_called_wrong():
    app = opened("next", "What it gets wrong")
    assert "**Wrong**: a right answer has **Ankara** in it" in said(app)
    checked(app.radio(key="pretrained_language_question").set_value(app.radio[0].options[0]).run())
    assert "**Right**" in said(app)


def test_the_rounding_is_that_of_the_file():
    app = opened("next", "The weights")
    assert "**5.74 bits per weight** on average: 97 MB, where 16 bits would take 269 MB" in said(app)
    assert "keeps 11,520 numbers for each token that was read and not 34,560" in said(app)
    assert list(app.dataframe[0].value["stored as"]) == ["Q4_1", "Q8_0", "F32"]


def test_the_lens_tells_from_which_block_on_the_answer_leads():
    app = opened("lens")
    assert "In this text the final answer leads from block" in said(app)
    assert "**The way of the answer ␣Paris.**" in said(app)
    checked(app.number_input(key="pretrained_lens_attention_layer").set_value(30).run())
    checked(app.text_area[0].set_value("one " * 20).run())
    assert "at most 16 fit" in app.error[0].value


def test_ranks_are_drawn_from_the_top():
    still = rank_still(np.array([100, 10, 1]), np.array([0.1, 0.2, 0.3]), 2, "<b>", "light")
    assert list(still.figure.data[0].y) == [100, 10, 1]
    assert still.figure.layout.yaxis.autorange == "reversed"
    assert "<b>" not in still.figure.layout.yaxis.title.text
    assert "leads from 2 on" in still.alt


@pytest.mark.parametrize("tab", ["next", "lens"])
def test_without_the_extra_one_sentence_says_how_to_get_it(tab, without_extras):
    app = opened(tab)
    assert "SmolLM2-135M-Instruct" in app.info[0].value
    assert len(app.info) == 1
    assert not app.text_area
