"""The table of layers adds up for every kind of network, and looking into a network leaves it as it was."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.anatomy import Anatomy, Layer, anatomy
from training.experiment import Network
from training.forward import watch
from training.probe import NextStep


class Tied(nn.Module):
    """Reads and writes letters with the same weights."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(7, 4)
        self.mix = nn.Linear(4, 4)
        self.write = nn.Linear(4, 7, bias=False)
        self.write.weight = self.embed.weight

    def forward(self, letters: Tensor) -> dict[str, Tensor]:
        return {"logits": self.write(torch.tanh(self.mix(self.embed(letters))))}


class Twice(nn.Module):
    """The same layer two times, a weight of its own, a buffer, and arithmetic outside of any layer."""

    def __init__(self) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.randn(1, 4))
        self.layer = nn.Linear(4, 4)
        self.unused = nn.Linear(4, 9)
        self.scale: Tensor
        self.register_buffer("scale", torch.ones(4))

    def forward(self, x: Tensor, name: str) -> tuple[Tensor, Tensor]:
        x = self.layer(self.layer(x + self.token)) * self.scale
        return x, x @ x.T


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 3, 5, padding=2, stride=2)
        self.side = nn.Conv2d(3, 3, 1)
        self.last = nn.Conv2d(3, 2, 3, dilation=2)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.first(x)) + self.side(x)
        return self.last(F.relu(self.second(x)))


def encoder() -> nn.Module:
    return nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 32, batch_first=True), 6)


def conv_net() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 8, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(72, 10),
    )  # fmt: skip


def mlp() -> nn.Module:
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Sequential(nn.Dropout(0.5), nn.Linear(8, 2)))


ZOO: dict[str, Any] = {
    "mlp": lambda: Network(mlp(), (torch.randn(6, 3),)),
    "conv": lambda: Network(conv_net(), (torch.randn(4, 1, 16, 16),)),
    "lstm": lambda: Network(
        nn.LSTM(3, 4, 2, batch_first=True, bidirectional=True), (torch.randn(2, 5, 3),), ("B T D",)
    ),
    "gru": lambda: Network(nn.GRU(3, 4), (torch.randn(5, 2, 3),), ("T B D",)),
    "rnn": lambda: Network(nn.RNN(3, 4, batch_first=True), (torch.randn(2, 5, 3),), ("B T d",)),
    "encoder": lambda: Network(encoder(), (torch.randn(3, 5, 16),), ("B T d",)),
    "tied": lambda: Network(Tied(), (torch.randint(0, 7, (3, 5)),), ("B T",)),
    "twice": lambda: Network(Twice(), (torch.randn(3, 4), "a word")),
    "residual": lambda: Network(Residual(), (torch.randn(2, 3, 20, 20),)),
}


def look(name: str) -> tuple[Network, Anatomy]:
    torch.manual_seed(0)
    network: Network = ZOO[name]()
    return network, anatomy(network)


def line(found: Anatomy, path: str) -> Layer:
    return next(layer for layer in found.layers if layer.path == path)


@pytest.mark.parametrize("name", ZOO)
def test_totals_are_those_of_the_network(name: str) -> None:
    network, found = look(name)
    parameters = [one.detach() for one in network.module.parameters()]
    assert found.num_parameters == found.weights.count == sum(one.numel() for one in parameters)
    assert found.weights.norm == pytest.approx(math.sqrt(sum(float((one.double() ** 2).sum()) for one in parameters)))
    for lines in (found.layers, found.folded):
        assert sum(layer.num_parameters for layer in lines) == found.num_parameters
        assert sum(layer.num_macs for layer in lines) == found.num_macs
        assert sum(layer.num_bytes for layer in lines) == found.num_bytes
    assert found.num_macs == watch(network)[network.module].operations // 2
    assert found.num_bytes > sum(one.numel() * 4 for one in parameters)


