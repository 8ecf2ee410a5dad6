"""The experiment of the page `cnn`, and what it answers when it is looked into."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from data.images import ImageSet, load_images
from experiments.cnn import CNNExperiment
from experiments.cnn_data import as_input, moved_by, scaled, shifted, shuffled
from experiments.cnn_settings import CNNSettings
from tests.training.toy import is_sentence
from training.settings import SettingsError

SMALL = {"data": "digits", "width": 2, "num_train": 100, "batch_size": 16}


def made(steps=0, **settings):
    torch.manual_seed(0)
    experiment = CNNExperiment(CNNSettings(**{**SMALL, **settings}))
    for _ in range(steps):
        experiment.step()
    return experiment


# ---- pictures --------------------------------------------------------------------------------------------------------


def test_bytes_become_numbers_as_in_the_lecture():
    x = torch.tensor([0, 255, 51, 128], dtype=torch.uint8).reshape(1, 1, 2, 2)
    torch.testing.assert_close(as_input(x), (x / 255 - 0.5) / 0.5)


def test_a_picture_is_moved_and_black_comes_in():
    x = torch.arange(1, 10, dtype=torch.uint8).reshape(1, 1, 3, 3)
    assert moved_by(x, 1, 0)[0, 0].tolist() == [[0, 0, 0], [1, 2, 3], [4, 5, 6]]
    assert moved_by(x, 0, -1)[0, 0].tolist() == [[2, 3, 0], [5, 6, 0], [8, 9, 0]]
    four = shifted(x.repeat(4, 1, 1, 1), 1)
    assert torch.equal(four[0], moved_by(x, 1, 0)[0])
    assert torch.equal(four[3], moved_by(x, 0, -1)[0])


def test_shuffling_loses_nothing():
    x = load_images("digits").x[:5]
    places = torch.randperm(28 * 28)
    assert torch.equal(shuffled(shuffled(x, places), places.argsort()), x)


def test_scaling_keeps_the_mean_grey():
    x = load_images("fruit").x[:4]
    assert scaled(x, 64) is x
    assert (scaled(x, 32).float().mean((2, 3)) - x.float().mean((2, 3))).abs().max() < 2


def test_only_test_pictures_are_shifted_and_training_pictures_are_the_first():
    still, moved = made(), made(test_shift=3)
    assert torch.equal(still.pictures.x[:100], moved.pictures.x[:100])
    assert not torch.equal(still.pictures.x[100:], moved.pictures.x[100:])
    assert still.pictures.num_train == 100
    assert len(still.pictures.y) == 500


def test_own_pictures_are_learnt_from_or_missed_in_a_sentence():
    with pytest.raises(SettingsError) as error:
        made(data="own images")
    assert is_sentence(str(error.value))
    own = ImageSet("own", torch.randint(0, 256, (12, 3, 40, 40)).byte(), torch.arange(12) % 3, 9, ("a", "b", "c"), "me")
    experiment = CNNExperiment(CNNSettings(data="own images", width=2), own)
    experiment.step()
    assert experiment.material == {"own": own}
    assert experiment.observe().picture.shape == (3, 28, 28)
    assert experiment.data_files == ()


@pytest.mark.parametrize(
    "settings",
    [
        {"kernel_size": 4},
        {"padding": "none", "kernel_size": 7, "depth": 3},
        {"image_size": 16, "depth": 4, "padding": "none"},
    ],
)
def test_networks_that_do_not_fit_are_refused_in_a_sentence(settings):
    with pytest.raises(SettingsError) as error:
        made(**settings)
    assert is_sentence(str(error.value))


# ---- learning --------------------------------------------------------------------------------------------------------


def test_a_step_is_that_of_plain_pytorch():
    """The lecture's loop on the same batches gives the same weights."""
    ours = made()
    start = [weight.detach().clone() for weight in ours.parameters()]
    order = ours._order.clone()
    plain = made().model.to(memory_format=torch.contiguous_format)
    with torch.no_grad():
        for weight, value in zip(plain.parameters(), start, strict=True):
            weight.copy_(value)
    optimizer = torch.optim.Adam(plain.parameters(), lr=1e-3)
    for batch in range(3):
        chosen = order[16 * batch : 16 * (batch + 1)]
        x = (ours.pictures.x[chosen] / 255 - 0.5) / 0.5
        optimizer.zero_grad()
        F.cross_entropy(plain(x), ours.pictures.y[chosen]).backward()
        optimizer.step()
        ours.step()
    for one, other in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one.contiguous(), other, rtol=1e-3, atol=1e-5)


