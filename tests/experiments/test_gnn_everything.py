"""Everything as a graph: sizes and matrices worked by hand, and what renumbering does to networks of every layer."""

import types
from typing import get_args

import numpy as np
import pytest
import torch

from data.dataset import DataError
from data.graphs import Part, collate
from data.networks import load_network
from data.synthetic_graphs import chains, rings
from experiments.gnn_everything import (
    CLUB,
    KINDS,
    MAX_WORDS,
    SENTENCE_GRAPHS,
    SIDE,
    adjacency,
    answers_under,
    club_graph,
    digit_picture,
    molecule_graph,
    numbering,
    picture_graph,
    sentence_graph,
    sizes_of,
)
from experiments.gnn_settings import GNNSettings
from models.gnn import Layer, Readout, SimpleGNN
from tests.training.toy import is_sentence

LAYERS = get_args(Layer)
READOUTS = [readout for readout in get_args(Readout) if readout != "none"]
WORDS = ["the", "old", "cat", "sat", "on", "the", "mat"]
CAFFEINE = "CN1C=NC2=C1C(=O)N(C(=O)N2C)C"
THINGS = {
    "picture": lambda: picture_graph(digit_picture(3)),
    **{f"sentence, {kind}": lambda kind=kind: sentence_graph(WORDS, kind) for kind in SENTENCE_GRAPHS},
    "molecule": lambda: molecule_graph(CAFFEINE),
    "social network": club_graph,
}
every_thing = pytest.mark.parametrize("name", THINGS)
every_layer = pytest.mark.parametrize("layer", LAYERS)


def experiment(data="long chains", model=None, graphs=None, **settings):
    return types.SimpleNamespace(settings=GNNSettings(data=data, **settings), model=model, graphs=graphs)


# ---- things as graphs ----------------------------------------------------------------------------------------------


@every_thing
def test_a_thing_is_a_graph_without_loops_or_doubles(name):
    thing = THINGS[name]()
    n = len(thing.names)
    assert thing.kind in KINDS
    assert thing.places.shape == (n, 2)
    assert len(thing.x) == n
    assert thing.places.min() >= -1e-6
    assert thing.places.max() <= 1 + 1e-6
    edges = {tuple(edge) for edge in thing.edge_index.T.tolist()}
    assert len(edges) == thing.edge_index.shape[1]
    assert all(a != b for a, b in edges)
    assert (edges == {(b, a) for a, b in edges}) == (not thing.is_directed)
    matrix = adjacency(thing)
    assert matrix.sum() == len(edges)
    assert (matrix == matrix.T).all() == (not thing.is_directed)


def test_a_picture_of_three_by_three_by_hand():
    thing = picture_graph(np.arange(9.0).reshape(3, 3) / 8)
    matrix = adjacency(thing)
    assert matrix[4].tolist() == [1, 1, 1, 1, 0, 1, 1, 1, 1]  # the middle hears all
    assert matrix[0].nonzero()[0].tolist() == [1, 3, 4]
    assert len(thing.links) == 20
    assert thing.names[5] == "pixel in row 2, column 3"
    assert thing.places[0].tolist() == pytest.approx([1 / 6, 5 / 6])  # the first pixel stands in the upper left
    assert thing.x[8, 0] == 1


def test_pixels_hear_what_a_kernel_sees():
    """A kernel of ones, without its middle, is the product with the matrix."""
    pixels = digit_picture(5)
    assert pixels.shape == (SIDE, SIDE)
    assert 0 <= pixels.min() < pixels.max() <= 1
    kernel = torch.ones(1, 1, 3, 3, dtype=torch.float64)
    kernel[0, 0, 1, 1] = 0
    wanted = torch.nn.functional.conv2d(torch.tensor(pixels)[None, None], kernel, padding=1)[0, 0].numpy()
    found = (adjacency(picture_graph(pixels)) @ pixels.reshape(-1)).reshape(SIDE, SIDE)
    assert found == pytest.approx(wanted)


