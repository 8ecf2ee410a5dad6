"""The live picture of the page `pretrained`, and its pictures to inspect."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from experiments.pretrained import PretrainedExperiment
from experiments.pretrained_settings import PretrainedSettings
from figures import packing
from figures.pretrained import apart, card_scene, students_scene
from figures.pretrained_layout import PAGE, PROJECTOR
from figures.pretrained_still import ladder_still, movement_still, recall_still
from training.history import Columns


def experiment(steps: int = 2, **changes: Any) -> PretrainedExperiment:
    torch.manual_seed(0)
    made = PretrainedExperiment(PretrainedSettings(**{"num_per_class": 2, **changes}))
    for _ in range(steps):
        made.step()
    return made


def history(made: PretrainedExperiment) -> Columns:
    row = made.evaluate()
    return Columns(np.array([0, 60]), {name: np.array([value, value]) for name, value in row.items()})


def items(scene: bytes, kind: str) -> list[dict[str, Any]]:
    return [item for item in packing.unpack(scene)[0]["items"] if item["kind"] == kind]


def words(scene: bytes) -> list[str]:
    return [item["text"] for item in items(scene, "text")]


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("data", ["drawings", "cats and dogs", "fruit"])
def test_all_of_it_lies_in_the_picture(data: str, is_large: bool) -> None:
    made = experiment(data=data)
    scene = students_scene(made.observe(), history(made), step=60, is_large=is_large)
    layout = PROJECTOR if is_large else PAGE
    assert packing.unpack(scene)[0]["size"] == [layout.width, layout.height]
    for item in items(scene, "text"):
        x, y = item["at"]
        reach = 0.5 * item["size"] * len(item["text"])
        left = {"left": x, "center": x - reach / 2, "right": x - reach}[item["align"]]
        assert left > -5, item["text"]
        assert left + reach < layout.width + 12, item["text"]
        assert 0 < y < layout.height, item["text"]


def test_each_line_is_named_with_its_newest_number() -> None:
    made = experiment()
    row = made.evaluate()
    shown = words(students_scene(made.observe(), history(made), step=60))
    assert f"frozen {row['frozen_test_accuracy']:.0%}" in shown
    assert f"fine-tuned {row['test_accuracy']:.0%}" in shown
    assert f"from scratch {row['scratch_test_accuracy']:.0%}" in shown
    assert "guessing among 10" in shown


def test_at_an_earlier_moment_its_own_numbers_are_told() -> None:
    made = experiment()
    rows = history(made)
    rows.values["test_accuracy"][:] = [0.25, 0.75]
    assert "fine-tuned 25%" in words(students_scene(made.observe(), rows, step=0))
    assert "fine-tuned 75%" in words(students_scene(made.observe(), rows, step=60))


@pytest.mark.parametrize("heights", [[10.0, 10.0, 10.0], [1.0, 50.0, 3.0], [5.0, 4.0, 3.0]])
def test_names_at_the_ends_do_not_touch(heights: list[float]) -> None:
    placed = apart(heights, 12.0)
    assert all(b - a >= 12 - 1e-9 for a, b in pairwise(sorted(placed)))
    assert sum(placed) == pytest.approx(sum(heights))
    assert placed.index(max(placed)) == heights.index(max(heights)) or len(set(heights)) == 1


def test_a_wrong_answer_has_a_cross_and_a_right_one_a_tick() -> None:
    made = experiment()
    seen = made.observe()
    sure = np.zeros_like(seen.shown_chances)
    for student in range(3):
        sure[student, np.arange(len(seen.shown)), seen.shown_classes] = 1
    shown = words(students_scene(replace(seen, shown_chances=sure), history(made), step=60))
    assert shown.count("✓") == 3 * len(seen.shown)
    sure[2] = np.roll(sure[2], 1, axis=1)
    shown = words(students_scene(replace(seen, shown_chances=sure), history(made), step=60))
    assert (shown.count("✓"), shown.count("✗")) == (2 * len(seen.shown), len(seen.shown))


def test_the_picture_looked_at_is_pressed() -> None:
    made = experiment()
    index = int(made.observe().shown_indices[3])
    made.apply(made.settings.changed(picture=index))
    spots = items(students_scene(made.observe(), history(made), step=60), "hot")
    assert [spot["id"] for spot in spots if spot["pressed"]] == [f"picture:{index}"]


def test_numbers_that_are_none_are_drawn_as_a_dash() -> None:
    made = experiment()
    seen = replace(made.observe(), moved=float("nan"))
    seen.shown_chances[1] = np.nan
    rows = history(made)
    rows.values["test_accuracy"][:] = np.nan
    shown = words(students_scene(seen, rows, step=60))
    assert "fine-tuned –" in shown
    assert "body is lost" in shown


def test_the_card_has_pictures_and_points() -> None:
    scene = card_scene(experiment().observe())
    assert packing.unpack(scene)[0]["size"] == [360, 200]
    assert len(items(scene, "points")) == 1


def test_the_still_pictures_say_their_numbers() -> None:
    made = experiment()
    seen, scores = made.observe(), made.scores()
    recall = recall_still(scores.confusion, seen.class_names, "light")
    assert f"frozen {scores.accuracy[0]:.0%}" in recall.alt
    assert len(recall.figure.data) == 3
    moved = movement_still(made.movements(), "dark")
    assert list(moved.figure.data[0].y) == ["conv1", "conv2", "conv3", "conv4"]
    ladder = ladder_still([1, 10], np.array([[0.5, 0.4, 0.2], [0.9, 0.9, 0.8]]), 0.1, "light")
    assert "frozen 50% and 90%" in ladder.alt
