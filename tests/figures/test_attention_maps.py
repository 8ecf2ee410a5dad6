"""Attention as pictures: what is masked is never a 0, rows keep their mass, and every token can be read and clicked."""

import numpy as np
import pytest

from figures.attention_maps import (
    MASKED,
    MOST_BUTTONS,
    AttentionMaps,
    cell_of,
    draw_links,
    draw_map,
    strongest,
)
from figures.attention_overview import thumbnails
from figures.attention_tokens import token_text
from figures.attention_view import PAGE, PROJECTOR, attention_scene
from figures.packing import MISSING, unpack
from figures.scene import Scene
from figures.theme import ON_PAGE

ODD = ("<b>x</b>", "שלום", "猫猫猫猫", "\n", " ", "a|b", "internationalisation", "مرحبا", "$x$", "*y*")


def maps_of(num_layers=2, num_heads=4, num_places=8, is_causal=True, num_columns=None):
    rng = np.random.default_rng(0)
    columns = num_columns or num_places
    scores = 2 * rng.normal(size=(num_layers, num_heads, num_places, columns))
    is_seen = np.tril(np.ones((num_places, columns), dtype=bool)) if is_causal else None
    scores = np.where(is_seen, scores, -np.inf) if is_causal else scores
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    tokens = tuple(ODD[place % len(ODD)] for place in range(max(num_places, columns)))
    weights = (powers / powers.sum(-1, keepdims=True)).astype(np.float32)
    return AttentionMaps(weights, tokens[:num_places], tokens[:columns], is_seen)


def sheet_of(packet, number):
    found, blob = unpack(packet)
    item = [item for item in found["items"] if item["kind"] == "sheet"][number]
    start, length = item["values"]
    return item, np.frombuffer(blob[start : start + length], np.uint8).reshape(-1, *item["shape"])


SIZES = [(1, 1, 3, True, None), (2, 4, 8, True, None), (1, 6, 12, False, 5), (6, 8, 40, True, None),
         (2, 2, 128, True, None), (1, 2, 5, False, 30), (6, 12, 12, False, None), (6, 12, 48, False, None)]  # fmt: skip


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_everything_stands_within_the_picture(size, is_large):
    maps, layout = maps_of(*size), PROJECTOR if is_large else PAGE
    packet = attention_scene(maps, 0, size[1] - 1, chosen=(1, 0), focus=("from", 2), is_large=is_large)
    found = unpack(packet)[0]
    assert len(packet) < 60_000
    for item in found["items"]:
        if item["kind"] == "text":
            assert 0 <= item["at"][0] <= layout.width, item
            assert 0 <= item["at"][1] <= layout.height, item
        if item["kind"] in ("rect", "hot", "plane"):
            left, top, width, height = item["box"]
            assert min(left, top) >= 0, item
            assert left + width <= layout.width + 1, item
            assert top + height <= layout.height + 1, item


def test_a_masked_cell_is_hatched_and_never_a_zero():
    maps = maps_of()
    packet = attention_scene(maps, 0, 0)
    for number in (0, 1):  # the small maps and the large one
        codes = sheet_of(packet, number)[1]
        assert (codes[:, ~maps.is_seen] == MISSING).all()
        assert (codes[:, maps.is_seen] != MISSING).all()
    items = unpack(packet)[0]["items"]
    assert any(item["kind"] == "lines" and len(item["colours"]) == int((~maps.is_seen).sum()) for item in items)
    tips = {item["id"]: item["tip"] for item in items if item["kind"] == "hot"}
    assert tips["cell:0:1"].endswith(MASKED)
    assert "weight" in tips["cell:1:0"]


def test_the_range_is_always_from_0_to_1():
    flat = maps_of()
    flat = AttentionMaps(np.full_like(flat.weights, 0.125), flat.rows, flat.columns)
    assert {tuple(sheet_of(attention_scene(flat, 0, 0), number)[0]["range"]) for number in (0, 1)} == {(0, 1)}


