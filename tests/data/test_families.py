"""What the map says of well-known networks, compared with whatever can be counted here."""

import re
from importlib.metadata import metadata
from itertools import pairwise

import gguf
import numpy as np
import pytest
import torch
from safetensors import safe_open
from torch_geometric.nn import SchNet

from data.extras import EXTRAS, weights_file
from data.families import AGPL, FAMILIES, NOT_GIVEN, PLACES, TASKS
from data.vision import load_torchvision

BY_NAME = {one.name: one for one in FAMILIES}


@pytest.mark.parametrize("one", FAMILIES, ids=lambda one: one.name)
def test_every_row_is_whole(one):
    assert 1990 <= one.year <= 2026
    assert 1_000 < one.parameters < 10**12
    assert one.task in TASKS
    assert one.paper.startswith("https://")
    assert one.data
    assert one.licence
    assert (one.licence == NOT_GIVEN) <= (one.where == "")
    if "arxiv" in one.paper:
        assert (found := re.fullmatch(r"https://arxiv.org/abs/(\d\d)(\d\d)\.\d{4,5}", one.paper))
        assert abs(one.year - (2000 + int(found[1]))) <= 2, "the paper came near that year"


def test_there_are_enough_and_none_twice():
    assert 40 <= len(FAMILIES) <= 55
    assert len(BY_NAME) == len(FAMILIES)
    assert {one.task for one in FAMILIES} == set(TASKS)
    assert len([one for one in FAMILIES if one.registry]) >= 12


def test_torchvision_gives_the_same_numbers():
    models = load_torchvision("torchvision.models")
    for one in FAMILIES:
        if one.registry:
            weights = next(iter(models.get_model_weights(one.registry)))
            assert weights.meta["num_params"] == one.parameters, one.name


def test_the_installed_weights_have_as_many():
    state = torch.load(weights_file("efficientnet"), weights_only=True)
    learnt = [one.numel() for name, one in state.items() if "running" not in name and "num_batches" not in name]
    assert sum(learnt) == BY_NAME["EfficientNet-Lite0"].parameters
    with safe_open(weights_file("minilm"), "numpy") as file:
        shapes = [file.get_slice(key).get_shape() for key in file.keys() if "position_ids" not in key]  # noqa: SIM118
    assert sum(int(np.prod(shape)) for shape in shapes) == BY_NAME["all-MiniLM-L6-v2"].parameters
    blocks = gguf.GGUFReader(weights_file("smollm")).tensors
    assert sum(int(np.prod(one.shape)) for one in blocks) == BY_NAME["SmolLM2-135M"].parameters
    for name, extra in (
        ("EfficientNet-Lite0", "efficientnet"),
        ("all-MiniLM-L6-v2", "minilm"),
        ("SmolLM2-135M", "smollm"),
    ):
        assert BY_NAME[name].licence == EXTRAS[extra].licence
    assert sum(one.numel() for one in SchNet().parameters()) == BY_NAME["SchNet"].parameters


def test_what_can_be_worked_out_by_hand_is_right():
    def conv(before, after, kernel=9):
        return kernel * before * after + after

    widths = [1, 64, 128, 256, 512, 1024]
    down = sum(conv(a, b) + conv(b, b) for a, b in pairwise(widths))
    up = sum(conv(2 * b, b, 4) + conv(2 * b, b) + conv(b, b) for b in (512, 256, 128, 64))
    assert down + up + conv(64, 2, 1) == BY_NAME["U-Net"].parameters
    widths = [100, 512, 256, 128, 64, 3]
    kernels = sum(16 * a * b for a, b in pairwise(widths))
    assert kernels + 2 * sum(widths[1:-1]) == BY_NAME["DCGAN (generator)"].parameters
    assert BY_NAME["GloVe (6B, 300 numbers)"].parameters == 400_000 * 300

    def gpt2(width, depth):
        return (50_257 + 1024) * width + depth * (12 * width**2 + 13 * width) + 2 * width

    assert gpt2(768, 12) == BY_NAME["GPT-2"].parameters
    assert gpt2(1600, 48) == BY_NAME["GPT-2 XL"].parameters
    assert BY_NAME["DeepSeek-V3"].parameters / BY_NAME["LeNet-5"].parameters == pytest.approx(11e6, rel=0.02)
    assert max(FAMILIES, key=lambda one: one.parameters).name == "DeepSeek-V3"


def test_timm_has_as_many_as_is_said():
    load_torchvision()
    import timm

    assert len(timm.list_pretrained()) > 1_000


def test_the_places_have_the_licences_of_what_is_installed():
    licences = {place.name: place.licence for place in PLACES}
    for name, words in (("timm", "Apache-2.0"), ("transformers", "Apache 2.0"), ("torchvision", "BSD")):
        assert words in (metadata(name)["License"] or "")
        assert licences[name].split("-")[0] == words.replace(" ", "-").split("-")[0]
    assert licences["Ultralytics YOLO"] == "AGPL-3.0"
    assert BY_NAME["YOLOv8n"].licence == "AGPL-3.0"
    assert "publish" in AGPL
    assert {"transformers", "datasets", "peft", "bitsandbytes", "timm", "Hugging Face hub"} <= set(licences)
    assert all(place.address.startswith("https://") and place.sentence.endswith(".") for place in PLACES)
