"""Loss surfaces with two weights, and a point that walks on one of them.

A network's loss is a landscape over all its weights. With two weights it can be drawn, and every optimiser can be
watched finding its way down: it knows the slope under its feet and nothing else.

Why it was needed: gradient descent (Cauchy 1847) zigzags where the ground is steep one way and flat the other. Each of
the optimisers on this page was an answer to that.
Papers: Polyak, "Some methods of speeding up the convergence of iteration methods", 1964 (momentum); Nesterov, "A method
for solving the convex programming problem with convergence rate O(1/k²)", 1983; Duchi, Hazan & Singer, "Adaptive
subgradient methods", JMLR 12, 2011, https://jmlr.org/papers/v12/duchi11a.html (Adagrad); Tieleman & Hinton, Coursera
lecture 6.5, 2012 (RMSprop); Kingma & Ba, "Adam", 2014, https://arxiv.org/abs/1412.6980; Loshchilov & Hutter, "Decoupled
weight decay regularization", 2017, https://arxiv.org/abs/1711.05101 (AdamW). Slices through the loss of a real network:
Li et al., "Visualizing the loss landscape of neural nets", 2018, https://arxiv.org/abs/1712.09913.

Differs from the papers: Rosenbrock's, Beale's and Himmelblau's functions are divided by a constant, so that one
learning rate suits all surfaces; the optimisers themselves are torch.optim's, not ours.

Shapes: N places, R points that walk, B noisy looks at the slope, G measured heights along a side.
"""

import math
from collections.abc import Sequence
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

SIDE: Final = 4.5  # every surface is drawn from -SIDE to SIDE, both ways


class Surface(nn.Module):
    """A height over the plane. Subclasses say what it is in `forward`; it has no parameters of its own."""

    minima: tuple[tuple[float, float], ...] = ((0.0, 0.0),)  # where it is lowest
    usual_start: tuple[float, float] = (-3.5, 3.0)

    def forward(self, places: Float[Tensor, "N 2"]) -> Float[Tensor, " N"]:
        """The height at each place."""
        raise NotImplementedError


class Bowl(Surface):
    """f = ½ pᵀA p, whose curvatures (the eigenvalues of A) are 1 along one axis and `condition` along the other.

    The best understood surface of all: plain gradient descent multiplies the distance along each axis by 1 − ηλ in
    every step, so it converges exactly if η < 2/λmax.
    """

    matrix: Float[Tensor, "2 2"]
    usual_start = (-3.8, 2.4)

    def __init__(self, condition: float | int, rotation: float | int = 0) -> None:
        """Makes A.

        Args:
            condition: λmax, at least 1; λmin is 1, so this is the condition number too.
            rotation: degrees by which the flat axis is turned against the horizontal one.
        """
        super().__init__()
        angle = math.radians(rotation)
        flat = torch.tensor([math.cos(angle), math.sin(angle)])
        steep = torch.tensor([-math.sin(angle), math.cos(angle)])
        self.register_buffer("matrix", torch.outer(flat, flat) + condition * torch.outer(steep, steep))

    def forward(self, places: Float[Tensor, "N 2"]) -> Float[Tensor, " N"]:
        """½ pᵀA p."""
        return ((places @ self.matrix) * places).sum(1) / 2


class Ravine(Surface):
    """f = 2 (y − 1.5 sin x)² + 0.05 (x − 3)²: steep walls along a winding floor that hardly falls."""

    minima = ((3.0, 1.5 * math.sin(3.0)),)
    usual_start = (-4.0, 2.5)

    def forward(self, places: Float[Tensor, "N 2"]) -> Float[Tensor, " N"]:
        """The square of the way up the wall, and a gentle bowl along the floor."""
        x, y = places[:, 0], places[:, 1]
        return 2 * (y - 1.5 * torch.sin(x)) ** 2 + 0.05 * (x - 3) ** 2


class Rosenbrock(Surface):
    """f = [(1 − x)² + 100 (y − x²)²] / 50, a banana-shaped valley (Rosenbrock 1960, doi.org/10.1093/comjnl/3.3.175)."""

    minima = ((1.0, 1.0),)
    usual_start = (-1.2, 1.0)  # Rosenbrock's own

    def forward(self, places: Float[Tensor, "N 2"]) -> Float[Tensor, " N"]:
        """Distance from x = 1, and from the parabola, which counts a hundred times."""
        x, y = places[:, 0], places[:, 1]
        return ((1 - x) ** 2 + 100 * (y - x**2) ** 2) / 50


