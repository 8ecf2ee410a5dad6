import math

import numpy as np
import pytest
import torch

from data.dataset import DataError
from data.images import ImageSet
from experiments.gan import GANExperiment
from experiments.gan_data import SIDE, as_rows
from experiments.gan_lessons import LESSONS
from experiments.gan_metrics import coverage, energy_distance
from experiments.gan_own import files_of, material_of
from experiments.gan_settings import PICTURES, PLANE, GANSettings
from tests.shapes import unchecked
from tests.training.toy import finish
from training.run import Run
from training.settings import SettingsError

LOSSES = ("non-saturating", "minimax", "least squares", "hinge", "WGAN", "WGAN-GP")
POINTS = tuple((round(0.7 * math.cos(i), 3), round(0.4 * math.sin(i), 3)) for i in range(40))
LECTURE = {"data": "digits", "learning_rate": 2e-4, "momentum": 0.9}


def build(own=None, points=(), **settings):
    settings = GANSettings(**settings)
    torch.manual_seed(settings.seed)
    return GANExperiment(settings, own, points)


def after(steps, **settings):
    experiment = build(**settings)
    with unchecked():
        for _ in range(steps):
            experiment.step()
    return experiment


def weights_of(network):
    return torch.cat([weight.detach().flatten() for weight in network.parameters()])


# ---- a step --------------------------------------------------------------------------------------------------------


def lecture_step(experiment, real, noises):
    """The lecture's step on the same networks, examples and noise, with its own losses and optimisers."""
    generator, judge = experiment.generator, experiment.discriminator
    told = torch.nn.BCELoss()
    real_labels, fake_labels = torch.ones(len(real), 1), torch.zeros(len(real), 1)
    first = torch.optim.Adam(judge.parameters(), lr=2e-4)
    loss = (
        told(judge(real).sigmoid(), real_labels) + told(judge(generator(noises[0]).detach()).sigmoid(), fake_labels)
    ) / 2
    loss.backward()
    first.step()
    second = torch.optim.Adam(generator.parameters(), lr=2e-4)
    second.zero_grad()
    told(judge(generator(noises[1])).sigmoid(), real_labels).backward()
    second.step()


def test_a_step_is_the_lectures():
    ours, theirs = build(**LECTURE), build(**LECTURE)
    torch.manual_seed(5)
    rows = torch.randint(len(theirs.real), (128,))
    noises = torch.randn(128, 64), torch.randn(128, 64)
    torch.manual_seed(5)
    ours.step()
    lecture_step(theirs, theirs.real[rows], noises)
    for name in ("generator", "discriminator"):
        gap = (weights_of(getattr(ours, name)) - weights_of(getattr(theirs, name))).abs()
        # Adam divides by the gradient's size, so a gradient of nearly 0 may turn a step around
        assert (gap < 1e-6).float().mean() > 0.999
        assert gap.max() <= 4.1e-4