@pytest.mark.parametrize("name", ZOO)
def test_looking_leaves_no_trace(name: str) -> None:
    torch.manual_seed(0)
    network: Network = ZOO[name]()
    network.module.train()
    next(network.module.children(), network.module).eval()  # a part that was switched by hand
    before = {key: value.clone() for key, value in network.module.state_dict().items()}
    inputs = [one.clone() for one in network.inputs if isinstance(one, Tensor)]
    modes = [one.training for one in network.module.modules()]
    random = torch.get_rng_state()
    anatomy(network)
    assert torch.equal(torch.get_rng_state(), random)
    assert [one.training for one in network.module.modules()] == modes
    assert all(torch.equal(value, before[key]) for key, value in network.module.state_dict().items())
    assert all(one.grad is None for one in network.module.parameters())
    assert not any(one._forward_hooks or one._forward_pre_hooks for one in network.module.modules())
    for one, old in zip([one for one in network.inputs if isinstance(one, Tensor)], inputs, strict=True):
        assert torch.equal(one, old)


def test_a_linear_layer_multiplies_inputs_by_outputs() -> None:
    _, found = look("mlp")
    assert [(layer.path, layer.kind) for layer in found.layers] == [
        ("0", "Linear"), ("1", "Tanh"), ("2.0", "Dropout"), ("2.1", "Linear"),
    ]  # fmt: skip
    assert line(found, "0").num_macs == 6 * 3 * 8
    assert (line(found, "0").inputs, line(found, "0").outputs) == ("B × 3", "B × 8")
    assert (line(found, "0").sizes_in, line(found, "0").sizes_out) == ("6 × 3", "6 × 8")
    assert line(found, "0").formula == "8 × 3 + 8"
    assert line(found, "0").num_bytes == 4 * (32 + 48)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("groups", [1, 2])
