"""A graph neural network: every node gathers what its neighbours say, some times over, and then the nodes are pooled.

Why it was needed: a molecule or a circle of friends has no first node and no fixed number of them. A network that reads
a table or a picture would give another answer when the nodes are numbered anew; this one cannot, because a sum over
neighbours and a sum over nodes do not know an order.

Papers: Kipf & Welling, "Semi-supervised classification with graph convolutional networks", 2016,
https://arxiv.org/abs/1609.02907 (GCN); Gilmer et al., "Neural message passing for quantum chemistry", 2017,
https://arxiv.org/abs/1704.01212 (the frame, NNConv); Hamilton et al., "Inductive representation learning on large
graphs", 2017, https://arxiv.org/abs/1706.02216 (GraphSAGE); Xu et al., "How powerful are graph neural networks?", 2018,
https://arxiv.org/abs/1810.00826 (GIN); Hu et al., "Strategies for pre-training graph neural networks", 2019,
https://arxiv.org/abs/1905.12265 (GINE, which reads the edges); Brody et al., "How attentive are graph attention
networks?", 2021, https://arxiv.org/abs/2105.14491 (GATv2).

Differs from the lecture: two layers of 64 and a mean are its defaults, and other layers, depths and read-outs come by
keyword. The lecture's layer, GCN, does not look at the kind of a bond; GINE, GAT and NNConv do. The layers are
torch-geometric's own. `forward_dense` computes the same from padded matrices, which is faster for small graphs.

Shapes: n nodes and e edges in a batch of B graphs, m nodes in the largest of them; F numbers for a node, A for an edge,
H hidden channels, K outputs.
"""

from typing import Any, Final, Literal

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F
from torch_geometric.nn import (
    AttentionalAggregation,
    GATv2Conv,
    GCNConv,
    GINConv,
    GINEConv,
    NNConv,
    PairNorm,
    SAGEConv,
    global_add_pool,
    global_max_pool,
    global_mean_pool,
)

Layer = Literal["GCN", "GraphSAGE", "GIN", "GINE", "GAT", "NNConv"]
Readout = Literal["mean", "sum", "max", "attention", "none"]
Normalisation = Literal["none", "batch", "layer", "pair"]

DENSE: Final = ("GCN", "GraphSAGE", "GIN")  # layers that are one product with a matrix of the graph
READS_EDGES: Final = ("GINE", "GAT", "NNConv")
EDGE_WIDTH: Final = 16  # hidden units of the small network that NNConv makes a matrix of an edge with


