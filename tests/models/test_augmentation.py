"""Each change gives what torchvision gives for the same picture and the same numbers."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from data.vision import load_torchvision
from models.augmentation import (
    MIXINGS,
    Augment,
    Draw,
    blurred,
    erased,
    grey_of,
    jittered,
    mixed,
    moved,
    placed,
    projected,
    turned,
)

v2 = load_torchvision("torchvision.transforms.v2")
SIDE = 20
NOTHING = {"crop": 1, "flip": 0, "rotation": 0, "jitter": 0}
ZERO = torch.zeros(1)


def pictures(count: int = 1, channels: int = 3, side: int = SIDE) -> torch.Tensor:
    return torch.rand(count, channels, side, side, generator=torch.Generator().manual_seed(count))


def close(ours: torch.Tensor, theirs: torch.Tensor, atol: float = 2e-5) -> None:
    torch.testing.assert_close(ours, theirs, atol=atol, rtol=0)


def bilinear() -> object:
    return v2.InterpolationMode.BILINEAR


def test_a_quarter_turn_by_hand() -> None:
    square = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    close(moved(square, turned(torch.tensor([math.pi / 2]))), torch.tensor([[[[2.0, 4.0], [1.0, 3.0]]]]))


@settings(max_examples=20, deadline=None)
@given(st.floats(-180, 180, width=32))
def test_turned_as_torchvision_turns(angle: float) -> None:
    x = pictures()
    close(moved(x, turned(torch.tensor([angle * math.pi / 180]))), v2.functional.rotate(x, angle, bilinear()), 1e-3)


def test_mirrored_as_torchvision_mirrors() -> None:
    x = pictures()
    close(moved(x, placed(-torch.ones(1), torch.ones(1), ZERO, ZERO)), v2.functional.horizontal_flip(x))


@pytest.mark.parametrize(("right", "down"), [(3, 0), (0, -2), (-5, 4)])
def test_shifted_as_torchvision_shifts(right: int, down: int) -> None:
    x = pictures()
    matrix = placed(1, 1, torch.tensor([-2 * right / SIDE]), torch.tensor([-2 * down / SIDE]))
    theirs = v2.functional.affine(x, 0, [right, down], 1, [0], bilinear())
    close(moved(x, matrix), theirs)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0, 0.75, width=32), min_size=8, max_size=8))
def test_slanted_as_torchvision_slants(values: list[float]) -> None:
    x, inwards = pictures(), torch.tensor(values).reshape(1, 4, 2)
    corners = torch.tensor([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    new = ((corners * (1 - inwards[0]) + 1) / 2 * SIDE).tolist()
    old = ((corners + 1) / 2 * SIDE).tolist()
    close(moved(x, projected(inwards)), v2.functional.perspective(x, old, new, bilinear()), 5e-3)


@pytest.mark.parametrize(("top", "left", "size"), [(0, 0, 18), (2, 1, 17), (5, 5, 15)])
def test_cropped_as_torchvision_crops(top: int, left: int, size: int) -> None:
    """But for the outermost half pixel, where ours sees the neighbours that were cut off."""
    x, share = pictures(), size / SIDE
    middle_x, middle_y = (2 * (first + size / 2) / SIDE - 1 for first in (left, top))
    ours = moved(
        x, placed(torch.tensor([share]), torch.tensor([share]), torch.tensor([middle_x]), torch.tensor([middle_y]))
    )
    theirs = v2.functional.resized_crop(x, top, left, size, size, [SIDE, SIDE], bilinear())
    close(ours[..., 2:-2, 2:-2], theirs[..., 2:-2, 2:-2])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("factor", [0.0, 0.6, 1.0, 1.7])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_brightness_contrast_and_colour_as_torchvision(place: int, factor: float, channels: int) -> None:
    x, factors = pictures(3, channels), torch.ones(3, 3)
    factors[:, place] = factor
    adjust = (v2.functional.adjust_brightness, v2.functional.adjust_contrast, v2.functional.adjust_saturation)[place]
    for ours, picture in zip(jittered(x, factors), x, strict=True):
        close(ours, adjust(picture, factor), 5e-4)  # torchvision's weights of the three colours add up to 0.9999


@pytest.mark.parametrize("deviation", [0.1, 0.8, 3.0])
def test_blurred_as_torchvision_blurs(deviation: float) -> None:
    x = pictures(2)
    close(blurred(x, torch.full((2,), deviation)), v2.functional.gaussian_blur(x, [5, 5], [deviation, deviation]))


def test_erased_as_torchvision_erases() -> None:
    x = pictures()
    rectangle = torch.tensor([[4, 2, 9, 12]]) / SIDE
    close(erased(x, rectangle, 0.5), v2.functional.erase(x, 2, 4, 10, 5, torch.tensor(0.5)))


def test_normalised_as_torchvision_normalises() -> None:
    x = pictures(2)
    close(Augment(**NOTHING)(x), v2.functional.normalize(x, [0.5] * 3, [0.5] * 3))


def test_grey_is_what_it_looks_like() -> None:
    x = pictures(2)
    close(grey_of(x), v2.functional.rgb_to_grayscale(x))
    assert grey_of(x[:, :1]) is not None
    assert torch.equal(grey_of(x[:, :1]), x[:, :1])


# ---- the batch -------------------------------------------------------------------------------------------------------


def test_nothing_asked_for_changes_nothing() -> None:
    x = pictures(4)
    assert Augment(**NOTHING).change(x) is x


EACH = [
    {"crop": 0.5},
    {"flip": 0.5},
    {"rotation": 90},
    {"shift": 0.3},
    {"perspective": 0.5},
    {"jitter": 0.8},
    {"blur": 3},
    {"noise": 0.3},
    {"erasing": 1},
]


@pytest.mark.parametrize("bounds", EACH, ids=lambda bounds: next(iter(bounds)))
@pytest.mark.parametrize("channels", [1, 3])
def test_every_picture_of_a_batch_is_changed_in_its_own_way(bounds: dict[str, float], channels: int) -> None:
    """Which one call of torchvision's for a whole batch would not do."""
    x = pictures(1, channels).repeat(16, 1, 1, 1)
    after = Augment(**{**NOTHING, **bounds}).change(x, torch.Generator().manual_seed(0))
    assert after.shape == x.shape
    assert 0 <= after.min() <= after.max() <= 1 + 1e-6
    assert len(after.flatten(1).unique(dim=0)) > 1
    if "flip" not in bounds:
        assert len(after.flatten(1).unique(dim=0)) == 16


