"""What cannot be told apart: colours against networkx, and networks that must agree wherever the colours do."""

from collections import Counter

import networkx
import numpy as np
import pytest
import torch

from experiments.gnn_colours import (
    FRESH,
    LAYERS,
    PAIRS,
    fresh,
    helps,
    live_verdict,
    refine,
    renumbered,
    ring_counts,
    say,
    usual,
    verdicts,
)
from models.gnn import SimpleGNN
from tests.experiments.gnn_parts import LAYERS as KINDS
from tests.experiments.gnn_parts import network, path, ring_with_tail, stand_in

NEVER = ("hexagon, two triangles", "decalin, bicyclopentyl")
APART = {"2- and 3-methylpentane": 2, "butane, isobutane": 1, "two trees": 3, "stars of 2 and 4": 0,
         "triangle, four all linked": 0}  # fmt: skip


def test_every_pair_is_told_apart_in_the_round_that_is_claimed():
    assert {name: refine(pair).apart for name, pair in PAIRS.items()} == {**dict.fromkeys(NEVER), **APART}


@pytest.mark.parametrize("name", PAIRS)
def test_colours_are_those_of_networkx(name):
    pair = PAIRS[name]
    found = refine(pair)
    hashes = []
    for graph in map(networkx.Graph.copy, pair.graphs):
        networkx.set_node_attributes(graph, "alike", "label")
        rounds = len(found.rounds) - 1
        hashes.append(networkx.weisfeiler_lehman_subgraph_hashes(graph, node_attr="label", iterations=rounds))
    for number in range(1, len(found.rounds)):
        ours = [colour for colours in found.rounds[number] for colour in colours]
        theirs = [
            hashed[node][number - 1]
            for graph, hashed in zip(pair.graphs, hashes, strict=True)
            for node in range(len(graph))
        ]
        assert len(set(ours)) == len(set(theirs)) == len(set(zip(ours, theirs, strict=True)))


def test_rounds_only_split_and_end_when_nothing_does():
    for pair in PAIRS.values():
        found = refine(pair)
        sizes = [len({colour for one in both for colour in one}) for both in found.rounds]
        assert sizes == sorted(sizes)
        assert sizes[-1] == sizes[-2]
        assert [len(recipes) for recipes in found.recipes[1:]] == sizes[1:]
        assert found.counts(len(sizes) - 1).sum(1).tolist() == [len(graph) for graph in pair.graphs]


def test_the_two_molecules_are_what_they_are_called():
    from rdkit.Chem import MolFromSmiles

    for graph, smiles in zip(PAIRS[NEVER[1]].graphs, ("C1CCC2CCCCC2C1", "C1CCC(C1)C1CCCC1"), strict=True):
        bonds = MolFromSmiles(smiles).GetBonds()
        drawn = networkx.Graph([(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in bonds])
        assert networkx.is_isomorphic(graph, drawn)


@pytest.mark.parametrize("layer", KINDS)
@pytest.mark.parametrize("name", NEVER)
def test_networks_say_the_same_where_colours_never_differ(name, layer):
    for readout in ("mean", "sum", "max", "attention"):
        torch.manual_seed(0)
        model = SimpleGNN(2, 16, 3, num_layers=4, layer=layer, edge_dim=2, readout=readout)
        told, edge = torch.tensor([0.3, -2.0]), torch.tensor([1.0, 0.5])
        outputs = [say(model, graph, told.expand(len(graph), 2), edge) for graph in PAIRS[name].graphs]
        assert np.abs(outputs[0]).max() > 1e-3
        np.testing.assert_allclose(*outputs, atol=1e-12)


@pytest.mark.parametrize("name", APART)
def test_a_sum_tells_apart_what_colours_tell_apart(name):
    assert APART[name] <= LAYERS
    found = {verdict.name: verdict for verdict in verdicts(PAIRS[name])}
    assert tuple(found) == tuple(FRESH)
    assert not found["GIN, sum of nodes"].is_same
    assert found["GraphSAGE, mean of nodes"].is_same  # all nodes start alike, and so do all means of them
    assert found["GCN, mean of nodes"].is_same == (name == "triangle, four all linked")


@pytest.mark.parametrize(("name", "round_"), [pair for pair in APART.items() if pair[1]])
def test_it_takes_as_many_layers_as_rounds(name, round_):
    for num_layers in range(1, round_ + 1):
        torch.manual_seed(0)
        model = SimpleGNN(1, 64, 1, num_layers=num_layers, layer="GIN", readout="sum")
        outputs = [say(model, graph, torch.ones(len(graph), 1)) for graph in PAIRS[name].graphs]
        is_apart = abs(float(outputs[0][0] - outputs[1][0])) > 1e-9
        assert is_apart == (num_layers == round_)


@pytest.mark.parametrize("name", NEVER)
def test_what_helps_tells_them_apart_and_only_rings_keep_the_order_out(name):
    alike, own, rings = helps(PAIRS[name])
    assert alike.verdict.is_same
    assert not own.verdict.is_same
    assert own.renumbered > 1e-6
    assert not rings.verdict.is_same
    assert rings.renumbered < 1e-9


def test_rings_are_counted_without_short_cuts():
    decalin, bicyclopentyl = PAIRS[NEVER[1]].graphs
    counts = ring_counts(decalin)
    assert counts[:, 3].tolist() == [2, 2, 1, 1, 1, 1, 1, 1, 1, 1]  # of six; the ring of ten has a short cut
    assert counts.sum() == 12
    assert ring_counts(bicyclopentyl)[:, 2].tolist() == [1] * 10
    assert not ring_counts(PAIRS["two trees"].graphs[0]).any()


def test_a_graph_renumbered_is_the_same_graph():
    graph = PAIRS["two trees"].graphs[0]
    again = renumbered(graph)
    assert networkx.is_isomorphic(graph, again)
    assert set(graph.edges) != set(again.edges)


def test_the_live_network_reads_what_is_most_frequent_in_its_data():
    part = path(5)
    rare = part.x.clone()
    rare[[0, 2, 3]] = torch.tensor([1.0, 0.0, 0.5])
    model = network("GINE", part)
    experiment = stand_in(model, type(part)(rare, part.edge_index, part.edge_attr), ring_with_tail(3))
    node, edge = usual(experiment.graphs)
    assert node.tolist() == [1.0, 0.0, 0.5]
    both = Counter(map(tuple, experiment.graphs.edge_attr.tolist()))
    assert both[tuple(edge.tolist())] == max(both.values())
    assert live_verdict(experiment, pair=PAIRS[NEVER[0]]).is_same
    assert not live_verdict(experiment, pair=PAIRS["butane, isobutane"]).is_same
    assert model.training
    assert next(model.parameters()).dtype == torch.float32


def test_fresh_networks_are_always_the_same():
    before = torch.random.get_rng_state()
    first, second = (fresh("GIN", "sum").state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert torch.equal(before, torch.random.get_rng_state())
