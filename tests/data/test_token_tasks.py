"""Made-up rows of tokens: the answers are right, and the test asks nothing that comes in training."""

import pytest
import torch

from data.dataset import seeded
from data.token_tasks import EQUALS, PLUS, addition, induction, random_tokens, sorting


def whole(rows):
    return torch.cat([rows.inputs, rows.targets[:, -1:]], dim=1)


@pytest.mark.parametrize("num_digits", [2, 6, 8])
def test_digits_are_sorted(num_digits):
    rows = whole(sorting(50, num_digits, generator=seeded(0)))
    assert torch.equal(rows[:, num_digits:], rows[:, :num_digits].sort(1).values)


@pytest.mark.parametrize("num_digits", [2, 3, 8])
@pytest.mark.parametrize("is_reversed", [False, True])
def test_sums_are_right(num_digits, is_reversed):
    made = addition(50, num_digits, is_reversed=is_reversed, generator=seeded(0))
    for row, weights in zip(whole(made).tolist(), made.weights.tolist(), strict=True):
        place = row.index(EQUALS)
        assert row[num_digits] == PLUS
        one, other, total = row[:num_digits], row[num_digits + 1 : place], row[place + 1 :]
        numbers = [int("".join(map(str, part))) for part in (one, other, total[::-1] if is_reversed else total)]
        assert numbers[0] + numbers[1] == numbers[2]
        assert weights == [0.0] * place + [1.0] * (num_digits + 1)


@pytest.mark.parametrize("maker", [sorting, addition])
@pytest.mark.parametrize("num_digits", [2, 4])
def test_the_test_asks_nothing_that_comes_in_training(maker, num_digits):
    parts = [maker(400, num_digits, is_test=is_test, generator=seeded(0)).inputs.tolist() for is_test in (False, True)]
    asked, learnt = ({tuple(row) for row in part} for part in reversed(parts))
    assert asked
    assert not asked & learnt


def test_letters_repeat_at_many_distances():
    made = induction(200, 30, generator=seeded(0))
    periods = set()
    for row, weights in zip(whole(made).tolist(), made.weights.tolist(), strict=True):
        period = weights.index(1.0) + 1
        periods.add(period)
        assert row[period:] == row[:-period]
        assert set(weights[period - 1 :]) == {1.0}
    assert periods == set(range(6, 16))


def test_random_letters_say_nothing_of_each_other():
    made = random_tokens(2000, 16, generator=seeded(0))
    pairs = (made.inputs * 16 + made.targets).flatten().bincount(minlength=256).float()
    assert pairs.min() > 0.6 * pairs.mean()
    assert pairs.max() < 1.4 * pairs.mean()
