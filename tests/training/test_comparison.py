"""What tells runs apart."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from tests.training.toy import Toy, ToySettings
from training.capture import Change
from training.comparison import best, differing, distances, layers_of, short_names, turned, value_of, written_value
from training.experiment import Network


class Nets(Toy):
    """A toy with networks to compare."""

    def __init__(self, *modules):
        super().__init__(ToySettings())
        self.modules = modules

    def networks(self):
        return {f"net {index}": Network(module, ()) for index, module in enumerate(self.modules)}


def sequence(width=4):
    return nn.Sequential(nn.Linear(2, width), nn.Tanh(), nn.Linear(width, 1))


def test_only_what_differs_is_named():
    one, other = ToySettings(), ToySettings(rate=0.5, width=8)
    assert differing([one, one]) == []
    assert differing([one, other]) == ["rate", "width"]
    assert short_names([one, other]) == ["rate 0.1, width 3", "rate 0.5, width 8"]
    assert short_names([one, one]) == ["", ""]
    assert value_of("rate", other) == "0.5"


def test_values_are_written_short():
    assert [written_value(value) for value in (True, (8, 8), ("x1", "x2"), (), 0.03, 1e-5, "adam", 7)] == [
        "on", "8-8", "x1, x2", "none", "0.03", "1e-05", "adam", "7",
    ]  # fmt: skip


def test_a_long_name_stops_after_three_settings():
    (name, _) = short_names([ToySettings(), ToySettings(rate=1, width=8, record_every=1, has_test=False)])
    assert name.count(",") == 2


@pytest.mark.parametrize(
    ("name", "wanted"), [("test_loss", 1.0), ("test_accuracy", 3.0), ("r2", 3.0), ("learning_rate", math.nan)]
)
def test_the_best_is_the_lowest_loss_and_the_highest_score(name, wanted):
    values = np.array([2.0, 1.0, 3.0, math.nan, math.inf])
    assert best(name, values) == pytest.approx(wanted, nan_ok=True)
    assert math.isnan(best(name, np.array([math.nan])))


def test_what_was_changed_on_the_way():
    settings = ToySettings()
    assert turned((), (), settings) == ""
    changes = (Change(20, {"rate": 0.5}), Change(40, {"rate": 1.0}))
    assert turned(changes, (), settings) == "rate 0.5 from step 20, rate 1 from step 40"
    assert turned(changes, (50, 60, 60), settings).endswith("by hand at step 50 and 1 more")


def test_layers_are_copies_of_the_weights_in_order():
    module = sequence()
    layers = layers_of(Nets(module))
    assert [(layer.name, layer.shapes) for layer in layers] == [("0", ((4, 2), (4,))), ("2", ((1, 4), (1,)))]
    np.testing.assert_array_equal(layers[0].values[:8], module[0].weight.detach().flatten())
    before = layers[0].values.copy()
    with torch.no_grad():
        module[0].weight += 1
    np.testing.assert_array_equal(layers[0].values, before)
    assert [layer.name for layer in layers_of(Nets(module, nn.Linear(1, 1)))] == [
        "net 0: 0",
        "net 0: 2",
        "net 1: net 1",
    ]
    complex_module = nn.ParameterDict({"a": nn.Parameter(torch.ones(2, dtype=torch.complex64))})
    assert layers_of(Nets(complex_module))[0].values.tolist() == [1, 0, 1, 0]


def test_distances_by_hand():
    def net(*weights):
        linear = nn.Linear(2, 1, bias=False)
        linear.weight.data = torch.tensor([weights], dtype=torch.float32)
        return layers_of(Nets(linear))

    (right_angle,) = distances(net(3.0, 0.0), net(0.0, 4.0))
    assert right_angle[1:] == pytest.approx((5.0, 5 / 3.5, 0.0))
    (equal,) = distances(net(3.0, 4.0), net(3.0, 4.0))
    assert equal[1:] == pytest.approx((0.0, 0.0, 1.0))
    (nothing,) = distances(net(0.0, 0.0), net(0.0, 0.0))
    assert nothing[1:3] == (0.0, 0.0)
    assert math.isnan(nothing.cosine)


def test_other_shapes_cannot_be_compared():
    assert distances(layers_of(Nets(sequence(4))), layers_of(Nets(sequence(5)))) is None
    assert distances(layers_of(Nets(sequence())), ()) is None
