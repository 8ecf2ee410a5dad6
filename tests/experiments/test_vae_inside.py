"""What Look inside, page `vae`, works out: ways, the trick by hand, the bound, the units."""

import math
from functools import partial

import numpy as np
import pytest
import torch

from data.dataset import seeded
from experiments import vae_estimates, vae_inside
from experiments.vae import VAEExperiment
from experiments.vae_bound import bound_of, log_posterior, log_prior, log_weights
from experiments.vae_estimates import NUM_PARTS, NUM_WEIGHTS
from experiments.vae_hand import BASELINE, PATHWISE, SCORE, WAYS, apart_of, by_hand, estimates, strays, told
from experiments.vae_inside import DRAWS, ENDS, MEANS, PRIOR
from experiments.vae_latent import spherical, straight, usual_lengths
from experiments.vae_settings import VAESettings
from models.vae import divergence
from training.run import Run

SHARES = torch.linspace(0, 1, 11)
CASES = [
    {},
    {"latent_dim": 32, "reconstruction": "MSE", "reduction": "mean"},
    {"data": "fashion", "network": "convolutional", "latent_dim": 4},
    {"data": "points"},
    {"data": "points", "latent_dim": 1, "width": 0.1},
    {"model": "autoencoder", "latent_dim": 3},
]


def build(steps=0, **settings):
    torch.manual_seed(0)
    experiment = VAEExperiment(VAESettings(**settings))
    for _ in range(steps):
        experiment.step()
    return experiment


# ---- ways ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [straight, spherical])
@pytest.mark.parametrize("num_units", [1, 2, 64])
def test_a_way_begins_and_ends_at_its_ends(way, num_units):
    start, end = torch.randn(2, num_units, generator=seeded(1)) * torch.tensor([[1.0], [3.0]])
    points = way(start, end, SHARES)
    assert torch.allclose(points[0], start, atol=1e-5)
    assert torch.allclose(points[-1], end, atol=1e-5)


def test_on_the_sphere_the_length_goes_evenly_from_one_end_to_the_other():
    start, end = torch.randn(2, 64, generator=seeded(2)) * torch.tensor([[1.0], [0.5]])
    lengths = spherical(start, end, SHARES).norm(dim=1)
    assert torch.allclose(lengths, start.norm() + SHARES * (end.norm() - start.norm()), atol=1e-4)


def test_half_way_between_two_axes_by_hand():
    middle = torch.tensor([0.5])
    x, y = torch.eye(2)
    assert torch.allclose(spherical(x, y, middle), torch.tensor([[0.5**0.5, 0.5**0.5]]))
    assert torch.allclose(straight(x, y, middle), torch.tensor([[0.5, 0.5]]))


@pytest.mark.parametrize("end", [torch.zeros(3), torch.tensor([2.0, 0.0, 0.0]), torch.tensor([-1.0, 0.0, 0.0])])
def test_without_a_great_circle_the_way_is_straight(end):
    start = torch.tensor([1.0, 0.0, 0.0])
    assert torch.equal(spherical(start, end, SHARES), straight(start, end, SHARES))


def test_draws_in_many_units_lie_on_a_shell_which_the_straight_way_leaves():
    low, half, high = usual_lengths(64)
    assert low < half < high
    assert half == pytest.approx(8, abs=0.1)
    start, end = torch.randn(2, 64, generator=seeded(3))
    middle = torch.tensor([0.5])
    assert straight(start, end, middle).norm() < low < spherical(start, end, middle).norm() < high
    assert usual_lengths(2)[1] == pytest.approx(math.sqrt(2 * math.log(2)), abs=0.02)  # the Rayleigh distribution


# ---- the trick by hand -----------------------------------------------------------------------------------------------


def square(z):
    """Its mean over N(μ, σ²) is 2 μ + 3 (μ² + σ²), and the other unit only adds noise."""
    return 2 * z[:, 0] + 3 * z[:, 0] ** 2 + z[:, 1]


def test_one_draw_by_hand():
    hand = by_hand(square, torch.tensor([9.0, 1.0]), 0, 0.5, 0.8, -1.0)
    assert hand.z == pytest.approx(-0.3)
    assert hand.cost == pytest.approx(2 * -0.3 + 3 * 0.09 + 1)
    assert hand.slope == pytest.approx(2 + 6 * -0.3)
    assert hand.slope_of_mean == pytest.approx(0.2, abs=1e-5)
    assert hand.slope_of_deviation == pytest.approx(-0.2, abs=1e-5)


