"""A small network of attention: letters in, one answer at each place, with every part switchable.

Letters become vectors, something says where they stand, a few blocks of attention let them look at each other, and a
last layer names an answer at each place. Without the feed-forward parts nothing but attention is left, so that what
the heads do can be read from their weights.

Why it was needed: in a large network many heads share one job; in one of a few heads a job can be seen to appear.
Papers: attention without feed-forward parts, and what two layers of it can do that one cannot: Elhage et al., "A
mathematical framework for transformer circuits", 2021, https://transformer-circuits.pub/2021/framework; heads that
repeat what came after the last time: Olsson et al., "In-context learning and induction heads", 2022,
https://arxiv.org/abs/2209.11895.

Differs from the papers: they study networks of thousands of units trained on text; these have a few dozen and learn
small tasks in seconds.

Shapes: B batch, H heads, T places, D numbers a place, V letters.
"""

import math
from typing import Final, Literal

from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from models.attention import EncoderBlock, MultiHeadAttention, causal_mask
from models.attention_positions import PositionalEmbedding, Positions

Mask = Literal["none", "causal", "window"]
WIDER: Final = 4  # how many times as wide as a place the feed-forward part is


class AttentionBlock(nn.Module):
    """Attention added to what came in, and no feed-forward part."""

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        *,
        is_pre_norm: bool = True,
        positions: Positions = "none",
        is_scaled: bool = True,
    ) -> None:
        """Makes the layers with fresh random weights; arguments as in `EncoderBlock`."""
        super().__init__()
        self.attention = MultiHeadAttention(d_model, n_heads, positions=positions, is_scaled=is_scaled)
        self.norm = nn.LayerNorm(d_model)
        self.is_pre_norm = is_pre_norm

    def forward(self, x: Float[Tensor, "B T D"], mask: Bool[Tensor, "..."] | None = None) -> Float[Tensor, "B T D"]:
        """The places after one block.

        Args:
            x: the places before it.
            mask: True where a place may look at another.
        """
        if self.is_pre_norm:
            return x + self.attention(self.norm(x), mask=mask)[0]
        return self.norm(x + self.attention(x, mask=mask)[0])


class AttentionNetwork(nn.Module):
    """Letters, positions, blocks of attention, and an answer at each place."""

    def __init__(
        self,
        vocab_size: int,
        d_model: int = 32,
        n_heads: int = 2,
        n_layers: int = 2,
        max_len: int = 64,
        *,
        positions: Positions = "sinusoidal",
        mask: Mask = "causal",
        window: int = 4,
        has_feed_forward: bool = False,
        is_pre_norm: bool = True,
        is_scaled: bool = True,
    ) -> None:
        """Makes the layers with fresh random weights.

        Args:
            vocab_size: V.
            d_model: D.
            n_heads: H, each on D / H of the numbers.
            n_layers: blocks.
            max_len: places of a learned table of positions.
            positions: how a place knows where it is.
            mask: whether a place sees all, what came before, or the last few.
            window: how many the last few are, itself among them.
            has_feed_forward: whether a small network for each place follows each attention.
            is_pre_norm: normalises before each part instead of after it.
            is_scaled: divides the scores by √d.

        Raises:
            ValueError: if the heads cannot share the numbers evenly.
        """
        super().__init__()
        self.token_emb = nn.Embedding(vocab_size, d_model)
        self.positions = PositionalEmbedding(d_model, max_len, positions)
        self.blocks = nn.ModuleList()
        for _ in range(n_layers):
            if has_feed_forward:
                block: nn.Module = EncoderBlock(
                    d_model, n_heads, WIDER * d_model, is_pre_norm=is_pre_norm, positions=positions, is_scaled=is_scaled
                )
            else:
                block = AttentionBlock(
                    d_model, n_heads, is_pre_norm=is_pre_norm, positions=positions, is_scaled=is_scaled
                )
            self.blocks.append(block)
        self.norm = nn.LayerNorm(d_model) if is_pre_norm else nn.Identity()
        self.head = nn.Linear(d_model, vocab_size)
        self.mask, self.window = mask, window
        nn.init.normal_(self.token_emb.weight, std=1 / math.sqrt(2))  # with positions of that size: places of size 1

    def seen(self, num_places: int) -> Bool[Tensor, "T T"] | None:
        """Who may look at whom; None where all may look at all."""
        if self.mask == "none":
            return None
        device = self.head.weight.device
        return causal_mask(num_places, window=self.window if self.mask == "window" else None, device=device)

    def embed(self, tokens: Int64[Tensor, "B T"]) -> Float[Tensor, "B T D"]:
        """What stands for each letter at its place.

        Args:
            tokens: numbers of letters.
        """
        embedded: Tensor = self.token_emb(tokens)
        return embedded + self.positions(tokens.shape[1])

    def answer(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T V"]:
        """Scores of every possible answer at each place.

        Args:
            x: what stands at each place.
        """
        mask = self.seen(x.shape[1])
        for block in self.blocks:
            x = block(x, mask=mask)  # (B, T, D)
        scores: Tensor = self.head(self.norm(x))  # (B, T, V)
        return scores

    def forward(self, tokens: Int64[Tensor, "B T"]) -> Float[Tensor, "B T V"]:
        """Scores of every possible answer at each place.

        Args:
            tokens: numbers of letters.
        """
        return self.answer(self.embed(tokens))
