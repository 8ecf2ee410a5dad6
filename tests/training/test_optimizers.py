import math
from functools import partial
from itertools import combinations

import pytest
import torch
from torch import nn

from training.optimizers import (
    PENALTIES,
    RATES,
    WARM_SHARE,
    OptimizerSettings,
    make_optimizer,
    rate_at,
    update_optimizer,
)
from training.settings import bounds_of, choices_of, knob_of

NAMES = choices_of(OptimizerSettings.model_fields["optimizer"])
SCHEDULES = choices_of(OptimizerSettings.model_fields["schedule"])
BY_HAND = {
    "sgd": lambda weights, **k: torch.optim.SGD(weights, **k),
    "momentum": lambda weights, **k: torch.optim.SGD(weights, momentum=0.8, **k),
    "nesterov": lambda weights, **k: torch.optim.SGD(weights, momentum=0.8, nesterov=True, **k),
    "rmsprop": lambda weights, **k: torch.optim.RMSprop(weights, **k),
    "adam": lambda weights, **k: torch.optim.Adam(weights, **k),
    "adamw": lambda weights, **k: torch.optim.AdamW(weights, **k),
    "adagrad": lambda weights, **k: torch.optim.Adagrad(weights, **k),
}


def model_and_data():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2)), torch.randn(16, 3), torch.randn(16, 2)


def trained(make, num_steps=20, before_step=lambda optimizer, step: None):
    model, x, y = model_and_data()
    optimizer = make(model.parameters())
    for step in range(num_steps):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        before_step(optimizer, step)
        optimizer.step()
    return nn.utils.parameters_to_vector(model.parameters()).detach()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_each_is_what_torch_calls_by_that_name(name, decay):
    settings = OptimizerSettings(optimizer=name, learning_rate=0.02, momentum=0.8, weight_decay=decay)
    ours = trained(lambda weights: make_optimizer(weights, settings))
    by_hand = trained(lambda weights: BY_HAND[name](weights, lr=0.02, weight_decay=decay, foreach=False))
    torch.testing.assert_close(ours, by_hand, rtol=1e-4, atol=1e-6)