def test_sentences_by_hand():
    chain, complete, causal = (adjacency(sentence_graph(WORDS[:4], kind)) for kind in SENTENCE_GRAPHS)
    assert chain.tolist() == [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]]
    assert complete.tolist() == (1 - np.eye(4, dtype=int)).tolist()
    assert causal.tolist() == np.tril(np.ones((4, 4), dtype=int), -1).tolist()  # a word hears those before it


def test_the_same_word_has_the_same_numbers():
    x = sentence_graph(WORDS, "chain").x
    assert torch.equal(x[0], x[5])
    assert not torch.equal(x[0], x[1])


def test_long_sentences_are_cut_and_short_ones_refused():
    assert len(sentence_graph(["word"] * 30, "complete").names) == MAX_WORDS
    for words in ([], ["alone"]):
        with pytest.raises(DataError, match="two words") as found:
            sentence_graph(words, "chain")
        assert is_sentence(str(found.value))


def test_a_molecule_by_hand():
    thing = molecule_graph("CC(=O)O")
    assert thing.names == ("C", "C", "O", "O")
    assert thing.links.tolist() == [[0, 1], [1, 2], [1, 3]]
    assert thing.orders.tolist() == [1, 2, 1]
    assert sizes_of(thing) == (4, 3, 0.5, 1.5, 3)


@pytest.mark.parametrize("smiles", ["", "not a molecule", "C", "C(", "C" * 60, "[Na+].[Cl-]"])
def test_what_is_no_drawable_molecule_says_so(smiles):
    with pytest.raises(DataError) as found:
        molecule_graph(smiles)
    assert is_sentence(str(found.value))


def test_the_club_is_whole():
    sizes = sizes_of(club_graph())
    assert sizes[:2] == (34, 78)
    assert sizes.largest_degree == 17
    assert sizes.density == pytest.approx(78 / (34 * 33 / 2))


# ---- renumbered ----------------------------------------------------------------------------------------------------


def test_a_numbering_is_a_permutation_and_stays():
    assert numbering(9, 0).tolist() == list(range(9))
    first, again, other = numbering(9, 1), numbering(9, 1), numbering(9, 2)
    assert sorted(first.tolist()) == list(range(9))
    assert first.tolist() == again.tolist() != other.tolist()


@every_thing
@every_layer
def test_a_graph_network_does_not_mind_the_numbers(name, layer):
    thing = THINGS[name]()
    found = answers_under(experiment(layer=layer), thing, numbering(len(thing.names), 1))
    assert not found.is_live
    assert found.gnn_difference < 1e-5
    assert np.abs(found.gnn).max() > 1e-4  # it says something
    assert np.abs(found.gnn[0] - found.gnn[1]).max() == pytest.approx(found.gnn_difference, abs=1e-9)


@every_thing
def test_an_mlp_on_the_matrix_minds_them_where_the_matrix_changes(name):
    thing = THINGS[name]()
    found = answers_under(experiment(), thing, numbering(len(thing.names), 1))
    if "complete" in name:
        assert found.mlp_difference == 0
    else:
        assert found.mlp_difference > 0.01
        assert np.abs(found.mlp[0] - found.mlp[1]).max() == pytest.approx(found.mlp_difference, abs=1e-6)
    assert answers_under(experiment(), thing, numbering(len(thing.names), 0)).mlp_difference == 0


@every_layer
@pytest.mark.parametrize("atoms", ["ten types", "rich"])
def test_the_pages_own_network_reads_molecules(layer, atoms):
    torch.manual_seed(0)
    model = SimpleGNN({"ten types": 10, "rich": 20}[atoms], 16, layer=layer, edge_dim=6, dropout=0.5)
    thing = molecule_graph(CAFFEINE)
    found = answers_under(experiment("mutagenicity", model, atoms=atoms), thing, numbering(14, 3))
    assert found.is_live
    assert found.gnn_difference < 1e-5
    assert model.training  # dropout was off for a while only


@every_layer
def test_the_pages_own_network_follows_each_node_of_the_club(layer):
    graphs = load_network(CLUB, "one of its own", 1, 0)
    torch.manual_seed(0)
    model = SimpleGNN(34, 16, layer=layer, readout="none")
    found = answers_under(experiment(CLUB, model, graphs), club_graph(), numbering(34, 1))
    assert found.is_live
    assert found.is_of_nodes
    assert found.gnn_difference < 1e-5