@pytest.mark.parametrize("loss", [name for name in LOSSES if name != "WGAN-GP"])
@pytest.mark.parametrize("data", ["ring of 8", "digits"])
def test_gradients_written_out_are_those_of_autograd(data, loss):
    experiment = build(data=data, loss=loss)
    both = torch.cat([experiment.real[:128], experiment.fakes_of(experiment.draw_noise(128))])
    noise = experiment.draw_noise(128)
    ours = experiment.discriminator_gradients(both), experiment.generator_gradients(noise)
    experiment._chains = None
    theirs = experiment.discriminator_gradients(both), experiment.generator_gradients(noise)
    for one, other in zip(ours, theirs, strict=True):
        for a, b in zip(one, other, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize(
    ("learns", "moves"), [("both", (True, True)), ("generator", (True, False)), ("discriminator", (False, True))]
)
def test_who_waits_stays(learns, moves):
    experiment = build(learns=learns)
    before = weights_of(experiment.generator), weights_of(experiment.discriminator)
    experiment.step()
    now = weights_of(experiment.generator), weights_of(experiment.discriminator)
    assert tuple(not torch.equal(a, b) for a, b in zip(before, now, strict=True)) == moves


@pytest.mark.parametrize("number", [1, 3])
def test_the_discriminator_gets_its_turns(number):
    experiment = build(discriminator_steps=number)
    experiment.step()
    (state, *_) = experiment.discriminator_optimizer.state.values()
    (other, *_) = experiment.generator_optimizer.state.values()
    assert (state["step"].item(), other["step"].item()) == (number, 1)


def test_each_network_has_its_own_rule_and_rate():
    experiment = build(optimizer="momentum", momentum=0.8, discriminator_optimizer="adam", rate_ratio=4.0)
    assert isinstance(experiment.generator_optimizer, torch.optim.SGD)
    assert isinstance(experiment.discriminator_optimizer, torch.optim.Adam)
    assert experiment.generator_optimizer.param_groups[0]["momentum"] == 0.8
    group = experiment.discriminator_optimizer.param_groups[0]
    assert group["lr"] == pytest.approx(4 * experiment.settings.learning_rate)
    assert group["betas"][0] == 0.8


def test_a_critics_weights_are_clipped():
    experiment = after(3, loss="WGAN", clip=0.03)
    assert weights_of(experiment.discriminator).abs().max() <= 0.03
    assert weights_of(experiment.generator).abs().max() > 0.03


def test_the_penalty_is_that_of_the_slope_by_hand():
    """A critic w·x has the slope w everywhere, so the penalty is (|w| − 1)²."""
    experiment = build(loss="WGAN-GP", discriminator_dims=())
    weight = torch.tensor([[3.0, 4.0]])
    with torch.no_grad():
        experiment.discriminator.model[0].weight.copy_(weight)
    assert experiment.steepness(torch.randn(20, 2)).item() == pytest.approx(16, rel=1e-5)


def test_instance_noise_blurs_what_is_judged():
    examples = torch.zeros(4_000, 2)
    assert build(instance_noise=0.2).blurred(examples).std().item() == pytest.approx(0.2, rel=0.05)
    assert build().blurred(examples) is examples


def test_uniform_noise_stays_within_one():
    noise = build(noise="uniform", noise_dim=1).draw_noise(2_000)
    assert noise.shape == (2_000, 1)
    assert 0.99 < noise.abs().max() <= 1


# ---- learning ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_the_default_covers_the_ring(seed):
    experiment = after(1_500, seed=seed)
    numbers = experiment.evaluate()
    assert numbers["covered_share"] >= 0.5
    assert numbers["test_loss"] < 0.25


@pytest.mark.parametrize("data", [name for name in PLANE if name not in ("own points", "ring of 8")])
def test_every_cloud_is_learnt(data):
    experiment = build(data=data)
    first = experiment.evaluate()["test_loss"]
    with unchecked():
        for _ in range(1_200):
            experiment.step()
    assert experiment.evaluate()["test_loss"] < 0.5 * first


@pytest.mark.parametrize(
    "changes", [{"loss": name} for name in LOSSES[1:5]] + [{"loss": "WGAN-GP", "discriminator_steps": 5}]
)
def test_every_loss_learns(changes):
    experiment = build(data="two Gaussians", **changes)
    first = experiment.evaluate()["test_loss"]
    with unchecked():
        for _ in range(800):
            experiment.step()
    assert experiment.evaluate()["test_loss"] < 0.6 * first


def test_digits_come_nearer():
    experiment = build(**{**LECTURE, "learning_rate": 1e-3, "momentum": 0.5})
    first = experiment.evaluate()["test_loss"]
    with unchecked():
        for _ in range(120):
            experiment.step()
    assert experiment.evaluate()["test_loss"] < 0.8 * first


def test_own_points_are_learnt():
    experiment = build(points=POINTS, data="own points")
    first = experiment.evaluate()["loss"]
    with unchecked():
        for _ in range(600):
            experiment.step()
    assert experiment.evaluate()["loss"] < 0.5 * first
    assert math.isnan(experiment.observe().copied), "there are no fresh points to compare with"


# ---- what is measured ----------------------------------------------------------------------------------------------


def test_the_loss_is_the_distance_and_not_a_loss_of_the_game():
    experiment = after(30)
    numbers = experiment.evaluate()
    fakes = experiment.generator(experiment.fixed_noise).detach()
    assert numbers["loss"] == pytest.approx(energy_distance(fakes, experiment.real[:256]), abs=1e-5)
    cloud = experiment.source.cloud
    assert numbers["covered_share"] == coverage(fakes, cloud.modes, cloud.mode_deviations).num_covered / 8


def test_two_real_samples_are_a_tenth_apart():
    """What the page says of samples of 256."""
    cloud = build().source.cloud
    pairs = [
        (cloud.sample(256, torch.Generator().manual_seed(i)), cloud.sample(256, torch.Generator().manual_seed(99 + i)))
        for i in range(5)
    ]
    assert np.mean([energy_distance(a, b) for a, b in pairs]) == pytest.approx(0.1, abs=0.03)


def test_the_push_is_against_the_slope_of_the_generators_loss():
    experiment = after(50)
    fakes = experiment.generator(experiment.fixed_noise[:8]).detach()
    push = experiment.pushes(fakes)
    step = 1e-3 * push / push.norm(dim=1, keepdim=True)
    with torch.no_grad():
        before = torch.nn.functional.softplus(-experiment.discriminator(fakes))[:, 0]
        moved = torch.nn.functional.softplus(-experiment.discriminator(fakes + step))[:, 0]
    torch.testing.assert_close((before - moved) / 1e-3, push.norm(dim=1), rtol=0.05, atol=1e-3)


@pytest.mark.parametrize(("noise", "reach"), [("Gaussian", 2.05), ("uniform", 0.96)])
def test_the_net_holds_equally_much_noise_between_its_lines(noise, reach):
    net = build(noise=noise)._net()
    assert net.shape == (20, 20, 2)
    assert net.max().item() == pytest.approx(reach, abs=0.01)
    many = build(noise=noise).draw_noise(40_000)[:, 0].contiguous()
    shares = torch.searchsorted(net[:, 0, 0].contiguous(), many).bincount(minlength=21)[1:20] / len(many)
    assert shares.max() < 1.2 * shares.min()


def test_collapse_is_an_alarm_and_so_is_a_discriminator_that_has_won():
    collapsed = after(800, momentum=0.9).observe()
    assert any("ode collapse" in words for words in collapsed.alarms)
    won = after(600, learns="discriminator", loss="minimax").observe()
    assert any("has won" in words for words in won.alarms)
    assert not build().observe().alarms, "nothing is said of the first steps"


@pytest.mark.parametrize(
    "changes", [{"data": "digits"}, {"noise_dim": 1}, {"loss": "WGAN"}, {"has_spectral_norm": True}]
)
def test_an_observation_fits_its_data(changes):
    seen = after(2, **changes).observe()
    assert (seen.plane is None) == (changes.get("data") in PICTURES)
    assert seen.histogram.sum(axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert seen.limits[0] < seen.limits[1]
    assert seen.wasserstein > 0
    if seen.plane is not None:
        assert seen.plane.sheet.shape == ((1, 120, 2) if changes.get("noise_dim") else (20, 20, 2))
        assert np.isfinite(seen.plane.field).all()


def test_what_is_nearest_is_a_training_picture():
    experiment = build(data="digits", num_real=100)
    shown = experiment.observe().pictures
    known = experiment.real.view(-1, SIDE * SIDE).numpy()
    for picture in shown.nearest[:5]:
        assert (np.abs(known - picture.reshape(-1)).max(axis=1) < 1e-6).any()


def test_seeds_draw_other_pictures_in_mixed_order():
    one, other = build(data="digits", seed=0), build(data="digits", seed=1)
    assert not torch.equal(one.real, other.real)
    assert len(one.source.labels[:40].unique()) >= 8
    assert len(one.source.labels) == len(one.real)


def of_lesson(slug, trial, seed):
    """The last numbers and the first distance of a trial of a lesson with another seed."""
    lesson = next(one for one in LESSONS if one.slug == slug)
    experiment = build(seed=seed, **lesson.trials[trial].settings)
    first = experiment.evaluate()["test_loss"]
    with unchecked():
        for _ in range(lesson.steps):
            experiment.step()
    return experiment.evaluate(), first


def test_the_ring_collapses_with_momentum_and_is_covered_without():
    """What the lesson says of the seeds 0 to 4: one cloud each time, or four to eight."""
    reached = [[8 * of_lesson("collapse", trial, seed)[0]["covered_share"] for seed in range(5)] for trial in (0, 1)]
    assert reached[0] == [1] * 5
    assert min(reached[1]) >= 4
    assert max(reached[1]) == 8


def test_a_discriminator_far_ahead_stops_four_of_five_seeds():
    found = [of_lesson("too_strong", 0, seed) for seed in range(5)]
    assert sum(numbers["test_loss"] > 0.8 * first for numbers, first in found) == 4


# ---- bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1, 28, 28), (3, 64, 64), (3, 40, 100), (1, 8, 8)])
def test_pictures_of_any_size_become_rows_of_28_by_28(size):
    pixels = torch.randint(0, 256, (20, *size), dtype=torch.uint8)
    images = ImageSet("own images", pixels, torch.arange(20) % 2, 16, ("a", "b"), "yours")
    experiment = build(own=images, data="own images", batch_size=8)
    assert experiment.real.shape == (16, SIDE * SIDE)
    experiment.step()
    assert math.isfinite(experiment.evaluate()["loss"])


def test_black_and_white_are_the_ends():
    rows = as_rows(torch.tensor([0, 255], dtype=torch.uint8).view(2, 1, 1, 1).expand(2, 3, 30, 30).contiguous())
    assert rows[0].tolist() == pytest.approx([-1] * SIDE**2, abs=1e-4)
    assert rows[1].tolist() == pytest.approx([1] * SIDE**2, abs=1e-4)


def test_what_is_not_there_is_asked_for_in_one_sentence():
    with pytest.raises(SettingsError, match=r"pictures of your own.*\.$"):
        build(data="own images")
    with pytest.raises(DataError, match=r"at least 8 are needed.*\.$"):
        build(points=POINTS[:5], data="own points")


def test_weights_that_are_none_stop_the_run_with_a_sentence():
    run = Run(GANExperiment, GANSettings())
    run.take(20)
    finish(run)
    with torch.no_grad():
        next(run.experiment.discriminator.parameters()).fill_(math.nan)
    run.take(40)
    snapshot = finish(run).poll()
    assert snapshot.has_failed
    assert "not a number" in snapshot.message
    assert "learning rate" in snapshot.message
    assert snapshot.step == 40


def test_a_rate_that_explodes_is_survived():
    run = Run(GANExperiment, GANSettings(learning_rate=10.0, optimizer="sgd", loss="least squares"))
    run.take(60)
    snapshot = finish(run).poll()
    assert snapshot.has_failed
    assert snapshot.message.count(".") >= 2
    run.reset()
    assert not run.poll().has_failed


def test_what_was_brought_travels():
    assert material_of(files_of({})) == {}
    assert material_of(files_of({"points": POINTS}))["points"] == POINTS
    for broken in (b"[[1]]", b"[[1, 1e9]]", b"{", b"[]]"):
        with pytest.raises(DataError, match=r"damaged.*\.$"):
            material_of({"points.json": broken})


def test_a_run_on_own_points_says_what_it_was_built_from():
    experiment = build(points=POINTS, data="own points")
    assert experiment.material == {"points": POINTS}
    assert experiment.observe().num_real == len(POINTS)