class SimpleGNN(nn.Module):
    """The lecture's network for graphs: layers of message passing, a read-out, a linear layer.

    Args:
        in_channels: F.
        hidden_channels: H.
        num_classes: K; 1 for a number.
        num_layers: how often the nodes hear from their neighbours.
        layer: what a node does with what it hears.
        edge_dim: A, if the layer is to read the edges; 0 if there is nothing to read.
        readout: how many nodes become one vector; `none` gives an answer for each node.
        is_residual: whether each layer but the first adds to what was there.
        normalisation: after each layer: over the batch, over the channels, or PairNorm (Zhao & Akoglu,
            arXiv:1909.12223), which keeps the nodes of a graph apart.
        dropout: share of the numbers set to 0 in training, after each layer.

    Raises:
        ValueError: for less than one layer.
    """

    def __init__(
        self,
        in_channels: int,
        hidden_channels: int = 64,
        num_classes: int = 2,
        *,
        num_layers: int = 2,
        layer: Layer = "GCN",
        edge_dim: int = 0,
        readout: Readout = "mean",
        is_residual: bool = False,
        normalisation: Normalisation = "none",
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if num_layers < 1:
            raise ValueError(f"num_layers must be at least 1, not {num_layers}")
        self.layer, self.readout, self.is_residual, self.dropout = layer, readout, is_residual, dropout
        self.reads_edges = layer in READS_EDGES and edge_dim > 0
        widths = [in_channels] + [hidden_channels] * (num_layers - 1)
        self.convs = nn.ModuleList(make_layer(layer, width, hidden_channels, edge_dim) for width in widths)
        self.norms = nn.ModuleList(make_norm(normalisation, hidden_channels) for _ in widths)
        self.gate = AttentionalAggregation(nn.Linear(hidden_channels, 1)) if readout == "attention" else None
        self.lin = nn.Linear(hidden_channels, num_classes)

    def forward(
        self,
        x: Float[Tensor, "n F"],
        edge_index: Int64[Tensor, "2 e"],
        batch: Int64[Tensor, " n"],
        edge_attr: Float[Tensor, "e A"] | None = None,
    ) -> Float[Tensor, "U K"]:
        """What it says of each graph, or of each node if there is no read-out.

        Args:
            x: the nodes.
            edge_index: where each edge comes from and goes to.
            batch: the graph of each node, in order.
            edge_attr: the edges; only GINE, GAT and NNConv look at them.
        """
        return self.lin(self.embed(x, edge_index, batch, edge_attr))

    def embed(
        self,
        x: Float[Tensor, "n F"],
        edge_index: Int64[Tensor, "2 e"],
        batch: Int64[Tensor, " n"],
        edge_attr: Float[Tensor, "e A"] | None = None,
    ) -> Float[Tensor, "U H"]:
        """The vector of each graph, or of each node, that the answer is read from."""
        return self.pool(self.states(x, edge_index, batch, edge_attr)[-1], batch)

    def states(
        self,
        x: Float[Tensor, "n F"],
        edge_index: Int64[Tensor, "2 e"],
        batch: Int64[Tensor, " n"],
        edge_attr: Float[Tensor, "e A"] | None = None,
    ) -> list[Float[Tensor, "n H"]]:
        """The nodes after each layer."""
        edges = (edge_index, edge_attr) if self.reads_edges else (edge_index,)
        found: list[Tensor] = []
        for conv, norm in zip(self.convs, self.norms, strict=True):
            h = conv(found[-1] if found else x, *edges)  # (n, H)
            h = norm(h, batch) if isinstance(norm, PairNorm) else norm(h)
            found.append(self._after(F.relu(h), found))
        return found

    def _after(self, h: Tensor, found: list[Tensor]) -> Tensor:
        if self.is_residual and found:
            h = h + found[-1]
        return F.dropout(h, self.dropout, self.training) if self.dropout else h

    def pool(self, h: Float[Tensor, "n H"], batch: Int64[Tensor, " n"]) -> Float[Tensor, "U H"]:
        """One vector for each graph, or the nodes as they are."""
        match self.readout:
            case "mean":
                return global_mean_pool(h, batch)
            case "sum":
                return global_add_pool(h, batch)
            case "max":
                return global_max_pool(h, batch)
            case "attention":
                return self.gate(h, batch)  # type: ignore[misc]
        return h

    # ---- the same, from matrices -------------------------------------------------------------------------------

    def forward_dense(
        self, x: Float[Tensor, "B m F"], adjacency: Float[Tensor, "B m m"], is_node: Bool[Tensor, "B m"]
    ) -> Float[Tensor, "U K"]:
        """The same answers from padded graphs.

        Args:
            x: the nodes of each graph, padded with zeros.
            adjacency: for each graph the matrix of `edge_weights`: row i weighs what node i hears.
            is_node: False for padding.

        Raises:
            ValueError: for a layer that reads edges, which are not in the matrix.
        """
        return self.lin(self.embed_dense(x, adjacency, is_node))

    def embed_dense(
        self, x: Float[Tensor, "B m F"], adjacency: Float[Tensor, "B m m"], is_node: Bool[Tensor, "B m"]
    ) -> Float[Tensor, "U H"]:
        """The same vectors as `embed` gives, from padded graphs; raises what `forward_dense` raises."""
        if self.layer not in DENSE:
            raise ValueError(f"{self.layer} reads edges one by one: call forward")
        found: list[Tensor] = []
        for conv, norm in zip(self.convs, self.norms, strict=True):
            h = convolve(self.layer, conv, found[-1] if found else x, adjacency)  # (B, m, H)
            found.append(self._after(F.relu(self._normalise(h, norm, is_node)), found))
        return self._pool_dense(found[-1], is_node)  # (B, H), or (n, H)

    def _normalise(
        self, h: Float[Tensor, "B m H"], norm: nn.Module, is_node: Bool[Tensor, "B m"]
    ) -> Float[Tensor, "B m H"]:
        if isinstance(norm, nn.Identity):
            return h
        inside = h[is_node]  # (n, H)
        batch = is_node.nonzero()[:, 0]
        filled = norm(inside, batch) if isinstance(norm, PairNorm) else norm(inside)
        return torch.zeros_like(h).index_put((is_node,), filled)

    def _pool_dense(self, h: Float[Tensor, "B m H"], is_node: Bool[Tensor, "B m"]) -> Float[Tensor, "U H"]:
        match self.readout:
            case "mean" | "sum":
                share = is_node.to(h.dtype)
                if self.readout == "mean":
                    share = share / share.sum(1, keepdim=True)
                return torch.bmm(share[:, None], h)[:, 0]
            case "max":
                return h.masked_fill(~is_node[..., None], -torch.inf).amax(1)
            case "attention":
                scores = self.gate.gate_nn(h).masked_fill(~is_node[..., None], -torch.inf)  # type: ignore[union-attr]
                return (scores.softmax(1) * h).sum(1)
        return h[is_node]


def make_layer(layer: Layer, width: int, hidden: int, edge_dim: int) -> nn.Module:
    """A layer of torch-geometric from `width` to `hidden` channels."""
    match layer:
        case "GCN":
            return GCNConv(width, hidden)
        case "GraphSAGE":
            return SAGEConv(width, hidden)
        case "GIN":
            return GINConv(_two_layers(width, hidden))
        case "GINE":
            return (
                GINEConv(_two_layers(width, hidden), edge_dim=edge_dim)
                if edge_dim
                else GINConv(_two_layers(width, hidden))
            )
        case "GAT":
            return GATv2Conv(width, hidden, edge_dim=edge_dim or None)
        case "NNConv":
            if not edge_dim:
                return SAGEConv(width, hidden)
            maker = nn.Sequential(nn.Linear(edge_dim, EDGE_WIDTH), nn.ReLU(), nn.Linear(EDGE_WIDTH, width * hidden))
            return NNConv(width, hidden, maker, aggr="mean")


def _two_layers(width: int, hidden: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, hidden))


