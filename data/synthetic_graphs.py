"""Graphs made up to show what passing messages cannot do: tell rings apart, and hear from further than its layers.

Shapes: G graphs with N nodes and E directed edges in all.
"""

from typing import Final

import torch
from jaxtyping import Bool
from torch import Tensor
from torch.nn import functional as F

from data.dataset import seeded, split_mask
from data.graphs import Graphs, Part, joined

NUM_RINGS: Final = 300
SMALLEST_RING: Final = 3
LARGEST_RING: Final = 8  # nodes of each of two rings; a single one has twice as many
NUM_CHAINS: Final = 300
CHAIN_CLASSES: Final = ("A", "B", "C", "D")
TEST_SHARE: Final = 0.25


def ring(size: int, start: int = 0) -> Tensor:
    """The edges of a ring in both directions, (2, 2 size); its nodes are counted from `start`."""
    nodes = torch.arange(size)
    onward = torch.stack([nodes, (nodes + 1) % size])
    return torch.cat([onward, onward.flip(0)], dim=1) + start


def rings(seed: int) -> Graphs:
    """Is it one ring of 2k nodes, or two of k? All nodes are equal, and each has two neighbours.

    A message brings every node the same, so no layer that passes messages tells the two apart (Xu et al.,
    arXiv:1810.00826, and Weisfeiler & Leman before them).

    Args:
        seed: the order of the graphs, their sizes, and which are kept for the test.
    """
    generator = seeded(seed)
    y = (torch.arange(NUM_RINGS) % 2)[torch.randperm(NUM_RINGS, generator=generator)]
    sizes = torch.randint(SMALLEST_RING, LARGEST_RING + 1, (NUM_RINGS,), generator=generator)
    parts, labels = [], []
    for k, is_two in zip(sizes.tolist(), y.tolist(), strict=True):
        edges = torch.cat([ring(k), ring(k, k)], dim=1) if is_two else ring(2 * k)
        parts.append(Part(torch.ones(2 * k, 1), edges, torch.zeros(edges.shape[1], 0)))
        labels.append(f"two rings of {k}" if is_two else f"one ring of {2 * k}")
    is_test = split_mask(NUM_RINGS, TEST_SHARE, generator, y)
    return Graphs(
        name="one ring or two",
        level="graph",
        task="classification",
        **joined(parts)._asdict(),
        y=y,
        is_train=~is_test,
        is_test=is_test,
        feature_names=("always 1",),
        edge_names=(),
        class_names=("one ring", "two rings"),
        target_name="rings",
        labels=tuple(labels),
        report=(
            "All nodes are the same and each has two neighbours, so passing messages cannot tell the graphs apart.",
        ),
        source="Drawn by the code in data/synthetic_graphs.py.",
    )


def chains(length: int, seed: int) -> Graphs:
    """Which class is written on the first node of its chain? It is asked of every node.

    Args:
        length: nodes of a chain.
        seed: the classes, and which chains are kept for the test.
    """
    generator = seeded(seed)
    num_classes = len(CHAIN_CLASSES)
    classes = torch.randint(num_classes, (NUM_CHAINS,), generator=generator)
    nodes = torch.arange(length)
    onward = torch.stack([nodes[:-1], nodes[1:]])
    edges = torch.cat([onward, onward.flip(0)], dim=1)
    parts = [Part(_first_told(number, length), edges, torch.zeros(edges.shape[1], 0)) for number in classes.tolist()]
    is_test = _each(split_mask(NUM_CHAINS, TEST_SHARE, generator, classes), length)
    return Graphs(
        name="long chains",
        level="node",
        task="classification",
        **joined(parts)._asdict(),
        y=torch.repeat_interleave(classes, length),
        is_train=~is_test,
        is_test=is_test,
        feature_names=(*(f"says {name}" for name in CHAIN_CLASSES), "says nothing"),
        edge_names=(),
        class_names=CHAIN_CLASSES,
        target_name="class of the chain",
        labels=tuple(f"chain {number} of class {CHAIN_CLASSES[c]}" for number, c in enumerate(classes.tolist())),
        report=(f"The first of {length} nodes says the class; the last hears it after {length - 1} layers.",),
        source="Drawn by the code in data/synthetic_graphs.py.",
    )


def _first_told(number: int, length: int) -> Tensor:
    """The nodes of a chain: one-hot class on the first, the same constant on all others, (length, 5)."""
    says = torch.full((length,), len(CHAIN_CLASSES))
    says[0] = number
    return F.one_hot(says, len(CHAIN_CLASSES) + 1).float()


def _each(of_chains: Bool[Tensor, " G"], length: int) -> Bool[Tensor, " N"]:
    return torch.repeat_interleave(of_chains, length)
