"""Rings that no message tells apart, and chains along which an answer travels."""

import networkx
import pytest
import torch

from data.synthetic_graphs import CHAIN_CLASSES, LARGEST_RING, NUM_CHAINS, NUM_RINGS, SMALLEST_RING, chains, rings


def test_rings_are_what_they_are_called():
    graphs = rings(0)
    assert graphs.num_graphs == NUM_RINGS
    assert graphs.y.bincount().tolist() == [NUM_RINGS / 2, NUM_RINGS / 2]
    sizes = set()
    for number in range(graphs.num_graphs):
        part = graphs.part(number)
        graph = networkx.Graph(part.edge_index.T.tolist())
        assert set(dict(graph.degree).values()) == {2}
        assert part.edge_index.shape[1] == 2 * graph.number_of_edges() == 2 * len(part.x)
        count = 1 + int(graphs.y[number])
        assert networkx.number_connected_components(graph) == count
        size = len(part.x) // 2
        assert graphs.labels[number] == (f"two rings of {size}" if count == 2 else f"one ring of {2 * size}")
        sizes.add(size)
    assert sizes == set(range(SMALLEST_RING, LARGEST_RING + 1))
    assert torch.equal(graphs.x, torch.ones_like(graphs.x))


def test_the_test_holds_rings_of_both_kinds():
    graphs = rings(1)
    assert (graphs.is_train ^ graphs.is_test).all()
    share = graphs.y[graphs.is_test].float().mean()
    assert share == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("length", [2, 6, 12])
def test_only_the_first_node_of_a_chain_says_the_class(length):
    graphs = chains(length, 0)
    assert graphs.num_graphs == NUM_CHAINS
    x, y = graphs.x.view(NUM_CHAINS, length, -1), graphs.y.view(NUM_CHAINS, length)
    assert torch.equal(x[:, 0].argmax(1), y[:, 0])
    assert (y == y[:, :1]).all()
    assert (x[:, 1:] == torch.eye(len(CHAIN_CLASSES) + 1)[-1]).all()
    graph = networkx.Graph(graphs.part(7).edge_index.T.tolist())
    assert networkx.is_isomorphic(graph, networkx.path_graph(length))
    assert networkx.shortest_path_length(graph, 0, length - 1) == length - 1
    assert graphs.edge_index.shape[1] == 2 * NUM_CHAINS * (length - 1)


def test_whole_chains_are_kept_for_the_test():
    graphs = chains(5, 0)
    is_test = graphs.is_test.view(-1, 5)
    assert (is_test == is_test[:, :1]).all()
    assert is_test[:, 0].float().mean() == pytest.approx(0.25, abs=0.01)
    assert torch.equal(graphs.is_train, ~graphs.is_test)


@pytest.mark.parametrize("make", [rings, lambda seed: chains(6, seed)])
def test_a_seed_fixes_everything(make):
    first, again, other = make(0), make(0), make(1)
    assert torch.equal(first.y, again.y)
    assert torch.equal(first.edge_index, again.edge_index)
    assert torch.equal(first.is_test, again.is_test)
    assert not torch.equal(first.y, other.y)
