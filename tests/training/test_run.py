"""What the buttons of the transport bar promise, on the toy experiment."""

import copy
import threading
import time

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from tests.training.toy import (
    EPOCH,
    Toy,
    ToySettings,
    assert_same_trace,
    finish,
    in_thread,
    is_sentence,
    toy_run,
    trace,
    wait_until,
)
from training import run as engine
from training.run import Run, Stop
from training.settings import SettingsError
from training.turn import TURN, RandomState


def is_same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one[2], other[2], strict=True))


# ---- play, pause, step ---------------------------------------------------------------------------------------------


def test_a_new_run_waits_at_step_0_with_a_picture():
    snapshot = toy_run().poll()
    assert (snapshot.step, snapshot.epoch, snapshot.is_playing, snapshot.message) == (0, 0, False, "")
    assert snapshot.device == "cpu"
    assert snapshot.observation.place.shape == (3,)
    np.testing.assert_array_equal(snapshot.history.steps, [0])


@pytest.mark.parametrize("num_steps", [1, 10, 100])
@pytest.mark.parametrize("before", [0, 7])
def test_steps_are_exact(num_steps, before):
    run = toy_run()
    for count in filter(None, (before, num_steps)):
        run.take(count)
        finish(run)
    assert run.step == run.experiment.num_steps == run.poll().step == before + num_steps
    assert run.poll().message == ""
    assert run.advance() == 0


@pytest.mark.parametrize(("before", "after"), [(0, EPOCH), (3, EPOCH), (9, EPOCH), (EPOCH, 2 * EPOCH)])
def test_an_epoch_ends_where_the_next_begins(before, after):
    run = toy_run()
    run.take(before)
    finish(run).take_epoch()
    assert finish(run).step == after
    assert run.poll().epoch == after / EPOCH


def test_no_steps_are_no_steps():
    run = toy_run()
    run.take(0)
    assert not run.is_playing
    assert finish(run).step == 0


def test_steps_asked_for_while_playing_end_the_playing():
    run = toy_run()
    run.play()
    taken = run.advance()
    run.take(10)
    assert finish(run).step == taken + 10


def test_play_goes_on_until_pause():
    run = toy_run()
    run.play()
    assert run.is_playing
    steps = sum(run.advance(0.001) for _ in range(20))
    assert steps == run.step >= 20
    run.pause()
    assert not run.is_playing
    assert run.advance() == 0
    snapshot = run.poll()
    assert (snapshot.step, snapshot.is_playing, snapshot.message) == (steps, False, "")


def test_a_slice_of_no_time_is_one_step():
    run = toy_run()
    run.play()
    assert run.advance(0) == 1


def test_pause_takes_the_steps_back_that_were_asked_for():
    run = toy_run()
    run.take(100)
    run.advance(0)
    run.pause()
    run.play(Stop(steps=3))
    assert finish(run).step == 4


# ---- stopping by itself --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [0, 8])
def test_stop_after_steps(before):
    run = toy_run()
    run.take(before)
    finish(run).play(Stop(steps=25))
    assert finish(run).step == before + 25
    assert run.poll().message == "Stopped after 25 steps, as asked."
    assert not run.poll().has_failed


def test_stop_after_seconds():
    run = toy_run(step_seconds=0.002)
    begin = time.monotonic()
    run.play(Stop(seconds=0.1))
    finish(run)
    assert 0.1 <= time.monotonic() - begin < 1
    assert run.step > 5
    assert run.poll().message == f"Stopped after 0.1 seconds and {run.step} steps, as asked."


@pytest.mark.parametrize("has_test", [True, False])
def test_stop_at_a_loss(has_test):
    run = toy_run(has_test=has_test)
    run.play(Stop(target_loss=0.1))
    finish(run)
    row = run.poll().history
    assert row.last("test_loss" if has_test else "loss") <= 0.1 < row.values["test_loss" if has_test else "loss"][-2]
    assert run.poll().message.startswith(f"Stopped at step {run.step}: the loss reached 0.0")
    assert is_sentence(run.poll().message)


