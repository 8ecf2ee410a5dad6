"""The numbers a generator is judged by are those of the libraries, or were worked out by hand."""

import math
import time

import numpy as np
import pytest
import scipy.stats
import torch
from sklearn.metrics import roc_auc_score
from torch import Generator, Tensor

from experiments.gan_metrics import (
    accuracy,
    collapse,
    copied_ratio,
    coverage,
    distances_between,
    energy_distance,
    has_won,
    mean_distance,
    nearest,
    ranking,
    sliced_wasserstein,
    wasserstein,
)

LINE = torch.tensor([[0.0, 0.0], [4.0, 0.0]])
POINT = torch.tensor([[0.0, 3.0], [0.0, 3.0]])


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=Generator().manual_seed(seed))


def ring(num_modes: int = 8) -> Tensor:
    angles = torch.arange(num_modes) * 2 * math.pi / num_modes
    return 4 * torch.stack([angles.cos(), angles.sin()], 1)


def test_energy_distance_on_a_line_is_scipys() -> None:
    for n, m, shift in ((40, 60, 0.0), (50, 50, 1.5), (7, 200, -3.0)):
        x, y = normal(n, 1), normal(m, 1, seed=1) + shift
        expected = scipy.stats.energy_distance(x[:, 0].numpy(), y[:, 0].numpy())
        assert energy_distance(x, y) == pytest.approx(expected, abs=1e-4)


def test_energy_distance_worked_by_hand() -> None:
    # between: 3 and 5, mean 4; within LINE: 0, 4, 4, 0, mean 2; within POINT: 0. So 2 · 4 − 2 − 0 = 6.
    assert mean_distance(LINE, POINT) == pytest.approx(4)
    assert mean_distance(LINE, LINE) == pytest.approx(2)
    assert energy_distance(LINE, POINT) == pytest.approx(math.sqrt(6), rel=1e-6)
    assert energy_distance(LINE, LINE) == 0


def test_two_samples_of_one_distribution_are_as_far_apart_as_said() -> None:
    n = 400
    found = [energy_distance(normal(n, 2, seed=2 * seed), normal(n, 2, seed=2 * seed + 1)) ** 2 for seed in range(40)]
    spread = math.sqrt(math.pi)  # E‖X − X′‖ of two standard normals in the plane
    assert np.mean(found) == pytest.approx(spread * 2 / n, rel=0.25)


@pytest.mark.parametrize("num_features", [2, 16, 17, 300])
def test_distances_by_products_are_the_direct_ones(num_features: int) -> None:
    x, y = normal(30, num_features), normal(20, num_features, seed=1)
    expected = (x[:, None] - y[None]).norm(dim=2)
    torch.testing.assert_close(distances_between(x, y), expected, rtol=1e-4, atol=1e-4)


def test_wasserstein_on_a_line_is_scipys() -> None:
    x, y = normal(80, 1), 0.5 * normal(80, 1, seed=1) + 1
    expected = scipy.stats.wasserstein_distance(x[:, 0].numpy(), y[:, 0].numpy())
    assert wasserstein(x, y) == pytest.approx(expected, rel=1e-5)
    assert sliced_wasserstein(x, y) == pytest.approx(expected, rel=1e-5)  # every direction is this line


def test_wasserstein_takes_the_cheapest_pairs() -> None:
    x, y = torch.tensor([[0.0, 0.0], [1.0, 0.0]]), torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    assert wasserstein(x, y) == pytest.approx(1.0)  # 0 and 2, not 1 and √5
    assert wasserstein(x, x.flip(0)) == 0


def test_a_shift_is_carried_by_its_length_and_seen_by_a_line_at_two_over_pi_of_it() -> None:
    x = normal(200, 2)
    assert wasserstein(x, x + torch.tensor([3.0, 4.0])) == pytest.approx(5.0, rel=1e-5)
    assert sliced_wasserstein(x, x + torch.tensor([3.0, 4.0])) == pytest.approx(5 * 2 / math.pi, rel=1e-3)
    assert sliced_wasserstein(normal(64, 30), normal(64, 30)) == 0


def test_coverage_of_all_modes_of_some_and_of_none() -> None:
    centres, noise = ring(), 0.1 * normal(8000, 2)
    whole = coverage(centres.repeat(1000, 1) + noise, centres, torch.full((8,), 0.1))
    assert whole.num_covered == 8
    assert whole.share_far == pytest.approx(math.exp(-4.5), abs=0.004)  # beyond three deviations in the plane
    assert whole.shares.sum().item() == pytest.approx(1 - whole.share_far, abs=1e-6)
    two = coverage(centres[:2].repeat(4000, 1) + noise, centres, torch.full((8,), 0.1))
    assert two.num_covered == 2
    assert two.shares[2:].sum() == 0
    none = coverage(torch.zeros(100, 2), centres, torch.full((8,), 0.1))
    assert (none.num_covered, none.share_far) == (0, 1.0)


