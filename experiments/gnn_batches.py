"""Graphs made ready for a network: cut out by index, with the weights of their edges, flat or as padded matrices.

Shapes as in `data.graphs`; m nodes in the largest graph of a batch.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import torch
from jaxtyping import Bool, Float32, Int64
from torch import Tensor

from data.graphs import Batch, Graphs, collate
from models.gnn import DENSE, Layer, edge_weights

MOST_CELLS: Final = 4_000_000  # of the padded matrices of a batch; a larger batch is read edge by edge


class Padded(NamedTuple):
    """Some graphs as matrices of one size.

    Attributes:
        x: (B, m, F) nodes, filled up with zeros.
        adjacency: (B, m, m) what node i hears of node j.
        is_node: (B, m) False for what only fills up.
        nodes: (n) which node of `Graphs` each real one is.
    """

    x: Float32[Tensor, "B m F"]
    adjacency: Float32[Tensor, "B m m"]
    is_node: Bool[Tensor, "B m"]
    nodes: Int64[Tensor, " n"]


class Batches:
    """Cuts batches out of graphs for one kind of layer."""

    def __init__(self, graphs: Graphs, layer: Layer) -> None:
        """Computes the weights of all edges, once.

        Args:
            graphs: on the device of the network.
            layer: what the network is made of.
        """
        self.graphs, self.layer = graphs, layer
        sizes = graphs.edge_starts.diff()
        of_graph = torch.repeat_interleave(torch.arange(graphs.num_graphs, device=sizes.device), sizes)
        numbered = graphs.edge_index + graphs.node_starts[of_graph]
        self._edge_weight, self._loop_weight = edge_weights(layer, numbered, len(graphs.x))

    def cut(self, rows: Int64[Tensor, " B"]) -> Padded | Batch:
        """Some graphs, padded where the layer is a product with a matrix and the graphs are small enough."""
        most = int((self.graphs.node_starts[rows + 1] - self.graphs.node_starts[rows]).max())
        batch = self.flat(rows)
        if self.layer not in DENSE or len(rows) * most**2 > MOST_CELLS:
            return batch
        x = batch.x.new_zeros(len(rows), most, batch.x.shape[1])
        x[batch.batch, batch.place] = batch.x
        is_node = torch.zeros(len(rows), most, dtype=torch.bool, device=x.device)
        is_node[batch.batch, batch.place] = True
        return Padded(x, self._matrices(batch, most), is_node, batch.nodes)

    def flat(self, rows: Int64[Tensor, " B"]) -> Batch:
        """Some graphs as one."""
        return collate(self.graphs, rows)

    def _matrices(self, batch: Batch, most: int) -> Float32[Tensor, "B m m"]:
        adjacency = batch.x.new_zeros(batch.num_graphs * most * most)
        source, target = batch.edge_index
        at = (batch.batch[target] * most + batch.place[target]) * most + batch.place[source]
        adjacency[at] = self._edge_weight[batch.edges]
        own = (batch.batch * most + batch.place) * most + batch.place
        adjacency[own] += self._loop_weight[batch.nodes]
        return adjacency.view(batch.num_graphs, most, most)

    def chunks(self, rows: Int64[Tensor, " R"], size: int) -> list[tuple[Int64[Tensor, " B"], Padded | Batch]]:
        """Many graphs in batches of similar size, for looking at all of them: rows and what was cut."""
        sizes = self.graphs.node_starts[rows + 1] - self.graphs.node_starts[rows]
        parts: Sequence[Tensor] = rows[sizes.argsort(stable=True)].split(size)
        return [(part, self.cut(part)) for part in parts]
