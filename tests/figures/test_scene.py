"""What a scene packs is what the browser will draw, to within half a level."""

import json
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures import packing, theme
from figures.palettes import PALETTES, palette_stops
from figures.scene import Scene
from tests.figures.network_scene import network_scene

BOX = (10.0, 20.0, 100.0, 50.0)
UNIT = {"xlim": (0.0, 1.0), "ylim": (0.0, 1.0)}
RNG = np.random.default_rng(0)


def read(scene: Scene) -> tuple[dict[str, Any], Callable[[list[int], type], np.ndarray]]:
    """The last item of a scene, and a way to read the slices it names."""
    header, blob = packing.unpack(scene.to_bytes())

    def at(piece: list[int], dtype: type) -> np.ndarray:
        offset, length = piece
        return np.frombuffer(blob[offset : offset + length], dtype=np.dtype(dtype).newbyteorder("<"))

    return header["items"][-1], at


def blank() -> Scene:
    return Scene(200, 100, "A test")


# --- numbers to codes -------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(-3, 3), min_size=1), st.floats(-2, 0), st.floats(0.5, 3))
def test_levels_err_by_half_a_level(values: list[float], low: float, high: float) -> None:
    back = packing.dequantise(packing.quantise(values, low, high), low, high)
    assert np.abs(back - np.clip(values, low, high)).max() <= (high - low) / packing.LEVELS / 2 + 1e-9


def test_levels_know_nan_and_infinity() -> None:
    codes = packing.quantise([np.nan, np.inf, -np.inf, 0.0])
    assert codes.tolist() == [packing.MISSING, 254, 0, 127]
    assert np.isnan(packing.dequantise(codes)[0])


@given(st.lists(st.floats(-10, 10), min_size=1))
def test_places_err_by_half_a_place(values: list[float]) -> None:
    codes = packing.quantise_places(values, -5, 5)
    inside = codes != packing.OUTSIDE
    assert inside.tolist() == [-5 <= value <= 5 for value in values]
    back = codes[inside] / packing.PLACES * 10 - 5
    assert np.all(np.abs(back - np.array(values)[inside]) <= 10 / packing.PLACES / 2 + 1e-9)


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1))
def test_weights_err_by_half_a_step(values: list[float]) -> None:
    codes, peak = packing.quantise_weights(values)
    assert np.abs(codes / packing.WEIGHT_STEPS * peak - values).max() <= peak / packing.WEIGHT_STEPS / 2 * (1 + 1e-9)


def test_weights_that_are_not_finite_have_a_code() -> None:
    codes, peak = packing.quantise_weights([np.nan, np.inf, -2.0, 0.0])
    assert codes.tolist() == [packing.NO_WEIGHT, packing.NO_WEIGHT, -packing.WEIGHT_STEPS, 0]
    assert peak == 2.0
    assert packing.quantise_weights([])[1] == packing.quantise_weights([0.0])[1] == 1.0


def test_what_is_beyond_the_scene_has_no_coordinate() -> None:
    assert packing.tenths("box", [-3276.7, 0.04, 1.26]).tolist() == [-32767, 0, 13]
    for wrong in (np.nan, 4000.0):
        with pytest.raises(ValueError, match="box"):
            packing.tenths("box", [wrong])


# --- the packet -------------------------------------------------------------------------------------------------------


def test_a_packet_is_laid_out_for_typed_arrays() -> None:
    blob = packing.Blob()
    slices = [blob.add(np.arange(size, dtype=np.uint8)) for size in (3, 4, 1, 0, 2)]
    assert slices == [[0, 3], [4, 4], [8, 1], [12, 0], [12, 2]]
    packet = packing.pack(4.0, 3.0, {"alt": "ä"}, blob)
    assert np.frombuffer(packet[:8], "<f4").tolist() == [4.0, 3.0]
    raw = zlib.decompress(packet[8:])
    length = int.from_bytes(raw[:4], "little")
    assert (4 + length) % 8 == 0
    assert json.loads(raw[4 : 4 + length]) == {"alt": "ä"}
    assert packing.unpack(packet) == ({"alt": "ä"}, bytes(blob))


