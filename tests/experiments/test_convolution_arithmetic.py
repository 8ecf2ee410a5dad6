"""The calculator against torch.nn, on thousands of random cases, and the scan against torch's own numbers."""

import random

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from experiments.convolution_arithmetic import (
    Axis,
    channel_complaint,
    complaint,
    dropped,
    formula,
    num_macs,
    num_parameters,
    num_windows_at,
    output_size,
    padding_of,
)
from experiments.convolution_scan import REAL, make_scan, products, small_numbers, small_weights
from tests.training.toy import is_sentence
from training.anatomy import anatomy
from training.experiment import Network

NUM_CASES = 1500
KINDS = ("convolution", "transposed", "max pooling", "average pooling")


def random_axis(kind: str, dice: random.Random, size: int = 16) -> Axis:
    kernel, stride, dilation = dice.randint(1, 6), dice.randint(1, 5), dice.randint(1, 4)
    padding = dice.randint(0, 7)
    if kind == "average pooling":
        dilation = 1  # torch has none
    return Axis(
        kind, dice.randint(1, size), kernel, stride, padding, padding, dilation,
        dice.randint(0, 4) if kind == "transposed" else 0, kind.endswith("pooling") and dice.random() < 0.5,
    )  # fmt: skip


def torch_layer(axis: Axis) -> nn.Module:
    shared = {"stride": axis.stride, "padding": axis.before}
    match axis.kind:
        case "convolution":
            return nn.Conv1d(1, 1, axis.kernel, dilation=axis.dilation, **shared)
        case "transposed":
            return nn.ConvTranspose1d(
                1, 1, axis.kernel, dilation=axis.dilation, output_padding=axis.output_padding, **shared
            )
        case "max pooling":
            return nn.MaxPool1d(axis.kernel, dilation=axis.dilation, ceil_mode=axis.is_ceil, **shared)
    return nn.AvgPool1d(axis.kernel, ceil_mode=axis.is_ceil, **shared)


@pytest.mark.parametrize("kind", KINDS)
def test_sizes_and_refusals_are_those_of_torch(kind: str) -> None:
    dice, num_refused = random.Random(kind), 0
    for _ in range(NUM_CASES):
        axis = random_axis(kind, dice)
        try:
            found = torch_layer(axis)(torch.zeros(1, 1, axis.size)).shape[-1]
        except RuntimeError:
            found = 0
        words = complaint(axis)
        assert bool(words) == (found == 0), (axis, words, found)
        if words:
            num_refused += 1
            assert is_sentence(words)
        else:
            assert output_size(axis) == found, axis
            assert formula(axis).endswith(rf"= \mathbf{{{found}}}")
    assert 20 < num_refused < NUM_CASES - 200


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")  # torch says that it is slower
@pytest.mark.parametrize(("kernel", "dilation"), [(k, d) for k in (1, 2, 3, 4, 5, 7) for d in (1, 2, 3)])
def test_the_words_for_padding_mean_what_torch_means(kernel: int, dilation: int) -> None:
    x = torch.zeros(1, 1, 24)
    for word in ("valid", "same"):
        before, after = padding_of(word, 9, kernel, dilation)
        found = F.conv1d(x, torch.ones(1, 1, kernel), padding=word, dilation=dilation).shape[-1]
        assert output_size(Axis("convolution", 24, kernel, 1, before, after, dilation)) == found
    before, after = padding_of("full", 0, kernel, dilation)
    assert output_size(Axis("convolution", 24, kernel, 1, before, after, dilation)) == 24 + dilation * (kernel - 1)
    assert padding_of("number", 3, kernel, dilation) == (3, 3)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
def test_same_pads_where_torch_pads() -> None:
    weight = torch.arange(1.0, 5.0)[None, None]
    x = torch.arange(1.0, 7.0)[None, None]
    before, after = padding_of("same", 0, 4, 1)
    ours = F.conv1d(F.pad(x, (before, after)), weight)
    assert torch.equal(ours, F.conv1d(x, weight, padding="same"))


def test_a_size_worked_by_hand() -> None:
    """7 pixels, kernel 3, stride 2, no padding: windows at 0, 2 and 4; nothing is left over. With 8, one is."""
    assert output_size(Axis("convolution", 7, 3, 2)) == 3
    assert dropped(Axis("convolution", 7, 3, 2)) == []
    assert output_size(Axis("convolution", 8, 3, 2)) == 3
    assert dropped(Axis("convolution", 8, 3, 2)) == [7]
    assert num_windows_at(Axis("convolution", 8, 3, 2)) == [1, 1, 2, 1, 2, 1, 1, 0]


