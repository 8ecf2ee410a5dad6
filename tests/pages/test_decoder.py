"""The page `decoder`: its tabs, prompts that cannot be read, a text written token by token."""

import pytest

from experiments.decoder_presets import PRESETS
from tests.pages.test_pages import open_page
from ui.decoder_inside import TABS, TABS_KEY
from ui.decoder_writing import PEN


@pytest.fixture(scope="module")
def app():
    return open_page("decoder")


@pytest.mark.parametrize("tab", list(TABS))
def test_every_tab_opens(app, tab):
    app.session_state[TABS_KEY] = tab
    app.run()
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize(
    ("prompt", "words"), [("", "is empty"), ("01x", "never seen “x”"), ("0" * 12, "has 12 tokens")]
)
def test_a_prompt_that_cannot_be_read_gets_one_sentence(app, prompt, words):
    app.session_state[TABS_KEY] = "Next token"
    app.run()
    app.text_input(key="decoder_prompt").set_value(prompt).run()
    assert not app.exception
    assert [words in error.value for error in app.error] == [True]
    app.text_input(key="decoder_prompt").set_value("012012").run()
    assert not app.error


def test_temperature_and_cut_do_not_ask_the_network_again(app):
    app.session_state[TABS_KEY] = "Next token"
    app.run()
    before = app.session_state["_decoder_logits"]
    app.segmented_control(key="decoder_cut").set_value("top-k").run()
    app.slider(key="decoder_cut_k").set_value(1).run()
    assert not app.exception
    assert app.session_state["_decoder_logits"] is before
    assert any("1 of 3 tokens" in text.value for text in app.markdown)
    app.segmented_control(key="decoder_cut").set_value("all").run()


def test_a_text_is_written_token_by_token(app):
    app.session_state[TABS_KEY] = "Writing"
    app.run()
    for number in (1, 2):
        app.button(key="decoder_next_token").click().run()
        assert not app.exception
        assert len(app.session_state[PEN][1].shares) == number
    app.button(key="decoder_anew").click().run()
    assert app.session_state[PEN][1].shares == []


def test_the_cache_is_measured(app):
    app.session_state[TABS_KEY] = "Writing"
    app.run()
    app.button(key="decoder_measure").click().run()
    assert not app.exception
    assert any("s with the cache" in text.value for text in app.caption)


def test_presets_turn_the_knobs(app):
    preset = PRESETS["Invent names"]
    app.button(key=f"decoder_preset_{preset.slug}").click().run()
    assert not app.exception
    assert app.session_state["decoder_task"] == preset.settings["task"]
    app.button(key="decoder_preset_sort").click().run()
    assert app.session_state["decoder_task"] == "sort"


def test_own_tokens_are_asked_for_in_one_sentence(app):
    app.session_state["decoder_task"], app.session_state["decoder_level"] = "baby names", "own BPE"
    app.run()
    assert not app.exception
    assert any("tokenizer of your own" in text.value for text in app.info)
