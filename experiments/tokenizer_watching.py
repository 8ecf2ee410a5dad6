"""What the pictures of the page `tokenizer` need: a passage in tokens, what each costs, and what was guessed instead.

Shapes: P tokens of the passage, G guesses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch

from experiments.tokenizer_task import TokenTask, surprises
from models.tokenizer import NextToken

PASSAGE: Final = 260  # bytes of the tail that are shown
NUM_GUESSES: Final = 5


@dataclass(frozen=True)
class TokenizerObservation:
    """One moment of the network.

    Attributes:
        tokens: the passage, the first of the tail, as tokens to be seen.
        before: what was read before it: the last token of the training part.
        ids: (P,) their numbers.
        num_bytes: (P,) how long each is.
        bits: (P,) what each cost: −log₂ of its chance.
        guesses: the likeliest tokens at each place.
        chances: (P, G) of these.
        baselines: bits per byte of simple guesses, by name.
        vocab_size: V, tokens that there are.
        bytes_per_token: of the whole test.
        window: C, tokens read.
        source: of the text.
    """

    tokens: tuple[str, ...]
    before: tuple[str, ...]
    ids: np.ndarray
    num_bytes: np.ndarray
    bits: np.ndarray
    guesses: tuple[tuple[str, ...], ...]
    chances: np.ndarray
    baselines: Mapping[str, float]
    vocab_size: int
    bytes_per_token: float
    window: int
    source: str


class TokenizerWatching:
    """`observe` for the experiment."""

    task: TokenTask
    model: NextToken
    device: torch.device

    @torch.no_grad()
    def observe(self) -> TokenizerObservation:
        """The passage as the network sees it now."""
        task, window = self.task, self.task.windows.shape[1] - 1
        lengths = torch.tensor([len(task.tokenizer.bytes_of(index)) for index in task.windows[:PASSAGE, -1].tolist()])
        windows = task.windows[: int((lengths.cumsum(0) <= PASSAGE).sum().clamp_min(1))]
        logits = self.model(windows[:, :-1].to(self.device)).cpu()
        best = logits.softmax(1).topk(NUM_GUESSES, dim=1)
        names = task.tokenizer.vocabulary
        ids = windows[:, -1]
        return TokenizerObservation(
            tokens=tuple(names[index] for index in ids.tolist()),
            before=tuple(names[index] for index in windows[0, :-1].tolist()),
            ids=ids.numpy().copy(),
            num_bytes=lengths[: len(windows)].numpy(),
            bits=surprises(logits, ids).numpy(),
            guesses=tuple(tuple(names[index] for index in row) for row in best.indices.tolist()),
            chances=best.values.numpy(),
            baselines=task.baselines,
            vocab_size=task.num_tokens,
            bytes_per_token=task.bytes_per_token,
            window=window,
            source=task.source,
        )
