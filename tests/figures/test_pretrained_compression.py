"""Pictures of rounding and low rank: what is drawn is what was measured."""

import numpy as np
import pytest

from experiments.pretrained_low_rank import Change, Cut
from experiments.pretrained_rounding import Alone, Cost, Part
from figures.pretrained_low_rank import cuts_still, singular_still
from figures.pretrained_rounding import bits_still, layers_still, levels_still

COSTS = [
    Cost(32, "–", 0.8, 0.6, 4000, 0.0),
    *(
        Cost(bits, per, bits / 10 - place / 100, 1 / bits, 100 * bits + place, 0.1)
        for bits in (8, 4, 2)
        for place, per in enumerate(("tensor", "row", "group"))
    ),
]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("quantity", ["accuracy", "loss"])
def test_a_line_for_each_kind_of_scale(mode, quantity):
    still = bits_still(COSTS, quantity, mode)
    assert [trace.name for trace in still.figure.data] == ["a scale a layer", "a scale a row", "a scale for 32 weights"]
    assert list(still.figure.layout.xaxis.ticktext) == ["8", "4", "2"]
    for place, trace in enumerate(still.figure.data):
        assert list(trace.y) == [getattr(cost, quantity) for cost in COSTS[1 + place :: 3]]
    assert "with 32 bits it is" in still.alt


def test_levels_stand_among_the_weights_that_share_them():
    weights, layer = np.linspace(-1, 1, 40), np.linspace(-2, 2, 200)
    part = Part(weights, weights.round(), np.array([-1.0, 0.0, 1.0]), 1.0, 5, layer, 0.2)
    still = levels_still(part, "conv2", "light")
    whole, own, levels = still.figure.data
    assert whole.y.sum() == pytest.approx(1)
    assert own.y.sum() == pytest.approx(1)
    assert sorted(set(levels.x)) == [-1, 0, 1]
    assert still.alt == "40 weights of conv2 share 3 levels 1 apart, 3 of which are used."
    assert len(levels_still(Part(layer, layer, part.levels, 1.0, 1, layer, 0.2), "fc", "dark").figure.data) == 2


def test_the_worst_layer_is_on_top_in_its_own_colour():
    layers = [Alone("conv2", 10, 0.5, 1.0, 0.1), Alone("fc", 5, 0.7, 0.5, 0.1)]
    (bars,) = layers_still(layers, 0.6, "light").figure.data
    assert list(bars.y) == ["fc", "conv2"]
    assert list(bars.x) == pytest.approx([-0.1, 0.4])
    assert bars.marker.color[0] != bars.marker.color[1]


def test_singular_values_beside_those_of_chance():
    change = Change("conv4", (4, 9), 0.1, np.array([3.0, 1, 0, 0]), np.array([1.6, 1.6, 1.6, 1.6]))
    still = singular_still(change, "light")
    assert [trace.name for trace in still.figure.data[:2]] == ["fine-tuning: 90 % in 1", "random: 90 % in 4"]
    assert list(still.figure.data[0].y) == [3, 1, 0, 0]


def test_accuracy_over_the_rank_that_is_kept():
    (line,) = cuts_still([Cut(0, 0.2, 2.0, 0), Cut(1, 0.5, 1.0, 10), Cut(None, 0.8, 0.5, 90)], "dark").figure.data
    assert list(line.x) == ["0", "1", "all"]
    assert list(line.y) == [0.2, 0.5, 0.8]