def test_every_way_of_estimating_meets_the_slope_that_is_known():
    mean, deviation = torch.tensor([0.5, 0.0]), torch.tensor([0.8, 1.0])
    found = estimates(square, mean, deviation, 0, 200_000, seeded(0))
    for name in WAYS:
        of_mean, of_deviation = told(found.of_mean[name]), told(found.of_deviation[name])
        assert of_mean.mean == pytest.approx(2 + 6 * 0.5, abs=4 * of_mean.error)
        assert of_deviation.mean == pytest.approx(6 * 0.8, abs=4 * of_deviation.error)
        assert of_mean.error < 0.05
    assert told(found.of_mean[PATHWISE]).variance == pytest.approx(36 * 0.64, rel=0.02)  # of 2 + 6 z
    assert told(found.of_mean[SCORE]).variance > 5 * told(found.of_mean[PATHWISE]).variance
    assert apart_of(found.of_mean[PATHWISE], found.of_mean[PATHWISE] + 1) > 10


def test_a_baseline_takes_off_what_a_large_mean_cost_does_and_nothing_else():
    mean, deviation = torch.tensor([0.5, 0.0]), torch.tensor([0.8, 1.0])
    low, high = (
        estimates(lambda z, more=more: square(z) + more, mean, deviation, 0, 20_000, seeded(0)) for more in (0, 100)
    )
    assert told(high.of_mean[SCORE]).variance > 50 * told(low.of_mean[SCORE]).variance
    assert torch.allclose(high.of_mean[BASELINE], low.of_mean[BASELINE], atol=1e-2)
    assert torch.allclose(high.of_mean[PATHWISE], low.of_mean[PATHWISE], atol=1e-3)


def test_the_mean_of_more_draws_strays_less_by_the_root():
    draws = torch.randn(64_000, generator=seeded(0), dtype=torch.float64)
    one, four, sixteen = strays(draws, (1, 4, 16))
    assert one == pytest.approx(1, rel=0.02)
    assert four == pytest.approx(0.5, rel=0.05)
    assert sixteen == pytest.approx(0.25, rel=0.05)


def test_on_the_network_the_ways_agree_and_the_score_function_strays_far_more():
    experiment = build(60)
    said = vae_inside.one_example(experiment, 0)
    found = vae_estimates.gradients(experiment, 0, 0, float(said.mean[0]), float(said.deviation[0]))
    for slopes in (found.of_mean, found.of_deviation):
        assert apart_of(slopes[PATHWISE], slopes[SCORE]) < 4
        assert apart_of(slopes[PATHWISE], slopes[BASELINE]) < 4
        assert told(slopes[SCORE]).variance > 100 * told(slopes[PATHWISE]).variance


def test_the_hand_has_the_slope_that_a_small_change_measures():
    experiment = build(60)
    ask = partial(vae_estimates.hand, experiment, 3, 1, deviation=0.5, noise=0.7)
    here, left, right = (ask(mean=0.2 + step).hand for step in (0.0, -1e-2, 1e-2))
    assert here.slope_of_mean == pytest.approx((right.cost - left.cost) / 2e-2, rel=0.05)
    assert here.slope_of_deviation == pytest.approx(0.7 * here.slope_of_mean)
    handled = ask(mean=0.2)
    assert np.array_equal(handled.given, experiment.test_inputs([3]))


# ---- the bound -------------------------------------------------------------------------------------------------------


def linear_case():
    """A decoder of which everything is known: x ~ N(w z, s²), so x ~ N(0, w wᵀ + s²)."""
    weight, width = torch.tensor([[1.0, 0.5]]), 0.5

    def judged(x, z):
        return -0.5 * (((x - z @ weight) / width) ** 2 + math.log(2 * math.pi * width**2)).sum(1)

    x = torch.randn(40, 2, generator=seeded(5))
    spread = weight.T @ weight + width**2 * torch.eye(2)
    exact = torch.distributions.MultivariateNormal(torch.zeros(2), spread).log_prob(x)
    precision = 1 + (weight @ weight.T).item() / width**2
    mean = (x @ weight.T) / width**2 / precision  # of the true posterior
    return judged, x, exact, mean, torch.full((40, 1), -math.log(precision))


def test_with_the_true_posterior_one_draw_is_enough():
    judged, x, exact, mean, log_variance = linear_case()
    weights = log_weights(judged, x, mean, log_variance, 50, seeded(0))
    assert weights.shape == (40, 50)
    assert torch.allclose(weights, exact[:, None].expand(-1, 50), atol=1e-3)


def test_with_a_poor_encoder_the_bound_rises_to_the_truth_and_stays_below():
    judged, x, exact, mean, log_variance = linear_case()
    bound = bound_of(log_weights(judged, x, mean * 0.6, log_variance + 0.5, 4000, seeded(0)))
    means, errors, truth = bound.means, bound.errors, exact.mean().item()
    assert means[0] < truth - 0.1
    assert bool((means.diff() > -3 * errors[1:]).all())
    assert means[-1] > means[0] + 0.1
    assert means[-1].item() == pytest.approx(truth, abs=0.02)
    assert bool((means < truth + 3 * errors).all())


