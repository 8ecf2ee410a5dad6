"""What depth does: nodes grow alike, and what is far is hardly heard."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from data.graphs import Part
from experiments.gnn import GNNExperiment
from experiments.gnn_depth import (
    DEPTHS,
    VARIANTS,
    accuracy_by_place,
    alike,
    depths,
    energies,
    smoothness,
    squashed,
    squashed_of,
)
from experiments.gnn_settings import GNNSettings
from tests.experiments.gnn_parts import network, path, ring_with_tail, stand_in
from training.checkpoints import copied


def test_the_mean_cosine_is_that_of_all_pairs_graph_by_graph():
    state = torch.randn(9, 5, generator=torch.manual_seed(0))
    batch = torch.tensor([0, 0, 0, 0, 1, 1, 1, 2, 3])  # the last two have no pair
    pairs = [
        [
            F.cosine_similarity(state[a], state[b], dim=0).item()
            for a in range(9)
            for b in range(9)
            if a != b and batch[a] == batch[b] == graph
        ]
        for graph in (0, 1)
    ]
    expected = sum(sum(one) / len(one) for one in pairs) / 2
    assert smoothness([state, 3 * state], batch) == pytest.approx([expected] * 2, abs=1e-6)


def test_equal_nodes_have_cosine_1_and_silent_ones_are_left_out():
    batch = torch.tensor([0, 0, 0])
    same = torch.tensor([[1.0, 2], [2, 4], [0, 0]])
    assert smoothness([same], batch) == pytest.approx([1.0])
    assert math.isnan(smoothness([torch.zeros(3, 2)], batch)[0])
    assert math.isnan(smoothness([torch.tensor([[1.0, 2], [0, 0], [0, 0]])], batch)[0])


@pytest.mark.parametrize("layer", ["GCN", "GraphSAGE"])
def test_means_taken_often_make_nodes_alike_and_residuals_and_pairnorm_keep_them_apart(layer):
    part = ring_with_tail()
    linked = Part(part.x[:8], part.edge_index, part.edge_attr)
    found = {}
    for name, values in VARIANTS.items():
        model = network(layer, linked, num_layers=8, **values)
        found[name] = alike(stand_in(model, linked)).cosines
    assert len(found["plain"]) == 9
    assert found["plain"][-1] > 0.95
    assert found["plain"][-1] > found["residual"][-1]
    assert found["PairNorm"][-1] < 0.7


def test_the_energy_is_the_sum_over_links():
    part = ring_with_tail()
    degree = torch.bincount(part.edge_index[1], minlength=9)
    root = (1.0 + degree).sqrt()
    expected = sum(
        (part.x[a] / root[a] - part.x[b] / root[b]).square().sum().item() for a, b in part.edge_index.T if a < b
    )
    assert energies([part.x], part.edge_index)[0] == pytest.approx(expected / part.x.square().sum().item())
    assert energies([root[:, None] * torch.ones(9, 4)], part.edge_index)[0] == pytest.approx(0, abs=1e-12)


def test_the_start_is_looked_at_without_a_trace():
    experiment = GNNExperiment(GNNSettings(data="karate club", num_layers=3))
    start = copied(experiment.state_dict())
    before = alike(experiment)
    for _ in range(3):
        experiment.step()
    kept = copied(experiment.state_dict())
    np.testing.assert_array_equal(alike(experiment, start=start).cosines, before.cosines)
    np.testing.assert_array_equal(
        squashed(experiment, start=start).measured.values,
        squashed_of_start(start).measured.values,
    )
    assert not np.array_equal(alike(experiment).cosines, before.cosines)
    now = experiment.state_dict()
    assert all(torch.equal(now["model"][name], kept["model"][name]) for name in kept["model"])


def squashed_of_start(start):
    experiment = GNNExperiment(GNNSettings(data="karate club", num_layers=3))
    experiment.load_state_dict(start)
    return squashed(experiment)


def test_slopes_fall_with_distance_and_are_0_beyond_the_layers():
    part = path(12)
    found = squashed_of(network("GCN", part, num_layers=5), part)
    assert found.num_layers == 5
    assert found.measured.distance.tolist() == list(range(12))
    assert (np.diff(found.measured.values[:6]) < 0).all()
    assert not found.measured.values[6:].any()
    assert not found.graph.values[6:].any()
    assert found.measured.counts.tolist() == [12, *(2 * n for n in range(11, 0, -1))]


def test_long_chains_are_heard_as_far_as_there_are_layers():
    settings = GNNSettings(data="long chains", chain_length=6, num_layers=3, hidden_channels=32, learning_rate=0.01)
    experiment = GNNExperiment(settings)
    for _ in range(200):
        experiment.step()
    found = accuracy_by_place(experiment)
    assert found.distance.tolist() == [0, 1, 2, 3, 4, 5]
    assert (found.values[:4] > 0.95).all()
    assert (found.values[4:] < 0.5).all()  # four classes: guessing
    graphs = experiment.graphs
    assert found.counts.tolist() == [int(graphs.is_test.sum()) // 6] * 6


def test_the_depths_of_a_race_differ_in_nothing_else():
    settings = GNNSettings(data="karate club", layer="GAT", is_residual=True, normalisation="batch")
    for variant, values in VARIANTS.items():
        found = depths(GNNExperiment, settings, variant)
        assert [entrant.settings.num_layers for entrant in found] == list(DEPTHS)
        for entrant in found:
            assert entrant.settings == settings.changed(num_layers=entrant.settings.num_layers, **values)
    assert [entrant.label for entrant in found[:2]] == ["1 layer", "2 layers"]
