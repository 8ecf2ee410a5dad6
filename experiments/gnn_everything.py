"""Pictures, sentences, molecules and circles of friends as the same thing: nodes, links, and a matrix of both.

And what it means that nodes have no order: numbered anew, a graph network says the same, and a network that reads the
matrix as a row of numbers does not.

Shapes: n nodes, e links, F numbers for a node, K outputs.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from data.chemistry import read_molecule
from data.dataset import DataError
from data.graphs import Part
from data.images import digits
from data.molecules import Atoms, parsed, part_of
from data.networks import load_network
from data.structure import structure_of
from experiments.attention_graph import attention_graph_of
from experiments.gnn_settings import MOLECULES
from models.gnn import SimpleGNN
from models.mlp import SimpleMLP
from training.probe import evaluating

KINDS: Final = ("picture", "sentence", "molecule", "social network")
SENTENCE_GRAPHS: Final = ("chain", "complete", "causal")
SIDE: Final = 7  # pixels of a picture, after 4 by 4 of a digit were averaged
MAX_WORDS: Final = 12
MAX_ATOMS: Final = 40
BRIGHT: Final = 0.5  # a pixel above this is on
CLUB: Final = "karate club"


class Thing(NamedTuple):
    """Something as a graph.

    Attributes:
        kind: one of `KINDS`.
        names: what each node is, for people.
        places: (n, 2) where nodes are drawn, from 0 to 1, right and up.
        links: (e, 2) from one node to another; those that are not directed once, the smaller number first.
        is_directed: whether a link goes one way.
        x: (n, F) what a network is told of the nodes.
        shades: (n) how bright the pixels are; empty for others.
        groups: (n) groups of the nodes; empty for others.
        orders: (e) of the bonds, 1.5 for aromatic ones; empty for others.
        smiles: of a molecule; empty for others.
    """

    kind: str
    names: tuple[str, ...]
    places: Float[np.ndarray, "n 2"]
    links: Int[np.ndarray, "e 2"]
    is_directed: bool
    x: Float[Tensor, "n F"]
    shades: Float[np.ndarray, " _s"] = np.zeros(0)
    groups: Int[np.ndarray, " _g"] = np.zeros(0, dtype=np.int64)
    orders: Float[np.ndarray, " _o"] = np.zeros(0)
    smiles: str = ""

    @property
    def edge_index(self) -> Int[np.ndarray, "2 d"]:
        """The directed edges, those of an undirected link in both directions."""
        there = self.links.T
        return there if self.is_directed else np.concatenate([there, there[::-1]], axis=1)


class Sizes(NamedTuple):
    """How large a graph is: nodes, links, the share of all possible links, and the links that end at a node."""

    num_nodes: int
    num_links: int
    density: float
    mean_degree: float
    largest_degree: int


# ---- four things ---------------------------------------------------------------------------------------------------


@cache
def digit_picture(digit: int) -> Float[np.ndarray, "7 7"]:
    """The first digit of its kind, averaged to 7 by 7 pixels, from 0 to 1."""
    images = digits()
    first = int((images.y == digit).nonzero()[0])
    return F.avg_pool2d(images.x[first].float() / 255, 4)[0].numpy().astype(np.float64)  # (7, 7)


def picture_graph(pixels: Float[np.ndarray, "h w"]) -> Thing:
    """A picture: pixels are nodes, and each is linked to those that a 3 by 3 kernel on it would see."""
    height, width = pixels.shape
    rows, columns = np.divmod(np.arange(height * width), width)
    steps = ((0, 1), (1, -1), (1, 0), (1, 1))
    links = [
        (row * width + column, (row + down) * width + column + right)
        for row in range(height)
        for column in range(width)
        for down, right in steps
        if row + down < height and 0 <= column + right < width
    ]
    places = np.stack([(columns + 0.5) / width, 1 - (rows + 0.5) / height], axis=1)
    names = tuple(f"pixel in row {row + 1}, column {column + 1}" for row, column in zip(rows, columns, strict=True))
    shades = pixels.reshape(-1)
    x = torch.tensor(shades[:, None], dtype=torch.float32)
    return Thing("picture", names, places, np.array(sorted(links)), False, x, shades=shades)


def sentence_graph(words: Sequence[str], kind: str) -> Thing:
    """A sentence: as a chain as a recurrent network reads it, complete as attention does, or with the causal mask.

    Args:
        words: 2 to 12; more are not looked at.
        kind: one of `SENTENCE_GRAPHS`.

    Raises:
        DataError: for less than two words.
    """
    words = tuple(words[:MAX_WORDS])
    if len(words) < 2:
        raise DataError("A sentence needs two words at least to have a link: write some more.")
    number = len(words)
    different = list(dict.fromkeys(words))
    x = F.one_hot(torch.tensor([different.index(word) for word in words]), MAX_WORDS).float()
    if kind == "chain":
        places = np.stack([np.full(number, 0.3), 1 - (np.arange(number) + 0.5) / number], axis=1)
        links = np.stack([np.arange(number - 1), np.arange(1, number)], axis=1)
        return Thing("sentence", words, places, links, False, x)
    places = 0.5 + 0.36 * attention_graph_of("complete", number).places
    links = np.argwhere(np.triu(np.ones((number, number), dtype=bool), 1))  # from the earlier to the later word
    return Thing("sentence", words, places, links, kind == "causal", x)


def molecule_graph(smiles: str) -> Thing:
    """A molecule: atoms are nodes, bonds are links.

    Raises:
        DataError: if it is no SMILES, or of one atom, or too large to be drawn beside its matrix.
    """
    read_molecule(smiles)
    structure = structure_of(smiles.strip())
    number = len(structure.elements)
    if number > MAX_ATOMS:
        raise DataError(f"The molecule has {number} atoms, and at most {MAX_ATOMS} can be shown: take a smaller one.")
    if not structure.bonds:
        raise DataError("The molecule has no bond, so there is no link to show: take a larger one.")
    pairs = sorted((min(a, b), max(a, b), order) for a, b, order, _ in structure.bonds)
    middle = (structure.xy.min(0) + structure.xy.max(0)) / 2
    places = (structure.xy - middle) / max(float(np.ptp(structure.xy, axis=0).max()), 1.0) + 0.5
    return Thing(
        "molecule",
        structure.elements,
        places,
        np.array([(a, b) for a, b, _ in pairs]),
        False,
        _read_atoms(structure.smiles, "ten types").x,
        orders=np.array([order for *_, order in pairs], dtype=np.float64),
        smiles=structure.smiles,
    )


def _read_atoms(smiles: str, atoms: Atoms) -> Part:
    mol = parsed(smiles)
    assert mol is not None  # it was drawn before
    return part_of(mol, atoms)


@cache
def club_graph() -> Thing:
    """The karate club: people are nodes, friendships outside the club are links."""
    graphs = load_network(CLUB, "one of its own", 1, 0)
    edges = graphs.edge_index.numpy()
    links = edges[:, edges[0] < edges[1]].T
    assert graphs.places is not None
    places = graphs.places.numpy().astype(np.float64)
    return Thing("social network", graphs.labels, places, links, False, graphs.x, groups=graphs.y.numpy())


# ---- the matrix ----------------------------------------------------------------------------------------------------


def adjacency(thing: Thing) -> Int[np.ndarray, "n n"]:
    """1 where the node of the row hears the node of the column."""
    matrix = np.zeros((len(thing.names),) * 2, dtype=np.int64)
    source, target = thing.edge_index
    matrix[target, source] = 1
    return matrix


def sizes_of(thing: Thing) -> Sizes:
    """Counts of nodes and links."""
    matrix = adjacency(thing)
    number = len(matrix)
    possible = number * (number - 1)
    degree = matrix.sum(1)
    return Sizes(number, len(thing.links), float(matrix.sum() / possible), float(degree.mean()), int(degree.max()))


def numbering(num_nodes: int, draw: int) -> Int[np.ndarray, " n"]:
    """The number of each node: as they came for draw 0, else at random, always the same for the same draw."""
    if draw == 0:
        return np.arange(num_nodes)
    return np.random.default_rng([draw, num_nodes]).permutation(num_nodes)


# ---- what networks say of it ---------------------------------------------------------------------------------------


class Answers(NamedTuple):
    """What two networks say of a graph under two numberings.

    Attributes:
        is_live: whether the graph network is the one of the page, which can read this graph; else a fresh one.
        is_of_nodes: whether there is an answer for each node; then each is followed under its new number.
        gnn: (2, K) outputs before and after; of nodes, for the first node.
        mlp: (2, K) outputs of a fresh network on the flattened matrix.
        gnn_difference: the largest over all outputs (and nodes).
        mlp_difference: the largest over all outputs.
    """

    is_live: bool
    is_of_nodes: bool
    gnn: Float[np.ndarray, "2 K"]
    mlp: Float[np.ndarray, "2 J"]
    gnn_difference: float
    mlp_difference: float


@torch.no_grad()
def answers_under(experiment: Any, thing: Thing, number: Int[np.ndarray, " n"]) -> Answers:
    """Asks the page's network, or a fresh one of its kind where that cannot read the thing, before and after.

    Args:
        experiment: a `GNNExperiment`.
        thing: any graph.
        number: the new number of each node.
    """
    model, part, is_live = _reader(experiment, thing)
    renumbered, order = _renumber(part, torch.from_numpy(number))
    with evaluating(model.modules()):
        before, after = _read(model, part), _read(model, renumbered)
    is_of_nodes = model.readout == "none"
    if is_of_nodes:
        after = after[torch.from_numpy(number)]  # each node under its new number
    matrix = torch.from_numpy(adjacency(thing)).float()
    flat = torch.stack([matrix, matrix[order][:, order]]).flatten(1)  # (2, n * n)
    mlp = _fresh_mlp(flat.shape[1])(flat)
    return Answers(
        is_live,
        is_of_nodes,
        torch.stack([before[0], after[0]]).double().cpu().numpy(),
        mlp.double().numpy(),
        (before - after).abs().max().item(),
        (mlp[0] - mlp[1]).abs().max().item(),
    )


def _reader(experiment: Any, thing: Thing) -> tuple[SimpleGNN, Part, bool]:
    """A network that can read the thing, what it reads, and whether it is the page's own."""
    settings = experiment.settings
    if thing.kind == "molecule" and settings.data in MOLECULES:
        return experiment.model, _read_atoms(thing.smiles, settings.atoms), True
    if thing.kind == "social network" and settings.data == CLUB:
        return experiment.model, experiment.graphs.part(0), True
    edges = torch.from_numpy(thing.edge_index.copy())
    part = Part(thing.x, edges, torch.zeros(edges.shape[1], 0))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        fresh = SimpleGNN(
            thing.x.shape[1],
            settings.hidden_channels,
            num_layers=settings.num_layers,
            layer=settings.layer,
            readout=settings.readout,
            is_residual=settings.is_residual,
            normalisation=settings.normalisation,
        )
    return fresh, part, False


def _renumber(part: Part, number: Int[Tensor, " n"]) -> tuple[Part, Int[Tensor, " n"]]:
    """The same graph with new numbers, and the old number at each new place."""
    order = number.argsort()
    device = part.x.device
    return Part(part.x[order.to(device)], number.to(device)[part.edge_index], part.edge_attr), order


def _read(model: SimpleGNN, part: Part) -> Float[Tensor, "U K"]:
    device = model.lin.weight.device
    x, edge_index, edge_attr = part.x.to(device), part.edge_index.to(device), part.edge_attr.to(device)
    batch = torch.zeros(len(x), dtype=torch.int64, device=device)
    return model(x, edge_index, batch, edge_attr)


def _fresh_mlp(num_inputs: int) -> SimpleMLP:
    """An untrained network for a matrix as a row of numbers, always the same for the same size."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return SimpleMLP(num_inputs, (16,), 2, dropout=0.0)
