"""Dead and saturated units, gradients and updates of any network; remedies that fit any settings."""

import math
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from tests.training.toy import ToySettings, finish, toy_run
from training.experiment import Network
from training.findings import _exploding, checkup
from training.health import AWAKE, LayerHealth, _layers, norm, shares
from training.optimizers import RATES, OptimizerSettings
from training.probe import NextStep
from training.remedies import choice, decay, default, in_words, rate


@pytest.mark.parametrize("bend", AWAKE)
def test_the_slope_is_small_where_a_bend_is_called_flat(bend: type[nn.Module]) -> None:
    low, high = AWAKE[bend]
    z = torch.linspace(-30, 30, 60_001, dtype=torch.double, requires_grad=True)
    (slope,) = torch.autograd.grad(bend()(z).sum(), z)
    slope, z = slope.abs() / slope.abs().max(), z.detach()
    assert slope[(z < low) | (z > high)].max() < 0.02
    awake = slope[(z > low) & (z < min(high, 6 if bend is nn.ReLU6 else math.inf))]
    assert awake[: len(awake) // 20].mean() > 0.005, "the bound is not far out in the flat part"
    assert awake.max() == 1


def test_units_that_are_off_for_every_example_are_dead() -> None:
    sums = torch.tensor([[-1.0, -1.0, 2.0, 0.0], [-2.0, 3.0, 1.0, -1.0]])
    assert shares(nn.ReLU, sums) == (0.5, 0.0)
    assert shares(nn.LeakyReLU, sums) == (0.0, 0.0)
    words = sums[:, None].repeat(1, 3, 1)  # (B, T, H)
    assert shares(nn.ReLU, words) == (0.5, 0.0)
    images = sums[:, :, None, None].repeat(1, 1, 2, 2)  # (B, C, height, width)
    assert shares(nn.ReLU, images) == (0.5, 0.0)
    images[0, 0, 1, 1] = 1
    assert shares(nn.ReLU, images) == (0.25, 0.0)
    assert shares(nn.ReLU, torch.full((2, 4), math.nan)) == (0.0, 0.0)


def test_outputs_at_the_ends_are_saturated() -> None:
    sums = torch.tensor([[-9.0, 0.1], [2.0, 9.0]])
    assert shares(nn.Tanh, sums) == (0.0, 0.5)
    assert shares(nn.Sigmoid, sums) == (0.0, 0.5)
    assert shares(nn.Sigmoid, torch.tensor([[-5.0, 5.0]])) == (0.0, 0.0)


def test_the_length_of_gradients() -> None:
    assert norm([torch.tensor([3.0]), None, torch.tensor([[4.0]])]) == 5
    assert norm([torch.tensor([3e30])]) == pytest.approx(3e30)
    assert math.isnan(norm([None]))
    assert math.isnan(norm([torch.tensor(math.nan), torch.tensor(1.0)]))


def test_every_layer_with_weights_or_a_bend_is_measured() -> None:
    module = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(16, 3), nn.Tanh(), nn.LSTM(3, 2))
    with torch.no_grad():
        module[0].bias.fill_(-100)
        module[3].bias.fill_(100)
    conv, linear = module[0].weight, module[3].weight
    linear.requires_grad_(False)
    module[3].bias.requires_grad_(False)
    step = NextStep({conv: torch.ones_like(conv)}, {conv: 0.5 * conv.detach()})
    found = {one.name: one for one in _layers(Network(module, (torch.rand(5, 1, 4, 4),)), step)}
    assert list(found) == ["0 Conv2d", "1 ReLU", "3 Linear", "4 Tanh", "5 LSTM"]
    assert found["0 Conv2d"].gradient == pytest.approx(6)
    assert found["1 ReLU"].dead == 1
    assert math.isnan(found["1 ReLU"].saturated)
    assert found["4 Tanh"].saturated == 1
    assert math.isnan(found["3 Linear"].gradient), "a frozen layer has no gradient of its own"
    assert not found["5 LSTM"].is_broken


def test_a_remedy_is_a_rung_of_the_ladder() -> None:
    settings = OptimizerSettings(learning_rate=5.0)
    assert rate(settings, 1 / 30) == {"learning_rate": 0.1}
    assert rate(settings, 20) == {"learning_rate": 10.0}
    assert rate(OptimizerSettings(learning_rate=10.0), 2) == {}
    assert rate(OptimizerSettings(learning_rate=1e-5), 0.1) == {}
    assert rate(OptimizerSettings(learning_rate=0.07), 0.5)["learning_rate"] in RATES
    assert decay(settings, 0.1) == {"weight_decay": 0.1}
    assert decay(OptimizerSettings(weight_decay=0.1), 0.1) == {"weight_decay": 0.3}
    assert choice(settings, "optimizer", ("lion", "adam", "sgd")) == {"optimizer": "sgd"}, "adam is in force"
    assert default(settings, "learning_rate") == {"learning_rate": 0.03}
    assert default(settings.changed(learning_rate=0.03), "learning_rate") == {}
    assert in_words(settings, {"learning_rate": 0.1, "optimizer": "sgd"}) == (
        "Learning rate 0.1 · optimiser sgd: start again"
    )


def test_settings_without_a_knob_get_no_remedy_for_it() -> None:
    settings = ToySettings()
    assert rate(settings, 0.1) == decay(settings, 0.1) == default(settings, "initialisation") == {}
    assert choice(settings, "activation", ("relu",)) == {}
    assert in_words(settings, {}) == "Start again"


def test_a_run_without_networks_has_a_checkup_too() -> None:
    run = toy_run()
    run.take(100)
    found = checkup(finish(run))
    assert found.findings == ()
    assert found.layers == {}
    assert found.calm.endswith(f"of {run.poll().history.values['loss'][0]:.3g} at first.")


def test_a_step_that_could_not_be_computed_is_said() -> None:
    run = toy_run(broken_at=7)
    run.take(20)
    with pytest.raises(RuntimeError):
        finish(run)
    (finding,) = checkup(run).findings
    assert (finding.kind, finding.label, finding.remedy) == ("broken", "Start again", {})
    assert finding.sentence == run.poll().message


def test_a_loss_that_explodes_without_a_rate_can_only_start_again() -> None:
    run = toy_run(rate=50)
    run.take(100)
    (finding,) = checkup(finish(run)).findings
    assert (finding.kind, finding.remedy) == ("exploded", {})
    assert SimpleNamespace(**vars(finding)).sentence.startswith("The loss ")


def test_biases_that_begin_at_0_do_not_explode() -> None:
    """A gradient is compared with the weights it is to change; there is nothing to compare it with."""
    still, wild = LayerHealth("bias", size=0.0, gradient=1.0), LayerHealth("weights", size=1e-4, gradient=1.0)
    assert not list(_exploding(OptimizerSettings(), [still], ""))
    assert [one.kind for one in _exploding(OptimizerSettings(), [still, wild], "")] == ["exploding"]
