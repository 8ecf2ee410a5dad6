"""Positions: the formula of the paper, and scores that depend on distance only."""

import math

import pytest
import torch

from models.attention_positions import (
    POSITIONS,
    PositionalEmbedding,
    alibi_bias,
    alibi_slopes,
    rotate,
    sinusoidal_positions,
)


def test_one_cell_by_hand():
    table = sinusoidal_positions(10, 8)
    assert table[3, 4].item() == pytest.approx(math.sin(3 / 10_000 ** (4 / 8)))
    assert table[3, 5].item() == pytest.approx(math.cos(3 / 10_000 ** (4 / 8)))
    torch.testing.assert_close(sinusoidal_positions(4, 8, start=6), table[6:])
    assert sinusoidal_positions(4, 7).shape == (4, 7)


def test_the_product_of_two_positions_depends_on_their_distance_only():
    table = sinusoidal_positions(60, 16).double()
    products = table @ table.T
    for k in (1, 7, 30):
        torch.testing.assert_close(products.diagonal(k), products.diagonal(k)[:1].expand(60 - k), atol=1e-5, rtol=0)
    assert products.diagonal(1)[0] > products.diagonal(7)[0]


def test_turned_queries_and_keys_know_their_distance_only():
    torch.manual_seed(0)
    q, k = torch.randn(8), torch.randn(8)
    scores = rotate(q.expand(30, 8)) @ rotate(k.expand(30, 8)).T
    for distance in (0, 3, 12):
        torch.testing.assert_close(scores.diagonal(distance), scores.diagonal(distance)[:1].expand(30 - distance))
    torch.testing.assert_close(rotate(q[None])[0], q)  # the first position is not turned
    torch.testing.assert_close(rotate(q[None], 5).norm(), q.norm())
    torch.testing.assert_close(rotate(q.expand(3, 8), 5), rotate(q.expand(8, 8))[5:])


def test_the_slopes_of_eight_heads_are_the_papers():
    torch.testing.assert_close(alibi_slopes(8), torch.tensor([1 / 2**i for i in range(1, 9)]))
    bias = alibi_bias(2, 2, 4)  # the queries stand at places 2 and 3
    torch.testing.assert_close(bias[0], -torch.tensor([[2.0, 1, 0, 1], [3, 2, 1, 0]]) / 16)


@pytest.mark.parametrize("positions", POSITIONS)
def test_positions_go_on_from_where_they_were(positions):
    torch.manual_seed(0)
    layer = PositionalEmbedding(8, 12, positions)
    assert layer(12).shape == (12, 8)
    torch.testing.assert_close(layer(5, 7), layer(12)[7:])
    assert bool(layer(12).any()) == (positions in ("learned", "sinusoidal"))


def test_a_learned_table_ends():
    layer = PositionalEmbedding(8, 12)
    with pytest.raises(ValueError, match="end at 12, the sequence has 13"):
        layer(13)
    assert PositionalEmbedding(8, 12, "sinusoidal")(40).shape == (40, 8)
