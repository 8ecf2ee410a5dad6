"""Pin and compare, and the band of seeds, on every page of the catalog."""

import importlib
import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from catalog import PAGES
from tests.pages.test_pages import open_page
from training.run import Run
from training.settings import Settings, knob_of
from ui.compare import pin as keep
from ui.knobs import key_of
from ui.pins import MAX_PINS, names_of, pins_of

SLUGS = [page.slug for page in PAGES]
per_page = pytest.mark.parametrize("slug", SLUGS)


def run_of(app: AppTest, slug: str) -> Any:
    return app.session_state["_runs"][slug][0]


def settings_class(slug: str) -> type[Settings]:
    return importlib.import_module(f"experiments.{slug}").SETTINGS


def train(app: AppTest, slug: str) -> AppTest:
    app.button(key=f"{slug}_step_10").click().run()
    assert run_of(app, slug).wait(10)
    return app.run()


def pin(app: AppTest, slug: str) -> AppTest:
    app.button(key=f"{slug}_pin").click().run()
    assert not app.exception
    return app


def set_knob(app: AppTest, slug: str, **values: Any) -> AppTest:
    for name, value in values.items():
        app.session_state[key_of(slug, name)] = value
    return app.run()


def table(app: AppTest) -> dict[str, list[str]]:
    """The rows of the table of differences by their titles."""
    (text,) = [one.value for one in app.markdown if "What differs" in one.value]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.replace("\\", "").splitlines()]
    return {row[0]: row[1:] for row in rows}


@per_page
def test_nothing_pinned_is_one_line_that_says_what_to_do(slug: str) -> None:
    app = open_page(slug)
    assert any("change a knob" in caption.value for caption in app.caption)
    assert not [one for one in app.markdown if "What differs" in one.value]


@per_page
def test_two_runs_differ_in_the_knob_that_was_turned(slug: str) -> None:
    app = pin(train(open_page(slug), slug), slug)
    train(set_knob(app, slug, seed=7), slug)
    pin(app, slug)
    rows = table(app)
    settings_rows = {knob_of(field)["label"] for field in settings_class(slug).model_fields.values()} & set(rows)
    assert settings_rows == {"Seed"}
    assert rows["Seed"] == ["**0**", "7", "7"]
    assert rows["Step"] == ["10", "10", "10"]
    assert rows["**What differs**"] == ["seed 0", "seed 7", "this run"]
    count = sum(parameter.numel() for parameter in run_of(app, slug).experiment.parameters())
    assert rows["Parameters"] == [f"{count:,}"] * 3


@per_page
def test_a_pinned_run_comes_back_with_its_step_and_its_knobs(slug: str) -> None:
    app = pin(train(open_page(slug), slug), slug)
    history = run_of(app, slug).poll().history
    pinned = run_of(app, slug).settings
    train(train(set_knob(app, slug, seed=7), slug), slug)
    number = app.session_state["_pins"][slug][0].number
    app.button(key=f"{slug}_pin_load_{number}").click().run()
    assert not app.exception
    assert not app.warning
    run = run_of(app, slug)
    assert (run.step, run.settings) == (10, pinned)
    assert app.session_state[key_of(slug, "seed")] == 0
    assert run.poll().history.last("loss") == history.last("loss")
    train(app, slug)
    assert run.step == 20


@per_page
def test_a_sixth_pin_is_refused_in_a_sentence_and_removing_makes_room(slug: str) -> None:
    app = open_page(slug)
    for _ in range(MAX_PINS):
        pin(app, slug)
    assert not app.info
    pin(app, slug)
    assert "5 runs are pinned" in app.info[0].value
    pins = app.session_state["_pins"][slug]
    assert [one.slot for one in pins] == [0, 1, 2, 3, 4]
    app.button(key=f"{slug}_pin_remove_{pins[1].number}").click().run()
    pin(app, slug)
    assert [one.slot for one in app.session_state["_pins"][slug]] == [0, 2, 3, 4, 1]
    app.button(key=f"{slug}_pin_clear").click().run()
    assert app.session_state["_pins"][slug] == []


@per_page
def test_pins_survive_another_page_and_keep_the_name_they_were_given(slug: str) -> None:
    app = pin(open_page(slug), slug)
    number = app.session_state["_pins"][slug][0].number
    app.text_input(key=f"{slug}_pin_name_{number}").input("my *first* | one").run()
    assert "my \\*first\\* \\| one" in " ".join(one.value for one in app.markdown)
    app.switch_page("../pages/home.py").run()
    app.switch_page(f"../pages/{slug}.py").run()
    assert app.text_input(key=f"{slug}_pin_name_{number}").value == "my *first* | one"
    assert not app.exception


