"""A layer of message passing by hand: one worked on paper, all kinds against the network, the same as matrices."""

import networkx
import numpy as np
import pytest
import torch

from data.graphs import Part
from experiments.gnn_messages import matrices_of, message, message_of, reach_of
from experiments.gnn_shown import laid_out, shown
from experiments.gnn_slopes import NUM_PROBES, distances, is_estimated, jacobian, probes
from models.gnn import SimpleGNN
from tests.experiments.gnn_parts import LAYERS, links, network, path, ring_with_tail, stand_in


def test_one_gcn_message_on_a_path_of_three_is_the_one_on_paper():
    """Nodes 0 - 1 - 2 say 1, 2 and 4; the weight is 3, the bias 0.5. The degrees with themselves are 2, 3 and 2."""
    part = Part(torch.tensor([[1.0], [2.0], [4.0]]), links((0, 1), (1, 2)), torch.zeros(4, 0))
    model = SimpleGNN(1, 1, num_layers=1)
    with torch.no_grad():
        model.convs[0].lin.weight.fill_(3.0)
        model.convs[0].bias.fill_(0.5)
    middle = message_of(model, part, 0, 1)
    assert middle.senders == (0, 2, 1)
    assert middle.weights == pytest.approx([0.408248, 0.408248, 0.333333], abs=1e-6)  # 1/√6, 1/√6, 1/3
    assert middle.total == pytest.approx([2.707908], abs=1e-5)  # 1/√6 + 4/√6 + 2/3
    assert middle.result == pytest.approx([8.623724], abs=1e-5)  # 3 · 2.707908 + 0.5
    assert middle.state == pytest.approx([8.623724], abs=1e-5)
    end = message_of(model, part, 0, 0)
    assert end.weights == pytest.approx([0.408248, 0.5], abs=1e-6)
    assert end.result == pytest.approx([4.449490], abs=1e-5)  # 3 · (2/√6 + 1/2) + 0.5


@pytest.mark.parametrize("normalisation", ["none", "batch", "layer", "pair"])
@pytest.mark.parametrize("layer", LAYERS)
def test_by_hand_is_what_the_network_has(layer, normalisation):
    part = ring_with_tail()
    for has_bonds in (True, False):
        given = part if has_bonds else Part(part.x, part.edge_index, torch.zeros(part.edge_attr.shape[0], 0))
        model = network(layer, given, normalisation=normalisation, is_residual=True, dropout=0.5)
        for number in range(3):
            for node in range(len(part.x)):
                found = message_of(model, given, number, node)
                np.testing.assert_allclose(found.result, found.state, atol=1e-5)
        assert model.training  # it was only looked at


@pytest.mark.parametrize("layer", ["GCN", "GraphSAGE", "GIN"])
def test_the_state_is_that_of_forward(layer):
    part = ring_with_tail()
    model = network(layer, part).eval()
    heard = []
    handle = model.convs[1].register_forward_hook(lambda module, given, out: heard.append(out))
    model(part.x, part.edge_index, torch.zeros(9, dtype=torch.int64), part.edge_attr)
    handle.remove()
    found = message_of(model, part, 1, 4)
    np.testing.assert_allclose(found.step.sums, heard[0][4].detach(), atol=1e-5)


def test_attention_is_the_one_it_gives():
    part = ring_with_tail()
    model = network("GAT", part)
    _, (edges, alpha) = model.convs[0](part.x, part.edge_index, part.edge_attr, return_attention_weights=True)
    for node in (4, 8):
        found = message_of(model, part, 0, node)
        given = {int(a): float(w) for (a, b), w in zip(edges.T, alpha.detach()[:, 0], strict=True) if b == node}
        assert dict(zip(found.senders, found.weights, strict=True)) == pytest.approx(given, abs=1e-6)


def test_links_are_told_where_the_layer_reads_them():
    part = ring_with_tail()
    names = ("single", "double")
    assert message_of(network("GINE", part), part, 0, 0, names).bonds == ("single", "double", "")
    assert set(message_of(network("GCN", part), part, 0, 0, names).bonds) == {""}


def test_a_node_without_links_hears_itself_or_nothing():
    part = ring_with_tail()
    assert message_of(network("GCN", part), part, 0, 8).weights == pytest.approx([1.0])
    alone = message_of(network("GraphSAGE", part), part, 0, 8)
    assert alone.senders == ()
    assert not alone.total.any()


