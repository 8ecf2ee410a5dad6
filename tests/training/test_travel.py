"""Visiting the past, branching off, and taking a run elsewhere."""

import dataclasses

import numpy as np
import pytest

from tests.training.toy import EPOCH, assert_same_trace, finish, is_sentence, toy_run, trace
from training.capture import CaptureError


def trained(steps=57, **settings):
    run = toy_run(**settings)
    run.take(steps)
    return finish(run)


def test_a_visit_shows_the_past_and_keeps_the_future():
    run, other = trained(57), trained(30)
    then = other.poll().observation.place
    now = run.poll().observation.place
    assert run.visit(34) == 30
    seen = run.poll()
    np.testing.assert_array_equal(seen.observation.place, then)
    assert (seen.step, seen.newest_step, run.visited, seen.epoch) == (30, 57, 30, 3)
    assert seen.history.steps[-1] == 55
    run.leave()
    assert (run.step, run.visited) == (57, None)
    np.testing.assert_array_equal(run.poll().observation.place, now)


def test_every_checkpoint_and_the_newest_step_can_be_visited():
    run = trained(57)
    assert run.checkpoint_steps == [0, 10, 20, 30, 40, 50, 57]
    for step in [*run.checkpoint_steps, *reversed(run.checkpoint_steps)]:
        assert run.visit(step) == step
    assert run.checkpoint_steps == [0, 10, 20, 30, 40, 50, 57]
    assert run.visit(57) == 57
    assert run.visited is None


@pytest.mark.parametrize("go_on", ["take", "play"])
def test_going_on_goes_on_from_the_newest_step(go_on):
    run, straight = trained(57), trained(100)
    run.visit(20)
    run.take(43)
    assert_same_trace(trace(finish(run)), trace(straight))


def test_a_live_change_belongs_to_the_newest_step():
    run = trained(57)
    run.visit(20)
    run.change(run.settings.changed(rate=0.5))
    assert (run.step, run.visited) == (57, None)
    assert [(change.step, change.values) for change in run.capture().changes] == [(57, {"rate": 0.5})]


def test_a_branch_forgets_the_future_and_gives_the_same_steps_again():
    run = trained(57)
    run.visit(20)
    run.branch()
    assert (run.step, run.newest_step, run.visited) == (20, 20, None)
    assert run.poll().history.steps[-1] == 20
    run.take(37)
    assert_same_trace(trace(finish(run)), trace(trained(57)))


def test_branching_takes_the_settings_in_force_along():
    run = trained(15)
    run.change(run.settings.changed(rate=0.5))
    run.take(20)
    finish(run).change(run.settings.changed(rate=0.7))
    run.take(20)
    finish(run)
    run.rewind(20)
    changes = run.capture().changes
    assert [(change.step, change.values) for change in changes] == [(15, {"rate": 0.5}), (20, {"rate": 0.7})]
    run.rewind(0)
    assert [(change.step, change.values) for change in run.capture().changes] == [(0, {"rate": 0.7})]


def test_a_reset_forgets_changes_and_visits():
    run = trained(15)
    run.change(run.settings.changed(rate=0.5))
    run.visit(0)
    run.reset()
    capture = run.capture()
    assert (run.visited, capture.changes, capture.edits, capture.first_settings.rate) == (None, (), (), 0.5)


def test_an_edit_of_the_past_branches_there():
    run = trained(57)
    run.edit("teleport", to=4.0)
    run.visit(20)
    run.edit("teleport", to=3.0)
    assert (run.step, run.newest_step, run.capture().edits) == (20, 20, (20,))
    assert run.poll().observation.place.tolist() == [3, 3, 3]


def test_what_only_looks_makes_no_new_snapshot():
    run = trained(5)
    before = run.poll()
    run.call("evaluate")
    assert run.poll() is before


def test_a_failed_run_can_be_taken_back_to_before_it_failed():
    run = trained(25)
    run.change(run.settings.changed(rate=100))
    run.take(100)
    assert finish(run).poll().has_failed
    run.visit(10)
    run.leave()
    assert run.poll().has_failed
    run.rewind(20)
    run.change(run.settings.changed(rate=0.1))
    run.take(5)
    assert finish(run).step == 25
    assert not run.poll().has_failed


# ---- captures ----------------------------------------------------------------------------------------------------


def test_a_resumed_run_goes_on_exactly():
    run, other = trained(57, record_every=2), toy_run(width=5)
    other.resume(run.capture())
    assert_same_trace(trace(other), trace(run))
    for one in (run, other):
        one.take(EPOCH * 20)
        finish(one)
    assert_same_trace(trace(other), trace(run))
    assert other.seconds >= run.capture().seconds * 0.5 > 0


def test_a_capture_does_not_change_when_the_run_goes_on():
    run = trained(20)
    capture = run.capture()
    before = capture.state["experiment"]["place"].clone()
    run.take(20)
    finish(run)
    assert capture.state["experiment"]["place"].tolist() == before.tolist()
    assert (capture.step, capture.history.steps[-1]) == (20, 20)


def test_the_past_can_be_captured():
    run = trained(57)
    run.visit(30)
    capture = run.capture()
    assert (capture.step, capture.history.steps[-1]) == (30, 30)
    other = toy_run()
    other.resume(capture)
    other.take(27)
    assert_same_trace(trace(finish(other)), trace(trained(57)))


def test_changes_and_edits_travel_along():
    run = trained(12)
    run.change(run.settings.changed(rate=0.5))
    run.edit("teleport", to=1.0)
    other = toy_run()
    other.resume(run.capture())
    capture = other.capture()
    assert (capture.first_settings.rate, capture.settings.rate, capture.edits) == (0.1, 0.5, (12,))
    assert [(change.step, change.values) for change in capture.changes] == [(12, {"rate": 0.5})]


def test_a_failed_run_stays_failed_elsewhere():
    run = trained(300, rate=100)
    assert run.poll().has_failed
    other = toy_run()
    other.resume(run.capture())
    assert other.poll().has_failed


@pytest.mark.parametrize(
    "broken",
    [
        {"state": {}},
        {"state": {"experiment": {"place": None}, "random": []}},
        {"state": None},
        {"history": trained(7).capture().history.until(-1)},
    ],
)
def test_a_capture_that_does_not_fit_leaves_the_run_as_it_was(broken):
    run, straight = trained(30), trained(60)
    with pytest.raises(CaptureError) as caught:
        run.resume(dataclasses.replace(trained(20).capture(), **broken))
    assert is_sentence(str(caught.value))
    assert (run.step, run.is_playing) == (30, False)
    run.take(30)
    assert_same_trace(trace(finish(run)), trace(straight))


def test_a_capture_whose_settings_cannot_be_built_says_why():
    run = trained(30)
    capture = run.capture()
    with pytest.raises(CaptureError, match="13 brings bad luck"):
        run.resume(dataclasses.replace(capture, settings=capture.settings.changed(width=13)))
    assert run.step == 30
