import math

import numpy as np
import pytest

from experiments.mlp import MLPExperiment
from experiments.mlp_settings import MLPSettings
from training.lessons import run_trial
from training.optimizers import RATES
from training.range_test import FAR_ABOVE, HIGHEST, LOWEST, WINDOW, landmarks, range_test, smooth
from training.run import Run

SETTINGS = MLPSettings(problem="circle", num_points=200, optimizer="momentum")


def test_a_sweep_goes_up_falls_and_rises():
    sweep = range_test(MLPExperiment, SETTINGS)
    assert sweep.rates[0] == pytest.approx(LOWEST)
    assert len(sweep.rates) == len(sweep.losses) == len(sweep.smoothed)
    ratios = sweep.rates[1:] / sweep.rates[:-1]
    np.testing.assert_allclose(ratios, ratios[0])
    assert abs(sweep.losses[:10].mean() / sweep.first_loss - 1) < 0.01, "far too low a rate leaves the loss"
    assert sweep.smoothed.min() < 0.9 * sweep.first_loss
    assert sweep.steepest is not None
    assert sweep.explosion is not None
    assert sweep.rates[sweep.steepest] < sweep.rates[sweep.explosion] <= HIGHEST


def test_its_first_steps_are_those_of_the_real_optimiser():
    """At the lowest rate of the sweep a run of the page makes the same first step."""
    settings = SETTINGS.changed(learning_rate=LOWEST, schedule="cosine")
    run = Run(MLPExperiment, settings)
    run_trial(run, 1)
    assert range_test(MLPExperiment, settings).losses[0] == pytest.approx(run.call("evaluate")["loss"], abs=1e-7)


def test_the_suggested_rate_learns_and_the_one_that_explodes_does_not():
    sweep = range_test(MLPExperiment, SETTINGS)
    assert sweep.suggestion in RATES
    good = run_trial(Run(MLPExperiment, SETTINGS.changed(learning_rate=sweep.suggestion)), 400)
    assert good["loss"] < 0.2 * good["first_loss"]
    bad = run_trial(Run(MLPExperiment, SETTINGS.changed(learning_rate=HIGHEST)), 400)
    assert bad["loss"] > 5 * good["loss"]


def test_it_ends_when_the_loss_has_gone_far_up():
    settings = MLPSettings(problem="bumps", num_points=50, optimizer="sgd", activation="identity")
    sweep = range_test(MLPExperiment, settings)
    assert sweep.rates[-1] < HIGHEST
    assert not sweep.losses[-1] <= FAR_ABOVE * sweep.first_loss
    assert np.isfinite(sweep.losses[:-1]).all()
    assert sweep.explosion is not None


def test_the_same_settings_give_the_same_sweep_and_the_rate_does_not_matter():
    first, second = (range_test(MLPExperiment, SETTINGS.changed(learning_rate=rate)) for rate in (0.01, 0.3))
    np.testing.assert_array_equal(first.losses, second.losses)


def test_smoothing_is_an_average_of_neighbours():
    losses = np.array([*np.full(20, 2.0), 2.0 + WINDOW, *np.full(20, 2.0)])
    smoothed = smooth(losses)
    np.testing.assert_allclose(smoothed[20 - WINDOW // 2 : 21 + WINDOW // 2], 3.0)
    np.testing.assert_allclose(smoothed[: 20 - WINDOW // 2], 2.0)
    assert smooth(np.array([1.0, 3.0, math.nan])).tolist() == [2.0, 2.0, 3.0]


def test_landmarks_by_hand():
    rates = np.geomspace(1, 1e4, 5)
    losses = np.array([1.0, 0.9, 0.3, 0.25, 1.5])
    assert landmarks(rates, losses, losses, 1.0) == (1, 4)
    rising = np.array([1.1, 1.2, 1.3, 1.4, math.inf])
    assert landmarks(rates, np.array([1.1, 1.2, 1.3, 1.4, 1.5]), rising, 1.0) == (None, 0)
