"""A low-rank part beside a frozen layer: exactly the layer at first, a plain layer again when merged."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from models.lora import LowRank, adapted, merged, num_learning
from models.pretrained import DrawingNetwork

LAYERS = {
    "linear": (nn.Linear(7, 5), (3, 7)),
    "1×1": (nn.Conv2d(6, 4, 1), (3, 6, 5, 5)),
    "3×3": (nn.Conv2d(6, 4, 3, padding=1, bias=False), (3, 6, 5, 5)),
    "stride, dilation": (nn.Conv2d(2, 8, 3, stride=2, padding=2, dilation=2), (3, 2, 9, 9)),
}


def learnt(layer: LowRank) -> LowRank:
    """As if it had been trained for a while."""
    with torch.no_grad():
        layer.B.normal_()
    return layer


@pytest.mark.parametrize("kind", LAYERS)
def test_it_begins_exactly_as_the_original(kind):
    layer, shape = LAYERS[kind]
    x = torch.randn(shape)
    assert torch.equal(LowRank(layer, 3, alpha=16)(x), layer(x))


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize(("rank", "alpha"), [(1, None), (3, 16)])
def test_merged_it_is_a_plain_layer_with_the_same_outputs(kind, rank, alpha):
    layer, shape = LAYERS[kind]
    low, x = learnt(LowRank(layer, rank, alpha)).double(), torch.randn(shape).double()
    plain = low.merged()
    assert type(plain) is type(layer)
    assert (low(x) - layer(x)).abs().max() > 1e-3, "the product does something"
    torch.testing.assert_close(plain(x), low(x), rtol=0, atol=1e-6)
    layer.float()


@pytest.mark.parametrize("kind", LAYERS)
def test_so_many_weights_learn_as_the_formula_says_and_the_change_has_that_rank(kind):
    layer, _ = LAYERS[kind]
    low = learnt(LowRank(layer, 2))
    outputs, inputs = layer.weight.flatten(1).shape
    assert low.num_learning == num_learning(low) == 2 * (inputs + outputs)
    assert torch.linalg.matrix_rank(low.change()) == 2


def test_a_step_moves_the_thin_matrices_and_nothing_else():
    layer = nn.Linear(4, 3)
    low, before = LowRank(layer, 2), layer.weight.clone()
    F.mse_loss(low(torch.randn(8, 4)), torch.randn(8, 3)).backward()
    assert layer.weight.grad is None
    assert low.B.grad.abs().max() > 0
    assert low.A.grad.abs().max() == 0, "with B at zero A cannot matter yet"
    torch.optim.SGD(low.parameters(), lr=0.1).step()
    assert torch.equal(layer.weight, before)


def test_one_output_worked_by_hand():
    layer = nn.Linear(2, 2, bias=False)
    low = LowRank(layer, 1, alpha=2)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, 2], [3, 4]]))
        low.A.copy_(torch.tensor([[1.0, -1]]))
        low.B.copy_(torch.tensor([[0.5], [2]]))
    # W x = (5, 11); A x = -1; (α/r) B A x = 2 · (-0.5, -2)
    assert low(torch.tensor([[1.0, 2.0]])).tolist() == [[4.0, 7.0]]


def test_what_has_no_low_rank_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        LowRank(nn.Linear(2, 2), 0)
    with pytest.raises(ValueError, match="in groups"):
        LowRank(nn.Conv2d(4, 4, 3, groups=4), 1)
    with pytest.raises(ValueError, match="padded"):
        LowRank(nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect"), 1)


# ---- a whole network -------------------------------------------------------------------------------------------------


def test_an_adapted_network_starts_as_the_original_and_leaves_it_alone():
    network = DrawingNetwork(10).eval()
    x = torch.randn(4, 1, 28, 28)
    new = adapted(network, 2, whole=("fc",)).eval()
    assert torch.equal(new(x), network(x))
    assert all(weight.requires_grad for weight in network.parameters())
    shapes = [module.weight.flatten(1).shape for module in network.modules() if isinstance(module, nn.Conv2d)]
    assert num_learning(new) == sum(2 * (rows + columns) for rows, columns in shapes) + 128 * 10 + 10


def test_a_merged_network_has_the_layers_it_had_before():
    network = DrawingNetwork(10).eval()
    new = adapted(network, 2)
    for module in new.modules():
        if isinstance(module, LowRank):
            learnt(module)
    new, x = new.double().eval(), torch.randn(4, 1, 28, 28).double()
    plain = merged(new)
    assert plain.state_dict().keys() == network.state_dict().keys()
    assert (plain(x) - network.double()(x)).abs().max() > 1e-3
    torch.testing.assert_close(plain(x), new(x), rtol=1e-6, atol=1e-6)


def test_convolutions_in_groups_stay_frozen():
    network = nn.Sequential(nn.Conv2d(4, 4, 3, groups=4), nn.Conv2d(4, 8, 1))
    new = adapted(network, 1)
    assert isinstance(new[0], nn.Conv2d)
    assert isinstance(new[1], LowRank)
    assert num_learning(new) == 12
