"""What a network of message passing cannot tell apart: colour refinement, and what networks say of the same two graphs.

Each node starts with the same colour. In a round it takes a new one, made of its own and of how often each colour is
among its neighbours. Two graphs whose colours are the same after every round get the same answer from every network of
this page that is told the same of each node.

Papers: Weisfeiler & Leman, 1968; Xu et al., arXiv:1810.00826; Morris et al., arXiv:1810.02244; Bouritsas et al.,
arXiv:2006.09252 (counts of rings as inputs); Sato et al., arXiv:2002.03155 (numbers of their own).

Shapes: n nodes of both graphs, F numbers of a node.
"""

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import networkx
import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from data.dataset import seeded
from data.graphs import Graphs, Part
from experiments.gnn_shown import laid_out, num_graph
from models.gnn import Layer, Readout, SimpleGNN
from training.probe import evaluating

SEED: Final = 3
CHANNELS: Final = 16
LAYERS: Final = 4
LARGEST_RING: Final = 8
ROUNDING: Final = 1e-9  # of outputs in double precision; what is not further apart is the same

Recipe = tuple[int, tuple[int, ...]]  # a node's colour, and the colours of its neighbours in order


class Pair(NamedTuple):
    """Two graphs to tell apart.

    Attributes:
        names: what each is.
        graphs: with nodes from 0.
        note: what is remarkable about them.
    """

    names: tuple[str, str]
    graphs: tuple[networkx.Graph, networkx.Graph]
    note: str


def _chain(*branches: tuple[int, int], length: int) -> networkx.Graph:
    """A path, with branches of so many nodes at so many places, counted from 1."""
    graph = networkx.path_graph(length)
    for place, size in branches:
        start = len(graph)
        networkx.add_path(graph, [place - 1, *range(start, start + size)])
    return graph


def _rings(size: int, *, shared: bool) -> networkx.Graph:
    """Two rings: with one edge in common, or apart with a link between them."""
    graph = networkx.cycle_graph(size)
    if shared:
        networkx.add_path(graph, [0, *range(size, 2 * size - 2), 1])
        return graph
    networkx.add_cycle(graph, range(size, 2 * size))
    graph.add_edge(0, size)
    return graph


PAIRS: Final = {
    "hexagon, two triangles": Pair(
        ("hexagon", "two triangles"),
        (networkx.cycle_graph(6), networkx.disjoint_union(networkx.cycle_graph(3), networkx.cycle_graph(3))),
        "Every node has two neighbours, each of which has two neighbours, and so on for ever.",
    ),
    "decalin, bicyclopentyl": Pair(
        ("decalin", "bicyclopentyl"),
        (_rings(6, shared=True), _rings(5, shared=False)),
        "Two real molecules, C₁₀H₁₈ both, with the same atoms and the same bonds (hydrogens left out): two rings of "
        "six that share a bond, and two rings of five with a bond between them.",
    ),
    "2- and 3-methylpentane": Pair(
        ("2-methylpentane", "3-methylpentane"),
        (_chain((2, 1), length=5), _chain((3, 1), length=5)),
        "The same numbers of neighbours, so one round sees nothing; the second sees who sits next to the branch.",
    ),
    "butane, isobutane": Pair(
        ("butane", "isobutane"),
        (networkx.path_graph(4), networkx.star_graph(3)),
        "One has a node with three neighbours, the other has not: one round is enough.",
    ),
    "two trees": Pair(
        ("branch at the 5th", "branch at the 6th"),
        (_chain((5, 1), length=11), _chain((6, 1), length=11)),
        "Two trees that differ in where a branch sits. Trees are always told apart, given enough rounds.",
    ),
    "stars of 2 and 4": Pair(
        ("2 leaves", "4 leaves"),
        (networkx.star_graph(2), networkx.star_graph(4)),
        "Colours count leaves. A mean over neighbours does not: 2 equal leaves or 4, the mean is one leaf.",
    ),
    "triangle, four all linked": Pair(
        ("triangle", "four all linked"),
        (networkx.complete_graph(3), networkx.complete_graph(4)),
        "In each graph all nodes are alike, and a mean of equal nodes is that node, however many there are. GCN's "
        "weights sum to 1 here, so GCN takes means too.",
    ),
}