def test_nothing_is_drawn_from_the_random_numbers_of_the_run():
    before = torch.get_rng_state()
    answers_under(experiment(), club_graph(), numbering(34, 1))
    assert torch.equal(before, torch.get_rng_state())


# ---- the same, of the layers themselves ----------------------------------------------------------------------------


def random_graph(num_nodes=12, seed=0):
    generator = torch.Generator().manual_seed(seed)
    pairs = torch.combinations(torch.arange(num_nodes))
    kept = pairs[torch.rand(len(pairs), generator=generator) < 0.3].T
    edges = torch.cat([kept, kept.flip(0)], dim=1)
    told = torch.randn(kept.shape[1], 3, generator=generator)
    return Part(torch.randn(num_nodes, 5, generator=generator), edges, torch.cat([told, told]))


def network(layer, readout, num_layers=3, in_channels=5, edge_dim=3):
    torch.manual_seed(1)
    return SimpleGNN(in_channels, 16, 4, num_layers=num_layers, layer=layer, edge_dim=edge_dim, readout=readout).eval()


def renumbered(part, number):
    order = number.argsort()
    return Part(part.x[order], number[part.edge_index], part.edge_attr)


@every_layer
def test_renumbering_renumbers_what_is_said_of_nodes(layer):
    part, model = random_graph(), network(layer, "none")
    number = torch.tensor(numbering(12, 5))
    batch = torch.zeros(12, dtype=torch.int64)
    before = model(part.x, part.edge_index, batch, part.edge_attr)
    other = renumbered(part, number)
    after = model(other.x, other.edge_index, batch, other.edge_attr)
    assert torch.allclose(after[number], before, atol=1e-5)
    assert not torch.allclose(after, before, atol=1e-4)


@every_layer
@pytest.mark.parametrize("readout", READOUTS)
def test_renumbering_leaves_what_is_said_of_a_graph(layer, readout):
    part, model = random_graph(), network(layer, readout)
    batch = torch.zeros(12, dtype=torch.int64)
    before = model(part.x, part.edge_index, batch, part.edge_attr)
    for draw in range(1, 4):
        other = renumbered(part, torch.tensor(numbering(12, draw)))
        after = model(other.x, other.edge_index, batch, other.edge_attr)
        assert torch.allclose(after, before, atol=1e-5)
    changed = model(part.x, part.edge_index[:, 2:], batch, part.edge_attr[2:])
    assert not torch.allclose(changed, before, atol=1e-5)  # other links are another graph


@every_layer
@pytest.mark.parametrize("readout", READOUTS)
def test_one_ring_and_two_rings_get_the_same_answer(layer, readout):
    graphs = rings(0)
    model = network(layer, readout, num_layers=4, in_channels=1, edge_dim=0)
    sizes = graphs.node_starts.diff()
    for size in sizes.unique().tolist():
        rows = (sizes == size).nonzero()[:, 0]
        batch = collate(graphs, rows)
        said = model(batch.x, batch.edge_index, batch.batch)
        assert graphs.y[rows].unique().tolist() == [0, 1]
        assert (said - said[:1]).abs().max() < 1e-5


@every_layer
@pytest.mark.parametrize("length", [2, 4, 6])
def test_the_last_node_of_a_chain_hears_the_first_after_so_many_layers(layer, length):
    part = chains(length, 0).part(0)
    batch = torch.zeros(length, dtype=torch.int64)
    for num_layers in range(1, length + 1):
        heard = []
        for seed in range(3):  # one network may have only units at rest there
            torch.manual_seed(seed)
            model = SimpleGNN(5, 32, 4, num_layers=num_layers, layer=layer, readout="none")
            x = part.x.clone().requires_grad_()
            model(x, part.edge_index, batch)[-1].square().sum().backward()
            heard.append(x.grad[0].abs().max().item())
        if num_layers < length - 1:
            assert max(heard) == 0
        else:
            assert max(heard) > 0