def test_an_epoch_shows_every_training_picture_once():
    experiment = made()
    assert experiment.steps_per_epoch == 7
    seen = torch.cat([experiment.next_batch()[1] for _ in range(7)])
    assert torch.equal(seen.bincount(minlength=10), experiment.pictures.y[:100].bincount(minlength=10))
    assert experiment.epoch == 1


def test_measuring_and_looking_leave_batch_statistics_alone():
    experiment = made(steps=2, use_batch_norm=True, dropout=0.5)
    before = [buffer.clone() for buffer in experiment.model.buffers()]
    experiment.evaluate()
    experiment.observe()
    experiment.verdict()
    experiment.conv_parts("conv2", 0)
    assert all(torch.equal(one, other) for one, other in zip(before, experiment.model.buffers(), strict=True))
    assert experiment.model.training


@pytest.mark.parametrize("architecture", ["cnn", "inception", "mlp"])
def test_dropout_is_turned_in_every_network(architecture):
    experiment = made(architecture=architecture)
    experiment.apply(experiment.settings.changed(dropout=0.5))
    torch.manual_seed(0)
    x = as_input(experiment.pictures.x[:4])
    assert not torch.equal(experiment.model(x), experiment.model(x))


# ---- looking inside --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"use_batch_norm": True},
        {"pooling": "stride", "kernel_size": 5},
        {"padding": "none"},
        {"architecture": "inception"},
    ],
)
def test_a_map_is_the_sum_of_its_parts(settings):
    experiment = made(steps=3, **settings)
    for name, count in experiment.convolutions().items():
        parts = experiment.conv_parts(name, count - 1)
        np.testing.assert_allclose(parts.partial.sum(0) + parts.bias, parts.sums, atol=1e-5)
        for row, column in ((0, 0), (2, 1), (parts.sums.shape[0] - 1, parts.sums.shape[1] - 1)):
            by_hand = (parts.patch(row, column) * parts.kernels).sum() + parts.bias
            assert by_hand == pytest.approx(parts.sums[row, column], abs=1e-4)


def test_what_follows_a_map_is_that_of_the_network():
    parts = made(steps=3).conv_parts("conv1", 1)
    np.testing.assert_array_equal(parts.after["ReLU"], np.maximum(parts.sums, 0))
    pooled = parts.after["max pooling"]
    np.testing.assert_array_equal(pooled, parts.after["ReLU"].reshape(14, 2, 14, 2).max(axis=(1, 3)))


def test_a_map_that_is_not_there_is_named():
    with pytest.raises(SettingsError, match=r"no map 99 of conv1"):
        made().conv_parts("conv1", 98)


def test_a_drawn_map_of_a_module_leads_to_its_branch():
    experiment = made(architecture="inception")
    assert experiment.origin("stem", 3) == ("stem", 3)
    assert experiment.origin("inception1", 7) == ("inception1.one", 7)
    assert experiment.origin("inception1", 8) == ("inception1.three", 0)
    assert experiment.origin("inception1", 39) == ("inception1.project", 7)
    maps = experiment.model.feature_maps(experiment._input(None))["inception1"]
    parts = experiment.conv_parts("inception1.project", 7)
    np.testing.assert_allclose(parts.after["ReLU"], maps[0, 39].detach(), atol=1e-6)


