"""Masks: who may look at whom, and what leaks when one layer goes without.

Shapes: T words, D numbers a word.
"""

from collections.abc import Collection
from functools import cache
from typing import Final

import numpy as np
import torch

from experiments.attention_hand import Given
from models.attention import EncoderBlock, causal_mask, padding_mask
from training.turn import use_one_thread

MASKS: Final = ("none", "causal", "padding", "window", "your own")
PADDING: Final = "[PAD]"
D_MODEL: Final = 16
N_HEADS: Final = 2
NUM_LAYERS: Final = 2
SEED: Final = 3


def mask_of(
    kind: str, num_places: int, *, window: int = 2, num_padding: int = 0, blocked: Collection[tuple[int, int]] = ()
) -> np.ndarray:
    """A mask, (T, T) bool, True where the row's word may look at the column's.

    Args:
        kind: one of `MASKS`.
        num_places: T.
        window: places that a word sees, itself among them.
        num_padding: of the last places, which hold no word.
        blocked: the cells that are shut in one's own mask.
    """
    if kind == "causal":
        return causal_mask(num_places).numpy()
    if kind == "window":
        return causal_mask(num_places, window=window).numpy()
    if kind == "padding":
        is_token = torch.arange(num_places) < num_places - num_padding
        return padding_mask(is_token[None])[0, 0].expand(num_places, num_places).numpy()
    mask = np.ones((num_places, num_places), dtype=bool)
    if kind == "your own":
        for t, s in blocked:
            if t < num_places and s < num_places:
                mask[t, s] = False
    return mask


@torch.no_grad()
def weights_under(given: Given, mask: np.ndarray) -> np.ndarray:
    """The weights of every head under a mask, (H, T, T); a row that sees nothing is NaN."""
    found: np.ndarray = given.layer(given.inputs[None], mask=torch.from_numpy(mask.copy()))[1][0].numpy()
    return found


@cache
def leak(num_places: int, masked: tuple[bool, ...], seed: int = SEED) -> np.ndarray:
    """How much each output of a stack of blocks depends on each input: ‖∂ out_t / ∂ x_s‖, (T, T), exact.

    Args:
        num_places: T.
        masked: for each block, whether it has the causal mask.
        seed: of the weights and of the inputs.
    """
    use_one_thread()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        blocks = [EncoderBlock(D_MODEL, N_HEADS, 2 * D_MODEL).double().eval() for _ in masked]
        x = torch.randn(num_places, D_MODEL, dtype=torch.float64)
    triangle = causal_mask(num_places)

    # one copy of the input for each number of the output: a single backward pass then finds all derivatives
    number = num_places * D_MODEL
    with torch.enable_grad():
        copies = x.expand(number, num_places, D_MODEL).clone().requires_grad_()
        hidden = copies
        for block, has_mask in zip(blocks, masked, strict=True):
            hidden = block(hidden, mask=triangle if has_mask else None)
        (slopes,) = torch.autograd.grad(hidden.flatten(1).diagonal().sum(), copies)  # (T * D, T, D)
    slopes = slopes.unflatten(0, (num_places, D_MODEL))
    found: np.ndarray = slopes.square().sum(dim=(1, 3)).sqrt().numpy()
    return found


def from_the_future(found: np.ndarray) -> float:
    """The largest dependence on a later word in what `leak` measured; 0 if there is none at all."""
    return float(found[np.triu_indices(len(found), 1)].max(initial=0.0))