def test_all_differ():
    """Adam and AdamW differ in the decay only."""
    choices = [{"optimizer": name} for name in NAMES if name != "adamw"]
    choices += [{"optimizer": name, "weight_decay": 0.1} for name in ("adam", "adamw")]
    results = [trained(partial(make_optimizer, settings=OptimizerSettings(**choice))) for choice in choices]
    assert all((a - b).abs().max() > 1e-3 for a, b in combinations(results, 2))


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_no_momentum_is_plain_descent(name):
    settings = OptimizerSettings(optimizer=name, momentum=0, learning_rate=0.1)
    ours = trained(lambda weights: make_optimizer(weights, settings))
    torch.testing.assert_close(ours, trained(lambda w: torch.optim.SGD(w, lr=0.1)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_new_constants_act_on_a_living_optimiser(name):
    first = OptimizerSettings(optimizer=name, learning_rate=0.01, momentum=0.5, weight_decay=0.0)
    second = first.changed(learning_rate=0.05, momentum=0.9, weight_decay=0.1)

    def change(optimizer, step):
        if step == 10:
            update_optimizer(optimizer, second, step)

    def change_by_hand(optimizer, step):
        if step == 10:
            optimizer.param_groups[0].update(lr=0.05, weight_decay=0.1)
            if name in ("momentum", "nesterov"):
                optimizer.param_groups[0]["momentum"] = 0.9

    def make(weights):
        return make_optimizer(weights, first)

    changed = trained(make, before_step=change)
    torch.testing.assert_close(changed, trained(make, before_step=change_by_hand), rtol=0, atol=0)
    assert (changed - trained(make)).abs().max() > 1e-3


def test_the_schedule_reaches_the_optimiser():
    settings = OptimizerSettings(optimizer="sgd", learning_rate=1.0, schedule="cosine", schedule_steps=100)
    optimizer = make_optimizer([nn.Parameter(torch.zeros(1))], settings)
    update_optimizer(optimizer, settings, 50)
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("schedule", "points"),
    [
        ("constant", {0: 1, 500: 1, 999_999: 1}),
        ("step", {0: 1, 332: 1, 334: 0.1, 665: 0.1, 668: 0.01, 999: 0.01, 1000: 0.001, 5000: 0.001}),
        ("cosine", {0: 1, 250: (1 + math.sqrt(0.5)) / 2, 500: 0.5, 750: (1 - math.sqrt(0.5)) / 2, 1000: 0, 9999: 0}),
        ("exponential", {0: 1, 500: math.sqrt(0.001), 1000: 0.001, 9999: 0.001}),
        ("one-cycle", {0: 0.04, 299: 1, 649: (1 + 4e-6) / 2, 999: 4e-6, 9999: 4e-6}),
        ("Noam", {0: 0.01, 49: 0.5, 99: 1, 399: 0.5, 1599: 0.25, 9999: 0.1}),
        ("warm-up", {0: 1 / 101, 49: 50 / 101, 99: 100 / 101, 100: 1, 550: 0.5, 1000: 0, 9999: 0}),
    ],
)
def test_rates_at_known_points(schedule, points):
    settings = OptimizerSettings(learning_rate=2.0, schedule=schedule, schedule_steps=1000)
    for step, share in points.items():
        assert rate_at(step, settings) == pytest.approx(2 * share, abs=1e-9), step


def by_torch(name, optimizer, length):
    """The schedule that torch.optim calls by this name."""
    schedules = torch.optim.lr_scheduler
    match name:
        case "constant":
            return schedules.ConstantLR(optimizer, factor=1.0)
        case "step":
            thirds = [math.ceil(length / 3), math.ceil(2 * length / 3), length]
            return schedules.MultiStepLR(optimizer, thirds, gamma=0.1)
        case "exponential":
            return schedules.ExponentialLR(optimizer, gamma=0.001 ** (1 / length))
        case "cosine":
            return schedules.CosineAnnealingLR(optimizer, T_max=length)
        case "warm-up":
            warm = round(WARM_SHARE * length)
            rise = schedules.LinearLR(optimizer, start_factor=1 / (warm + 1), total_iters=warm)
            fall = schedules.CosineAnnealingLR(optimizer, T_max=length - warm)
            return schedules.SequentialLR(optimizer, [rise, fall], milestones=[warm])
        case "one-cycle":
            return schedules.OneCycleLR(optimizer, max_lr=0.5, total_steps=length, cycle_momentum=False)
        case "Noam":
            warm, width = WARM_SHARE * length, 512
            peak = width**-0.5 * warm**-0.5

            def paper(step):
                return width**-0.5 * min((step + 1) ** -0.5, (step + 1) * warm**-1.5) / peak

            return schedules.LambdaLR(optimizer, paper)


@pytest.mark.parametrize("length", [10, 200, 2000])
@pytest.mark.parametrize("name", SCHEDULES)
def test_each_schedule_is_what_torch_calls_by_that_name(name, length):
    settings = OptimizerSettings(learning_rate=0.5, schedule=name, schedule_steps=length)
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.5)
    scheduler = by_torch(name, optimizer, length)
    for step in range(length):
        assert rate_at(step, settings) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-6, abs=1e-9), step
        optimizer.step()
        if step < length - 1:
            scheduler.step()


@pytest.mark.parametrize("length", [20, 2000, 100_000])
@pytest.mark.parametrize("name", SCHEDULES)
def test_rates_rise_at_most_once_and_never_above_the_chosen_one(name, length):
    settings = OptimizerSettings(schedule=name, schedule_steps=length)
    rates = [rate_at(step, settings) for step in range(0, 2 * length, max(1, length // 1000))]
    assert all(0 <= rate <= 0.03 * (1 + 1e-9) for rate in rates)
    assert max(rates) == pytest.approx(0.03, rel=0.02)
    top = rates.index(max(rates))
    assert rates[:top] == sorted(rates[:top])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert (top > 0) == (name in ("warm-up", "one-cycle", "Noam"))


def test_the_length_is_asked_for_wherever_it_acts():
    with_length = knob_of(OptimizerSettings.model_fields["schedule_steps"])["when"]["schedule"]
    assert with_length == tuple(name for name in SCHEDULES if name != "constant")


@pytest.mark.parametrize(("name", "ladder"), [("learning_rate", RATES), ("weight_decay", PENALTIES)])
def test_ladders_rise_from_bound_to_bound_through_the_default(name, ladder):
    field = OptimizerSettings.model_fields[name]
    assert list(ladder) == sorted(set(ladder))
    assert (ladder[0], ladder[-1]) == bounds_of(field)
    assert field.default in ladder
    assert knob_of(field)["ladder"] == ladder
