import numpy as np
import pytest

from training.history import Columns, History


def filled(*, stride, capacity, num_steps):
    history = History(stride, capacity)
    for step in range(num_steps + 1):
        if history.is_due(step):
            history.append(step, {"loss": step / 2})
    return history


@pytest.mark.parametrize("stride", [1, 3, 50])
@pytest.mark.parametrize("num_steps", [0, 7, 100, 999, 5000])
@pytest.mark.parametrize("capacity", [7, 8])
def test_rows_are_bounded_even_and_reach_the_end(stride, num_steps, capacity):
    history = filled(stride=stride, capacity=capacity, num_steps=num_steps)
    columns = history.columns()
    assert 1 <= len(columns.steps) <= capacity
    np.testing.assert_array_equal(columns.steps, np.arange(0, num_steps + 1, history.stride))
    np.testing.assert_array_equal(columns.values["loss"], columns.steps / 2)
    assert history.stride in [stride * 2**doublings for doublings in range(14)]


def test_nothing_is_thinned_before_it_is_full():
    assert len(filled(stride=1, capacity=8, num_steps=7).columns().steps) == 8
    assert filled(stride=1, capacity=8, num_steps=7).stride == 1
    assert filled(stride=1, capacity=8, num_steps=8).stride == 2


def test_truncate_forgets_what_comes_after():
    history = filled(stride=2, capacity=100, num_steps=20)
    history.truncate(9)
    np.testing.assert_array_equal(history.columns().steps, [0, 2, 4, 6, 8])
    assert history.column("loss")[-1] == 4.0
    history.append(10, {"loss": 5.0})
    np.testing.assert_array_equal(history.columns().steps, [0, 2, 4, 6, 8, 10])


def test_going_back_and_on_again_gives_the_same_rows():
    once = filled(stride=1, capacity=8, num_steps=100)
    again = filled(stride=1, capacity=8, num_steps=60)
    again.truncate(21)
    for step in range(22, 101):
        if again.is_due(step):
            again.append(step, {"loss": step / 2})
    np.testing.assert_array_equal(once.columns().steps, again.columns().steps)


def test_columns_are_a_copy():
    history = filled(stride=1, capacity=4, num_steps=3)
    columns = history.columns()
    history.append(4, {"loss": 9.0})
    np.testing.assert_array_equal(columns.steps, [0, 1, 2, 3])
    np.testing.assert_array_equal(columns.values["loss"], [0, 0.5, 1, 1.5])


def test_a_number_that_appears_later_is_nan_before():
    history = History(1)
    history.append(0, {"loss": 2.0})
    history.append(1, {"loss": 1.0, "accuracy": 0.5})
    np.testing.assert_array_equal(history.columns().values["accuracy"], [np.nan, 0.5])


def test_last_value():
    history = History(1)
    assert np.isnan(history.columns().last("loss"))
    history.append(0, {"loss": 2.0})
    assert history.columns().last("loss") == 2.0
    assert np.isnan(history.columns().last("no such column"))


@pytest.mark.parametrize("num_steps", [0, 1, 7, 300, 5000])
def test_a_history_made_of_columns_goes_on_like_the_first(num_steps):
    one = filled(stride=2, capacity=64, num_steps=num_steps)
    other = History.of(one.columns(), 2)
    other.capacity = 64
    for step in range(num_steps + 1, num_steps + 400):
        for history in (one, other):
            if history.is_due(step):
                history.append(step, {"loss": step / 2})
    assert one.stride == other.stride
    np.testing.assert_array_equal(one.columns().steps, other.columns().steps)
    np.testing.assert_array_equal(one.columns().values["loss"], other.columns().values["loss"])


@pytest.mark.parametrize("steps", [[], [5, 10], [0, 2, 3], [0, 10, 5], [0, 0, 0]])
def test_columns_that_no_history_gives_are_refused(steps):
    with pytest.raises(ValueError, match="history"):
        History.of(Columns(np.array(steps, dtype=np.int64), {"loss": np.zeros(len(steps))}), 2)


def test_columns_until():
    columns = filled(stride=2, capacity=100, num_steps=20).columns()
    assert columns.until(9).steps.tolist() == [0, 2, 4, 6, 8]
    assert len(columns.until(9).values["loss"]) == 5
    assert len(columns.until(100).steps) == len(columns.steps)