def test_every_slice_is_aligned_and_inside_the_blob() -> None:
    header, blob = packing.unpack(network_scene(1).to_bytes())
    fields = ("boxes", "values", "ends", "weights", "xy", "classes", "flags")
    slices = [item[name] for item in header["items"] for name in fields if isinstance(item.get(name), list)]
    assert len(slices) > 20
    assert all(offset % 4 == 0 and offset + length <= len(blob) for offset, length in slices)


def test_the_same_items_give_the_same_bytes() -> None:
    assert network_scene(5).to_bytes() == network_scene(5).to_bytes()
    assert network_scene(5).to_bytes() != network_scene(6).to_bytes()


def test_a_whole_network_is_small() -> None:
    scene = network_scene(40)  # 2-[8,8,8]-1: 26 tiles, the output field, 152 links, 500 points, 19 places to click
    for line in range(30):
        scene.text(20, 20 + line, f"a text of the usual length, number {line}")
    assert len(scene.to_bytes()) <= 20_000


def test_facts_travel_along() -> None:
    scene = Scene(200.04, 100.0, "A test", {"step": np.int64(7), "loss": np.float32(np.nan)})
    header, _ = packing.unpack(scene.to_bytes())
    assert header == {"size": [200, 100], "alt": "A test", "meta": {"step": 7, "loss": None}, "items": []}


# --- the items --------------------------------------------------------------------------------------------------------


def test_sheet() -> None:
    values = RNG.uniform(-2, 2, (3, 4, 5))
    values[1, 2, 3] = np.nan
    boxes = RNG.uniform(0, 200, (3, 4))
    scene = blank()
    scene.sheet(boxes, values, low=-2, high=2, ids=["a", "b", "c"], labels=["1", "2", "3"], selected=[np.int64(2)],
                opacity=[1, 0.5, 0], smooth=False, readout="score")  # fmt: skip
    item, at = read(scene)
    assert np.abs(at(item["boxes"], np.int16).reshape(3, 4) / 10 - boxes).max() <= 0.05 + 1e-9
    back = packing.dequantise(at(item["values"], np.uint8).reshape(3, 4, 5), -2, 2)
    assert np.isnan(back[1, 2, 3])
    assert np.nanmax(np.abs(back - values)) <= 4 / 254 / 2 + 1e-9
    assert at(item["opacity"], np.uint8).tolist() == [254, 127, 0]
    assert item["shape"] == [4, 5]
    assert item["range"] == [-2, 2]
    assert (item["ids"], item["selected"], item["labelSide"]) == (["a", "b", "c"], [2], "below")
    assert "smooth" not in item
    assert item["border"] is True


def test_sheet_of_one_and_of_colours() -> None:
    scene = blank()
    scene.sheet(BOX, np.zeros((2, 3)))
    assert read(scene)[0]["shape"] == [2, 3]
    scene.sheet(BOX, np.zeros((2, 3, 3)), palette="rgb", low=0, high=1)
    item, at = read(scene)
    assert item["shape"] == [2, 3]
    assert at(item["values"], np.uint8).shape == (18,)


