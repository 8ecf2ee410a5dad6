import pytest
import torch
from torch import nn
from torch.nn import functional as F

from models.convolution import PADDINGS, Convolution, ConvolutionStack

CASES = [(i, o, k, s, d) for i, o in ((1, 1), (3, 4)) for k in (1, 2, 3, 5) for s in (1, 2, 3) for d in (1, 2)]


@pytest.mark.parametrize(("inputs", "outputs", "kernel", "stride", "dilation"), CASES)
def test_a_layer_is_torch_s_conv2d_and_its_windows_say_the_same(
    inputs: int, outputs: int, kernel: int, stride: int, dilation: int
) -> None:
    torch.manual_seed(kernel)
    ours = Convolution(inputs, outputs, kernel, stride=stride, dilation=dilation)
    theirs = nn.Conv2d(inputs, outputs, kernel, stride=stride, dilation=dilation)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, inputs, 13, 11)
    torch.testing.assert_close(ours(x), theirs(x))
    torch.testing.assert_close(ours.by_windows(x), theirs(x), rtol=1e-4, atol=1e-5)


def test_one_cell_worked_by_hand() -> None:
    layer = Convolution(1, 1, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[[[1.0, 2.0], [0.0, -1.0]]]]))
        layer.bias.fill_(0.5)
    x = torch.tensor([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])
    assert layer(x).tolist() == [[[[1 + 4 - 5 + 0.5, 2 + 6 - 6 + 0.5]]]]


def test_the_first_weights_are_drawn_as_torch_draws_them() -> None:
    torch.manual_seed(0)
    ours = Convolution(4, 64, 3).weight.detach()
    torch.manual_seed(0)
    theirs = nn.Conv2d(4, 64, 3).weight.detach()
    assert ours.abs().max() == pytest.approx(theirs.abs().max().item(), rel=0.02)
    assert ours.std() == pytest.approx(theirs.std().item(), rel=0.05)


@pytest.mark.parametrize("padding", [*PADDINGS, "none"])
@pytest.mark.parametrize(("kernel", "depth", "channels", "dilation"), [(3, 1, 1, 1), (3, 2, 1, 2), (4, 2, 3, 1)])
@pytest.mark.parametrize("stride", [1, 2])
def test_a_stack_is_its_whole_kernel(
    padding: str, kernel: int, depth: int, channels: int, dilation: int, stride: int
) -> None:
    torch.manual_seed(0)
    stack = ConvolutionStack(kernel, depth, channels=channels, dilation=dilation, stride=stride, padding=padding)
    whole = stack.whole_kernel()
    assert whole.shape == (stack.reach, stack.reach)
    x = torch.randn(2, 1, 20, 20)
    before, after = (stack.reach - 1) // 2, stack.reach // 2
    padded = x if padding == "none" else F.pad(x, (before, after, before, after), mode=PADDINGS[padding])
    wanted = F.conv2d(padded, whole[None, None], stride=stride) + stack.convolutions[-1].bias
    torch.testing.assert_close(stack(x), wanted, rtol=1e-4, atol=1e-5)
    if padding != "none":
        assert stack(x).shape[-1] == -(-20 // stride)


@pytest.mark.parametrize("pixels", [1, 2, 5])
def test_it_is_equivariant_to_shifts_away_from_the_border(pixels: int) -> None:
    torch.manual_seed(0)
    stack = ConvolutionStack(3, 2, padding="none")
    scene = torch.randn(1, 1, 20, 30)
    still, moved = stack(scene[..., 5:25]), stack(scene[..., 5 - pixels : 25 - pixels])
    torch.testing.assert_close(moved[..., pixels:], still[..., :-pixels])
    assert not torch.allclose(moved, still)  # equivariant, not invariant


def test_an_unknown_padding_is_refused() -> None:
    with pytest.raises(ValueError, match="none of zeros, mirror, repeat and none"):
        ConvolutionStack(padding="wrap")
