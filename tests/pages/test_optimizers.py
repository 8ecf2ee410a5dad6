"""The page `optimizers`: clicks in the picture, the visitor's own network, and the tabs of Look inside."""

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from experiments.optimizers_own import slices_of
from tests.pages.test_pages import ROUTER, open_page
from training.run import Run
from training.run_file import write
from ui import optimizers_live
from ui.optimizers_inside import TABS
from ui.optimizers_slice import material

SLUG = "optimizers"


def run_of(app: AppTest, slug: str = SLUG) -> Run:
    run = app.session_state["_runs"][slug][0]
    assert isinstance(run, Run)
    return run


def click(app: AppTest, monkeypatch: pytest.MonkeyPatch, **event: Any) -> AppTest:
    """A run of the page that is told of this click before its knobs are drawn."""
    told = [event]

    def conduct(slug: str) -> None:
        if told:
            optimizers_live.handle(told.pop())

    monkeypatch.setattr("ui.trials.conduct", conduct)
    return app.run()


def test_a_click_on_the_ground_starts_there_and_plays_on(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(SLUG)
    app.button(key=f"{SLUG}_go").click().run()
    run = run_of(app)
    assert run.is_playing
    click(app, monkeypatch, kind="plane", id="ground", x=1.234, y=-2.0)
    assert not app.exception
    assert (run.settings.start, run.settings.start_x, run.settings.start_y) == ("chosen", 1.23, -2.0)
    assert run.is_playing
    np.testing.assert_allclose(run.poll().observation.start, [1.23, -2.0])
    run.pause()


def test_a_click_in_the_standings_changes_the_focus_and_keeps_the_race(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(SLUG)
    app.button(key=f"{SLUG}_step_10").click().run()
    assert run_of(app).wait(10)
    click(app, monkeypatch, kind="hot", id="focus:adam")
    assert run_of(app).settings.optimizer == "adam"
    assert run_of(app).step == 10


@pytest.mark.parametrize(("mark", "rate"), [("limit", 2 / 25), ("best", 2 / 26)])
def test_a_click_on_a_mark_of_the_rates_sets_the_rate(mark: str, rate: float, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(SLUG)
    click(app, monkeypatch, kind="hot", id=f"rate:{mark}")
    assert not app.exception
    assert run_of(app).settings.learning_rate == pytest.approx(rate)


@pytest.mark.parametrize("event", [{"kind": "hot", "id": "focus:<b>"}, {"kind": "hot", "id": "rate:x"}, {"kind": "x"}])
def test_a_click_on_nothing_changes_nothing(event: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(SLUG)
    before = run_of(app).settings
    click(app, monkeypatch, **event)
    assert not app.exception
    assert run_of(app).settings == before


def test_only_those_who_take_part_can_be_in_focus() -> None:
    app = open_page(SLUG, optimizers_racers=["adam", "adagrad"])
    assert not app.exception
    (box,) = [box for box in app.selectbox if box.key == f"{SLUG}_optimizer"]
    assert list(box.options) == ["adam", "adagrad"]


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("steps", [0, 10])
def test_every_tab_opens(tab: str, steps: int) -> None:
    app = AppTest.from_file(ROUTER, default_timeout=60).run()
    app.query_params["optimizers_inside"] = tab
    app.switch_page("../pages/optimizers.py").run()
    if steps:
        app.button(key=f"{SLUG}_step_10").click().run()
        assert run_of(app).wait(10)
        app.run()
    assert not app.exception
    assert not app.error
    assert [part.label for part in app.tabs if part.children and part.label in TABS] == [tab]


def with_a_network(**state: Any) -> AppTest:
    """A visitor who has trained on the page `mlp` and comes here."""
    app = open_page("mlp", mlp_hidden_dims="4", mlp_num_points=50)
    app.button(key="mlp_step_10").click().run()
    assert run_of(app, "mlp").wait(10)
    for name, value in state.items():
        app.session_state[name] = value
    return app.switch_page("../pages/optimizers.py").run()


def test_without_a_network_a_small_one_is_trained_and_the_page_says_so() -> None:
    app = open_page(SLUG, optimizers_surface="real network")
    assert not app.exception
    assert any("trained here for 100 steps" in caption.value for caption in app.caption)
    assert app.button(key=f"{SLUG}_measure").disabled


def test_the_visitors_own_network_is_measured_and_travels() -> None:
    app = with_a_network(optimizers_surface="real network")
    assert not app.exception
    slices = run_of(app).experiment.material["measured"]
    assert slices == slices_of(run_of(app, "mlp"))
    assert "after 10 steps" in slices.story
    app.button(key=f"{SLUG}_step_10").click().run()
    assert run_of(app).wait(10)
    packed = material(SLUG).pack({"measured": slices})
    content = write(SLUG, run_of(app).capture(), packed)
    before = run_of(app).poll().observation.positions

    other = open_page(SLUG)
    other.file_uploader(key=f"{SLUG}_run_file").set_value(("run.zip", content, "application/zip")).run()
    other.button(key=f"{SLUG}_load_file").click().run() if any(
        button.key == f"{SLUG}_load_file" for button in other.button
    ) else other.run()
    assert not other.exception
    assert run_of(other).experiment.material["measured"] == slices
    np.testing.assert_array_equal(run_of(other).poll().observation.positions, before)


def test_measuring_again_takes_the_network_of_now() -> None:
    app = with_a_network(optimizers_surface="real network")
    first = run_of(app).experiment.material["measured"]
    run_of(app, "mlp").take(20)
    while run_of(app, "mlp").is_playing:
        run_of(app, "mlp").advance(1.0)
    app.run()
    assert run_of(app).experiment.material["measured"] == first
    app.button(key=f"{SLUG}_measure").click().run()
    assert "after 30 steps" in run_of(app).experiment.material["measured"].story
