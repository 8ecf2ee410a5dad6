"""Run health on every page: calm at first, a button beside a failure, and a press of it gives a run that learns."""

import importlib

import pytest
import torch
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import SLUGS, open_page
from training.run import Run
from ui.knobs import key_of

LEARNERS = [slug for slug in SLUGS if importlib.util.find_spec(f"experiments.{slug}")]


def run_of(app: AppTest, slug: str) -> Run:
    run = app.session_state["_runs"][slug][0]
    assert isinstance(run, Run)
    return run


def remedies(app: AppTest) -> list[str]:
    return [button.key for button in app.button if button.key and "_remedy_" in button.key]


@pytest.mark.parametrize("slug", LEARNERS)
def test_nothing_is_wrong_at_first(slug: str) -> None:
    app = open_page(slug)
    assert not remedies(app)
    assert any(words.value.startswith("Nothing is wrong") for words in app.caption)
    app.button(key=f"{slug}_go").click().run()
    assert not any(words.value.startswith("Nothing is wrong") for words in app.caption), "while it plays, nothing"
    app.button(key=f"{slug}_go").click().run()


@pytest.mark.parametrize("slug", LEARNERS)
def test_after_an_explosion_one_press_gives_a_run_that_learns(slug: str) -> None:
    app = open_page(slug)
    run = run_of(app, slug)
    with torch.no_grad():
        for parameter in run.experiment.parameters():
            parameter.fill_(float("nan"))
    app.button(key=f"{slug}_step_100").click().run()
    assert run.wait(20)
    app.run()
    assert run.poll().has_failed
    assert remedies(app) == [f"{slug}_remedy_exploded"]
    before = run.settings
    app.button(key=f"{slug}_remedy_exploded").click().run()
    assert not app.exception
    assert run is run_of(app, slug)
    turned = {name for name, value in dict(run.settings).items() if value != getattr(before, name)}
    if hasattr(before, "learning_rate"):
        assert turned == {"learning_rate"}
        assert run.settings.learning_rate < before.learning_rate / 29
        assert app.session_state[key_of(slug, "learning_rate")] == run.settings.learning_rate
    run.pause()
    run.take(max(1, 300 - run.step))
    while run.is_playing:
        run.advance(1.0)
    snapshot = run.poll()
    assert not snapshot.has_failed
    assert snapshot.history.last("loss") < snapshot.history.values["loss"][0]


def layer_tables(app):
    return [table for table in app.dataframe if {"layer", "gradient"} <= set(table.value.columns)]


@pytest.mark.parametrize("slug", LEARNERS)
def test_the_layers_are_listed_when_asked_for(slug: str) -> None:
    assert not layer_tables(open_page(slug))
    (table,) = layer_tables(open_page(slug, **{f"{slug}_health_open": True}))
    assert (table.value["gradient"].dropna() > 0).all()
    assert table.value["layer"].is_unique


def test_a_finding_in_a_paused_run_is_mended_by_its_button() -> None:
    app = open_page("mlp", mlp_hidden_dims="8, 8, 8, 8, 8, 8", mlp_activation="sigmoid", mlp_problem="circle")
    assert remedies(app) == ["mlp_remedy_vanishing"]
    assert any("gradient fades on its way back" in words.value for words in app.markdown)
    app.button(key="mlp_remedy_vanishing").click().run()
    assert not app.exception
    run = run_of(app, "mlp")
    assert (run.settings.activation, run.settings.initialisation) == ("relu", "he")
    assert app.selectbox(key="mlp_activation").value == "relu"
    assert app.text_input(key="mlp_hidden_dims").value == "8, 8, 8, 8, 8, 8", "other knobs stay"
    run.pause()
    app.run()
    assert not remedies(app)
