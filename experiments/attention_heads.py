"""What a head does, measured: where the mass of its weights lies, and what is lost without it.

Shapes: L layers, H heads, N sequences, T places, K behaviours.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from models.attention import MultiHeadAttention
from models.attention_inside import attention_layers

NAMED_FROM: Final = 0.3  # share of a head's mass from which on it is called by what it does
FEWEST: Final = 0.02  # places that must have something to look at before a share of them means anything


def previous(tokens: Int64[Tensor, "N T"]) -> Bool[Tensor, "N T T"]:
    """The place before."""
    places = torch.arange(tokens.shape[1], device=tokens.device)
    return (places[:, None] - 1 == places).expand(len(tokens), -1, -1)


def duplicate(tokens: Int64[Tensor, "N T"]) -> Bool[Tensor, "N T T"]:
    """Earlier places with the same letter."""
    return (tokens[:, :, None] == tokens[:, None, :]).tril(-1)


def induction(tokens: Int64[Tensor, "N T"]) -> Bool[Tensor, "N T T"]:
    """Places right after an earlier one with the same letter: what came next last time."""
    after = torch.zeros_like(duplicate(tokens))
    after[:, :, 1:] = duplicate(tokens)[:, :, :-1]
    return after


def itself(tokens: Int64[Tensor, "N T"]) -> Bool[Tensor, "N T T"]:
    """The own place."""
    return torch.eye(tokens.shape[1], dtype=torch.bool, device=tokens.device).expand(len(tokens), -1, -1)


def mirrored(tokens: Int64[Tensor, "N T"]) -> Bool[Tensor, "N T T"]:
    """The place as far from the end as the own one is from the start."""
    return itself(tokens).flip(2)


BEHAVIOURS: Final[dict[str, Callable[[Int64[Tensor, "N T"]], Bool[Tensor, "N T T"]]]] = {
    "previous": previous,
    "duplicate": duplicate,
    "induction": induction,
    "itself": itself,
    "mirrored": mirrored,
}


def shares(
    weights: Float[Tensor, "L N H T T"], tokens: Int64[Tensor, "N T"], seen: Bool[Tensor, "T T"] | None
) -> tuple[Float[Tensor, "K L H"], Float[Tensor, " K"]]:
    """How much of the mass of each head lies where each behaviour looks, and how much would by chance.

    Only places count that have something of the kind to look at; where hardly any do, there is no number (NaN).

    Args:
        weights: of each head.
        tokens: what was read.
        seen: what the mask lets through; None if all of it.

    Returns:
        The shares, and those of a head that looks at everything it may alike.
    """
    places = tokens.shape[1]
    may = torch.ones(places, places, dtype=torch.bool, device=tokens.device) if seen is None else seen
    alike = may / may.sum(1, keepdim=True)  # (T, T)
    found, by_chance = [], []
    for looks in BEHAVIOURS.values():
        targets = (looks(tokens) & may).float()  # (N, T, T)
        counts = targets.amax(2)  # (N, T)
        total = counts.sum() if counts.mean() >= FEWEST else torch.full_like(counts.sum(), torch.nan)
        found.append((weights * targets[None, :, None]).sum((1, 3, 4)) / total)
        by_chance.append((alike * targets).sum() / total)
    return torch.stack(found), torch.stack(by_chance)


def entropies(weights: Float[Tensor, "L N H T T"], seen: Bool[Tensor, "T T"] | None) -> Float[Tensor, "L H"]:
    """How widely each head looks: 1 at everything it may alike, 0 at one place only.

    Args:
        weights: of each head.
        seen: what the mask lets through; None if all of it. Places that see one only do not count.
    """
    places = weights.shape[-1]
    counts = torch.full((places,), places, device=weights.device) if seen is None else seen.sum(1)
    spread = -(weights * weights.clamp(min=1e-30).log()).sum(-1)  # (L, N, H, T)
    wide = counts > 1
    return (spread[..., wide] / counts[wide].log()).mean((1, 3))


def names_of(scores: Float[Tensor, "K L H"], by_chance: Float[Tensor, " K"]) -> list[str]:
    """What each head is called, first layer first; empty where no behaviour stands out.

    Args:
        scores: as `shares` gives them.
        by_chance: as `shares` gives them; a head is called by what it does at least twice as much.
    """
    known = torch.nan_to_num(scores, nan=0.0)
    stands_out = (known >= NAMED_FROM) & (known >= 2 * torch.nan_to_num(by_chance, nan=1.0)[:, None, None])
    best = (known * stands_out).max(0)
    words = list(BEHAVIOURS)
    pairs = zip(best.indices.flatten().tolist(), best.values.flatten().tolist(), strict=True)
    return [words[index] if share else "" for index, share in pairs]


@contextmanager
def evened_heads(model: nn.Module, heads: Sequence[tuple[int, int]]) -> Iterator[None]:
    """While it lasts, these heads look at everything they may alike.

    Args:
        model: the network.
        heads: (layer, head), where layer counts as in `attention_layers`.
    """
    layers = attention_layers(model)
    handles = []
    for index, head in heads:

        def even(
            module: MultiHeadAttention,
            inputs: tuple[Tensor, ...],
            named: dict[str, Any],
            output: tuple[Tensor, Tensor],
            head: int = head,
        ) -> tuple[Tensor, Tensor]:
            weights, mask = output[1].clone(), named.get("mask")
            may = torch.ones_like(weights[:, head]) if mask is None else mask.expand_as(weights[:, head]).float()
            weights[:, head] = may / may.sum(-1, keepdim=True)
            values = module.queries_keys_values(inputs[0])[2]  # (B, H, T, d)
            return module.out_proj((weights @ values).transpose(1, 2).flatten(2)), weights

        handles.append(layers[index].register_forward_hook(even, with_kwargs=True))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
