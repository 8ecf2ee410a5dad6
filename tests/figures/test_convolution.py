"""The pictures of the page `convolution`: everything is drawn, within the scene, and within a tick's budget."""

import numpy as np
import pytest
import torch

from data.filters import KERNELS
from data.photos import grey
from experiments.convolution import EXPERIMENT, SETTINGS, SIDE, ConvolutionObservation
from experiments.convolution_arithmetic import Axis
from experiments.convolution_field import FieldLayer, fields, gradient
from experiments.convolution_pictures import page_picture, partial_maps, shift
from experiments.convolution_scan import make_scan, small_numbers, small_weights
from figures.convolution import PAGE, card_scene, chosen_cell, convolution_scene, map_box, race_scene
from figures.convolution_pictures import field_scene, filtered_scene, shift_scene
from figures.convolution_scan import matrix_scene, scan_scene
from figures.kernels import short
from figures.packing import unpack
from training.history import Columns

STEPS = np.arange(0, 2000, 10)
NAMES = ("loss", "test_loss", "kernel_error")
HISTORY = Columns(STEPS, {name: 1 / (1 + STEPS) for name in NAMES})
CASES = [
    {},
    {"filter": "Gabor", "kernel_size": 7, "padding": "zeros"},
    {"filter": "box blur", "stride": 4, "depth": 2},
    {"kernel_size": 7, "dilation": 3, "depth": 2},
    {"filter": "your own", "own_kernel": "3", "kernel_size": 1, "stride": 3},
]


def observe(**settings: object) -> ConvolutionObservation:
    torch.manual_seed(0)
    return EXPERIMENT(SETTINGS(**settings)).observe()


def items(packet: bytes) -> list[dict]:
    return unpack(packet)[0]["items"]


def assert_inside(packet: bytes) -> None:
    """Nothing stands outside the scene, words by their middle, and no text lies on another's place."""
    header = unpack(packet)[0]
    width, height = header["size"]
    places = set()
    for item in header["items"]:
        if "box" in item:
            x, y, wide, high = item["box"]
            assert min(x, y, width - x - wide, height - y - high) >= -1, item
        if item["kind"] == "text":
            x, y = item["at"]
            assert min(x, y, width - x, height - y) >= 0, item
            assert tuple(item["at"]) not in places, item
            places.add(tuple(item["at"]))


@pytest.mark.parametrize("settings", CASES, ids=str)
@pytest.mark.parametrize("is_large", [False, True])
def test_every_kind_of_search_is_drawn_within_a_tick_s_budget(settings: dict, is_large: bool) -> None:
    packet = convolution_scene(observe(**settings), HISTORY, step=12, is_large=is_large)
    kinds = [item["kind"] for item in items(packet)]
    assert kinds.count("sheet") == 6
    assert kinds.count("plane") == 4
    assert len(packet) < 26_000


def test_a_race_shows_errors_and_kernels_of_all() -> None:
    seen = [observe(padding=padding) for padding in ("zeros", "mirror", "none")]
    packet = race_scene(seen, ["zeros", "mirror", "none"])
    assert_inside(packet)
    assert [item["kind"] for item in items(packet)].count("sheet") == 6


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_the_card_holds_picture_kernel_and_map(settings: dict) -> None:
    assert [item["kind"] for item in items(card_scene(observe(**settings)))] == ["sheet"] * 3


