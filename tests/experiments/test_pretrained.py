"""The three students of the page `pretrained`: what is kept, what moves, and that they do not disturb each other."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn
from torch.nn import functional as F

from data.extras import MissingExtraError, is_installed
from data.images import LUMA, load_images
from experiments.pretrained import MOST_PHOTOS, PretrainedExperiment
from experiments.pretrained_data import fitted, inputs, make_pictures
from experiments.pretrained_settings import DRAWINGS, OWN, PHOTOS, PretrainedSettings
from experiments.pretrained_students import drawing_network, facts
from tests.training.toy import is_sentence
from training.settings import SettingsError

SMALL = {"num_per_class": 2, "batch_size": 8}
with_photos = pytest.mark.skipif(not is_installed("efficientnet"), reason="EfficientNet-Lite0 is not installed")


def made(steps=0, **settings):
    torch.manual_seed(0)
    experiment = PretrainedExperiment(PretrainedSettings(**{**SMALL, **settings}))
    for _ in range(steps):
        experiment.step()
    return experiment


# ---- pictures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("data", "num_classes"), [("drawings", 10), ("cats and dogs", 2), ("fruit", 5)])
@pytest.mark.parametrize("count", [1, 7])
def test_each_class_has_as_many_pictures_as_asked_for(data, num_classes, count):
    pictures = make_pictures(PretrainedSettings(data=data, num_per_class=count), None)
    assert pictures.num_train == count * num_classes
    assert pictures.y[: pictures.num_train].bincount().tolist() == [count] * num_classes
    assert pictures.x.shape[1:] == (1, 28, 28)


def test_another_seed_takes_other_pictures_and_the_same_test():
    one, other = (make_pictures(PretrainedSettings(seed=seed, **SMALL), None) for seed in (0, 1))
    n = one.num_train
    assert not torch.equal(one.rows[:n], other.rows[:n])
    assert torch.equal(one.rows[n:], other.rows[n:])
    assert (one.rows[:n] < one.images.num_train).all()
    assert (one.rows[n:] >= one.images.num_train).all()


def test_photos_become_grey_for_the_network_of_drawings():
    photos = load_images("fruit").x[:3]
    grey = fitted(photos, 64, is_grey=True)
    by_hand = sum(weight * photos[:, channel].float() for channel, weight in enumerate(LUMA))
    assert (grey[:, 0].float() - by_hand).abs().max() <= 0.5001


def test_drawings_get_three_equal_channels_for_the_network_of_photos():
    x = fitted(load_images("drawings").x[:2], 64, is_grey=False)
    assert x.shape == (2, 3, 64, 64)
    assert torch.equal(x[:, 0], x[:, 2])
    assert inputs(x)[:, 0].max() <= 1.0001


def test_own_pictures_are_asked_for():
    with pytest.raises(SettingsError) as found:
        made(data=OWN)
    assert is_sentence(str(found.value))


# ---- students --------------------------------------------------------------------------------------------------------


def test_the_students_begin_with_the_same_head_and_two_with_the_same_body():
    experiment = made()
    x, _ = experiment.judged()
    tuned = experiment.tuned.eval()
    torch.testing.assert_close(tuned(x), experiment.frozen(x), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(tuned.features(x), experiment.features[experiment.pictures.num_train :])
    assert torch.equal(experiment.scratch.fc.weight, experiment.frozen.fc.weight)
    assert not torch.equal(experiment.scratch.conv1.weight, experiment.tuned.conv1.weight)


def test_the_network_on_the_shelf_and_the_source_never_move():
    before = {name: tensor.clone() for name, tensor in drawing_network().state_dict().items()}
    experiment = made(steps=5, learning_rate=0.1, body_share=1.0, follows_statistics=True)
    assert experiment.moved() > 0.01
    for network in (drawing_network(), experiment.source):
        for name, tensor in network.state_dict().items():
            assert torch.equal(tensor, before[name]), name
    assert not any(one.requires_grad for one in experiment.source.parameters())


def alone(experiment, student, steps):
    """A plain loop on the same pictures in the same order."""
    rate, share = experiment.settings.learning_rate, experiment.settings.body_share
    head = list(student.fc.parameters())
    body = [one for name, one in student.named_parameters() if not name.startswith("fc.")]
    groups = [{"params": head, "lr": rate}]
    if body:
        groups.append({"params": body, "lr": rate if student is experiment.scratch else share * rate})
    optimizer = torch.optim.Adam(groups)
    for _ in range(steps):
        rows = experiment.next_rows()
        loss = F.cross_entropy(student(inputs(experiment.x[rows])), experiment.y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return student


@pytest.mark.parametrize("name", ["frozen", "tuned", "scratch"])
def test_one_step_for_all_is_what_a_plain_loop_gives_each(name):
    together, by_itself = made(steps=6), made()
    torch.manual_seed(0)
    made()
    other = alone(by_itself, getattr(by_itself, name), 6)
    for ours, theirs in zip(getattr(together, name).parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, atol=2e-4, rtol=1e-3)


def test_without_a_rate_of_the_body_fine_tuning_is_the_frozen_student():
    experiment = made(steps=20, body_share=0.0)
    assert experiment.moved() == 0
    x, _ = experiment.judged()
    torch.testing.assert_close(experiment.tuned(x), experiment.frozen(x), atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("follows", [False, True])
def test_batch_statistics_follow_or_stay(follows):
    experiment = made(steps=3, follows_statistics=follows)
    assert torch.equal(experiment.tuned.norm1.running_mean, experiment.source.norm1.running_mean) is not follows
    assert not torch.equal(experiment.scratch.norm1.running_mean, torch.zeros(16))


def test_what_moved_is_measured_against_the_pretrained_weights():
    experiment = made()
    with torch.no_grad():
        experiment.tuned.conv3.weight.mul_(1.5)
    moved = {one.name: one.moved for one in experiment.movements()}
    assert moved.pop("conv3") == pytest.approx(0.5, rel=1e-5)
    assert moved == {"conv1": 0, "conv2": 0, "conv4": 0}


def test_scores_are_what_the_curves_say():
    experiment = made(steps=10)
    scores, row = experiment.scores(), experiment.evaluate()
    names = ("frozen_test_accuracy", "test_accuracy", "scratch_test_accuracy")
    assert scores.accuracy == pytest.approx([row[name] for name in names])
    assert scores.confusion.shape == (3, 10, 10)
    assert (scores.confusion.sum((1, 2)) == 200).all()


def test_the_plane_is_that_of_principal_components():
    seen = made().observe()
    experiment = made()
    features = experiment.features[experiment.pictures.num_train :].numpy().astype(float)
    centred = features - features.mean(0)
    variances = np.linalg.eigvalsh(centred.T @ centred)[::-1]
    assert seen.map_share == pytest.approx(variances[:2].sum() / variances.sum(), rel=1e-4)
    np.testing.assert_allclose((seen.map.astype(float) ** 2).sum(0), variances[:2], rtol=1e-3)


def test_the_plane_never_moves_and_the_picture_looked_at_is_live():
    experiment = made(steps=1)
    before = experiment.observe()
    experiment.step()
    experiment.apply(experiment.settings.changed(picture=205))
    after = experiment.observe()
    np.testing.assert_array_equal(before.map, after.map)
    assert after.picture_index == 5


def test_the_file_says_what_the_network_reached():
    """The drawings it was judged by are not here, so this looks for sense only; the lessons check the features."""
    known = facts()
    assert known.num_kinds == drawing_network().fc.out_features == 335
    assert 1 / 335 < known.accuracy < known.top_five < 1


# ---- the larger network ----------------------------------------------------------------------------------------------


@with_photos
def test_photos_are_learnt_with_efficientnet():
    experiment = made(steps=2, data="fruit", start=PHOTOS, image_size=32, num_per_class=4)
    assert experiment.next_rows().shape == (MOST_PHOTOS,)
    assert experiment.features.shape[1] == 1280
    assert [len(weights) for weights in (experiment.body, list(experiment.frozen.parameters()))] == [147, 2]
    assert isinstance(experiment.tuned.fc, nn.Linear)


@with_photos
def test_for_photos_the_features_of_photos_are_better():
    """As the lesson on a start from another world says of EfficientNet."""
    accuracies = []
    for start in (DRAWINGS, PHOTOS):
        experiment = made(data="fruit", start=start, num_per_class=20)
        x, y, n = experiment.features.numpy(), experiment.y.numpy(), experiment.pictures.num_train
        accuracies.append(LogisticRegression(max_iter=5000).fit(x[:n], y[:n]).score(x[n : n + 60], y[n : n + 60]))
    assert accuracies[1] > accuracies[0] + 0.1


def test_without_the_extra_one_sentence_says_what_to_do(without_extras, monkeypatch):
    monkeypatch.setattr("experiments.pretrained_shelf._shelf", {})
    with pytest.raises(MissingExtraError) as found:
        made(start=PHOTOS)
    assert "pip install" in str(found.value)