def make_norm(normalisation: Normalisation, width: int) -> nn.Module:
    """What stands between a layer and its bend."""
    match normalisation:
        case "batch":
            return nn.BatchNorm1d(width)
        case "layer":
            return nn.LayerNorm(width)
        case "pair":
            return PairNorm()
    return nn.Identity()


def convolve(
    layer: Layer, conv: Any, x: Float[Tensor, "B m F"], adjacency: Float[Tensor, "B m m"]
) -> Float[Tensor, "B m H"]:
    """One layer of torch-geometric as a product with the graph's matrix, with the layer's own weights."""
    match layer:
        case "GCN":
            return torch.bmm(adjacency, conv.lin(x)) + conv.bias
        case "GraphSAGE":
            return conv.lin_l(torch.bmm(adjacency, x)) + conv.lin_r(x)
    return conv.nn((1 + conv.eps) * x + torch.bmm(adjacency, x))


def edge_weights(
    layer: Layer, edge_index: Int64[Tensor, "2 e"], num_nodes: int
) -> tuple[Float[Tensor, " e"], Float[Tensor, " n"]]:
    """How much of a neighbour arrives over each edge, and how much of itself a node keeps.

    GCN divides by the roots of both degrees, the node itself counted; GraphSAGE takes the mean of the neighbours; GIN
    their sum. They depend on the graph alone, so they are computed once.

    Returns:
        The weight of each edge, and that of each node's link to itself.
    """
    source, target = edge_index
    degree = torch.bincount(target, minlength=num_nodes).float()
    match layer:
        case "GCN":
            root = (degree + 1).rsqrt()
            return root[source] * root[target], root.square()
        case "GraphSAGE":
            return 1 / degree[target], torch.zeros(num_nodes, device=degree.device)
    return torch.ones(len(source), device=degree.device), torch.zeros(num_nodes, device=degree.device)
