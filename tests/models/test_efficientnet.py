"""EfficientNet-Lite0: its arithmetic counted by hand, its padding, and parity with a port of TensorFlow's code."""

import pytest
import torch
from efficientnet_lite_pytorch import EfficientNet
from torch.nn import functional as F

from data.extras import weights_file
from experiments.pretrained_vision import efficientnet, normalised, renamed
from models.efficientnet import STAGES, Block, ConvNorm, EfficientNetLite0, padded


@pytest.fixture(scope="module")
def theirs() -> EfficientNet:
    network = EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(weights_file("efficientnet"), weights_only=True))
    return network.eval()


@pytest.mark.parametrize("side", [224, 64, 65])
@torch.no_grad()
def test_it_says_what_the_port_says(side: int, theirs: EfficientNet) -> None:
    pixels = torch.randint(0, 256, (2, 3, side, side), dtype=torch.uint8, generator=torch.Generator().manual_seed(side))
    x = normalised(pixels)
    unfixed = EfficientNet.from_name("efficientnet-lite0", image_size=side)  # pads for this size
    unfixed.load_state_dict(theirs.state_dict())
    torch.testing.assert_close(efficientnet()(x), unfixed.eval()(x), rtol=1e-5, atol=1e-5)


def test_its_parameters_counted_by_hand() -> None:
    by_hand, before = 3 * 3 * 3 * 32 + 2 * 32, 32
    for number, kernel, _, widening, after in STAGES:
        for _ in range(number):
            wide = before * widening
            by_hand += (before * wide + 2 * wide) * (widening > 1) + kernel**2 * wide + 2 * wide
            by_hand += wide * after + 2 * after
            before = after
    by_hand += 320 * 1280 + 2 * 1280 + 1280 * 1000 + 1000
    assert sum(one.numel() for one in EfficientNetLite0().parameters()) == by_hand == 4_652_008


@pytest.mark.parametrize(("size", "kernel", "stride", "left", "right"), [
    (224, 3, 2, 0, 1), (7, 3, 2, 1, 1), (8, 5, 2, 1, 2), (7, 5, 1, 2, 2), (9, 1, 1, 0, 0), (1, 5, 2, 2, 2),
])  # fmt: skip
def test_padding_as_tensorflow_counts_it(size: int, kernel: int, stride: int, left: int, right: int) -> None:
    x = torch.ones(1, 1, size, size)
    row = padded(x, kernel, stride)[0, 0, left]
    assert row.tolist() == [0.0] * left + [1.0] * size + [0.0] * right
    assert padded(x, kernel, stride).shape[2:] == (size + left + right,) * 2


def test_maps_shrink_by_half_five_times() -> None:
    maps = EfficientNetLite0(3).eval().feature_maps(torch.zeros(1, 3, 224, 224))
    assert list(maps) == ["stem", *(f"block {n}" for n in range(1, 17)), "head"]
    assert [one.shape[2] for one in maps.values()] == [
        112, 112, 56, 56, 28, 28, 14, 14, 14, 14, 14, 14, 7, 7, 7, 7, 7, 7,
    ]  # fmt: skip
    assert maps["head"].shape == (1, 1280, 7, 7)


def test_features_are_the_means_of_the_last_maps() -> None:
    network, x = EfficientNetLite0(4).eval(), torch.randn(2, 3, 33, 64)
    means = network.feature_maps(x)["head"].mean(dim=(2, 3))
    torch.testing.assert_close(network.features(x), means)
    torch.testing.assert_close(network(x), F.linear(means, network.fc.weight, network.fc.bias))


def test_a_block_adds_what_came_in_only_where_it_fits() -> None:
    x = torch.randn(1, 4, 6, 6)
    for block, adds in [(Block(4, 4, 3, 1, 6, 0.1), True), (Block(4, 4, 3, 2, 6, 0.1), False)]:
        block.eval()
        torch.nn.init.zeros_(block.project.norm.weight)  # finds nothing
        assert torch.equal(block(x), x if adds else torch.zeros(1, 4, 3, 3))


def test_a_depthwise_kernel_sees_its_own_map_only() -> None:
    layer, x = ConvNorm(3, 3, 3, groups=3).eval(), torch.rand(1, 3, 5, 5)
    before = layer(x)
    x[:, 0] += 1
    changed = (layer(x) - before).abs().amax(dim=(0, 2, 3)) > 0
    assert changed.tolist() == [True, False, False]
    assert layer(1e4 * x).max() <= 6


def test_values_are_brought_to_about_minus_one_to_one() -> None:
    pixels = torch.tensor([0, 127, 255], dtype=torch.uint8).reshape(1, 3, 1, 1)
    torch.testing.assert_close(normalised(pixels).flatten(), torch.tensor([-127, 0.0078, 128]) / 128, atol=2e-3, rtol=0)


def test_every_tensor_of_the_file_has_its_place() -> None:
    saved = torch.load(weights_file("efficientnet"), weights_only=True)
    assert {renamed(name) for name in saved} == set(EfficientNetLite0().state_dict())
    assert not efficientnet().training
    assert not any(one.requires_grad for one in efficientnet().parameters())
