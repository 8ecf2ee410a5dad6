"""The page on variational autoencoders itself: clicks, own pictures, bad input, the race."""

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from experiments.vae_settings import VAESettings
from tests.data.own_pictures import folder, zipped
from tests.pages.test_pages import ROUTER
from ui import vae_live
from ui.vae_inside import TABS
from ui.vae_races import KINDS

SLUG = "vae"


def open_page(tab: str = "", **state: Any) -> AppTest:
    app = AppTest.from_file(ROUTER, default_timeout=60).run()
    if tab:
        app.query_params["vae_inside"] = tab
    for name, value in state.items():
        app.session_state[name] = value
    return fine(app.switch_page("../pages/vae.py").run())


def fine(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.info])


def run_of(app: AppTest) -> Any:
    return app.session_state["_runs"][SLUG][0]


@pytest.mark.parametrize("state", [{}, {"vae_data": "points"}, {"vae_model": "autoencoder", "vae_latent_dim": 8}])
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens(tab: str, state: dict[str, Any]) -> None:
    app = open_page(tab, **state)
    assert not app.error
    assert [part.label for part in app.tabs if part.children and part.label in TABS] == [tab]


def test_a_click_moves_the_point_and_another_chooses_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {vae_live.LIMIT: 7.0}
    monkeypatch.setattr(vae_live.st, "session_state", state)
    monkeypatch.setattr("ui.knobs.st.session_state", state)
    vae_live.handle({"kind": "plane", "id": "map", "x": 7.0, "y": -1.0})
    assert (state["vae_point_x"], state["vae_point_y"]) == (3.5, -0.5)
    vae_live.handle({"kind": "plane", "id": "grid", "x": 99.0, "y": 0.0})
    assert state["vae_point_x"] == 3.5
    vae_live.handle({"kind": "hot", "id": "example:12"})
    assert state["vae_example"] == 12
    VAESettings(point_x=state["vae_point_x"], point_y=state["vae_point_y"], example=state["vae_example"])


def test_a_point_from_a_click_is_decoded_without_starting_anew() -> None:
    app = open_page()
    fine(app.button(key="vae_step_10").click().run())
    assert run_of(app).wait(10)
    app.session_state["vae_point_x"] = 1.23
    app = fine(app.run())
    seen = run_of(app).poll().observation
    assert run_of(app).step == 10
    assert seen.point[0] == pytest.approx(1.23 * seen.limit / 3.5)


def test_own_pictures_are_asked_for_and_then_learnt_from() -> None:
    app = open_page(vae_data="own images")
    assert "no pictures of your own yet" in app.info[0].value
    upload = ("mine.zip", zipped(folder("cats", "dogs", count=6)), "application/zip")
    fine(app.file_uploader(key="vae_own_zip").set_value(upload).run())
    fine(app.button(key="vae_own_zip_use").click().run())
    seen = run_of(app).poll().observation
    assert seen.class_names == ("cats", "dogs")
    assert seen.pictures.inputs.shape[1:] == (3, 32, 32)
    fine(app.button(key="vae_step_10").click().run())


def test_what_is_no_folder_of_pictures_is_refused_in_a_sentence_and_the_run_stays() -> None:
    app = open_page()
    fine(app.button(key="vae_step_10").click().run())
    assert run_of(app).wait(10)
    app.session_state["vae_data"] = "own images"
    app = fine(app.run())
    fine(app.file_uploader(key="vae_own_zip").set_value(("mine.zip", b"no zip", "application/zip")).run())
    fine(app.button(key="vae_own_zip_use").click().run())
    assert app.error[0].value.endswith(".")
    assert run_of(app).step == 10


def test_a_drawing_of_ones_own_is_copied() -> None:
    app = open_page("Your picture", _vae_strokes=[((0.2, 0.2), (0.8, 0.8))], vae_box_way="Drawing")
    assert "The copy of your picture costs" in words(app)


def test_the_kinds_are_trained_side_by_side() -> None:
    app = fine(open_page().button(key="vae_kinds_go").click().run())
    race = app.session_state["_vae_race_kinds"]
    assert [entrant.label for entrant in race.entrants] == list(KINDS)
    assert [entrant.settings.model for entrant in race.entrants] == ["autoencoder", "VAE", "VAE"]
    race.cancel()


def test_an_explosion_is_told_with_its_cure() -> None:
    app = open_page(vae_sign="the lecture's slip")
    for _ in range(4):
        fine(app.button(key="vae_step_100").click().run())
        assert run_of(app).wait(30)
        if run_of(app).poll().has_failed:
            break
    app = fine(app.run())
    assert "turn the sign to right" in app.error[0].value
    assert np.isfinite(run_of(app).poll().observation.limit)
    assert any("Sign of the pull right" in button.label for button in app.button)
