import math

import pytest
import torch

from data.dataset import DataError, seeded
from data.point_clouds import CLOUDS, MAX_OWN_POINTS, PointCloud, make_cloud, own_cloud

MODES = {"two Gaussians": 2, "ring of 8": 8, "grid of 25": 25, "clusters": 4}


@pytest.mark.parametrize("name", CLOUDS)
def test_a_cloud_fills_the_square_and_keeps_to_it(name):
    cloud = make_cloud(name)
    points = cloud.sample(4_000, seeded(0))
    assert cloud.name == name
    assert (points.abs() <= 1).all(dim=1).float().mean() > 0.999
    assert points.abs().max() > 0.6
    assert len(cloud.modes) == len(cloud.mode_deviations) == MODES.get(name, 0)


@pytest.mark.parametrize("name", CLOUDS)
def test_same_generator_same_points(name):
    cloud = make_cloud(name)
    assert torch.equal(cloud.sample(50, seeded(3)), cloud.sample(50, seeded(3)))
    assert not torch.equal(cloud.sample(50, seeded(3)), cloud.sample(50, seeded(4)))


def test_drawing_leaves_the_global_generator_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    make_cloud("spiral").sample(10, seeded(0))
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize("name", CLOUDS)
def test_the_density_is_one_in_all(name):
    """Summed over fine squares it is a probability."""
    side = torch.linspace(-1.5, 1.5, 301)
    places = torch.cartesian_prod(side, side)
    total = make_cloud(name).log_density(places).double().exp().sum() * (side[1] - side[0]) ** 2
    assert total.item() == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("name", CLOUDS)
def test_the_density_is_that_of_the_points(name):
    """What falls into each quarter of the square is what the density says, within four standard errors."""
    cloud = make_cloud(name)
    side = torch.linspace(-1.49, 1.49, 300)  # no place on an axis
    places = torch.cartesian_prod(side, side)
    share = cloud.log_density(places).double().exp() * (side[1] - side[0]) ** 2
    points = cloud.sample(20_000, seeded(1))
    for x, y in [(1, 1), (1, -1), (-1, 1), (-1, -1)]:
        expected = share[(places * torch.tensor([x, y]) > 0).all(dim=1)].sum().item()
        measured = (points * torch.tensor([x, y]) > 0).all(dim=1).float().mean().item()
        assert measured == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / 20_000) + 1e-3)


def test_a_density_by_hand():
    """At one centre of two far ones: half of the height of a single Gaussian, 1 / (2 pi 0.12^2) / 2."""
    cloud = make_cloud("two Gaussians")
    density = cloud.log_density(cloud.centres[:1]).exp().item()
    assert density == pytest.approx(0.5 / (2 * math.pi * 0.12**2), rel=1e-4)


@pytest.mark.parametrize("name", MODES)
def test_every_mode_gets_its_share(name):
    cloud = make_cloud(name)
    points = cloud.sample(10_000, seeded(2))
    nearest = torch.cdist(points, cloud.modes).argmin(dim=1)
    counts = nearest.bincount(minlength=len(cloud.modes)) / len(points)
    assert counts.tolist() == pytest.approx([1 / len(cloud.modes)] * len(cloud.modes), abs=0.025)
    distance = (points - cloud.modes[nearest]).norm(dim=1) / cloud.mode_deviations[nearest]
    assert (distance < 3).float().mean().item() == pytest.approx(1 - math.exp(-4.5), abs=0.005)


@pytest.mark.parametrize("name", ["line", "moons", "spiral"])
def test_the_gaussians_of_a_curve_cannot_be_told_apart(name):
    cloud = make_cloud(name)
    gaps = torch.cdist(cloud.centres, cloud.centres).fill_diagonal_(9).min(dim=1).values
    assert (gaps < cloud.deviations).all()


def test_the_spiral_is_as_dense_inside_as_outside():
    gaps = make_cloud("spiral").centres.diff(dim=0).norm(dim=1)
    assert gaps.max() < 1.2 * gaps.min()


def test_own_points_are_drawn_as_they_are():
    points = [(index / 10, -index / 20) for index in range(9)] + [(3, -7)]
    cloud = own_cloud(points)
    assert isinstance(cloud, PointCloud)
    assert cloud.centres[-1].tolist() == [1, -1]
    drawn = cloud.sample(500, seeded(0))
    assert torch.equal(drawn.unique(dim=0), cloud.centres.unique(dim=0))
    assert len(cloud.modes) == 0
    assert not cloud.has_density
    with pytest.raises(ValueError, match="not known"):
        cloud.log_density(drawn)


@pytest.mark.parametrize(
    "points",
    [[], [(0.0, 0.0)] * 7, [(0.0, 0.0)] * (MAX_OWN_POINTS + 1), [(0.0, math.nan)] * 9, [(math.inf, 0.0)] * 9],
)
def test_own_points_that_cannot_be_used(points):
    with pytest.raises(DataError) as error:
        own_cloud(points)
    sentence = str(error.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 200


def test_an_unknown_cloud_is_named():
    with pytest.raises(ValueError, match="no cloud is called 'torus'"):
        make_cloud("torus")
