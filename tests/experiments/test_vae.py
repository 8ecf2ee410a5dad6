"""What the page on variational autoencoders promises beyond the laws."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from data.images import load_images
from data.own_images import from_classes
from experiments.vae import VAEExperiment
from experiments.vae_data import as_rows, constant_loss, copy_loss, make_examples
from experiments.vae_map import plane_of, reference_of
from experiments.vae_settings import VAESettings
from models.vae import divergence
from tests.training.toy import finish, is_sentence
from training.findings import after_explosion, checkup
from training.run import Run
from training.settings import SettingsError

SLIP = "the lecture's slip"


def built(steps: int = 0, **changes: Any) -> VAEExperiment:
    settings = VAESettings(**changes)
    torch.manual_seed(settings.seed)
    experiment = VAEExperiment(settings)
    for _ in range(steps):
        experiment.step()
    return experiment


def parts(experiment: VAEExperiment) -> tuple[torch.Tensor, ...]:
    x = experiment.x[:50]
    mu, logvar = experiment.model.encode(x)
    return x, mu, logvar, mu + 0.3 * (logvar / 2).exp()


# ---- the loss --------------------------------------------------------------------------------------------------------


def test_the_loss_is_the_sum_as_the_formula_says() -> None:
    experiment = built(5, beta=4.0)
    x, mu, logvar, z = parts(experiment)
    copies = experiment.model.decode(z)
    cost = -(x * copies.log() + (1 - x) * (1 - copies).log()).sum(1).mean()
    pull = -0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(1).mean()
    total = experiment.total(experiment.reconstruction(z, x), mu, logvar)
    torch.testing.assert_close(total, cost + 4 * pull)


def test_a_mean_over_the_pixels_multiplies_beta_by_their_number() -> None:
    summed, mean = built(5, beta=3.92), built(5, reduction="mean", beta=0.005)
    mean.model.load_state_dict(summed.model.state_dict())
    x, mu, logvar, z = parts(summed)
    whole = summed.total(summed.reconstruction(z, x), mu, logvar)
    torch.testing.assert_close(784 * mean.total(mean.reconstruction(z, x), mu, logvar), whole)
    assert mean.observe().effective_beta == pytest.approx(summed.observe().effective_beta) == pytest.approx(3.92)


def test_squares_are_summed_where_they_are_asked_for() -> None:
    experiment = built(reconstruction="MSE")
    x, _, _, z = parts(experiment)
    wanted = (experiment.model.decode(z) - x).square().sum(1).mean()
    torch.testing.assert_close(experiment.reconstruction(z, x), wanted)


def test_points_cost_what_a_gaussian_around_the_output_says() -> None:
    experiment = built(data="points", width=0.1)
    x, _, _, z = parts(experiment)
    wanted = -torch.distributions.Normal(experiment.model.decode(z), 0.1).log_prob(x).sum(1).mean()
    torch.testing.assert_close(experiment.reconstruction(z, x), wanted, rtol=1e-4, atol=1e-4)


def test_beta_rises_while_it_warms_up() -> None:
    experiment, seen = built(beta=2.0, warm_up=50), []
    for _ in range(52):
        seen.append(experiment.beta_now)
        experiment.step()
    assert seen[0] == 0
    assert seen[25] == pytest.approx(1.0)
    assert seen[50] == seen[51] == 2.0
    assert np.all(np.diff(seen) >= 0)


def test_free_nats_cost_the_same_and_pull_at_nothing() -> None:
    experiment = built(free_bits=2.0)
    mu = torch.full((8, 2), 0.1, requires_grad=True)
    logvar = torch.zeros(8, 2)
    assert divergence(mu, logvar).mean(0).max() < 2.0
    total = experiment.total(torch.tensor(0.0), mu, logvar)
    assert total.item() == pytest.approx(2 * 2.0)
    total.backward()  # type: ignore[no-untyped-call]
    assert mu.grad is not None
    assert mu.grad.abs().max() == 0


def test_with_the_lectures_sign_the_pull_is_paid_for() -> None:
    right, slip = built(), built(sign=SLIP)
    _, mu, logvar, _ = parts(right)
    nothing = torch.tensor(0.0)
    assert slip.total(nothing, mu, logvar).item() == pytest.approx(-right.total(nothing, mu, logvar).item())
    assert slip.total(nothing, mu, logvar).item() == pytest.approx(
        (0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(1).mean()).item()
    )


@pytest.mark.parametrize("seed", range(3))
def test_with_the_lectures_sign_the_run_is_paused_with_a_sentence_and_a_remedy(seed: int) -> None:
    run = Run(VAEExperiment, VAESettings(sign=SLIP, seed=seed))
    run.take(400)
    snapshot = finish(run).poll()
    assert snapshot.has_failed
    assert not snapshot.history.last("loss") > 0
    assert "turn the sign to right" in snapshot.message
    assert is_sentence(snapshot.message)
    assert after_explosion(run.settings) == {"sign": "right"}
    assert checkup(run).findings[0].remedy == {"sign": "right"}


def test_a_rate_far_too_high_is_said_and_the_picture_stays() -> None:
    run = Run(VAEExperiment, VAESettings(learning_rate=10))
    run.take(100)
    snapshot = finish(run).poll()
    assert snapshot.has_failed
    assert "Lower the learning rate" in snapshot.message
    assert run.experiment.observe().limit > 0


# ---- what it is judged by --------------------------------------------------------------------------------------------


def test_nothing_copies_better_than_a_perfect_copy_and_the_mean_is_the_best_constant() -> None:
    settings = VAESettings()
    examples = make_examples(settings, None)
    test, mean = examples.x[examples.num_train :], examples.x[: examples.num_train].mean(0)
    copy, constant = copy_loss(examples, settings), constant_loss(examples, settings)
    assert copy == pytest.approx(F.binary_cross_entropy(test, test, reduction="sum").item() / len(test), rel=1e-5)
    for other in (mean * 0.9, (mean * 1.1).clamp(max=1), mean**0.5):
        assert constant < F.binary_cross_entropy(other.expand_as(test), test, reduction="sum").item() / len(test)
    assert 0 < copy < constant / 3


def test_the_law_of_learning_asks_for_more_than_the_best_constant() -> None:
    """Nobody gets to three tenths of the way to a perfect copy with the mean picture."""
    experiment = built()
    first, floor = experiment.evaluate()["test_loss"], experiment.loss_floor
    constant = dict(experiment.levels)["one answer for all"]
    assert floor + 0.3 * (first - floor) < constant


@pytest.mark.parametrize("cloud", ["moons", "two Gaussians", "spiral"])
def test_no_bound_is_better_than_the_true_density(cloud: str) -> None:
    """The test loss with β = 1 is an upper bound of what the model's own density costs, and nothing beats the truth."""
    experiment = built(400, data="points", cloud=cloud)
    assert experiment.evaluate()["test_loss"] > experiment.entropy - 0.05


