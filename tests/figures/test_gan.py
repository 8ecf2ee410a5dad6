"""The live picture of the page `gan`, for points and for pictures."""

import numpy as np
import pytest
import torch

from experiments.gan import GANExperiment
from experiments.gan_settings import GANSettings
from figures.gan import card_scene, far_in_words, gan_scene, limits_of
from figures.gan_layout import PAGE, PROJECTOR
from figures.gan_plane import FIRST_LAYERS, LAYERS, points_scene
from figures.packing import unpack
from training.run import Run

NAMES = tuple(layer.name for layer in LAYERS)
CASES = [{}, {"noise_dim": 1, "noise": "uniform"}, {"loss": "WGAN", "data": "spiral"}, {"data": "digits"}]


@pytest.fixture(scope="module", params=CASES, ids=str)
def snapshot(request):
    run = Run(GANExperiment, GANSettings(**request.param))
    run.take(40)
    while run.is_playing:
        run.advance(1)
    return run.poll()


def drawn(snapshot, layers=FIRST_LAYERS, **told):
    return unpack(gan_scene(snapshot.observation, snapshot.history, step=snapshot.step, layers=layers, **told))[0]


def kinds(packet):
    return [item["kind"] for item in packet["items"]]


@pytest.mark.parametrize("is_large", [False, True])
def test_everything_stands_within_the_picture(snapshot, is_large):
    packet, layout = drawn(snapshot, NAMES, is_large=is_large), PROJECTOR if is_large else PAGE
    assert packet["size"] == [layout.width, layout.height]
    for item in packet["items"]:
        if item["kind"] == "text":
            x, y = item["at"]
            assert 0 <= x <= layout.width
            assert 0.5 * item["size"] <= y <= layout.height - 0.4 * item["size"]
            if item["align"] == "left":
                assert x + 0.48 * item["size"] * len(item["text"]) <= layout.width, item["text"]
        if "box" in item:
            left, top, width, height = item["box"]
            assert left >= 0
            assert top >= 0
            assert left + width <= layout.width
            assert top + height <= layout.height + 1


def test_a_picture_takes_few_bytes(snapshot):
    packet = gan_scene(snapshot.observation, snapshot.history, step=snapshot.step, layers=NAMES)
    assert len(packet) < (60_000 if snapshot.observation.pictures else 24_000)


def test_layers_are_switched_from_the_legend(snapshot):
    if snapshot.observation.plane is None:
        assert not any(item.get("id", "").startswith("layer:") for item in drawn(snapshot)["items"])
        return
    shown = [item for item in drawn(snapshot, ("field",))["items"] if item.get("id", "").startswith("layer:")]
    has_modes = bool(len(snapshot.observation.plane.modes))
    assert [item["id"][6:] for item in shown] == list(NAMES if has_modes else NAMES[:-1])
    assert [item["pressed"] for item in shown] == [item["id"] == "layer:field" for item in shown]
    assert kinds(drawn(snapshot, ())).count("points") == 1, "the noise is left"
    assert kinds(drawn(snapshot, ("real", "fake"))).count("points") == 3
    assert kinds(drawn(snapshot, ("field",))).count("sheet") == 1


def test_own_points_can_be_placed_where_they_are_asked_for(snapshot):
    is_plane = snapshot.observation.plane is not None
    assert kinds(drawn(snapshot, can_place_points=True)).count("plane") == is_plane
    assert "plane" not in kinds(drawn(snapshot))


def test_the_picture_is_told_in_words(snapshot):
    assert "Energy distance" in drawn(snapshot)["alt"]
    assert all(words in drawn(snapshot)["alt"] for words in snapshot.observation.verdicts)
    assert "Wasserstein distance" in far_in_words(snapshot.observation)


def test_an_alarm_is_strong():
    torch.manual_seed(0)
    run = Run(GANExperiment, GANSettings(momentum=0.9))
    run.take(300)
    while run.is_playing:
        run.advance(1)
    texts = {item["text"]: item for item in drawn(run.poll())["items"] if item["kind"] == "text"}
    for words in run.poll().observation.verdicts:
        is_alarm = words in run.poll().observation.alarms
        assert (texts[words]["colour"] == "negative") == is_alarm
    assert run.poll().observation.alarms


def test_a_card_is_small(snapshot):
    assert len(card_scene(snapshot.observation)) < 12_000


@pytest.mark.parametrize("number", [0, 5])
def test_the_empty_plane_takes_points(number):
    packet = unpack(points_scene([(0.1 * i, -0.1) for i in range(number)], is_large=bool(number)))[0]
    assert kinds(packet).count("points") == (number > 0)
    assert kinds(packet).count("plane") == 1


@pytest.mark.parametrize(
    ("values", "limits"),
    [
        ([0.2, 0.69], (0, 0.7)),
        ([-0.7, -0.1], (-0.7, 0)),
        ([-2.5, 1.2], (-3, 1.5)),
        ([np.nan, np.nan], (0, 1)),
        ([0], (0, 1)),
    ],
)
def test_losses_below_zero_have_room(values, limits):
    assert limits_of(np.array(values, dtype=float)) == pytest.approx(limits)
