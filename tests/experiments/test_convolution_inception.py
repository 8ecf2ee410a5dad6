"""What the page says an Inception module costs is what it costs."""

import pytest
import torch

from experiments.convolution_inception import PAPER, PAPER_CHANNELS, PAPER_SIDE, bill
from figures.convolution_inception import inception_scene
from models.inception import InceptionModule, Widths
from tests.figures.test_convolution import assert_inside
from training.anatomy import anatomy
from training.experiment import Network

CASES = [(PAPER_CHANNELS, PAPER, 14), (3, Widths(1, 2, 3, 4, 5, 6), 9), (32, Widths(8, 32, 16, 32, 8, 8), 5)]


@pytest.mark.parametrize(("channels", "widths", "side"), CASES)
@pytest.mark.parametrize("is_naive", [False, True])
def test_the_bill_is_that_of_the_module(channels: int, widths: Widths, side: int, is_naive: bool) -> None:
    module = InceptionModule(channels, widths, is_naive=is_naive)
    found = anatomy(Network(module, (torch.zeros(1, channels, side, side),)))
    counted = bill(channels, widths, side, is_naive=is_naive)
    assert counted.num_parameters == found.num_parameters
    assert counted.num_macs == found.num_macs
    assert sum(counted.widths.values()) == module.out_channels


def test_the_reductions_of_the_paper_save_most_of_the_weights() -> None:
    small, naive = (bill(PAPER_CHANNELS, PAPER, PAPER_SIDE, is_naive=one) for one in (False, True))
    assert small.num_parameters < 0.5 * naive.num_parameters
    assert small.num_macs < 0.5 * naive.num_macs


def test_a_reduction_that_reduces_nothing_costs() -> None:
    widths = Widths(8, 32, 8, 32, 8, 8)
    assert bill(32, widths, 4, is_naive=False).num_parameters > bill(32, widths, 4, is_naive=True).num_parameters


@pytest.mark.parametrize("is_naive", [False, True])
@pytest.mark.parametrize(
    ("channels", "widths"), [(192, PAPER), (1, Widths(1, 1, 1, 1, 1, 1)), (512, Widths(512, 1, 1, 1, 1, 1))]
)
def test_it_is_drawn(channels: int, widths: Widths, is_naive: bool) -> None:
    bills = tuple(bill(channels, widths, 28, is_naive=one) for one in (False, True))
    assert_inside(inception_scene(bills[is_naive], bills, channels))
