import numpy as np
import pytest

from figures import packing
from figures.own_pictures import pad_scene, pictures_scene


def items(scene: bytes, kind: str) -> list[dict]:  # type: ignore[type-arg]
    return [item for item in packing.unpack(scene)[0]["items"] if item["kind"] == kind]


def test_the_pad_lies_over_the_drawing() -> None:
    drawing = np.zeros((28, 28))
    assert items(pad_scene(drawing), "text")
    drawing[3, 4] = 255
    (pad,), (sheet,) = items(pad_scene(drawing), "pad"), items(pad_scene(drawing), "sheet")
    assert pad["id"] == "pad"
    assert pad["box"] == [4, 4, 260, 260]
    assert sheet["shape"] == [28, 28]
    assert not items(pad_scene(drawing), "text")


@pytest.mark.parametrize("number", [0, 1, 9])
def test_each_picture_has_a_button_to_take_it_away(number: int) -> None:
    scene = pictures_scene([np.full((8, 8, 3), index) for index in range(number)], "cats")
    assert [item["id"] for item in items(scene, "hot")] == [f"remove:{index}" for index in range(number)]
    width, height = packing.unpack(scene)[0]["size"]
    for item in items(scene, "hot"):
        x, y, across, down = item["box"]
        assert x >= 0 <= y
        assert x + across <= width
        assert y + down <= height
