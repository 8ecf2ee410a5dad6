"""What can be computed from the links of a network alone: groups of its nodes, and where to draw them.

Shapes: N nodes.
"""

from collections.abc import Sequence
from typing import Final

import networkx
import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor

from data.csv_text import unique_names
from data.dataset import MAX_CLASSES, DataError

FEW_NODES: Final = 100  # that are laid out by their distances along links; it takes a tenth of a second
MANY_NODES: Final = 500  # above, a layout takes seconds, and gets fewer rounds
ROUNDS: Final = 60  # in search of a first layout of many nodes


def communities(
    names: Sequence[str], links: Sequence[tuple[int, int]], weights: Sequence[float | int]
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Groups of nodes that have more links among themselves than chance would give them.

    Returns:
        The group of each node, the largest first, and what the groups are called: after their most linked node.

    Raises:
        DataError: if there is one only.
    """
    graph = networkx.Graph()
    graph.add_nodes_from(range(len(names)))
    graph.add_weighted_edges_from((a, b, weight) for (a, b), weight in zip(links, weights, strict=True))
    found = sorted(networkx.community.louvain_communities(graph, seed=0), key=lambda one: (-len(one), min(one)))
    if len(found) == 1:
        raise DataError("No groups stand out in these links: bring a table with the group of each node.")
    kept = found if len(found) <= MAX_CLASSES else found[: MAX_CLASSES - 1]
    groups = {node: number for number, members in enumerate(kept) for node in members}
    centres = [max(sorted(members), key=graph.degree) for members in kept]
    called = [names[centre] for centre in centres] + ["the rest"] * (len(kept) < len(found))
    return tuple(groups.get(node, len(kept)) for node in range(len(names))), unique_names(called)


def layout(num_nodes: int, links: Sequence[tuple[int, int]]) -> Float32[Tensor, "N 2"]:
    """Where to draw nodes, so that linked ones lie near each other; wide rather than high, and always the same."""
    graph = networkx.Graph()
    graph.add_nodes_from(range(num_nodes))
    graph.add_edges_from(links)
    if num_nodes <= FEW_NODES and networkx.is_connected(graph):
        found = networkx.kamada_kawai_layout(graph, weight=None)
    elif num_nodes <= MANY_NODES:
        found = networkx.spring_layout(graph, seed=0)
    else:
        found = networkx.spring_layout(graph, pos=_first_places(graph), seed=0, iterations=6)
    xy = np.array([found[node] for node in range(num_nodes)])
    xy = xy - xy.mean(0)
    return fitted(xy @ np.linalg.svd(xy, full_matrices=False)[2].T)


def _first_places(graph: networkx.Graph) -> dict[int, np.ndarray]:
    """Nodes of a large network spread by two slow waves over its links, in which linked ones are alike."""
    matrix = networkx.to_numpy_array(graph, dtype=np.float32)
    degree = np.maximum(matrix.sum(1), 1)
    matrix /= np.sqrt(degree)[:, None] * np.sqrt(degree)
    waves = np.random.default_rng(0).normal(size=(len(degree), 3)).astype(np.float32)
    for _ in range(ROUNDS):  # they grow towards the first three eigenvectors
        waves = np.linalg.qr(waves + matrix @ waves)[0]
    return dict(enumerate(waves[:, 1:].argsort(0).argsort(0) / len(degree)))  # evenly from 0 to 1


def fitted(xy: Float[np.ndarray, "N 2"]) -> Float32[Tensor, "N 2"]:
    """Places from 0 to 1 in the longer direction and in the middle of the other, without stretching."""
    middle = (xy.min(0) + xy.max(0)) / 2
    return torch.tensor((xy - middle) / np.ptp(xy, axis=0).max() + 0.5, dtype=torch.float32)