def test_one_stray_fake_covers_no_mode() -> None:
    centres = ring()
    fakes = torch.cat([centres[:1].repeat(255, 1), centres[1:2]])
    assert coverage(fakes, centres, torch.full((8,), 0.1)).num_covered == 1
    assert coverage(fakes, centres, torch.full((8,), 0.1), part=1 / 256).num_covered == 2


def test_a_wide_mode_reaches_further_than_a_narrow_one() -> None:
    centres, deviations = torch.tensor([[0.0, 0.0], [1.0, 0.0]]), torch.tensor([0.3, 0.05])
    found = coverage(torch.tensor([[0.7, 0.0], [0.7, 0.0], [0.9, 0.0], [3.0, 0.0]]), centres, deviations)
    assert found.shares.tolist() == [0.5, 0.25]  # 0.7 is 2.3 deviations from the wide one, 6 from the narrow one
    assert (found.num_covered, found.share_far) == (2, 0.25)


def test_copies_are_told_from_new_examples() -> None:
    training, held_out, new = (normal(300, 2, seed=seed) for seed in range(3))
    copies = training[:100] + 0.001 * normal(100, 2, seed=3)
    assert copied_ratio(copies, training, held_out) < 0.05
    assert 0.7 < copied_ratio(new, training, held_out) < 1.4
    found = nearest(copies, training)
    assert found.rows.tolist() == list(range(100))
    assert found.distances.max() < 0.01


def test_ranking_is_the_area_under_the_roc_curve_ties_included() -> None:
    real, fake = (normal(90) + 0.7).round(decimals=1), normal(70, seed=1).round(decimals=1)
    truth = np.concatenate([np.ones(90), np.zeros(70)])
    assert ranking(real, fake) == pytest.approx(roc_auc_score(truth, torch.cat([real, fake]).numpy()), abs=1e-9)
    assert ranking(torch.ones(3), torch.ones(4)) == 0.5
    assert ranking(torch.ones(3), torch.zeros(4)) == 1


def test_accuracy_counts_real_and_fake_alike() -> None:
    assert accuracy(torch.tensor([1.0, -1.0]), torch.full((10,), -2.0)) == pytest.approx(0.75)
    assert accuracy(torch.tensor([3.0]), torch.tensor([1.0, 2.5]), threshold=2) == pytest.approx(0.75)


def test_collapse_is_said_by_modes_and_by_spread() -> None:
    assert collapse(2, 8, 1.0, 4.0) == (True, "Mode collapse: the fakes reach 2 of 8 modes.")
    assert collapse(8, 8, 4.0, 4.0) == (False, "The fakes reach 8 of 8 modes: no collapse.")
    said = collapse(None, None, 0.4, 4.0)
    assert said == (True, "Collapse: two fakes lie 10% as far apart as two real examples do.")
    assert not collapse(None, None, 3.6, 4.0).is_so
    assert "10 digits" in collapse(1, 10, 4.0, 4.0, "digits").words


def test_the_discriminator_has_won_only_if_the_gradient_is_gone_too() -> None:
    won = has_won(0.99, 0.0004, 4.0)
    expected = "The discriminator has won: it is right 99% of the time, and the fakes get a gradient of 0.0004."
    assert won == (True, expected)
    assert has_won(0.99, 0.5, 4.0).is_so is False
    assert "still get a gradient of 0.5" in has_won(0.99, 0.5, 4.0).words
    assert has_won(0.7, 0.0004, 4.0) == (False, "The discriminator is right 70% of the time: it has not won.")


def test_what_is_asked_five_times_a_second_is_cheap_and_draws_nothing() -> None:
    real, fake, state = normal(512, 2), normal(512, 2, seed=1), torch.get_rng_state()
    began = time.perf_counter()
    energy_distance(real, fake)
    coverage(fake, ring(25), torch.full((25,), 0.1))
    sliced_wasserstein(real, fake)
    wasserstein(real[:128], fake[:128])
    ranking(real[:, 0], fake[:, 0])
    assert time.perf_counter() - began < 0.5  # 10 ms on an idle machine
    assert torch.equal(torch.get_rng_state(), state)
