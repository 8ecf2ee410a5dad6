"""What the page says about EfficientNet-Lite0 on pictures, asked of the real network."""

import numpy as np
import pytest
import torch

from data.extras import MissingExtraError
from experiments import pretrained_shelf
from experiments.pretrained_picture import NUM_SHOWN, answer, class_names, covered, examples, heat, parts
from experiments.pretrained_vision import efficientnet, normalised

TEMPLE, STAR, NOISE = "a temple", "a drawing of a star", "random pixels"


@pytest.mark.parametrize("name", list(examples()))
def test_examples_fit_the_network_and_say_whose_they_are(name: str) -> None:
    found = examples()[name]
    assert found.pixels.shape == (3, 224, 224)
    assert found.pixels.std() > 10
    assert found.source.endswith(".")


def test_answers_are_those_of_the_network() -> None:
    pixels = examples()[TEMPLE].pixels
    with torch.no_grad():
        chances = efficientnet()(normalised(torch.from_numpy(pixels)[None])).softmax(1)[0]
    said = answer(pixels)
    assert said.labels == tuple(chances.argsort(descending=True)[:5].tolist())
    assert np.allclose(said.chances, chances[list(said.labels)], rtol=1e-4)
    assert said.names[0] == class_names()[said.labels[0]] == "palace"
    assert said.entropy == pytest.approx(float(torch.special.entr(chances).sum()), rel=1e-4)


def test_it_is_right_where_it_can_be() -> None:
    said = answer(examples()["an apple, from 64 px"].pixels)
    assert said.names[0] == "Granny Smith"
    assert said.chances[0] > 0.9


def test_it_chooses_a_name_where_none_fits_and_looks_sure() -> None:
    assert answer(examples()[STAR].pixels).names[0] == "folding chair"
    assert answer(examples()[STAR].pixels).chances[0] > 0.8
    assert answer(examples()["a melon, from 64 px"].pixels).chances[0] > 0.9
    noise = answer(examples()[NOISE].pixels)
    assert noise.chances[0] > 0.1, "a hundred times as much as each of 1,000 equal chances"


def test_names_that_are_not_there() -> None:
    names = class_names()
    assert len(set(names)) > 990
    lower = [name.lower() for name in names]
    for word in ("person", "man", "woman", "dahlia", "temple", "melon", "drawing", "star", "none"):
        assert word not in lower
    dogs = names[151:269]
    assert (len(dogs), dogs[0], dogs[-1], names[269]) == (118, "Chihuahua", "Mexican hairless", "timber wolf")


def test_maps_are_those_that_vary_most() -> None:
    found = {part.name: part for part in parts(examples()[TEMPLE].pixels)}
    assert [found[name].side for name in ("stem", "block 2", "block 4", "block 6", "head")] == [112, 56, 28, 14, 7]
    assert found["head"].num_maps == 1280
    assert len(found["head"].shown) == len(found["head"].maps) == NUM_SHOWN
    spread = found["head"].maps.std(axis=(1, 2))
    assert (np.diff(spread) <= 1e-5).all()
    assert len(found["block 1"].shown) == 16
    assert found["stem"].maps.min() >= 0
    assert found["stem"].maps.max() <= 6
    assert found["block 3"].maps.min() < 0, "a block ends without a ReLU"


@pytest.mark.parametrize("name", [TEMPLE, STAR])
def test_the_heat_sums_to_the_logit_without_its_bias(name: str) -> None:
    pixels = examples()[name].pixels
    said = answer(pixels)
    for label, logit in zip(said.labels, said.logits, strict=True):
        bias = efficientnet().fc.bias[label].item()
        assert heat(pixels, label).sum() == pytest.approx(float(logit) - bias, abs=1e-3)


def test_covering_a_part_is_covering_it_with_grey() -> None:
    pixels = examples()[TEMPLE].pixels
    label = answer(pixels).labels[0]
    found = covered(pixels, label)
    assert found.shape == (7, 7)
    assert found.max() > 0.1, "something in the picture matters"
    x = normalised(torch.from_numpy(pixels)[None])
    with torch.no_grad():
        before = efficientnet()(x).softmax(1)[0, label]
        x[..., :56, :56] = 0
        assert found[0, 0] == pytest.approx((before - efficientnet()(x).softmax(1)[0, label]).item(), abs=1e-4)


def test_nothing_here_changes_the_shared_network() -> None:
    before = {name: one.clone() for name, one in efficientnet().state_dict().items()}
    pixels = examples()[STAR].pixels
    answer(pixels), parts(pixels), heat(pixels, 5)
    assert all(torch.equal(one, before[name]) for name, one in efficientnet().state_dict().items())
    assert all(one.grad is None for one in efficientnet().parameters())


def test_without_the_weights_there_is_one_sentence(without_extras: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretrained_shelf, "_shelf", {})
    with pytest.raises(MissingExtraError, match=r"^EfficientNet-Lite0 is not installed here"):
        efficientnet()
