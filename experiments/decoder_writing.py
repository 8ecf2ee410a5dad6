"""How text comes out of a language model: token after token, each drawn from what the network says comes next.

Shapes: B texts at a time, n tokens known, V tokens of the vocabulary.
"""

from dataclasses import dataclass
from typing import Any, Final

import torch
from jaxtyping import Float, Int64
from torch import Generator, Tensor

LARGEST: Final = 1e4  # a logit; beyond, a division by a small temperature could overflow


@dataclass(frozen=True)
class Drawing:
    """How one token is drawn: temperature first, then the cuts, then chance.

    Attributes:
        temperature: divides the logits; 0 takes the likeliest token.
        top_k: only so many of the likeliest can come; 0: all.
        top_p: only the likeliest that together have this chance; 1: all.
        min_p: only tokens with at least this share of the likeliest one's chance; 0: all.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0


def chances(logits: Float[Tensor, "B V"], how: Drawing) -> Float[Tensor, "B V"]:
    """The chance of each token to be drawn; exactly 0 for those that are cut off."""
    logits = logits.nan_to_num(0.0, LARGEST, -LARGEST)  # a network that has failed says nothing: all are alike
    if how.temperature == 0:
        return torch.zeros_like(logits).scatter_(1, logits.argmax(1, keepdim=True), 1.0)
    scaled = logits / how.temperature
    if 0 < how.top_k < logits.shape[1]:
        scaled = scaled.masked_fill(scaled < scaled.topk(how.top_k).values[:, -1:], -torch.inf)
    if how.top_p < 1:
        sorted_chances, order = scaled.softmax(1).sort(dim=1, descending=True, stable=True)
        is_cut = sorted_chances.cumsum(1) - sorted_chances >= how.top_p  # what came before already has enough
        scaled = scaled.masked_fill(torch.zeros_like(is_cut).scatter_(1, order, is_cut), -torch.inf)
    if how.min_p > 0:
        shares = scaled.softmax(1)
        scaled = scaled.masked_fill(shares < how.min_p * shares.amax(1, keepdim=True), -torch.inf)
    return scaled.softmax(1)


class Writer:
    """Texts on their way: what stands there, and what the network says comes next.

    Attributes:
        rows: (B, n) prompt and what was written.
        logits: (B, V) of the next token.
    """

    def __init__(self, model: Any, prompt: Int64[Tensor, "B n"], *, is_cached: bool = True) -> None:
        """Reads the prompt.

        Args:
            model: the network, in evaluation mode: a `DecoderOnly`, or another that can keep keys and values.
            prompt: at least one token.
            is_cached: keeps keys and values, and reads the new token only; otherwise all are read again. A network
                that sees the future, or whose context is full, has to read all again.
        """
        self.model, self.rows = model, prompt
        self._caches = model.fresh_caches() if is_cached and not model.sees_the_future else None
        self.logits = self._read(prompt)

    @torch.no_grad()
    def _read(self, new: Int64[Tensor, "B n"]) -> Float[Tensor, "B V"]:
        longest = self.model.max_len
        if self._caches and self.rows.shape[1] <= longest:
            return self.model(new, caches=self._caches)[:, -1]
        self._caches = None  # every token has moved to another place
        return self.model(self.rows[:, -longest:])[:, -1]

    @property
    def is_cached(self) -> bool:
        """Whether the next token can be read alone."""
        return self._caches is not None and self.rows.shape[1] < self.model.max_len

    def push(self, tokens: Int64[Tensor, " B"]) -> None:
        """Writes one more token to each text."""
        self.rows = torch.cat([self.rows, tokens[:, None]], dim=1)
        self.logits = self._read(tokens[:, None])


def drawn(logits: Float[Tensor, "B V"], how: Drawing, generator: Generator) -> Int64[Tensor, " B"]:
    """One token for each text."""
    return torch.multinomial(chances(logits.cpu(), how), 1, generator=generator)[:, 0].to(logits.device)


class Hand:
    """One text on its way, token by token.

    Attributes:
        writer: what stands there.
        shares: the chance that each written token had.
    """

    def __init__(self, model: Any, prompt: Int64[Tensor, " n"], seed: int) -> None:
        """Reads the prompt.

        Args:
            model: the network, as for `Writer`.
            prompt: at least one token.
            seed: of the chance.
        """
        self._num_read, self._generator = len(prompt), Generator().manual_seed(seed)
        self.writer = Writer(model, prompt[None])
        self.shares: list[float] = []

    def go_on(self, how: Drawing) -> None:
        """Writes one more token."""
        token = drawn(self.writer.logits, how, self._generator)
        self.shares.append(chances(self.writer.logits, how)[0, token].item())
        self.writer.push(token)

    @property
    def written(self) -> Int64[Tensor, " m"]:
        """What stands behind the prompt."""
        return self.writer.rows[0, self._num_read :].cpu()


def write(
    model: Any,
    prompt: Int64[Tensor, "B n"],
    length: int,
    how: Drawing,
    *,
    seed: int = 0,
    is_cached: bool = True,
) -> Int64[Tensor, "B m"]:
    """Goes on from prompts, which are not repeated.

    Args:
        model: the network, as for `Writer`; it is in evaluation mode meanwhile.
        prompt: at least one token.
        length: tokens to write.
        how: each is drawn.
        seed: of the chance.
        is_cached: see `Writer`.
    """
    was_training, generator = model.training, Generator().manual_seed(seed)
    model.eval()
    writer = Writer(model, prompt, is_cached=is_cached)
    for place in range(length):
        tokens = drawn(writer.logits, how, generator)
        if place < length - 1:
            writer.push(tokens)
    model.train(was_training)
    return torch.cat([writer.rows[:, prompt.shape[1] :], tokens[:, None]], dim=1)
