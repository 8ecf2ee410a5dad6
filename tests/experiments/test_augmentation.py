"""What the page on augmentation promises beyond the laws."""

import numpy as np
import pytest
import torch

from data.vision import load_torchvision
from experiments.augmentation import AugmentationExperiment, make_augment
from experiments.augmentation_code import torchvision_code
from experiments.augmentation_inside import NOTHING, STRENGTHS, UNITS
from experiments.augmentation_settings import AugmentationSettings
from models.augmentation import Augment
from training.settings import ends, knob_of

FEW = {"num_train": 20, "image_size": 16, "width": 2}


def built(**changes: object) -> AugmentationExperiment:
    settings = AugmentationSettings(**{**FEW, **changes})  # type: ignore[arg-type]
    torch.manual_seed(settings.seed)
    return AugmentationExperiment(settings)


def test_both_networks_start_alike_and_part_at_the_first_step() -> None:
    experiment = built()
    pairs = list(zip(experiment.model.parameters(), experiment.plain.parameters(), strict=True))
    assert all(torch.equal(a, b) and a is not b for a, b in pairs)
    experiment.step()
    assert not torch.equal(experiment.model.conv1.weight, experiment.plain.conv1.weight)


def test_without_any_change_both_networks_stay_alike() -> None:
    experiment = built(crop=1, flip=0, rotation=0, jitter=0)
    for _ in range(4):
        experiment.step()
    for one, other in zip(experiment.model.parameters(), experiment.plain.parameters(), strict=True):
        torch.testing.assert_close(one, other)
    row = experiment.evaluate()
    assert row["test_accuracy"] == row["test_plain_accuracy"]


def test_the_batch_that_is_shown_is_the_one_that_was_learnt() -> None:
    experiment, seen = built(rotation=90, noise=0.2), []
    experiment.model.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].clone()))
    for _ in range(3):
        experiment.step()
        shown = experiment.observe()
        learnt = seen[-1] if len(seen[-1]) == len(experiment.last_batch) else seen[-2]
        expected = (learnt * 0.5 + 0.5).clamp(0, 1)[: len(shown.after)]
        np.testing.assert_allclose(shown.after, expected.numpy(), atol=1e-6)
        rows = experiment.last_batch[: len(shown.before)]
        assert np.array_equal(shown.before, experiment._x[rows].numpy())


def test_the_altered_test_is_the_same_for_ever() -> None:
    one, other = built(), built(rotation=90.0)
    before = one.altered.clone()
    for _ in range(3):
        one.step()
    assert torch.equal(one.alter(), before)
    assert torch.equal(other.altered, before)
    assert not torch.equal(built(altered_rotation=90.0).altered, before)


def test_an_altered_test_that_is_not_altered_is_the_test() -> None:
    experiment = built(altered_rotation=0, altered_shift=0, altered_darkness=0)
    row = experiment.evaluate()
    assert row["test_accuracy"] == row["test_altered_accuracy"]
    assert row["test_plain_loss"] == pytest.approx(row["test_altered_plain_loss"], rel=1e-5)


def test_darkness_only_takes_light_away() -> None:
    experiment = built(altered_rotation=0, altered_shift=0, altered_darkness=0.5)
    test = experiment._x[20:].float() / 255
    lit = test.amax(dim=(1, 2, 3)) > 0
    share = (experiment.altered.amax(dim=(1, 2, 3)) / test.amax(dim=(1, 2, 3)))[lit]
    assert 0.5 <= share.min() < 0.55
    assert 0.95 < share.max() <= 1


def test_changes_turned_on_while_it_trains_act_at_once() -> None:
    experiment = built()
    experiment.apply(experiment.settings.changed(rotation=180.0, mixing="cutmix"))
    assert experiment.augment.rotation == 180
    x, targets = experiment.augmented(experiment.last_batch, 0)
    assert ((targets > 0).sum(1) > 1).any()
    assert x.shape == (16, 1, 16, 16)


def test_colour_pictures_train_too() -> None:
    experiment = built(data="fruit", mixing="mixup")
    for _ in range(2):
        experiment.step()
    assert experiment.observe().after.shape[1] == 3


# ---- looking inside --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STRENGTHS)
@pytest.mark.parametrize("data", ["digits", "fruit"])
def test_each_change_at_each_strength(name: str, data: str) -> None:
    experiment = built(data=data)
    nothing = NOTHING.get(name, 0.0)
    assert nothing in STRENGTHS[name]
    assert UNITS[name]
    before, after = experiment.change_alone(name, nothing, 3)
    np.testing.assert_allclose(before, after, atol=2e-5)
    for strength in (STRENGTHS[name][0], STRENGTHS[name][-1]):
        before, after = experiment.change_alone(name, strength, 3)
        assert -1e-6 <= after.min() <= after.max() <= 1 + 1e-6
        is_idle = strength == nothing or (name == "saturation" and data == "digits")
        assert is_idle == np.allclose(before, after, atol=2e-5)


