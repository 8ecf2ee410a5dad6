"""What visitors type and choose on the page `transformer`: bad sources cost nothing, presets load and are measured."""

import pytest

from tests.pages.test_pages import open_page
from ui.transformer_live import PRESETS


def run_of(app):
    return app.session_state["_runs"]["transformer"][0]


def source_of(app, name):
    return next(widget for widget in app.text_input if widget.key.startswith(f"transformer_{name}_source"))


@pytest.mark.parametrize(("tab", "name"), [("Sign by sign", "steps"), ("Greedy, beam, exact", "search")])
def test_a_source_that_cannot_be_read_is_told_in_a_sentence_and_costs_nothing(tab, name):
    app = open_page("transformer", transformer_inside=tab, transformer_length=4)
    app.button(key="transformer_step_10").click().run()
    assert run_of(app).wait(30)
    app.run()
    for text, words in (("abcdefgh", "at most 4"), ("", "nothing to read"), ("a<b", "never seen")):
        source_of(app, name).set_value(text).run()
        assert not app.exception
        assert words in app.error[0].value
    source_of(app, name).set_value("abc").run()
    assert not app.exception
    assert not app.error
    assert run_of(app).poll().step == 10


def test_presets_turn_the_knobs_and_say_what_was_measured_here():
    app = open_page("transformer", transformer_length=8)
    captions = [caption.value for caption in app.sidebar.caption]
    assert captions.count("Not measured in this session yet.") == len(PRESETS)
    app.sidebar.button(key="transformer_preset_reverse_15").click().run()
    assert run_of(app).settings.length == 6
    app.button(key="transformer_step_10").click().run()
    assert run_of(app).wait(30)
    run_of(app).pause()  # brings the snapshot up to date
    app.run()
    measured = [caption.value for caption in app.sidebar.caption if caption.value.startswith("Measured here")]
    assert len(measured) == 1
    assert "after 10 steps" in measured[0]
    app.sidebar.button(key="transformer_preset_sort_12").click().run()
    assert not app.exception
    assert run_of(app).settings.task == "sort"
    assert run_of(app).settings.schedule == "one-cycle"
