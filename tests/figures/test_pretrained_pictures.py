"""The pictures about trained image networks: what they hold, and that nothing leaves the frame."""

from types import SimpleNamespace

import numpy as np
import pytest

from figures.cnn_inside import where_scene
from figures.packing import unpack
from figures.pretrained_picture import answer_scene, halved, maps_scene, percent, shrink_scene, smaller
from figures.pretrained_torchvision import MAX_NAMED, family_still

PICTURE = np.arange(3 * 224 * 224, dtype=np.uint32).reshape(3, 224, 224).astype(np.uint8)
SAID = SimpleNamespace(
    labels=(5, 7, 2, 0, 999),
    names=("a", "b", "yellow lady's slipper", "d", "e"),
    chances=np.array([0.9, 0.05, 0.001, 0.0001, 0.0]),
)


def part(num_maps: int, side: int, name: str = "block 1") -> SimpleNamespace:
    number = min(num_maps, 40)
    maps = np.random.default_rng(0).normal(size=(number, side, side)).astype(np.float32)
    return SimpleNamespace(name=name, num_maps=num_maps, side=side, shown=tuple(range(number)), maps=maps)


def drawn(packet: bytes) -> list[dict[str, object]]:
    header = unpack(packet)[0]
    width, height = header["size"]
    for item in header["items"]:
        if "box" in item:
            x, y, w, h = item["box"]
            assert -1 <= x <= x + w <= width + 1, item
            assert -1 <= y <= y + h <= height + 1, item
        if "at" in item:
            assert 0 <= item["at"][0] <= width, item
            assert 0 <= item["at"][1] <= height, item
    return header["items"]


def test_the_answer_names_all_five_and_each_can_be_asked_about() -> None:
    items = drawn(answer_scene(PICTURE, SAID, 2))
    words = [item["text"] for item in items if item["kind"] == "text"]
    assert words == [word for pair in zip(SAID.names, map(percent, SAID.chances), strict=True) for word in pair]
    spots = {item["id"]: item["pressed"] for item in items if item["kind"] == "hot"}
    assert spots == {f"label:{label}": label == 2 for label in SAID.labels}


@pytest.mark.parametrize(("share", "words"), [(0.978, "97.8%"), (0.0001, "< 0.1%"), (0.0, "0.0%"), (1.0, "100.0%")])
def test_a_small_chance_is_not_written_as_none(share: float, words: str) -> None:
    assert percent(share) == words


@pytest.mark.parametrize(("num_maps", "side"), [(16, 112), (24, 56), (1280, 7), (40, 14)])
def test_every_shown_map_can_be_made_large(num_maps: int, side: int) -> None:
    one = part(num_maps, side)
    items = drawn(maps_scene(PICTURE, one, 3))
    assert sum(item["kind"] == "hot" for item in items) == min(num_maps, 40)
    assert any(item.get("text") == "map 4 over the picture" for item in items)


def test_each_change_of_shape_is_drawn_once() -> None:
    shapes = {"stem": (32, 112), "block 1": (16, 112), "block 2": (16, 112), "block 3": (24, 56), "head": (9, 7)}
    parts = [part(*shape, name) for name, shape in shapes.items()]
    words = [item["text"] for item in drawn(shrink_scene(PICTURE, parts, SAID)) if item["kind"] == "text"]
    assert [word for word in words if word in ("picture", "stem", "block 1", "block 2", "block 3", "head")] == [
        "picture", "stem", "block 2", "block 3", "head",
    ]  # fmt: skip
    assert {"401,408", "150,528", "441"} <= set(words)


def test_pictures_and_maps_are_made_smaller_by_their_means() -> None:
    assert halved(PICTURE).shape == (3, 112, 112)
    assert halved(PICTURE)[0, 0, 0] == round(float(PICTURE[0, :2, :2].mean()))
    maps = np.arange(112 * 112, dtype=float).reshape(1, 112, 112)
    assert smaller(maps).shape == (1, 56, 56)
    assert smaller(maps)[0, 0, 0] == maps[0, :2, :2].mean()
    assert smaller(maps[:, :7, :7]).shape == (1, 7, 7)


def test_what_was_not_covered_is_not_drawn() -> None:
    heat = np.ones((7, 7), np.float32)
    sheets = [
        sum(item["kind"] == "sheet" for item in drawn(where_scene(PICTURE, heat, drop, "a"))) for drop in (None, heat)
    ]
    assert sheets == [2, 3]


def entry(name: str, family: str, size: int, score: float) -> SimpleNamespace:
    return SimpleNamespace(name=name, family=family, score=score, weights=(SimpleNamespace(num_parameters=size),))


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("number", [1, MAX_NAMED, MAX_NAMED + 1])
def test_a_family_stands_out_among_its_task(mode: str, number: int) -> None:
    entries = [entry(f"net{size}", "net", size * 10**6, 70 + size) for size in range(1, number + 1)]
    found = family_still([*entries, entry("other", "else", 10**6, 50.0)], entries[0], "accuracy", mode)
    others, family, ring = found.figure.data
    assert list(others.y) == [50.0]
    assert list(family.x) == list(range(1, number + 1))
    assert ("text" in family.mode) == (number <= MAX_NAMED)
    assert (list(ring.x), list(ring.y)) == ([1.0], [71.0])
    assert "net1: 1 million, 71" in found.alt
