"""Look inside, page `gan`: every tab opens for every kind of game, and the stepper steps."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from training.run import Run
from ui.gan_inside import NO_NUMBERS, TABS
from ui.gan_stages import STEPS

KINDS: dict[str, dict[str, Any]] = {
    "ring": {},
    "thread": {"noise_dim": 1, "noise": "uniform", "data": "moons", "loss": "WGAN-GP"},
    "grid": {"data": "grid of 25", "loss": "least squares", "discriminator_steps": 2},
    "digits": {"data": "digits", "batch_size": 8, "num_real": 100, "loss": "hinge"},
    "convolutional": {"data": "fashion", "network": "convolutional", "batch_size": 8, "loss": "WGAN"},
}


def page() -> None:
    import streamlit as st

    from experiments.gan import GANExperiment
    from experiments.gan_settings import GANSettings
    from training.run import Run
    from ui.gan_inside import look_inside

    settings = GANSettings(**st.session_state["wanted"])
    if "run" not in st.session_state:
        st.session_state["run"] = Run(GANExperiment, settings)
    look_inside(st.session_state["run"], st.session_state["run"].poll())


def open_tab(tab: str, wanted: dict[str, Any] | None = None, **state: Any) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    app.session_state["wanted"] = wanted or {}
    app.query_params["gan_inside"] = tab
    for name, value in state.items():
        app.session_state[name] = value
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error
    return app


def run_of(app: AppTest) -> Run:
    run = app.session_state["run"]
    assert isinstance(run, Run)
    return run


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens(tab: str, kind: str) -> None:
    app = open_tab(tab, KINDS[kind])
    shown = [part.label for part in app.tabs if part.children and part.label in TABS]
    assert shown == [tab], "only the open tab is computed"


def test_while_it_plays_one_line_is_shown() -> None:
    app = open_tab("Scores")
    assert "area under the ROC curve" in words(app)
    run_of(app).play()
    assert "Pause to look inside" in words(checked(app.run()))
    assert "area under the ROC curve" not in words(app)


@pytest.mark.parametrize("kind", KINDS)
def test_the_stepper_goes_through_all_stages_and_round(kind: str) -> None:
    app = open_tab("Slow motion", KINDS[kind])
    titles = [step.title for steps in STEPS.values() for step in steps]
    for title in [*titles, titles[0]]:
        assert title in words(app)
        assert len([latex for latex in app.latex if r"\begin{aligned}" in latex.value]) >= 1
        app.button(key="gan_stage_N").click().run()
        assert not app.exception
    app.button(key="gan_stage_B").click().run()
    app.button(key="gan_stage_B").click().run()
    assert titles[-1] in words(app)


def test_the_formula_has_the_numbers_of_the_example_followed() -> None:
    app = open_tab("Slow motion")
    first = app.latex[0].value
    app.number_input(key="gan_stage_example").set_value(7).run()
    assert "z_{7}" in app.latex[0].value != first


def test_a_smaller_batch_keeps_the_example_in_it() -> None:
    app = open_tab("Slow motion", {"batch_size": 8}, gan_stage_example=100)
    assert app.number_input(key="gan_stage_example").value == 8


def test_the_step_shown_is_taken() -> None:
    app = open_tab("Slow motion")
    shown = app.session_state["_gan_taken_apart"][1]
    app.button(key="gan_take_stages").click().run()
    run = run_of(app)
    assert run.step == 1
    weights = [weight for network in run.experiment.networks().values() for weight in network.module.parameters()]
    for turn in shown:
        assert any(turn.weight.after in weight for weight in weights)
    assert app.session_state["_gan_taken_apart"][1] is not shown


def test_one_player_alone_has_six_stages() -> None:
    app = open_tab("Slow motion", {"learns": "generator"}, gan_stage=12)
    assert app.slider(key="gan_stage").value == 6
    assert "The generator moves" in words(app)


def test_walks_and_units() -> None:
    app = open_tab("Latent walk")
    app.number_input(key="gan_walk_second").set_value(6).run()
    assert "Nothing changes" in words(app), "from a draw to itself"
    app.segmented_control(key="gan_walk").set_value("Unit by unit").run()
    assert not app.exception
    before = [text.value for text in app.markdown if "a score of" in text.value]
    next(slider for slider in app.slider if slider.key and slider.key.startswith("gan_unit_")).set_value(2.5).run()
    assert [text.value for text in app.markdown if "a score of" in text.value] != before
    app.segmented_control(key="gan_walk").set_value("All the noise").run()
    assert "one continuous map" in words(app)


def test_a_thread_has_no_sheet() -> None:
    app = open_tab("Latent walk", KINDS["thread"], gan_walk="All the noise")
    assert app.segmented_control(key="gan_walk").options == ["A way", "Unit by unit"]


def test_an_exploded_game_costs_a_sentence() -> None:
    app = open_tab("Slow motion", {"optimizer": "sgd", "learning_rate": 10.0, "rate_ratio": 10.0, "loss": "WGAN-GP"})
    run = run_of(app)
    run.take(3000)
    while run.is_playing:
        run.advance(1.0)
    assert run.poll().has_failed
    for tab in TABS:
        app.session_state["gan_inside"] = tab
        checked(app.run())
        assert NO_NUMBERS in words(app) or tab == "Layers"