@pytest.mark.parametrize("has_test", [True, False])
def test_stop_when_nothing_gets_better(has_test):
    run = toy_run(rate=1, has_test=has_test)  # at the origin after one step, then to and fro
    run.play(Stop(patience=60))
    finish(run)
    losses = run.poll().history.values["test_loss" if has_test else "loss"]
    best = 5 * int(losses.argmin())
    assert run.step == best + 60 > 60
    assert run.poll().message == f"Stopped at step {run.step}: no lower loss since step {best}."


def test_patience_counts_only_losses_it_has_seen():
    run = toy_run(record_every=50, rate=0.001)  # gets better all the time, and is looked at every 50 steps
    run.play(Stop(patience=10, steps=400))
    assert finish(run).step == 400


def test_patience_begins_anew_at_play():
    run = toy_run(rate=1)
    run.play(Stop(patience=30))
    first = finish(run).step
    run.play(Stop(patience=30))
    assert finish(run).step >= first + 30


def test_a_stop_holds_for_one_press():
    run = toy_run()
    run.play(Stop(steps=5))
    finish(run).play()
    assert run.poll().is_playing
    for _ in range(10):
        run.advance(0.001)
    assert run.is_playing
    assert run.step > 5
    assert run.poll().message == ""


def test_no_run_passes_the_cap(monkeypatch):
    monkeypatch.setattr(engine, "MAX_STEPS", 40)
    run = toy_run()
    run.play()
    assert finish(run).step == 40
    assert run.poll().message.startswith("Stopped at 40 steps, the most a run may take.")
    for ask in (run.play, lambda: run.take(1), lambda: run.take(100), run.take_epoch):
        ask()
        assert finish(run).step == 40
        assert run.poll().message.startswith("Stopped at 40 steps")
    run.reset()
    run.take(60)
    assert finish(run).step == 40


# ---- reset and change ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_playing", [False, True])
def test_reset_is_bit_for_bit_the_same_run(is_playing):
    run = toy_run(seed=5)
    start = trace(run)
    run.take(57)
    first = trace(finish(run))
    if is_playing:
        run.play()
        run.advance()
    run.reset()
    assert run.step == 0
    assert run.is_playing == is_playing
    assert_same_trace(trace(run), start)
    run.take(57)
    assert_same_trace(trace(finish(run)), first)


def test_a_new_seed_is_another_run():
    run = toy_run(seed=5)
    run.take(20)
    first = trace(finish(run))
    run.reset(seed=6)
    assert run.settings.seed == 6
    assert run.step == 0
    run.take(20)
    assert not is_same(trace(finish(run)), first)
    with pytest.raises(ValidationError):
        run.reset(seed=-1)
    assert (run.settings.seed, run.step) == (6, 20)


@pytest.mark.parametrize(
    "restart", [Run.reset, lambda run: run.change(run.settings.changed(width=run.settings.width + 1))]
)
def test_a_restart_keeps_playing_with_its_stop_but_forgets_single_steps(restart):
    run = toy_run()
    run.play(Stop(steps=30))
    run.advance(0)
    restart(run)
    assert run.is_playing
    assert finish(run).step == 30
    run.take(10)
    run.advance(0)
    restart(run)
    assert not run.is_playing
    assert run.step == 0


def test_a_live_change_keeps_the_step_and_acts():
    run = toy_run(rate=0.1)
    run.take(10)
    before = trace(finish(run))
    run.change(run.settings.changed(rate=0.0))
    assert run.step == 10
    assert run.poll().settings.rate == 0
    run.take(10)
    after = trace(finish(run))
    assert is_same(after, before)
    assert len(after[0]) == len(before[0]) + 2


def test_a_live_change_does_not_pause():
    run = toy_run()
    run.play(Stop(steps=20))
    run.advance(0)
    run.change(run.settings.changed(rate=0.5))
    assert run.is_playing
    assert finish(run).step == 20


