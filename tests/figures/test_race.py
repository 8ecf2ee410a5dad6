import math

import numpy as np
import pytest

from figures.packing import unpack
from figures.race import MAX_LINES, Racer, race_scene

QUANTITIES = {"loss": "training loss", "test_accuracy": "test accuracy"}


def racer(label, *losses):
    steps = np.arange(len(losses)) * 10
    return Racer(label, steps, {"loss": np.array(losses), "test_accuracy": np.linspace(0, 1, len(losses))})


def items(scene, kind):
    return [item for item in unpack(scene)[0]["items"] if item["kind"] == kind]


@pytest.mark.parametrize("count", [1, 3, MAX_LINES])
def test_every_run_has_a_line_in_each_chart_and_its_newest_numbers_beside_its_name(count):
    racers = [racer(f"run {number}", 1.0, 0.5, 0.1 * (number + 1)) for number in range(count)]
    scene = race_scene(racers, QUANTITIES, 100)
    assert len(items(scene, "lines")) == 2 * count
    words = [item["text"] for item in items(scene, "text")]
    for number in range(count):
        at = words.index(f"run {number}")
        assert words[at + 1 : at + 3] == [f"{0.1 * (number + 1):.3g}", "1"]
        assert f"run {number}: training loss {0.1 * (number + 1):.3g}, test accuracy 1" in unpack(scene)[0]["alt"]


def test_before_the_first_network_is_built_there_are_empty_axes():
    scene = race_scene([], QUANTITIES, 100)
    assert len(items(scene, "axes")) == 2
    assert not items(scene, "lines")
    assert "Nothing yet" in unpack(scene)[0]["alt"]


def test_losses_far_apart_are_drawn_on_a_logarithmic_axis_and_what_is_no_number_is_left_out():
    scene = race_scene([racer("slow", 1.0, 0.9, 0.8), racer("wild", 1.0, 1e6, math.inf)], {"loss": "loss"}, 20)
    words = [item["text"] for item in items(scene, "text")]
    assert {"0.1", "100000"} <= set(words), "numerals of powers of ten"
    assert words[words.index("wild") + 1] == "–"