def test_variants_are_what_training_would_make() -> None:
    variants = built().variants(number=2)
    assert len(variants) == 32
    assert len(np.unique(variants.reshape(32, -1), axis=0)) == 32


def test_pixel_values_by_hand() -> None:
    experiment = built()
    x = experiment._x[:20].numpy() / 255
    values = experiment.pixel_values()
    assert values.mean[0] == pytest.approx(x.mean(), rel=1e-4)
    assert values.std[0] == pytest.approx(x.std(), rel=1e-4)
    assert values.lecture.sum() == pytest.approx(1)
    middles = (values.edges[:-1] + values.edges[1:]) / 2
    assert (values.measured * middles).sum() == pytest.approx(0, abs=0.1)
    assert (values.lecture * middles).sum() == pytest.approx((x.mean() - 0.5) / 0.5, abs=0.1)


def test_averaging_over_no_change_changes_nothing() -> None:
    experiment = built(crop=1, flip=0, rotation=0, jitter=0)
    found = experiment.averaged(num_copies=4)
    assert found.single == found.averaged
    assert found.altered_single == found.altered_averaged
    y = experiment._y[20:]
    by_hand = (experiment.model(experiment._x[20:].float() / 127.5 - 1).argmax(1) == y).float().mean()
    assert found.single[0] == pytest.approx(by_hand.item())


def test_averaging_asks_for_changed_copies() -> None:
    torch.manual_seed(0)
    experiment = AugmentationExperiment(AugmentationSettings(rotation=60))
    for _ in range(60):
        experiment.step()
    found = experiment.averaged(num_copies=8)
    assert found.single != found.averaged or found.altered_single != found.altered_averaged
    again = experiment.averaged(num_copies=8)
    assert again == found


# ---- the same in torchvision -----------------------------------------------------------------------------------------

LIVE = [
    pytest.param(name, value, id=f"{name}-{value}")
    for name, value in ends(AugmentationSettings)
    if knob_of(AugmentationSettings.model_fields[name])["group"] == "Augmentation"
]


def run_code(settings: AugmentationSettings) -> dict[str, object]:
    load_torchvision()
    names: dict[str, object] = {"NUM_CLASSES": 10}
    exec(compile(torchvision_code(settings, 28), "code", "exec"), names)
    return names


@pytest.mark.parametrize(("name", "value"), LIVE)
def test_the_code_runs_at_both_ends_of_every_change(name: str, value: object) -> None:
    names = run_code(AugmentationSettings(**{name: value}))  # type: ignore[arg-type]
    picture = np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    for transforms in ("train_transforms", "test_transforms"):
        made = names[transforms](picture)  # type: ignore[operator]
        assert made.shape == (3, 28, 28)
        assert -1.01 <= made.min() <= made.max() <= 1.01
    if "mix" in names:
        x, y = names["mix"](torch.rand(4, 3, 28, 28), torch.tensor([0, 1, 2, 3]))  # type: ignore[operator]
        assert (x.shape, y.shape) == ((4, 3, 28, 28), (4, 10))


def test_the_code_of_nothing_is_the_code_of_the_test() -> None:
    names = run_code(AugmentationSettings(crop=1, flip=0, rotation=0, jitter=0))
    picture = np.random.default_rng(0).integers(0, 256, (28, 28, 1), dtype=np.uint8)
    assert torch.equal(names["train_transforms"](picture), names["test_transforms"](picture))  # type: ignore[operator]


def test_both_ways_to_change_give_alike_pictures() -> None:
    """Mean and spread over many draws, for the lecture's changes: torchvision's and ours."""
    settings = AugmentationSettings(flip=0.5)
    transforms = run_code(settings)["train_transforms"]
    x = torch.linspace(0, 1, 28 * 28).reshape(1, 28, 28) ** 2
    torch.manual_seed(0)
    theirs = torch.stack([transforms((x * 255).round().to(torch.uint8)) for _ in range(600)])  # type: ignore[operator]
    ours = make_augment(settings)(x.repeat(600, 1, 1, 1), torch.Generator().manual_seed(0))
    assert isinstance(make_augment(settings), Augment)
    for measure in (torch.mean, torch.std):
        pairs = measure(ours, dim=0), measure(theirs, dim=0)
        assert (pairs[0] - pairs[1]).abs().mean() < 0.05
