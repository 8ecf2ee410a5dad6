"""What depth does to a graph network: nodes grow alike (oversmoothing), and what is far is hardly heard (squashing).

Papers: Li et al., arXiv:1801.07606, and Cai & Wang, arXiv:2006.13318 (oversmoothing, Dirichlet energy); Topping et al.,
arXiv:2111.14522, and Di Giovanni et al., arXiv:2302.02941 (over-squashing, as slopes of far states).

Shapes: n nodes and e edges in a batch of B graphs, L layers, H channels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

from data.graphs import Part, collate
from experiments.gnn_settings import GNNSettings
from experiments.gnn_shown import shown
from experiments.gnn_slopes import distances, is_estimated, jacobian
from models.gnn import SimpleGNN, edge_weights
from training.probe import evaluating, undone
from training.race import Entrant
from training.run import Build

DEPTHS: Final = (1, 2, 4, 8)
VARIANTS: Final[dict[str, dict[str, Any]]] = {
    "plain": {"is_residual": False, "normalisation": "none"},
    "residual": {"is_residual": True, "normalisation": "none"},
    "PairNorm": {"is_residual": False, "normalisation": "pair"},
}
NUM_GRAPHS: Final = 32  # over which it is averaged how alike their nodes are
MOST_COPIED: Final = 400  # nodes of all copies of a graph together

# ---- nodes grow alike ------------------------------------------------------------------------------------------------


def smoothness(states: Sequence[Float[Tensor, "n _"]], batch: Int64[Tensor, " n"]) -> list[float]:
    """How alike the nodes of a graph are after each layer: the mean cosine of their pairs, then of the graphs.

    Nodes whose numbers are all 0 have no direction and are left out; so are graphs in which no pair is left.

    Args:
        states: the nodes after each layer.
        batch: the graph of each node, in order.

    Returns:
        For each layer 1 if all nodes point the same way; NaN where there is no pair.
    """
    return torch.stack([_mean_cosine(state.detach(), batch) for state in states]).tolist()


def _mean_cosine(state: Float[Tensor, "n _"], batch: Int64[Tensor, " n"]) -> Float[Tensor, ""]:
    """With u the directions of k nodes, the pairs sum to (|Σ u|² − k) / 2: no pair is looked at alone."""
    unit = F.normalize(state, dim=1)  # (n, H); 0 stays 0
    num_graphs = int(batch[-1]) + 1
    total = torch.zeros(num_graphs, state.shape[1], device=state.device).index_add(0, batch, unit)  # (B, H)
    count = torch.zeros(num_graphs, device=state.device).index_add(0, batch, unit.square().sum(1))  # (B,)
    has_pair = count > 1.5  # a count is whole but for rounding
    pairs = count * (count - 1)
    return ((total.square().sum(1) - count) / pairs)[has_pair].mean()


def energies(states: Sequence[Float[Tensor, "n _"]], edge_index: Int64[Tensor, "2 e"]) -> list[float]:
    """Dirichlet energy after each layer, divided by the size of the nodes: how much they differ across a link.

    Each node is divided by √(1 + its links), as GCN does; so 0 is what GCN's means run into. At most 2.
    """
    source, target = edge_index
    found = []
    for state in states:
        degree = torch.bincount(target, minlength=len(state)).to(state.dtype)
        scaled = state.detach() / (1 + degree).sqrt()[:, None]
        found.append((scaled[source] - scaled[target]).square().sum() / 2 / state.detach().square().sum())
    return torch.stack(found).tolist()


@dataclass(frozen=True)
class Alike:
    """How alike the nodes are before the first layer and after each: L + 1 numbers each.

    Attributes:
        cosines: mean over pairs of nodes.
        energies: Dirichlet energies.
        num_graphs: that were averaged over.
    """

    cosines: np.ndarray
    energies: np.ndarray
    num_graphs: int


def alike(experiment: Any, *, start: Mapping[str, Any] | None = None) -> Alike:
    """How alike the nodes of some graphs are, in the live network or in the one that `start` holds.

    Args:
        experiment: its network and graphs.
        start: what its `state_dict` was at an earlier moment.
    """
    if start is None:
        return _alike(experiment)
    with undone(experiment):
        experiment.load_state_dict(start)
        return _alike(experiment)


@torch.no_grad()
def _alike(experiment: Any) -> Alike:
    graphs, model = experiment.graphs, experiment.model
    batch = collate(graphs, torch.arange(min(NUM_GRAPHS, graphs.num_graphs), device=graphs.x.device))
    with evaluating(model.modules()):
        states = [batch.x, *model.states(batch.x, batch.edge_index, batch.batch, batch.edge_attr)]
    cosines, found = smoothness(states, batch.batch), energies(states, batch.edge_index)
    return Alike(np.array(cosines), np.array(found), batch.num_graphs)


# ---- several depths --------------------------------------------------------------------------------------------------


def depths(build: Build, settings: GNNSettings, variant: str) -> list[Entrant]:
    """The network of these settings with 1, 2, 4 and 8 layers.

    Args:
        build: makes an experiment.
        settings: of the page.
        variant: one of `VARIANTS`: what is done about growing alike.
    """
    return [
        Entrant(f"{depth} layer{'' if depth == 1 else 's'}", build,
                settings.changed(num_layers=depth, **VARIANTS[variant]))
        for depth in DEPTHS
    ]  # fmt: skip


# ---- what is far is hardly heard -------------------------------------------------------------------------------------


class ByDistance(NamedTuple):
    """A measure over the distance from the node that is asked.

    Attributes:
        distance: links, from 0.
        values: one for each.
        counts: over how many pairs or nodes it was averaged.
    """

    distance: np.ndarray
    values: np.ndarray
    counts: np.ndarray


@torch.no_grad()
def accuracy_by_place(experiment: Any) -> ByDistance:
    """Share of right answers in test chains by how many links a node is away from the one that says the class."""
    graphs, model = experiment.graphs, experiment.model
    tested = graphs.is_test[graphs.node_starts[:-1]].nonzero()[:, 0]  # a chain is tested as a whole
    batch = collate(graphs, tested)
    with evaluating(model.modules()):
        out = model(batch.x, batch.edge_index, batch.batch, batch.edge_attr)
    is_right = (out.argmax(1) == graphs.y[batch.nodes]).double()
    counts = torch.bincount(batch.place)
    shares = torch.bincount(batch.place, is_right) / counts
    return ByDistance(np.arange(len(counts)), shares.cpu().numpy(), counts.cpu().numpy())


@dataclass(frozen=True)
class Squashed:
    """How strongly the last state of a node depends on the inputs of others, by their distance.

    Attributes:
        measured: mean size of ∂h_v / ∂x_u over pairs, in the network.
        graph: mean of (Âᴸ)_vu, what the links alone hand on, with GCN's weights.
        num_layers: L; what is further away has slope 0.
        is_estimated: whether the sizes of the slopes are estimates.
    """

    measured: ByDistance
    graph: ByDistance
    num_layers: int
    is_estimated: bool


def squashed(experiment: Any, *, start: Mapping[str, Any] | None = None) -> Squashed:
    """Slopes by distance on the graph of the picture, of the live network or of the one that `start` holds."""
    if start is None:
        return squashed_of(experiment.model, shown(experiment).part)
    with undone(experiment):
        experiment.load_state_dict(start)
        return squashed_of(experiment.model, shown(experiment).part)


def squashed_of(model: SimpleGNN, part: Part) -> Squashed:
    """Slopes by distance on one graph; of a large graph over some of its nodes."""
    number = len(part.x)
    most = MOST_COPIED // (4 if model.layer == "NNConv" else 1)  # it makes a matrix for each edge of each copy
    asked = np.unique(np.linspace(0, number - 1, max(1, min(number, most // number))).astype(int))
    away = np.stack([distances(part, int(node)) for node in asked])  # (asked, n)
    powers = np.linalg.matrix_power(_spread(part), len(model.convs))[asked]
    measured = _mean_by(away, jacobian(model, part, asked, len(model.convs)))
    return Squashed(measured, _mean_by(away, powers), len(model.convs), is_estimated(model, part))


def _spread(part: Part) -> np.ndarray:
    """(n, n) GCN's matrix of the graph."""
    number = len(part.x)
    edge, own = (weights.cpu().double().numpy() for weights in edge_weights("GCN", part.edge_index, number))
    found = np.diag(own)
    source, target = part.edge_index.cpu().numpy()
    np.add.at(found, (target, source), edge)
    return found


def _mean_by(away: np.ndarray, values: np.ndarray) -> ByDistance:
    """Means over pairs at each distance; pairs without a way between them are left out."""
    is_linked = away >= 0
    counts = np.bincount(away[is_linked])
    sums = np.bincount(away[is_linked], values[is_linked])
    return ByDistance(np.arange(len(counts)), sums / np.maximum(counts, 1), counts)
