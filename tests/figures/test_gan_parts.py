"""Pictures of the look inside of the page `gan`: what is in the arrays is in the picture."""

from types import SimpleNamespace

import numpy as np
import pytest

from figures.gan_inside import (
    BINS,
    HIGHEST_SLOPE,
    histograms_still,
    ideal_scene,
    modes_scene,
    pairs_scene,
    roc_still,
    slopes_still,
)
from figures.gan_stages import BLOCKS, NEEDLE, PLANE, Stage, needles, score_limits, stage_scene
from figures.gan_walk import bent_scene, point_scene, stretch_limits, strip_scene, way_scene
from figures.packing import unpack

REAL = np.random.default_rng(0).uniform(-1, 1, (30, 2))


def items(scene, kind):
    return [item for item in unpack(scene)[0]["items"] if item["kind"] == kind]


def words(scene):
    return [item["text"] for item in items(scene, "text")]


def alt(scene):
    return unpack(scene)[0]["alt"]


def turn(who="discriminator", is_plane=True, **changes):
    n, width = 8, 2 if is_plane else 784
    draw = np.random.default_rng(1)
    is_generator = who == "generator"
    scores, curve = draw.normal(size=n), np.linspace(-3, 3, 11)
    given = {
        "who": who, "number": 1, "total": 1, "loss_name": "minimax", "is_plane": is_plane, "gives_chances": True,
        "shape": (1, 28, 28), "noise": draw.normal(size=(n, 2)), "fakes": draw.uniform(-1, 1, (n, width)),
        "real": None if is_generator else draw.uniform(-1, 1, (n, width)), "fake_scores": scores, "share": 1.0,
        "real_scores": None if is_generator else -scores, "fake_costs": np.exp(scores),
        "real_costs": None if is_generator else np.exp(scores), "penalty": 0.0, "loss": 0.5, "loss_after": 0.4,
        "fake_after": scores + 0.1, "real_after": None if is_generator else -scores,
        "slopes": draw.normal(size=(n, width)) if is_generator else None,
        "moved": draw.uniform(-1, 1, (n, width)) if is_generator else None, "rate": 0.1,
        "parts": (SimpleNamespace(name="layer 1 weight", length=2.0, gradient=0.25, update=0.1),),
        "curve_scores": curve, "fake_curve": np.exp(curve), "real_curve": np.exp(-curve),
        "field": np.full((4, 4), 0.25), "field_after": np.full((4, 4), 0.75),
    }  # fmt: skip
    return SimpleNamespace(**given | changes)


KINDS = ("noise", "fakes", "judge", "loss", "gradient", "update")


@pytest.mark.parametrize("is_plane", [True, False], ids=["points", "pictures"])
@pytest.mark.parametrize(("who", "kind"), [("discriminator", kind) for kind in KINDS] + [
    ("generator", kind) for kind in (*KINDS, "slopes")])  # fmt: skip
def test_every_stage_can_be_drawn(who, kind, is_plane):
    scene = stage_scene(turn(who, is_plane), Stage(kind, ("noise", "generator"), (("noise", "generator"),)), 3)
    assert {block.words for block in BLOCKS.values()} <= set(words(scene))
    assert f"stage {kind}" in alt(scene)
    assert "noise z, generator G" in alt(scene)


def test_blocks_that_take_part_stand_out():
    scene = stage_scene(turn(), Stage("loss", ("discriminator", "loss"), (("discriminator", "loss"),)), 0)
    strokes = [item["stroke"] for item in items(scene, "rect") if item.get("stroke")]
    assert strokes.count("accent") == 2
    assert strokes.count("hairline") == len(BLOCKS) - 2


def test_a_gradient_runs_backwards():
    forward, back = (
        stage_scene(turn(), Stage("gradient", (), (("discriminator", "loss"),), is_back), 0)
        for is_back in (False, True)
    )
    colours = [[item["colours"][0] for item in items(scene, "lines")] for scene in (forward, back)]
    assert "negative" not in colours[0]
    assert "negative" in colours[1]


def test_needles_run_against_the_slope_and_the_longest_is_fixed():
    fakes, slopes = np.zeros((2, 2)), np.array([[2.0, 0.0], [0.0, -1.0]])
    one, other = needles(fakes, slopes)
    np.testing.assert_allclose(one[1], [-2 * NEEDLE, 0])
    np.testing.assert_allclose(other[1], [0, NEEDLE])
    still = needles(fakes, np.zeros((2, 2)))
    np.testing.assert_array_equal(still[0][0], still[0][1])
    assert np.isfinite(needles(fakes, np.full((2, 2), np.nan))[0]).all()


def test_before_and_after_share_one_axis_of_scores():
    assert score_limits(turn(fake_after=np.full(8, 4.2))) == (-5.0, 5.0)
    assert score_limits(turn(fake_after=np.full(8, np.inf)))[1] < 10
    tiny = np.full(8, 1e-5)
    assert score_limits(turn(**dict.fromkeys(("fake_after", "real_after", "fake_scores", "real_scores"), tiny))) == (
        -0.01,
        0.01,
    )


def test_numbers_that_are_none_are_drawn_too():
    broken = np.full(8, np.nan)
    given = turn(fake_scores=broken, real_scores=broken, fake_after=broken, real_after=broken, fake_costs=broken,
                 real_costs=broken)  # fmt: skip
    for kind in KINDS:
        assert stage_scene(given, Stage(kind, (), ()), 0)


