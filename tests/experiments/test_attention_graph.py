"""Attention as a graph: its edges are the mask; and its cost grows as it must."""

import numpy as np
import pytest

from experiments.attention_cost import LENGTHS, N_HEADS, exponent, measure_cost
from experiments.attention_graph import GRAPHS, SENTENCE, attention_graph_of


@pytest.mark.parametrize("kind", GRAPHS)
@pytest.mark.parametrize("number", [3, len(SENTENCE)])
def test_edges_are_those_of_the_mask(kind, number):
    graph = attention_graph_of(kind, number, 2)
    assert graph.num_edges == graph.mask.sum() - number
    np.testing.assert_allclose(np.linalg.norm(graph.places, axis=1), 1)
    assert graph.places[0].tolist() == pytest.approx([0, 1], abs=1e-6)
    np.testing.assert_allclose(graph.weights.sum(1), 1, atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "window", "edges", "layers"), [("complete", 2, 72, 1), ("causal", 2, 36, 1), ("window", 2, 8, 8),
                                            ("window", 5, 26, 2)]
)  # fmt: skip
def test_how_many_layers_connect_nine_words(kind, window, edges, layers):
    graph = attention_graph_of(kind, 9, window)
    assert (graph.num_edges, graph.layers) == (edges, layers)


def test_the_weights_of_attention_take_the_square_of_the_length():
    cost = measure_cost(budget=0.5)
    known = np.isfinite(cost.kibibytes["attention"])
    lengths = np.array(LENGTHS)[known]
    np.testing.assert_allclose(cost.kibibytes["attention"][known], N_HEADS * lengths**2 * 4 / 1024)
    assert exponent(cost.kibibytes["attention"]) == pytest.approx(2)
    assert exponent(cost.kibibytes["RNN"]) == pytest.approx(1)
    assert (cost.milliseconds["attention"][known] > 0).all()


def test_measuring_stops_when_the_time_is_up():
    cost = measure_cost(budget=0.0)
    assert np.isnan(cost.milliseconds["attention"]).all()
    assert np.isnan(exponent(cost.milliseconds["RNN"]))