def test_one_draw_is_the_elbo_and_its_error_is_what_other_dice_give():
    judged, x, _, mean, log_variance = linear_case()
    mean, log_variance = mean * 0.6, log_variance + 0.5
    found = [bound_of(log_weights(judged, x, mean, log_variance, 200, seeded(seed)), (1, 10)) for seed in range(40)]
    values = torch.stack([one.means for one in found])  # (40, 2)
    errors = torch.stack([one.errors for one in found]).mean(0)
    assert torch.allclose(values.std(0), errors, rtol=0.35)
    z = mean + (0.5 * log_variance).exp() * torch.randn(4000, 40, 1, generator=seeded(99))
    likelihood = torch.stack([judged(x, one) for one in z]).mean()
    elbo = likelihood - divergence(mean, log_variance).sum(1).mean()
    assert values[:, 0].mean().item() == pytest.approx(elbo.item(), abs=0.02)


def test_one_group_has_no_error():
    bound = bound_of(torch.zeros(3, 10), (1, 10))
    assert bound.means.tolist() == pytest.approx([0, 0])
    assert bound.errors[0] == 0
    assert math.isnan(bound.errors[1])


def test_the_densities_are_those_of_torch():
    z, mean, log_variance = torch.randn(3, 5, 4, generator=seeded(0))
    normal = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    assert torch.allclose(log_posterior(z, mean, log_variance), normal.log_prob(z).sum(1), atol=1e-5)
    assert torch.allclose(log_prior(z), torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1), atol=1e-5)


def bounds_of(experiment):
    places = vae_estimates.places_of_bound(experiment)
    parts = [vae_estimates.weights(experiment, places, part) for part in range(NUM_PARTS)]
    return places, parts, vae_estimates.bounds(experiment, places, parts)


@pytest.mark.parametrize("settings", [{}, {"latent_dim": 8, "reconstruction": "MSE"}], ids=str)
def test_on_the_network_one_draw_is_minus_the_loss_and_more_are_higher(settings):
    experiment = build(60, **settings)
    places, parts, found = bounds_of(experiment)
    assert len({part.tobytes() for part in parts}) == NUM_PARTS  # other dice in each
    assert sum(part.shape[1] for part in parts) == NUM_WEIGHTS
    x = experiment.x[[experiment.num_train + place for place in places]]
    mu, logvar = experiment.model.encode(x)
    torch.manual_seed(7)
    losses = [experiment.reconstruction(experiment.model.reparameterize(mu, logvar), x).item() for _ in range(400)]
    elbo = -np.mean(losses) - divergence(mu, logvar).sum(1).mean().item()
    assert found.means[0] == pytest.approx(elbo, abs=0.2)
    assert found.kl == pytest.approx(divergence(mu, logvar).sum(1).mean().item())
    assert found.means[-1] > found.means[0] + 0.1
    assert (np.diff(found.means) > -3 * found.errors[1:]).all()
    assert math.isnan(found.true_density)


def test_the_bound_of_points_stays_below_their_true_density():
    experiment = build(800, data="points")
    _, _, found = bounds_of(experiment)
    assert found.means[0] < found.means[-1] < found.true_density
    cloud = experiment.examples.cloud
    x = experiment.x[[experiment.num_train + place for place in vae_estimates.places_of_bound(experiment)]]
    assert found.true_density == pytest.approx(cloud.log_density(x).mean().item())


# ---- the whole -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_the_judgement_of_each_example_is_the_loss_of_the_page(settings):
    experiment = build(**settings)
    x = experiment.x[:20]
    z = torch.randn(20, experiment.settings.latent_dim, generator=seeded(0))
    judged = vae_inside.log_likelihood_of(experiment)(x, z)
    assert judged.shape == (20,)
    assert -judged.mean().item() == pytest.approx(experiment.reconstruction(z, x).item(), rel=1e-4)


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_looking_changes_nothing_and_always_gives_the_same(settings):
    run = Run(VAEExperiment, VAESettings(**settings))
    run.take(5)
    while run.is_playing:
        run.advance(1)
    before, random = [one.clone() for one in run.experiment.parameters()], torch.random.get_rng_state()
    questions = [
        vae_inside.codes,
        partial(vae_inside.tiles, count=5),
        partial(vae_inside.one_example, row=1),
        vae_inside.units,
        *(partial(vae_inside.ways, first=0, second=1, ends=ends) for ends in ENDS),
        partial(vae_estimates.hand, row=0, unit=0, mean=0.1, deviation=0.5, noise=1.0),
        partial(vae_estimates.gradients, row=0, unit=0, mean=0.1, deviation=0.5),
        partial(vae_estimates.weights, places=(0, 1), part=0),
    ]
    for question in questions:
        once, again = run.look(question), run.look(question)
        assert repr(once) == repr(again)
    after = run.experiment.parameters()
    assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))
    assert torch.equal(random, torch.random.get_rng_state())


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_the_codes_are_those_of_the_live_map(settings):
    experiment = build(30, **settings)
    found, seen = vae_inside.codes(experiment), experiment.observe()
    assert np.allclose(found.xy, seen.codes, atol=1e-4)
    assert np.array_equal(found.labels, seen.classes)
    back = found.up(found.down(found.mean))
    k = experiment.settings.latent_dim
    if k <= 2:
        assert np.allclose(back, found.mean, atol=1e-4)
        assert found.share == pytest.approx(1, abs=1e-4)
    assert np.allclose(found.down(back), found.xy, atol=1e-3)
    assert sorted(found.order) == list(range(k))
    worth = found.kl if np.isfinite(found.kl).all() else found.mean.var(0)  # a plain autoencoder has no doubt
    assert (np.diff(worth[list(found.order)]) <= 0).all()


