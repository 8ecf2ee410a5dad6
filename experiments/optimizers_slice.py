"""A real surface: the loss of a trained network on a plane through its weights.

A network has thousands of weights and a picture has two directions, so a plane is cut through the weights, and the
loss is measured on an even grid of it (Li et al., "Visualizing the loss landscape of neural nets", 2018,
https://arxiv.org/abs/1712.09913). Between the measured places the page joins them smoothly.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.func import functional_call, vmap
from torch.nn import functional as F

from data.planes import make_plane
from models.mlp import SimpleMLP
from models.optimizers import SIDE

GRID: Final = 41  # places along each side
MAX_EXAMPLES: Final = 200
CHUNK: Final = 41  # networks measured at once
REACH: Final = 3.2  # how far out the path of training goes, in units of the picture
DEFAULT_STEPS: Final = 100
DEFAULT_EVERY: Final = 5
DEFAULT_STORY: Final = (
    f"A network of 2-8-2 units on the circle, trained here for {DEFAULT_STEPS} steps; "
    "train one of your own on the page Feed-forward network to see its loss instead."
)

Rows = tuple[tuple[float, ...], ...]
Loss = Callable[[Tensor], Tensor]  # of the network's outputs


@dataclass(frozen=True)
class Plane:
    """The loss on one plane.

    Attributes:
        heights: GRID rows from low to high y, each from low to high x.
        start: where a race begins.
        track: the places the network's own training passed, first to last; empty where the plane misses them.
    """

    heights: Rows
    start: tuple[float, float]
    track: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Slices:
    """Two planes through one network's weights, and which network that was, in a sentence."""

    story: str
    random: Plane
    path: Plane


def measure(
    network: nn.Module, loss: Loss, x: Tensor, path: Sequence[Sequence[Tensor]], story: str, seed: int
) -> Slices:
    """Measures the loss of a network on two planes. Changes nothing.

    Args:
        network: whose weights are moved; its own are not touched.
        loss: of the outputs for `x`.
        x: (B, …) inputs of the examples.
        path: its weights at moments of the training, at least two, the last one now; each in the order of its
            parameters.
        story: which network this is, in a sentence.
        seed: of the random directions.
    """
    generator = torch.Generator().manual_seed(seed)
    track = torch.stack([flat(weights) for weights in path])  # (T, W)
    aside = _random_plane(network, loss, x, track[-1], generator)
    return Slices(story, aside, _path_plane(network, loss, x, track))


def flat(weights: Sequence[Tensor]) -> Float[Tensor, " W"]:
    """All weights in one row."""
    return torch.cat([one.detach().float().reshape(-1) for one in weights])


def _random_plane(
    network: nn.Module, loss: Loss, x: Tensor, centre: Float[Tensor, " W"], generator: Generator
) -> Plane:
    """Around the trained weights, along two random directions as long, neuron by neuron, as the weights themselves."""
    across, up = (_filter_normalised(network, centre, generator) for _ in range(2))
    heights = _grid(network, loss, x, centre, across / SIDE, up / SIDE)
    return Plane(heights, (-3.5, 3.0))


def _filter_normalised(network: nn.Module, centre: Float[Tensor, " W"], generator: Generator) -> Float[Tensor, " W"]:
    parts, begin = [], 0
    for one in network.parameters():
        own = centre[begin : begin + one.numel()].reshape(one.shape)
        begin += one.numel()
        direction = torch.randn(one.shape, generator=generator)
        if one.ndim > 1:  # a row is what one neuron takes in; biases stay as they are, as in the paper
            length = own.flatten(1).norm(dim=1) / direction.flatten(1).norm(dim=1).clamp_min(1e-9)
            parts.append((direction * length.reshape(-1, *[1] * (one.ndim - 1))).reshape(-1))
        else:
            parts.append(torch.zeros(one.numel()))
    return torch.cat(parts)


def _path_plane(network: nn.Module, loss: Loss, x: Tensor, track: Float[Tensor, "T W"]) -> Plane:
    """The plane that comes nearest to all places of the training: its first two principal components."""
    centre = track.mean(0)
    axes = torch.linalg.svd(track - centre, full_matrices=False).Vh[:2]  # (2, W)
    if len(axes) < 2:
        axes = torch.cat([axes, torch.zeros(2 - len(axes), track.shape[1])])
    places = (track - centre) @ axes.T  # (T, 2)
    unit = (places.abs().max() / REACH).clamp_min(1e-9)
    heights = _grid(network, loss, x, centre, unit * axes[0], unit * axes[1])
    points = [(round(a, 4), round(b, 4)) for a, b in (places / unit).tolist()]
    return Plane(heights, points[0], tuple(points))


@torch.no_grad()
def _grid(
    network: nn.Module,
    loss: Loss,
    x: Tensor,
    centre: Float[Tensor, " W"],
    across: Float[Tensor, " W"],
    up: Float[Tensor, " W"],
) -> Rows:
    """The loss at centre + a · across + b · up for a, b from -SIDE to SIDE."""
    names = [(name, one.shape, one.numel()) for name, one in network.named_parameters()]

    def height(weights: Tensor) -> Tensor:
        pieces = weights.split([size for *_, size in names])
        named = {name: piece.reshape(shape) for (name, shape, _), piece in zip(names, pieces, strict=True)}
        return loss(functional_call(network, named, (x,)))

    along = torch.linspace(-SIDE, SIDE, GRID)
    rows = []
    for b in along:
        places = centre + along[:, None] * across + b * up  # (GRID, W)
        rows.append(vmap(height, chunk_size=CHUNK)(places).tolist())
    return tuple(tuple(float(f"{value:.6g}") for value in row) for row in rows)


def default_slices(seed: int) -> Slices:
    """The loss of a small network that is trained on the spot, for those who have none of their own yet."""
    points = make_plane("circle", num_points=2 * MAX_EXAMPLES, noise=0.1, test_share=0.5, seed=seed)
    x, y = points.raw[~points.is_test] / 3, points.target[~points.is_test]
    network = SimpleMLP(2, (8,), 2, 0.0, activation="tanh")
    optimizer = torch.optim.Adam(network.parameters(), lr=0.05)
    path = []
    for step in range(DEFAULT_STEPS + 1):
        if step % DEFAULT_EVERY == 0:
            path.append([one.detach().clone() for one in network.parameters()])
        optimizer.zero_grad()
        F.cross_entropy(network(x), y).backward()
        optimizer.step()
    return measure(network, partial(F.cross_entropy, target=y), x, path, DEFAULT_STORY, seed)
