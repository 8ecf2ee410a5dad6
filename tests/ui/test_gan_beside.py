"""GAN and VAE side by side on a page: they train, both are drawn, and what cannot be compared costs a sentence."""

import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import ui.gan_beside

SECONDS = 60


def page() -> None:
    import streamlit as st

    from experiments.gan import GANExperiment
    from experiments.gan_settings import GANSettings
    from training.run import Run
    from ui.gan_beside import beside

    settings = GANSettings(**st.session_state["wanted"])
    points = tuple((0.1 * index - 0.5, 0.3) for index in range(10)) if settings.data == "own points" else ()
    if "run" not in st.session_state:
        st.session_state["run"] = Run(lambda given: GANExperiment(given, None, points), settings)
    beside(st.session_state["run"], settings)


def opened(**wanted: Any) -> AppTest:
    app = AppTest.from_function(page, default_timeout=SECONDS)
    app.session_state["wanted"] = wanted
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error
    return app


@pytest.mark.parametrize(
    "wanted", [{}, {"data": "moons"}, {"data": "digits", "num_real": 100, "batch_size": 16}], ids=str
)
def test_both_train_and_a_table_says_where_they_ended(monkeypatch: pytest.MonkeyPatch, wanted: dict[str, Any]) -> None:
    for name in ("STEPS_ON_PLANE", "STEPS_ON_PICTURES"):
        monkeypatch.setattr(ui.gan_beside, name, 30)
    app = opened(**wanted)
    checked(app.button(key="gan_beside_go").click().run())
    end = time.monotonic() + SECONDS
    while not any(text.value.startswith("| |") for text in app.markdown):
        assert time.monotonic() < end, "the race did not end"
        time.sleep(0.1)
        checked(app.run())
    table = next(text.value for text in app.markdown if text.value.startswith("| |"))
    assert "| GAN |" in table
    assert "| VAE |" in table
    assert "energy distance" in table
    race = app.session_state["_gan_race_beside"]
    assert [run.step for run in race.runs] == [30, 30]
    assert app.session_state["run"].step == 0, "the run of the page is left alone"


def test_own_points_cost_a_sentence() -> None:
    app = opened(data="own points")
    assert any("take a cloud, or pictures" in caption.value for caption in app.caption)
    assert not app.button
