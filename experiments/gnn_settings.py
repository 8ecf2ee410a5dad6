"""What can be varied on the page `gnn`."""

from typing import Final, Literal

from models.gnn import Layer, Normalisation
from training.optimizers import RATES, OptimizerSettings
from training.settings import knob

Data = Literal[
    "mutagenicity",
    "blood-brain barrier",
    "ChEMBL activity",
    "count atoms",
    "own molecules",
    "one ring or two",
    "karate club",
    "Les Misérables",
    "US airports",
    "own network",
    "long chains",
]

OWN_MOLECULES: Final = "own molecules"
OWN_NETWORK: Final = "own network"
MOLECULES: Final = ("mutagenicity", "blood-brain barrier", "ChEMBL activity", "count atoms", OWN_MOLECULES)
OF_GRAPHS: Final = (*MOLECULES, "one ring or two")  # an answer for each graph
NETWORKS: Final = ("karate club", "Les Misérables", "US airports", OWN_NETWORK)  # a single graph
OF_NODES: Final = (*NETWORKS, "long chains")  # an answer for each node


class GNNSettings(OptimizerSettings):
    """Data, network and training of the page on graphs."""

    data: Data = knob(
        "mutagenicity",
        "Graphs",
        "What is read: molecules and a property of each, or a network of people or places and a group for each node.",
        group="Task",
    )
    atoms: Literal["ten types", "rich"] = knob(
        "rich",
        "Atoms",
        "What the network is told of an atom: which of the lecture's ten elements it is, or its degree, charge, "
        "hydrogens, ring and hybridisation, too.",
        group="Task",
        when={"data": MOLECULES},
    )
    node_inputs: Literal["one of its own", "degree", "nothing"] = knob(
        "one of its own",
        "Nodes",
        "What the network is told of a node: a number of its own, how many neighbours it has, or nothing at all.",
        group="Task",
        when={"data": NETWORKS},
    )
    num_labelled: int = knob(
        1,
        "Labelled nodes of each group",
        "How many nodes of each group it may learn from; all others have to be told from their links.",
        group="Task",
        when={"data": NETWORKS},
        ladder=(1, 2, 5, 10, 20),
        ge=1,
        le=20,
    )
    chain_length: int = knob(
        6,
        "Nodes of a chain",
        "The answer stands on the first node of a chain and is asked for at every node.",
        group="Task",
        when={"data": ("long chains",)},
        ge=2,
        le=12,
    )
    layer: Layer = knob(
        "GCN",
        "Layer",
        "What a node does with its neighbours: GCN and GraphSAGE take means, GIN sums; GINE, GAT and NNConv look at "
        "the bonds, too.",
        group="Network",
    )
    num_layers: int = knob(
        2,
        "Layers",
        "How many links far a node hears. Few see little; many make all nodes alike.",
        group="Network",
        ge=1,
        le=8,
    )
    hidden_channels: int = knob(
        64,
        "Channels",
        "Numbers that stand for a node after each layer.",
        group="Network",
        ladder=(4, 8, 16, 32, 64, 128),
        ge=4,
        le=128,
    )
    readout: Literal["mean", "sum", "max", "attention"] = knob(
        "mean",
        "Read-out",
        "How all nodes of a graph become one vector. A mean cannot count, a sum can.",
        group="Network",
        when={"data": OF_GRAPHS},
    )
    is_residual: bool = knob(
        False,
        "Residual",
        "Each layer adds to what a node was before, which keeps nodes apart in deep networks.",
        group="Network",
    )
    normalisation: Normalisation = knob(
        "none",
        "Normalisation",
        "Brings the numbers of a layer to one scale: over the batch, over the channels of a node, or over the nodes of "
        "a graph (pair), against their growing alike.",
        group="Network",
    )
    dropout: float = knob(
        0.0,
        "Dropout",
        "Share of the numbers set to 0 at random in every training step.",
        group="Network",
        is_live=True,
        ladder=(0.0, 0.1, 0.2, 0.3, 0.5),
        ge=0,
        le=0.5,
    )
    learning_rate: float = knob(
        3e-3,
        "Learning rate",
        "Size of each step; the lecture takes 0.001. Too large: it jumps over the minimum and may explode.",
        group="Training",
        is_live=True,
        ladder=RATES,
        ge=1e-5,
        le=10,
    )
    batch_size: int = knob(
        32,
        "Batch size",
        "Graphs per step. A single network is always taken whole.",
        group="Training",
        is_live=True,
        when={"data": (*OF_GRAPHS, "long chains")},
        ladder=(8, 16, 32, 64, 128, 256),
        ge=8,
        le=256,
    )
    item: int = knob(
        0,
        "Looked at",
        "Number of the graph, or of the node, in the picture, from 0.",
        group="View",
        is_live=True,
        ge=0,
        le=49_999,
    )
