import pytest
import torch

from training.checkpoints import Checkpoints, num_bytes


def filled(num_steps, *, stride=1, numbers=10, **limits):
    checkpoints = Checkpoints(stride, **limits)
    for step in range(num_steps + 1):
        if checkpoints.is_due(step):
            checkpoints.save(step, {"weights": [torch.full((numbers,), float(step))]})
    return checkpoints


@pytest.mark.parametrize("num_steps", [0, 1, 10, 100, 1000])
@pytest.mark.parametrize("stride", [1, 7])
def test_bounded_in_number(num_steps, stride):
    checkpoints = filled(num_steps, stride=stride, capacity=8)
    assert 1 <= len(checkpoints.steps) <= 8
    assert checkpoints.steps == list(range(0, num_steps + 1, checkpoints.stride))


@pytest.mark.parametrize("num_steps", [10, 100, 1000])
def test_bounded_in_bytes(num_steps):
    checkpoints = filled(num_steps, numbers=25, max_bytes=500)  # 100 bytes each
    assert 2 <= len(checkpoints.steps) <= 5
    assert checkpoints.steps[0] == 0


def test_two_are_kept_however_large():
    assert len(filled(64, numbers=1000, max_bytes=1).steps) == 2


def test_nearest_is_the_newest_at_or_before():
    checkpoints = filled(30, stride=10)
    for wanted, found in [(30, 30), (29, 20), (10, 10), (9, 0), (0, 0), (-5, 0), (1000, 30)]:
        step, state = checkpoints.nearest(wanted)
        assert step == found
        assert state["weights"][0].unique().item() == found


def test_states_are_copies_both_ways():
    checkpoints, weights = Checkpoints(1), torch.zeros(3)
    checkpoints.save(0, {"weights": weights})
    weights += 1
    checkpoints.nearest(0)[1]["weights"][:] = 7
    assert checkpoints.nearest(0)[1]["weights"].tolist() == [0, 0, 0]


def test_truncate_forgets_what_comes_after():
    checkpoints = filled(30, stride=10)
    checkpoints.truncate(20)
    assert checkpoints.steps == [0, 10, 20]


def test_num_bytes_looks_into_nests():
    nest = {
        "a": [torch.zeros(3), (torch.zeros(2, dtype=torch.float64), 5)],
        "b": {"c": torch.zeros(1, dtype=torch.int8)},
    }
    assert num_bytes(nest) == 12 + 16 + 1
