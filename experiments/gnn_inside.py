"""The part of the experiment on graphs that looks at the network and does not learn."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float32, Int, Int64
from torch import Tensor
from torch.nn import functional as F

from data.graphs import Batch, Graphs
from data.structure import Structure, structure_of
from experiments.gnn_baselines import bag_loss
from experiments.gnn_batches import Batches, Padded
from experiments.gnn_depth import smoothness
from experiments.gnn_embedding import oriented_plane
from experiments.gnn_observation import MOST_POINTS, GNNObservation
from experiments.gnn_settings import MOLECULES, GNNSettings
from experiments.gnn_shown import laid_out
from models.gnn import SimpleGNN
from training.arrays import array
from training.probe import evaluating

CHANNELS: Final = 4  # of each layer that are drawn
AT_ONCE: Final = 64  # graphs that are read together


class Points(NamedTuple):
    """What the network makes of many graphs or nodes.

    Attributes:
        h: (R, H) their vectors before the last layer.
        outputs: (R, K) what is said of them.
        rows: (R,) their numbers among all graphs or nodes.
    """

    h: Float[Tensor, "R H"]
    outputs: Float[Tensor, "R K"]
    rows: Int64[Tensor, " R"]


@dataclass(frozen=True, eq=False)
class Verdict:
    """What the network says of every graph, or node, that has an answer; those learnt from come first.

    Attributes:
        predicted: (R,) class, or number in the unit of the data.
        true: (R,) class, or number in the unit of the data.
        chances: (R, K) of the classes; (R, 0) for numbers.
        rows: (R,) their numbers among all.
        num_train: how many of them were learnt from.
        target_name: what is predicted.
    """

    predicted: Int[np.ndarray, " R"] | Float[np.ndarray, " R"]
    true: Int[np.ndarray, " R"] | Float[np.ndarray, " R"]
    chances: Float[np.ndarray, "R K"]
    rows: Int[np.ndarray, " R"]
    num_train: int
    target_name: str

    @property
    def counts(self) -> Int[np.ndarray, "K K"]:
        """Those of the test by true and predicted class."""
        num_classes = self.chances.shape[1]
        pairs = self.true[self.num_train :] * num_classes + self.predicted[self.num_train :]
        return np.bincount(pairs, minlength=num_classes**2).reshape(num_classes, num_classes)


class Inside:
    """Pictures of the network, and answers to what visitors ask of it."""

    settings: GNNSettings
    graphs: Graphs
    batches: Batches
    model: SimpleGNN
    target_mean: float
    target_std: float
    # the graphs that the curves are measured on: "" of the training part, and "test_"
    chunks: dict[str, list[tuple[Int64[Tensor, " B"], Padded | Batch]]]

    @property
    def loss_floor(self) -> float:
        """What counting atoms gives: nobody comes near 0 on a property of molecules. 0 for all other graphs."""
        return bag_loss(self.graphs) if self.settings.data in MOLECULES else 0.0

    @torch.no_grad()
    def observe(self) -> GNNObservation:
        """The network on many graphs, or on all nodes of one, and on the one that is looked at."""
        settings, graphs = self.settings, self.graphs
        with evaluating(self.model.modules()):
            points = self.points()
            looked = self.looked_at()
        first, second = self._directions(points.rows)
        h = torch.nan_to_num(points.h, posinf=0.0, neginf=0.0)  # after an explosion
        xy, share = oriented_plane(array(h), array(first), array(second))
        said = self.in_words(points.outputs)
        loss_level, score_level = self._levels()
        return GNNObservation(
            data=settings.data,
            level=graphs.level,
            task=graphs.task,
            class_names=graphs.class_names,
            target_name=graphs.target_name,
            xy=xy,
            share=share,
            targets=array(graphs.y[points.rows]),
            said=array(said),
            is_train=array(graphs.is_train[points.rows]),
            rows=array(points.rows),
            num_items=self.num_items,
            layer=settings.layer,
            readout=self.model.readout,
            widths=(graphs.x.shape[1], *[settings.hidden_channels] * settings.num_layers),
            num_train=int(graphs.is_train.sum()),
            num_test=int(graphs.is_test.sum()),
            num_graphs=graphs.num_graphs,
            num_nodes=len(graphs.x),
            num_edges=graphs.edge_index.shape[1] // 2,
            num_parameters=sum(weight.numel() for weight in self.model.parameters()),
            levels=(loss_level,),
            score_levels=(score_level,),
            report=graphs.report,
            source=graphs.source,
            **looked,
        )

    def in_words(self, outputs: Float[Tensor, "R K"]) -> Tensor:
        """The likeliest classes, or numbers in the unit of the data."""
        if self.graphs.task == "classification":
            return outputs.argmax(1)
        return outputs[:, 0] * self.target_std + self.target_mean

    # ---- many --------------------------------------------------------------------------------------------------

    def points(self) -> Points:
        """The graphs that the curves are measured on; of a network's nodes at most so many as can be drawn."""
        graphs = self.graphs
        is_graph = graphs.level == "graph"
        chunks = self.chunks["test_"] + (self.chunks[""] if is_graph else [])
        h = torch.cat([self.vectors(cut) for _, cut in chunks])  # (R, H)
        rows = torch.cat([rows if is_graph else cut.nodes for rows, cut in chunks])
        if not is_graph and len(rows) > MOST_POINTS:
            kept = torch.linspace(0, len(rows) - 1, MOST_POINTS).long()
            h, rows = h[kept], rows[kept]
        return Points(h, self.model.lin(h), rows)

    def vectors(self, cut: Padded | Batch) -> Float[Tensor, "U H"]:
        """The vectors before the last layer, of graphs or of nodes."""
        if isinstance(cut, Padded):
            return self.model.embed_dense(cut.x, cut.adjacency, cut.is_node)
        return self.model.embed(cut.x, cut.edge_index, cut.batch, cut.edge_attr)

    def _directions(self, rows: Int64[Tensor, " R"]) -> tuple[Float[Tensor, " R"], Float[Tensor, " R"]]:
        """Two numbers of each point that do not change while it learns: they fix which way its picture lies."""
        graphs = self.graphs
        y = graphs.y[rows].float()
        first = (y == y.new_tensor(0 if len(graphs.class_names) > 2 else 1)).float() if graphs.class_names else y
        if graphs.level == "graph":
            return first, graphs.node_starts.diff()[rows].float()
        return first, self.batches.degrees[rows].float()

    @torch.no_grad()
    def verdict(self) -> Verdict:
        """What is said of all graphs, or nodes, that have an answer."""
        graphs = self.graphs
        every = torch.arange(graphs.num_graphs, device=graphs.x.device)
        outputs, rows = [], []
        with evaluating(self.model.modules()):
            for part, cut in self.batches.chunks(every, AT_ONCE):
                outputs.append(self.model.lin(self.vectors(cut)))
                rows.append(part if graphs.level == "graph" else cut.nodes)
        said, numbers = torch.cat(outputs), torch.cat(rows)
        place = numbers.argsort()
        order = torch.cat([graphs.is_train.nonzero()[:, 0], graphs.is_test.nonzero()[:, 0]])
        said = said[place][order]
        return Verdict(
            predicted=array(self.in_words(said)),
            true=array(graphs.y[order]),
            chances=array(said.softmax(1)) if graphs.class_names else np.zeros((len(order), 0), np.float32),
            rows=array(order),
            num_train=int(graphs.is_train.sum()),
            target_name=graphs.target_name,
        )

    def label_of(self, row: int) -> str:
        """The name of a graph, or of a node where there is a single graph."""
        return self.graphs.labels[row] if row < len(self.graphs.labels) else f"node {row + 1}"

    # ---- one ---------------------------------------------------------------------------------------------------

    @property
    def num_items(self) -> int:
        """How many graphs there are to look at, or nodes where there is a single graph."""
        return self.graphs.num_graphs if self.graphs.num_graphs > 1 else len(self.graphs.x)

    @property
    def item(self) -> int:
        """The number of the graph or node in the picture; beyond the last it is the last."""
        return min(self.settings.item, self.num_items - 1)

    def graph_in_picture(self) -> int:
        """The graph in the picture."""
        return self.item if self.graphs.num_graphs > 1 else 0

    def looked_at(self) -> Mapping[str, Any]:
        """The part of an observation about the graph in the picture."""
        graphs, graph = self.graphs, self.graph_in_picture()
        batch = self.batches.flat(torch.tensor([graph], device=graphs.x.device))
        states = [batch.x, *self.model.states(batch.x, batch.edge_index, batch.batch, batch.edge_attr)]
        is_graph = graphs.level == "graph"
        outputs = self.model.lin(self.model.pool(states[-1], batch.batch))  # (1, K), or (n, K)
        own = outputs[0] if is_graph or graphs.num_graphs > 1 else outputs[self.item]
        unit = graph if is_graph else int(batch.nodes[0]) if graphs.num_graphs > 1 else self.item
        structure = structure_in(graphs.labels[graph]) if self.settings.data in MOLECULES else None
        varied = batch.x.var(0, correction=0).argsort(descending=True, stable=True)[:CHANNELS].sort().values
        names = [tuple(graphs.feature_names[index] for index in varied.tolist())]
        names += [tuple(f"channel {index + 1}" for index in range(CHANNELS))] * len(self.model.convs)
        chances = outputs.softmax(1)
        nodes = batch.nodes if not is_graph else batch.nodes[:0]
        return {
            "item": self.item,
            "is_test": bool(graphs.is_test[unit]),
            "label": graphs.labels[graph if graphs.num_graphs > 1 else unit],
            "structure": structure,
            "places": self._places(batch, structure),
            "edges": array(batch.edge_index[:, batch.edge_index[0] < batch.edge_index[1]]),
            "channels": tuple(
                array((state[:, varied] if number == 0 else state[:, :CHANNELS]).T)
                for number, state in enumerate(states)
            ),
            "channel_names": tuple(names),
            "alike": tuple(smoothness(states, batch.batch)),
            "votes": array(self.votes(states[-1], outputs)) if is_graph else np.zeros(0, np.float32),
            "node_targets": array(graphs.y[nodes] if not is_graph else nodes),
            "node_said": array(outputs.argmax(1) if not is_graph else nodes),
            "node_chances": array(chances.amax(1) if not is_graph else nodes.float()),
            "node_names": graphs.labels if graphs.num_graphs == 1 else (),
            "node_is_train": array(graphs.is_train[nodes] if not is_graph else nodes.bool()),
            "answer": array(own.softmax(0) if graphs.class_names else own * self.target_std + self.target_mean),
            "truth": float(graphs.y[unit]),
        }

    def votes(self, h: Float[Tensor, "n H"], outputs: Float[Tensor, "1 K"]) -> Float[Tensor, " n"]:
        """What each node of one graph adds to its answer; with the bias they sum to it.

        For two classes the answer is the difference of their logits, for more the logit of the likeliest less the mean
        of the others, for a number the number itself, in standard deviations. Every read-out is a weighted sum of
        nodes (max: of those that are largest in a channel), and the last layer is linear, so this is exact.
        """
        read = self.direction(outputs)  # (H,)
        match self.model.readout:
            case "mean":
                return h @ read / len(h)
            case "sum":
                return h @ read
            case "max":
                best = h.argmax(0)  # (H,)
                return h.new_zeros(len(h)).index_add(0, best, h.gather(0, best[None])[0] * read)
            case _:
                assert self.model.gate is not None
                return self.model.gate.gate_nn(h).softmax(0)[:, 0] * (h @ read)

    def direction(self, outputs: Float[Tensor, "1 K"]) -> Float[Tensor, " H"]:
        """The direction in which the last layer reads the answer that `votes` speaks of."""
        weight = self.model.lin.weight  # (K, H)
        if len(weight) == 1:
            return weight[0]
        best = int(outputs[0].argmax()) if len(weight) > 2 else 1
        others = [index for index in range(len(weight)) if index != best]
        return weight[best] - weight[others].mean(0)

    def _places(self, batch: Batch, structure: Structure | None) -> Float32[np.ndarray, "n 2"]:
        """Where the nodes are drawn, from 0 to 1."""
        if structure is not None:
            return fitted(structure.xy)
        if self.graphs.places is not None:
            return array(self.graphs.places[batch.nodes])
        return placed(len(batch.x), tuple(map(tuple, batch.edge_index.T.tolist())))

    # ---- what to compare with ----------------------------------------------------------------------------------

    def _levels(self) -> tuple[tuple[str, float], tuple[str, float]]:
        """Loss and score of whoever knows the answers of the training part but not the graphs."""
        graphs = self.graphs
        train, test = graphs.y[graphs.is_train], graphs.y[graphs.is_test]
        if graphs.task == "regression":
            mean_off = ((test - self.target_mean) / self.target_std).square().mean().item()
            return ("always the mean", mean_off), ("always the mean", 0.0)
        counts = torch.bincount(train, minlength=len(graphs.class_names)).float() + 1
        loss = (
            F.cross_entropy((counts / counts.sum()).log().expand(len(test), -1), test).item() if len(test) else math.nan
        )
        if len(graphs.class_names) == 2 and graphs.level == "graph":
            return ("shares of the classes", loss), ("by chance", 0.5)
        most = (test == graphs.y.mode().values).float().mean().item()
        return ("shares of the classes", loss), ("always the commonest", most)


@lru_cache(maxsize=256)
def structure_in(smiles: str) -> Structure:
    """A molecule as it is drawn."""
    return structure_of(smiles)


def fitted(xy: Float[np.ndarray, "n 2"]) -> Float32[np.ndarray, "n 2"]:
    """Places from 0 to 1 with the proportions kept."""
    low, high = xy.min(0), xy.max(0)
    span = float((high - low).max()) or 1.0
    return ((xy - (low + high) / 2) / span + 0.5).astype(np.float32)


@lru_cache(maxsize=64)
def placed(num_nodes: int, edges: tuple[tuple[int, int], ...]) -> Float32[np.ndarray, "n 2"]:
    """A graph laid out by its links alone, always the same way."""
    return laid_out(np.array(edges, dtype=np.int64).reshape(-1, 2).T, num_nodes).astype(np.float32)