def test_the_same_source_gives_the_same_pictures() -> None:
    x, augment = pictures(6), Augment(noise=0.1, erasing=0.5, blur=1, perspective=0.3)
    first, again, other = (augment(x, torch.Generator().manual_seed(seed)) for seed in (5, 5, 6))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_batch_is_moved_as_its_pictures_one_by_one() -> None:
    x, augment = pictures(5), Augment(shift=0.2, perspective=0.3)
    matrix = augment.movement(5, Draw(torch.Generator().manual_seed(0)))
    close(moved(x, matrix), torch.cat([moved(x[i : i + 1], matrix[i : i + 1]) for i in range(5)]))


def test_the_lectures_changes_stay_within_their_bounds() -> None:
    """Each map of the plane is taken apart again: mirror, share of the area, angle."""
    matrix = Augment().movement(4000, Draw(torch.Generator().manual_seed(0)))
    part = matrix[:, :2, :2]
    area = torch.linalg.det(part)
    assert 0.47 < (area < 0).float().mean() < 0.53
    assert 0.8 - 1e-5 <= area.abs().min() < 0.81
    assert 0.98 < area.abs().max() <= 1 + 1e-5
    size = part.norm(dim=2)  # of the kept part across and down
    angle = torch.asin((part[:, 1, 0] / size[:, 1]).clamp(-1, 1)) * 180 / math.pi
    assert 14.5 < angle.abs().max() <= 15 + 1e-3
    corners = torch.tensor([[-1.0, 1.0, 1.0, -1.0], [-1.0, -1.0, 1.0, 1.0]])
    upright = Augment(rotation=0).movement(4000, Draw(torch.Generator().manual_seed(1)))
    assert (upright[:, :2, :2] @ corners + upright[:, :2, 2:]).abs().max() <= 1 + 1e-5  # the crop lies in the picture


def test_erasing_takes_between_a_fiftieth_and_a_third() -> None:
    rectangles = Augment(erasing=0.5).rectangles(4000, Draw(torch.Generator().manual_seed(0)))
    left, top, right, bottom = rectangles.unbind(1)
    area = (right - left) * (bottom - top)
    assert 0.47 < (area == 0).float().mean() < 0.53
    assert area[area > 0].min() > 0.015
    assert area.max() <= 0.33 + 1e-5
    assert rectangles.min() >= 0
    assert rectangles.max() <= 1 + 1e-5


# ---- mixing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mixing", MIXINGS)
def test_targets_are_mixed_as_the_pictures_are(mixing: str) -> None:
    """Pictures that are all 0 or all 1 show by their mean how much of which was taken."""
    classes = torch.eye(2)[[0, 1, 0, 1]]
    x = classes[:, 1, None, None, None].expand(4, 1, SIDE, SIDE)
    for seed in range(5):
        after, targets = mixed(x, classes, mixing, torch.Generator().manual_seed(seed))
        close(after.mean(dim=(1, 2, 3)), targets[:, 1])
        close(targets.sum(1), torch.ones(4))
        assert mixing != "none" or torch.equal(after, x)


def test_cutmix_leaves_each_pixel_to_one_picture() -> None:
    x = pictures(4)
    after, _ = mixed(x, torch.eye(4), "cutmix", torch.Generator().manual_seed(2))
    assert bool(((after == x) | (after == x.roll(1, 0))).all())
    assert not torch.equal(after, x)
