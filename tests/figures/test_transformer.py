"""The pictures of the page `transformer`: everything stands where it belongs, for every kind of task and size."""

import numpy as np
import pytest
import torch

from experiments.transformer import TransformerExperiment
from experiments.transformer_inside import first_target, leak, loss_by_confidence, writing
from experiments.transformer_search import beam_search
from experiments.transformer_settings import TransformerSettings
from figures.packing import unpack
from figures.transformer import PAGE, PROJECTOR, card_scene, transformer_scene
from figures.transformer_masks import kinds, masks_scene
from figures.transformer_steps import steps_scene
from figures.transformer_still import confidence_still, leak_still, targets_still, tree_still
from training.run import Run

CASES = [
    {},
    {"task": "sort", "length": 12, "num_heads": 1},
    {"task": "numbers in words", "language": "German"},
    {"task": "dates", "language": "Polish"},
    {"task": "spelling to phonemes"},
]


def run_of(settings, steps=2):
    run = Run(TransformerExperiment, TransformerSettings(**settings))
    run.take(steps)
    while run.is_playing:
        run.advance()
    return run.poll()


def assert_within(packet, width, height):
    """Every word and box stands in the picture."""
    found = unpack(packet)[0]
    assert found["size"] == [width, height]
    assert found["alt"].endswith(".")
    for item in found["items"]:
        if item["kind"] == "text":
            assert 0 <= item["at"][0] <= width, item
            assert 0 <= item["at"][1] <= height, item
        if item["kind"] in ("rect", "axes", "hot"):
            left, top, wide, high = item["box"]
            assert min(left, top) >= 0, item
            assert left + wide <= width + 1, item
            assert top + high <= height + 1, item
    return found["items"]


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_everything_stands_within_the_picture(settings):
    seen = run_of(settings)
    for layout, is_large in ((PAGE, False), (PROJECTOR, True)):
        for selected in (0, 5):
            packet = transformer_scene(
                seen.observation, seen.history, step=seen.step, selected=selected, is_large=is_large
            )
            items = assert_within(packet, layout.width, layout.height)
            assert len(packet) < 60_000
            assert [item["id"] for item in items if item["kind"] == "hot"] == [f"pair:{n}" for n in range(6)]
    assert len(card_scene(seen.observation)) < 12_000


def test_wrong_signs_are_orange_and_right_answers_need_no_correction():
    run = Run(TransformerExperiment, TransformerSettings(length=4))
    seen = run.poll()
    pair = seen.observation.watched[0]
    items = unpack(transformer_scene(seen.observation, seen.history, step=0))[0]["items"]
    orange = [item for item in items if item["kind"] == "text" and item.get("colour") == "negative"]
    wrong = sum(
        said != wanted
        for one in seen.observation.watched
        for said, wanted in zip(one.given, (*one.wanted, *[""] * 20), strict=False)
    )
    assert pair.given != pair.wanted
    assert len([item for item in orange if item["at"][0] < PAGE.looks[0]]) == wrong


def test_a_network_that_has_failed_is_drawn():
    experiment = TransformerExperiment(TransformerSettings())
    with torch.no_grad():
        experiment.model.output_proj.bias.fill_(float("nan"))
        experiment.model.decoder_layers[0].cross_attention.qkv.bias.fill_(float("nan"))
    history = Run(TransformerExperiment, TransformerSettings()).poll().history
    assert transformer_scene(experiment.observe(), history, step=0)


@pytest.mark.parametrize("settings", [{}, {"task": "dates"}, {"num_layers": 4, "length": 12}], ids=str)
def test_each_step_of_the_writing_is_drawn(settings):
    torch.manual_seed(0)
    experiment = TransformerExperiment(TransformerSettings(**settings))
    text = "".join(experiment.observe().watched[1].source[:-1])
    seen = writing(experiment, text)
    for at in {0, len(seen.given) - 1}:
        assert_within(steps_scene(seen, at), 1000.0, 290.0)


def test_the_tree_and_the_targets_are_drawn():
    torch.manual_seed(0)
    experiment = TransformerExperiment(TransformerSettings(label_smoothing=0.1))
    tree = beam_search(experiment, experiment.task.numbers("abc"), 5, 0.6)
    still = tree_still(tree, "light")
    shown = [number for trace in still.figure.data if trace.mode != "lines" for number in trace.x]
    assert len(shown) == len(tree.nodes)
    assert "".join(tree.answer.signs) in still.alt
    seen = leak(experiment, "abc", 1)
    assert list(leak_still(seen, "light").figure.data[0].y) == list(seen.changes)
    targets, rows, signs = first_target(experiment)
    assert "0.908 on the right sign" in targets_still(targets, rows, signs, 0.1, "dark").alt
    confidence = np.linspace(0.01, 0.99, 99)
    losses = {"a": loss_by_confidence(confidence, 13, 0.0), "b": loss_by_confidence(confidence, 13, 0.4)}
    assert "a lowest at 0.99, b lowest at 0.63" in confidence_still(confidence, losses, "light").alt


def test_gpt_sees_the_past_bert_everything_and_the_pair_both():
    gpt, bert, pair = (kind.masks for kind in kinds())
    assert (gpt[0][3] == np.tri(4)).all()
    assert bert[0][3].all()
    assert [name for name, *_ in pair] == ["encoder", "decoder", "cross"]
    assert pair[0][3].all()
    assert (pair[1][3] == np.tri(4)).all()
    assert pair[2][3].all()
    assert_within(masks_scene(), 1000.0, 250.0)
