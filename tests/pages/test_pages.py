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


def open_page(slug: str, **state: Any) -> AppTest:
    app = AppTest.from_file(ROUTER, default_timeout=60)
    app.run()
    for name, value in state.items():
        app.session_state[name] = value
    return app.switch_page(f"../pages/{slug}.py").run()


def keys_of(slug: str) -> list[str]:
    return [key_of(slug, name) for name in importlib.import_module(f"experiments.{slug}").SETTINGS.model_fields]


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


@pytest.mark.parametrize("slug", SLUGS)
def test_each_knob_at_both_ends(slug: str) -> None:
    """One visitor turns one knob after the other, each back to where it was."""
    settings_class = importlib.import_module(f"experiments.{slug}").SETTINGS
    app = open_page(slug)
    defaults = {key: app.session_state[key] for key in keys_of(slug) if key in app.session_state}
    for name, value in ends(settings_class):
        turned = {**condition(slug, name), key_of(slug, name): value}
        is_there = all(key in defaults for key in turned)
        boxes = [box for box in app.selectbox if box.key in turned]
        is_offered = all(turned[box.key] in box.options for box in boxes)
        if is_there and is_offered:
            for key, wanted in turned.items():
                app.session_state[key] = wanted
            found = app.run()
        else:  # a knob that is hidden at the start, or what a link says and a menu does not offer
            found = open_page(slug, **turned)
        assert not found.exception, (name, value)
        in_force = getattr(found.session_state["_runs"][slug][0].settings, name)
        assert in_force == value or found.info or not is_offered, (name, value)
        for key in turned if found is app else ():
            app.session_state[key] = defaults[key]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_button(slug: str) -> None:
    """One visitor presses one after the other; a button that another has taken away is pressed on a fresh page."""
    app = open_page(slug)
    for key in [button.key for button in app.button if not button.disabled]:
        if not any(button.key == key and not button.disabled for button in app.button):
            app = open_page(slug)
        app.button(key=key).click().run()
        assert not app.exception, key


@pytest.mark.parametrize("slug", SLUGS)
def test_steps_are_taken_and_reset(slug: str) -> None:
    app = open_page(slug)
    app.button(key=f"{slug}_step_10").click().run()
    assert app.session_state["_runs"][slug][0].wait(10)
    assert app.session_state["_runs"][slug][0].step == 10
    app.button(key=f"{slug}_reset").click().run()
    assert app.session_state["_runs"][slug][0].step == 0