class Beale(Surface):
    """f = Σ (cᵢ − x + x yⁱ)² / 20 with c = 1.5, 2.25, 2.625: a plateau with cliffs in the corners (Beale 1958)."""

    minima = ((3.0, 0.5),)
    usual_start = (0.8, 1.7)

    def forward(self, places: Float[Tensor, "N 2"]) -> Float[Tensor, " N"]:
        """Three squares, for the powers 1, 2, 3 of y."""
        x, y = places[:, 0], places[:, 1]
        return ((1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2) / 20


class Himmelblau(Surface):
    """f = [(x² + y − 11)² + (x + y² − 7)²] / 10: four minima, all of height 0 (Himmelblau 1972)."""

    minima = ((3.0, 2.0), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127))
    usual_start = (-0.4, -1.2)  # beside the hill in the middle, where small differences decide

    def forward(self, places: Float[Tensor, "N 2"]) -> Float[Tensor, " N"]:
        """Two squares; each is 0 on a parabola, and the parabolas meet four times."""
        x, y = places[:, 0], places[:, 1]
        return ((x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2) / 10


class Saddle(Surface):
    """f = x²/2 + (y² − 4)²/16: two valleys, and between them a pass at (0, 0) where the slope is 0."""

    minima = ((0.0, 2.0), (0.0, -2.0))
    usual_start = (-3.5, 0.0)  # on the ridge: without noise, no slope leads off it

    def forward(self, places: Float[Tensor, "N 2"]) -> Float[Tensor, " N"]:
        """A bowl along x, two valleys along y."""
        x, y = places[:, 0], places[:, 1]
        return x**2 / 2 + (y**2 - 4) ** 2 / 16


class Measured(Surface):
    """Heights measured on an even grid, joined by a smooth (bicubic) surface through every one of them.

    Outside the square nothing was measured; the surface goes on level there.
    """

    heights: Float[Tensor, "G G"]

    def __init__(self, heights: Sequence[Sequence[float]], usual_start: tuple[float, float]) -> None:
        """Takes what was measured.

        Args:
            heights: (G, G), rows from low to high y, and within a row from low to high x, from -SIDE to SIDE.
            usual_start: where a race begins.
        """
        super().__init__()
        self.register_buffer("heights", torch.tensor(heights))
        self.usual_start = usual_start
        row, column = divmod(int(self.heights.argmin()), self.heights.shape[1])
        step = 2 * SIDE / (self.heights.shape[0] - 1)
        self.minima = ((column * step - SIDE, row * step - SIDE),)

    def forward(self, places: Float[Tensor, "N 2"]) -> Float[Tensor, " N"]:
        """The height between the sixteen nearest measured ones."""
        grid = (places / SIDE)[None, None]  # (1, 1, N, 2)
        image = self.heights[None, None]  # (1, 1, G, G)
        found = F.grid_sample(image, grid, mode="bicubic", padding_mode="border", align_corners=True)
        return found[0, 0, 0]  # (N,)


class Walker(nn.Module):
    """One point on a surface: a model with two weights, `position`, whose loss is the height it stands at."""

    def __init__(self, surface: Surface, start: tuple[float, float]) -> None:
        """Puts the point down.

        Args:
            surface: the ground.
            start: where it begins.
        """
        super().__init__()
        self.surface = surface
        self.position = nn.Parameter(torch.tensor(start))

    def forward(self, noise: Float[Tensor, "B 2"]) -> Float[Tensor, " B"]:
        """The height here on a ground that each noisy look tilts, so that the slope is the true one plus the noise."""
        height = self.surface(torch.stack([self.position]))  # (1,)
        return height + noise @ self.position  # (B,)


def heights_of(surface: Surface, walkers: Sequence[Walker], noise: Float[Tensor, "B 2"]) -> Float[Tensor, " R"]:
    """What all walkers on one surface get from the same looks, averaged: as calling each, in a third of the time."""
    places = torch.stack([walker.position for walker in walkers])  # (R, 2)
    return surface(places) + places @ noise.mean(0)  # (R,)
