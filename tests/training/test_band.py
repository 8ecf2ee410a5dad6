"""Several seeds of the same settings: each as it would be alone, in slices, with a lease."""

import time

import numpy as np
import pytest

from tests.training.toy import Toy, ToySettings, finish, is_sentence, toy_run, wait_until
from training import band as band_of_seeds
from training.band import MAX_STEPS, Band
from training.run import Stop
from training.scheduler import Scheduler
from training.settings import SettingsError


def toy_band(num_seeds=3, num_steps=100, gather=None, **settings):
    return Band(Toy, ToySettings(**settings), num_seeds, num_steps, gather)


def train(band, max_slices=5000):
    for _ in range(max_slices):
        if not band.is_running:
            return band.outcome
        band.advance()
    raise AssertionError("the band did not end")


def alone(num_steps, **settings):
    run = toy_run(**settings)
    run.play(Stop(steps=num_steps))
    return finish(run).poll().history


class ToyEnsemble:
    """Toys trained by turns in one step; enough to try the engine's part."""

    def __init__(self, toys, random_states):
        self.record_every, self._pairs = toys[0].record_every, list(zip(toys, random_states, strict=True))

    def step(self):
        for toy, random in self._pairs:
            with random.swapped_in():
                toy.step()

    def evaluate(self):
        return [toy.evaluate() for toy, _ in self._pairs]


@pytest.mark.parametrize("gather", [None, ToyEnsemble, lambda *_: None], ids=["in turn", "together", "refused"])
def test_every_seed_is_the_run_it_would_be_alone(gather):
    outcome = train(toy_band(seed=7, gather=gather))
    assert outcome.seeds == (7, 8, 9)
    assert outcome.is_batched == (gather is ToyEnsemble)
    assert outcome.seconds > 0
    for seed, history in zip(outcome.seeds, outcome.histories, strict=True):
        wanted = alone(100, seed=seed)
        np.testing.assert_array_equal(history.steps, wanted.steps)
        for name in wanted.values:
            np.testing.assert_array_equal(history.values[name], wanted.values[name])


@pytest.mark.parametrize("gather", [None, ToyEnsemble])
def test_the_summary_is_of_the_last_values(gather):
    outcome = train(toy_band(num_seeds=5, gather=gather))
    lasts = [alone(100, seed=seed).last("loss") for seed in range(5)]
    found = outcome.summary("loss")
    assert found.mean == pytest.approx(np.mean(lasts))
    assert (found.low, found.high) == (min(lasts), max(lasts))
    assert found.deviation == pytest.approx(np.std(lasts, ddof=1))
    assert outcome.summary("there is none") is None
    assert outcome.last_step == 100
    steps, rows = outcome.table("loss")
    assert rows.shape == (5, len(steps))
    np.testing.assert_array_equal(rows[:, -1], lasts)


@pytest.mark.parametrize("gather", [None, ToyEnsemble])
def test_a_seed_that_runs_away_ends_there_and_does_not_count(gather, monkeypatch):
    class Fragile(Toy):
        def step(self):
            super().step()
            if self.settings.seed == 1 and self.num_steps > 20:
                self.place[:] = float("nan")

    outcome = train(Band(Fragile, ToySettings(), 3, 60, gather))
    assert outcome.has_failed == (False, True, False)
    assert [history.steps[-1] for history in outcome.histories] == [60, 25, 60]
    lasts = [alone(60, seed=seed).last("loss") for seed in (0, 2)]
    assert outcome.summary("loss").high == max(lasts)
    steps, rows = outcome.table("loss")
    assert np.isnan(rows[1, steps >= 25]).all()
    assert np.isfinite(rows[[0, 2]]).all()


def test_when_all_run_away_there_is_no_summary():
    outcome = train(toy_band(rate=10.0))
    assert all(outcome.has_failed)
    assert outcome.summary("loss") is None


def test_a_step_that_raises_is_a_seed_that_failed():
    outcome = train(toy_band(broken_at=30, num_steps=60))
    assert [history.steps[-1] for history in outcome.histories] == [30, 30, 30]
    assert all(outcome.has_failed)


@pytest.mark.parametrize("gather", [None, ToyEnsemble])
def test_what_cannot_be_built_is_said_in_a_sentence(gather):
    def build(settings):
        if settings.seed == 1:
            raise SettingsError("Seed 1 brings bad luck: choose another.")
        return Toy(settings)

    band = Band(build, ToySettings(), 3, 20, gather)
    assert train(band) is None
    assert is_sentence(band.message)
    assert "bad luck" in band.message


def test_seeds_and_steps_stay_within_their_bounds():
    band = toy_band(seed=99_998, num_steps=MAX_STEPS + 1)
    assert band.seeds == (99_998, 99_999, 0)
    assert band.num_steps == MAX_STEPS


@pytest.mark.parametrize("gather", [None, ToyEnsemble])
def test_progress_and_estimate(gather):
    band = toy_band(step_seconds=0.001, gather=gather)
    assert (band.share, band.seconds_left) == (0, None)
    shares = []
    while band.is_running:
        band.advance()
        shares.append(band.share)
        assert band.seconds_left is None or band.seconds_left >= 0
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(shares) > 20


def test_a_slice_is_short():
    band = toy_band(step_seconds=0.001, num_steps=1000)
    band.advance()
    begin = time.monotonic()
    assert 1 <= band.advance() <= 3
    assert time.monotonic() - begin < 0.5


def test_it_wants_slices_only_while_somebody_looks(monkeypatch):
    monkeypatch.setattr(band_of_seeds, "LEASE_SECONDS", 0.05)
    band = toy_band()
    assert not band.is_due
    assert band.poll().is_due
    time.sleep(0.06)
    assert not band.is_due
    band.poll().park()
    assert not band.is_due
    band.poll().cancel()
    assert not band.is_due
    assert not band.is_running
    assert band.advance() == 0
    assert band.outcome is None


def test_the_scheduler_trains_it_beside_a_run_which_gets_the_larger_part():
    scheduler, run = Scheduler(), toy_run(step_seconds=0.001)
    band = toy_band(step_seconds=0.001, num_steps=400)
    run.play()
    run.poll()
    scheduler.submit(run)
    scheduler.submit(band.poll())
    wait_until(lambda: band.share > 0.03)
    assert run.step > 2 * band.share * 3 * 400
    run.pause()
    band.cancel()
    wait_until(lambda: scheduler.num_playing == 0)
    quick = toy_band(num_steps=50)
    scheduler.submit(quick.poll())
    wait_until(lambda: quick.outcome is not None)
