"""The experiment on graphs: batches, scores, and what the picture says of the network."""

import math

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from data.networks import read_network
from experiments.gnn import GNNExperiment, area_under_roc
from experiments.gnn_batches import MOST_CELLS, Padded, batches_of
from experiments.gnn_settings import GNNSettings
from tests.shapes import unchecked
from training.settings import SettingsError


def build(**settings):
    torch.manual_seed(0)
    return GNNExperiment(GNNSettings(**settings))


def trained(num_steps=30, **settings):
    experiment = build(**settings)
    with unchecked():
        for _ in range(num_steps):
            experiment.step()
    return experiment


def test_runs_on_the_same_graphs_share_their_matrices():
    one, other = build(), build(seed=3)
    assert one.graphs is other.graphs
    assert one.batches is other.batches
    assert batches_of(one.graphs, "GIN") is not one.batches


def test_a_batch_is_cut_to_its_largest_graph():
    experiment = build()
    sizes = experiment.graphs.node_starts.diff()
    rows = sizes.argsort()[:32]
    cut = experiment.batches.cut(rows)
    assert isinstance(cut, Padded)
    assert cut.x.shape[1] == int(sizes[rows].max()) < int(sizes.max())
    assert torch.equal(cut.is_node.sum(1), sizes[rows])


def test_graphs_too_large_for_matrices_are_read_edge_by_edge(monkeypatch):
    monkeypatch.setattr("experiments.gnn_batches.MOST_KEPT", 0)
    monkeypatch.setattr("experiments.gnn_batches.MOST_CELLS", 10)
    experiment = build()
    batches = type(experiment.batches)(experiment.graphs, "GCN")
    assert not isinstance(batches.cut(torch.arange(4)), Padded)
    assert MOST_CELLS > 10


def test_training_and_test_never_meet():
    for data in ("mutagenicity", "ChEMBL activity", "long chains", "karate club"):
        experiment = build(data=data)
        assert not (experiment.graphs.is_train & experiment.graphs.is_test).any()
        learnt = set(experiment._learnt.tolist())
        assert learnt >= set(experiment.next_rows().tolist())
        if experiment.graphs.num_graphs > 1:
            assert not learnt & set(experiment._rows_with(experiment.graphs.is_test).tolist())


def test_a_network_learns_from_its_labelled_nodes_only():
    """Other labels, other than those of the two labelled members, change no step."""
    one, other = build(data="karate club"), build(data="karate club")
    hidden = ~other.graphs.is_train
    other._y = torch.where(hidden, 1 - other._y, other._y)
    for _ in range(5):
        one.step()
        other.step()
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)


def test_the_area_under_the_curve_is_that_of_scikit_learn():
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(200, generator=generator).round(decimals=1)  # with ties
    targets = (torch.rand(200, generator=generator) < 0.3).long()
    assert area_under_roc(scores, targets) == pytest.approx(roc_auc_score(targets.numpy(), scores.numpy()), abs=1e-6)
    assert math.isnan(area_under_roc(scores, torch.zeros(200, dtype=torch.int64)))


def test_scores_are_measured_on_the_test():
    experiment = trained()
    row, verdict = experiment.evaluate(), experiment.verdict()
    part = slice(verdict.num_train, None)
    right = (verdict.predicted[part] == verdict.true[part]).mean()
    assert row["test_accuracy"] == pytest.approx(right)
    assert verdict.counts.sum() == len(verdict.true[part]) == int(experiment.graphs.is_test.sum())
    assert row["test_auc"] == pytest.approx(roc_auc_score(verdict.true[part], verdict.chances[part, 1]), abs=1e-6)


def test_numbers_are_told_in_their_own_unit():
    experiment = trained(60, data="count atoms", readout="sum", learning_rate=0.01)
    verdict, row = experiment.verdict(), experiment.evaluate()
    part = slice(verdict.num_train, None)
    true, said = verdict.true[part], verdict.predicted[part]
    assert np.array_equal(true, np.round(true))
    assert row["test_r2"] == pytest.approx(1 - ((true - said) ** 2).sum() / ((true - true.mean()) ** 2).sum(), abs=1e-4)
    assert row["test_loss"] == pytest.approx(((true - said) ** 2).mean() / experiment.target_std**2, rel=1e-4)


@pytest.mark.parametrize("readout", ["mean", "sum", "max", "attention"])
@pytest.mark.parametrize("data", ["mutagenicity", "count atoms"])
def test_the_votes_of_the_atoms_sum_to_the_answer(readout, data):
    experiment = trained(data=data, readout=readout, item=5)
    seen = experiment.observe()
    batch = experiment.batches.flat(torch.tensor([5]))
    outputs = experiment.model(batch.x, batch.edge_index, batch.batch, batch.edge_attr)[0].detach()
    bias = experiment.model.lin.bias.detach()
    if data == "mutagenicity":
        wanted, rest = outputs[1] - outputs[0], bias[1] - bias[0]
    else:
        wanted, rest = outputs[0], bias[0]
    assert seen.votes.sum() + rest.item() == pytest.approx(wanted.item(), abs=1e-4)
    assert len(seen.votes) == len(seen.places)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"data": "karate club"},
        {"data": "US airports", "item": 40_000},
        {"data": "one ring or two", "item": 3},
        {"data": "long chains", "item": 7},
        {"data": "ChEMBL activity", "layer": "GINE", "item": 1_016},
        {"data": "blood-brain barrier", "layer": "GAT"},
    ],
)
def test_the_picture_shows_what_the_network_says(settings):
    experiment = trained(10, **settings)
    seen = experiment.observe()
    assert seen.item == min(experiment.settings.item, experiment.num_items - 1)
    assert len(seen.xy) == len(seen.targets) == len(seen.said) == len(seen.rows)
    assert -1e-6 < seen.places.min() <= seen.places.max() < 1 + 1e-6
    assert len(seen.channels) == len(seen.alike) == experiment.settings.num_layers + 1
    verdict = experiment.verdict()
    said = dict(zip(verdict.rows.tolist(), verdict.predicted.tolist(), strict=True))
    for row, one in zip(seen.rows.tolist(), seen.said.tolist(), strict=True):
        assert row not in said or said[row] == pytest.approx(one, abs=1e-3)
    if seen.class_names and seen.level == "graph":
        assert said[seen.item] == seen.answer.argmax()


def test_many_layers_make_nodes_alike_at_the_start():
    alike = [build(data="US airports", num_labelled=20, num_layers=n).evaluate()["cosine"] for n in (1, 2, 4, 8)]
    assert alike == sorted(alike)


def test_what_the_visitor_brings_is_asked_for():
    for data in ("own molecules", "own network"):
        with pytest.raises(SettingsError, match="of your own yet"):
            build(data=data)


def test_a_network_of_ones_own_trains():
    links = "from,to\n" + "\n".join(f"{a},{b}" for a, b in [*_clique("a"), *_clique("b"), ("a0", "b0")])
    groups = "node,group\n" + "\n".join(f"{side}{n},{side}" for side in "ab" for n in range(6))
    brought = read_network(links, groups)
    torch.manual_seed(0)
    experiment = GNNExperiment(GNNSettings(data="own network"), network=brought)
    for _ in range(60):
        experiment.step()
    assert experiment.evaluate()["test_accuracy"] > 0.9
    assert experiment.material == {"network": brought}


def _clique(side):
    return [(f"{side}{a}", f"{side}{b}") for a in range(6) for b in range(a)]
