"""What the pictures of the page `gnn` are drawn from."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int

from data.dataset import Task
from data.graphs import Level
from data.structure import Structure

MOST_POINTS: Final = 700  # graphs or nodes in the plane of the picture


@dataclass(frozen=True, eq=False)
class GNNObservation:
    """The network on many graphs (or on all nodes of one), and on the one that is looked at.

    R graphs or nodes are drawn as points; K classes; n nodes in the graph that is looked at, c of their channels drawn.

    Attributes:
        data: name of the graphs, as in the settings.
        level: whether an answer belongs to a graph or to a node.
        task: classes or numbers.
        class_names: K names; empty for numbers.
        target_name: what is predicted.
        xy: (R, 2) what the network makes of each: two directions of the numbers before the last layer.
        share: of the variance of these numbers that the two directions hold.
        targets: (R,) true classes or numbers, numbers in the unit of the data.
        said: (R,) likeliest classes or predicted numbers.
        is_train: (R,) whose answer was given in training.
        rows: (R,) their numbers among all graphs or nodes.
        item: the number of the one that is looked at.
        num_items: how many there are to look at.
        is_test: whether it is one of the test.
        label: its name, such as a SMILES.
        structure: the molecule as it is drawn; None for other graphs.
        places: (n, 2) where the nodes of its graph are drawn, from 0 to 1, right and up.
        edges: (2, e) its edges, each once.
        channels: for the inputs and each layer, (c, n) some of the numbers of the nodes.
        channel_names: theirs.
        alike: mean cosine between two nodes of its graph, before the first layer and after each.
        votes: (n,) what each node adds to the answer; empty where there is no such sum.
        node_targets: (n,) true classes of its nodes; empty where a graph has one answer.
        node_said: (n,) the likeliest ones.
        node_chances: (n,) of the likeliest ones.
        node_is_train: (n,) whose answer was given.
        node_names: n names of the nodes of a single graph; empty for others.
        answer: (K,) chances, or (1,) the number, for the one that is looked at.
        truth: its true class or number.
        widths: numbers of a node before the first layer and after each.
        layer: the kind of the layers.
        readout: how nodes become one vector; `none` where each has an answer.
        num_train: graphs or nodes that were learnt from.
        num_test: graphs or nodes of the test.
        num_graphs: all of them.
        num_nodes: of all graphs.
        num_edges: of all graphs, each once.
        num_parameters: weights and biases.
        levels: what to compare the loss with, as (words, value).
        score_levels: what to compare the score with.
        report: what was done to the data.
        source: where they come from.
    """

    data: str
    level: Level
    task: Task
    class_names: tuple[str, ...]
    target_name: str
    xy: Float[np.ndarray, "R 2"]
    share: float
    targets: Float[np.ndarray, " R"] | Int[np.ndarray, " R"]
    said: Float[np.ndarray, " R"] | Int[np.ndarray, " R"]
    is_train: Bool[np.ndarray, " R"]
    rows: Int[np.ndarray, " R"]
    item: int
    num_items: int
    is_test: bool
    label: str
    structure: Structure | None
    places: Float[np.ndarray, "n 2"]
    edges: Int[np.ndarray, "2 e"]
    channels: tuple[Float[np.ndarray, "_ n"], ...]
    channel_names: tuple[tuple[str, ...], ...]
    alike: tuple[float, ...]
    votes: Float[np.ndarray, " _v"]
    node_targets: Int[np.ndarray, " _t"]
    node_said: Int[np.ndarray, " _t"]
    node_chances: Float[np.ndarray, " _t"]
    node_is_train: Bool[np.ndarray, " _t"]
    node_names: tuple[str, ...]
    answer: Float[np.ndarray, " K"]
    truth: float
    widths: tuple[int, ...]
    layer: str
    readout: str
    num_train: int
    num_test: int
    num_graphs: int
    num_nodes: int
    num_edges: int
    num_parameters: int
    levels: tuple[tuple[str, float], ...]
    score_levels: tuple[tuple[str, float], ...]
    report: tuple[str, ...]
    source: str
