"""Rounding to a few bits: against torch's own, by hand, and what every way of rounding promises."""

import itertools

import pytest
import torch
from torch.ao.quantization.observer import PerChannelMinMaxObserver

from models.quantisation import rounded

PERS, FORMS = ("tensor", "row", "group"), ("symmetric", "min-max")
WAYS = list(itertools.product(PERS, FORMS))
SHAPES = [(16, 8, 3, 3), (10, 128), (16, 1, 3, 3), (5, 33)]


def weight(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("per", ["tensor", "row"])
def test_eight_bits_around_zero_are_torchs_own(per):
    w = weight(16, 8, 3, 3)
    ours = rounded(w, 8, per)
    if per == "row":
        nothing = torch.zeros(16, dtype=torch.int32)
        theirs = torch.fake_quantize_per_channel_affine(w, ours.scales, nothing, 0, -127, 127)
    else:
        theirs = torch.fake_quantize_per_tensor_affine(w, ours.scales[0].item(), 0, -127, 127)
    assert torch.equal(ours.values, theirs)


def test_eight_bits_from_least_to_most_are_torchs_own_with_the_scale_of_its_observer():
    w = weight(16, 8, 3, 3)
    ours = rounded(w, 8, "row", "min-max")
    observer = PerChannelMinMaxObserver(ch_axis=0, dtype=torch.quint8, qscheme=torch.per_channel_affine)
    observer(w)
    scales, zeros = observer.calculate_qparams()
    assert torch.equal(ours.scales, scales)
    assert torch.equal(ours.zeros, zeros.long())
    theirs = torch.fake_quantize_per_channel_affine(w, scales, zeros.int(), 0, 0, 255)
    assert torch.equal(ours.values, theirs)


def test_three_bits_worked_by_hand():
    found = rounded(torch.tensor([[3.0, -1.4, 0.4, -3.0]]), 3)
    assert found.scales.tolist() == [1.0]  # 3 / (2² − 1)
    assert found.codes.tolist() == [[3, -1, 0, -3]]
    assert found.levels_of(0).tolist() == [-3, -2, -1, 0, 1, 2, 3]
    assert found.num_bytes == 2 + 4  # 12 bits, rounded up, and a scale
    found = rounded(torch.tensor([[0.0, 7.0, 2.2]]), 3, "row", "min-max")
    assert found.codes.tolist() == [[0, 7, 2]]
    assert found.levels_of(0).tolist() == [0, 1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(("per", "form"), WAYS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("bits", [8, 6, 4, 3, 2])
def test_every_way_keeps_its_promises(per, form, shape, bits):
    w = weight(*shape)
    found = rounded(w, bits, per, form)
    assert found.values.shape == found.codes.shape == found.parts.shape == w.shape
    assert found.levels[0] <= int(found.codes.min())
    assert int(found.codes.max()) <= found.levels[1]
    assert found.levels[1] - found.levels[0] <= 2**bits - 1
    scales, zeros = found.scales[found.parts], found.zeros[found.parts]
    assert torch.equal(found.values, scales * (found.codes - zeros)), "codes and scales are all that is stored"
    assert ((found.values - w).abs() <= 0.51 * scales + (0.5 * scales if form == "min-max" else 0)).all()
    rows, columns = shape[0], w[0].numel()
    num = {"tensor": 1, "row": rows, "group": rows * -(-columns // min(32, columns))}[per]
    assert len(found.scales) == num
    assert found.num_bytes == -(-w.numel() * bits // 8) + num * (5 if form == "min-max" else 4)
    assert found.error == pytest.approx(((found.values - w).norm() / w.norm()).item())


@pytest.mark.parametrize("form", FORMS)
def test_fewer_weights_with_one_scale_are_rounded_with_less_error_and_take_more_room(form):
    w = weight(32, 128)
    w[3, 5] = 30.0  # one large weight spoils all that share its scale
    errors = [(rounded(w, 4, per, form).values - w).abs().mean().item() for per in PERS]
    assert errors[0] > 2 * errors[1] > 2 * errors[2]
    sizes = [rounded(w, 4, per, form).num_bytes for per in PERS]
    assert sizes == sorted(sizes)


def test_more_bits_are_nearer_and_zero_stays_zero():
    w = weight(8, 64)
    w[0] = 0
    errors = [rounded(w, bits, "row").error for bits in (2, 3, 4, 6, 8)]
    assert errors == sorted(errors, reverse=True)
    for per, form in WAYS:
        assert (rounded(w, 3, per, form).values[0] == 0).all()


def test_a_strange_number_of_bits_is_refused():
    with pytest.raises(ValueError, match="2 to 8 bits"):
        rounded(weight(2, 2), 1)
