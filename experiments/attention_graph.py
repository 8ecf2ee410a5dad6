"""Attention as a graph: places are nodes, and who may look at whom are the edges.

Shapes: T places.
"""

from functools import cache
from typing import Final, NamedTuple

import networkx
import numpy as np

from experiments.attention_hand import seeded_attention
from experiments.attention_masks import mask_of, weights_under

GRAPHS: Final = ("complete", "causal", "window")
SENTENCE: Final = ("the", "old", "cat", "sat", "on", "the", "red", "mat", "and", "slept", "all", "day")
FEWEST: Final = 3


class Graph(NamedTuple):
    """The graph of one layer of attention.

    Attributes:
        tokens: T words.
        mask: (T, T) bool, row looks at column.
        weights: (T, T) of a fresh head under the mask.
        places: (T, 2) where the nodes stand, in −1 … 1.
        num_edges: pairs that may look, without each place at itself.
        layers: the fewest layers after which every place has heard of all that can reach it.
    """

    tokens: tuple[str, ...]
    mask: np.ndarray
    weights: np.ndarray
    places: np.ndarray
    num_edges: int
    layers: int


@cache
def attention_graph_of(kind: str, num_places: int, window: int = 2) -> Graph:
    """The graph of so many words under a mask.

    Args:
        kind: one of `GRAPHS`.
        num_places: T, at most the words of the sentence.
        window: places that a word sees, itself among them.
    """
    tokens = SENTENCE[:num_places]
    mask = mask_of("none" if kind == "complete" else kind, num_places, window=window)
    weights = weights_under(seeded_attention(tokens), mask)[0]
    graph = networkx.from_numpy_array((mask & ~np.eye(num_places, dtype=bool)).T, create_using=networkx.DiGraph)
    layout = networkx.circular_layout(graph)
    places = np.stack([layout[node] for node in range(num_places)])
    places = np.stack(
        [np.sin(np.arctan2(*places.T[::-1])), np.cos(np.arctan2(*places.T[::-1]))], axis=1
    )  # from the top
    lengths = (length for _, found in networkx.all_pairs_shortest_path_length(graph) for length in found.values())
    return Graph(tokens, mask, weights, places, graph.number_of_edges(), max(lengths))