def test_the_worst_mistakes_are_mistakes_and_the_worst():
    experiment = made(steps=5)
    verdict = experiment.verdict()
    assert verdict.confusion.sum() == 400
    assert verdict.accuracy == pytest.approx(np.trace(verdict.confusion) / 400)
    assert (verdict.true != verdict.predicted).all()
    n = experiment.pictures.num_train
    chances = experiment._chances(experiment.pictures.x[n:])
    right = chances.gather(1, experiment.pictures.y[n:, None])[:, 0]
    wrong = right[chances.argmax(1) != experiment.pictures.y[n:]]
    assert right[verdict.worst[0]] == wrong.min()


def test_grad_cam_is_the_slope_of_one_class_through_the_mean():
    """With the mean of each map and a linear end, Grad-CAM is the class activation map: weights times maps."""
    experiment = made(steps=3, architecture="inception")
    heat = experiment.grad_cam(4)
    maps = experiment.model.feature_maps(experiment._input(None))["inception2"][0].detach()
    cam = torch.einsum("f,fhw->hw", experiment.model.fc.weight[4].detach(), maps).relu() / maps[0].numel()
    np.testing.assert_allclose(heat, cam.numpy(), atol=1e-5)
    with pytest.raises(SettingsError) as error:
        made(architecture="mlp").grad_cam(0)
    assert is_sentence(str(error.value))


def test_covering_nothing_that_matters_changes_nothing():
    """The network without convolutions whose weights are 0 in a corner does not mind when that corner is covered."""
    experiment = made(architecture="mlp")
    weight = next(experiment.model.parameters())
    with torch.no_grad():
        weight.reshape(128, 28, 28)[:, :7, :7] = 0
    drop = experiment.occlusion(2)
    assert abs(drop[0, 0]) < 1e-6
    assert np.abs(drop).max() > 1e-4


def test_moved_by_nothing_is_the_accuracy_of_the_first_test_pictures():
    experiment = made(steps=5)
    n = experiment.pictures.num_train
    said = experiment._chances(experiment.pictures.x[n : n + 200]).argmax(1)
    wanted = (said == experiment.pictures.y[n : n + 200]).float().mean().item()
    found = experiment.shift_accuracy(2)
    assert len(found) == 3
    assert found[0] == pytest.approx(wanted)


def test_pictures_are_moved_before_they_are_shuffled():
    plain, mixed = made(), made(has_shuffled_pixels=True)
    with torch.no_grad():
        for one, other in zip(mixed.model.parameters(), plain.model.parameters(), strict=True):
            one.copy_(other)
    assert mixed.pictures.places is not None
    seen = shuffled(mixed.pictures.x, mixed.pictures.places.argsort())
    assert torch.equal(seen, plain.pictures.x)


def test_a_visitors_picture_passes_like_any_other():
    experiment = made(steps=2)
    own = experiment.pictures.x[experiment.picture_row].numpy()
    seen, ours = experiment.observe(), experiment.look_at(own)
    np.testing.assert_array_equal(seen.chances, ours.chances)
    assert (seen.picture_class, ours.picture_class) == (int(experiment._y[experiment.picture_row]), -1)
    np.testing.assert_array_equal(experiment.logits(own), experiment.logits())


def test_the_filters_at_the_start_are_kept():
    experiment = made(steps=2)
    now, first = experiment.filters()
    assert now.shape == first.shape == (2, 1, 3, 3)
    assert 0 < np.abs(now - first).max() < 0.1
    assert made(architecture="mlp").filters()[0].shape == (128, 1, 28, 28)


def test_shown_pictures_take_each_class_in_turn():
    seen = made().observe()
    assert sorted(seen.shown_classes.tolist()) == list(range(10))
    assert made(data="cats and dogs").observe().shown_classes.tolist() == [0, 1] * 5


def test_the_first_loss_is_that_of_guessing():
    assert made().evaluate()["test_loss"] == pytest.approx(math.log(10), abs=0.15)
