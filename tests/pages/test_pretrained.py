"""The page on pretrained models itself: tabs, own pictures, a network that is not there, the race of numbers."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.extras import is_installed
from experiments.pretrained_settings import PHOTOS
from tests.data.own_pictures import folder, zipped
from tests.pages.test_pages import ROUTER
from ui import pretrained_live
from ui.pretrained_inside import RUNGS, TABS

SLUG = "pretrained"


def open_page(tab: str = "", **state: Any) -> AppTest:
    app = AppTest.from_file(ROUTER, default_timeout=60).run()
    if tab:
        app.query_params["pretrained_inside"] = tab
    for name, value in state.items():
        app.session_state[name] = value
    return fine(app.switch_page("../pages/pretrained.py").run())


def fine(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.info])


def run_of(app: AppTest) -> Any:
    return app.session_state["_runs"][SLUG][0]


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens(tab: str) -> None:
    app = open_page(tab)
    assert not app.error
    assert [part.label for part in app.tabs if part.children and part.label in TABS] == [tab]


def test_the_page_says_what_the_network_was_trained_on() -> None:
    assert "335 kinds" in words(open_page())


@pytest.mark.skipif(not is_installed("efficientnet"), reason="EfficientNet-Lite0 is not installed")
def test_the_larger_network_trains() -> None:
    app = open_page(pretrained_start=PHOTOS, pretrained_data="fruit", pretrained_image_size=32)
    fine(app.button(key="pretrained_step_1").click().run())
    assert run_of(app).wait(30)
    assert run_of(app).step == 1
    assert "ImageNet" in words(app)


def test_without_the_extra_the_run_stays_and_a_sentence_says_why(
    without_extras: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.pretrained_shelf._shelf", {})
    app = open_page()
    fine(app.button(key="pretrained_step_10").click().run())
    assert run_of(app).wait(30)
    app.session_state["pretrained_start"] = PHOTOS
    app = fine(app.run())
    assert any("pip install" in info.value for info in app.info)
    assert run_of(app).step == 10


def test_own_pictures_are_asked_for_and_then_learnt_from() -> None:
    app = open_page(pretrained_data="own images")
    assert "no pictures of your own yet" in words(app)
    upload = ("mine.zip", zipped(folder("cats", "dogs", count=6)), "application/zip")
    fine(app.file_uploader(key="pretrained_own_zip").set_value(upload).run())
    fine(app.button(key="pretrained_own_zip_use").click().run())
    seen = run_of(app).poll().observation
    assert seen.class_names == ("cats", "dogs")
    assert seen.shown.shape[1:] == (1, 28, 28)
    fine(app.button(key="pretrained_step_10").click().run())


def test_a_click_marks_another_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr(pretrained_live.st, "session_state", state)
    pretrained_live.handle({"kind": "hot", "id": "picture:12"})
    assert state == {"pretrained_picture": 12}


def test_numbers_of_pictures_are_raced_and_drawn() -> None:
    app = fine(open_page("How many pictures").button(key="pretrained_ladder_go").click().run())
    race = app.session_state["_pretrained_race_ladder"]
    assert [entrant.settings.num_per_class for entrant in race.entrants] == list(RUNGS)
    race.cancel()
