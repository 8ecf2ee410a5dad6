"""The page `tokenizer` below its picture: every tab opens, and whatever is typed or loaded costs nothing."""

import pytest

from data.tokenizer import train_bpe
from tests.pages.test_pages import open_page

TABS = ("Learning merges", "A word in merges", "Text and tokens", "Side by side", "Padding", "Vocabulary")
ODD = ["", " ", "a" * 30_000, "\u200b\u200d\u0301", "مرحبا", "<script>alert(1)</script> **bold** $x$"]


def tokenizer_page(tab, **state):
    app = open_page("tokenizer", tokenizer_inside=tab, **state)
    assert not app.exception
    return app


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens(tab):
    tokenizer_page(tab)


def test_the_tokenizer_is_kept_for_other_pages():
    app = tokenizer_page("Padding", tokenizer_vocab_size=300)
    assert (
        app.session_state["tokenizer_trained"]
        == app.session_state["_runs"]["tokenizer"][0].experiment.task.tokenizer.json
    )


def test_any_text_is_cut():
    app = tokenizer_page("Text and tokens")
    for text in ODD:
        app.text_area(key="tokenizer_typed").set_value(text).run()
        assert not app.exception
        assert not app.error
        assert bool(app.info) == (not text or len(text) > 20_000)


@pytest.mark.parametrize(
    ("tab", "widget"), [("Learning merges", "tokenizer_corpus"), ("A word in merges", "tokenizer_word")]
)
def test_any_text_is_merged(tab, widget):
    app = tokenizer_page(tab)
    for text in ODD:
        field = app.text_area(key=widget) if widget == "tokenizer_corpus" else app.text_input(key=widget)
        field.set_value(text[:200]).run()
        assert not app.exception
        assert not app.error


def test_merges_are_stepped_through():
    app = tokenizer_page("Learning merges")
    slider = next(one for one in app.slider if one.label == "Merges carried out")
    slider.set_value(1).run()
    assert not app.exception
    assert any("joined **e** and **s**" in words.value for words in app.markdown)


def test_a_token_to_pad_with_is_chosen():
    app = tokenizer_page("Padding")
    assert "no padding token" in app.error[0].value
    app.segmented_control(key="tokenizer_padding").set_value("<|endoftext|>").run()
    assert not app.error
    assert any("39 places, of which 19 are text" in words.value for words in app.markdown)


def test_a_hub_that_cannot_be_reached_is_one_sentence(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    app = tokenizer_page("Side by side")
    app.text_input(key="tokenizer_hub_name").set_value("some/name")
    next(button for button in app.button if button.label == "Fetch").click().run()
    assert not app.exception
    assert "cannot be reached" in app.info[0].value


def test_a_loaded_tokenizer_is_used_and_a_broken_one_leaves_it():
    app = tokenizer_page("Vocabulary")
    good = train_bpe("good words and good words " * 10, 280).json
    app.file_uploader(key="tokenizer_file").set_value(("mine.json", good.encode(), "application/json")).run()
    assert not app.exception
    assert app.session_state["tokenizer_trained"] == good
    app.file_uploader(key="tokenizer_file").set_value(("bad.json", b"{}", "application/json")).run()
    assert not app.exception
    assert "not a tokenizer" in app.error[0].value
    assert app.session_state["tokenizer_trained"] == good
    app.button(key="tokenizer_forget").click().run()
    assert not app.exception
