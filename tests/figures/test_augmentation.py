"""The pictures of the page on augmentation."""

import numpy as np
import pytest
import torch

from experiments.augmentation import AugmentationExperiment
from experiments.augmentation_settings import AugmentationSettings
from figures import packing
from figures.augmentation import PAGE, PROJECTOR, card_scene, pictures_scene, twins_scene
from figures.augmentation_still import pixel_histogram
from figures.curves import STYLES, numbers_at
from training.history import Columns

SMALL = {"image_size": 16, "width": 2}


def experiment(**changes: object) -> AugmentationExperiment:
    torch.manual_seed(0)
    return AugmentationExperiment(AugmentationSettings(**{**SMALL, **changes}))  # type: ignore[arg-type]


def history(made: AugmentationExperiment) -> Columns:
    row = made.evaluate()
    return Columns(np.array([0]), {name: np.array([value]) for name, value in row.items()})


def header(scene: bytes) -> dict:  # type: ignore[type-arg]
    return packing.unpack(scene)[0]


def items(scene: bytes, kind: str) -> list[dict]:  # type: ignore[type-arg]
    return [item for item in header(scene)["items"] if item["kind"] == kind]


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("changes", [{}, {"data": "cats and dogs"}, {"data": "fruit", "batch_size": 8}])
def test_all_of_it_lies_in_the_picture(changes: dict[str, object], is_large: bool) -> None:
    made = experiment(**changes)
    scene = twins_scene(made.observe(), history(made), step=0, is_large=is_large)
    layout = PROJECTOR if is_large else PAGE
    assert header(scene)["size"] == [layout.width, layout.height]
    for item in items(scene, "text"):
        x, y = item["at"]
        reach = 0.6 * item["size"] * len(item["text"])
        left = {"left": x, "center": x - reach / 2, "right": x - reach}[item["align"]]
        assert left > -12, item["text"]
        assert 0 < y < layout.height, item["text"]
    assert max(box[0] + box[2] for box in layout.charts) < layout.width
    assert layout.left + 8 * layout.pitch < min(box[0] for box in layout.charts) - 30


def test_wrong_answers_are_marked() -> None:
    seen = experiment().observe()
    scene = twins_scene(seen, history(experiment()), step=0)
    right = [int(row.argmax()) == true for row, true in zip(seen.chances, seen.altered_classes, strict=True)]
    right += [int(row.argmax()) == true for row, true in zip(seen.plain_chances, seen.altered_classes, strict=True)]
    words = [item["text"] for item in items(scene, "text")]
    assert sum(word.startswith("✗") for word in words) == right.count(False)
    assert sum(word.startswith("✓") for word in words) == right.count(True)


def test_the_words_for_those_who_cannot_see_hold_the_numbers() -> None:
    made = experiment()
    row = made.evaluate()
    alt = header(twins_scene(made.observe(), history(made), step=0))["alt"]
    assert f"with {row['test_accuracy']:.3g} · without {row['test_plain_accuracy']:.3g}" in alt


def test_curves_may_have_other_names() -> None:
    steps, values = np.array([0, 1]), {"a": np.array([1.0, 2.0]), "b": np.array([3.0, 4.0])}
    assert numbers_at(None, steps, values, ("a", "b")) == "training 2 · test 4"
    styles = tuple((word, *rest) for word, (_, *rest) in zip(("left", "right"), STYLES, strict=True))
    assert numbers_at(0, steps, values, ("a", "b"), styles) == "left 1 · right 3"  # type: ignore[arg-type]


@pytest.mark.parametrize("changes", [{}, {"data": "fruit", "num_train": 20, "batch_size": 8}])
def test_a_card_of_any_observation(changes: dict[str, object]) -> None:
    scene = card_scene(experiment(**changes).observe())
    assert header(scene)["size"] == [360, 200]
    assert not items(scene, "text")
    assert len(items(scene, "sheet")) == (2 if changes else 4)


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_stand_in_rows(channels: int) -> None:
    scene = pictures_scene(np.zeros((5, channels, 4, 4)), titles=list("abcde"), across=2, tile=30, alt="Five.")
    (sheet,) = items(scene, "sheet")
    assert sheet["palette"] == ("grey" if channels == 1 else "rgb")
    assert header(scene)["size"] == [80, 156]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_histogram_shows_both_ways(mode: str) -> None:
    values = experiment().pixel_values()
    still = pixel_histogram(values, mode)  # type: ignore[arg-type]
    assert [trace.name for trace in still.figure.data] == ["(x − 0.5) / 0.5", "(x − mean) / deviation"]
    np.testing.assert_array_equal(still.figure.data[0].y, values.lecture)
