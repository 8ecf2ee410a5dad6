"""The live picture of the page `optimizers` and its equations."""

import math
import re

import numpy as np
import pytest

from experiments.optimizers import RaceExperiment
from experiments.optimizers_settings import NAMES, RaceSettings
from figures import theme
from figures.optimizers import STORIES, card_scene, cut, race_scene, rate_words, shade
from figures.optimizers_formula import RULES, pair, short, update_lines
from figures.optimizers_layout import LOOKS, PAGE, PROJECTOR
from figures.optimizers_still import path_map, path_relief
from figures.packing import unpack
from training.run import Run, Stop
from training.settings import choices_of

SURFACES = choices_of(RaceSettings.model_fields["surface"])
RUNS: dict[tuple, Run] = {}


def raced(steps=60, **settings):
    key = (steps, *sorted(settings.items()))
    if key not in RUNS:
        run = RUNS[key] = Run(RaceExperiment, RaceSettings(**settings))
        if steps:
            run.play(Stop(steps=steps))
        while run.is_playing:
            run.advance(1.0)
    return RUNS[key].poll()


def scene(snapshot, **more):
    return race_scene(snapshot.observation, snapshot.history, step=snapshot.step, **more)


def items(packet, kind):
    return [item for item in unpack(packet)[0]["items"] if item["kind"] == kind]


def texts(packet):
    return [item["text"] for item in items(packet, "text")]


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("steps", [0, 60])
@pytest.mark.parametrize("is_large", [False, True])
def test_every_surface_is_drawn_inside_the_picture(surface, steps, is_large):
    packet = scene(raced(steps, surface=surface), is_large=is_large)
    layout = PROJECTOR if is_large else PAGE
    assert len(packet) < 14_000
    for item in items(packet, "text"):
        assert 0 <= item["at"][0] <= layout.width, item
        assert 0 <= item["at"][1] <= layout.height - 5, item
    (ground,) = items(packet, "plane")
    assert ground["id"] == "ground"
    assert len(card_scene(raced(steps, surface=surface).observation)) < 14_000


@pytest.mark.parametrize("surface", ["ravine", "bowl"])
def test_seven_long_trails_stay_within_a_tick_s_budget(surface):
    assert len(scene(raced(600, surface=surface, racers=NAMES, noise=2.0))) < 15_000


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("is_large", [False, True])
def test_the_equations_of_each_fit_into_the_picture(name, is_large):
    settings = {"racers": NAMES, "optimizer": name, "weight_decay": 0.1}
    snapshot = raced(20, **settings)
    packet = scene(snapshot, is_large=is_large)
    layout = PROJECTOR if is_large else PAGE
    words = texts(packet)
    lines = update_lines(snapshot.observation.updates[snapshot.observation.focus])
    for line in lines:
        assert f"= {line.result}" in words
    lowest = max(item["at"][1] for item in items(packet, "text"))
    assert lowest <= layout.height - layout.scale.note / 2


def test_an_equation_with_its_numbers_put_in_is_right():
    """The numbers shown, computed anew from the words on the screen."""
    snapshot = raced(5, racers=NAMES, noise=0.0)
    seen = snapshot.observation
    for update in seen.updates:
        words = update_lines(update)[-1]
        assert words.symbol == "Δ"
        assert words.result == pair(update.move)
    (momentum,) = [update for update in seen.updates if update.name == "momentum"]
    buffer = update_lines(momentum)[1]
    found = re.fullmatch(r"(\S+)·\((\S+), (\S+)\) \+ \((\S+), (\S+)\)", buffer.numbers.replace("−", "-"))
    kept, *others = map(float, found.groups())
    total = [kept * others[0] + others[2], kept * others[1] + others[3]]
    np.testing.assert_allclose(total, momentum.first, rtol=0.02, atol=0.01)


def test_numbers_are_short_and_true():
    assert [short(one) for one in (0.0, 1.0, -0.25, 1234.5, 0.00012, math.nan)] == [
        "0", "1", "−0.25", "1,230", "1.2e−4", "nan",
    ]  # fmt: skip