def test_a_failed_run_can_still_be_drawn() -> None:
    made = EXPERIMENT(SETTINGS())
    with torch.no_grad():
        made.parameters()[0].fill_(float("nan"))
    seen = made.observe()
    assert items(convolution_scene(seen, HISTORY, step=3))
    assert items(card_scene(seen))


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_a_click_chooses_the_cell_that_stands_there(settings: dict) -> None:
    seen = observe(**settings)
    tile = PAGE.tiles[2]
    left, top, width, height = map_box(seen, tile)
    count = len(seen.output)
    for row, column in ((0, 0), (count // 2, 1), (count - 1, count - 1)):
        y = (top - tile[1] + (row + 0.5) * height / count) / tile[3]
        x = (left - tile[0] + (column + 0.5) * width / count) / tile[2]
        assert chosen_cell(seen, (y, x)) == (row, column)
    assert chosen_cell(seen, (1.0, 0.0))[0] == count - 1


def test_the_line_about_a_cell_says_its_true_numbers() -> None:
    seen = observe()
    cell = (10.6 / SIDE, 20.6 / SIDE)
    row, column = chosen_cell(seen, cell)
    window = seen.picture[row : row + 3, column : column + 3]
    value = float((window * seen.whole_kernel).sum() + seen.bias)
    words = [item["text"] for item in items(convolution_scene(seen, HISTORY, step=1, cell=cell)) if "text" in item]
    line = next(word for word in words if word.startswith("Cell"))
    assert f"({row}, {column})" in line
    assert f"= {value:.3f}, wanted {seen.wanted[row + 1, column + 1]:.3f}.".replace("-", "−") in line


AXES = [
    Axis("convolution", 8, 3, 2),
    Axis("convolution", 12, 7, 1, 6, 6),
    Axis("transposed", 4, 3, 2, 1, 1, 1, 1),
    Axis("transposed", 12, 7, 5),
    Axis("max pooling", 9, 2, 2, 1, 1, 1, 0, True),
    Axis("average pooling", 5, 2, 2),
    Axis("convolution", 1, 1),
]


@pytest.mark.parametrize("axis", AXES, ids=str)
@pytest.mark.parametrize("is_flat", [False, True])
def test_windows_are_drawn_for_every_cell(axis: Axis, is_flat: bool) -> None:
    rows = Axis(axis.kind, 1, 1) if is_flat else axis
    scan = make_scan(
        (rows, axis), small_numbers(rows.size, axis.size, 0), small_weights(rows.kernel, axis.kernel, 0), 1.0
    )
    for cell in {0, scan.output.size // 2, scan.output.size - 1}:
        packet = scan_scene(scan, cell, has_floor=True)
        assert_inside(packet)
        frames = [item for item in items(packet) if item.get("stroke") == "accent"]
        rows_read, columns_read = scan.places(cell)
        inside = (rows_read < len(scan.grid)).sum() * (columns_read < scan.grid.shape[1]).sum()
        assert len(frames) == inside
        assert len([item for item in items(packet) if item.get("stroke") == "negative"]) == scan.is_dropped.sum()


def test_a_matrix_is_drawn_with_its_row() -> None:
    scan = make_scan((Axis("convolution", 12, 3),) * 2, small_numbers(12, 12, 0), small_weights(3, 3, 0), 1.0)
    packet = matrix_scene(scan.matrix(), scan, 17)
    assert_inside(packet)
    assert len(packet) < 60_000
    frames = [item for item in items(packet) if item.get("stroke") == "accent"]
    assert len(frames) == 1 + (scan.matrix()[17] != 0).sum()


@pytest.mark.parametrize("axis", AXES, ids=str)
def test_matrices_of_all_sizes_fit(axis: Axis) -> None:
    if axis.kind == "max pooling":
        return
    scan = make_scan(
        (Axis(axis.kind, 1, 1), axis), small_numbers(1, axis.size, 0), small_weights(1, axis.kernel, 0), 0.0
    )
    assert_inside(matrix_scene(scan.matrix(), scan, 0))


@pytest.mark.parametrize("name", KERNELS)
def test_a_filtered_picture_shows_three_maps_and_their_sum(name: str) -> None:
    picture, kernel = page_picture("flower"), KERNELS[name]
    partial = partial_maps(picture, kernel, (0.33, 0.33, 0.33))
    packet = filtered_scene(picture, kernel, partial, (0.33, 0.33, 0.33))
    assert_inside(packet)
    assert [item["kind"] for item in items(packet)].count("sheet") == 6


def test_a_flat_picture_and_a_tall_one_are_drawn() -> None:
    for shape in ((20, 20, 3), (160, 9, 3), (9, 160, 3)):
        picture = np.zeros(shape, dtype=np.float32)
        partial = partial_maps(picture, KERNELS["identity"], (1.0, 1.0, 1.0))
        assert_inside(filtered_scene(picture, KERNELS["identity"], partial, (1, 1, 1), can_draw=True))


def test_shifts_and_fields_are_drawn() -> None:
    scene = grey(page_picture("temple"))
    assert_inside(shift_scene(shift(scene, KERNELS["Sobel x"], 3, 4), 3, 4))
    layers = [FieldLayer("convolution", 3, 2)] * 6
    packet = field_scene(scene, fields(layers), gradient(layers), [f"{number}. convolution 3×3" for number in range(6)])
    assert len([item for item in items(packet) if item["kind"] == "rect" and item.get("stroke") is not None]) == 6


@pytest.mark.parametrize(
    ("value", "room", "wanted"),
    [(-1.0, 3, "−1"), (-0.001, 3, "0"), (0.25, 3, "0.25"), (-0.31, 2.1, "−0.3"), (12.5, 1.2, "12"), (np.nan, 2, "–")],
)  # fmt: skip
def test_numbers_in_cells_are_short(value: float, room: float, wanted: str) -> None:
    assert short(value, room) == wanted
