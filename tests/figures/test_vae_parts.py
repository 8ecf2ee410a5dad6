"""Pictures of Look inside, page `vae`, for every kind of data."""

from functools import partial

import numpy as np
import pytest
import torch

from experiments import vae_estimates, vae_inside
from experiments.vae import VAEExperiment
from experiments.vae_hand import Hand
from experiments.vae_inside import DRAWS, MEANS, PRIOR
from experiments.vae_settings import VAESettings
from figures.packing import unpack
from figures.vae_hand import hand_scene
from figures.vae_latent import ellipse, example_scene, latent_scene, ways_scene
from figures.vae_still import (
    aggregate_still,
    bound_still,
    cloud_still,
    densities_still,
    kl_still,
    lengths_still,
    strays_still,
    variance_still,
)

CASES = [
    {},
    {"latent_dim": 1},
    {"latent_dim": 64, "data": "fashion"},
    {"data": "drawings", "network": "convolutional", "latent_dim": 3},
    {"data": "points"},
    {"data": "points", "latent_dim": 8},
    {"model": "autoencoder", "latent_dim": 3},
]


def build(**settings):
    torch.manual_seed(0)
    return VAEExperiment(VAESettings(**settings))


def read(packet):
    header, _ = unpack(packet)
    width, height = header["size"]
    for item in header["items"]:
        if item["kind"] == "text":
            assert 0 <= item["at"][0] <= width
            assert 0 < item["at"][1] < height
    assert header["alt"].endswith(".")
    assert "nan" not in header["alt"]
    return header["items"]


def texts(items):
    return [item["text"] for item in items if item["kind"] == "text"]


def draw_map(experiment, place=None, *, has_tiles=True):
    seen = vae_inside.codes(experiment)
    z = seen.mean[3] if place is None else seen.up(np.array(place))
    is_points = experiment.settings.data == "points"
    return latent_scene(
        seen,
        seen.down(z),
        experiment.decoded(z[None]),
        chosen=3 if place is None else None,
        given=experiment.test_inputs([seen.places[3]]) if place is None else None,
        ellipses=(0, 1, 3),
        tiles=vae_inside.tiles(experiment, 20) if has_tiles else None,
        background=experiment.test_inputs(list(seen.places)) if is_points else None,
    )


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_the_map_is_drawn_with_and_without_tiles(settings):
    experiment = build(**settings)
    packet = draw_map(experiment)
    items = read(packet)
    assert len(packet) < 120_000
    assert [item["id"] for item in items if item["kind"] == "plane"] == ["latent"]
    assert read(draw_map(experiment, has_tiles=False))
    assert read(draw_map(experiment, (1.0, -0.5)))
    assert packet == draw_map(experiment)


def test_the_map_says_whose_code_it_is():
    experiment = build()
    place = vae_inside.codes(experiment).places[3]
    name = experiment.examples.class_names[experiment.examples.y[experiment.num_train + place]]
    assert f"test example {place + 1}, {name}" in texts(read(draw_map(experiment)))
    assert any("made up" in text for text in texts(read(draw_map(experiment, (0.3, 0.2)))))
    assert set(experiment.examples.class_names) <= set(texts(read(draw_map(experiment))))


def test_an_ellipse_is_one_deviation_around_its_centre():
    line = ellipse(np.array([1.0, 2.0]), np.diag([0.25, 0.01]))
    assert np.abs(line[:, 0] - 1).max() == pytest.approx(0.5)
    assert np.abs(line[:, 1] - 2).max() == pytest.approx(0.1)
    assert np.allclose(line[0], line[-1])
    turned = ellipse(np.zeros(2), np.array([[1.0, 1.0], [1.0, 1.0]]))  # flat, along the diagonal
    assert np.allclose(turned[:, 0], turned[:, 1], atol=1e-6)
    assert np.isfinite(ellipse(np.zeros(2), np.full((2, 2), np.inf))).all()


