"""What the lower sections of the page `optimizers` claim, in trainings of their own."""

import numpy as np
import pytest
import torch
from torch import nn

from experiments import class_weights, gradient_noise, loss_race, schedule_race
from experiments.activation_study import bend, demo_run, sums_of
from experiments.mlp import MLPExperiment
from experiments.mlp_settings import MLPSettings
from models.mlp import ACTIVATIONS
from tests.shapes import unchecked
from training.lessons import run_trial
from training.run import Run

SEEDS = (0, 1)


def ends(entrants, steps, seed):
    """The numbers of every entrant after its training."""
    with unchecked():
        return {one.label: run_trial(Run(one.build, one.settings.changed(seed=seed)), steps) for one in entrants}


@pytest.mark.parametrize("seed", SEEDS)
def test_at_a_high_rate_every_schedule_ends_lower_than_a_constant_rate(seed):
    found = ends(schedule_race.entrants(schedule_race.RATE, schedule_race.LENGTH), schedule_race.LENGTH, seed)
    constant = found.pop("constant")["loss"]
    assert max(one["loss"] for one in found.values()) < constant / 1.4


def test_at_a_tenth_of_it_none_does():
    found = ends(schedule_race.entrants(schedule_race.RATE / 10, schedule_race.LENGTH), schedule_race.LENGTH, 0)
    constant = found.pop("constant")["loss"]
    assert constant < min(one["loss"] for one in found.values())


def test_rate_curves_reach_the_chosen_rate_and_no_more():
    steps, curves = schedule_race.rate_curves(0.3, 500)
    assert set(curves) == set(schedule_race.SCHEDULES)
    assert (steps[0], steps[-1]) == (0, 600)
    for rates in curves.values():
        assert rates.max() == pytest.approx(0.3, rel=0.02)
        assert len(rates) == len(steps)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_loss_for_numbers_learns_classes_more_slowly(seed):
    found = ends(loss_race.entrants(), loss_race.STEPS, seed)
    right, wrong = (found[one.label]["test_accuracy"] for one in loss_race.entrants())
    assert right > wrong + 0.04


def test_class_weights_by_hand():
    weights = class_weights.class_weights(torch.tensor([0, 1, 1, 1]), 2)
    assert weights.tolist() == [2.0, pytest.approx(2 / 3)]


@pytest.mark.parametrize("num_rare", [3, 5])
def test_class_weights_find_more_of_the_rare_class(num_rare):
    found = class_weights.compare_weights(num_rare)
    pairs = list(zip(found[::2], found[1::2], strict=True))
    assert len(pairs) == len(class_weights.SEEDS)
    for plain, weighted in pairs:
        assert (plain.is_weighted, weighted.is_weighted) == (False, True)
        assert weighted.rare_recall > plain.rare_recall
    lost = np.mean([plain.common_recall - weighted.common_recall for plain, weighted in pairs])
    won = np.mean([weighted.rare_recall - plain.rare_recall for plain, weighted in pairs])
    assert 0 <= lost < won / 3


def test_the_table_is_thinned_as_it_is_said():
    assert class_weights.training_counts(5) == (5, 179)
    assert class_weights.training_counts(100)[0] == 100


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_are_those_of_the_activation(name):
    found = bend(name)
    np.testing.assert_allclose(found.values, ACTIVATIONS[name]()(torch.tensor(found.z)).numpy())
    by_hand = np.gradient(found.values, found.z)
    smooth = np.abs(found.z) > 0.1  # where no kink is near
    np.testing.assert_allclose(found.slopes[smooth][1:-1], by_hand[smooth][1:-1], atol=5e-3)


@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_sums_are_those_that_come_into_the_bends(name):
    run = demo_run(name)
    experiment = run.experiment
    seen = []
    bends = [one for one in experiment.model.net if isinstance(one, ACTIVATIONS[name])]
    handles = [one.register_forward_pre_hook(lambda _, args: seen.append(args[0].detach())) for one in bends]
    experiment.model(experiment.problem.x[: experiment.problem.num_train])
    for handle in handles:
        handle.remove()
    layers = run.look(sums_of)
    assert len(layers) == len(seen) == 2
    health = run.poll().observation
    for layer, sums, dead, saturated in zip(layers, seen, health.dead_share, health.saturated_share, strict=True):
        inside = (sums.abs() <= 6).double().mean().item()
        assert layer.shares.sum() == pytest.approx(inside, abs=1e-3)
        assert layer.outside == pytest.approx(1 - inside, abs=1e-3)
        slope = (sums > 0).double() if name == "relu" else 1 - torch.tanh(sums.double()) ** 2
        assert layer.mean_slope == pytest.approx(slope.mean().item(), abs=1e-4)
        assert layer.saturated == pytest.approx(saturated, abs=0.1), "that one looks at test examples too"
        assert layer.dead == pytest.approx(dead, abs=0.13)


def test_a_network_without_hidden_layers_has_no_sums():
    assert Run(MLPExperiment, MLPSettings(hidden_dims=())).look(sums_of) == []


@pytest.fixture(scope="module")
def noise():
    return {steps: gradient_noise.measure_noise(steps) for steps in (0, 100, 400)}


def test_gradients_of_single_examples_average_to_that_of_all():
    run = Run(MLPExperiment, gradient_noise.SETTINGS)
    found = run.look(gradient_noise.gradients_of).mean(0)
    experiment, count = run.experiment, run.experiment.problem.num_train
    x, y = experiment.problem.x[:count], experiment.problem.y[:count]
    full = torch.autograd.grad(experiment.data_loss(experiment.model(x), y), experiment.parameters())
    np.testing.assert_allclose(found, nn.utils.parameters_to_vector(full).numpy(), atol=1e-6)


def test_noise_falls_as_one_over_the_batch_size(noise):
    seen = noise[0]
    small = seen.batch_sizes <= 16
    slope = np.polyfit(np.log(seen.batch_sizes[small]), np.log(seen.measured[small]), 1)[0]
    assert slope == pytest.approx(-1, abs=0.1)
    np.testing.assert_allclose(seen.measured[:-1], seen.expected[:-1], rtol=0.2)
    assert seen.measured[0] == pytest.approx(seen.trace, rel=0.2)
    assert seen.measured[-1] == pytest.approx(0, abs=1e-12)


def test_a_larger_batch_points_more_surely_downhill(noise):
    seen = noise[0]
    assert (np.diff(seen.agreement) > 0).all()
    assert seen.agreement[-1] == pytest.approx(1)
    assert seen.uphill[0] > 0.1
    assert seen.uphill[-1] == 0


def test_the_noise_scale_grows_while_the_network_learns(noise):
    scales = [noise[steps].noise_scale for steps in (0, 100, 400)]
    assert scales == sorted(scales)
    assert scales[-1] > 20 * scales[0]
    assert noise[0].trace / noise[0].noise_scale == pytest.approx(noise[0].length ** 2)


def test_arrows_lie_around_the_gradient_of_all(noise):
    seen = noise[0]
    assert seen.full[0] == pytest.approx(seen.length)
    assert seen.full[1] == pytest.approx(0, abs=1e-9)
    assert seen.arrows.shape == (len(seen.batch_sizes), gradient_noise.NUM_ARROWS, 2)
    spread = np.linalg.norm(seen.arrows - seen.full, axis=2).mean(1)
    assert (np.diff(spread[1:]) < 0).all()