@pytest.mark.parametrize("is_playing", [False, True])
def test_another_network_starts_anew_and_plays_on(is_playing):
    run = toy_run()
    run.take(10)
    finish(run)
    if is_playing:
        run.play()
    run.change(run.settings.changed(width=7))
    assert run.step == 0
    assert run.is_playing == is_playing
    assert run.poll().observation.place.shape == (7,)
    np.testing.assert_array_equal(run.poll().history.steps, [0])


def test_no_change_does_nothing():
    run = toy_run()
    run.take(5)
    finish(run)
    snapshot, experiment = run.poll(), run.experiment
    run.change(ToySettings())
    assert run.poll() is snapshot
    assert run.experiment is experiment


@pytest.mark.parametrize("is_playing", [False, True])
@pytest.mark.parametrize("method", ["change", "replace"])
def test_what_cannot_be_built_leaves_the_run_as_it_was(is_playing, method):
    run, untouched = toy_run(), toy_run()
    for one in (run, untouched):
        one.take(12)
        finish(one)
        if is_playing:
            one.play(Stop(steps=13))
    experiment, snapshot = run.experiment, run.poll()
    bad = run.settings.changed(width=13)

    class Other(Toy):
        pass

    with pytest.raises(SettingsError, match="bad luck"):
        run.change(bad) if method == "change" else run.replace(Other, bad)
    assert run.experiment is experiment
    assert run.poll() is snapshot
    assert run.is_playing == is_playing
    assert run.settings == ToySettings()
    if not is_playing:
        run.take(13)
        untouched.take(13)
    assert_same_trace(trace(finish(run)), trace(finish(untouched)))
    run.reset()
    assert type(run.experiment) is Toy


def test_a_new_run_that_cannot_be_built_says_so():
    with pytest.raises(SettingsError, match="bad luck"):
        toy_run(width=13)
    with TURN.command(RandomState(0)):
        pass


def test_other_data_start_the_run_anew():
    class Far(Toy):
        def __init__(self, settings):
            super().__init__(settings)
            self.place += 100

    run = toy_run()
    run.take(5)
    finish(run).replace(Far, run.settings)
    assert run.step == 0
    assert run.poll().observation.place.min() > 90
    run.reset()
    assert run.poll().observation.place.min() > 90


def test_a_method_of_the_experiment_can_be_called_between_steps():
    run = toy_run()
    assert run.edit("teleport", to=9.0) == "done"
    assert run.poll().observation.place.tolist() == [9, 9, 9]
    with pytest.raises(AttributeError):
        run.edit("fly")
    run.take(1)
    assert finish(run).step == 1


# ---- when it goes wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "what"), [(10, "very large"), (100, "very large"), (2.1, "very large")])
def test_an_explosion_pauses_and_says_what_to_try(rate, what):
    run = toy_run(rate=rate)
    run.play()
    snapshot = finish(run).poll()
    assert snapshot.has_failed
    assert not snapshot.is_playing
    assert snapshot.step < 400
    assert what in snapshot.message
    assert f"at step {snapshot.step}, so training paused. Lower the rate" in snapshot.message
    assert is_sentence(snapshot.message)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_pauses(value):
    run = toy_run()
    run.edit("teleport", to=value)
    run.play()
    snapshot = finish(run).poll()
    assert snapshot.has_failed
    assert snapshot.step == 5  # the next row
    assert "infinite or not a number" in snapshot.message


def failed_run():
    run = toy_run(rate=10)
    run.play()
    finish(run)
    assert run.poll().has_failed
    return run


def test_a_failed_run_refuses_to_go_on():
    run = failed_run()
    step, message = run.step, run.poll().message
    for ask in (run.play, lambda: run.take(1), run.take_epoch, lambda: run.play(Stop(steps=1))):
        ask()
        assert not run.is_playing
        assert run.advance() == 0
    run.pause()
    run.change(run.settings.changed(rate=0.1))
    assert (run.step, run.poll().message, run.poll().has_failed) == (step, message, True)


