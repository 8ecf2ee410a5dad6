"""What depth does: nodes grow alike, and what is far is hardly heard."""

import math

import pytest
import torch
from torch.nn import functional as F

from experiments.gnn_depth import smoothness


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
