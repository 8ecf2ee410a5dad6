"""The Inception module: branches side by side, and what its reductions save."""

import pytest
import torch

from models.inception import InceptionModule, SimpleInception, Widths

WIDTHS = Widths(64, 96, 128, 16, 32, 32)  # of the first module of the paper, on 192 channels


def parameters(module):
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize("is_naive", [False, True])
def test_branches_stand_side_by_side(is_naive):
    module = InceptionModule(192, WIDTHS, is_naive=is_naive)
    x = torch.randn(1, 192, 7, 7)
    out = module(x)
    assert out.shape == (1, module.out_channels, 7, 7)
    torch.testing.assert_close(out[:, 64:192], module.branches(x)["3×3"])


def test_the_module_of_the_paper_has_its_channels_and_parameters():
    """256 channels."""
    module = InceptionModule(192, WIDTHS)
    assert module.out_channels == WIDTHS.total == 256
    by_hand = 192 * 64 + 192 * 96 + 96 * 9 * 128 + 192 * 16 + 16 * 25 * 32 + 192 * 32
    weights = sum(parameter.numel() for parameter in module.parameters() if parameter.ndim > 1)
    assert weights == by_hand == 163_328
    assert parameters(module) == by_hand + 64 + 96 + 128 + 16 + 32 + 32


def test_reductions_save_parameters():
    assert parameters(InceptionModule(192, WIDTHS)) < 0.5 * parameters(InceptionModule(192, WIDTHS, is_naive=True))


@pytest.mark.parametrize("side", [4, 28, 33])
def test_the_network_takes_any_size(side):
    network = SimpleInception(5, in_channels=1, dropout=0.2).eval()
    x = torch.rand(2, 1, side, side)
    maps = network.feature_maps(x)
    assert network(x).shape == (2, 5)
    torch.testing.assert_close(network.classify(maps["inception2"]), network(x))
