"""The lower sections of the page `optimizers`: each opens by itself, answers its knobs, and measures when asked."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from experiments.mlp import MLPExperiment
from experiments.mlp_settings import MLPSettings
from experiments.schedule_race import SCHEDULES
from training.run import Run
from ui.optimizers_losses import PARTS
from ui.optimizers_study import TABS

ROUTER = str(Path(__file__).parents[2] / "ui" / "router.py")
SCRIPT = "from ui.optimizers_study import study\nstudy()\n"


def open_tab(tab: str, run: Run | None = None, **choices: Any) -> AppTest:
    app = AppTest.from_string(SCRIPT, default_timeout=60)
    app.query_params["optimizers_study"] = tab
    if run is not None:
        app.session_state["_runs"] = {"mlp": (run, None)}
    for name, value in choices.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def own_run(steps: int = 0, **settings: Any) -> Run:
    run = Run(MLPExperiment, MLPSettings(num_points=100, **settings))
    run.take(steps)
    while run.is_playing:
        run.advance(1.0)
    return run


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption])


def pictures(app: AppTest) -> list[str]:
    return [chart.proto.id for chart in app.get("plotly_chart")]


@pytest.mark.parametrize("tab", TABS)
def test_only_the_open_tab_is_drawn(tab: str) -> None:
    app = open_tab(tab)
    assert [part.label for part in app.tabs if part.children] == [tab]
    assert not app.error


@pytest.mark.parametrize("part", PARTS)
def test_only_the_chosen_question_about_losses_is_drawn(part: str) -> None:
    app = open_tab("Loss functions", optimizers_study_losses=part)
    measured = ("A rare class", "The wrong question")
    assert bool(pictures(app)) == (part not in measured)


@pytest.mark.parametrize("tab", TABS)
def test_every_slider_may_be_moved_to_its_ends(tab: str) -> None:
    for part in PARTS if tab == "Loss functions" else ("",):
        app = open_tab(tab, **({"optimizers_study_losses": part} if part else {}))
        for index in range(len(app.slider)):
            for end in (app.slider[index].min, app.slider[index].max):
                app.slider[index].set_value(end).run()
                assert not app.exception, (part, index, end)
        for index in range(len(app.select_slider)):
            for option in (app.select_slider[index].options[0], app.select_slider[index].options[-1]):
                app.select_slider[index].set_value(option).run()
                assert not app.exception, (part, index, option)


def test_the_range_test_of_the_default_network() -> None:
    app = open_tab("Which rate?")
    assert not pictures(app)
    app.button(key="optimizers_study_range_go").click().run()
    assert not app.exception
    assert len(pictures(app)) == 1
    assert "Steepest descent" in words(app)
    rate = app.session_state["_optimizers_study_sweep"][1].suggestion
    app.button(key="optimizers_study_range_use").click().run()
    assert app.session_state["mlp_learning_rate"] == rate
    assert f"now has the rate {rate:g}" in words(app)


def test_the_rate_arrives_on_the_feed_forward_page() -> None:
    """As one visitor does it: the range test is drawn, its rate is taken, and then the other page is opened."""
    app = open_tab("Which rate?")
    app.button(key="optimizers_study_range_go").click().run()
    app.button(key="optimizers_study_range_use").click().run()
    rate = app.session_state["mlp_learning_rate"]
    page = AppTest.from_file(ROUTER, default_timeout=60).run()
    page.session_state["mlp_learning_rate"] = rate
    page.switch_page("../pages/mlp.py").run()
    assert not page.exception
    assert page.session_state["_runs"]["mlp"][0].settings.learning_rate == rate


def test_the_range_test_takes_the_visitors_own_network() -> None:
    app = open_tab("Which rate?", own_run(problem="xor", optimizer="sgd"))
    assert "your network" in words(app)
    assert "*xor*" in words(app)
    app.button(key="optimizers_study_range_go").click().run()
    assert app.session_state["_optimizers_study_sweep"][0].optimizer == "sgd"
    app.session_state["_runs"] = {"mlp": (own_run(problem="moons"), None)}
    app.run()
    assert "belongs to earlier settings" in words(app)


def test_settings_that_cannot_be_trained_are_said() -> None:
    run = own_run(problem="xor")
    run.experiment.settings = run.settings.changed(problem="own table")
    app = open_tab("Which rate?", run)
    app.button(key="optimizers_study_range_go").click().run()
    assert not app.exception
    assert "There is no table yet" in app.info[0].value


def test_the_schedule_of_the_visitors_run_is_shown_with_its_place() -> None:
    plain = open_tab("Schedules", own_run(steps=30))
    assert not plain.toggle
    app = open_tab("Schedules", own_run(steps=300, schedule="cosine", schedule_steps=200, learning_rate=0.5))
    assert "you are here" in str(app.get("plotly_chart")[0].proto)
    assert "rate of step 300" in words(app)
    assert "| constant | 0.5 |" in words(app)
    app.toggle(key="optimizers_study_schedule_own").set_value(False).run()
    assert not app.exception
    assert "you are here" not in str(app.get("plotly_chart")[0].proto)
    assert "rate of step 200" in words(app)


def test_the_rates_at_a_step_are_told() -> None:
    app = open_tab("Schedules", optimizers_study_schedule_rate="1.0", optimizers_study_schedule_length="500")
    app.slider(key="optimizers_study_schedule_here").set_value(250).run()
    table = next(element.value for element in app.markdown if "rate of step" in element.value)
    assert all(f"| {name} |" in table for name in SCHEDULES)
    assert "| constant | 1 |" in table
    assert "| step | 0.1 |" in table


def test_a_shorter_length_brings_the_place_back_into_it() -> None:
    app = open_tab("Schedules")
    app.slider(key="optimizers_study_schedule_here").set_value(1200).run()
    app.select_slider(key="optimizers_study_schedule_length").set_value(200).run()
    assert not app.exception
    assert app.slider(key="optimizers_study_schedule_here").value == 240


def test_the_numbers_of_softmax_are_put_in() -> None:
    app = open_tab("Loss functions", optimizers_study_losses="Softmax and cross-entropy")
    assert r"p - y = 0.259 - 1 = -0.741" in app.latex[0].value
    app.slider(key="optimizers_study_smoothing").set_value(0.3).run()
    assert r"p - y = 0.259 - 0.8 = -0.541" in app.latex[0].value
    assert "**2.08** above the others" in words(app)


def test_the_losses_of_one_output_are_told() -> None:
    app = open_tab("Loss functions", optimizers_study_loss_kind="A class")
    app.slider(key="optimizers_study_loss_classes").set_value(-4.0).run()
    table = next(element.value for element in app.markdown if "with the numbers" in element.value)
    assert "4.018 | −0.982 |" in table
    assert "0.964 | −0.035 |" in table


def test_class_weights_are_trained_when_asked() -> None:
    app = open_tab("Loss functions", optimizers_study_losses="A rare class")
    assert not pictures(app)
    app.button(key="optimizers_study_rare_go").click().run()
    assert not app.exception
    assert len(pictures(app)) == 1
    assert "| weighted |" in words(app)
    assert "= 18.4" in app.latex[0].value


def test_the_sums_are_those_of_the_visitors_network() -> None:
    run = own_run(steps=20, activation="sigmoid")
    app = open_tab("Activations", run)
    assert app.selectbox(key="optimizers_study_activation").value == "sigmoid"
    assert "your feed-forward network" in words(app)
    assert "after 20 steps" in words(app)
    app.selectbox(key="optimizers_study_activation").set_value("relu").run()
    assert "your feed-forward network" not in words(app)
    app.button(key="optimizers_study_activation_go").click().run()
    assert not app.exception
    assert "mean slope" in words(app)
    assert not [button for button in app.button if button.key == "optimizers_study_activation_go"]


def test_noise_is_measured_when_asked_and_compared_over_training() -> None:
    app = open_tab("Batch size")
    assert not pictures(app)
    app.button(key="optimizers_study_noise_go").click().run()
    assert not app.exception
    assert len(pictures(app)) == 2
    app.select_slider(key="optimizers_study_noise_batch").set_value(285).run()
    assert "mean cosine to the gradient of all **1.00**" in words(app)
    app.select_slider(key="optimizers_study_noise_steps").set_value(100).run()
    app.button(key="optimizers_study_noise_go").click().run()
    assert not app.exception
    assert "noise scale |" in words(app)
