"""The lecture's network, restated word for word, and what a convolutional network promises."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from models.cnn import POOLINGS, SimpleCNN


class Lecture(nn.Module):
    """Two convolutions with padding, each pooled, for 128×128 pictures in colour."""

    def __init__(self, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, kernel_size=(3, 3), padding=(1, 1))
        self.conv2 = nn.Conv2d(16, 32, kernel_size=(3, 3), padding=(1, 1))
        self.fc1 = nn.Linear(32_768, 128)
        self.fc2 = nn.Linear(128, num_classes)

    def forward(self, x):
        first = F.max_pool2d(self.conv1(x).clamp(min=0), 2)
        second = F.max_pool2d(self.conv2(first).clamp(min=0), 2)
        assert second.shape[1:] == (32, 32, 32)
        return self.fc2(self.fc1(second.reshape(len(x), -1)).clamp(min=0))


def test_it_is_the_lectures_network():
    ours, theirs = SimpleCNN(2), Lecture(2)
    theirs.load_state_dict(ours.state_dict())  # the same names and shapes, or this raises
    x = torch.randn(2, 3, 128, 128)
    torch.testing.assert_close(ours(x), theirs(x))


def test_its_parameters_counted_by_hand():
    by_hand = (3 * 3 * 3 * 16 + 16) + (3 * 3 * 16 * 32 + 32) + (32 * 32 * 32 * 128 + 128) + (128 * 2 + 2)
    assert sum(parameter.numel() for parameter in SimpleCNN(2).parameters()) == by_hand == 4_199_778


def test_one_output_worked_by_hand():
    """A kernel that takes the difference of two neighbours, on a picture with one edge."""
    network = SimpleCNN(2, image_size=4, in_channels=1, channels=(1,), kernel_size=3)
    with torch.no_grad():
        network.conv1.weight.copy_(torch.tensor([[[[0.0, 0, 0], [-1, 1, 0], [0, 0, 0]]]]))
        network.conv1.bias.fill_(-0.25)
    x = torch.tensor([[0.0, 0, 1, 1]]).expand(1, 1, 4, 4)
    maps = network.feature_maps(x)
    assert maps["conv1"][0, 0, 1].tolist() == [-0.25, -0.25, 0.75, -0.25]
    assert maps["relu1"][0, 0, 1].tolist() == [0, 0, 0.75, 0]
    assert maps["pool1"][0, 0].tolist() == [[0, 0.75], [0, 0.75]]


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("padding", ["same", "none"])
@pytest.mark.parametrize("use_global_pooling", [False, True])
def test_sizes_fit_for_every_choice(pooling, padding, use_global_pooling):
    network = SimpleCNN(
        5,
        image_size=27,
        in_channels=1,
        channels=(4, 6, 8)[: 2 if padding == "none" else 3],
        kernel_size=5,
        padding=padding,
        pooling=pooling,
        use_global_pooling=use_global_pooling,
        use_batch_norm=True,
        dropout=0.5,
    )
    x = torch.rand(3, 1, 27, 27)
    assert network(x).shape == (3, 5)
    network.eval()
    last = list(network.feature_maps(x).values())[-1]
    torch.testing.assert_close(network.classify(last), network(x))


def test_a_picture_that_vanishes_is_named():
    with pytest.raises(ValueError, match=r"nothing is left of a picture of 8 pixels after convolution 2"):
        SimpleCNN(2, image_size=8, channels=(4, 4), kernel_size=5, padding="none")


def test_shifted_pictures_have_shifted_maps():
    """Equivariance: away from the border, moving the picture moves the maps."""
    network = SimpleCNN(2, image_size=20, in_channels=1, channels=(4,))
    x = torch.zeros(1, 1, 20, 20)
    x[..., 6:12, 6:12] = torch.rand(6, 6)
    moved = torch.roll(x, shifts=(2, 3), dims=(2, 3))
    maps, moved_maps = (network.feature_maps(one)["conv1"] for one in (x, moved))
    torch.testing.assert_close(torch.roll(maps, (2, 3), (2, 3))[..., 3:-3, 4:-3], moved_maps[..., 3:-3, 4:-3])


def test_the_mean_of_each_map_needs_no_image_size():
    network = SimpleCNN(3, image_size=28, in_channels=1, use_global_pooling=True)
    assert network(torch.rand(1, 1, 40, 40)).shape == (1, 3)