def test_a_batch_of_one_picture_is_enough():
    given = turn("generator", is_plane=False)
    one = {name: value[:1] for name, value in vars(given).items() if isinstance(value, np.ndarray) and len(value) == 8}
    for kind in ("fakes", "slopes", "update"):
        assert stage_scene(SimpleNamespace(**vars(given) | one), Stage(kind, (), ()), 0)


def test_the_picture_followed_is_marked():
    scene = stage_scene(turn(is_plane=False), Stage("judge", (), ()), 5)
    sheets = items(scene, "sheet")
    assert [sheet["selected"] for sheet in sheets] == [[0], [0]]
    assert all(box[0] >= PLANE[0] for box in (item["box"] for item in items(scene, "sheet") if "box" in item))


# ---- noise ---------------------------------------------------------------------------------------------------------


def test_the_bent_grid_says_how_far_it_is_stretched():
    ends = np.linspace(-2, 2, 9)
    noise = np.stack(np.meshgrid(ends, ends, indexing="ij"), axis=2)
    scene = bent_scene(noise, 0.3 * noise, np.full((8, 8), 0.09), REAL)
    assert "9.0e-02" in alt(scene)
    assert "× 0.09" in next(item["labels"] for item in items(scene, "colorbar"))
    low, high = stretch_limits(np.zeros((4, 4)))
    assert low < 0 < high, "equal cells still have a scale"
    assert bent_scene(noise, 0 * noise, np.zeros((8, 8)), REAL), "a collapsed generator is drawn too"


def test_a_way_has_its_ends_named():
    way = np.linspace([-1, -1], [1, 1], 11)
    scene = way_scene(way, 0.5 * way, REAL, (-3.0, 3.0))
    assert words(scene).count("A") == words(scene).count("B") == 2
    assert "length 1.41" in alt(scene)


def test_tiles_and_points():
    scene = strip_scene(np.zeros((3, 1, 28, 28)), ["0%", "50%", "100%"], "three")
    assert items(scene, "sheet")[0]["labels"] == ["0%", "50%", "100%"]
    assert "(0.50, −0.25)".replace("−", "-") in alt(point_scene(np.zeros(2), np.array([0.5, -0.25]), REAL))


# ---- scores, modes, copies, slopes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_histograms_hold_all_of_each_sample(mode):
    samples = {"real": np.array([0.2, 0.9]), "fake": np.array([0.1, 0.1, 3.0]), "<b>": np.array([0.5])}
    still = histograms_still(samples, "D(x)", mode, what="Scores", limits=(0.0, 1.0))
    assert [trace.y.sum() for trace in still.figure.data] == pytest.approx([1, 1, 1])
    assert len(still.figure.data[0].y) == BINS
    assert still.figure.data[1].y[-1] == pytest.approx(1 / 3), "what lies beyond counts for the last bin"
    assert still.figure.data[2].name == "&lt;b&gt;"
    assert "real 0.55 on average" in still.alt
    assert histograms_still({"real": np.zeros(3), "fake": np.zeros(3)}, "", mode, what="Equal")


def test_the_roc_curve_has_its_area_in_words():
    still = roc_still(np.array([0.0, 0.5, 1.0]), np.array([0.0, 1.0, 1.0]), 0.75, "light")
    assert "0.750" in still.alt
    assert list(still.figure.data[0].y) == [0, 1, 1]


def test_the_best_discriminator_is_upside_up():
    said, best = np.zeros((2, 2)), np.array([[0.25, np.nan], [0.75, 1.0]])
    scene = ideal_scene(said, best, REAL, REAL)
    assert len(items(scene, "sheet")) == 3
    assert "0.67 on average" in alt(scene)


def test_missed_modes_are_dashed():
    centres = np.array([[0.5, 0.0], [-0.5, 0.0], [0.0, 0.5]])
    scene = modes_scene(centres, np.full(3, 0.1), np.array([0.5, 0.0, 0.5]), np.array([True, False, True]), REAL)
    assert [line.get("dash") for line in items(scene, "lines")] == [None, True]
    assert [len(line["colours"]) for line in items(scene, "lines")] == [2, 1]
    assert "2 are reached" in alt(scene).replace("of which ", "")
    assert "50%" in words(scene)


def test_pairs_stand_below_each_other():
    scene = pairs_scene(np.zeros((4, 1, 28, 28)), np.ones((4, 1, 28, 28)), ["0.1", "0.2", "0.3", "0.4"])
    assert len(items(scene, "sheet")) == 2
    assert items(scene, "sheet")[1]["labels"] == ["0.1", "0.2", "0.3", "0.4"]


def test_equal_slopes_share_a_line_and_the_runs_own_is_thick():
    scores = np.linspace(-8, 8, 5)
    slopes = {"minimax": 1 / (1 + np.exp(-scores)), "hinge": np.ones(5), "WGAN": np.ones(5)}
    still = slopes_still(scores, slopes, -20.0, "WGAN", "light")
    lines = [trace for trace in still.figure.data if trace.mode == "lines"]
    assert [line.name for line in lines] == ["minimax", "hinge, WGAN"]
    assert [line.line.width for line in lines] == [2, 4]
    mark = still.figure.data[-1]
    assert (mark.x[0], mark.y[0]) == (-8, 1), "it stays in the picture"
    assert mark.y[0] <= HIGHEST_SLOPE
