"""Positions in numbers: sines and cosines, what their products know, rotated pairs, and penalties on distance.

Shapes: T positions, D numbers a position, H heads.
"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
import torch
from torch import nn

from data.dataset import seeded
from models.attention_positions import PositionalEmbedding, alibi_bias, alibi_slopes, rotate, sinusoidal_positions

NUM_PLACES: Final = 64
WIDTHS: Final = (4, 8, 16, 32, 64)
BASES: Final = (10.0, 100.0, 1000.0, 10_000.0)
HEADS: Final = (2, 4, 8, 16)
STARTS: Final = 32  # positions of the query for which a score is measured at each distance
SEED: Final = 5


class Sines(NamedTuple):
    """The matrix of the paper and the products of its rows.

    Attributes:
        table: (T, D) in −1 … 1.
        products: (T, T) row times row.
        by_distance: (T / 2,) mean of row p times row p + k over p, for each k.
        spread: the largest difference among the products of one distance.
    """

    table: np.ndarray
    products: np.ndarray
    by_distance: np.ndarray
    spread: float


@cache
def sines(width: int, base: float) -> Sines:
    """The matrix for `NUM_PLACES` positions.

    Args:
        width: D.
        base: of the wavelengths.
    """
    table = sinusoidal_positions(NUM_PLACES, width, base=base).numpy().astype(float)
    products = table @ table.T
    found = [np.diagonal(products, k) for k in range(NUM_PLACES // 2)]
    spread = max(float(np.ptp(one)) for one in found)
    return Sines(table, products, np.array([one.mean() for one in found]), spread)


def angle(position: int, dimension: int, width: int, base: float) -> float:
    """What the sine or the cosine of a cell is taken of: position / base^(2i / D)."""
    return float(position / base ** (2 * (dimension // 2) / width))


class Rotation(NamedTuple):
    """A query and a key before and after RoPE, and their product by distance.

    Attributes:
        query: (D,) before; key: (D,) before.
        turned_query: (D,) at its position; turned_key: (D,) at its position.
        score: their product.
        by_distance: (T,) the product at each distance, the key before the query; mean over `STARTS` positions.
        spread: the largest difference among the products of one distance.
    """

    query: np.ndarray
    key: np.ndarray
    turned_query: np.ndarray
    turned_key: np.ndarray
    score: float
    by_distance: np.ndarray
    spread: float


@cache
def rotation(width: int, base: float, query_at: int, key_at: int, *, is_same: bool = False) -> Rotation:
    """Turns one query and one key by their positions.

    Args:
        width: D, numbers of a query.
        base: of the wavelengths.
        query_at: position of the query.
        key_at: position of the key.
        is_same: takes the query for the key, so that the score is largest at distance 0.
    """
    q, k = torch.randn(2, width, generator=seeded(SEED), dtype=torch.float64)
    q = q / q.norm()
    k = q if is_same else k / k.norm()
    length = NUM_PLACES + STARTS
    queries, keys = (rotate(one.expand(length, width), base=base) for one in (q, k))  # (T, D)
    table = (queries @ keys.T).numpy()
    found = [np.array([table[p, p - distance] for p in range(NUM_PLACES, length)]) for distance in range(NUM_PLACES)]
    spread = max(float(np.ptp(one)) for one in found)
    return Rotation(
        q.numpy(),
        k.numpy(),
        queries[query_at].numpy(),
        keys[key_at].numpy(),
        float(table[query_at, key_at]),
        np.array([one.mean() for one in found]),
        spread,
    )


class Penalty(NamedTuple):
    """ALiBi: the slope of each head, (H,), and what it adds to the scores of the last query, (H, T), near first."""

    slopes: np.ndarray
    by_distance: np.ndarray


@cache
def penalty(n_heads: int) -> Penalty:
    """The penalties of ALiBi for so many heads."""
    bias = alibi_bias(n_heads, 1, NUM_PLACES)[:, 0].flip(1)  # (H, T)
    return Penalty(alibi_slopes(n_heads).numpy(), bias.numpy() + 0.0)


class Summed(NamedTuple):
    """The lecture's table: vectors of tokens and of their positions, and what the network gets; each (T, D)."""

    tokens: np.ndarray
    positions: np.ndarray
    inputs: np.ndarray


@torch.no_grad()
def added(words: tuple[str, ...], width: int, *, is_learned: bool) -> Summed:
    """The vectors that a fresh network gives words and their positions.

    Args:
        words: T of them.
        width: D.
        is_learned: a table of positions to be learned, as in the lecture's code, instead of sines and cosines.
    """
    vocabulary = sorted(set(words))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        embedding = nn.Embedding(len(vocabulary), width)
        places = PositionalEmbedding(width, len(words), "learned" if is_learned else "sinusoidal")
    tokens = embedding(torch.tensor([vocabulary.index(word) for word in words]))
    positions = places(len(words))
    return Summed(tokens.numpy(), positions.numpy(), (tokens + positions).numpy())
