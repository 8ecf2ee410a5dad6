"""The pictures of the page `attention`."""

import numpy as np
import pytest
import torch

from experiments.attention import AttentionExperiment
from experiments.attention_settings import AttentionSettings
from figures.attention import PAGE, PROJECTOR, attention_picture, card_scene
from figures.attention_still import length_curves, rise_bars
from figures.packing import unpack
from training.history import Columns

STEPS = np.arange(0, 400, 20)
NAMES = ("loss", "test_loss", "previous_share", "duplicate_share", "induction_share", "own_induction_share")
HISTORY = Columns(STEPS, {name: 1 / (1 + STEPS) for name in (*NAMES, "entropy_share")})
CASES = [{}, {"n_layers": 3, "n_heads": 8}, {"n_layers": 1}, {"task": "who did it"}, {"task": "sort", "seq_len": 40}]
per_case = pytest.mark.parametrize("settings", CASES, ids=str)


def observe(**settings):
    torch.manual_seed(0)
    return AttentionExperiment(AttentionSettings(**settings)).observe()


def header(packet):
    return unpack(packet)[0]


def draw(seen, **more):
    return attention_picture(seen, HISTORY, **{"layer": 0, "head": 1, "step": 380, **more})


@per_case
@pytest.mark.parametrize("is_large", [False, True])
def test_everything_stands_within_the_picture(settings, is_large):
    found = header(draw(observe(**settings), is_large=is_large))
    layout = PROJECTOR if is_large else PAGE
    assert found["meta"]["step"] == 380
    for item in found["items"]:
        if item["kind"] == "text":
            assert 0 <= item["at"][0] <= layout.width, item
            assert 0 <= item["at"][1] <= layout.height, item
        if item["kind"] in ("rect", "hot"):
            left, top, width, height = item["box"]
            assert left >= 0, item
            assert top >= 0, item
            assert left + width <= layout.width + 1, item
            assert top + height <= layout.height + 1, item


def test_a_head_beyond_the_last_gives_way_to_the_last():
    found = header(draw(observe(), layer=7, head=9))
    assert "layer 2, head 2" in found["alt"]


def test_every_head_and_both_neighbours_can_be_chosen():
    spots = [item for item in header(draw(observe(shown=8)))["items"] if item["kind"] == "hot"]
    ids = [spot["id"] for spot in spots]
    assert ids == ["head:0:0", "head:0:1", "head:1:0", "head:1:1", "row:-1", "row:1"]
    assert spots[-1]["disabled"]
    assert not spots[-2].get("disabled")


@per_case
def test_a_card_is_small(settings):
    assert len(card_scene(observe(**settings))) < 120_000


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_stills_say_their_numbers(mode):
    bars = rise_bars(np.array([[0.5, -0.01]]), ["previous", ""], 0.25, mode)
    assert "head 1.1 +0.500" in bars.alt
    assert list(bars.figure.data[0].x) == ["1.1<br>previous", "1.2"]
    curves = length_curves(["RoPE"], (10, 20), [np.array([0.9, 0.25])], 10, mode)
    assert "At 20 places, RoPE: 25%" in curves.alt
