"""What each part of a decoder costs: parameters, arithmetic a token, and the cache of keys and values.

Of the network of a run all is counted in the network itself. The published ones are computed from their published
shapes: width D, layers L, units F of the feed-forward part, context T, vocabulary V. Multiplying and adding count as
two operations.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import torch

from training.anatomy import anatomy

PARTS: Final = ("embeddings", "attention", "feed-forward", "normalisation", "last layer")
GPT2: Final = "https://huggingface.co/openai-community/gpt2/blob/main/config.json"
GPT2_PAPER: Final = (
    "https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf"
)
GPT3_PAPER: Final = "https://arxiv.org/abs/2005.14165"
_PLACES: Final = {  # where a part's modules are in a decoder, by a word of their path
    "emb": "embeddings",
    "attention": "attention",
    "feed_forward": "feed-forward",
    "norm": "normalisation",
    "lm_head": "last layer",
}


@dataclass(frozen=True)
class Cost:
    """One network.

    Attributes:
        name: what it is called.
        num_parameters: of each of `PARTS`.
        num_operations: of each of `PARTS` for one token, when the context is full.
        num_cached: numbers that are kept for each token read: keys and values of all layers.
        max_len: context, in tokens.
    """

    name: str
    num_parameters: tuple[int, ...]
    num_operations: tuple[float, ...]
    num_cached: int
    max_len: int

    @property
    def total(self) -> int:
        """All parameters."""
        return sum(self.num_parameters)

    @property
    def operations(self) -> float:
        """All operations for one token, when the context is full."""
        return sum(self.num_operations)

    def cache_bytes(self, num_tokens: Any, bytes_each: int) -> Any:
        """Bytes of keys and values after so many tokens, a number or an array."""
        return num_tokens * (self.num_cached * bytes_each)


@dataclass(frozen=True)
class Shape:
    """A published decoder of GPT-2's kind: learned positions, biases, the last layer tied to the embeddings.

    Attributes:
        name: as it was published.
        num_layers: L.
        d_model: D.
        max_len: T.
        vocab_size: V.
        widening: F / D.
    """

    name: str
    num_layers: int
    d_model: int
    max_len: int = 1024
    vocab_size: int = 50257
    widening: int = field(default=4)

    def cost(self) -> Cost:
        """What it costs, from the shape alone."""
        layers, wide, context = self.num_layers, self.d_model, self.max_len
        hidden = self.widening * wide
        attention, feed_forward = 4 * wide**2, 2 * wide * hidden  # weights of a layer
        return Cost(
            self.name,
            (
                (self.vocab_size + context) * wide,
                layers * (attention + 4 * wide),
                layers * (feed_forward + hidden + wide),
                layers * 4 * wide + 2 * wide,  # two in each layer, and one before the last layer
                0,  # the embeddings serve again
            ),
            (
                0.0,
                2.0 * layers * (attention + 2 * context * wide),  # scores and means over the whole context
                2.0 * layers * feed_forward,
                0.0,
                2.0 * self.vocab_size * wide,
            ),
            2 * layers * wide,
            context,
        )


PUBLISHED: Final = (
    Shape("GPT-2 small", 12, 768),
    Shape("GPT-2 medium", 24, 1024),
    Shape("GPT-2 large", 36, 1280),
    Shape("GPT-2 XL", 48, 1600),
    Shape("GPT-3 2.7B", 32, 2560, 2048),
    Shape("GPT-3 6.7B", 32, 4096, 2048),
    Shape("GPT-3 175B", 96, 12288, 2048),
)


def live_cost(experiment: Any, name: str) -> Cost:
    """The network of an experiment, counted layer by layer in one pass of its own batch. Changes nothing.

    Args:
        experiment: whose `model` is a `DecoderOnly`.
        name: what to call it.
    """
    network = experiment.networks()["network"]
    found = anatomy(network)
    num_tokens = network.inputs[0].numel()
    counts, work = dict.fromkeys(PARTS, 0), dict.fromkeys(PARTS, 0.0)
    for layer in found.layers:
        if not layer.num_parameters and not layer.num_macs:
            continue  # dropout, say
        part = part_of(layer.path)
        counts[part] += layer.num_parameters
        work[part] += 2 * layer.num_macs / num_tokens
    model = experiment.model
    return Cost(name, tuple(counts.values()), tuple(work.values()), cached_numbers(model), model.max_len)


def part_of(path: str) -> str:
    """Which part a layer belongs to.

    Raises:
        ValueError: if it has none.
    """
    for word in reversed(path.split(".")):
        for begin, part in _PLACES.items():
            if begin in word:
                return part
    raise ValueError(f"{path!r} belongs to no part of a decoder")


def cached_numbers(model: Any) -> int:
    """Keys and values that each token leaves behind: two vectors in every layer."""
    return sum(2 * block.attention.out_proj.in_features for block in model.blocks)


@torch.no_grad()
def measured_cache_bytes(model: Any, num_tokens: int) -> int:
    """Bytes of the keys and values that a real pass over some tokens leaves in fresh caches."""
    caches = model.fresh_caches()
    device = next(model.parameters()).device
    model(torch.zeros(1, num_tokens, dtype=torch.int64, device=device), caches=caches)
    kept = [tensor for cache in caches for tensor in (cache.keys, cache.values)]
    return sum(one.numel() * one.element_size() for one in kept if one is not None)


def published_costs() -> tuple[Cost, ...]:
    """GPT-2 and GPT-3, smallest first."""
    return tuple(shape.cost() for shape in PUBLISHED)


def shares(costs: tuple[Cost, ...], quantity: str) -> np.ndarray:
    """(networks, parts) of `num_parameters` or `num_operations`, each network summing to 1."""
    values = np.array([getattr(cost, quantity) for cost in costs], dtype=np.float64)
    normed: np.ndarray = values / values.sum(1, keepdims=True)
    return normed
