"""What depth does to a graph network: nodes grow alike (oversmoothing), and what is far is hardly heard (squashing).

Papers: Li et al., arXiv:1801.07606, and Cai & Wang, arXiv:2006.13318 (oversmoothing, Dirichlet energy); Topping et al.,
arXiv:2111.14522, and Di Giovanni et al., arXiv:2302.02941 (over-squashing, as slopes of far states).

Shapes: n nodes and e edges in a batch of B graphs, H channels.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F


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