def test_every_cell_is_a_button_or_one_plane_with_names():
    small = unpack(attention_scene(maps_of(num_places=8), 1, 2))[0]["items"]
    assert sum(item["kind"] == "hot" and item["id"].startswith("cell:") for item in small) == 64
    large = unpack(attention_scene(maps_of(num_places=40), 1, 2))[0]["items"]
    assert MOST_BUTTONS < 40 * 40
    plane = next(item for item in large if item["kind"] == "plane")
    assert plane["steps"] == [40, 40]
    sheet = [item for item in large if item["kind"] == "sheet"][1]
    assert len(sheet["rows"]) == len(sheet["columns"]) == 40
    assert "a|b" in sheet["rows"][5]
    assert "(6)" in sheet["rows"][5]


@pytest.mark.parametrize(
    ("event", "cell"),
    [
        ({"kind": "hot", "id": "cell:2:3", "row": 2, "column": 3}, (2, 3)),
        ({"kind": "plane", "id": "cell", "x": 3.7, "y": -2.2}, (2, 3)),
        ({"kind": "plane", "id": "cell", "x": 9.0, "y": -9.0}, (4, 4)),
        ({"kind": "hot", "id": "head:1:2", "layer": 1, "head": 2}, None),
    ],
)
def test_a_click_tells_its_cell(event, cell):
    assert cell_of(event, "cell", (5, 5)) == cell


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.999, 1.0])
def test_lines_are_the_fewest_that_hold_their_share(share):
    weights = maps_of(num_places=12).shown()[0, 0]
    found = strongest(weights, share)
    for row, taken in zip(np.nan_to_num(weights), found, strict=True):
        assert row[taken].sum() >= share * row.sum() - 1e-5
        if taken.any():
            assert row[taken].sum() - row[taken].min() < share * row.sum()
    assert found.any() == (share > 0)
    assert not found[np.isnan(weights)].any()


def test_a_row_that_sees_nothing_has_no_lines_and_is_said():
    maps = maps_of(1, 1, 4)
    is_seen = maps.is_seen.copy()
    is_seen[2] = False
    maps = AttentionMaps(np.where(is_seen, maps.weights, np.nan), maps.rows, maps.columns, is_seen)
    assert not strongest(maps.shown()[0, 0], 1.0)[2].any()
    assert "sees nothing" in unpack(attention_scene(maps, 0, 0))[0]["alt"]


@pytest.mark.parametrize(("focus", "names"), [(("from", 1), {"b (2)"}), (("to", 0), {"a (1)", "b (2)", "c (3)"})])
def test_a_token_s_own_lines_alone(focus, names):
    scene = Scene(300, 200, "A test")
    weights = np.tril(np.ones((3, 3))) / np.arange(1, 4)[:, None]
    draw_links(scene, (0, 0, 300, 200), weights, "abc", "abc", 1.0, scale=ON_PAGE, hot="token", focus=focus)
    edges = next(item for item in unpack(scene.to_bytes())[0]["items"] if item["kind"] == "edges")
    queries = {name.split(" → ")[0].strip("\u2068").replace("\u2069", "") for name in edges["names"]}
    assert queries == names


def test_tokens_of_any_kind_can_be_seen():
    assert [token_text(token) for token in ("\n", "  ", "\x00", "\u202e", "a b", "internationalisation")] == [
        "⏎", "␣␣", "·", "·", "a b", "internati…",
    ]  # fmt: skip


def test_small_maps_keep_the_largest_of_each_block():
    weights = maps_of(1, 1, 128).shown()[0]
    small = thumbnails(weights)
    assert small.shape == (1, 40, 40)
    assert np.nanmax(small) == np.nanmax(weights)
    assert np.isnan(small[0, 0, -1])


def test_scores_have_their_own_limits():
    scene = Scene(300, 300, "A test")
    cells = draw_map(scene, (0, 0, 300, 300), np.eye(3), "abc", "abc", scale=ON_PAGE)
    assert cells[2] == pytest.approx(cells[3])