def test_an_exploded_network_is_drawn_too():
    experiment = build()
    with torch.no_grad():
        experiment.model.fc_mu.weight.fill_(torch.nan)
    assert read(draw_map(experiment, (0.0, 0.0)))
    ways = vae_inside.ways(experiment, 0, 1, MEANS)
    assert unpack(ways_scene(ways, ("a", "b")))
    one = vae_inside.one_example(experiment, 0)
    assert unpack(example_scene(one))
    for still in (lengths_still(ways, "light"), cloud_still(one.mean, one.deviation, (0, 1), "light")):
        assert still.figure.data


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_ways_and_examples_are_drawn(settings):
    experiment = build(**settings)
    background = experiment.test_inputs(list(range(20))) if experiment.settings.data == "points" else None
    for ends in (MEANS, DRAWS, PRIOR):
        ways = vae_inside.ways(experiment, 0, 1, ends)
        assert {"straight", "spherical"} <= set(texts(read(ways_scene(ways, ("test 1", "test 2"), background))))
    assert "Reconstruction" in texts(read(example_scene(vae_inside.one_example(experiment, 2))))


def test_the_difference_is_blue_where_something_is_missing():
    experiment = build()
    seen = vae_inside.one_example(experiment, 0)
    header, _ = unpack(example_scene(seen))
    sheet = [item for item in header["items"] if item["kind"] == "sheet" and item["palette"] == "diverging"]
    assert len(sheet) == 1
    assert sheet[0]["range"] == [-1, 1]


@pytest.mark.parametrize("settings", [case for case in CASES if case.get("model") != "autoencoder"], ids=str)
def test_the_hand_shows_its_numbers(settings):
    found = vae_estimates.hand(build(**settings), 0, 0, 0.5, 0.25, -2.0)
    words = texts(read(hand_scene(found.hand, found.decoded, found.given)))
    assert {"μ", "σ", "ε", "z", "decoder", "0.5", "0.25", "−2", "0"} <= set(words)
    assert any(word.startswith("∂f/∂z") for word in words)


@pytest.mark.parametrize(("mean", "deviation", "noise"), [(-4, 0.01, -3), (4, 2, 3), (0, 1, 0)])
def test_the_hand_fits_at_the_ends_of_its_knobs(mean, deviation, noise):
    hand = Hand(float(mean), float(deviation), float(noise), float(mean + deviation * noise), 100.0, 0.0)
    assert read(hand_scene(hand, np.zeros((1, 1, 8, 8)), np.zeros((1, 1, 8, 8))))


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("settings", CASES, ids=str)
def test_stills_say_what_they_show(settings, mode):
    experiment = build(**settings)
    ways, one, units = (
        vae_inside.ways(experiment, 0, 1, MEANS),
        vae_inside.one_example(experiment, 0),
        vae_inside.units(experiment),
    )
    draw = [
        partial(lengths_still, ways),
        partial(densities_still, ways),
        partial(cloud_still, one.mean, one.deviation, units.order),
        partial(aggregate_still, units.draws[:, 0], units.mean[:, 0], 0),
        partial(variance_still, units),
        partial(strays_still, (1, 4), {"pathwise": np.array([1.0, 0.5]), "score function": np.array([9.0, 4.5])}),
        partial(bound_still, (1, 5), np.array([-3.0, -2.0]), np.array([0.1, np.nan]), [("true density", -1.5)]),
    ]
    if settings.get("model") != "autoencoder":
        draw.append(partial(kl_still, units.kl, units.active, units.order))
    for still in (one(mode=mode) for one in draw):
        assert still.alt.endswith(".")
        assert still.figure.data


def test_units_stand_in_their_order_and_the_unused_are_grey():
    still = kl_still(np.array([0.0, 2.0, 1.0]), np.array([False, True, True]), (1, 2, 0), "light")
    used, unused = still.figure.data
    assert list(used.x) == ["2", "3"]
    assert list(used.y) == [2, 1]
    assert list(unused.x) == ["1"]
    assert list(still.figure.layout.xaxis.categoryarray) == ["2", "3", "1"]


def test_what_lies_beyond_the_axis_is_counted_at_its_edge():
    still = aggregate_still(np.array([-9.0, 0.0, 0.1, 9.0]), np.zeros(4), 1, "light")
    draws = still.figure.data[0]
    width = draws.width
    assert draws.y[0] * width == pytest.approx(0.25)
    assert draws.y[-1] * width == pytest.approx(0.25)
    assert sum(draws.y) * width == pytest.approx(1)