@pytest.mark.parametrize("number", [2, 3, 10])
def test_classes(number: int) -> None:
    index, sure = RNG.integers(0, number, (6, 7)), RNG.uniform(0, 1, (6, 7))
    sure[0, 0] = np.nan
    scene = blank()
    scene.classes(BOX, index, sure, num_classes=number)
    item, at = read(scene)
    codes, shades = at(item["values"], np.uint8).reshape(6, 7).astype(int), 254 // number
    assert codes[0, 0] == packing.MISSING
    known = codes != packing.MISSING
    assert np.array_equal((codes // shades)[known], index[known])
    assert np.abs((codes % shades) / (shades - 1) - sure)[known].max() <= 0.5 / (shades - 1) + 1e-9


def test_edges() -> None:
    starts, ends, weights = RNG.uniform(0, 99, (5, 2)), RNG.uniform(0, 99, (5, 2)), RNG.normal(size=5)
    weights[4] = np.nan
    scene = blank()
    scene.edges(starts, ends, weights, scale=2.0, max_width=5, names=list("abcde"), id="w")
    item, at = read(scene)
    assert np.abs(at(item["ends"], np.int16).reshape(5, 4) / 10 - np.hstack([starts, ends])).max() <= 0.05 + 1e-9
    codes = at(item["weights"], np.int16)
    assert codes[4] == packing.NO_WEIGHT
    assert codes[:4] / packing.WEIGHT_STEPS * item["peak"] == pytest.approx(weights[:4], abs=item["peak"] / 32767)
    assert (item["scale"], item["width"], item["readout"], item["id"]) == (2, 5, "weight", "w")


def test_points() -> None:
    xy = np.array([[0.0, 1.0], [0.5, 0.25], [2.0, 0.5], [np.nan, 0.5]])
    scene = blank()
    scene.points(BOX, xy, **UNIT, classes=[0, 1, 2, 3], hollow=[0, 1, 0, 1], ringed=[0, 0, 1, 1], shape="square")
    item, at = read(scene)
    places = at(item["xy"], np.uint16).reshape(4, 2)
    assert places[:2] / packing.PLACES == pytest.approx(xy[:2], abs=1e-4)
    assert places[2:, 0].tolist() == [packing.OUTSIDE] * 2
    assert at(item["classes"], np.uint8).tolist() == [0, 1, 2, 3]
    assert at(item["flags"], np.uint8).tolist() == [0, 1, 2, 3]
    scene.points(BOX, xy, **UNIT, values=[-1, 0, 1, np.nan])
    item, at = read(scene)
    assert at(item["values"], np.uint8).tolist() == [0, 127, 254, packing.MISSING]
    assert "flags" not in item


def test_lines() -> None:
    scene = blank()
    scene.lines(BOX, [[[0, 0.5], [1, np.nan]], [[0.25, 1], [0.5, 99], [0.75, 0]]], **UNIT, colours=["accent", 3])
    item, at = read(scene)
    assert at(item["lengths"], np.uint32).tolist() == [2, 3]
    places = at(item["xy"], np.uint16).reshape(5, 2)
    assert places[1, 1] == packing.OUTSIDE
    shares = places / packing.PLACES * 2 - 0.5
    assert shares[2] == pytest.approx([0.25, 1], abs=1e-4)
    assert shares[3] == pytest.approx([0.5, 1.5], abs=1e-4)  # far beyond the limits: as far as a line may leave the box
    assert item["colours"] == ["accent", 3]


def test_lines_of_heights_each_in_its_box() -> None:
    scene = blank()
    scene.lines([BOX, BOX], np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]]), **UNIT)
    item, at = read(scene)
    across = at(item["xy"], np.uint16).reshape(2, 3, 2)[:, :, 0] / packing.PLACES * 2 - 0.5
    assert across == pytest.approx(np.tile([0, 0.5, 1], (2, 1)), abs=1e-4)
    assert at(item["boxes"], np.int16).shape == (8,)


def test_histograms() -> None:
    heights = RNG.uniform(0, 1, (2, 3, 4))
    scene = blank()
    scene.histograms([BOX, BOX], heights, classes=[4, 0, 1])
    item, at = read(scene)
    assert at(item["heights"], np.uint8).reshape(2, 3, 4) / 254 == pytest.approx(heights, abs=0.5 / 254 + 1e-9)
    assert (item["shape"], item["classes"]) == ([3, 4], [4, 0, 1])


def test_furniture() -> None:
    scene = blank()
    scene.text(1.23, 4, "step 1", align="right", colour=2, tabular=True)
    assert read(scene)[0] == {"kind": "text", "at": [1.2, 4], "text": "step 1", "size": 14, "align": "right",
                              "colour": 2, "weight": 400, "tabular": True}  # fmt: skip
    scene.rect(BOX, fill="panel", radius=3)
    assert read(scene)[0] == {"kind": "rect", "box": [10, 20, 100, 50], "fill": "panel", "width": 1, "radius": 3}
    scene.colorbar(BOX, low=-2, high=2)
    assert read(scene)[0]["labels"] == ["−2", "0", "2"]
    scene.zoom(BOX, ids=["a"], title="Output")
    assert read(scene)[0] == {"kind": "zoom", "box": [10, 20, 100, 50], "ids": ["a"], "title": "Output", "size": 14}


