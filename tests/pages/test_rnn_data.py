"""What visitors bring to the page `rnn`: pasted texts and columns are learnt from, bad ones cost nothing."""

import math

import pytest

from tests.pages.test_pages import open_page

TEXT = "the cat sat on the mat, and the dog sat under it. " * 20
COLUMN = "month,value\n" + "".join(f"{i},{math.sin(i / 2):.3f}\n" for i in range(80))


def run_of(app):
    return app.session_state["_runs"]["rnn"][0]


@pytest.mark.parametrize(
    ("task", "paste", "content"),
    [("own text", "rnn_own_text_paste", TEXT), ("own column", "rnn_own_column_paste", COLUMN)],
)
def test_what_is_pasted_is_learnt_from_and_bad_content_costs_nothing(task, paste, content):
    app = open_page("rnn", rnn_task=task)
    assert "of your own yet" in app.info[0].value
    app.text_area(key=paste).set_value(content).run()
    assert not app.exception
    assert not app.info
    run = run_of(app)
    assert run.settings.task == task
    app.button(key="rnn_step_10").click().run()
    assert run.wait(20)
    app.text_area(key=paste).set_value("a").run()
    assert not app.exception
    assert app.error or app.info
    assert run_of(app).settings.task == task


def test_the_column_is_chosen():
    app = open_page("rnn", rnn_task="own column")
    app.text_area(key="rnn_own_column_paste").set_value(COLUMN).run()
    assert app.selectbox(key="rnn_own_column_name").value == "value"
    app.selectbox(key="rnn_own_column_name").set_value("month").run()
    assert not app.exception
    assert run_of(app).experiment.material["own"].numbers_name == "month"


@pytest.mark.parametrize("tab", ["Recurrent weights", "One step", "Writing", "Time", "Layers and data"])
@pytest.mark.parametrize("settings", [{}, {"rnn_cell": "gru", "rnn_num_layers": 2}, {"rnn_task": "Alice"}], ids=str)
def test_every_tab_opens(tab, settings):
    app = open_page("rnn", rnn_inside=tab, **settings)
    assert not app.exception
    assert not app.error


def test_forgetting_is_measured_when_asked_for():
    app = open_page("rnn")
    app.toggle(key="rnn_forgets").set_value(True).run()
    assert not app.exception
    assert any("What is left 49 steps back" in words.value for words in app.markdown)


def test_the_step_chosen_in_the_picture_is_worked_out():
    app = open_page("rnn", rnn_inside="One step", rnn_at=5)
    assert app.latex[0].value.startswith("h_{5} =")
    app.session_state["rnn_at"] = 3
    app.run()
    assert app.latex[0].value.startswith("h_{3} =")
