"""torchvision's shelf: what is said of a network agrees with what torchvision knows, and nothing is downloaded."""

import inspect
from typing import Any

import pytest
import torch
from torch import nn

from data.vision import load_torchvision
from experiments.pretrained_torchvision import ALL_TASKS, MEASURES, Built, _build, built, find, shelf

# one of each kind that is built or shown something in its own way
SOME = (
    "resnet18", "vit_b_16", "vit_h_14", "googlenet", "inception_v3", "regnet_y_128gf", "fcn_resnet50",
    "lraspp_mobilenet_v3_large", "mc3_18", "quantized_shufflenet_v2_x0_5", "quantized_googlenet", "swin_t",
)  # fmt: skip
READER = inspect.signature(torch.hub.load_state_dict_from_url)
DETECTION = (
    "fasterrcnn_resnet50_fpn", "fasterrcnn_mobilenet_v3_large_320_fpn", "retinanet_resnet50_fpn_v2", "ssd300_vgg16",
    "ssdlite320_mobilenet_v3_large",
)  # fmt: skip


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for weights fails."""

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("weights were asked for")

    monkeypatch.setattr("torch.hub.load_state_dict_from_url", refuse)
    monkeypatch.setattr(load_torchvision("torchvision.models._api"), "load_state_dict_from_url", refuse)
    monkeypatch.setattr("socket.socket.connect", refuse)


def test_all_networks_of_torchvision_stand_on_the_shelf() -> None:
    assert list(shelf()) == load_torchvision("torchvision.models").list_models()
    assert {entry.task for entry in shelf().values()} == set(ALL_TASKS) == set(MEASURES)
    for entry in shelf().values():
        assert entry.score > 0
        assert entry.weights[0].is_default
        assert all(one.recipe.startswith("https://") for one in entry.weights if one.recipe)
        assert all(one.address.startswith("https://download.pytorch.org/") for one in entry.weights)
        assert all(one.address.endswith((".pth", ".pt")) for one in entry.weights)
        assert not any("`" in one.words or ":class:" in one.words for one in entry.weights)


def test_words_and_tasks_filter() -> None:
    assert [one.name for one in find("detection", "RESNET50 faster")] == [
        "fasterrcnn_resnet50_fpn", "fasterrcnn_resnet50_fpn_v2",
    ]  # fmt: skip
    assert len(find("", "")) == len(shelf())
    assert sum(len(find(task, "")) for task in ALL_TASKS) == len(shelf())
    assert find("video", "resnet50") == []
    assert {one.family for one in find("", "vision_transformer")} == {"vision_transformer"}


@pytest.mark.parametrize("name", SOME)
def test_layers_add_up_to_what_torchvision_says(name: str) -> None:
    found, said = built(name), shelf()[name].weights[0]
    assert found.outline.is_whole
    assert found.num_unfrozen == 0
    assert found.outline.num_parameters == said.num_parameters
    assert found.outline.num_macs / 1e9 == pytest.approx(said.gflops, abs=6e-4)
    for level in found.outline.levels:
        assert sum(line.num_parameters for line in level) == said.num_parameters
        assert sum(line.num_macs for line in level) == pytest.approx(found.outline.num_macs, rel=1e-6)
        assert all(line.outputs for line in level if line.calls)
    lengths = [len(level) for level in found.outline.levels]
    assert lengths == sorted(lengths)


@pytest.mark.parametrize("name", DETECTION)
def test_a_detector_is_worked_out_as_far_as_sizes_are_known(name: str) -> None:
    found, said = built(name), shelf()[name].weights[0]
    assert not found.outline.is_whole
    assert found.outline.num_parameters - found.num_unfrozen == said.num_parameters
    backbone = [line for line in found.outline.levels[-1] if line.path.startswith("backbone.")]
    assert all(line.outputs for line in backbone)
    if found.num_unfrozen:
        in_backbone = [one for one in _build(name, {}).backbone.body.modules() if isinstance(one, nn.BatchNorm2d)]
        assert found.num_unfrozen == sum(one.weight.numel() + one.bias.numel() for one in in_backbone)


def test_optical_flow_is_worked_out_for_one_round() -> None:
    found = built("raft_small")
    assert found.outline.is_whole
    assert found.outline.num_parameters == shelf()["raft_small"].weights[0].num_parameters
    assert "one of the 12 rounds" in found.inputs
    signature = inspect.signature(_build("raft_small", {}).forward)
    assert signature.parameters["num_flow_updates"].default == 12


def test_shapes_are_those_of_the_real_network() -> None:
    network = load_torchvision("torchvision.models").resnet18(weights=None).eval()
    seen: dict[str, tuple[int, ...]] = {}
    for name, module in network.named_modules():
        module.register_forward_hook(lambda module, args, out, name=name: seen.update({name: tuple(out.shape)}))
    with torch.no_grad():
        network(torch.zeros(3, 3, 224, 224))
    for line in built("resnet18").outline.levels[-1]:
        sizes = " × ".join(map(str, seen[line.path]))
        assert line.outputs.replace("B", "3", 1) == sizes


def test_nothing_has_memory() -> None:
    network = _build("regnet_y_128gf", {})
    assert all(one.is_meta for one in (*network.parameters(), *network.buffers()))


def test_a_result_is_kept() -> None:
    first: Built = built("resnet18")
    assert built("resnet18") is first


@pytest.mark.filterwarnings("ignore:torch.ao.quantization", "ignore:torch.quantize_per_tensor")
@pytest.mark.parametrize("name", ["resnet50", "fasterrcnn_resnet50_fpn", "quantized_resnet18", "raft_large", "s3d"])
def test_the_code_loads_the_recommended_weights(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def give(url: str, **kwargs: Any) -> None:
        asked.append(url)
        raise RuntimeError("far enough")

    monkeypatch.setattr(load_torchvision("torchvision.models._api"), "load_state_dict_from_url", give)
    entry = shelf()[name]
    with pytest.raises(RuntimeError, match="far enough"):
        exec(entry.code, {})
    assert asked == [entry.weights[0].address]


def test_builders_read_pickles_without_the_guard() -> None:
    """As the tab says: the reader's own choice is `weights_only=False`, and no builder asks for another."""
    assert READER.parameters["weights_only"].default is False
    for name in ("_api", "resnet", "detection.faster_rcnn", "video.s3d"):
        assert "weights_only" not in inspect.getsource(load_torchvision(f"torchvision.models.{name}"))
