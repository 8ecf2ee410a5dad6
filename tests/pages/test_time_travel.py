"""The time bar on every page."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from catalog import PAGES
from tests.experiments.test_laws import arrays
from training.run import Run

ROUTER = str(Path(__file__).parents[2] / "ui" / "router.py")
per_page = pytest.mark.parametrize("slug", [page.slug for page in PAGES])


def trained(slug: str, steps: int = 100) -> tuple[AppTest, Run]:
    app = AppTest.from_file(ROUTER, default_timeout=60).run()
    app.switch_page(f"../pages/{slug}.py").run()
    run = app.session_state["_runs"][slug][0]
    run.take(steps)
    while run.is_playing:
        run.advance()
    return app.run(), run


@per_page
def test_the_scrubber_shows_the_past_and_going_on_loses_nothing(slug: str) -> None:
    app, run = trained(slug)
    now = list(arrays(run.poll().observation))
    app.select_slider(key=f"{slug}_moment").set_value(0).run()
    assert not app.exception
    assert (run.visited, run.newest_step) == (0, 100)
    assert any(not np.array_equal(then, later) for then, later in zip(arrays(run.poll().observation), now, strict=True))
    app.button(key=f"{slug}_step_10").click().run()
    assert run.wait(10)
    assert (run.visited, run.step) == (None, 110)


@per_page
def test_newest_and_branch(slug: str) -> None:
    app, run = trained(slug)
    assert app.button(key=f"{slug}_newest").disabled
    app.select_slider(key=f"{slug}_moment").set_value(run.checkpoint_steps[1]).run()
    app.button(key=f"{slug}_newest").click().run()
    assert (run.visited, run.step) == (None, 100)
    app.select_slider(key=f"{slug}_moment").set_value(run.checkpoint_steps[1]).run()
    there = run.step
    app.button(key=f"{slug}_branch").click().run()
    assert not app.exception
    assert (run.visited, run.newest_step) == (None, there)


@per_page
def test_playback_goes_through_every_moment_and_stops_at_the_newest(slug: str) -> None:
    app, run = trained(slug)
    app.button(key=f"{slug}_playback_go").click().run()
    seen = [run.step]
    while app.session_state[f"_{slug}_playback"]:
        app.run()
        seen.append(run.step)
        assert len(seen) < 100
    assert seen == sorted(seen)
    assert (seen[-1], run.visited) == (100, None)
    assert set(run.checkpoint_steps) - set(seen) <= {0}
