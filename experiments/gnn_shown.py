"""The graph in the picture of the page `gnn`, as the parts below it look at it: nodes with names, places and states.

Shapes: n nodes and e edges of the graph, F numbers of a node, H channels.
"""

from dataclasses import dataclass
from typing import Any, Final

import networkx
import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from data.graphs import Graphs, Part
from data.structure import structure_of
from experiments.gnn_settings import MOLECULES
from models.gnn import SimpleGNN
from training.probe import evaluating

ELEMENTS: Final = ("H", "C", "N", "O", "F", "P", "S", "Cl", "Br", "I")
GAP: Final = 0.25  # between parts of a graph that are not linked, as a share of the width of one


@dataclass(frozen=True)
class Shown:
    """One graph.

    Attributes:
        part: its tensors.
        names: n names of its nodes.
        places: (n, 2) where they are drawn, from 0 to 1, right and up.
        node: the one to begin with: that of the picture in a network, elsewhere the first with most links.
    """

    part: Part
    names: tuple[str, ...]
    places: np.ndarray
    node: int

    @property
    def links(self) -> np.ndarray:
        """(l, 2) each link once."""
        pairs = self.part.edge_index.T.cpu().numpy()
        return np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)


def shown(experiment: Any) -> Shown:
    """The graph of the picture, with the names and places of its nodes."""
    graphs, item = experiment.graphs, experiment.settings.item
    if graphs.num_graphs == 1:
        part = graphs.part(0)
        return Shown(part, graphs.labels, _places_of(graphs, 0, part), min(item, len(graphs.x) - 1))
    number = min(item, graphs.num_graphs - 1)
    part = graphs.part(number)
    most = int(torch.bincount(part.edge_index[1], minlength=len(part.x)).argmax())
    return Shown(part, node_names(part, graphs.feature_names), _places_of(graphs, number, part), most)


def node_names(part: Part, feature_names: tuple[str, ...]) -> tuple[str, ...]:
    """Nodes by their element, where it is known, and by their number from 1."""
    signs = [""] * len(part.x)
    columns = [column for column, name in enumerate(feature_names) if name in ELEMENTS]
    if columns:
        known = part.x[:, columns]
        places = known.argmax(1).tolist()
        signs = [feature_names[columns[place]] if row.sum() else "" for place, row in zip(places, known, strict=True)]
    return tuple(f"{sign}{number}" for number, sign in enumerate(signs, start=1))


def _places_of(graphs: Graphs, number: int, part: Part) -> np.ndarray:
    """Where the nodes of a graph are drawn: a molecule as chemists do, others by their links if nothing is known."""
    if graphs.name in MOLECULES:
        xy = structure_of(graphs.labels[number]).xy
        middle = (xy.max(0) + xy.min(0)) / 2
        drawn: np.ndarray = (xy - middle) / max(float(np.ptp(xy, axis=0).max()), 1.0) + 0.5
        return drawn
    if graphs.places is not None:
        nodes = slice(int(graphs.node_starts[number]), int(graphs.node_starts[number + 1]))
        return graphs.places[nodes].cpu().numpy().astype(np.float64)
    return laid_out(part.edge_index.cpu().numpy(), len(part.x))


def laid_out(edge_index: np.ndarray, num_nodes: int) -> np.ndarray:
    """Places for the nodes of a small graph, from 0 to 1: linked ones near each other, parts beside each other.

    Args:
        edge_index: (2, e).
        num_nodes: n.

    Returns:
        (n, 2), as wide as high.
    """
    graph = networkx.Graph()
    graph.add_nodes_from(range(num_nodes))
    graph.add_edges_from(edge_index.T.tolist())
    places, left = np.zeros((num_nodes, 2)), 0.0
    for nodes in networkx.connected_components(graph):
        members = sorted(nodes)
        found = networkx.kamada_kawai_layout(graph.subgraph(members))
        block = _turned(np.stack([found[node] for node in members]))
        places[members] = block - block.min(0) + (left, 0.0)
        places[members, 1] -= np.ptp(block[:, 1]) / 2
        left += float(np.ptp(block[:, 0])) + GAP * max(1.0, float(np.ptp(block)))
    size = max(float(np.ptp(places, axis=0).max()), 1e-9)
    return (places - (places.max(0) + places.min(0)) / 2) / size + 0.5


def _turned(places: np.ndarray) -> np.ndarray:
    """The same cloud with its longest direction lying."""
    if len(places) < 2:
        return places
    centred = places - places.mean(0)
    turned: np.ndarray = centred @ np.linalg.svd(centred, full_matrices=False)[2].T
    return turned


def num_graph(part: Part) -> Int64[Tensor, " n"]:
    """The number of the graph of each node, which is 0: there is one."""
    return torch.zeros(len(part.x), dtype=torch.long, device=part.x.device)


@torch.no_grad()
def states_of(model: SimpleGNN, part: Part) -> list[Float[Tensor, "n _"]]:
    """The nodes of one graph before the first layer and after each, with dropout off."""
    with evaluating(model.modules()):
        return [part.x, *model.states(part.x, part.edge_index, num_graph(part), part.edge_attr)]