def test_a_convolution_multiplies_at_every_place(stride: int, groups: int) -> None:
    conv = nn.Conv2d(4, 6, 3, stride=stride, padding=1, groups=groups)
    found = anatomy(Network(conv, (torch.randn(2, 4, 10, 8),)))
    places = (10 // stride) * (8 // stride)
    assert found.num_macs == 2 * places * 3 * 3 * (4 // groups) * 6
    assert found.layers[0].outputs == f"B × 6 × {10 // stride} × {8 // stride}"


@pytest.mark.parametrize(("kind", "gates"), [(nn.RNN, 1), (nn.GRU, 3), (nn.LSTM, 4)])
def test_a_recurrent_layer_multiplies_at_every_time_step(kind: type[nn.RNNBase], gates: int) -> None:
    found = anatomy(Network(kind(3, 4, 2, batch_first=True), (torch.randn(2, 5, 3),), ("B T D",)))
    assert found.num_macs == 2 * 5 * gates * 4 * (3 + 4 + 4 + 4)
    states = ["2 × B × 4"] * (2 if kind is nn.LSTM else 1)
    assert found.layers[0].outputs == ", ".join(["B × T × 4", *states])


def test_equal_layers_are_shown_once_with_how_many() -> None:
    _, found = look("encoder")
    assert {layer.times for layer in found.folded if layer.path} == {6}
    assert len(found.layers) == 6 * len(found.folded)
    attention = next(layer for layer in found.folded if layer.kind == "MultiheadAttention")
    assert attention.num_parameters == 6 * (48 * 16 + 48 + 16 * 16 + 16)
    assert attention.formula == "48 × 16 + 48 + 16 × 16 + 16"
    assert attention.num_macs == 6 * (15 * 16 * 48 + 15 * 16 * 16 + 2 * 3 * 5 * 5 * 16)
    assert attention.inputs == "B × T × 16, B × T × 16, B × T × 16"
    assert found.num_macs == 6 * 15 * (48 * 16 + 16 * 16 + 2 * 16 * 32) + 6 * 2 * 3 * 5 * 5 * 16


def test_layers_with_bends_are_folded_in_pairs() -> None:
    parts: list[nn.Module] = [nn.Linear(2, 8), nn.Tanh()]
    for _ in range(4):
        parts += [nn.Linear(8, 8), nn.Tanh()]
    found = anatomy(Network(nn.Sequential(*parts, nn.Linear(8, 2)), (torch.randn(3, 2),)))
    assert [(layer.kind, layer.times) for layer in found.folded] == [
        ("Linear", 1), ("Tanh", 1), ("Linear", 4), ("Tanh", 4), ("Linear", 1),
    ]  # fmt: skip


def test_shared_weights_count_once_and_a_layer_called_twice_works_twice() -> None:
    _, tied = look("tied")
    assert line(tied, "embed").num_parameters == 28
    assert line(tied, "write").num_parameters == 0
    assert line(tied, "write").shared_with == "embed"
    assert line(tied, "write").outputs == "B × T × 7"
    assert line(tied, "write").num_macs == 15 * 4 * 7
    _, twice = look("twice")
    assert line(twice, "layer").calls == 2
    assert line(twice, "layer").num_macs == 2 * 3 * 4 * 4
    assert line(twice, "unused").calls == 0
    assert line(twice, "unused").num_parameters == 45
    assert line(twice, "").num_parameters == 4
    assert line(twice, "").num_macs == 3 * 3 * 4, "the product outside of any layer is the network's own"
    assert line(twice, "").outputs == "B × 4, B × B"


def test_receptive_fields() -> None:
    _, found = look("conv")
    assert [layer.reach for layer in found.layers if layer.reach] == ["3 × 3", "4 × 4", "8 × 8"]
    _, residual = look("residual")
    reaches = {layer.path: layer.reach for layer in residual.layers}
    # 3, then max(3, 1) + 4 = 7 with stride 2, then 7 + 2 · 2 · 2 = 15
    assert reaches == {"first": "3 × 3", "side": "1 × 1", "second": "7 × 7", "last": "15 × 15"}
    assert not any(layer.reach for layer in look("mlp")[1].layers)


def test_a_receptive_field_is_what_reaches_the_gradient() -> None:
    """The theory, against the network: which inputs does one place of the output depend on?"""
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv1d(1, 2, 3, padding=1), nn.AvgPool1d(2), nn.Conv1d(2, 1, 3, dilation=2)).double()
    x = torch.randn(1, 1, 40, dtype=torch.double, requires_grad=True)
    (gradient,) = torch.autograd.grad(module(x)[0, 0, 7], x)
    reach = anatomy(Network(module, (x.detach(),))).layers[-1].reach
    places = gradient[0, 0].nonzero()
    assert reach == str(int(places.max() - places.min()) + 1) == "12"


def test_letters_of_folded_axes_and_of_inputs_that_refuse() -> None:
    class Flat(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 4)

        def forward(self, x: Tensor, edges: Tensor) -> Tensor:
            return self.layer(x.flatten(0, 1)) if edges.ndim > 2 else self.layer(x[edges[0]])

    flat = anatomy(Network(Flat(), (torch.randn(3, 5, 4), torch.zeros(1, 1, 1)), ("B T D", "")))
    assert flat.layers[0].inputs == "B·T × 4"
    graph = anatomy(Network(Flat(), (torch.randn(6, 4), torch.tensor([[0, 5, 5], [1, 2, 0]])), ("N D", "_ E")))
    assert graph.layers[0].inputs == "E × 4", "fewer nodes break the edges; the number of edges still has its letter"


def test_weights_now_against_the_start_and_gradients() -> None:
    torch.manual_seed(0)
    network = Network(mlp(), (torch.randn(6, 3),))
    first = {one: one.detach().clone() for one in network.module.parameters()}
    linear = network.module[0]  # type: ignore[index]
    with torch.no_grad():
        linear.weight.mul_(2)
        linear.bias.mul_(2)
    linear.bias.requires_grad_(False)
    gradients = {linear.weight: torch.tensor([[3.0, 0, 0]] + [[0.0, 4, 0]] + [[0.0, 0, 0]] * 6)}
    found = line(
        anatomy(network, step=NextStep(gradients, {linear.weight: 0.5 * linear.weight.detach()}), first=first), "0"
    )
    values = torch.cat([linear.weight.flatten(), linear.bias]).detach().double()
    assert found.weights.mean == pytest.approx(float(values.mean()))
    assert found.weights.deviation == pytest.approx(float(values.std(correction=0)))
    assert found.weights.norm == pytest.approx(float(values.norm()))
    assert found.weights.start_norm == pytest.approx(float(values.norm()) / 2)
    assert found.weights.moved == pytest.approx(1)
    assert found.weights.gradient_norm == pytest.approx(5)
    assert found.weights.zero_share == pytest.approx(22 / 24)
    assert found.weights.update_ratio == pytest.approx(0.5 * float(linear.weight.detach().norm() / values.norm()))
    assert found.num_frozen == 8
    assert math.isnan(line(anatomy(network), "0").weights.moved)
