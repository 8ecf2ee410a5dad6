"""The small network that is pretrained: its sizes by hand, and that features and head are all there is."""

import torch
from torch import nn
from torch.nn import functional as F

from models.pretrained import DrawingNetwork


def test_its_parameters_counted_by_hand():
    convolutions = 9 * (1 * 16 + 16 * 32 + 32 * 64 + 64 * 128)
    norms = 2 * (16 + 32 + 64 + 128)
    by_hand = convolutions + norms + 128 * 10 + 10
    assert sum(parameter.numel() for parameter in DrawingNetwork(10).parameters()) == by_hand == 98_682


def test_it_is_four_convolutions_a_mean_and_a_layer():
    torch.manual_seed(0)
    network = DrawingNetwork(3).eval()
    x = torch.rand(2, 1, 28, 28)
    for norm in (network.norm1, network.norm2, network.norm3, network.norm4):
        norm.running_mean.uniform_(-1, 1)
        norm.running_var.uniform_(0.5, 2)
    h = x
    for number in range(1, 5):
        conv, norm = getattr(network, f"conv{number}"), getattr(network, f"norm{number}")
        h = F.conv2d(h, conv.weight, padding=1)
        h = (h - norm.running_mean[:, None, None]) / (norm.running_var[:, None, None] + norm.eps).sqrt()
        h = h.clamp(min=0)
        h = F.max_pool2d(h, 2) if number < 4 else h
    assert h.shape == (2, 128, 3, 3)
    torch.testing.assert_close(network.features(x), h.mean((2, 3)), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(network(x), h.mean((2, 3)) @ network.fc.weight.T + network.fc.bias, atol=1e-5, rtol=1e-4)


def test_another_head_leaves_the_features_as_they_were():
    torch.manual_seed(0)
    network = DrawingNetwork(335).eval()
    x = torch.rand(2, 1, 28, 28)
    before = network.features(x)
    network.fc = nn.Linear(128, 10)
    assert torch.equal(network.features(x), before)
    assert network(x).shape == (2, 10)


def test_pictures_of_any_size_have_as_many_features():
    assert DrawingNetwork(2).eval().features(torch.rand(1, 1, 40, 24)).shape == (1, 128)
