"""Positions: products know the distance only, for sines as for rotated pairs; a cell is worked out by hand."""

import math

import numpy as np
import pytest

from experiments.attention_positions import (
    BASES,
    HEADS,
    NUM_PLACES,
    WIDTHS,
    added,
    angle,
    penalty,
    rotation,
    sines,
)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("base", BASES)
def test_products_of_sines_depend_on_the_distance_only(width, base):
    found = sines(width, base)
    assert found.spread < 1e-4 * width
    k = np.arange(len(found.by_distance))[:, None]
    wanted = np.cos(k / base ** (np.arange(0, width, 2) / width)).sum(1)
    np.testing.assert_allclose(found.by_distance, wanted, atol=1e-4 * width)
    assert found.by_distance[0] == pytest.approx(width / 2, rel=1e-5)


def test_a_cell_worked_out_by_hand():
    table = sines(4, 100.0).table
    assert table[3, 0] == pytest.approx(math.sin(3))
    assert table[3, 3] == pytest.approx(math.cos(3 / 10))
    assert angle(3, 3, 4, 100.0) == pytest.approx(0.3)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("is_same", [False, True])
def test_rotated_pairs_keep_their_lengths_and_know_the_distance(width, is_same):
    found = rotation(width, 10_000.0, 9, 5, is_same=is_same)
    assert found.spread < 1e-5
    assert found.score == pytest.approx(found.by_distance[4], abs=1e-6)
    pairs = [np.hypot(one[0::2], one[1::2]) for one in (found.query, found.turned_query)]
    np.testing.assert_allclose(*pairs, atol=1e-6)
    if is_same:
        assert found.by_distance[0] == pytest.approx(1)
        assert found.by_distance.argmax() == 0


@pytest.mark.parametrize("n_heads", HEADS)
def test_a_penalty_is_the_slope_times_the_distance(n_heads):
    found = penalty(n_heads)
    np.testing.assert_allclose(found.by_distance, -found.slopes[:, None] * np.arange(NUM_PLACES))
    assert found.slopes[0] == pytest.approx(2 ** (-8 / n_heads))
    assert found.slopes[-1] == pytest.approx(2**-8)


@pytest.mark.parametrize("is_learned", [False, True])
def test_the_table_of_the_lecture_adds_up(is_learned):
    found = added(("the", "cat", "the"), 8, is_learned=is_learned)
    np.testing.assert_allclose(found.tokens + found.positions, found.inputs)
    np.testing.assert_array_equal(found.tokens[0], found.tokens[2])
    assert not np.allclose(found.inputs[0], found.inputs[2])
    if not is_learned:
        np.testing.assert_allclose(found.positions[0], [0, 1] * 4, atol=1e-7)
