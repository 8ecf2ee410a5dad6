"""The live picture of the page `rnn`: everything stands where it belongs, for every kind of task and size."""

import numpy as np
import pytest
import torch

from experiments.rnn import RNNExperiment
from experiments.rnn_settings import RNNSettings
from figures.packing import unpack
from figures.rnn import PAGE, PROJECTOR, card_scene, network_scene, number_text, sign_text
from figures.sequence_still import eigenvalues, gradients_by_lag, next_chances, times_by_length
from training.run import Run

CASES = [
    {},
    {"seq_len": 100},
    {"task": "memory", "seq_len": 50},
    {"task": "adding"},
    {"task": "sine", "seq_len": 40},
    {"task": "baby names"},
    {"task": "Alice", "level": "word"},
    {"task": "author sentences", "level": "byte"},
    {"task": "sunspots"},
    {"task": "CO2", "seq_len": 4, "learns_changes": True},
    {"num_layers": 2, "hidden_dim": 2, "cell": "gru"},
]


def header(packet):
    """The items of a scene and its other facts."""
    return unpack(packet)[0]


def run_of(settings):
    run = Run(RNNExperiment, RNNSettings(**settings))
    run.take(3)
    while run.is_playing:
        run.advance()
    return run.poll()


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("settings", CASES, ids=str)
def test_everything_stands_within_the_picture(settings, is_large):
    seen = run_of(settings)
    packet = network_scene(seen.observation, seen.history, step=seen.step, is_large=is_large)
    layout, found = PROJECTOR if is_large else PAGE, header(packet)
    assert len(packet) < 60_000
    assert found["size"] == [layout.width, layout.height]
    assert found["alt"].endswith(".")
    for item in found["items"]:
        if item["kind"] == "text":
            assert 0 <= item["at"][0] <= layout.width
            assert 0 <= item["at"][1] <= layout.height
        if item["kind"] in ("rect", "axes", "hot"):
            left, top, width, height = item["box"]
            assert left >= 0
            assert top >= 0
            assert left + width <= layout.width + 1
            assert top + height <= layout.height + 1
    steps = [item for item in found["items"] if item["kind"] == "hot"]
    assert len(steps) == (len(seen.observation.states) if len(seen.observation.states) <= 40 else 0)


@pytest.mark.parametrize("settings", CASES[::2], ids=str)
def test_a_card_is_small(settings):
    assert len(card_scene(run_of(settings).observation)) < 12_000


def test_a_network_that_has_failed_is_drawn():
    experiment = RNNExperiment(RNNSettings(task="sunspots"))
    with torch.no_grad():
        experiment.model.fc.bias.fill_(float("nan"))
    run = Run(RNNExperiment, RNNSettings(task="sunspots"))
    assert network_scene(experiment.observe(), run.poll().history, step=0)


def test_signs_can_be_seen():
    assert [sign_text(sign) for sign in ("\n", " ", "a", "grandfather")] == ["⏎", "␣", "a", "grandf…"]
    assert number_text(np.array([-0.5, 1.0])) == "−0.50•"
    assert number_text(np.array([0.5, 0.0])) == "0.50"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_stills_say_their_numbers(mode):
    values = np.array([1.0, 0.1, 0.01])
    assert "RNN 1.0e-02" in gradients_by_lag({"RNN": values}, "RNN", mode).alt
    assert "a 25%" in next_chances(["a", "\n"], np.array([0.25, 0.1]), mode).alt
    assert "RNN 0.01 ms" in times_by_length((1, 2, 3), {"RNN": values}, mode).alt

    class One:
        name, real, imaginary, radius = "U", values, values, 1.41

    assert "U 1.41" in eigenvalues([One()], [One()], mode).alt
