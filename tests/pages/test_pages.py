"""Every page of the catalog without a browser: it opens, each knob goes to its ends, each button is pressed."""

import importlib
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from catalog import PAGES
from training.settings import ends, knob_of
from ui.knobs import key_of

ROUTER = str(Path(__file__).parents[2] / "ui" / "router.py")
SLUGS = [page.slug for page in PAGES]
ENDS = [
    pytest.param(slug, name, value, id=f"{slug}-{name}-{value}")
    for slug in SLUGS
    for name, value in ends(importlib.import_module(f"experiments.{slug}").SETTINGS)
]


def open_page(slug: str, **state: Any) -> AppTest:
    app = AppTest.from_file(ROUTER, default_timeout=60)
    app.run()
    for name, value in state.items():
        app.session_state[name] = value
    return app.switch_page(f"../pages/{slug}.py").run()


def condition(slug: str, name: str) -> dict[str, Any]:
    """Settings under which a knob is shown."""
    settings_class = importlib.import_module(f"experiments.{slug}").SETTINGS
    when = knob_of(settings_class.model_fields[name])["when"]
    return {key_of(slug, other): values[0] for other, values in when.items()}


def test_the_start_page_shows_every_page() -> None:
    app = AppTest.from_file(ROUTER, default_timeout=60).run()
    assert not app.exception
    links = [link.proto.label for link in app.get("page_link") if not link.proto.query_string]
    assert [page.title for page in PAGES] == [label.strip("*") for label in links]


@pytest.mark.parametrize("slug", SLUGS)
def test_it_opens(slug: str) -> None:
    app = open_page(slug)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize(("slug", "name", "value"), ENDS)
def test_a_knob_at_its_end(slug: str, name: str, value: Any) -> None:
    app = open_page(slug, **condition(slug, name), **{key_of(slug, name): value})
    assert not app.exception
    in_force = getattr(app.session_state["_runs"][slug][0].settings, name)
    key = key_of(slug, name)
    is_offered = all(value in box.options for box in app.selectbox if box.key == key)
    assert in_force == value or app.info or not is_offered


@pytest.mark.parametrize("slug", SLUGS)
def test_every_button(slug: str) -> None:
    app = open_page(slug)
    for key in [button.key for button in app.button if not button.disabled]:
        again = open_page(slug)
        again.button(key=key).click().run()
        assert not again.exception, key


@pytest.mark.parametrize("slug", SLUGS)
def test_steps_are_taken_and_reset(slug: str) -> None:
    app = open_page(slug)
    app.button(key=f"{slug}_step_10").click().run()
    assert app.session_state["_runs"][slug][0].wait(10)
    assert app.session_state["_runs"][slug][0].step == 10
    app.button(key=f"{slug}_reset").click().run()
    assert app.session_state["_runs"][slug][0].step == 0
