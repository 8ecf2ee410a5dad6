"""How strongly the states of nodes depend on the inputs of others, and how far these are.

Shapes: n nodes and e edges of one graph, a nodes that are asked about, F numbers of a node, H channels, p probes.
"""

from typing import Final

import networkx
import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from data.dataset import seeded
from data.graphs import Batch, Part
from models.gnn import SimpleGNN
from training.probe import evaluating

MOST_EXACT: Final = 100  # nodes of a graph whose slopes are taken channel by channel
NUM_PROBES: Final = 16  # mixtures of channels that stand for all of them in larger graphs
SEED: Final = 0


def distances(part: Part, node: int) -> np.ndarray:
    """(n,) links from each node to `node`; −1 where there is no way."""
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(len(part.x)))
    graph.add_edges_from(part.edge_index.flip(0).T.tolist())
    found = np.full(len(part.x), -1)
    for other, length in networkx.single_source_shortest_path_length(graph, node).items():
        found[other] = length
    return found


def jacobian(model: SimpleGNN, part: Part, asked: np.ndarray, num_layers: int) -> np.ndarray:
    """(a, n) Frobenius norm of ∂h_v / ∂x_u for each asked node v and each node u, dropout off.

    The graph is copied once for each v, so that one slope of the sum of their states is the slope of each. In a large
    graph, and through NNConv, the norm is estimated from random mixtures of the channels, which also are 0 only where
    all channels are.

    Args:
        model: the network.
        part: the graph.
        asked: nodes.
        num_layers: after how many layers the states are taken.
    """
    if num_layers == 0:
        return float(np.sqrt(part.x.shape[1])) * np.eye(len(part.x))[asked]
    copies, number = _copied(part, len(asked)), len(part.x)
    places = torch.from_numpy(asked).to(part.x.device) + number * torch.arange(len(asked), device=part.x.device)
    squares = torch.zeros(len(copies.x), dtype=torch.float64, device=part.x.device)
    with evaluating(model.modules()), torch.enable_grad():
        x = copies.x.requires_grad_()
        states = model.states(x, copies.edge_index, copies.batch, copies.edge_attr)[num_layers - 1]
        channels = states[places].sum(0)  # (H,)
        for probe in probes(len(channels), number, is_slow=model.layer == "NNConv").to(channels):
            (slope,) = torch.autograd.grad(channels @ probe, x, retain_graph=True)
            squares += slope.double().square().sum(1)
    return squares.sqrt().reshape(len(asked), number).cpu().numpy()


def probes(width: int, num_nodes: int, *, is_slow: bool = False) -> Float[Tensor, "p H"]:
    """What the channels are multiplied by: one at a time, or mixtures whose squares sum to the same on average."""
    if not is_mixed(width, num_nodes, is_slow=is_slow):
        return torch.eye(width)
    signs = torch.randint(0, 2, (NUM_PROBES, width), generator=seeded(SEED)) * 2.0 - 1.0
    return signs / NUM_PROBES**0.5


def is_mixed(width: int, num_nodes: int, *, is_slow: bool = False) -> bool:
    """Whether mixtures stand for the channels, so that the sizes of slopes are estimates."""
    return width > NUM_PROBES and (num_nodes > MOST_EXACT or is_slow)


def is_estimated(model: SimpleGNN, part: Part) -> bool:
    """Whether `jacobian` estimates the sizes of the slopes of this network on this graph."""
    return is_mixed(model.lin.in_features, len(part.x), is_slow=model.layer == "NNConv")


def _copied(part: Part, count: int) -> Batch:
    """A graph so many times."""
    number, num_edges, device = len(part.x), part.edge_index.shape[1], part.x.device
    numbers = torch.arange(count, device=device)
    nodes = torch.arange(number, device=device).repeat(count)
    edges = torch.arange(num_edges, device=device).repeat(count)
    edge_index = part.edge_index.repeat(1, count) + number * numbers.repeat_interleave(num_edges)
    batch, x = numbers.repeat_interleave(number), part.x.detach().repeat(count, 1)
    return Batch(x, edge_index, part.edge_attr.repeat(count, 1), batch, nodes, nodes, edges, count)
