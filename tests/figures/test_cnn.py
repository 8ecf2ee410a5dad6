"""The pictures of the page `cnn`, of every kind of network."""

import json
import struct
import zlib
from types import SimpleNamespace

import numpy as np
import pytest

from experiments.cnn import CNNExperiment
from experiments.cnn_settings import CNNSettings
from figures.cnn import SCALES, card_scene, network_scene, own_scene
from figures.cnn_inside import cell_scene, filters_scene, mistakes_scene, parts_scene, shown_channels, where_scene
from figures.cnn_layout import PAGE, PROJECTOR, layer_places, thumb_places
from figures.cnn_still import shift_curves, size_points

HISTORY = SimpleNamespace(
    steps=np.array([0, 50]),
    values={name: np.array([1.0, 0.5]) for name in ("loss", "test_loss", "accuracy", "test_accuracy")},
)
KINDS = [
    {},
    {"depth": 4, "width": 32},
    {"architecture": "inception", "data": "fruit"},
    {"architecture": "mlp", "data": "cats and dogs"},
]


def items(scene):
    raw = zlib.decompress(scene[8:])
    (length,) = struct.unpack_from("<I", raw)
    return json.loads(raw[4 : 4 + length])


def experiment(**settings):
    return CNNExperiment(CNNSettings(**{"data": "digits", "num_train": 50, "width": 4, **settings}))


def words(header):
    return [item["text"] for item in header["items"] if item["kind"] == "text"]


@pytest.mark.parametrize("settings", KINDS)
@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("scale_by", SCALES)
def test_every_network_is_drawn_with_all_its_parts(settings, is_large, scale_by):
    seen = experiment(**settings).observe()
    header = items(network_scene(seen, HISTORY, step=50, scale_by=scale_by, is_large=is_large))
    assert {layer.name for layer in seen.layers} <= set(words(header))
    spots = [item["id"] for item in header["items"] if item["kind"] == "hot"]
    assert sum(spot.startswith("map:") for spot in spots) == sum(len(layer.maps) for layer in seen.layers)
    assert sum(spot.startswith("picture:") for spot in spots) == (8 if is_large else 10)
    width, height = header["size"]
    for item in header["items"]:
        if "box" in item:
            x, y, w, h = item["box"]
            assert -1 <= x <= x + w <= width + 1, item
            assert -1 <= y <= y + h <= height + 1, item
    assert items(card_scene(seen))["alt"]
    assert "Your picture" in items(own_scene(seen, scale_by))["alt"]


def test_right_and_wrong_are_told_without_colour():
    seen = experiment().observe()
    told = words(items(network_scene(seen, HISTORY, step=0)))
    wrong = (seen.shown_chances.argmax(1) != seen.shown_classes).sum()
    assert sum(text.startswith("✗ ") and "says" not in text for text in told) == wrong


@pytest.mark.parametrize("layout", [PAGE, PROJECTOR])
@pytest.mark.parametrize("counts", [[8, 16], [1], [16, 16, 16, 16]])
def test_tiles_stay_in_their_part_and_apart(layout, counts):
    for (x, y, width, height), boxes in layer_places(layout, counts):
        assert (boxes[:, 0] >= x - 0.1).all()
        assert (boxes[:, 0] + boxes[:, 2] <= x + width + 0.1).all()
        assert (boxes[:, 1] + boxes[:, 3] <= y + height + 0.1).all()
        assert len(np.unique(boxes[:, :2], axis=0)) == len(boxes)
        assert boxes[0, 2] > 20
    assert len(thumb_places(layout, 3)) == 3


@pytest.mark.parametrize(
    "settings", [{}, {"kernel_size": 7, "use_batch_norm": True}, {"padding": "none", "pooling": "stride"}]
)
def test_a_map_and_a_cell_are_drawn(settings):
    made = experiment(**settings)
    parts = made.conv_parts("conv2", 3)
    header = items(parts_scene(parts, 0, 0, 2))
    assert sum(item["kind"] == "hot" for item in header["items"]) == 4
    cell = words(items(cell_scene(parts.patch(0, 0)[2], parts.kernels[2])))
    k = made.settings.kernel_size
    assert len(cell) == 3 * k * k + 7


def test_the_strongest_kernels_and_the_chosen_one_are_shown():
    parts = SimpleNamespace(kernels=np.arange(10.0)[:, None, None] * np.ones((10, 3, 3)))
    assert shown_channels(parts, 0) == [0, 5, 6, 7, 8, 9]


def test_the_other_pictures_below_the_page_are_drawn():
    made = experiment(data="fruit")
    seen, verdict = made.observe(), made.verdict()
    assert items(filters_scene(*made.filters()))["items"]
    spots = [item for item in items(mistakes_scene(verdict, seen.class_names))["items"] if item["kind"] == "hot"]
    assert [spot["id"] for spot in spots] == [f"picture:{index}" for index in verdict.worst]
    assert items(where_scene(seen.picture, made.grad_cam(1), made.occlusion(1), "Melon"))["items"]
    assert items(where_scene(seen.picture, None, made.occlusion(1), "Melon"))["items"]


def test_races_are_told_in_words_too():
    curves = shift_curves(["one", "two"], [np.array([0.9, 0.5]), np.array([0.8, 0.3])], "light")
    assert "one 90% to 50%" in curves.alt
    points = size_points(["small", "large"], [100, 10_000], [0.5, 0.75], "dark")
    assert "large 10,000: 75%" in points.alt
