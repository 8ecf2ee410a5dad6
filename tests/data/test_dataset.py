from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from data.dataset import Dataset, seeded, split_mask, standardise


def small(**changes: object) -> Dataset:
    dataset = Dataset(
        name="small",
        task="classification",
        raw=torch.zeros(4, 2),
        target=torch.tensor([0, 1, 0, 1]),
        is_test=torch.tensor([False, False, False, True]),
        feature_names=("a", "b"),
        class_names=("no", "yes"),
        target_name="answer",
    )
    return replace(dataset, **changes)


def test_dataset_counts_its_parts():
    dataset = small()
    assert (dataset.num_points, dataset.num_train, dataset.num_test) == (4, 3, 1)
    assert (dataset.num_features, dataset.num_classes) == (2, 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"raw": torch.full((4, 2), float("nan"))},
        {"raw": torch.zeros(4, 3)},
        {"target": torch.tensor([0, 1, 0, 2])},
        {"target": torch.tensor([0, 1, 0, -1])},
        {"target": torch.tensor([0.0, 1.0, 0.0, 1.0])},
        {"is_test": torch.ones(4, dtype=torch.bool)},
        {"is_test": torch.zeros(3, dtype=torch.bool)},
        {"task": "regression"},
    ],
)
def test_dataset_refuses_what_does_not_fit_together(changes):
    with pytest.raises((AssertionError, TypeError)):  # a TypeError where the shapes are checked by jaxtyping
        small(**changes)


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 200), share=st.floats(0, 1), seed=st.integers(0, 99))
def test_split_keeps_rows_on_both_sides(n, share, seed):
    is_test = split_mask(n, share, seeded(seed))
    num_test = int(is_test.sum())
    assert is_test.shape == (n,)
    assert n - num_test >= min(2, n)
    assert num_test >= (1 if share > 0 and n >= 4 else 0)
    if 4 <= n * share <= n - 4:
        assert num_test == round(n * share)


@settings(max_examples=40, deadline=None)
@given(counts=st.lists(st.integers(2, 40), min_size=2, max_size=10), share=st.floats(0.1, 0.9), seed=st.integers(0, 99))
def test_split_is_stratified(counts, share, seed):
    target = torch.arange(len(counts)).repeat_interleave(torch.tensor(counts))
    target = target[torch.randperm(len(target), generator=seeded(seed))]
    is_test = split_mask(len(target), share, seeded(seed), target)
    for label, count in enumerate(counts):
        num_test = int(is_test[target == label].sum())
        assert num_test < count, "a class nobody trains on"
        assert abs(num_test - count * share) <= 1.5, "not its share"
    assert 1 <= int(is_test.sum()) <= max(round(len(target) * share), 1)


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_split_keeps_a_row_of_every_class_for_training(share):
    target = torch.tensor([0] * 20 + [1] * 2 + [2])
    for seed in range(20):
        is_test = split_mask(23, share, seeded(seed), target)
        assert target[~is_test].unique().tolist() == [0, 1, 2]


def test_split_is_the_seeds():
    assert torch.equal(split_mask(50, 0.3, seeded(1)), split_mask(50, 0.3, seeded(1)))
    assert not torch.equal(split_mask(50, 0.3, seeded(1)), split_mask(50, 0.3, seeded(2)))


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_split_refuses_a_share_that_is_none(share):
    with pytest.raises(ValueError, match="test_share"):
        split_mask(10, share, seeded(0))


def test_standardise_measures_the_training_rows_only():
    raw = torch.tensor([[1.0], [3.0], [1000.0]])
    mean, std = standardise(raw, torch.tensor([False, False, True]))
    assert (mean.item(), std.item()) == (2.0, 1.0)


def test_standardise_by_hand_and_constant_columns():
    raw = torch.tensor([[0.1, 0.0], [0.1, 2.0], [0.1, 4.0]])
    mean, std = standardise(raw, torch.zeros(3, dtype=torch.bool))
    assert torch.allclose(mean, torch.tensor([0.1, 2.0]))
    assert torch.allclose(std, torch.tensor([1.0, (8 / 3) ** 0.5]))


def test_standardise_sees_a_constant_through_rounding():
    for n in range(2, 60):
        _, std = standardise(torch.full((n, 1), 0.1), torch.zeros(n, dtype=torch.bool))
        assert std.item() == 1


def test_standardise_keeps_small_variation_on_a_large_offset():
    raw = 1e6 + torch.arange(8.0).unsqueeze(1)
    _, std = standardise(raw, torch.zeros(8, dtype=torch.bool))
    assert std.item() == pytest.approx(5.25**0.5)
