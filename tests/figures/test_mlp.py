from itertools import pairwise

import numpy as np
import pytest

from experiments.mlp import EXPERIMENT, SETTINGS
from experiments.mlp_observation import MLPObservation
from figures.mlp import MAX_EDGES, card_scene, network_scene, points_scene
from figures.mlp_layout import PROJECTOR, unit_boxes
from figures.packing import unpack
from figures.theme import ON_PROJECTOR
from training.history import Columns

CASES = [
    {"problem": "spiral"},
    {"problem": "blobs", "num_classes": 6},
    {"problem": "bumps"},
    {"problem": "sine"},
    {"problem": "digits", "hidden_dims": (64, 32)},
    {"problem": "diabetes"},
    {"problem": "iris", "loss": "bce"},
    {"problem": "circle", "loss": "bce"},
    {"problem": "xor", "hidden_dims": ()},
    {"problem": "spiral", "hidden_dims": (64,) * 8},
]


def observe(**settings: object) -> MLPObservation:
    return EXPERIMENT(SETTINGS(**settings)).observe()


STEPS = np.arange(0, 2000, 2)
HISTORY = Columns(
    STEPS, {name: 1 / (1 + STEPS) for name in ("loss", "test_loss", "accuracy", "test_accuracy", "r2", "test_r2")}
)


def items(packet: bytes) -> list[dict]:
    return unpack(packet)[0]["items"]


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_every_kind_of_problem_is_drawn_within_a_tick_s_budget(settings: dict) -> None:
    seen = observe(**settings)
    packet = network_scene(seen, HISTORY, activation="tanh", step=12)
    kinds = {item["kind"] for item in items(packet)}
    assert {"edges", "points", "axes", "zoom", "lines"} <= kinds
    assert len(packet) < 24_000


def test_the_step_is_told_to_the_canvas() -> None:
    assert unpack(network_scene(observe(), HISTORY, activation="tanh", step=12))[0]["meta"]["step"] == 12


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_tiles_stay_inside_the_picture_and_apart(settings: dict) -> None:
    for boxes in unit_boxes(observe(**settings)):
        assert boxes[:, 0].min() >= 0
        assert boxes[:, 1].min() >= 34
        assert (boxes[:, 1] + boxes[:, 3]).max() <= 392
        assert ((boxes[1:, 1] - boxes[:-1, 1]) >= boxes[:-1, 3] - 1e-6).all()


def test_only_the_strongest_links_are_drawn() -> None:
    seen = observe(hidden_dims=(64,) * 8)
    (edges,) = [
        item for item in items(network_scene(seen, HISTORY, activation="tanh", step=0)) if item["kind"] == "edges"
    ]
    assert edges["weights"][1] <= 4 * MAX_EDGES


def test_every_hidden_tile_and_width_can_be_reached_by_keyboard() -> None:
    hots = [
        item["id"]
        for item in items(network_scene(observe(hidden_dims=(3, 2)), HISTORY, activation="tanh", step=0))
        if item["kind"] == "hot"
    ]
    assert {"unit:1:0", "unit:1:2", "unit:2:1", "wider:1", "narrower:2"} <= set(hots)


def test_points_can_be_placed_only_when_they_are_the_visitor_s() -> None:
    seen = observe()
    assert not [
        item for item in items(network_scene(seen, HISTORY, activation="tanh", step=0)) if item["kind"] == "plane"
    ]
    packet = network_scene(seen, HISTORY, activation="tanh", step=0, can_place_points=True)
    assert [item["id"] for item in items(packet) if item["kind"] == "plane"] == ["map"]
    assert [item["id"] for item in items(points_scene([])) if item["kind"] == "plane"] == ["map"]
    assert [item for item in items(points_scene([(1.0, 2.0, 3)])) if item["kind"] == "points"]


def test_test_examples_can_be_hidden() -> None:
    seen = observe()
    lengths = {}
    for shows in (True, False):
        packet = network_scene(seen, HISTORY, activation="tanh", step=0, shows_test=shows)
        (points,) = [item for item in items(packet) if item["kind"] == "points"]
        lengths[shows] = points["xy"][1]
    assert lengths[False] * 2 == lengths[True]  # half of the examples are for testing


def test_the_card_is_a_picture_without_words() -> None:
    assert {item["kind"] for item in items(card_scene(observe()))} == {"sheet", "points"}


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_on_a_projector_nothing_lies_on_something_else(settings: dict) -> None:
    seen = observe(**settings)
    packet = network_scene(seen, HISTORY, activation="tanh", step=12, is_large=True)
    columns = unit_boxes(seen, PROJECTOR)
    assert columns[0][:, 0].min() >= 0
    for boxes in columns:
        assert boxes[:, 1].min() >= PROJECTOR.note_y
        assert (boxes[:, 1] + boxes[:, 3]).max() <= PROJECTOR.loss[1] - 2 * ON_PROJECTOR.title
    for left, right in pairwise(columns):
        assert (left[0, 0] + left[0, 2]) < right[0, 0]
    hots = sorted(item["box"][0] for item in items(packet) if item["kind"] == "hot" and item.get("glyph"))
    assert all(after - before >= PROJECTOR.button for before, after in pairwise(hots))
    assert min(item["size"] for item in items(packet) if item["kind"] == "text") >= 12
    assert len(packet) < 24_000


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_a_card_shows_any_problem_in_few_bytes(settings: dict[str, object]) -> None:
    packet = card_scene(observe(**settings))
    kinds = {item["kind"] for item in items(packet)}
    assert "points" in kinds
    assert kinds <= {"sheet", "points", "lines", "classes", "histograms"}
    assert len(packet) < 60_000
