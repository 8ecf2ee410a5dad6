"""Graphs made ready for a network: cut out by index, with the weights of their edges, flat or as padded matrices.

Shapes as in `data.graphs`; m nodes in the largest graph of a batch.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import torch
from jaxtyping import Bool, Float32, Int64
from torch import Tensor

from data.graphs import Batch, Graphs, collate
from models.gnn import DENSE, Layer, edge_weights

MOST_CELLS: Final = 4_000_000  # of the padded matrices of a batch; a larger batch is read edge by edge
MOST_KEPT: Final = 8_000_000  # of the matrices of all graphs; if they are more, each batch makes its own


class Padded(NamedTuple):
    """Some graphs as matrices of one size.

    Attributes:
        x: (B, m, F) nodes, filled up with zeros.
        adjacency: (B, m, m) what node i hears of node j.
        is_node: (B, m) False for what only fills up.
        numbers: (B, m) which node of `Graphs` each real one is.
    """

    x: Float32[Tensor, "B m F"]
    adjacency: Float32[Tensor, "B m m"]
    is_node: Bool[Tensor, "B m"]
    numbers: Int64[Tensor, "B m"]

    @property
    def nodes(self) -> Int64[Tensor, " n"]:
        """Which node of `Graphs` each real one is, in order."""
        return self.numbers[self.is_node]


class Batches:
    """Cuts batches out of graphs for one kind of layer."""

    def __init__(self, graphs: Graphs, layer: Layer) -> None:
        """Computes the weights of all edges, once, and where the graphs are small all their matrices.

        Args:
            graphs: on the device of the network.
            layer: what the network is made of.
        """
        self.graphs, self.layer = graphs, layer
        self._sizes = graphs.node_starts.diff()
        of_graph = torch.repeat_interleave(
            torch.arange(graphs.num_graphs, device=graphs.x.device), graphs.edge_starts.diff()
        )
        numbered = graphs.edge_index + graphs.node_starts[of_graph]
        self._edge_weight, self._loop_weight = edge_weights(layer, numbered, len(graphs.x))
        self.degrees = torch.bincount(numbered[1], minlength=len(graphs.x))  # (N,) neighbours of each node
        self._kept: Padded | None = None
        if layer in DENSE and graphs.num_graphs * int(self._sizes.max()) ** 2 <= MOST_KEPT:
            self._kept = self._pad(self.flat(torch.arange(graphs.num_graphs, device=graphs.x.device)))

    def flat(self, rows: Int64[Tensor, " B"]) -> Batch:
        """Some graphs as one."""
        return collate(self.graphs, rows)

    def cut(self, rows: Int64[Tensor, " B"]) -> Padded | Batch:
        """Some graphs, padded where the layer is a product with a matrix and the graphs are small enough."""
        if self._kept is not None:
            most = int(self._sizes[rows].max())
            x, adjacency, is_node, numbers = self._kept
            return Padded(x[rows, :most], adjacency[rows, :most, :most], is_node[rows, :most], numbers[rows, :most])
        batch = self.flat(rows)
        if self.layer not in DENSE or len(rows) * int(self._sizes[rows].max()) ** 2 > MOST_CELLS:
            return batch
        return self._pad(batch)

    def _pad(self, batch: Batch) -> Padded:
        size = (batch.num_graphs, int(batch.place.max()) + 1)
        x = batch.x.new_zeros(*size, batch.x.shape[1])
        x[batch.batch, batch.place] = batch.x
        is_node = torch.zeros(size, dtype=torch.bool, device=x.device)
        is_node[batch.batch, batch.place] = True
        numbers = torch.zeros(size, dtype=torch.int64, device=x.device)
        numbers[batch.batch, batch.place] = batch.nodes
        source, target = batch.edge_index
        adjacency = x.new_zeros(*size, size[1])
        adjacency[batch.batch[target], batch.place[target], batch.place[source]] = self._edge_weight[batch.edges]
        adjacency[batch.batch, batch.place, batch.place] += self._loop_weight[batch.nodes]
        return Padded(x, adjacency, is_node, numbers)

    def chunks(self, rows: Int64[Tensor, " R"], size: int) -> list[tuple[Int64[Tensor, " B"], Padded | Batch]]:
        """Many graphs in batches of similar size, for looking at all of them: rows and what was cut."""
        parts: Sequence[Tensor] = rows[self._sizes[rows].argsort(stable=True)].split(size)
        return [(part, self.cut(part)) for part in parts]


@lru_cache(maxsize=8)
def batches_of(graphs: Graphs, layer: Layer) -> Batches:
    """The batches of graphs that several runs may share."""
    return Batches(graphs, layer)
