"""Attention worked out by hand on a short sentence, and why its scores are divided by √d.

Shapes: T words, D numbers a word, d numbers a head, N queries and S keys that are drawn at random.
"""

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from data.dataset import DataError, seeded
from models.attention import MultiHeadAttention, causal_mask, scaled_dot_product_attention
from models.attention_positions import alibi_bias, rotate, sinusoidal_positions

MOST_WORDS: Final = 8
MOST_LETTERS: Final = 20  # of one word
D_MODEL: Final = 8
N_HEADS: Final = 2
SPREAD: Final = 1.7  # of the made-up word vectors: with it, fresh heads already prefer some words
SEED: Final = 7

WIDTHS: Final = (2, 4, 8, 16, 32, 64, 128, 256, 512)
NUM_QUERIES: Final = 400
NUM_KEYS: Final = 16
SURE: Final = 0.9  # a row whose largest weight is above it has all but chosen


class Given(NamedTuple):
    """A sentence as a network reads it, and the attention that looks at it.

    Attributes:
        tokens: T of them.
        inputs: (T, D) what the attention gets.
        layer: the attention.
    """

    tokens: tuple[str, ...]
    inputs: Tensor
    layer: MultiHeadAttention


GivenOf = Callable[[tuple[str, ...]], Given]


@dataclass(frozen=True)
class ByHand:
    """Every number between a sentence and what one head makes of it.

    Attributes:
        tokens: T words.
        q: (T, d) queries; k: (T, d) keys; v: (T, d) values.
        products: (T, T) q · k.
        scores: (T, T) after the division by √d and by the temperature.
        is_seen: (T, T) bool.
        weights: (T, T) rows sum to 1.
        out: (T, d) the means of the values.
        divisor: what the products were divided by.
    """

    tokens: tuple[str, ...]
    q: np.ndarray
    k: np.ndarray
    v: np.ndarray
    products: np.ndarray
    scores: np.ndarray
    is_seen: np.ndarray
    weights: np.ndarray
    out: np.ndarray
    divisor: float


def words_of(text: str) -> tuple[str, ...]:
    """The words of a visitor's sentence.

    Raises:
        DataError: if there is none, or more than can be drawn with all their numbers.
    """
    words = tuple(text.split())
    if not words:
        raise DataError(f"There is no word yet: type one to {MOST_WORDS}.")
    if len(words) > MOST_WORDS:
        raise DataError(
            f"That is {len(words)} words: all numbers have room for at most {MOST_WORDS}, so take some out."
        )
    if (longest := max(map(len, words))) > MOST_LETTERS:
        raise DataError(f"A word has {longest} letters: there is room for {MOST_LETTERS}, so shorten it.")
    return words


def seeded_attention(words: tuple[str, ...], *, has_positions: bool = True) -> Given:
    """A small attention with fresh weights, and a made-up vector for each word; the same word, the same vector.

    Args:
        words: T of them.
        has_positions: adds the sines and cosines of the paper.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        layer = MultiHeadAttention(D_MODEL, N_HEADS)
    vectors = [torch.randn(D_MODEL, generator=seeded(zlib.crc32(word.encode()))) for word in words]
    inputs = SPREAD * torch.stack(vectors)  # (T, D)
    if has_positions:
        inputs = inputs + sinusoidal_positions(len(words), D_MODEL)
    return Given(words, inputs, layer)


@torch.no_grad()
def work_out(
    given: Given, head: int = 0, *, is_causal: bool = False, is_scaled: bool = True, temperature: float = 1.0
) -> ByHand:
    """All numbers of one head.

    Args:
        given: the sentence and its attention.
        head: from 0.
        is_causal: lets each word look only at itself and at those before.
        is_scaled: divides by √d.
        temperature: divides once more.
    """
    layer, num_places = given.layer, len(given.tokens)
    q, k, v = layer.queries_keys_values(given.inputs[None])
    if layer.positions == "RoPE":
        q, k = rotate(q), rotate(k)
    q, k, v = q[0, head], k[0, head], v[0, head]  # (T, d)
    mask = causal_mask(num_places) if is_causal else torch.ones(num_places, num_places, dtype=torch.bool)
    bias = alibi_bias(layer.n_heads, num_places, num_places)[head] if layer.positions == "ALiBi" else None
    out, weights = scaled_dot_product_attention(q, k, v, mask, bias, is_scaled=is_scaled, temperature=temperature)
    divisor = temperature * (math.sqrt(q.shape[-1]) if is_scaled else 1.0)
    products = q @ k.T
    scores = products / divisor + (0.0 if bias is None else bias)
    return ByHand(
        tokens=given.tokens,
        q=q.numpy(),
        k=k.numpy(),
        v=v.numpy(),
        products=products.numpy(),
        scores=scores.numpy(),
        is_seen=mask.numpy(),
        weights=weights.numpy(),
        out=out.numpy(),
        divisor=divisor,
    )


class Saturation(NamedTuple):
    """What softmax makes of the products of random queries and keys.

    Attributes:
        scores: (N, S).
        largest: (N,) the largest weight of each row.
        gradient: mean size of ∂weights/∂scores, the Frobenius norm of diag(w) − w wᵀ.
    """

    scores: np.ndarray
    largest: np.ndarray
    gradient: float

    @property
    def share_sure(self) -> float:
        """Share of the rows whose largest weight is above 0.9."""
        return float((self.largest > SURE).mean())


@cache
def saturation(width: int, temperature: float = 1.0, *, is_scaled: bool) -> Saturation:
    """Draws queries and keys with numbers of spread 1, and takes their softmax.

    Args:
        width: d, numbers of a query and of a key.
        temperature: divides the scores.
        is_scaled: divides them by √d too.
    """
    q = torch.randn(NUM_QUERIES, 1, width, generator=seeded(1))
    k = torch.randn(NUM_QUERIES, NUM_KEYS, width, generator=seeded(2))  # fresh keys for each query
    _, weights = scaled_dot_product_attention(q, k, k, is_scaled=is_scaled, temperature=temperature)
    divisor = temperature * (math.sqrt(width) if is_scaled else 1.0)
    scores = (q @ k.transpose(1, 2))[:, 0] / divisor
    w = weights[:, 0].double()
    return Saturation(scores.numpy(), w.amax(1).numpy(), softmax_slope(w).mean().item())


def softmax_slope(weights: Float[Tensor, "N S"]) -> Float[Tensor, " N"]:
    """Size of the derivative of softmax at these weights: ‖diag(w) − w wᵀ‖; 0 where one weight is 1."""
    squares = weights.square()
    return (squares.sum(1) - 2 * (squares * weights).sum(1) + squares.sum(1).square()).clamp(min=0).sqrt()
