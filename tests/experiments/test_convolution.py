"""The search for a kernel, and what the page says of pictures, shifts and receptive fields."""

import random

import numpy as np
import pytest
import torch
from torch import nn

from data.dataset import DataError
from data.filters import KERNELS
from data.photos import colour_picture, grey
from experiments.convolution import SIDE, ConvolutionExperiment
from experiments.convolution_field import FieldLayer, fields, gradient
from experiments.convolution_pictures import LARGEST_SHIFT, drawn, page_picture, partial_maps, shift
from experiments.convolution_settings import ConvolutionSettings
from tests.training.toy import is_sentence
from training.settings import SettingsError

TEMPLE = grey(page_picture("temple"))


def experiment(**settings: object) -> ConvolutionExperiment:
    torch.manual_seed(0)
    return ConvolutionExperiment(ConvolutionSettings(**settings))


def put_right_kernel(made: ConvolutionExperiment) -> None:
    with torch.no_grad():
        made.model.convolutions[0].weight.copy_(made.kernel[None, None])
        made.model.convolutions[0].bias.zero_()


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("padding", ["none", "zeros", "mirror", "repeat"])
@pytest.mark.parametrize("name", ["Sobel x", "Gabor"])
def test_the_filter_s_own_kernel_makes_no_error_where_no_pixel_is_made_up(name: str, padding: str, stride: int) -> None:
    made = experiment(filter=name, kernel_size=len(KERNELS[name]), padding=padding, stride=stride)
    put_right_kernel(made)
    seen = made.observe()
    assert seen.kernel_error == 0
    margin = 0 if padding == "none" else -(-(len(KERNELS[name]) // 2) // stride)
    inside = seen.error[margin : len(seen.error) - margin, margin : len(seen.error) - margin]
    assert np.abs(inside).max() < 1e-5
    assert (made.evaluate()["test_loss"] < 1e-9) == (padding == "none")


def test_the_numbers_of_a_whole_picture_worked_by_hand() -> None:
    made = experiment(filter="identity", padding="none")
    put_right_kernel(made)
    row = made.evaluate()
    assert row["answered_share"] == pytest.approx((SIDE - 2) ** 2 / SIDE**2)
    y = made._test_y
    missed = (y**2).sum() - (y[..., 1:-1, 1:-1] ** 2).sum()
    assert row["picture_error"] == pytest.approx((missed / (y**2).sum()).item(), rel=1e-4)
    assert "border_loss" not in row


def test_the_border_loss_is_that_of_the_outermost_cells() -> None:
    made = experiment(padding="zeros")
    put_right_kernel(made)
    with torch.no_grad():
        errors = (made.model(made._test_x) - made._test_y) ** 2
    inside = errors[..., 1:-1, 1:-1]
    assert inside.max() < 1e-9
    wanted = errors.sum() / (errors.numel() - inside.numel())
    assert made.evaluate()["border_loss"] == pytest.approx(wanted.item(), rel=1e-4)


def test_a_stride_leaves_blocks() -> None:
    made = experiment(filter="identity", padding="repeat", stride=4)
    put_right_kernel(made)
    y = made._test_y
    blocks = y[..., ::4, ::4].repeat_interleave(4, -1).repeat_interleave(4, -2)
    wanted = ((blocks - y) ** 2).sum() / (y**2).sum()
    assert made.evaluate()["picture_error"] == pytest.approx(wanted.item(), rel=1e-4)
    assert made.evaluate()["answered_share"] == 1


def test_an_even_kernel_is_compared_where_its_window_stands() -> None:
    made = experiment(filter="identity", kernel_size=4)
    with torch.no_grad():
        made.model.convolutions[0].weight.zero_()
        made.model.convolutions[0].weight[0, 0, 1, 1] = 1
        made.model.convolutions[0].bias.zero_()
    assert made.evaluate()["kernel_error"] == 0
    assert made.evaluate()["test_loss"] < 1e-12


def test_training_crops_do_not_show_the_temple() -> None:
    made = experiment()
    train = {crop.numpy().tobytes() for crop in made._x[:, 0].unfold(1, 8, 8).unfold(2, 8, 8).reshape(-1, 64)}
    test = {crop.numpy().tobytes() for crop in made._test_x[:, 0].unfold(1, 8, 1).unfold(2, 8, 1).reshape(-1, 64)}
    assert not train & test


def test_what_does_not_fit_is_refused_in_a_sentence() -> None:
    with pytest.raises(SettingsError) as refused:
        experiment(kernel_size=7, depth=3, dilation=3)
    assert is_sentence(str(refused.value))
    with pytest.raises(DataError) as unreadable:
        experiment(filter="your own", own_kernel="1 2")
    assert is_sentence(str(unreadable.value))


# ---- a kernel on a picture ----


@pytest.mark.parametrize("name", KERNELS)
def test_the_partial_maps_add_up_to_torch_s_convolution_of_three_channels(name: str) -> None:
    picture, kernel = page_picture("flower"), KERNELS[name]
    weights = (0.5, -0.25, 1.0)
    layer = nn.Conv2d(3, 1, len(kernel), padding=len(kernel) // 2, padding_mode="replicate", bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.stack([torch.from_numpy(kernel) * weight for weight in weights])[None])
        wanted = layer(torch.from_numpy(picture.transpose(2, 0, 1).copy())[None])[0, 0].numpy()
    found = partial_maps(picture, kernel, weights).sum(axis=0)
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_a_drawing_is_white_where_it_was_clicked() -> None:
    picture = drawn(frozenset({(0, 0), (3, 5)}))
    assert picture.sum() == 6
    assert picture[3, 5].tolist() == [1, 1, 1]


# ---- a shifted picture ----


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("pixels", [1, 3, LARGEST_SHIFT])
def test_a_convolution_is_equivariant_and_not_invariant(name: str, pixels: int) -> None:
    seen = shift(TEMPLE, KERNELS[name], pixels, 4)
    assert seen.equivariance_error < 1e-5
    assert seen.change > 0.03


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("picture", ["temple", "flower"])
def test_pooling_adds_some_invariance_and_more_with_larger_windows(name: str, picture: str) -> None:
    scene = grey(page_picture(picture))
    changes = [shift(scene, KERNELS[name], 1, block) for block in (1, 2, 8)]
    assert changes[0].pooled_change == pytest.approx(changes[0].change)
    assert changes[2].pooled_change < changes[1].pooled_change < changes[0].change
    assert changes[2].pooled_change > 0  # some invariance, not all


def test_a_pooling_is_equivariant_to_whole_blocks_only() -> None:
    assert shift(TEMPLE, KERNELS["Sobel x"], 4, 4).pooled_equivariance_error < 1e-5
    assert np.isnan(shift(TEMPLE, KERNELS["Sobel x"], 3, 4).pooled_equivariance_error)
    seen = shift(TEMPLE, KERNELS["Sobel x"], 2, 4)
    for blocks in (0, 1):  # no shift by whole blocks makes up for half a block
        one, other = seen.pooled[:, : -blocks or None], seen.moved_pooled[:, blocks:]
        assert np.linalg.norm(one - other) > 0.1 * np.linalg.norm(one)


def test_no_shift_changes_nothing() -> None:
    seen = shift(TEMPLE, KERNELS["Laplacian"], 0, 3)
    assert seen.change == seen.pooled_change == seen.equivariance_error == seen.pooled_equivariance_error == 0


# ---- receptive fields ----


def test_a_field_worked_by_hand() -> None:
    """Two 3×3 layers see 5 pixels; after a 2×2 pooling a third 3×3 adds two windows of two pixels each: 10."""
    stack = [FieldLayer("convolution", 3), FieldLayer("convolution", 3), FieldLayer("pooling", 2, 2)]
    assert [field.size for field in fields(stack)] == [3, 5, 6]
    assert fields([*stack, FieldLayer("convolution", 3)])[-1] == (type(fields(stack)[0]))(10, 2)


def test_the_formula_is_where_the_gradient_is() -> None:
    dice = random.Random(0)
    for _ in range(60):
        layers = [
            FieldLayer(
                dice.choice(("convolution", "pooling")), dice.randint(1, 4), dice.randint(1, 2), dice.randint(1, 3)
            )
            for _ in range(dice.randint(1, 4))
        ]
        size = fields(layers)[-1].size
        found = gradient(layers)
        assert found.shape == (size, size)
        assert found[0].max() > 0  # the first and the last row and column count
        assert found[-1].max() > 0
        assert found[:, 0].max() > 0
        assert found[:, -1].max() > 0


def test_nothing_outside_the_field_counts() -> None:
    layers = [FieldLayer("convolution", 3, 2), FieldLayer("convolution", 3, 1, 2)]
    size = fields(layers)[-1].size
    stack = nn.Sequential(nn.Conv2d(1, 1, 3, 2), nn.Conv2d(1, 1, 3, dilation=2))
    picture = torch.zeros(1, 1, size + 8, size + 8, requires_grad=True)
    stack(picture)[0, 0, 0, 0].backward()
    assert picture.grad is not None
    rows = picture.grad[0, 0].abs().sum(1).nonzero().flatten()
    assert rows.max() + 1 == size


def test_the_middle_counts_most() -> None:
    found = gradient([FieldLayer("convolution", 3)] * 3)
    assert found[3, 3] == found.max()
    assert found[0, 0] < 0.1


def test_pictures_of_the_page_are_half_as_large() -> None:
    assert page_picture("temple").shape[:2] == tuple(side // 2 for side in colour_picture("temple").shape[:2])