@pytest.mark.parametrize(
    "heal",
    [Run.reset, lambda run: run.rewind(0), lambda run: run.change(run.settings.changed(width=4))],
    ids=["reset", "rewind", "change"],
)
def test_going_back_heals(heal):
    run = failed_run()
    heal(run)
    assert not run.poll().has_failed
    assert run.poll().message == ""
    run.change(run.settings.changed(rate=0.1))
    run.take(20)
    assert finish(run).step == 20
    assert not run.poll().has_failed


def test_a_run_that_begins_broken_says_so():
    class Broken(Toy):
        def __init__(self, settings):
            super().__init__(settings)
            self.place[:] = float("nan")

    run = Run(Broken, ToySettings())
    assert run.poll().has_failed
    assert "at step 0" in run.poll().message
    run.play()
    assert not run.is_playing


def test_a_step_that_raises_is_told_in_a_line():
    run = toy_run(broken_at=3)
    run.play()
    with pytest.raises(RuntimeError):
        finish(run)
    snapshot = run.poll()
    assert snapshot.has_failed
    assert not snapshot.is_playing
    assert "the floor gave way" in snapshot.message
    assert is_sentence(snapshot.message)
    assert run.wait(0)
    run.play()
    assert not run.is_playing
    run.change(run.settings.changed(broken_at=-1))
    run.take(5)
    assert finish(run).step == 5


@pytest.mark.parametrize("error", [RuntimeError(), RuntimeError("\n"), ValueError("x" * 5000), KeyError("a")])
def test_any_error_gives_a_sentence(error, monkeypatch):
    monkeypatch.setattr(Toy, "error", error)
    run = toy_run(broken_at=0)
    run.play()
    with pytest.raises(type(error)):
        run.advance()
    assert is_sentence(run.poll().message)
    assert "()" not in run.poll().message


# ---- going back ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("back", [0, 10, 37, 100])
def test_rewind_and_replay_give_the_same_run(back):
    run = toy_run(seed=2)
    run.take(100)
    whole = trace(finish(run))
    at = run.rewind(back)
    assert at == run.step == run.poll().step == back // EPOCH * EPOCH
    assert run.poll().history.steps[-1] == at
    alone = toy_run(seed=2)
    alone.take(at)
    assert_same_trace(trace(run), trace(finish(alone)) if at else trace(alone))
    run.take(100 - at)
    assert_same_trace(trace(finish(run)), whole)


def test_rewind_twice_to_the_same_place():
    run = toy_run()
    run.take(50)
    finish(run).rewind(20)
    once = trace(run)
    run.take(30)
    finish(run).rewind(20)
    assert_same_trace(trace(run), once)


def test_rewind_pauses_and_forgets_what_came_after():
    run = toy_run()
    run.take(50)
    finish(run).play()
    run.rewind(20)
    assert not run.is_playing
    assert run.checkpoint_steps == [0, 10, 20]
    assert run.rewind(10_000) == 20


def test_rewind_after_thinning_gives_the_same_run():
    run = toy_run(record_every=1)
    run.take(1500)
    whole = trace(finish(run))
    assert 512 < len(whole[0]) <= 1024
    assert 32 < len(run.checkpoint_steps) <= 64
    run.take(1500 - run.rewind(700))
    assert_same_trace(trace(finish(run)), whole)


# ---- the lease and the pace ----------------------------------------------------------------------------------------


def test_only_a_run_that_is_looked_at_is_due(monkeypatch):
    monkeypatch.setattr(engine, "LEASE_SECONDS", 0.05)
    run = toy_run()
    run.play()
    assert not run.is_due  # nobody has looked yet
    run.poll()
    assert run.is_due
    time.sleep(0.06)
    assert not run.is_due
    assert run.is_playing
    run.poll()
    assert run.is_due
    run.park()
    assert not run.is_due
    run.poll()
    assert run.is_due
    run.pause()
    assert not run.is_due