# ---- colours ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Colouring:
    """Both graphs, round by round.

    Attributes:
        rounds: for each round the colours of the nodes of both graphs, from 0; round 0 is all alike.
        recipes: for each round what each of its colours is made of; nothing for round 0.
        apart: the first round whose counts of colours differ; None if none ever does.
    """

    rounds: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    recipes: tuple[tuple[Recipe, ...], ...]
    apart: int | None

    def counts(self, number: int) -> np.ndarray:
        """(2, colours) how many nodes of each graph have each colour in a round."""
        both = self.rounds[number]
        most = max(max(colours) for colours in both) + 1
        return np.array([[colours.count(colour) for colour in range(most)] for colours in both])


def refine(pair: Pair) -> Colouring:
    """Colours both graphs together, until no colour splits any more."""
    colours = [[0] * len(graph) for graph in pair.graphs]
    rounds = [_frozen(colours)]
    apart = None if len(colours[0]) == len(colours[1]) else 0
    recipes: list[tuple[Recipe, ...]] = [()]
    while True:
        made = [
            [_recipe(graph, one, node) for node in range(len(graph))]
            for graph, one in zip(pair.graphs, colours, strict=True)
        ]
        known = tuple(sorted(set(made[0]) | set(made[1])))
        colours = [[known.index(recipe) for recipe in one] for one in made]
        before = {colour for one in rounds[-1] for colour in one}
        rounds.append(_frozen(colours))
        recipes.append(known)
        if apart is None and Counter(colours[0]) != Counter(colours[1]):
            apart = len(rounds) - 1
        if len(known) == len(before):
            return Colouring(tuple(rounds), tuple(recipes), apart)


def _recipe(graph: networkx.Graph, colours: list[int], node: int) -> Recipe:
    return colours[node], tuple(sorted(colours[other] for other in graph[node]))


