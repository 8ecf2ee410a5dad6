import copy
import math
import pickle

import pytest
import torch
from jaxtyping import TypeCheckError
from torch import nn
from torch.nn import functional as F

from models.mlp import ACTIVATIONS, INITIALISATIONS, SimpleMLP, initialise

FORMULAS = {
    "relu": lambda z: z.clamp_min(0),
    "leaky_relu": lambda z: torch.where(z > 0, z, 0.01 * z),
    "elu": lambda z: torch.where(z > 0, z, z.exp() - 1),
    "gelu": lambda z: z * 0.5 * (1 + torch.erf(z / math.sqrt(2))),
    "silu": lambda z: z / (1 + (-z).exp()),
    "tanh": lambda z: (z.exp() - (-z).exp()) / (z.exp() + (-z).exp()),
    "sigmoid": lambda z: 1 / (1 + (-z).exp()),
    "sine": lambda z: z.sin(),
    "identity": lambda z: z,
}


def mlp(*args, seed=0, **options):
    torch.manual_seed(seed)
    return SimpleMLP(*args, **options)


def same_weights(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_the_lecture_network():
    model = SimpleMLP(input_dim=20, hidden_dims=[64, 32], output_dim=5)
    kinds = [nn.Linear, nn.ReLU, nn.Dropout, nn.Linear, nn.ReLU, nn.Dropout, nn.Linear]
    assert [type(layer) for layer in model.net] == kinds
    assert [tuple(layer.weight.shape) for layer in model.linears] == [(64, 20), (32, 64), (5, 32)]
    assert {layer.p for layer in model.net if isinstance(layer, nn.Dropout)} == {0.1}
    # by hand: 20 * 64 + 64 = 1344, 64 * 32 + 32 = 2080, 32 * 5 + 5 = 165
    assert sum(parameter.numel() for parameter in model.parameters()) == 1344 + 2080 + 165 == 3589
    assert model(torch.randn(7, 20)).shape == (7, 5)


def test_the_lecture_weights_from_the_same_seed():
    model = mlp(20, [64, 32], 5)
    torch.manual_seed(0)
    by_hand = nn.Sequential(
        *(nn.Linear(20, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.1)),
        nn.Linear(32, 5),
    )
    assert same_weights(model, by_hand)
    x = torch.randn(9, 20)
    torch.manual_seed(1)
    ours = model(x)
    torch.manual_seed(1)
    assert torch.equal(ours, by_hand(x))  # with the same units dropped


def test_defaults_are_the_lecture_s():
    model = SimpleMLP(3)
    assert [layer.out_features for layer in model.linears] == [128, 64, 10]
    assert [layer.p for layer in model.net if isinstance(layer, nn.Dropout)] == [0.1, 0.1]


@pytest.mark.parametrize("dropout", [0, 0.0, 0.5])
def test_dropout_layers_only_where_something_is_dropped(dropout):
    model = SimpleMLP(3, [4, 4], 2, dropout)
    assert sum(isinstance(layer, nn.Dropout) for layer in model.net) == (2 if dropout else 0)


@pytest.mark.parametrize("hidden_dims", [(), (1,), (64,), (5, 3), (2,) * 8])
@pytest.mark.parametrize("batch", [1, 6])
def test_shapes(hidden_dims, batch):
    model = mlp(3, hidden_dims, 4)
    x = torch.randn(batch, 3)
    assert model(x).shape == (batch, 4)
    sums, values = model.layer_outputs(x)
    assert [z.shape[1] for z in sums] == [h.shape[1] for h in values] == [*hidden_dims, 4]


def test_a_batch_of_another_width_is_refused():
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        SimpleMLP(3)(torch.randn(2, 4))
    with pytest.raises(TypeCheckError):
        SimpleMLP(3)(torch.randn(3))


def test_a_number_by_hand():
    model = SimpleMLP(2, [2], 1, 0)
    with torch.no_grad():
        model.linears[0].weight[:] = torch.tensor([[1.0, 2.0], [-1.0, 1.0]])
        model.linears[0].bias[:] = torch.tensor([0.5, -1.0])
        model.linears[1].weight[:] = torch.tensor([[2.0, 3.0]])
        model.linears[1].bias[:] = torch.tensor([-0.5])
    x = torch.tensor([[1.0, -0.25]])
    # first unit 1 - 0.5 + 0.5 = 1, second -1 - 0.25 - 1 = -2.25, which ReLU makes 0; then 2 * 1 + 3 * 0 - 0.5
    sums, values = model.layer_outputs(x)
    assert [z.tolist() for z in sums] == [[[1, -2.25]], [[1.5]]]
    assert [h.tolist() for h in values] == [[[1, 0]], [[1.5]]]
    model(x).sum().backward()
    assert model.linears[0].weight.grad.tolist() == [[2, -0.5], [0, 0]]  # 2 x for the unit that is on
    assert model.linears[1].weight.grad.tolist() == [[1, 0]]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_is_its_formula(activation):
    model = mlp(3, [6, 5], 2, 0, activation=activation).double()
    x = torch.randn(50, 3, dtype=torch.float64)
    first, second, last = model.linears
    f = FORMULAS[activation]
    by_hand = f(f(x @ first.weight.T + first.bias) @ second.weight.T + second.bias) @ last.weight.T + last.bias
    torch.testing.assert_close(model(x), by_hand)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden_dims", [(), (4,), (4, 3)])
def test_the_last_layer_output_is_the_forward_pass_without_dropout(activation, hidden_dims):
    model = mlp(3, hidden_dims, 2, 0.5, activation=activation)
    x = torch.randn(20, 3)
    sums, values = model.layer_outputs(x)  # in training mode
    model.eval()
    assert torch.equal(values[-1], model(x))
    assert torch.equal(sums[-1], values[-1])
    for z, h in zip(sums[:-1], values[:-1], strict=True):
        torch.testing.assert_close(h, FORMULAS[activation](z))


def test_no_hidden_layer_is_a_linear_map():
    model = mlp(3, (), 2)
    x, y = torch.randn(2, 10, 3)
    torch.testing.assert_close(model(x + y) + model(torch.zeros(10, 3)), model(x) + model(y))
    assert [type(layer) for layer in model.net] == [nn.Linear]


def test_identity_stays_linear_and_relu_does_not():
    x, y = torch.randn(2, 50, 3)
    for activation, is_linear in [("identity", True), ("relu", False)]:
        model = mlp(3, [8, 8], 2, 0, activation=activation)
        gap = model(x + y) + model(torch.zeros(50, 3)) - model(x) - model(y)
        assert (gap.abs().max() < 1e-5) == is_linear


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("initialisation", [name for name in INITIALISATIONS if name != "zeros"])
def test_gradient_reaches_every_parameter(activation, initialisation):
    model = mlp(3, [8, 8], 2, 0, activation=activation, initialisation=initialisation)
    F.cross_entropy(model(torch.randn(64, 3)), torch.randint(0, 2, (64,))).backward()
    assert all(parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in model.parameters())


@pytest.mark.parametrize(
    ("scheme", "deviation"),
    [("default", 1 / math.sqrt(3 * 400)), ("xavier", math.sqrt(2 / 700)), ("he", math.sqrt(2 / 400)), ("large", 3)],
)
def test_first_weights_have_the_deviation_of_the_formula(scheme, deviation):
    torch.manual_seed(0)
    linear = nn.Linear(400, 300)
    initialise(linear, scheme)
    assert linear.weight.std().item() == pytest.approx(deviation, rel=0.02)
    assert abs(linear.weight.mean().item()) < 4 * deviation / math.sqrt(400 * 300)
    assert bool(linear.bias.any()) == (scheme == "default")


def test_xavier_and_default_are_bounded():
    torch.manual_seed(0)
    for scheme, bound in [("default", 1 / math.sqrt(400)), ("xavier", math.sqrt(6 / 700))]:
        linear = nn.Linear(400, 300)
        initialise(linear, scheme)
        assert 0.99 * bound < linear.weight.abs().max() <= bound + 1e-7


@pytest.mark.parametrize("shape", [(5, 5), (5, 3), (3, 5)])
def test_orthogonal_weights_keep_lengths(shape):
    linear = nn.Linear(*shape)
    initialise(linear, "orthogonal")
    W = linear.weight
    product = W @ W.T if shape[0] >= shape[1] else W.T @ W
    torch.testing.assert_close(product, torch.eye(min(shape)), atol=1e-5, rtol=0)


def test_zeros_keep_the_units_of_a_layer_alike():
    model = mlp(2, [4, 3], 2, 0, activation="sigmoid", initialisation="zeros")
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    x, y = torch.randn(40, 2), torch.randint(0, 2, (40,))
    for _ in range(50):
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
    for linear in model.linears[:-1]:
        assert linear.weight.abs().max() > 0
        torch.testing.assert_close(linear.weight, linear.weight[:1].expand_as(linear.weight))
        torch.testing.assert_close(linear.bias, linear.bias[:1].expand_as(linear.bias))


def test_a_copy_is_independent():
    model = mlp(3, [4], 2, 0.3, activation="sine")
    x = torch.randn(5, 3)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        model.eval()
        twin.eval()
        before = model(x)
        assert torch.equal(twin(x), before)
        with torch.no_grad():
            twin.linears[0].weight += 1
            twin.set_dropout(0)
        assert torch.equal(model(x), before)
        assert not torch.equal(twin(x), before)
        assert twin.activation == "sine"


@pytest.mark.parametrize("before", [0.0, 0.3])
@pytest.mark.parametrize("after", [0.0, 0.8])
@pytest.mark.parametrize("is_training", [True, False])
def test_another_dropout_keeps_the_weights_and_the_mode(before, after, is_training):
    model = mlp(3, [40, 40], 2, before).train(is_training)
    weights = [parameter for parameter in model.parameters()]
    x = torch.randn(50, 3)
    expected = model.layer_outputs(x)[1][-1]
    model.set_dropout(after)
    assert all(a is b for a, b in zip(weights, model.parameters(), strict=True))
    assert [layer.p for layer in model.net if isinstance(layer, nn.Dropout)] == ([after] * 2 if after else [])
    assert torch.equal(model(x), expected) == (not is_training or after == 0)
    assert torch.equal(model.eval()(x), expected)


def test_dropout_keeps_the_expected_value():
    model = mlp(1, [20_000], 1, 0.8, activation="identity")
    hidden = model.net[2](torch.ones(1, 20_000))
    assert (hidden == 0).float().mean().item() == pytest.approx(0.8, abs=0.02)
    assert hidden.mean().item() == pytest.approx(1, abs=0.1)


def test_the_same_seed_gives_the_same_weights():
    for name in INITIALISATIONS:
        options = {"hidden_dims": (4, 4), "initialisation": name}
        assert same_weights(mlp(3, **options), mlp(3, **options))
        if name != "zeros":
            assert not same_weights(mlp(3, **options), mlp(3, **options, seed=1))


def test_unknown_names_are_refused_with_what_there_is():
    with pytest.raises(ValueError, match="activation 'bend' is none of relu, leaky_relu"):
        SimpleMLP(3, activation="bend")
    with pytest.raises(ValueError, match="initialisation 'ones' is none of default, xavier"):
        SimpleMLP(3, initialisation="ones")
    with pytest.raises(ValueError, match="dropout probability"):
        SimpleMLP(3, dropout=1.5)