def test_the_map_does_not_flip_from_step_to_step():
    experiment = build(100, latent_dim=8)
    before = vae_inside.codes(experiment)
    for _ in range(5):
        experiment.step()
        after = vae_inside.codes(experiment)
        for axis in (0, 1):
            assert np.corrcoef(before.xy[:, axis], after.xy[:, axis])[0, 1] > 0.8
        before = after


def test_the_tiles_are_what_the_map_decodes_to():
    experiment = build(20)
    found = vae_inside.codes(experiment)
    tiles = vae_inside.tiles(experiment, 4)
    assert tiles.shape == (4, 4, 1, 14, 14)
    corner = found.up(np.array([[-0.75 * found.reach, 0.75 * found.reach]]))
    picture = experiment.decoded(corner)[0, 0]
    assert np.allclose(tiles[0, 0, 0], picture.reshape(14, 2, 14, 2).mean((1, 3)), atol=1e-5)


def test_one_example_has_its_own_loss_in_nats():
    experiment = build(60, latent_dim=4)
    found = vae_inside.one_example(experiment, 7)
    x = experiment.x[experiment.num_train + 7][None]
    mu, logvar = experiment.model.encode(x)
    assert found.kl == pytest.approx(divergence(mu, logvar)[0].detach().numpy(), abs=1e-5)
    assert found.cost_of_mean == pytest.approx(experiment.reconstruction(mu, x).item(), rel=1e-5)
    assert found.cost == pytest.approx(found.cost_of_mean, rel=0.2)
    assert found.spread > 0
    assert found.draws.std(0).max() > 0.01


def test_a_plain_autoencoder_has_no_doubt():
    found = vae_inside.one_example(build(20, model="autoencoder"), 0)
    assert found.deviation.tolist() == [0, 0]
    assert np.allclose(found.draws, found.reconstruction)
    assert found.cost == pytest.approx(found.cost_of_mean, rel=1e-4)


def test_the_ends_of_the_ways_are_what_they_are_called():
    experiment = build(60, latent_dim=8)
    means, draws, prior = (vae_inside.ways(experiment, 2, 5, ends, seed=1) for ends in (MEANS, DRAWS, PRIOR))
    mu = experiment.encoded(experiment.test_inputs([2, 5]))[0]
    assert np.allclose(means.straight.decoded[[0, -1]], experiment.decoded(mu), atol=1e-4)
    assert np.allclose(means.spherical.decoded[[0, -1]], experiment.decoded(mu), atol=1e-4)
    assert np.allclose(means.spherical.places[[0, -1]], experiment.plane().of(torch.from_numpy(mu)), atol=1e-4)
    assert np.allclose(means.codes, experiment.observe().codes, atol=1e-4)
    assert not np.allclose(draws.straight.decoded, means.straight.decoded)
    assert len(prior.ends) == 0
    assert prior.straight.lengths[0] > means.straight.lengths[0]
    expected = log_prior(torch.from_numpy(mu)).numpy()
    assert np.allclose(means.straight.density[[0, -1]], expected, atol=1e-3)


def test_a_strong_pull_empties_the_units_and_the_words_can_tell():
    alive = vae_inside.units(build(100, latent_dim=4))
    dead = vae_inside.units(build(100, latent_dim=4, beta=100.0))
    assert alive.active.any()
    assert alive.kl.sum() > 1
    assert not dead.active.any()
    assert dead.kl.sum() < 0.1
    assert dead.deviation == pytest.approx(np.ones(4), abs=0.2)
    assert list(alive.order) == sorted(range(4), key=lambda unit: -alive.kl[unit])
