"""Several experiments side by side: each as it would be alone, all at the same step, with a lease."""

import time

import numpy as np
import pytest

from tests.training.toy import Toy, ToySettings, finish, toy_run, wait_until
from training.race import Entrant, Race
from training.run import Stop
from training.scheduler import Scheduler


def toy_race(*rates, num_steps=100, **settings):
    return Race([Entrant(f"rate {rate}", Toy, ToySettings(rate=rate, **settings)) for rate in rates], num_steps)


def train(race, max_slices=5000):
    for _ in range(max_slices):
        if not race.is_running:
            return race
        race.advance(0.001)
    raise AssertionError("the race did not end")


def test_each_is_the_run_it_would_be_alone():
    race = train(toy_race(0.1, 0.2))
    assert race.is_finished
    assert race.share == 1
    assert race.seconds > 0
    for rate, history in zip((0.1, 0.2), race.histories, strict=True):
        alone = toy_run(rate=rate)
        alone.play(Stop(steps=100))
        wanted = finish(alone).poll().history
        np.testing.assert_array_equal(history.steps, wanted.steps)
        np.testing.assert_array_equal(history.values["loss"], wanted.values["loss"])


def test_they_move_side_by_side():
    race = toy_race(0.1, 0.2, 0.3, num_steps=60, step_seconds=0.0005)
    farthest_apart = 0
    while race.is_running:
        race.advance(0.003)
        if len(race.runs) == 3:
            steps = [run.step for run in race.runs]
            farthest_apart = max(farthest_apart, max(steps) - min(steps))
    assert 0 < farthest_apart < 30


def test_one_that_runs_away_or_breaks_does_not_stop_the_others():
    broken = Entrant("broken", Toy, ToySettings(broken_at=5))
    wild = Entrant("wild", Toy, ToySettings(rate=100.0))
    sound = Entrant("sound", Toy, ToySettings())
    race = train(Race([broken, wild, sound], 100))
    assert race.is_finished
    assert [run.poll().has_failed for run in race.runs] == [True, True, False]
    assert race.runs[2].step == 100
    assert race.histories[2].steps[-1] == 100


def test_an_entrant_that_cannot_be_built_ends_the_race_with_a_sentence():
    race = train(Race([Entrant("unlucky", Toy, ToySettings(width=13))], 10))
    assert not race.is_finished
    assert race.message == "unlucky could not be built: A width of 13 brings bad luck: choose another."


@pytest.mark.parametrize("end", ["cancel", "park"])
def test_nobody_who_looks_no_training(end):
    race = toy_race(0.1, num_steps=100_000)
    assert not race.is_due
    assert race.poll().is_due
    getattr(race, end)()
    assert not race.is_due


def test_the_scheduler_trains_it():
    scheduler, race = Scheduler(), toy_race(0.1, 0.2, num_steps=200)
    deadline = time.monotonic() + 10
    scheduler.submit(race.poll())
    wait_until(lambda: not race.poll().is_running, max(0.0, deadline - time.monotonic()))
    assert [len(history.steps) for history in race.histories] == [41, 41]