@pytest.mark.parametrize("layer", ["GCN", "GraphSAGE", "GIN"])
def test_the_three_matrices_make_the_sums(layer):
    part = ring_with_tail()
    model = network(layer, part)
    found = matrices_of(model, part, 1)
    for node in range(9):
        worked = message_of(model, part, 1, node)
        first = (worked.hidden or worked.step).products[0]
        np.testing.assert_allclose(found.product[node], first.weights @ first.values, atol=1e-6)


@pytest.mark.parametrize("layer", ["GINE", "GAT", "NNConv"])
def test_layers_that_read_links_have_no_single_matrix(layer):
    part = ring_with_tail()
    assert matrices_of(network(layer, part), part, 0) is None


@pytest.mark.parametrize("layer", LAYERS)
def test_counting_and_slopes_agree_on_who_is_heard(layer):
    part = ring_with_tail()
    model = network(layer, part, num_layers=4)
    for num_layers in range(5):
        for node in range(9):
            found = reach_of(model, part, node, num_layers)
            np.testing.assert_array_equal(found.walks > 0, found.slopes > 0)
            within = (found.distance >= 0) & (found.distance <= num_layers)
            np.testing.assert_array_equal(found.walks > 0, within)


def test_walks_are_the_row_of_a_power():
    part = ring_with_tail()
    matrix = np.eye(9)
    matrix[part.edge_index[1], part.edge_index[0]] = 1
    found = reach_of(network("GCN", part), part, 4, 3)
    np.testing.assert_array_equal(found.walks, np.linalg.matrix_power(matrix, 3)[4])
    graph = networkx.Graph(part.edge_index.T.tolist())
    lengths = networkx.single_source_shortest_path_length(graph, 4)
    assert distances(part, 4).tolist() == [lengths.get(node, -1) for node in range(9)]


def test_pairnorm_lets_everybody_hear_everybody():
    part = ring_with_tail()
    found = reach_of(network("GCN", part, normalisation="pair"), part, 7, 1)
    assert found.hears_all
    assert (found.slopes > 0).all()


def test_slopes_are_those_of_autograd():
    part = path(4)
    model = network("GCN", part).eval()
    whole = torch.autograd.functional.jacobian(
        lambda x: model.states(x, part.edge_index, torch.zeros(4, dtype=torch.int64))[1][2], part.x
    )
    expected = whole.square().sum((0, 2)).sqrt()
    np.testing.assert_allclose(jacobian(model, part, np.array([0, 2]), 2)[1], expected, atol=1e-6)


def test_mixtures_of_channels_stand_for_all_of_them_in_large_graphs():
    mixed = probes(4096, 1_000)
    assert len(mixed) == NUM_PROBES
    assert torch.equal(mixed.square().sum(0), torch.ones(4096))
    part = path(150)
    exact = network("GCN", part, num_layers=2)
    found = jacobian(exact, part, np.array([70]), 2)[0]
    near = path(150).x[66:75], links(*((node, node + 1) for node in range(8)))
    small = Part(near[0], near[1], torch.zeros(16, 2))
    expected = jacobian(exact, small, np.array([4]), 2)[0]
    np.testing.assert_array_equal(found[66:75] > 0, expected > 0)
    np.testing.assert_allclose(found[68:73], expected[2:7], rtol=0.6)


def test_sizes_that_are_estimates_are_called_so():
    wide = SimpleGNN(path(4).x.shape[1], 32)
    assert [is_estimated(wide, path(number)) for number in (4, 100, 150)] == [False, False, True]
    assert not is_estimated(SimpleGNN(path(4).x.shape[1], 16), path(150))
    assert [reach_of(wide.eval(), path(150), 0, layers).is_estimated for layers in (0, 1)] == [False, True]


def test_the_experiment_is_asked_for_the_graph_of_its_picture():
    first, second = ring_with_tail(3), path(4)
    experiment = stand_in(network("GCN", second), first, second, item=1)
    seen = shown(experiment)
    assert seen.names == ("1", "2", "3", "4")
    assert seen.node == 1  # the first with two links
    assert message(experiment, layer=0, node=3).senders == (2, 3)
    assert shown(stand_in(experiment.model, first, second, item=700)).names == seen.names


def test_a_layout_keeps_parts_apart_and_lies_within_the_square():
    edges = np.array([[0, 1], [1, 2], [3, 4]]).T
    places = laid_out(edges, 6)
    assert places.min() >= -1e-9
    assert places.max() <= 1 + 1e-9
    assert len({tuple(place) for place in places.round(6)}) == 6
    assert places[:3, 0].max() < places[3:5, 0].min()
    np.testing.assert_array_equal(places, laid_out(edges, 6))