def test_a_unit_is_used_when_its_mean_varies_by_more_than_a_hundredth() -> None:
    experiment = built(60, latent_dim=8)
    with torch.no_grad():
        assert experiment.model.fc_mu.bias is not None
        experiment.model.fc_mu.weight[:3] *= 0
    seen = experiment.observe()
    assert seen.is_active.tolist()[:3] == [False] * 3
    assert seen.is_active.tolist() == (seen.variances > 0.01).tolist()
    assert experiment.evaluate()["active_units"] == seen.is_active.sum()


def test_the_units_sum_to_the_divergence() -> None:
    experiment = built(30, latent_dim=4)
    seen = experiment.observe()
    x = experiment.x[[experiment.num_train + place for place in experiment.mapped]]
    mu, logvar = experiment.model.encode(x)
    assert seen.kl_units.sum() == pytest.approx(divergence(mu, logvar).sum(1).mean().item(), rel=1e-4)


def test_haze_is_one_where_samples_are_as_clear_as_copies() -> None:
    experiment = built(20)
    mu = experiment.draws  # as if the codes were the draws themselves
    assert experiment.sample_scores(mu)["sample_haze"] == pytest.approx(1.0)


def test_evaluating_twice_gives_the_same_numbers() -> None:
    experiment = built(3)
    assert experiment.evaluate() == experiment.evaluate()


# ---- the map ---------------------------------------------------------------------------------------------------------


def test_two_units_are_the_map_itself() -> None:
    codes = torch.randn(20, 2)
    plane = plane_of(codes, torch.randn(20, 2))
    torch.testing.assert_close(plane.of(codes), codes)
    torch.testing.assert_close(plane.back(codes), codes)


def test_one_unit_runs_across() -> None:
    codes = torch.randn(20, 1)
    places = plane_of(codes, torch.randn(20, 2)).of(codes)
    torch.testing.assert_close(places[:, :1], codes)
    assert places[:, 1].abs().max() == 0


def test_more_units_are_seen_from_a_plane_that_loses_little() -> None:
    experiment = built(400, latent_dim=16)
    codes = experiment.model.encode(experiment.x[[experiment.num_train + place for place in experiment.mapped]])[0]
    codes = codes.detach()
    plane = experiment.plane()
    torch.testing.assert_close(plane.axes @ plane.axes.T, torch.eye(2), atol=1e-5, rtol=0)
    widest = torch.linalg.eigvalsh(torch.cov(codes.T))[-2:].sum()
    assert 0.75 * widest < plane.of(codes).var(0).sum() <= widest * 1.001
    places = plane.of(codes)
    torch.testing.assert_close(plane.of(plane.back(places)), places, atol=1e-4, rtol=0)


