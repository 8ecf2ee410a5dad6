"""A race on a page: started by a button, drawn while it trains, and followed by a table of where each ended."""

import time

from streamlit.testing.v1 import AppTest

SECONDS = 30


def page():
    import streamlit as st

    from tests.training.toy import Toy, ToySettings
    from training.race import Entrant
    from ui.race import race_panel

    def entrants():
        rate = st.session_state.get("rate", 0.2)
        return [Entrant("slow", Toy, ToySettings(rate=0.1)), Entrant("<b>fast</b>", Toy, ToySettings(rate=rate))]

    race = race_panel("toy", "rates", entrants, steps=50, watched=("loss",))
    if race is not None:
        st.write(f"finished with {len(race.runs)} runs")


def wait_for_the_end(app):
    end = time.monotonic() + SECONDS
    while not any("finished with" in text.value for text in app.markdown):
        assert time.monotonic() < end, "the race did not end"
        time.sleep(0.05)
        app.run()
        assert not app.exception
    return app


def test_pressed_it_trains_all_and_says_where_each_ended():
    app = AppTest.from_function(page, default_timeout=SECONDS).run()
    assert not app.exception
    assert not any("finished" in text.value for text in app.markdown)
    app.button(key="toy_rates_go").click().run()
    wait_for_the_end(app)
    table = next(text.value for text in app.markdown if text.value.startswith("| |"))
    assert "| slow |" in table
    assert "<b>" not in table.replace("\\<b\\>", ""), "what a visitor writes is shown, not obeyed"
    assert len(table.splitlines()) == 4


def test_curves_of_other_settings_are_called_so():
    app = AppTest.from_function(page, default_timeout=SECONDS).run()
    app.button(key="toy_rates_go").click().run()
    wait_for_the_end(app)
    assert not app.caption
    app.session_state["rate"] = 0.3
    app.run()
    assert [caption.value for caption in app.caption] == ["The curves below belong to earlier settings."]
