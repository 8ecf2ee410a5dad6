"""The page `encoder`: its tabs, tables of one's own, a word that is hidden."""

import pytest

from data.tokenizer import train_bpe
from tests.pages.test_pages import open_page
from ui.encoder_inside import NO_CLASSES, NO_GAPS, TABS, TABS_KEY
from ui.own_tokenizer import TRAINED

TABLE = "text,label\n" + "".join(f"the {'cat' if i % 2 else 'dog'} number {i},{'ab'[i % 2]}\n" for i in range(40))


@pytest.fixture(scope="module")
def app():
    return open_page("encoder")


def test_own_tokens_are_asked_for_in_one_sentence_and_read(app):
    app.session_state["encoder_level"] = "own BPE"
    app.run()
    assert not app.exception
    assert any("tokenizer of your own" in text.value for text in app.info)
    app.session_state[TRAINED] = train_bpe("the cat and the dog " * 20, 300).json
    app.run()
    assert not app.exception
    assert not app.info
    app.session_state["encoder_level"] = "word"
    app.run()


@pytest.mark.parametrize("tab", list(TABS))
def test_every_tab_opens(app, tab):
    app.session_state["encoder_task"], app.session_state[TABS_KEY] = "classify", tab
    app.run()
    assert not app.exception
    assert not app.error
    assert (NO_GAPS in [text.value for text in app.caption]) == (tab == "Mask a word")


def test_gaps_are_filled_where_the_task_says_so(app):
    app.session_state["encoder_task"], app.session_state[TABS_KEY] = "fill gaps", "Mask a word"
    app.run()
    assert not app.exception
    assert any(text.value.startswith("Place ") for text in app.markdown)
    app.session_state[TABS_KEY] = "Padding"
    app.run()
    assert any(text.value == NO_CLASSES for text in app.caption)


def test_alice_has_no_classes_and_nothing_is_lost(app):
    app.session_state["encoder_task"], app.session_state["encoder_data"] = "classify", "Alice"
    app.run()
    assert not app.exception
    assert any("no classes" in text.value for text in app.info)
    app.session_state["encoder_data"] = "languages"
    app.run()


@pytest.mark.parametrize(
    ("content", "words"),
    [(TABLE.replace(",b\n", ",a\n"), "the same label"), ("hello", "only one column"), ("a,b\n1,2\n", "At least")],
)
def test_a_table_that_cannot_be_used_says_so(app, content, words):
    app.session_state["encoder_task"], app.session_state["encoder_data"] = "classify", "own table"
    app.session_state["encoder_paste"] = content
    app.run()
    assert not app.exception
    assert any(words in text.value for text in app.error)


def test_a_table_of_ones_own_is_learnt(app):
    app.session_state["encoder_task"], app.session_state["encoder_data"] = "classify", "own table"
    app.session_state["encoder_paste"] = TABLE
    app.run()
    assert not app.exception
    assert not app.error
    assert not app.info
    assert app.selectbox(key="encoder_label_column").value == "label"
