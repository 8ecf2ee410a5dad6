"""The small tasks: the wanted answers follow from the inputs."""

import pytest
import torch

from data.dataset import seeded
from data.synthetic import BLANK, CUE, MAKERS, MAX_DEPTH, NUM_LETTERS, SYNTHETIC, num_copied

LENGTHS = (4, 5, 12, 40)


@pytest.mark.parametrize("t", LENGTHS)
@pytest.mark.parametrize("name", SYNTHETIC)
def test_every_task_has_its_shape_and_is_the_same_from_the_same_seed(name, t):
    one, other = (MAKERS[name](6, t, seeded(3)) for _ in range(2))
    assert all(map(torch.equal, one, other))
    assert one.inputs.shape[:2] == one.targets.shape[:2] == one.weights.shape == (6, t)
    assert one.weights.sum() > 0


@pytest.mark.parametrize("t", LENGTHS)
def test_the_first_letter_is_asked_at_the_end(t):
    inputs, targets, weights = MAKERS["memory"](50, t, seeded(0))
    assert (inputs[:, -1] == CUE).all()
    assert torch.equal(targets[:, -1], inputs[:, 0])
    assert (inputs[:, :-1] < NUM_LETTERS).all()
    assert torch.equal(weights.sum(0), torch.tensor([0.0] * (t - 1) + [50.0]))


@pytest.mark.parametrize("t", LENGTHS)
def test_the_letters_are_copied_after_the_cue(t):
    inputs, targets, weights = MAKERS["copy"](50, t, seeded(0))
    k = num_copied(t)
    assert torch.equal(targets[weights.bool()].view(50, k), inputs[:, :k])
    assert (inputs[:, -k] == CUE).all()
    assert ((inputs < NUM_LETTERS).sum(1) == k).all()
    assert (inputs[:, k:-k] == BLANK).all()


@pytest.mark.parametrize("t", LENGTHS)
def test_the_marked_numbers_are_added(t):
    inputs, targets, _ = MAKERS["adding"](50, t, seeded(0))
    assert (inputs[:, :, 1].sum(1) == 2).all()
    torch.testing.assert_close(inputs.prod(2).sum(1), targets[:, -1, 0])


def test_brackets_are_counted():
    inputs, targets, _ = MAKERS["parentheses"](50, 40, seeded(0))
    torch.testing.assert_close((1 - 2 * inputs).cumsum(1), targets)
    assert targets.min() == 0
    assert targets.max() == MAX_DEPTH


def test_a_wave_is_followed_by_its_next_value():
    inputs, targets, _ = MAKERS["sine"](50, 40, seeded(0))
    assert torch.equal(inputs[:, 1:], targets[:, :-1])
    torch.testing.assert_close(inputs[:, 2:] + inputs[:, :-2], inputs[:, 1:-1] * _twice_cosine(inputs))


def _twice_cosine(wave):
    """sin(a + d) + sin(a - d) = 2 cos(d) sin(a): the factor of each wave, from where it is largest."""
    place = wave[:, 1:-1].abs().argmax(1, keepdim=True)
    sums, middle = wave[:, 2:] + wave[:, :-2], wave[:, 1:-1]
    return sums.gather(1, place) / middle.gather(1, place)
