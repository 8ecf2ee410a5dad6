"""SmolLM2 from the inside: what it would say after each block, how early its answer leads, and who looks where.

The last layer reads the stream after each block as if the rest were left out (the logit lens, nostalgebraist 2020).

Shapes: T tokens of a text, R readings (after the embeddings and after each block), L blocks, H heads, K likeliest
tokens.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import torch
from torch import Tensor

from data.dataset import DataError
from experiments.pretrained_language import smollm, tokens_of

MOST_TOKENS: Final = 16  # that fit beside each other
LIKELIEST: Final = 5  # K


@dataclass(frozen=True, eq=False)
class BlockLens:
    """What one text does inside.

    Attributes:
        names: T tokens, each to look at.
        readings: R names, from the embeddings to the last block.
        ids: (R, T, K) the likeliest next tokens, the likeliest first.
        chances: (R, T, K) of these.
        ranks: (R, T) of the answer that the whole network gives, 1 where it leads.
        shares: (R, T) the chance of that answer.
        weights: (L, H, T, T) of every attention.
    """

    names: tuple[str, ...]
    readings: tuple[str, ...]
    ids: np.ndarray
    chances: np.ndarray
    ranks: np.ndarray
    shares: np.ndarray
    weights: np.ndarray

    @property
    def leads_from(self) -> np.ndarray:
        """(T,) the block after which the answer leads and is not overtaken again; 0 is the embeddings."""
        behind = self.ranks > 1  # (R, T)
        last = len(behind) - 1 - np.argmax(behind[::-1], axis=0)
        found: np.ndarray = np.where(behind.any(0), last + 1, 0)
        return found


@lru_cache(maxsize=8)
def look_through(text: str) -> BlockLens:
    """Looks into the network while it reads a text.

    Raises:
        DataError: if the text cannot be read, or has too many tokens for the picture.
    """
    ids = tokens_of(text)
    if len(ids) > MOST_TOKENS:
        raise DataError(f"The text has {len(ids)} tokens, and at most {MOST_TOKENS} fit beside each other: shorten it.")
    network, vocabulary = smollm().network, smollm().tokenizer.vocabulary
    with torch.inference_mode():
        streams, weights = [network.token_emb(ids[None])], []
        for stream, looked in network.blocks_in_turn(streams[0]):
            streams.append(stream)
            weights.append(looked[0])
        answers = network.read_out(stream)[0].argmax(1)  # (T,)
        read = [_read(network.read_out(one)[0], answers) for one in streams]
        chances, tokens, ranks, shares = (torch.stack(column).numpy() for column in zip(*read, strict=True))
    readings = ("embeddings", *(f"block {number + 1}" for number in range(len(weights))))
    names = tuple(vocabulary[token] for token in ids.tolist())
    return BlockLens(names, readings, tokens, chances, ranks, shares, torch.stack(weights).numpy())


def _read(logits: Tensor, answers: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The likeliest tokens' chances and numbers, and the answers' ranks and chances, at each place."""
    chances = logits.softmax(1)  # (T, V)
    top = chances.topk(LIKELIEST, dim=1)
    own = logits.gather(1, answers[:, None])
    return top.values, top.indices, 1 + (logits > own).sum(1), chances.gather(1, answers[:, None])[:, 0]