def test_axes_have_few_round_numerals() -> None:
    scene = blank()
    scene.axes(BOX, xlim=(-6, 6), ylim=(0, 25_000), xlabel="x₁")
    item, _ = read(scene)
    assert item["xticks"] == [
        [pytest.approx(1 / 12, abs=1e-4), "−5"],
        [0.5, "0"],
        [pytest.approx(11 / 12, abs=1e-4), "5"],
    ]
    assert [text for _, text in item["yticks"]] == ["0", "10,000", "20,000"]
    scene.axes(BOX, xlim=(0, 1), ylim=(0, 1), ticks=([0.5, 2.0], []))
    assert (read(scene)[0]["xticks"], read(scene)[0]["yticks"]) == ([[0.5, "0.5"]], [])
    scene.axes(BOX, xlim=(0, 1), ylim=(0, 1), ticks=0)
    assert read(scene)[0]["xticks"] == []


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(1, 8))
def test_ticks_stay_within_the_limits_and_are_about_as_many_as_asked(low: float, span: float, count: int) -> None:
    scene = blank()
    scene.axes(BOX, xlim=(low, low + span), ylim=(0, 1), ticks=count)
    shares = [share for share, _ in read(scene)[0]["xticks"]]
    assert all(0 <= share <= 1 for share in shares)
    assert len(shares) <= count + 1


def test_places_to_click() -> None:
    scene = blank()
    scene.hot(BOX, "add", "Add a neuron", glyph="+", event={"layer": 1}, pressed=False)
    assert read(scene)[0] == {"kind": "hot", "box": [10, 20, 100, 50], "id": "add", "tip": "Add a neuron",
                              "event": {"layer": 1}, "glyph": "+", "pressed": False, "cursor": "pointer"}  # fmt: skip
    scene.plane(BOX, xlim=(-6, 6), ylim=(0, 1e-7), id="place")
    assert read(scene)[0]["limits"] == [[-6, 6], [0, 1e-7]]


def test_palettes_have_stops_in_both_modes() -> None:
    for palette in PALETTES:
        for mode in theme.SURFACES:
            assert len(palette_stops(palette, mode)) >= 2
    assert palette_stops("diverging", "light")[0] == theme.NEGATIVE


# --- what does not fit is named ---------------------------------------------------------------------------------------

