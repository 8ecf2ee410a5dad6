"""Lecture mode without a browser, on every page of the catalog."""

import importlib
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from catalog import PAGES
from tests.pages.test_pages import ROUTER, SLUGS
from training.settings import ends
from ui.knobs import key_of

ENDS = [
    pytest.param(slug, name, value, id=f"{slug}-{name}-{value}")
    for slug in SLUGS
    for name, value in ends(importlib.import_module(f"experiments.{slug}").SETTINGS)
    if name in ("learning_rate", "seed")
]


def open_lecture(slug: str, **in_url: str) -> AppTest:
    app = AppTest.from_file(ROUTER, default_timeout=60)
    app.run()
    for name, value in {"mode": "lecture", **in_url}.items():
        app.query_params[name] = value
    return app.switch_page(f"../pages/{slug}.py").run()


def run_of(app: AppTest, slug: str) -> Any:
    return app.session_state["_runs"][slug][0]


def words(app: AppTest) -> str:
    return "".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_it_opens_with_the_picture_and_nothing_below_it(page: Any) -> None:
    app = open_lecture(page.slug)
    assert not app.exception
    assert not app.error
    assert not app.header
    assert page.title in words(app)
    assert "step" in words(app)


@pytest.mark.parametrize(("slug", "name", "value"), ENDS)
def test_settings_of_the_link_hold(slug: str, name: str, value: Any) -> None:
    app = open_lecture(slug, **{key_of(slug, name): f"{value:g}"})
    assert not app.exception
    assert getattr(run_of(app, slug).settings, name) == value


@pytest.mark.parametrize("slug", SLUGS)
def test_entering_and_leaving_keep_run_and_settings(slug: str) -> None:
    name, value = "seed", 7
    app = AppTest.from_file(ROUTER, default_timeout=60).run()
    app.session_state[key_of(slug, name)] = value
    app.switch_page(f"../pages/{slug}.py").run()
    app.button(key=f"{slug}_step_10").click().run()
    run = run_of(app, slug)
    assert run.wait(10)
    app.button(key=f"{slug}_lecture").click().run()
    assert app.query_params["mode"] == "lecture"
    assert not app.header
    app.button(key=f"{slug}_lecture_leave").click().run()
    assert "mode" not in app.query_params
    assert app.header
    assert run_of(app, slug) is run
    assert (run.step, run.settings.seed) == (10, value)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_code_comes_and_goes(slug: str) -> None:
    app = open_lecture(slug)
    assert "data:image/svg" not in words(app)
    app.button(key=f"{slug}_lecture_qr").click().run()
    assert "data:image/svg" in words(app)
    app.button(key=f"{slug}_lecture_qr").click().run()
    assert "data:image/svg" not in words(app)


def test_a_page_without_the_word_is_no_lecture() -> None:
    app = AppTest.from_file(ROUTER, default_timeout=60).run()
    app.query_params["mode"] = "other"
    app.switch_page(f"../pages/{SLUGS[0]}.py").run()
    assert app.header
