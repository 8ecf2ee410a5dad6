import numpy as np

from figures import theme
from figures.curves import MAX_ROWS, Level, curve_frame, curve_spec


def test_a_long_history_is_thinned_and_keeps_its_ends() -> None:
    steps = np.arange(0, 5000, 7)
    frame = curve_frame(steps, {"loss": 1.0 / (1 + steps)})
    assert len(frame) == MAX_ROWS
    assert frame["step"][0].as_py() == 0
    assert frame["step"][-1].as_py() == steps[-1]
    assert np.isclose(frame["loss"][-1].as_py(), 1 / (1 + steps[-1]))


def test_a_short_history_is_kept_whole() -> None:
    assert curve_frame(np.array([0]), {"loss": np.array([2.0])})["loss"].to_pylist() == [2.0]


def test_training_is_solid_and_test_is_dashed() -> None:
    first, second = (layer["mark"] for layer in curve_spec(("loss", "test_loss"), title="Loss")["layer"])
    assert (first["color"], second["color"]) == (theme.TRAIN_LINE, theme.TEST_LINE)
    assert first["strokeDash"] == [1, 0] != second["strokeDash"]


def test_a_log_axis_leaves_out_what_it_cannot_show() -> None:
    layer = curve_spec(("loss",), title="Loss", is_log=True)["layer"][0]
    assert layer["transform"] == [{"filter": "datum['loss'] > 0"}]
    assert layer["encoding"]["y"]["scale"]["type"] == "log"


def test_a_level_is_a_line_with_its_name() -> None:
    rule, text = curve_spec(("loss",), title="Loss", levels=[Level("guessing", 0.69)])["layer"][1:]
    assert rule["encoding"]["y"]["datum"] == 0.69
    assert text["encoding"]["text"] == {"value": "guessing"}
