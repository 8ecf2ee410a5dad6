"""What the page `attention` asks of a trained network: without a head, on other lengths, with the places mixed.

Shapes: L layers, H heads, N sequences, T places.
"""

import copy
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import torch
from torch import Generator, Tensor

from experiments.attention_hand import MOST_WORDS, Given
from experiments.attention_heads import evened_heads
from experiments.attention_settings import WHO, AttentionSettings
from experiments.attention_tasks import Recipe, accuracy, draw, recipe_of
from models.attention_inside import attention_layers, without_heads
from models.attention_network import AttentionNetwork

HOW: Final = ("without it", "looking at all alike")
LENGTHS: Final = (10, 15, 20, 25, 30, 40, 50, 60)
NUM_LONG: Final = 64  # sequences of each length


class Inside:
    """Questions to a network of attention; `AttentionExperiment` is the one that trains it."""

    settings: AttentionSettings
    device: torch.device
    model: AttentionNetwork
    words: tuple[str, ...]
    judged: Any
    loss: Any

    @torch.no_grad()
    def given(self, words: Sequence[str], layer: int = 0) -> Given:
        """What an attention of this network gets to see, for its calculation by hand.

        Args:
            words: what to read; where the network does not know them all, it reads the watched sequence.
            layer: from 0.
        """
        known = {word: number for number, word in enumerate(self.words)}
        tokens = self.judged.inputs[self.settings.shown - 1, :MOST_WORDS]
        if words and all(word in known for word in words):
            tokens = torch.tensor([known[word] for word in words[:MOST_WORDS]])
        seen: list[Tensor] = []

        def keep(_module: Any, inputs: tuple[Tensor, ...]) -> None:
            seen.append(inputs[0][0].cpu())

        attention = attention_layers(self.model)[layer]
        handle = attention.register_forward_pre_hook(keep)
        try:
            self.model(tokens[None].to(self.device))
        finally:
            handle.remove()
        spoken = tuple(self.words[number] for number in tokens.tolist())
        return Given(spoken, seen[0], copy.deepcopy(attention).cpu())

    @torch.no_grad()
    def loss_with(self, heads: Sequence[tuple[int, int]], how: str) -> float:
        """Test loss while some heads are switched off.

        Args:
            heads: (layer, head), from 0.
            how: one of `HOW`.
        """
        switch = without_heads if how == HOW[0] else evened_heads
        with switch(self.model, list(heads)):
            return float(self.loss(self.model(self.judged.inputs), self.judged).item())

    def losses_without(self, how: str) -> np.ndarray:
        """(L, H) by how much the loss rises when one head is switched off."""
        layers, heads = self.settings.n_layers, self.settings.n_heads
        whole = self.loss_with([], how)
        rise = [[self.loss_with([(layer, head)], how) - whole for head in range(heads)] for layer in range(layers)]
        return np.array(rise)

    @torch.no_grad()
    def accuracy_by_length(self, lengths: Sequence[int] = LENGTHS) -> np.ndarray:
        """Share of right answers on sequences of other lengths, with blocks as long as in training.

        Args:
            lengths: places, each at most as many as the table of learned positions has.
        """
        found = []
        for length in lengths:
            recipe: Recipe = recipe_of(self.settings, length)
            some = draw(self.settings.task, recipe, NUM_LONG, Generator().manual_seed(length))
            some = type(some)(*(part.to(self.device) for part in some))
            found.append(accuracy(self.model(some.inputs), some).item())
        return np.array(found)

    @torch.no_grad()
    def shuffle_difference(self, *, is_masked: bool) -> float:
        """How far the scores after mixing the places and after mixing the answers are apart, in double precision.

        About 0 if the network does not know where its places are.

        Args:
            is_masked: with the mask of the run, or with none.
        """
        tokens: Tensor = self.judged.inputs[:8]
        order = torch.randperm(tokens.shape[1], generator=Generator().manual_seed(0)).to(self.device)
        exact = copy.deepcopy(self.model).double()  # so that what is left is not rounding
        exact.mask = self.model.mask if is_masked else "none"
        return float((exact(tokens)[:, order] - exact(tokens[:, order])).abs().max().item())


def has_lengths(settings: AttentionSettings) -> bool:
    """Whether the task has sequences of other lengths."""
    return settings.task != WHO