def _frozen(colours: list[list[int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return tuple(colours[0]), tuple(colours[1])


def place_nodes(graph: networkx.Graph) -> np.ndarray:
    """(n, 2) where the nodes are drawn, from 0 to 1."""
    return laid_out(np.array(graph.edges).T.reshape(2, -1), len(graph))


# ---- networks --------------------------------------------------------------------------------------------------------


class Verdict(NamedTuple):
    """What a network says of both graphs.

    Attributes:
        name: of the network.
        outputs: (2, K) what it says of each.
    """

    name: str
    outputs: np.ndarray

    @property
    def difference(self) -> float:
        """The largest between the two graphs."""
        return float(np.abs(self.outputs[0] - self.outputs[1]).max())

    @property
    def is_same(self) -> bool:
        """Whether they differ by nothing but rounding."""
        return self.difference <= ROUNDING * max(1.0, float(np.abs(self.outputs).max()))


FRESH: Final[dict[str, tuple[Layer, Readout]]] = {
    "GraphSAGE, mean of nodes": ("GraphSAGE", "mean"),
    "GCN, mean of nodes": ("GCN", "mean"),
    "GIN, mean of nodes": ("GIN", "mean"),
    "GIN, sum of nodes": ("GIN", "sum"),
}


def part_of(graph: networkx.Graph, x: Float[Tensor, "n F"], edge: Float[Tensor, " A"] | None = None) -> Part:
    """A graph as tensors in double precision, every link with the same numbers."""
    pairs = np.array(graph.edges).reshape(-1, 2)
    index = torch.from_numpy(np.concatenate([pairs, pairs[:, ::-1]]).T.copy())
    attributes = torch.zeros(0) if edge is None else edge
    return Part(x.float(), index, attributes.float().expand(index.shape[1], len(attributes)))


@torch.no_grad()
def say(model: SimpleGNN, graph: networkx.Graph, x: Float[Tensor, "n F"], edge: Tensor | None = None) -> np.ndarray:
    """(K,) what a network says of one graph in double precision; of one that answers for each node, the mean."""
    part, exact = part_of(graph, x, edge), copy.deepcopy(model).cpu().double()
    with evaluating(exact.modules()):
        out = exact(part.x.double(), part.edge_index, num_graph(part), part.edge_attr.double())
    return out.mean(0).numpy()


def fresh(layer: Layer, readout: Readout, width: int = 1) -> SimpleGNN:
    """A network with fresh weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        return SimpleGNN(width, CHANNELS, 1, num_layers=LAYERS, layer=layer, readout=readout)


def verdicts(pair: Pair) -> tuple[Verdict, ...]:
    """What fresh networks say of both graphs, every node alike."""
    found = []
    for name, (layer, readout) in FRESH.items():
        model = fresh(layer, readout)
        outputs = [say(model, graph, torch.ones(len(graph), 1)) for graph in pair.graphs]
        found.append(Verdict(name, np.stack(outputs)))
    return tuple(found)


def live_verdict(experiment: Any, *, pair: Pair) -> Verdict:
    """What the live network says of both graphs, every node and link with the numbers most frequent in its data."""
    node, edge = usual(experiment.graphs)
    outputs = [say(experiment.model, graph, node.expand(len(graph), -1), edge) for graph in pair.graphs]
    return Verdict("the network of this page", np.stack(outputs))


def usual(graphs: Graphs) -> tuple[Float[Tensor, " F"], Float[Tensor, " A"]]:
    """The most frequent row of the nodes and of the links."""
    rows = []
    for table in (graphs.x.cpu(), graphs.edge_attr.cpu()):
        if not table.numel():
            rows.append(torch.zeros(table.shape[1]))
            continue
        kinds, counts = torch.unique(table, dim=0, return_counts=True)
        rows.append(kinds[counts.argmax()])
    return rows[0], rows[1]


# ---- what helps ------------------------------------------------------------------------------------------------------


class Help(NamedTuple):
    """A fresh GIN with more told of each node.

    Attributes:
        name: what is told.
        verdict: of both graphs.
        renumbered: difference between the first graph and the same one with its nodes in another order.
    """

    name: str
    verdict: Verdict
    renumbered: float


def helps(pair: Pair) -> tuple[Help, ...]:
    """A GIN told the same of all nodes, and besides a random number of its own for each, or counts of rings."""
    tellers: dict[str, Callable[[networkx.Graph], Tensor]] = {
        "all nodes alike": lambda graph: torch.zeros(len(graph), 0),
        "a number of its own": lambda graph: torch.rand(len(graph), 1, generator=seeded(SEED)),
        f"rings of 3 to {LARGEST_RING} through it": ring_counts,
    }
    return tuple(_help(name, tell, pair) for name, tell in tellers.items())


def _help(name: str, tell: Callable[[networkx.Graph], Tensor], pair: Pair) -> Help:
    def told(graph: networkx.Graph) -> Tensor:
        return torch.cat([torch.ones(len(graph), 1), tell(graph)], dim=1)

    first = pair.graphs[0]
    model = fresh("GIN", "sum", told(first).shape[1])
    outputs = [say(model, graph, told(graph)) for graph in pair.graphs]
    again = renumbered(first)
    other = say(model, again, told(again))
    return Help(name, Verdict(name, np.stack(outputs)), float(np.abs(outputs[0] - other).max()))


def renumbered(graph: networkx.Graph) -> networkx.Graph:
    """The same graph with its nodes in another order."""
    order = torch.randperm(len(graph), generator=seeded(SEED)).tolist()
    again = networkx.Graph()
    again.add_nodes_from(range(len(graph)))
    again.add_edges_from((order[a], order[b]) for a, b in graph.edges)
    return again


def ring_counts(graph: networkx.Graph) -> Float[Tensor, "n _"]:
    """How many rings without a short cut, of 3 to 8 nodes, pass through each node."""
    counts = torch.zeros(len(graph), LARGEST_RING - 2)
    for ring in networkx.chordless_cycles(graph, length_bound=LARGEST_RING):
        if len(ring) >= 3:
            counts[ring, len(ring) - 3] += 1
    return counts