WRONG: dict[str, Callable[[Scene], None]] = {
    "boxes must": lambda scene: scene.sheet([[1, 2, 3]], np.zeros((1, 2, 2))),
    "values must": lambda scene: scene.sheet([BOX, BOX], np.zeros((3, 2, 2))),
    r"values must have shape \[1, rows, cols, 3\]": lambda scene: scene.sheet(BOX, np.zeros((2, 2)), palette="rgb"),
    "low, high": lambda scene: scene.sheet(BOX, np.zeros((2, 2)), low=1, high=1),
    "palette": lambda scene: scene.sheet(BOX, np.zeros((2, 2)), palette="jet"),  # type: ignore[arg-type]
    "ids must be 1": lambda scene: scene.sheet(BOX, np.zeros((2, 2)), ids=["a", "b"]),
    "label_side": lambda scene: scene.sheet(BOX, np.zeros((2, 2)), labels=["a"], label_side="top"),  # type: ignore
    "opacity": lambda scene: scene.sheet(BOX, np.zeros((2, 2)), opacity=[1, 1]),
    "class_index must be integers": lambda scene: scene.classes(BOX, [[0.5]], [[1]], num_classes=2),
    "class_index must lie": lambda scene: scene.classes(BOX, [[2]], [[1]], num_classes=2),
    "confidence": lambda scene: scene.classes(BOX, [[1]], [[1, 2]], num_classes=2),
    "11 classes": lambda scene: scene.classes(BOX, [[1]], [[1]], num_classes=11),
    "from_xy": lambda scene: scene.edges([1, 2], [[1, 2]], [1], scale=1),
    "to_xy": lambda scene: scene.edges([[1, 2]], [[1, 2], [3, 4]], [1], scale=1),
    "weight": lambda scene: scene.edges([[1, 2]], [[1, 2]], [1, 2], scale=1),
    "scale": lambda scene: scene.edges([[1, 2]], [[1, 2]], [1], scale=0),
    "names": lambda scene: scene.edges([[1, 2]], [[1, 2]], [1], scale=1, names=[]),
    "xy must": lambda scene: scene.points(BOX, [1, 2, 3], **UNIT),
    "cannot both": lambda scene: scene.points(BOX, [[1, 2]], **UNIT, classes=[1], values=[1]),
    "classes must be whole": lambda scene: scene.points(BOX, [[1, 2]], **UNIT, classes=[99]),
    "colour must": lambda scene: scene.points(BOX, [[1, 2]], **UNIT, colour="pink"),  # type: ignore[arg-type]
    "shape must": lambda scene: scene.points(BOX, [[1, 2]], **UNIT, shape="star"),  # type: ignore[arg-type]
    "hollow": lambda scene: scene.points(BOX, [[1, 2]], **UNIT, hollow=[1, 0]),
    "xlim, ylim": lambda scene: scene.points(BOX, [[1, 2]], xlim=(1, 0), ylim=(0, 1)),
    "boxes must be one box or 2": lambda scene: scene.lines([BOX] * 3, np.zeros((2, 4)), **UNIT),
    "colours must be one or 2": lambda scene: scene.lines(BOX, np.zeros((2, 4)), **UNIT, colours=["text"]),
    "heights": lambda scene: scene.histograms(BOX, np.zeros((2, 4))),
    "align": lambda scene: scene.text(0, 0, "", align="middle"),  # type: ignore[arg-type]
    "box must": lambda scene: scene.rect((1, 2, 3)),  # type: ignore[arg-type]
    "fill": lambda scene: scene.rect(BOX, fill="pink"),  # type: ignore[arg-type]
    "ylim": lambda scene: scene.axes(BOX, xlim=(0, 1), ylim=(np.nan, 1)),
    "id 'a' is already taken": lambda scene: [scene.hot(BOX, "a", ""), scene.plane(BOX, **UNIT, id="a")],  # type: ignore
}


@pytest.mark.parametrize("words", WRONG)
def test_what_does_not_fit_is_named(words: str) -> None:
    with pytest.raises(ValueError, match=words):
        WRONG[words](blank())


def test_a_scene_needs_a_size_and_a_description() -> None:
    with pytest.raises(ValueError, match="width and height"):
        Scene(0, 1, "A test")
    with pytest.raises(ValueError, match="alt"):
        Scene(1, 1, " ")


def test_nothing_at_all_may_be_drawn() -> None:
    scene = blank()
    scene.sheet(np.zeros((0, 4)), np.zeros((0, 2, 2)))
    scene.edges(np.zeros((0, 2)), np.zeros((0, 2)), [], scale=1)
    scene.points(BOX, np.zeros((0, 2)), **UNIT)
    scene.lines(BOX, [], **UNIT)
    assert len(packing.unpack(scene.to_bytes())[0]["items"]) == 4


def test_a_map_carries_its_names_and_a_plane_its_steps() -> None:
    scene = blank()
    scene.sheet(BOX, np.full((2, 3), np.nan), readout="weight")
    scene.name_cells("ab", "xyz", "not there")
    item, _ = read(scene)
    assert (item["rows"], item["columns"], item["missing"]) == (["a", "b"], ["x", "y", "z"], "not there")
    with pytest.raises(ValueError, match="rows must be 2 texts"):
        scene.name_cells("abc", "xyz", "")
    scene.plane(BOX, **UNIT, id="cells", steps=(3, 2))
    assert read(scene)[0]["steps"] == [3, 2]
    scene.text(10, 20, "up", angle=-45)
    assert read(scene)[0]["angle"] == -45
