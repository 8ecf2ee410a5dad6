"""The page `lstm`: its tabs, a click into a map, the search and its matches."""

import pytest

from tests.pages.test_pages import open_page
from ui.lstm_inside import TABS, TABS_KEY
from ui.lstm_live import AT, UNIT


@pytest.fixture(scope="module")
def app():
    return open_page("lstm")


@pytest.mark.parametrize("tab", list(TABS))
def test_every_tab_opens(app, tab):
    app.session_state[TABS_KEY] = tab
    app.run()
    assert not app.exception
    assert not app.error


def test_a_text_is_written_and_searched(app):
    for tab, words in (("Writing", "Temperature 0.8"), ("Pattern search", "The pattern, sequence 1 from step 5")):
        app.session_state["lstm_task"], app.session_state[TABS_KEY] = "baby names", tab
        app.run()
        assert not app.exception
        assert any(words in text.value for text in (*app.caption, *app.markdown))
    app.session_state["lstm_task"] = "parentheses"
    app.run()


def test_steps_and_units_are_gone_through(app):
    app.session_state[TABS_KEY] = "One step"
    app.run()
    unit, at = app.session_state[UNIT], app.session_state[AT]
    app.button(key="lstm_go_on").click().run()
    app.button(key="lstm_go_down").click().run()
    assert not app.exception
    assert (app.session_state[UNIT], app.session_state[AT]) == (unit + 1, at + 1)


def test_the_pattern_stays_until_it_is_taken_anew(app):
    def pattern():
        return next(text.value for text in app.markdown if text.value.startswith("The pattern"))

    app.session_state[TABS_KEY] = "Pattern search"
    app.run()
    before = pattern()
    app.session_state[AT] = 9
    app.run()
    assert pattern() == before
    app.button(key="lstm_search_here").click().run()
    assert not app.exception
    assert "from step 9" in pattern()


def test_a_threshold_nobody_reaches_says_so(app):
    app.session_state[TABS_KEY] = "Pattern search"
    app.run()
    app.slider(key="lstm_threshold").set_value(2.0).run()
    assert not app.exception
    assert any("lower the threshold" in info.value for info in app.info)
