"""What is shown of a game is right where the answer is known, and looking changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from data.dataset import seeded
from experiments.gan import GANExperiment
from experiments.gan_inside import (
    LOSSES,
    areas,
    bent,
    blurred_density,
    decoded,
    ideal,
    memory_of,
    modes_of,
    noise_of,
    pulls,
    real_points,
    scores_of,
    slopes_of,
    way,
)
from experiments.gan_metrics import ranking
from experiments.gan_settings import GANSettings
from experiments.gan_stages import CELLS
from training.checkpoints import copied

PICTURES = {"data": "digits", "num_real": 100, "batch_size": 16}
LOOKS: dict[str, Callable[[GANExperiment], Any]] = {
    "way": lambda e: way(e, 1, 2, 5, is_round=True),
    "decoded": lambda e: decoded(e, tuple(noise_of(e, 3)[0].tolist())),
    "pulls": lambda e: pulls(e, tuple(noise_of(e, 3)[0].tolist())),
    "scores": scores_of,
    "ideal": ideal,
    "slopes": slopes_of,
    "modes": modes_of,
    "memory": memory_of,
    "real": real_points,
}


class Drawing(nn.Module):
    """A generator that ignores its noise and gives what it is told."""

    def __init__(self, draw: Callable[[int], Tensor]) -> None:
        super().__init__()
        self.draw = draw

    def forward(self, noise: Tensor) -> Tensor:
        return self.draw(len(noise))


def trained(num_steps: int = 5, **settings: Any) -> GANExperiment:
    torch.manual_seed(0)
    experiment = GANExperiment(GANSettings(**settings))
    for _ in range(num_steps):
        experiment.step()
    return experiment


def perfect(**settings: Any) -> GANExperiment:
    """A generator that draws from the source of the data itself."""
    experiment = trained(0, **settings)
    cloud = experiment.source.cloud
    assert cloud is not None
    experiment.generator = Drawing(lambda n: cloud.sample(n, seeded(5)))
    return experiment


def copying(**settings: Any) -> GANExperiment:
    """A generator that gives back training examples, one after another."""
    experiment = trained(0, **settings)
    experiment.generator = Drawing(lambda n: experiment.real[torch.arange(n) % len(experiment.real)])
    return experiment


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(
    "settings",
    [{}, {"loss": "hinge", "has_spectral_norm": True}, PICTURES, PICTURES | {"network": "convolutional"}],
    ids=["points", "spectral norm", "pictures", "convolutional"],
)
def test_looking_changes_nothing_and_draws_nothing(look: str, settings: dict[str, Any]) -> None:
    experiment = trained(2, **settings)
    state, random = copied(experiment.state_dict()), torch.get_rng_state()
    LOOKS[look](experiment)
    now = experiment.state_dict()
    for name in ("weights", "statistics"):
        assert all(torch.equal(one, other) for one, other in zip(state[name], now[name], strict=True))
    assert torch.equal(torch.get_rng_state(), random)
    assert experiment.generator.training
    assert experiment.discriminator.training


# ---- noise ---------------------------------------------------------------------------------------------------------


def test_a_way_begins_and_ends_at_its_draws() -> None:
    experiment = trained(**PICTURES)
    first, second = (noise_of(experiment, number)[0] for number in (4, 9))
    for is_round in (False, True):
        found = way(experiment, 4, 9, 7, is_round=is_round)
        np.testing.assert_allclose(found.noise[[0, -1]], torch.stack([first, second]).numpy(), atol=1e-5)
        made, score = decoded(experiment, tuple(first.tolist()))
        np.testing.assert_allclose(found.made[0], made, atol=1e-5)
        assert found.scores[0] == pytest.approx(score, abs=1e-5)


def test_a_round_way_keeps_the_length_and_a_straight_one_cuts_across() -> None:
    experiment = trained(**PICTURES)
    straight, round_ = (
        np.linalg.norm(way(experiment, 4, 9, 11, is_round=flag).noise, axis=1) for flag in (False, True)
    )
    assert straight.min() < 0.85 * straight[[0, -1]].min()
    assert round_.min() > 0.99 * round_[[0, -1]].min()


def test_a_round_way_to_itself_stays() -> None:
    found = way(trained(), 4, 4, 5, is_round=True)
    np.testing.assert_allclose(found.noise, np.repeat(found.noise[:1], 5, axis=0), atol=1e-6)


def test_pulls_say_how_far_the_example_goes() -> None:
    experiment = trained()
    start = tuple(noise_of(experiment, 2)[0].tolist())
    up, down = (decoded(experiment, (start[0], start[1] + sign * 0.5))[0] for sign in (1, -1))
    assert pulls(experiment, start)[1] == pytest.approx(np.linalg.norm(up - down), rel=1e-4)


def test_the_area_of_bent_cells() -> None:
    x, y = np.meshgrid(np.arange(4.0), np.arange(4.0), indexing="ij")
    np.testing.assert_allclose(areas(np.stack([2 * x + y, 3 * y], axis=2)), 6.0)  # the determinant
    turned = np.stack([0.6 * x - 0.8 * y, 0.8 * x + 0.6 * y], axis=2)
    np.testing.assert_allclose(areas(turned), 1.0)
    np.testing.assert_allclose(areas(np.stack([x, 0 * y], axis=2)), 0.0)


def test_a_grid_of_noise_behind_a_linear_generator_is_stretched_by_its_determinant() -> None:
    experiment = trained(0)
    experiment.generator = nn.Linear(2, 2)
    with torch.no_grad():
        experiment.generator.weight.copy_(torch.tensor([[0.3, 0.1], [0.0, 0.2]]))
    found = bent(experiment, 6)
    assert found.noise.shape == (7, 7, 2)
    np.testing.assert_allclose(found.stretch, 0.06, rtol=1e-3)


# ---- the discriminator ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", LOSSES)
def test_scores_and_their_ranking(loss: Any) -> None:
    experiment = trained(30, loss=loss)
    found = scores_of(experiment)
    real, fake = (torch.tensor(each, dtype=torch.float32) for each in (found.real, found.fake))
    assert found.area == pytest.approx(ranking(real, fake))
    assert found.area == pytest.approx(float(np.trapezoid(found.true_share, found.false_share)), abs=1e-6)
    assert 0.5 <= found.accuracy <= 1 or loss in ("minimax", "non-saturating", "hinge")
    assert len(found.fresh) == len(found.fake)


def test_own_points_have_no_fresh_ones() -> None:
    torch.manual_seed(0)
    points = tuple((0.1 * index - 0.5, 0.3) for index in range(10))
    experiment = GANExperiment(GANSettings(data="own points"), points=points)
    assert len(scores_of(experiment).fresh) == 0
    assert ideal(experiment) is None
    assert modes_of(experiment) is None


def test_a_blurred_density_holds_all_and_is_that_of_a_bell() -> None:
    density = blurred_density(torch.zeros(3, 2), 0.1)
    cell = (2 / CELLS) ** 2
    assert density.sum().item() * cell == pytest.approx(1, abs=1e-3)
    offset = 1 / CELLS
    expected = np.exp(-(offset**2) / 0.1**2) / (2 * np.pi * 0.1**2)  # at (1/CELLS, 1/CELLS)
    assert density[CELLS // 2, CELLS // 2].item() == pytest.approx(expected, rel=1e-4)


def test_the_first_row_of_a_density_is_the_lowest() -> None:
    density = blurred_density(torch.tensor([[0.5, -0.5]]), 0.05)
    row, column = divmod(int(density.argmax()), CELLS)
    assert row < CELLS / 2 < column


def test_against_a_perfect_generator_the_best_answer_is_one_half() -> None:
    found = ideal(perfect(data="two Gaussians"))
    assert found is not None
    assert np.nanmean(np.abs(found.best - 0.5)) < 0.1
    smoothed = ideal(perfect(data="two Gaussians", label_smoothing=0.2))
    assert smoothed is not None
    np.testing.assert_allclose(smoothed.best, 0.8 * found.best, rtol=1e-5)


def test_where_there_are_only_fakes_the_best_answer_is_fake() -> None:
    experiment = trained(0)
    experiment.generator = Drawing(lambda n: torch.zeros(n, 2))  # in the middle of the ring
    found = ideal(experiment)
    assert found is not None
    middle = slice(CELLS // 2 - 2, CELLS // 2 + 2)
    assert found.best[middle, middle].max() < 0.01
    assert np.nanmax(found.best) > 0.99, "and real on the ring"


def test_critics_and_pictures_have_no_best_answer_to_draw() -> None:
    assert ideal(trained(loss="WGAN")) is None
    assert ideal(trained(**PICTURES)) is None


@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradient_of_each_loss_is_the_one_the_game_would_use(loss: Any) -> None:
    experiment = trained(loss=loss, noise="uniform")
    found = slopes_of(experiment)
    with experiment.still():
        pushes = experiment.pushes(experiment.generator(experiment.fixed_noise))
    assert found.lengths[loss] == pytest.approx(pushes.norm(dim=1).mean().item(), rel=1e-4)
    assert found.factors["minimax"] + found.factors["non-saturating"] == pytest.approx(1)
    assert [found.factors[name] for name in ("hinge", "WGAN", "WGAN-GP")] == [1, 1, 1]


def test_against_a_sure_discriminator_minimax_starves_and_the_other_does_not() -> None:
    experiment = trained(0)
    with torch.no_grad():
        experiment.discriminator.model[-1].bias.fill_(-8)  # says fake to everything
    found = slopes_of(experiment)
    assert found.starved["minimax"] == 1
    assert found.starved["non-saturating"] == 0
    assert found.lengths["minimax"] < 0.001 * found.lengths["non-saturating"]
    np.testing.assert_allclose(found.curves["minimax"], 1 / (1 + np.exp(-found.scores)), atol=1e-5)


# ---- the generator's range -----------------------------------------------------------------------------------------


def test_a_perfect_generator_reaches_all_modes_and_copies_nothing() -> None:
    experiment = perfect()
    found, memory = modes_of(experiment), memory_of(experiment)
    assert found is not None
    assert found.is_covered.all()
    assert found.share_far < 0.03
    assert found.shares.sum() == pytest.approx(1 - found.share_far, abs=1e-6)
    assert 0.7 < memory.ratio < 1.4


def test_one_that_copies_is_caught() -> None:
    for settings in ({"num_real": 50}, PICTURES):
        memory = memory_of(copying(**settings))
        assert memory.ratio < 0.01
        np.testing.assert_allclose(memory.fakes, memory.training, atol=1e-6)
        assert memory.closest.max() < 0.05


def test_pictures_count_for_the_class_they_are_closest_to() -> None:
    experiment = copying(**PICTURES | {"num_real": 400})
    found = modes_of(experiment)
    assert found is not None
    np.testing.assert_allclose(found.shares, found.fair, atol=1e-6)
    assert found.names == tuple("0123456789")
    assert found.is_covered.all()
    only = trained(0, **PICTURES)
    only.generator = Drawing(lambda n: only.real[:1].repeat(n, 1))
    collapsed = modes_of(only)
    assert collapsed is not None
    assert collapsed.is_covered.sum() == 1
    only.source = replace(only.source, labels=only.source.labels.clamp(max=3))
    few = modes_of(only)
    assert few is not None
    assert few.names == tuple("0123"), "a class that has no examples is not missed"


def test_a_curve_has_no_modes() -> None:
    assert modes_of(trained(data="moons")) is None
    points = real_points(trained(data="moons"))
    assert points is not None
    assert points.shape == (400, 2)
    assert real_points(trained(**PICTURES)) is None