def test_a_click_in_the_standings_puts_a_racer_in_focus():
    packet = scene(raced(optimizer="adam"))
    spots = {item["id"]: item for item in items(packet, "hot")}
    assert {f"focus:{name}" for name in raced().observation.racers} <= set(spots)
    assert spots["focus:adam"]["pressed"] is True
    assert spots["focus:sgd"]["pressed"] is False
    assert {"rate:limit", "rate:best"} <= set(spots)
    spots = {item["id"] for item in items(scene(raced(optimizer="momentum")), "hot")}
    assert {name for name in spots if name.startswith("rate:")} == {"rate:limit"}


def test_one_that_diverged_is_said_to_have():
    snapshot = raced(200, optimizer="adam", learning_rate=0.1, noise=0.0)
    words = texts(scene(snapshot))
    assert words.count("diverged") == sum(snapshot.observation.is_out) > 0
    assert "SGD diverged" in unpack(scene(snapshot))[0]["alt"]


@pytest.mark.parametrize(
    ("rate", "words"),
    [(0.001, "too slow"), (0.03, "glides"), (0.06, "zigzags"), (0.08, "for ever"), (0.1, "diverges")],
)
def test_what_a_rate_means_is_said(rate, words):
    seen = raced(0, learning_rate=rate, condition=25.0).observation
    assert words in rate_words(seen.bowl)


def test_the_mark_on_the_rate_axis_moves_with_the_rate():
    places = []
    for rate in (0.01, 0.05, 0.08):
        marks = [item for item in items(scene(raced(0, learning_rate=rate)), "points") if item["shape"] == "diamond"]
        data = unpack(scene(raced(0, learning_rate=rate)))[1]
        offset = marks[-1]["xy"][0]
        places.append(int(np.frombuffer(data[offset : offset + 2], np.uint16)[0]))
    assert places == sorted(set(places))


def test_shades_run_from_nothing_to_one_and_keep_the_order():
    field = np.arange(100.0).reshape(10, 10) ** 2 + 3
    shades = shade(field, field).flatten()
    assert shades[0] == 0
    assert (np.diff(shades[:90]) > 0).all()
    assert shades[90:] == pytest.approx(1)


def test_a_trail_that_goes_far_out_keeps_its_direction():
    near = np.array([[0.0, 0.0], [1.0, 2.0]])
    np.testing.assert_array_equal(cut(near, 4.0), near)
    found = cut(np.array([[0.0, 0.0], [100.0, 200.0], [-100.0, 200.0], [-100.0, -200.0], [100.0, 0.0]]), 4.0)
    np.testing.assert_allclose(found[:2], [[0, 0], [3, 6]])
    assert np.abs(found[np.isfinite(found)]).max() <= 6
    assert len(found) == 3, "the other lines pass the picture by"
    crossing = cut(np.array([[-100.0, -100.0], [100.0, 100.0]]), 4.0)
    np.testing.assert_allclose(crossing[:2], [[-6, -6], [6, 6]])


def test_every_racer_has_a_look_of_its_own():
    assert set(LOOKS) == set(NAMES) == set(RULES)
    assert len({look.colour for look in LOOKS.values()}) == len(LOOKS)
    assert len({(look.shape, look.is_hollow) for look in LOOKS.values()}) == len(LOOKS)
    assert all(look.colour < len(theme.CLASSES) for look in LOOKS.values())
    assert set(STORIES) == set(SURFACES) - {"bowl", "real network"}


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("surface", ["bowl", "saddle", "real network"])
def test_pictures_to_inspect_say_step_loss_and_slope(surface, mode):
    snapshot = raced(60, surface=surface)
    numbers = RUNS[(60, ("surface", surface))].call("path_numbers")
    for still in (path_map(snapshot.observation, *numbers, mode), path_relief(snapshot.observation, *numbers, mode)):
        assert still.alt.endswith(".")
        paths = still.figure.data[1:]
        assert [path.name for path in paths] == [LOOKS[name].name for name in snapshot.observation.racers]
        assert paths[0].customdata[0][0] == 0
        assert paths[0].customdata[-1][0] == 60
        assert paths[0].customdata[-1][1] == pytest.approx(snapshot.history.last("sgd"), rel=1e-3)
