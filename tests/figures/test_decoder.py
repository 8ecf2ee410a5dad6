"""The pictures of the page `decoder`: everything stands where it belongs, for every kind of task."""

from functools import cache

import numpy as np
import pytest
import torch

from experiments.decoder import DecoderExperiment
from experiments.decoder_inside import next_tokens, surprises
from experiments.decoder_settings import DecoderSettings
from experiments.decoder_writing import Drawing
from figures.decoder import PAGE, PROJECTOR, card_scene, maps_of, network_scene, within
from figures.decoder_still import cache_still, next_tokens_still
from figures.decoder_text import surprise_scene, words_of
from figures.packing import unpack
from training.run import Run

CASES = [
    {},
    {"variant": "leaking", "n_heads": 8},
    {"task": "reversed addition", "num_digits": 8},
    {"task": "induction", "seq_len": 128},
    {"task": "baby names", "n_layers": 1},
    {"task": "Alice", "level": "BPE", "n_layers": 4},
]


@cache
def run_of(*settings):
    run = Run(DecoderExperiment, DecoderSettings(**dict(settings)))
    run.take(3)
    while run.is_playing:
        run.advance()
    return run


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("settings", CASES, ids=str)
def test_everything_stands_within_the_picture(settings, is_large):
    seen = run_of(*settings.items()).poll()
    packet = network_scene(seen.observation, seen.history, step=seen.step, is_large=is_large)
    layout, found = PROJECTOR if is_large else PAGE, unpack(packet)[0]
    assert len(packet) < 60_000
    assert found["size"] == [layout.width, layout.height]
    for item in found["items"]:
        if item["kind"] in ("text", "hot", "rect"):
            x, y = item.get("at", item.get("box"))[:2]
            assert 0 <= x <= layout.width
            assert 0 <= y <= layout.height
    assert unpack(card_scene(seen.observation))[0]["alt"]


def test_a_head_that_is_gone_gives_way_to_the_last():
    seen = run_of().poll().observation
    assert within((7, 7), seen) == (1, 3)


def test_what_a_mask_hides_is_not_there():
    seen = run_of(("variant", "leaking"), ("n_heads", 8)).poll().observation
    shown = maps_of(seen).shown()
    assert np.isnan(shown[0, 0][~np.tri(11, dtype=bool)]).all()
    assert np.isfinite(shown[1]).all()  # the unmasked attention


def test_a_surprising_token_is_told():
    found = run_of().look(lambda experiment: surprises(experiment, True))
    place = int(np.nanargmax(found.nats))
    assert f"rank {found.ranks[place]}" in words_of(found, place)
    assert "nothing is asked" in words_of(found, 0)
    spots = [item for item in unpack(surprise_scene(found, place))[0]["items"] if item["kind"] == "hot"]
    assert len(spots) == len(found.tokens)


@pytest.mark.parametrize("how", [Drawing(), Drawing(0.0), Drawing(0.5, top_k=2)])
def test_bars_of_the_next_token(how):
    found = next_tokens(np.array([0.0, 2.0, 1.0], dtype=np.float32), how)
    still = next_tokens_still(["a", "b", "c"], found.before, found.after, found.num_kept, "light")
    assert f"{found.num_kept} of 3" in still.alt
    assert len(still.figure.data) == 2


@pytest.mark.parametrize("task", ["sort", "baby names", "Alice"])
def test_a_network_that_has_failed_is_drawn(task):
    experiment = DecoderExperiment(DecoderSettings(task=task))
    with torch.no_grad():
        experiment.model.lm_head.weight.fill_(float("nan"))
    assert network_scene(experiment.observe(), run_of().poll().history, step=0)
    assert "nan" in unpack(surprise_scene(surprises(experiment, True)))[0]["alt"]


def test_lines_of_the_cache():
    still = cache_still({"with the cache": np.ones(3), "without it": np.arange(3.0)}, "dark")
    assert "3 ms" in still.alt
