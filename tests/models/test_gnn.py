"""The lecture's graph network and its relatives: parity, the two ways to compute, and what order does not change."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch_geometric.loader import DataLoader
from torch_geometric.nn import GCNConv, global_mean_pool

from data.graphs import Graphs, Part, joined
from data.molecules import smiles_to_graph
from experiments.gnn_batches import Batches, Padded
from models.gnn import DENSE, SimpleGNN, edge_weights

LAYERS = ("GCN", "GraphSAGE", "GIN", "GINE", "GAT", "NNConv")
READOUTS = ("mean", "sum", "max", "attention", "none")
SIZES = (3, 5, 1, 7, 2)
SMILES = ("CCO", "c1ccccc1O", "CC(=O)N", "[Na+].[Cl-]", "C#N")


class Lecture(nn.Module):
    """What the lecture computes, as it names it."""

    def __init__(self, in_channels: int, hidden_channels: int = 64, num_classes: int = 2) -> None:
        super().__init__()
        self.conv1 = GCNConv(in_channels, hidden_channels)
        self.conv2 = GCNConv(hidden_channels, hidden_channels)
        self.lin = nn.Linear(hidden_channels, num_classes)

    def forward(self, x, edge_index, batch):
        x = self.conv1(x, edge_index).relu()
        x = self.conv2(x, edge_index).relu()
        return self.lin(global_mean_pool(x, batch))


def make_graphs(level="graph"):
    generator = torch.Generator().manual_seed(0)
    parts = []
    for size in SIZES:
        upper = torch.triu(torch.rand(size, size, generator=generator) > 0.4, 1)
        edge_index = (upper | upper.T).nonzero().T.contiguous()
        x = torch.randn(size, 4, generator=generator)
        parts.append(Part(x, edge_index, torch.randn(edge_index.shape[1], 3, generator=generator)))
    flat = joined(parts)
    number = len(SIZES) if level == "graph" else sum(SIZES)
    y, is_train = torch.arange(number) % 2, torch.arange(number) < number - 1
    return Graphs(
        "drawn", level, "classification", *flat, y, is_train, ~is_train, tuple("abcd"), tuple("xyz"), ("no", "yes"),
        "answer", tuple(map(str, range(len(SIZES)))),
    )  # fmt: skip


def network(layer, **options):
    torch.manual_seed(1)
    return SimpleGNN(4, 8, 2, layer=layer, edge_dim=3, **options).eval()


def test_its_defaults_are_the_lecture_and_give_its_numbers():
    ours, theirs = SimpleGNN(10), Lecture(10)
    for own, conv in zip(ours.convs, (theirs.conv1, theirs.conv2), strict=True):
        conv.load_state_dict(own.state_dict())
    theirs.lin.load_state_dict(ours.lin.state_dict())
    batch = next(iter(DataLoader([smiles_to_graph(smiles, 0) for smiles in SMILES], batch_size=len(SMILES))))
    torch.testing.assert_close(
        ours(batch.x, batch.edge_index, batch.batch), theirs(batch.x, batch.edge_index, batch.batch)
    )


def test_two_linked_nodes_by_hand():
    """With weight 1, bias 0 and inputs 1 and 3: with themselves both have degree 2, so each hears half of both."""
    model = SimpleGNN(1, 1, 1, num_layers=1)
    with torch.no_grad():
        model.convs[0].lin.weight.fill_(1.0)
        model.lin.weight.fill_(1.0)
        model.lin.bias.fill_(0.5)
    answer = model(torch.tensor([[1.0], [3.0]]), torch.tensor([[0, 1], [1, 0]]), torch.zeros(2, dtype=torch.int64))
    assert answer.item() == pytest.approx((1 + 3) / 2 + 0.5)


@pytest.mark.parametrize("layer", DENSE)
@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize("normalisation", ["none", "batch", "layer", "pair"])
def test_padded_matrices_give_the_same_numbers(layer, readout, normalisation):
    graphs = make_graphs("node" if readout == "none" else "graph")
    batches, rows = Batches(graphs, layer), torch.tensor([3, 0, 4, 1, 2])
    model = network(layer, readout=readout, normalisation=normalisation, num_layers=3, is_residual=True)
    flat, padded = batches.flat(rows), batches.cut(rows)
    assert isinstance(padded, Padded)
    one = model(flat.x, flat.edge_index, flat.batch, flat.edge_attr)
    other = model.forward_dense(padded.x, padded.adjacency, padded.is_node)
    torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)
    assert torch.equal(flat.nodes, padded.nodes)


@pytest.mark.parametrize("layer", DENSE)
def test_the_gradients_are_the_same_too(layer):
    graphs = make_graphs()
    batches, rows = Batches(graphs, layer), torch.arange(len(SIZES))
    flat, padded = batches.flat(rows), batches.cut(rows)
    found = []
    for answer in (
        lambda model: model(flat.x, flat.edge_index, flat.batch),
        lambda model: model.forward_dense(padded.x, padded.adjacency, padded.is_node),
    ):
        model = network(layer)
        F.cross_entropy(answer(model), graphs.y).backward()
        found.append([weight.grad for weight in model.parameters()])
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("layer", [layer for layer in LAYERS if layer not in DENSE])
def test_layers_that_read_edges_have_no_matrix(layer):
    graphs = make_graphs()
    batch = Batches(graphs, layer).cut(torch.arange(3))
    assert not isinstance(batch, Padded)
    with pytest.raises(ValueError, match="call forward"):
        network(layer).forward_dense(torch.zeros(1, 2, 4), torch.zeros(1, 2, 2), torch.ones(1, 2, dtype=torch.bool))


@pytest.mark.parametrize("layer", LAYERS)
def test_graphs_in_a_batch_do_not_hear_each_other(layer):
    batches, model = Batches(make_graphs(), layer), network(layer)
    together = batches.flat(torch.arange(len(SIZES)))
    answers = model(together.x, together.edge_index, together.batch, together.edge_attr)
    for row in range(len(SIZES)):
        alone = batches.flat(torch.tensor([row]))
        own = model(alone.x, alone.edge_index, alone.batch, alone.edge_attr)
        torch.testing.assert_close(own[0], answers[row], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("readout", READOUTS)
def test_numbering_the_nodes_anew_changes_nothing(layer, readout):
    part = make_graphs().part(3)
    model, n = network(layer, readout=readout), SIZES[3]
    number = torch.randperm(n, generator=torch.Generator().manual_seed(2))
    batch = torch.zeros(n, dtype=torch.int64)
    before = model(part.x, part.edge_index, batch, part.edge_attr)
    after = model(part.x[number.argsort()], number[part.edge_index], batch, part.edge_attr)
    torch.testing.assert_close(after if readout != "none" else after[number], before, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("layer", LAYERS)
def test_only_layers_that_read_edges_mind_them(layer):
    part = make_graphs().part(3)
    model, batch = network(layer), torch.zeros(SIZES[3], dtype=torch.int64)
    before = model(part.x, part.edge_index, batch, part.edge_attr)
    after = model(part.x, part.edge_index, batch, part.edge_attr + 1)
    assert torch.equal(before, after) is (layer not in ("GINE", "GAT", "NNConv"))


def test_edge_weights_of_a_path():
    """Degrees 1, 2, 1 and with the node itself 2, 3, 2."""
    edges = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
    weight, own = edge_weights("GCN", edges, 3)
    torch.testing.assert_close(weight, torch.full((4,), 1 / 6**0.5))
    torch.testing.assert_close(own, torch.tensor([1 / 2, 1 / 3, 1 / 2]))
    assert edge_weights("GraphSAGE", edges, 3)[0].tolist() == [0.5, 1.0, 1.0, 0.5]
    assert edge_weights("GIN", edges, 3)[0].tolist() == [1.0] * 4


def test_it_needs_a_layer():
    with pytest.raises(ValueError, match="at least 1"):
        SimpleGNN(3, num_layers=0)
