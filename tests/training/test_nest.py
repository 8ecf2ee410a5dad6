"""The state of a run, taken apart and put together."""

import json
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from training.nest import difference, put_together, taken_apart

NUMBERS = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=8)
TENSORS = st.sampled_from(
    [torch.zeros(()), torch.ones(2, 3), torch.arange(4), torch.tensor([True]), torch.zeros(0), torch.eye(3).T[:, 1:]]
)
KEYS = st.integers(-5, 5) | st.sampled_from(["a", "1", "a/b", "0/1", "", "tensor", "dict", "'"])
NESTS = st.recursive(
    NUMBERS | TENSORS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple) | st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=12,
)


def is_same(one, other):
    if isinstance(one, torch.Tensor):
        return isinstance(other, torch.Tensor) and one.dtype == other.dtype and torch.equal(one, other)
    if isinstance(one, dict):
        return type(other) is dict and list(one) == list(other) and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(is_same, one, other))
    return type(one) is type(other) and one == other


@given(NESTS)
def test_it_comes_back_as_it_was(nest) -> None:
    tensors, rest = taken_apart(nest)
    assert is_same(nest, put_together(tensors, json.loads(json.dumps(rest, allow_nan=False))))
    assert difference(nest, nest, []) == ""


def test_numbers_that_json_does_not_know() -> None:
    _, rest = taken_apart([math.inf, -math.inf, math.nan])
    high, low, none = put_together({}, json.loads(json.dumps(rest, allow_nan=False)))
    assert (high, low) == (math.inf, -math.inf)
    assert math.isnan(none)


@pytest.mark.parametrize("thing", [{1.5: 2}, {True: 2}, object(), b"bytes", {1, 2}])
def test_what_has_no_place_in_a_file_is_refused(thing) -> None:
    with pytest.raises(TypeError):
        taken_apart({"a": thing})


@pytest.mark.parametrize(
    "rest",
    [
        [1],
        {},
        {"tensor": "b"},
        {"tensor": 1},
        {"tensor": "a", "list": []},
        {"float": "1"},
        {"list": {}},
        {"dict": [["a"]]},
        {"dict": [[1.5, 2]]},
        {"dict": [[True, 2]]},
        {"dict": [1]},
        {"list": [{"pickle": "x"}]},
    ],
)
def test_what_is_not_ours_is_refused(rest) -> None:
    with pytest.raises(ValueError, match="state"):
        put_together({"a": torch.zeros(1)}, rest)


WEIGHTS = [torch.zeros(2, 3), torch.zeros(3)]
LIKE = {
    "weights": WEIGHTS,
    "place": [1, 2.0],
    "name": "a",
    "memory": {0: {"step": torch.zeros(()), "m": torch.zeros(2, 3)}},
    "none": {},
}


def test_an_optimiser_may_remember_less_or_more() -> None:
    assert difference({**LIKE, "memory": {}}, LIKE, WEIGHTS) == ""
    assert difference({**LIKE, "none": {1: {"m": torch.zeros(3), "n": None}}}, LIKE, WEIGHTS) == ""


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"weights": [torch.zeros(2, 3)]}, "weights"),
        ({"weights": tuple(WEIGHTS)}, "weights"),
        ({"weights": [torch.zeros(3, 2), WEIGHTS[1]]}, "weights/0"),
        ({"weights": [WEIGHTS[0], torch.zeros(3, dtype=torch.float64)]}, "weights/1"),
        ({"weights": [WEIGHTS[0], 1.0]}, "weights/1"),
        ({"place": [1, "2"]}, "place/1"),
        ({"place": [1, True]}, "place/1"),
        ({"name": None}, "name"),
        ({"memory": {0: {"step": torch.zeros(()), "m": torch.zeros(1)}}}, "memory/0/m"),
        ({"memory": {0: {"step": torch.zeros(())}}}, "memory/0"),
        ({"memory": {"0": LIKE["memory"]}}, "memory"),
        ({"none": {1: {"m": torch.zeros(4)}}}, "none/1"),
        ({"none": {2: {"m": torch.zeros(3)}}}, "none/2"),
        ({"none": {-1: {"m": torch.zeros(3)}}}, "none/-1"),
        ({"none": {1: torch.zeros(3)}}, "none/1"),
        ({"more": 1}, "root"),
    ],
)
def test_a_difference_is_found_where_it_is(change, place) -> None:
    found = difference({**LIKE, **change}, LIKE, WEIGHTS, "root")
    assert found == (place if place == "root" else f"root/{place}")
