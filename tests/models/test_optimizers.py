"""The surfaces of the page `optimizers`, and the point that walks on them."""

import math

import numpy as np
import pytest
import torch

from models.optimizers import SIDE, Beale, Bowl, Himmelblau, Measured, Ravine, Rosenbrock, Saddle, Walker, heights_of

GRID = [[0.1 * (row - 20) ** 2 + 0.05 * (column - 12) ** 2 + 0.5 for column in range(41)] for row in range(41)]
SURFACES = {
    "bowl": Bowl(25, 20),
    "round bowl": Bowl(1),
    "ravine": Ravine(),
    "rosenbrock": Rosenbrock(),
    "beale": Beale(),
    "himmelblau": Himmelblau(),
    "saddle": Saddle(),
    "measured": Measured(GRID, (1.0, 1.0)),
}
every = pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)


@every
def test_slopes_are_those_of_finite_differences(surface):
    torch.manual_seed(0)
    surface = surface.double()
    places = (2 * torch.rand(20, 2, dtype=torch.float64) - 1) * 4
    assert torch.autograd.gradcheck(surface, places.requires_grad_(), eps=1e-6, atol=1e-4)
    surface.float()


@every
def test_the_minima_are_as_low_as_it_gets(surface):
    along = torch.linspace(-SIDE, SIDE, 181)
    places = torch.cartesian_prod(along, along)
    lowest = surface(places).min().item()
    found = surface(torch.tensor(surface.minima))
    assert found.max().item() <= lowest + 1e-4
    assert found.max() - found.min() < 1e-4


@every
def test_the_slope_at_a_minimum_is_zero(surface):
    places = torch.tensor(surface.minima).requires_grad_()
    surface(places).sum().backward()
    assert places.grad.abs().max().item() < 2e-3


@every
def test_a_race_begins_in_the_picture_and_away_from_the_minimum(surface):
    assert max(map(abs, surface.usual_start)) <= SIDE
    gaps = np.linalg.norm(np.array(surface.minima) - surface.usual_start, axis=1)
    assert gaps.min() > 1


def test_known_heights():
    place = torch.tensor([[0.0, 0.0], [-1.2, 1.0]])
    torch.testing.assert_close(Rosenbrock()(place), torch.tensor([1.0, 24.2]) / 50)
    torch.testing.assert_close(Himmelblau()(place[:1]), torch.tensor([170.0]) / 10)
    torch.testing.assert_close(Beale()(place[:1]), torch.tensor([1.5**2 + 2.25**2 + 2.625**2]) / 20)
    torch.testing.assert_close(Saddle()(place[:1]), torch.tensor([1.0]))


def test_the_curvatures_of_a_bowl_are_what_was_asked_for():
    for rotation in (0, 20, 90):
        values, vectors = torch.linalg.eigh(Bowl(30, rotation).matrix)
        torch.testing.assert_close(values, torch.tensor([1.0, 30.0]), rtol=1e-4, atol=1e-4)
        flat = torch.tensor([math.cos(math.radians(rotation)), math.sin(math.radians(rotation))])
        assert abs((vectors[:, 0] @ flat).item()) > 0.9999


def test_the_pass_of_the_saddle_is_flat_and_no_minimum():
    hessian = torch.autograd.functional.hessian(lambda p: Saddle()(p[None])[0], torch.zeros(2))
    torch.testing.assert_close(hessian, torch.diag(torch.tensor([1.0, -1.0])))


def test_a_measured_surface_goes_through_every_measured_height():
    along = torch.linspace(-SIDE, SIDE, 41)
    y, x = torch.meshgrid(along, along, indexing="ij")
    found = SURFACES["measured"](torch.stack([x.flatten(), y.flatten()], dim=1))
    torch.testing.assert_close(found.reshape(41, 41), torch.tensor(GRID), rtol=1e-4, atol=1e-4)


def test_outside_what_was_measured_it_is_level():
    places = torch.tensor([[SIDE, 1.0], [SIDE + 3, 1.0]])
    inside, outside = SURFACES["measured"](places)
    torch.testing.assert_close(inside, outside)


@every
def test_a_walkers_slope_is_the_true_one_plus_the_noise(surface):
    noise = torch.tensor([[1.0, -2.0], [3.0, 0.5]])
    walker = Walker(surface, (0.7, -0.4))
    walker(noise).mean().backward()
    place = torch.tensor([[0.7, -0.4]]).requires_grad_()
    surface(place).sum().backward()
    torch.testing.assert_close(walker.position.grad, place.grad[0] + noise.mean(0))


@every
def test_all_walkers_together_are_as_each_alone(surface):
    torch.manual_seed(1)
    noise = torch.randn(4, 2)
    walkers = [Walker(surface, start) for start in ((0.1, 0.2), (-1.0, 2.0), (3.0, -3.0))]
    heights = heights_of(surface, walkers, noise)
    heights.sum().backward()
    together = [walker.position.grad.clone() for walker in walkers]
    for walker, height, slope in zip(walkers, heights, together, strict=True):
        walker.position.grad = None
        alone = walker(noise).mean()
        alone.backward()
        torch.testing.assert_close(alone, height)
        torch.testing.assert_close(walker.position.grad, slope)
