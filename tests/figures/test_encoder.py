"""Pictures of the page `encoder`, for every task."""

import numpy as np
import pytest
import torch

from experiments.encoder import EncoderExperiment
from experiments.encoder_settings import EncoderSettings
from figures.encoder import card_scene, cut, encoder_scene
from figures.encoder_inside import change_scene
from figures.encoder_layout import PAGE, PROJECTOR
from figures.encoder_still import chances_by_place, clues_still, guesses_still, mean_known, padding_still, states_still
from figures.packing import unpack
from training.history import Columns

STEPS = np.arange(0, 400, 20)
HISTORY = Columns(
    STEPS, {name: 1 / (1 + STEPS) for name in ("loss", "test_loss", "accuracy", "test_accuracy", "gap_loss")}
)
CASES = [
    {},
    {"max_len": 100, "data": "authors", "level": "character"},
    {"task": "fill gaps", "data": "names", "level": "character", "mask_share": 0.4, "random_share": 0.5},
    {"task": "fill gaps", "data": "Alice", "max_len": 64},
    {"task": "pretrain first", "pretrain_steps": 100},
    {"data": "names", "level": "character"},
]


def build(**settings):
    torch.manual_seed(0)
    return EncoderExperiment(EncoderSettings(**settings))


def items(packet):
    return unpack(packet)[0]["items"]


@pytest.mark.parametrize("settings", CASES, ids=str)
@pytest.mark.parametrize("is_large", [False, True])
def test_every_task_is_drawn_within_the_picture_in_few_bytes(settings, is_large):
    seen, layout = build(**settings).observe(), PROJECTOR if is_large else PAGE
    packet = encoder_scene(seen, HISTORY, step=380, is_large=is_large)
    assert len(packet) < 24_000
    for item in items(packet):
        if item["kind"] == "text":
            x, y = item["at"]
            assert 0 <= x <= layout.width
            assert 0 < y < layout.height
        if item["kind"] == "rect":
            assert item["box"][0] + item["box"][2] <= layout.width
    assert items(card_scene(seen))


def test_bars_are_blue_for_what_speaks_for_the_answer():
    seen = build().observe()
    words = {item["text"] for item in items(encoder_scene(seen, HISTORY, step=380)) if item["kind"] == "text"}
    assert {"attention", "left out", "slope × input", *seen.class_names} <= words
    colours = {item.get("fill") for item in items(encoder_scene(seen, HISTORY, step=380)) if item["kind"] == "rect"}
    assert {"positive", "negative", "grey"} <= colours


def test_right_gaps_are_blue_and_wrong_ones_orange_with_the_right_symbol_below():
    seen = build(**CASES[2]).observe()
    asked = seen.gaps.role[:, 1:] > 0
    right = int((seen.gaps.is_right[:, 1:] & asked).sum())
    texts = [item for item in items(encoder_scene(seen, HISTORY, step=380)) if item["kind"] == "text"]
    strong = [item for item in texts if item.get("weight") == 600 and item["align"] == "center"]
    assert sum(item["colour"] == "positive" for item in strong) == right
    assert sum(item["colour"] == "negative" for item in strong) == int(asked.sum()) - right


def test_spaces_are_seen_and_long_symbols_cut():
    assert cut(" ") == "␣"
    assert len(cut("x" * 40)) == 14


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_stills_say_what_they_show(mode):
    experiment = build(task="pretrain first", pretrain_steps=20)
    sentence, filled = experiment.read_text("la la le"), experiment.fill("la la le", (1,))
    masked, unmasked = experiment.padded(0, 4)
    states = experiment.states(60)
    chances = np.array([0.1, np.nan, 0.3])
    for still in (
        clues_still(sentence, mode),
        guesses_still(filled.guesses[0], mode),
        padding_still(masked[:, 0], unmasked[:, 0], "Dutch", mode),
        states_still(states, 1, experiment.corpus.class_names, mode),
        states_still(states, 0, (), mode),
        chances_by_place(("a", " ", "b"), ("both sides", "left only"), (chances, chances), mode),
    ):
        assert still.alt.endswith(".")
        assert still.figure.data
    assert mean_known(chances) == pytest.approx(0.2)
    assert items(change_scene(filled.after[0, 0] - filled.before[0, 0], filled.symbols))
