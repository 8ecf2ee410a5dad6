import math

import numpy as np
import pytest

from figures.packing import unpack
from figures.trials import Curve, shared_limits, trials_scene

STEPS = np.array([0, 10, 20])


def curve(*values, label="run"):
    return Curve(label, STEPS, np.array(values))


@pytest.mark.parametrize(
    ("curves", "limits", "is_log"),
    [
        ([curve(0.9, 0.5, 0.1), curve(0.8, 0.8, 0.8)], (0.0, 1.0), False),
        ([curve(1.0, 1e4, 1e9), curve(0.8, 0.1, 0.05)], (-2.0, 9.0), True),
        ([curve(1.0, 3.0, math.inf), curve(0.8, 0.1, math.nan)], (0.0, 3.0), False),
        ([curve(-2.0, 0.5, 200.0), curve(0.5, 1.0, 1.0)], (-2.0, 200.0), False),
        ([curve(math.nan, math.nan, math.inf)], (0.0, 1.0), False),
    ],
)
def test_all_runs_share_one_axis(curves, limits, is_log):
    assert shared_limits(curves) == (limits, is_log)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_picture_names_every_run_and_its_end(count):
    curves = [curve(0.9, 0.5, 0.1 * number, label=f"run {number}") for number in range(count)]
    header = unpack(trials_scene(curves, "training loss"))[0]
    for number in range(count):
        assert f"run {number}: from 0.9 to {0.1 * number:.3g}" in header["alt"]
    words = [item["text"] for item in header["items"] if item["kind"] == "text"]
    assert [word for word in words if word.startswith("run")] == [one.label for one in curves]
