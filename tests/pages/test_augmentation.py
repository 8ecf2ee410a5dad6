"""The page on augmentation itself: every tab opens, and own pictures are learnt from."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from experiments.augmentation_inside import STRENGTHS
from tests.data.own_pictures import folder, zipped
from tests.pages.test_pages import ROUTER
from ui.augmentation_amounts import AMOUNTS
from ui.augmentation_inside import TABS

SLUG = "augmentation"
KINDS: dict[str, dict[str, Any]] = {"grey": {}, "colour": {"augmentation_data": "fruit", "augmentation_num_train": 20}}


def open_page(tab: str = "One change", **state: Any) -> AppTest:
    app = AppTest.from_file(ROUTER, default_timeout=60).run()
    app.query_params["augmentation_inside"] = tab
    for name, value in state.items():
        app.session_state[name] = value
    return fine(app.switch_page("../pages/augmentation.py").run())


def fine(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens(tab: str, kind: str) -> None:
    app = open_page(tab, **KINDS[kind])
    assert not app.error
    assert [part.label for part in app.tabs if part.children and part.label in TABS] == [tab]


def test_every_change_has_its_slider() -> None:
    app = open_page()
    for name in STRENGTHS:
        fine(app.selectbox(key="augmentation_change").select(name).run())
        slider = app.select_slider(key=f"augmentation_strength_{name}")
        fine(slider.set_value(STRENGTHS[name][0]).run())


def test_averaging_is_measured_when_asked_for_and_only_then() -> None:
    app = open_page("Averaging")
    assert "asked once" not in words(app)
    fine(app.button(key="augmentation_average").click().run())
    assert "asked once" in words(app)
    assert "mean of 8" in words(app)
    app.button(key="augmentation_step_1").click().run()
    assert "asked once" not in words(app)


def test_the_code_follows_the_knobs() -> None:
    app = open_page("In torchvision", augmentation_flip=0.5, augmentation_mixing="mixup")
    shown = "\n".join(code.value for code in app.code)
    assert "v2.RandomHorizontalFlip(p=0.5)" in shown
    assert "v2.MixUp" in shown


def test_own_pictures_are_asked_for_and_then_learnt_from() -> None:
    app = open_page(augmentation_data="own images")
    assert "no pictures of your own yet" in app.info[0].value
    upload = ("mine.zip", zipped(folder("cats", "dogs", count=6)), "application/zip")
    fine(app.file_uploader(key="augmentation_own_zip").set_value(upload).run())
    fine(app.button(key="augmentation_own_zip_use").click().run())
    assert not app.info
    run = app.session_state["_runs"][SLUG][0]
    assert run.poll().observation.class_names == ("cats", "dogs")
    fine(app.button(key="augmentation_step_10").click().run())


def test_few_and_many_pictures_are_trained_side_by_side() -> None:
    app = fine(open_page().button(key="augmentation_amounts_go").click().run())
    race = app.session_state["_augmentation_race_amounts"]
    assert [entrant.settings.num_train for entrant in race.entrants] == list(AMOUNTS)
    race.cancel()