@per_page
@pytest.mark.parametrize("axis", ["seconds", "parameters"])
def test_the_other_axes(slug: str, axis: str) -> None:
    app = pin(train(open_page(slug), slug), slug)
    app.segmented_control(key=f"{slug}_compare_axis").set_value(axis).run()
    app.toggle(key=f"{slug}_compare_log").set_value(True).run()
    if axis == "parameters":
        for moment in ("last", "at equal steps"):
            app.selectbox(key=f"{slug}_compare_moment").select(moment).run()
    for number in app.selectbox(key=f"{slug}_compare_number").options:
        assert number
    assert not app.exception


@per_page
def test_what_is_too_large_keeps_its_curves_only(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.pins.MAX_BYTES", 10)
    app = pin(train(open_page(slug), slug), slug)
    assert "cannot be loaded again" in app.info[0].value
    (kept,) = app.session_state["_pins"][slug]
    assert kept.capture.state is None
    assert kept.num_bytes == 0
    assert app.button(key=f"{slug}_pin_load_{kept.number}").disabled
    assert table(app)["Step"] == ["10", "10"]


@per_page
def test_a_band_of_three_seeds_says_what_it_found(slug: str) -> None:
    app = open_page(slug)
    app.selectbox(key=f"{slug}_band_seeds").set_value(3).run()
    app.number_input(key=f"{slug}_band_steps").set_value(30).run()
    app.button(key=f"{slug}_band_go").click().run()
    assert app.button(key=f"{slug}_band_go").disabled
    end = time.monotonic() + 30
    while app.session_state[f"_{slug}_band"] and time.monotonic() < end:
        time.sleep(0.1)
        app.run()
    assert not app.exception
    said = " ".join(one.value.replace("\\", "") for one in app.markdown)
    assert "3 seeds: " in said
    assert "on average at step" in said
    outcome = app.session_state[f"_{slug}_outcome"]
    assert outcome.seeds == (0, 1, 2)
    assert table(app)["**What differs**"] == ["this run", "3 seeds"]
    (last,) = [cells for name, cells in table(app).items() if name.startswith("Last ")]
    assert "±" in last[-1]
    assert run_of(app, slug).step == 0
    app.button(key=f"{slug}_band_remove").click().run()
    assert any("change a knob" in caption.value for caption in app.caption)


@per_page
def test_a_band_takes_as_many_steps_as_the_run_unless_told(slug: str) -> None:
    app = open_page(slug)
    assert app.number_input(key=f"{slug}_band_steps").placeholder == "1,000"
    train(app, slug)
    assert app.number_input(key=f"{slug}_band_steps").placeholder == "10"
    app.button(key=f"{slug}_band_go").click().run()
    band = app.session_state[f"_{slug}_band"] or app.session_state[f"_{slug}_outcome"]
    assert band.num_steps == 10


@per_page
def test_a_band_can_be_cancelled(slug: str) -> None:
    app = open_page(slug)
    app.number_input(key=f"{slug}_band_steps").set_value(20_000).run()
    app.button(key=f"{slug}_band_go").click().run()
    band = app.session_state[f"_{slug}_band"]
    app.button(key=f"{slug}_band_cancel").click().run()
    assert not band.is_running
    assert app.session_state[f"_{slug}_band"] is None
    assert app.session_state[f"_{slug}_outcome"] is None
    assert not app.button(key=f"{slug}_band_go").disabled


@per_page
def test_a_visited_past_is_pinned_as_a_whole_and_stays_on_show(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr("ui.pins.st.session_state", state)
    experiment = importlib.import_module(f"experiments.{slug}")
    run = Run(experiment.EXPERIMENT, experiment.SETTINGS())
    steps = 4 * run.experiment.record_every
    run.take(steps)
    while run.is_playing:
        run.advance(1.0)
    run.visit(0)
    assert keep(run, slug, "before branching") == f"Pinned at step {steps}."
    assert run.visited == 0
    (kept,) = pins_of(slug)
    assert kept.capture.step == kept.capture.history.steps[-1] == steps
    assert names_of([kept]) == ["before branching"]
