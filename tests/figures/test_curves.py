import numpy as np
import pytest

from figures.curves import MAX_ROWS, Level, draw_curves, log_limits, numbers_at, round_above, rows_to_draw
from figures.packing import unpack
from figures.scene import Scene

STEPS = np.arange(0, 500, 5)
VALUES = {"loss": 1 / (1 + STEPS), "test_loss": 2 / (1 + STEPS)}
NAMES = ("loss", "test_loss")
BOX = (40.0, 40.0, 300.0, 80.0)


def drawn(**options: object) -> list[dict]:
    scene = Scene(400, 160, "curves")
    draw_curves(scene, BOX, STEPS, VALUES, NAMES, title="Loss", **options)
    return unpack(scene.to_bytes())[0]["items"]


def test_a_long_history_is_thinned_and_keeps_its_ends() -> None:
    kept = rows_to_draw(5000)
    assert len(kept) == MAX_ROWS
    assert (kept[0], kept[-1]) == (0, 4999)
    assert rows_to_draw(1).tolist() == [0]


def test_training_is_solid_blue_and_test_is_dashed_orange() -> None:
    training, test = (item for item in drawn() if item["kind"] == "lines")
    assert training["colours"] == ["positive"]
    assert test["colours"] == ["negative"]
    assert "dash" not in training
    assert test["dash"]


def test_the_title_tells_the_newest_numbers() -> None:
    (title,) = [item["text"] for item in drawn() if item["kind"] == "text"]
    assert title == f"Loss by step: {numbers_at(None, STEPS, VALUES, NAMES)}"
    assert f"test {VALUES['test_loss'][-1]:.3g}" in title


def test_a_visited_moment_is_marked_and_told() -> None:
    items = drawn(here=52)
    mark = [item for item in items if item["kind"] == "lines"][-1]
    assert mark["colours"] == ["text"]
    title = next(item["text"] for item in items if item["kind"] == "text")
    assert f"training {VALUES['loss'][10]:.3g}" in title


def test_a_level_is_a_line_with_its_name() -> None:
    items = drawn(levels=[Level("guessing", 0.69), Level("lost", float("nan"))])
    assert "guessing" in [item.get("text") for item in items]
    assert "lost" not in [item.get("text") for item in items]


def test_a_log_axis_names_powers_of_ten() -> None:
    words = [item["text"] for item in drawn(is_log=True) if item["kind"] == "text"]
    assert {"1", "0.01"} <= set(words)


def test_what_has_no_logarithm_is_left_out() -> None:
    scene = Scene(400, 160, "curves")
    values = {"loss": np.array([1.0, 0.0, np.nan, -1.0])}
    draw_curves(scene, BOX, np.arange(4), values, ("loss",), title="Loss", is_log=True)
    assert scene.to_bytes()


@pytest.mark.parametrize(("top", "round_top"), [(0.69, 0.7), (1.0, 1.0), (1.01, 1.5), (732, 1000), (0.0, 1.0)])
def test_an_axis_ends_at_a_round_number(top: float, round_top: float) -> None:
    assert np.isclose(round_above(np.array([0.0, top, np.nan, np.inf])), round_top)


def test_a_log_axis_spans_whole_decades() -> None:
    assert log_limits(np.array([-2.3, 0.2, np.nan])) == (-3.0, 1.0)
    assert log_limits(np.array([np.nan])) == (-1.0, 0.0)
