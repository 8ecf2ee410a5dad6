"""Graphs as flat tensors: many small ones (molecules, chains) or a single large one (a social network).

Shapes: G graphs with N nodes and E directed edges in all; F numbers for a node, A for an edge. A batch of B graphs has
n nodes and e edges. An undirected edge stands in `edge_index` twice, once in each direction, as in torch-geometric.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import torch
from jaxtyping import Bool, Float32, Int64
from torch import Tensor

from data.dataset import Task

Level = Literal["graph", "node"]


@dataclass(frozen=True, eq=False)
class Part:
    """One graph.

    Attributes:
        x: (n, F) numbers of the nodes.
        edge_index: (2, e) where each edge comes from and where it goes, as places of nodes.
        edge_attr: (e, A) numbers of the edges; A may be 0.
    """

    x: Float32[Tensor, "n F"]
    edge_index: Int64[Tensor, "2 e"]
    edge_attr: Float32[Tensor, "e A"]


@dataclass(frozen=True, eq=False)
class Graphs:
    """Graphs one after the other, and what to predict of each graph or of each node.

    Attributes:
        name: the identifier they were asked for by.
        level: whether `y` has an entry for each graph or for each node.
        task: whether `y` holds classes or numbers.
        x: (N, F) numbers of the nodes.
        edge_index: (2, E) nodes, counted from 0 within each graph.
        edge_attr: (E, A) numbers of the edges; A may be 0.
        node_starts: (G + 1) where the nodes of each graph begin; the last is N.
        edge_starts: (G + 1) where the edges of each graph begin; the last is E.
        y: (G) or (N) class ids from 0, or numbers.
        is_train: (G) or (N) whose answer is given in training.
        is_test: (G) or (N) whose answer is kept for the test; nodes may be neither.
        feature_names: F names.
        edge_names: A names.
        class_names: one for each class; empty for numbers.
        target_name: what is predicted.
        labels: G SMILES or other names of graphs; of a single graph, N names of its nodes.
        places: (N, 2) where the nodes are drawn, from 0 to 1, right and up; None if each graph is drawn by itself.
        report: what was done to the data, one sentence each.
        source: citation and licence, one line.
    """

    name: str
    level: Level
    task: Task
    x: Float32[Tensor, "N F"]
    edge_index: Int64[Tensor, "2 E"]
    edge_attr: Float32[Tensor, "E A"]
    node_starts: Int64[Tensor, " G_1"]
    edge_starts: Int64[Tensor, " G_1"]
    y: Int64[Tensor, " U"] | Float32[Tensor, " U"]
    is_train: Bool[Tensor, " U"]
    is_test: Bool[Tensor, " U"]
    feature_names: tuple[str, ...]
    edge_names: tuple[str, ...]
    class_names: tuple[str, ...]
    target_name: str
    labels: tuple[str, ...]
    places: Float32[Tensor, "N 2"] | None = None
    report: tuple[str, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        """Asserts what the rest of the house relies on."""
        wanted = self.num_graphs if self.level == "graph" else len(self.x)
        assert self.y.shape == self.is_train.shape == self.is_test.shape == (wanted,)
        assert len(self.feature_names) == self.x.shape[1]
        assert len(self.edge_names) == self.edge_attr.shape[1]
        assert self.edge_index.shape[1] == len(self.edge_attr) == int(self.edge_starts[-1])
        assert int(self.node_starts[-1]) == len(self.x)
        assert bool(self.is_train.any()), "nothing to train on"
        assert not bool((self.is_train & self.is_test).any())

    @property
    def num_graphs(self) -> int:
        """G."""
        return len(self.node_starts) - 1

    @property
    def num_outputs(self) -> int:
        """Numbers that a network gives for each graph or node."""
        return len(self.class_names) if self.task == "classification" else 1

    def part(self, graph: int) -> Part:
        """One of the graphs."""
        nodes = slice(int(self.node_starts[graph]), int(self.node_starts[graph + 1]))
        edges = slice(int(self.edge_starts[graph]), int(self.edge_starts[graph + 1]))
        return Part(self.x[nodes], self.edge_index[:, edges], self.edge_attr[edges])

    def to(self, device: torch.device) -> "Graphs":
        """The same on another device, but for what is only drawn; itself if it is there already."""
        if self.x.device == device:
            return self
        moved = {
            name: getattr(self, name).to(device)
            for name in ("x", "edge_index", "edge_attr", "node_starts", "edge_starts", "y", "is_train", "is_test")
        }
        return replace(self, **moved)


class Flat(NamedTuple):
    """The tensors of `Graphs` that hold graphs: x, edge_index, edge_attr, node_starts, edge_starts."""

    x: Float32[Tensor, "N F"]
    edge_index: Int64[Tensor, "2 E"]
    edge_attr: Float32[Tensor, "E A"]
    node_starts: Int64[Tensor, " G_1"]
    edge_starts: Int64[Tensor, " G_1"]


def joined(parts: Sequence[Part]) -> Flat:
    """Graphs one after the other."""
    nodes = torch.tensor([0, *(len(part.x) for part in parts)])
    edges = torch.tensor([0, *(part.edge_index.shape[1] for part in parts)])
    return Flat(
        torch.cat([part.x for part in parts]),
        torch.cat([part.edge_index for part in parts], dim=1),
        torch.cat([part.edge_attr for part in parts]),
        nodes.cumsum(0),
        edges.cumsum(0),
    )


class Batch(NamedTuple):
    """Some graphs as one graph of parts that are not linked, as torch-geometric has it.

    Attributes:
        x: (n, F) numbers of the nodes.
        edge_index: (2, e) nodes, counted through the batch.
        edge_attr: (e, A) numbers of the edges.
        batch: (n) the graph of each node, from 0 to B - 1.
        place: (n) which node of its graph it is.
        nodes: (n) which node of `Graphs` it is.
        edges: (e) which edge of `Graphs`.
        num_graphs: B.
    """

    x: Float32[Tensor, "n F"]
    edge_index: Int64[Tensor, "2 e"]
    edge_attr: Float32[Tensor, "e A"]
    batch: Int64[Tensor, " n"]
    place: Int64[Tensor, " n"]
    nodes: Int64[Tensor, " n"]
    edges: Int64[Tensor, " e"]
    num_graphs: int


def collate(graphs: Graphs, rows: Int64[Tensor, " B"]) -> Batch:
    """Some of the graphs, by index alone: nothing is looped over, however many they are."""
    batch, place, nodes = _spread(graphs.node_starts, rows)
    of_edge, _, edges = _spread(graphs.edge_starts, rows)
    sizes = graphs.node_starts[rows + 1] - graphs.node_starts[rows]  # (B,)
    first = sizes.cumsum(0) - sizes
    edge_index = graphs.edge_index[:, edges] + first[of_edge]  # (2, e)
    return Batch(graphs.x[nodes], edge_index, graphs.edge_attr[edges], batch, place, nodes, edges, len(rows))


def _spread(
    starts: Int64[Tensor, " G_1"], rows: Int64[Tensor, " B"]
) -> tuple[Int64[Tensor, " n"], Int64[Tensor, " n"], Int64[Tensor, " n"]]:
    """The items that belong to some rows: for each its row from 0, its place there, and its number among all."""
    begin = starts[rows]
    sizes = starts[rows + 1] - begin
    row = torch.repeat_interleave(torch.arange(len(rows), device=rows.device), sizes)
    ends = sizes.cumsum(0)
    place = torch.arange(len(row), device=rows.device) - (ends - sizes)[row]
    return row, place, begin[row] + place
