"""What is reached on molecules without a graph network: the same split, the same loss, the same scores each time."""

import math

import numpy as np
import pytest
import torch

from data.dataset import DataError
from data.molecules import load_molecules
from data.networks import load_network
from data.own_molecules import OwnMolecules, own_molecules
from data.synthetic_graphs import rings
from experiments.gnn_baselines import BITS, bag_loss, bags, fingerprints, graph_baselines

CHAINS = tuple("C" * (index + 1) + "NO"[index % 2] for index in range(40))


def own(**more):
    return own_molecules(OwnMolecules(CHAINS, target_name="t", **more), "ten types")


def test_bags_by_hand():
    graphs = own(classes=(0, 1) * 20, class_names=("a", "b"))
    assert bags(graphs)[2].tolist() == [0, 3, 1, 0, 0, 0, 0, 0, 0, 0]
    assert bags(graphs).sum() == len(graphs.x)


def test_fingerprints_see_neither_order_nor_the_split():
    found = fingerprints(own(classes=(0, 1) * 20, class_names=("a", "b")))
    assert found.shape == (40, BITS)
    assert set(np.unique(found)) == {0.0, 1.0}


@pytest.fixture(scope="module")
def mutagenicity():
    return graph_baselines(load_molecules("mutagenicity", "ten types"), are_molecules=True)


def test_the_forest_is_hard_to_beat_and_counting_atoms_is_not(mutagenicity):
    constant, counts, forest = mutagenicity
    assert constant.test_auc == 0.5
    assert 0.5 < counts.test_auc < 0.65
    assert 0.75 < forest.test_auc < 0.87
    assert forest.test_loss < 0.57 < counts.test_loss
    assert forest.train_score > 0.99
    assert all(one.seconds >= 0 for one in mutagenicity)


def test_the_constant_guess_is_the_share_of_the_classes(mutagenicity):
    graphs = load_molecules("mutagenicity", "ten types")
    share = graphs.y[graphs.is_train].double().mean()
    y = graphs.y[graphs.is_test].double()
    surprise = -(y * share.log() + (1 - y) * (1 - share).log()).mean()
    assert mutagenicity[0].test_loss == pytest.approx(surprise.item())
    assert mutagenicity[0].test_score == pytest.approx(float((y == 1).double().mean()))


def test_the_floor_is_the_better_of_guessing_and_counting(mutagenicity):
    assert bag_loss(load_molecules("mutagenicity", "ten types")) == pytest.approx(mutagenicity[0].test_loss)
    assert bag_loss(load_molecules("mutagenicity", "rich")) < mutagenicity[0].test_loss - 0.02
    assert bag_loss(load_molecules("count atoms", "ten types")) < 1e-3


def test_numbers_are_scored_in_deviations_of_the_training_part():
    numbers = tuple(float(index) for index in range(40))
    found = graph_baselines(own(numbers=numbers), are_molecules=True)
    assert found[0].train_loss == pytest.approx(1.0)
    assert found[0].train_score == pytest.approx(0.0, abs=1e-6)
    assert found[1].test_score > 0.9
    assert all(math.isnan(one.test_auc) for one in found)


def test_the_same_graphs_give_the_same_scores():
    graphs = own(classes=(0, 1, 2, 3) * 10, class_names=("a", "b", "c", "d"))
    first, again = (graph_baselines(graphs, are_molecules=True) for _ in range(2))
    assert [one.test_loss for one in first] == [one.test_loss for one in again]
    assert math.isnan(first[0].test_auc)


def test_graphs_that_are_no_molecules_have_no_fingerprints():
    found = graph_baselines(rings(0), are_molecules=False)
    assert [one.name for one in found] == ["Always the same answer", "Network on counts"]


def test_what_has_no_baselines_says_so():
    few = OwnMolecules(CHAINS[:12], classes=(0, 1) * 6, class_names=("a", "b"))
    with pytest.raises(DataError, match="at least 20 training graphs, and there are 10:"):
        graph_baselines(own_molecules(few, "rich"), are_molecules=True)
    with pytest.raises(DataError, match="for whole graphs"):
        graph_baselines(load_network("karate club", "degree", 1, 0), are_molecules=False)


def test_a_floor_does_not_move_to_another_device():
    graphs = own(classes=(0, 1) * 20, class_names=("a", "b"))
    assert bag_loss(graphs.to(torch.device("cpu"))) == bag_loss(graphs)