def test_what_the_floor_drops_has_no_gradient_and_the_rest_counts_its_windows() -> None:
    dice = random.Random(0)
    for _ in range(400):
        axis = random_axis("convolution", dice)
        if complaint(axis):
            continue
        x = torch.zeros(1, 1, axis.padded, requires_grad=True)
        F.conv1d(x, torch.ones(1, 1, axis.kernel), stride=axis.stride, dilation=axis.dilation).sum().backward()
        assert x.grad is not None
        counts = x.grad.flatten().int().tolist()
        assert num_windows_at(axis) == counts
        assert all(counts[place] == 0 for place in dropped(axis))
        assert len(dropped(axis)) == (axis.padded - axis.reach) % axis.stride


def test_groups_and_their_cost_are_those_of_torch() -> None:
    for inputs, outputs, groups in [(3, 8, 1), (4, 8, 2), (6, 6, 6), (8, 4, 4)]:
        assert channel_complaint(inputs, outputs, groups) == ""
        layer = nn.Conv2d(inputs, outputs, 3, groups=groups, padding=1)
        assert num_parameters(inputs, outputs, groups, 9) == sum(one.numel() for one in layer.parameters())
        found = anatomy(Network(layer, (torch.zeros(1, inputs, 6, 6),))).num_macs
        assert num_macs(inputs, outputs, groups, 9, 36) == found
    for inputs, outputs, groups in [(3, 8, 2), (4, 6, 4)]:
        assert is_sentence(channel_complaint(inputs, outputs, groups))
        with pytest.raises(ValueError, match="groups"):
            nn.Conv2d(inputs, outputs, 3, groups=groups)


def torch_output(axes: tuple[Axis, Axis], x: np.ndarray, kernel: np.ndarray, bias: float) -> np.ndarray:
    rows, columns = axes
    picture = torch.from_numpy(x)[None, None]
    weight = torch.from_numpy(kernel.copy())[None, None]
    pair = lambda name: (getattr(rows, name), getattr(columns, name))  # noqa: E731
    shared = {"stride": pair("stride"), "padding": pair("before")}
    match rows.kind:
        case "convolution":
            found = F.conv2d(picture, weight, torch.tensor([bias]).double(), dilation=pair("dilation"), **shared)
        case "transposed":
            found = F.conv_transpose2d(
                picture, weight, torch.tensor([bias]).double(), dilation=pair("dilation"),
                output_padding=pair("output_padding"), **shared,
            )  # fmt: skip
        case "max pooling":
            found = F.max_pool2d(picture, pair("kernel"), dilation=pair("dilation"), ceil_mode=rows.is_ceil, **shared)
        case _:
            found = F.avg_pool2d(picture, pair("kernel"), ceil_mode=rows.is_ceil, **shared)
    return found[0, 0].numpy()


@pytest.mark.parametrize("kind", KINDS)
def test_a_scan_gives_the_numbers_of_torch_and_so_does_its_matrix(kind: str) -> None:
    dice, done = random.Random(kind), 0
    while done < 120:
        axes = random_axis(kind, dice, 9), random_axis(kind, dice, 9)
        axes = axes[0], Axis(**{**vars(axes[1]), "is_ceil": axes[0].is_ceil})
        if any(map(complaint, axes)):
            continue
        done += 1
        x = small_numbers(axes[0].size, axes[1].size, done)
        kernel = small_weights(axes[0].kernel, axes[1].kernel, done)
        scan = make_scan(axes, x, kernel, 2.0)
        wanted = torch_output(axes, x, kernel, 2.0)
        np.testing.assert_allclose(scan.output, wanted, atol=1e-9)
        assert int((scan.roles == REAL).sum()) <= x.size
        if kind in ("convolution", "transposed") and (scan.roles == REAL).sum() == x.size:
            by_matrix = (scan.matrix() @ x.flatten() + scan.bias).reshape(scan.output.shape)
            np.testing.assert_allclose(by_matrix, wanted, atol=1e-9)
            cell = done % scan.output.size
            assert products(scan, cell).sum() + scan.bias == pytest.approx(wanted.flat[cell])


def test_the_matrix_of_a_transposed_convolution_is_the_transposed_matrix() -> None:
    kernel = small_weights(3, 3, 1)
    there = make_scan((Axis("convolution", 7, 3, 2, 1, 1),) * 2, small_numbers(7, 7, 0), kernel, 0.0)
    back = make_scan((Axis("transposed", 4, 3, 2, 1, 1),) * 2, there.output, kernel, 0.0)
    assert back.output.shape == (7, 7)
    np.testing.assert_array_equal(back.matrix(), there.matrix().T)


def test_a_max_pooling_has_no_matrix() -> None:
    scan = make_scan((Axis("max pooling", 4, 2, 2),) * 2, small_numbers(4, 4, 0), np.ones((2, 2)), 0.0)
    with pytest.raises(ValueError, match="not linear"):
        scan.matrix()