def test_codes_that_are_the_inputs_own_components_lie_as_these() -> None:
    torch.manual_seed(0)
    reference = reference_of(torch.randn(200, 12))
    codes = torch.cat([0.1 * torch.randn(200, 3), reference], dim=1)
    torch.testing.assert_close(plane_of(codes, reference).of(codes), reference, atol=0.1, rtol=0)


def test_the_map_does_not_flip_when_the_codes_do() -> None:
    """Units have no sign and no order; the map has: turned or mirrored codes give the same picture."""
    torch.manual_seed(0)
    codes = torch.randn(200, 5) * torch.tensor([2.0, 1.9, 0.2, 0.2, 0.2])
    reference = reference_of(torch.randn(200, 12))
    one = plane_of(codes, reference).of(codes)
    turned, _ = torch.linalg.qr(torch.randn(5, 5))
    for other in (-codes, codes[:, [1, 0, 2, 3, 4]], codes @ turned):
        torch.testing.assert_close(plane_of(other, reference).of(other), one, atol=2e-3, rtol=0)


@pytest.mark.parametrize("seed", range(3))
def test_the_map_moves_little_from_look_to_look(seed: int) -> None:
    """A flip moves the codes by about twice their distance from the middle."""
    experiment, before = built(60, latent_dim=8, seed=seed), None
    for _ in range(60):
        for _ in range(5):
            experiment.step()
        now = experiment.observe().codes
        if before is not None:
            moved = np.linalg.norm(now - before, axis=1).mean() / np.linalg.norm(now, axis=1).mean()
            assert moved < 0.5
        before = now


def test_ellipses_of_two_units_are_their_variances() -> None:
    experiment = built(10)
    x = experiment.x[[experiment.num_train + place for place in experiment.mapped]]
    _, logvar = experiment.model.encode(x)
    wanted = torch.diag_embed(logvar.exp()).detach().numpy()
    np.testing.assert_allclose(experiment.observe().covariances, wanted, rtol=1e-4, atol=1e-6)


def test_the_point_of_the_map_is_decoded() -> None:
    experiment = built(20, point_x=1.4, point_y=-0.7)
    seen = experiment.observe()
    np.testing.assert_allclose(seen.point, np.array([1.4, -0.7]) * seen.limit / 3.5, rtol=1e-5)
    wanted = experiment.decoded(seen.point[None].astype(np.float32))[0]
    np.testing.assert_allclose(seen.pictures.decoded, wanted, atol=1e-6)


def test_the_decoded_plane_is_the_right_way_up() -> None:
    experiment = built(20)
    seen, cells = experiment.observe(), 11
    step = 2 * seen.limit / cells
    corner = np.array([[-seen.limit + step / 2, seen.limit - step / 2]], dtype=np.float32)  # upper left
    wanted = experiment.decoded(corner)[0, 0].reshape(14, 2, 14, 2).mean((1, 3))
    np.testing.assert_allclose(seen.pictures.grid[0, 0, 0], wanted, atol=1e-5)


# ---- data ------------------------------------------------------------------------------------------------------------


def test_pictures_become_shares_of_white() -> None:
    images = load_images("digits")
    examples = as_rows(images)
    assert examples.shape == (1, 28, 28)
    torch.testing.assert_close(examples.x[7], images.x[7].flatten() / 255)
    assert as_rows(images) is examples


@pytest.mark.parametrize(("size", "is_grey"), [(28, True), (64, False), (16, False)])
def test_own_pictures_of_any_size_are_learnt(size: int, is_grey: bool) -> None:
    generator = np.random.default_rng(0)
    classes = {name: [generator.integers(0, 256, (40, 30, 3), dtype=np.uint8) for _ in range(6)] for name in "ab"}
    own = from_classes(classes, size=size, is_grey=is_grey)
    torch.manual_seed(0)
    experiment = VAEExperiment(VAESettings(data="own images", network="convolutional"), own)
    experiment.step()
    seen = experiment.observe()
    assert seen.pictures is not None
    assert seen.pictures.inputs.shape[1:] == ((1, 28, 28) if is_grey else (3, 32, 32))
    assert ("Learnt at 32×32 pixels." in seen.report) == (size != 28)
    assert math.isfinite(experiment.evaluate()["loss"])


def test_own_pictures_are_asked_for() -> None:
    with pytest.raises(SettingsError, match=r"^There are no pictures of your own yet: .*\.$"):
        built(data="own images")


def test_the_seed_draws_the_points() -> None:
    one, same, other = (built(data="points", seed=seed).x for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_a_picture_of_ones_own_is_copied_as_a_test_picture_is() -> None:
    experiment = built(30)
    pixels = load_images("digits").x[experiment.num_train].numpy()
    own, seen = experiment.own(pixels), experiment.observe()
    np.testing.assert_allclose(own.copy, seen.pictures.looked_copy, atol=1e-5)
    np.testing.assert_allclose(own.place, seen.example_code, atol=1e-4)
    assert own.cost > 0
    assert own.kl > 0
