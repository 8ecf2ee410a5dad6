"""One layer of message passing worked out by hand for one node, from the weights alone; and how far a node hears.

The layers are not called for it: each sum is written out, and the tests compare it with what the network computes.

Shapes: n nodes and e edges of one graph, s senders, C numbers of a message, F numbers of a node before the layer, H
after it, K numbers that enter a product.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch_geometric.nn import PairNorm

from data.graphs import Part
from experiments.gnn_shown import shown, states_of
from experiments.gnn_slopes import distances, is_estimated, jacobian
from models.gnn import READS_EDGES, SimpleGNN, edge_weights
from training.arrays import doubles

KINDS: Final = {
    "GCNConv": "GCN",
    "SAGEConv": "GraphSAGE",
    "GINConv": "GIN",
    "GINEConv": "GINE",
    "GATv2Conv": "GAT",
    "NNConv": "NNConv",
}
SLOPE: Final = 0.2  # of GAT's leaky ReLU below 0


class Product(NamedTuple):
    """A matrix times a vector.

    Attributes:
        name: of the vector: what is multiplied.
        weights: (H, K).
        values: (K,).
    """

    name: str
    weights: np.ndarray
    values: np.ndarray


class Step(NamedTuple):
    """Products, summed with a bias: (H,)."""

    products: tuple[Product, ...]
    bias: np.ndarray

    @property
    def sums(self) -> np.ndarray:
        """(H,) before any bend."""
        total: np.ndarray = self.bias + sum(product.weights @ product.values for product in self.products)
        return total


class Scaled(NamedTuple):
    """A normalisation as what it does to the numbers of one node: (z − centre) · factor + shift, each (H,)."""

    name: str
    centre: np.ndarray
    factor: np.ndarray
    shift: np.ndarray


@dataclass(frozen=True)
class Message:
    """Every number between what the senders were before a layer and what the node is after it.

    Attributes:
        kind: what the layer is; one that was to read edges and has none is the kind it falls back to.
        layer: from 0.
        node: who hears.
        senders: s nodes; the node itself is the last of them where its own numbers enter the sum.
        weights: (s,) what each message is multiplied by.
        scores: (s,) what softmax makes the weights of, for GAT; else None.
        bonds: s words for the link each sends over, empty where the layer does not look at links.
        said: (s, C) what each says.
        total: (C,) the sum of what is said times the weights.
        hidden: the step before the last, bent by ReLU, where the layer is two matrices; else None.
        step: the last step.
        scaled: the normalisation, if there is one.
        before: (H,) what is added after the bend, if the network is residual.
        state: (H,) what the network itself has.
    """

    kind: str
    layer: int
    node: int
    senders: tuple[int, ...]
    weights: np.ndarray
    scores: np.ndarray | None
    bonds: tuple[str, ...]
    said: np.ndarray
    total: np.ndarray
    hidden: Step | None
    step: Step
    scaled: Scaled | None
    before: np.ndarray | None
    state: np.ndarray

    @property
    def normed(self) -> np.ndarray:
        """(H,) what enters the bend."""
        sums = self.step.sums
        if self.scaled is None:
            return sums
        normed: np.ndarray = (sums - self.scaled.centre) * self.scaled.factor + self.scaled.shift
        return normed

    @property
    def result(self) -> np.ndarray:
        """(H,) what comes out, by hand."""
        bent = np.maximum(self.normed, 0)
        return bent if self.before is None else bent + self.before


class _Heard(NamedTuple):
    """What arrives at a node: senders, weights, scores or None, and what each says (s, C)."""

    senders: list[int]
    weights: np.ndarray
    scores: np.ndarray | None
    said: np.ndarray


def kind_of(conv: nn.Module) -> str:
    """What a layer is."""
    return KINDS[type(conv).__name__]


def message(experiment: Any, *, layer: int, node: int) -> Message:
    """One layer of the live network at one node of the graph in the picture.

    Args:
        experiment: its network and graphs.
        layer: from 0.
        node: of the graph.
    """
    return message_of(experiment.model, shown(experiment).part, layer, node, experiment.graphs.edge_names)


@torch.no_grad()
def message_of(model: SimpleGNN, part: Part, layer: int, node: int, edge_names: tuple[str, ...] = ()) -> Message:
    """One layer of a network at one node, by hand."""
    states = states_of(model, part)
    conv, x = model.convs[layer], doubles(states[layer])
    kind = kind_of(conv)
    heard = _heard(conv, kind, part, x, node)
    total: np.ndarray = (heard.weights[:, None] * heard.said).sum(0)
    hidden, step = _steps(conv, kind, total, x[node])
    return Message(
        kind,
        layer,
        node,
        tuple(heard.senders),
        heard.weights,
        heard.scores,
        _bonds(part, node, heard.senders, edge_names if kind in READS_EDGES else ()),
        heard.said,
        total,
        hidden,
        step,
        _scaled(model, part, states, layer, step.sums),
        x[node] if model.is_residual and layer else None,
        doubles(states[layer + 1][node]),
    )


def _bonds(part: Part, node: int, senders: list[int], edge_names: tuple[str, ...]) -> tuple[str, ...]:
    """The first property that each link has, in words."""
    found = {}
    for edge in (part.edge_index[1] == node).nonzero()[:, 0].tolist() if edge_names else []:
        has = part.edge_attr[edge].nonzero()[:, 0].tolist()
        found[int(part.edge_index[0, edge])] = edge_names[has[0]] if has else ""
    return tuple(found.get(sender, "") for sender in senders)


# ---- what arrives ----------------------------------------------------------------------------------------------------


def _heard(conv: Any, kind: str, part: Part, x: np.ndarray, node: int) -> _Heard:
    """Who sends, what, and with what weight."""
    into = (part.edge_index[1] == node).nonzero()[:, 0]  # edges that end here
    senders: list[int] = part.edge_index[0, into].tolist()
    edges = doubles(part.edge_attr[into])
    share = np.full(len(senders), 1 / max(1, len(senders)))
    match kind:
        case "GCN":
            return _Heard([*senders, node], _gcn_weights(part, senders, node), None, x[[*senders, node]])
        case "GraphSAGE":
            return _Heard(senders, share, None, x[senders])
        case "NNConv":
            with torch.no_grad():
                made = doubles(conv.nn(part.edge_attr[into])).reshape(len(senders), x.shape[1], conv.out_channels)
            return _Heard(senders, share, None, np.einsum("sf,sfh->sh", x[senders], made))
        case "GAT":
            return _attention(conv, x, senders, edges, node)
    said = x[senders] if kind == "GIN" else np.maximum(0, x[senders] + edges @ doubles(conv.lin.weight).T
                                                       + doubles(conv.lin.bias))  # fmt: skip
    weights = np.append(np.ones(len(senders)), 1 + float(conv.eps))
    return _Heard([*senders, node], weights, None, np.vstack([said, x[node]]))


def _gcn_weights(part: Part, senders: list[int], node: int) -> np.ndarray:
    """1 / √(d_i d_j), each node counted among its own neighbours."""
    degrees = np.bincount(part.edge_index[1].cpu().numpy(), minlength=len(part.x)) + 1.0
    weights: np.ndarray = 1 / np.sqrt(degrees[[*senders, node]] * degrees[node])
    return weights


def _attention(conv: Any, x: np.ndarray, senders: list[int], edges: np.ndarray, node: int) -> _Heard:
    """Scores of all senders and of the node itself, and softmax of them; its own edge is the mean of the others."""
    everybody = [*senders, node]
    added = x[everybody] @ doubles(conv.lin_l.weight).T + doubles(conv.lin_l.bias)
    added = added + x[node] @ doubles(conv.lin_r.weight).T + doubles(conv.lin_r.bias)
    if conv.lin_edge is not None:
        own = edges.mean(0, keepdims=True) if len(edges) else np.zeros((1, edges.shape[1]))
        added = added + np.vstack([edges, own]) @ doubles(conv.lin_edge.weight).T
    scores: np.ndarray = np.where(added > 0, added, SLOPE * added) @ doubles(conv.att)[0, 0]
    powers = np.exp(scores - scores.max())
    return _Heard(everybody, powers / powers.sum(), scores, x[everybody])


# ---- what is made of it ----------------------------------------------------------------------------------------------


def _steps(conv: Any, kind: str, total: np.ndarray, own: np.ndarray) -> tuple[Step | None, Step]:
    """The products that follow the sum; for two matrices the first of them too."""
    match kind:
        case "GCN":
            return None, Step((Product("sum", doubles(conv.lin.weight), total),), doubles(conv.bias))
        case "GraphSAGE":
            both = (
                Product("sum", doubles(conv.lin_l.weight), total),
                Product("itself", doubles(conv.lin_r.weight), own),
            )
            return None, Step(both, doubles(conv.lin_l.bias))
        case "GAT":
            bias = doubles(conv.lin_l.bias) + doubles(conv.bias)
            return None, Step((Product("sum", doubles(conv.lin_l.weight), total),), bias)
        case "NNConv":
            both = (Product("sum", np.eye(len(total)), total), Product("itself", doubles(conv.lin.weight), own))
            return None, Step(both, doubles(conv.bias))
    first, _, second = conv.nn
    hidden = Step((Product("sum", doubles(first.weight), total),), doubles(first.bias))
    bent = Product("hidden", doubles(second.weight), np.maximum(hidden.sums, 0))
    return hidden, Step((bent,), doubles(second.bias))


def _scaled(model: SimpleGNN, part: Part, states: list[Tensor], layer: int, sums: np.ndarray) -> Scaled | None:
    """The normalisation of a layer at one node, with the numbers it takes from wherever it takes them."""
    norm, ones = model.norms[layer], np.ones(len(sums))
    if isinstance(norm, nn.BatchNorm1d):
        spread = np.sqrt(doubles(norm.running_var) + norm.eps)  # type: ignore[arg-type]
        centre = doubles(norm.running_mean)  # type: ignore[arg-type]
        return Scaled("batch", centre, doubles(norm.weight) / spread, doubles(norm.bias))
    if isinstance(norm, nn.LayerNorm):
        factor = doubles(norm.weight) / np.sqrt(sums.var() + norm.eps)
        return Scaled("layer", sums.mean() * ones, factor, doubles(norm.bias))
    if isinstance(norm, PairNorm):
        edges = (part.edge_index, part.edge_attr) if model.reads_edges else (part.edge_index,)
        all_sums = doubles(model.convs[layer](states[layer], *edges))  # (n, H); it needs those of all nodes
        centre = all_sums.mean(0)
        size = np.sqrt(norm.eps + np.square(all_sums - centre).sum(1).mean())
        return Scaled("pair", centre, norm.scale / size * ones, 0 * ones)
    return None


# ---- the same as matrices --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Matrices:
    """A layer as one product of three matrices.

    Attributes:
        kind: what the layer is.
        A: (n, n) row i weighs what node i hears, itself included where that is so.
        X: (n, F) the nodes before the layer.
        W: (F, H) the weights, of GIN those of its first matrix.
        product: (n, H) A X W.
        rest: what is added or done to the product before the bend, in words; empty if only the bias is.
    """

    kind: str
    A: np.ndarray
    X: np.ndarray
    W: np.ndarray
    product: np.ndarray
    rest: str


@torch.no_grad()
def matrices(experiment: Any, *, layer: int) -> Matrices | None:
    """A layer of the live network as matrices on the graph in the picture; None if there is no single matrix."""
    return matrices_of(experiment.model, shown(experiment).part, layer)


@torch.no_grad()
def matrices_of(model: SimpleGNN, part: Part, layer: int) -> Matrices | None:
    """A layer of a network as matrices on one graph; None if a layer has no single matrix of the graph."""
    conv: Any = model.convs[layer]
    kind, number = kind_of(conv), len(part.x)
    weights: dict[str, Callable[[], Tensor]] = {
        "GCN": lambda: conv.lin.weight,
        "GraphSAGE": lambda: conv.lin_l.weight,
        "GIN": lambda: conv.nn[0].weight,
    }
    rests = {
        "GraphSAGE": "and the node's own numbers times a matrix of their own",
        "GIN": "then ReLU and a second matrix",
    }
    if kind not in weights:
        return None
    edge, own = edge_weights(kind, part.edge_index, number)  # type: ignore[arg-type]
    A = np.zeros((number, number))
    source, target = part.edge_index.cpu().numpy()
    np.add.at(A, (target, source), doubles(edge))
    A[np.arange(number), np.arange(number)] += doubles(own) + ((1 + float(conv.eps)) if kind == "GIN" else 0.0)
    X, W = doubles(states_of(model, part)[layer]), doubles(weights[kind]()).T
    return Matrices(kind, A, X, W, A @ X @ W, rests.get(kind, ""))


# ---- how far a node hears --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reach:
    """Whom a node hears after k layers.

    Attributes:
        distance: (n,) links between each node and this one, −1 if there is no way.
        walks: (n,) ways of at most k links that lead here, standing still allowed: row of (A + 1)ᵏ.
        slopes: (n,) size of the slope of the node's state to each node's inputs, in the live network.
        hears_all: whether a normalisation mixes all nodes of the graph.
        is_estimated: whether the sizes of the slopes are estimates; where they are 0 is exact.
    """

    distance: np.ndarray
    walks: np.ndarray
    slopes: np.ndarray
    hears_all: bool
    is_estimated: bool


def reach(experiment: Any, *, node: int, num_layers: int) -> Reach:
    """Whom a node of the graph in the picture hears after some layers of the live network."""
    return reach_of(experiment.model, shown(experiment).part, node, num_layers)


def reach_of(model: SimpleGNN, part: Part, node: int, num_layers: int) -> Reach:
    """Whom a node of a graph hears after some layers of a network: by counting, and by slopes."""
    walks = np.zeros(len(part.x))
    walks[node] = 1.0
    source, target = part.edge_index.cpu().numpy()
    for _ in range(num_layers):
        walks = walks + np.bincount(source, walks[target], minlength=len(walks))
    slopes = jacobian(model, part, np.array([node]), num_layers)[0]
    hears_all = num_layers > 0 and any(isinstance(norm, PairNorm) for norm in model.norms[:num_layers])
    is_guess = num_layers > 0 and is_estimated(model, part)
    return Reach(distances(part, node), walks, slopes, hears_all, is_guess)