def test_pace_limits_the_rate_but_not_the_steps_asked_for():
    run = toy_run()
    run.set_pace(50)
    run.play()
    end = time.monotonic() + 0.4
    while time.monotonic() < end:
        run.advance(0.001)
        time.sleep(0.001)
    assert 10 <= run.step <= 22
    run.pause()
    before = run.step
    run.take(100)
    begin = time.monotonic()
    assert finish(run).step == before + 100
    assert time.monotonic() - begin < 1.5
    run.set_pace(None)
    run.play(Stop(steps=100))
    begin = time.monotonic()
    finish(run)
    assert time.monotonic() - begin < 1.5


def test_a_slow_run_does_not_make_up_for_the_time_it_was_parked():
    run = toy_run()
    run.set_pace(100)
    run.play()
    run.advance(0.001)
    time.sleep(0.5)
    before, end = run.step, time.monotonic() + 0.1
    while time.monotonic() < end:
        run.advance(0.001)
        time.sleep(0.001)
    assert 3 <= run.step - before <= 30


def test_pace_does_not_change_the_steps():
    slow, fast = toy_run(), toy_run()
    slow.set_pace(500)
    for run in (slow, fast):
        run.play(Stop(steps=30))
        end = time.monotonic() + 5
        while run.is_playing and time.monotonic() < end:
            run.advance(0.001)
    assert_same_trace(trace(slow), trace(fast))


# ---- what a page sees ----------------------------------------------------------------------------------------------


def test_a_snapshot_never_changes():
    run = toy_run()
    run.take(10)
    finish(run)
    snapshot = run.poll()
    kept = copy.deepcopy(snapshot)
    run.play()
    for _ in range(20):
        run.advance(0.001)
        run.poll()
    run.change(run.settings.changed(rate=0.5))
    run.rewind(0)
    assert run.poll() is not snapshot
    assert (snapshot.step, snapshot.epoch, snapshot.settings) == (kept.step, kept.epoch, kept.settings)
    np.testing.assert_array_equal(snapshot.observation.place, kept.observation.place)
    np.testing.assert_array_equal(snapshot.history.steps, kept.history.steps)
    np.testing.assert_array_equal(snapshot.history.values["loss"], kept.history.values["loss"])


def test_a_watched_run_shows_a_newer_picture_at_the_next_slice_and_an_unwatched_one_spares_it():
    run = toy_run()
    run.play()
    run.poll()
    run.advance(0)
    assert run._snapshot.step == 1
    run.advance(0)
    assert run.poll().step == 1  # nobody had looked since
    run.advance(0)
    assert run.poll().step == 3


def test_poll_never_waits():
    run, held, free = toy_run(), threading.Event(), threading.Event()

    def hold():
        with TURN.command(RandomState(0)):
            held.set()
            free.wait(5)

    thread = in_thread(hold)
    assert held.wait(5)
    begin = time.monotonic()
    run.poll()
    took = time.monotonic() - begin
    free.set()
    thread.join(5)
    assert took < 0.05


def test_a_long_slice_ends_when_a_command_waits():
    run, other = toy_run(step_seconds=0.002), toy_run()
    run.play()
    thread = in_thread(lambda: run.advance(3.0))
    wait_until(lambda: run.step > 3)
    begin = time.monotonic()
    other.reset()
    assert time.monotonic() - begin < 0.5
    thread.join(5)


def test_rate_and_time_left():
    run = toy_run(step_seconds=0.002)
    assert run.poll().seconds_left is None
    run.play(Stop(steps=300))
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        run.poll()
        run.advance()
    snapshot = run.poll()
    assert 50 < snapshot.steps_per_second < 500
    left = (300 - snapshot.step) / snapshot.steps_per_second
    assert snapshot.seconds_left == pytest.approx(left, rel=0.01)
    run.pause()
    assert run.poll().seconds_left is None
    run.play(Stop(seconds=20))
    run.poll()
    run.advance()
    assert 19 < run.poll().seconds_left <= 20
    run.play()
    run.poll()
    run.advance()
    assert run.poll().seconds_left is None


def test_wait():
    run = toy_run()
    assert run.wait(0)
    run.take(3)
    assert not run.wait(0)
    finish(run)
    assert run.wait(0)
