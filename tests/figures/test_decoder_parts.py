"""Pictures of the leak test, the lens, the costs and the ladder: what is in the arrays is in the picture."""

import numpy as np
import pytest

from figures.curves import Level
from figures.decoder_cost import DOT, SIDE, cache_lines, in_bytes, share_bars, short, squares_scene
from figures.decoder_ladder import ladder_points
from figures.decoder_leak import LeakTables, leak_scene, verdict
from figures.decoder_lens import attribution_bars, lens_scene
from figures.packing import unpack
from figures.race import Racer, race_scene


def items(scene, kind):
    return [item for item in unpack(scene)[0]["items"] if item["kind"] == kind]


def words(scene):
    return [item["text"] for item in items(scene, "text")]


# ---- leak test -----------------------------------------------------------------------------------------------------


def tables(leak=0.0, label="network"):
    moved = np.tril(np.ones((4, 4)))
    moved[1, 3] = leak
    return LeakTables(label, moved, np.tril(np.ones((4, 4))))


def test_a_leak_is_outlined_and_exact_zeros_are_written():
    tight, leaky = (leak_scene([tables(leak)], ["a", "b", "c", "d"], 2) for leak in (0.0, 1e-9))
    outlined = [[one for one in items(scene, "rect") if one["stroke"] == "negative"] for scene in (tight, leaky)]
    assert [len(found) for found in outlined] == [0, 1]
    assert [words(scene).count("0") for scene in (tight, leaky)] == [12, 11], "six above each diagonal"
    assert "nothing leaks" in words(tight)
    assert "1 of 6 pairs leak" in words(leaky)


def test_every_token_of_every_table_can_be_clicked():
    scene = leak_scene([tables(label="one"), tables(label="two")], ["a", "b", "c", "d"], 0)
    assert len(items(scene, "hot")) == 2 * 2 * 4
    assert {spot["event"]["token"] for spot in items(scene, "hot")} == {0, 1, 2, 3}


def test_tables_of_an_exploded_network_are_drawn_and_called_so():
    broken = LeakTables("broken", np.full((4, 4), np.nan), np.full((4, 4), np.inf))
    assert verdict(broken) == "no numbers any more"
    assert leak_scene([broken], ["a", "b", "c", "d"], 0)


# ---- lens ----------------------------------------------------------------------------------------------------------


def test_each_cell_says_its_token_and_what_comes_next_is_underlined():
    chances = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, np.nan]])
    scene = lens_scene(["embeddings", "layer 1"], ["a", "b", "c"], [["b", "x", "y"], ["z", "c", "w"]], chances, (1, 2))
    assert {"b", "x", "y", "z", "c", "w", "embeddings", "layer 1"} <= set(words(scene))
    assert len([one for one in items(scene, "rect") if one.get("fill") == "accent"]) == 2  # b after a, c after b
    assert [spot["event"]["cell"] for spot in items(scene, "hot")][-1] == [1, 2]
    assert "after c w" in unpack(scene)[0]["alt"]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_bars_have_the_terms_and_the_sign_has_the_colour(mode):
    still = attribution_bars(["token", "head"], np.array([1.5, -0.5]), "<b>", mode)
    bar = still.figure.data[0]
    assert list(bar.x) == [1.5, -0.5]
    assert len(set(bar.marker.color)) == 2
    assert "Sum 1.000" in still.alt
    assert "<b>" not in still.figure.layout.xaxis.title.text


# ---- costs ---------------------------------------------------------------------------------------------------------


def test_areas_are_to_scale_and_bands_to_the_parts():
    counts = np.array([[50.0, 50.0], [100.0, 300.0]])
    bands = [one["box"] for one in items(squares_scene(["small", "large"], counts, ["one", "two"]), "rect")][:4]
    areas = [wide * high for _, _, wide, high in bands]
    np.testing.assert_allclose(np.array(areas) / SIDE**2, counts.ravel() / 400, rtol=0.01)


def test_what_is_too_small_to_see_is_a_dot_that_says_so():
    scene = squares_scene(["tiny", "huge"], np.array([[10.0], [1e12]]), ["all"])
    assert "10 (drawn too large)" in words(scene)
    assert any(one["box"][2] == DOT for one in items(scene, "rect"))


def test_numbers_are_short():
    assert [short(value) for value in (7, 17_696, 124_439_808, 1.56e9, 174.6e9)] == [
        "7",
        "17.7k",
        "124M",
        "1.56B",
        "175B",
    ]
    assert [in_bytes(value) for value in (5, 5632, 9 * 2**30)] == ["5 B", "5.50 KiB", "9.00 GiB"]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_shares_and_caches_are_drawn_for_every_model(mode):
    still = share_bars(["a", "b"], np.array([[0.25, 0.75], [0.5, 0.5]]), ["one", "two"], "parameters", mode)
    assert [list(bar.x) for bar in still.figure.data] == [[0.25, 0.5], [0.75, 0.5]]
    still = cache_lines(["a", "b"], [128.0, 4096.0], [11, 1024], mode)
    solid = [line for line in still.figure.data if line.showlegend]
    assert [(line.x[-1], line.y[-1]) for line in solid] == [(11, 11 * 128), (1024, 1024 * 4096)]
    assert "4.00 MiB at 1,024 tokens" in still.alt


# ---- ladder --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_two_axes_of_the_ladder_say_the_same_in_nats_and_bits(mode):
    levels = [Level("counts", 2.4)]
    still = ladder_points(
        ["a: x", "b: y"], np.array([10.0, 1e4]), np.array([2.5, 2.0]), levels, 1.5, "parameters", mode
    )
    layout = still.figure.layout
    np.testing.assert_allclose(np.array(layout.yaxis.range) * 1.5, layout.yaxis2.range)
    assert layout.yaxis.range[0] < 2.0 < 2.5 < layout.yaxis.range[1]
    assert [point.text[0] for point in still.figure.data[:2]] == ["a", "b"]
    assert "b: y: 2.000 at 1e+04" in still.alt


def test_a_race_has_lines_to_compare_with():
    racer = Racer("one", np.array([0, 10]), {"loss": np.array([3.0, 2.5])})
    scene = race_scene([racer], {"loss": "loss"}, 10, {"loss": [Level("ln V = 2.77", 2.77)]})
    assert "ln V = 2.77" in words(scene)
    assert len(items(scene, "lines")) == 2
