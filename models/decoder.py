"""Decoder-only transformer (GPT): reads a text from left to right and says at every place what comes next.

Every token is an embedding plus an embedding of its place. In each block, attention lets a place collect what it needs
from the places before it, and a small feed-forward network works on what was collected. A mask hides what comes after,
so that all places of a text are learnt at once and none can look up its answer. Written text is read in again token
by token; keys and values of the tokens before are kept, so that nothing is worked out twice.

Why it was needed: a recurrent network reads one step after the other, cannot be trained in parallel along a text, and
passes everything through one memory. Here every place reaches every earlier one in one step.
Papers: Vaswani et al., "Attention is all you need", 2017, https://arxiv.org/abs/1706.03762; decoder alone: Liu et al.,
"Generating Wikipedia by summarizing long sequences", 2018, https://arxiv.org/abs/1801.10198; GPT: Radford et al., 2018,
https://openai.com/index/language-unsupervised/; tied weights: Press & Wolf, 2017, https://arxiv.org/abs/1608.05859.

Differs from the lecture: the lecture stacks layers for an encoder and a decoder and gives them the unmasked input as
the text of the encoder, so that every place sees what comes next. Here the blocks have causal self-attention only; the
lecture's network stands beside it as `LeakyDecoderOnly`. Other positions, normalisation before each part, tied weights
and the cache of keys and values can be asked for by keyword. A GPT has no encoder at all.

Shapes: B batch, T tokens, D width (`d_model`), V tokens of the vocabulary.
"""

import math
from collections.abc import Sequence

from jaxtyping import Float, Int64
from torch import Tensor, nn

from models.attention import DecoderBlock, EncoderBlock, KeyValueCache, causal_mask
from models.attention_positions import PositionalEmbedding, Positions


class DecoderOnly(nn.Module):
    """The lecture's GPT: embeddings, blocks of masked self-attention, and a linear layer to the vocabulary."""

    block: type[EncoderBlock] | type[DecoderBlock] = EncoderBlock

    def __init__(
        self,
        vocab_size: int,
        d_model: int = 128,
        n_heads: int = 4,
        n_layers: int = 2,
        dim_feedforward: int = 512,
        dropout: float = 0.1,
        max_len: int = 128,
        *,
        positions: Positions = "learned",
        is_pre_norm: bool = False,
        activation: str = "relu",
        is_tied: bool = False,
    ) -> None:
        """Makes the layers with fresh random weights.

        Args:
            vocab_size: V.
            d_model: D, numbers that stand for a token.
            n_heads: heads of each attention; they share D evenly.
            n_layers: blocks.
            dim_feedforward: hidden units of the feed-forward network in each block.
            dropout: share of activations that are set to 0 in training.
            max_len: most tokens that are read at a time.
            positions: one of `models.attention.POSITIONS`.
            is_pre_norm: normalise before each part of a block, and once more at the end, instead of after each part.
            activation: `relu` or `gelu`, in the feed-forward network.
            is_tied: the embeddings are the weights of the last layer too.
        """
        super().__init__()
        self.d_model, self.max_len, self.is_tied = d_model, max_len, is_tied
        self.token_emb = nn.Embedding(vocab_size, d_model)
        self.pos_emb = PositionalEmbedding(d_model, max_len, positions)
        self.blocks = nn.ModuleList(
            self.block(
                d_model,
                n_heads,
                dim_feedforward,
                dropout=dropout,
                is_pre_norm=is_pre_norm,
                activation=activation,
                positions=positions,
            )
            for _ in range(n_layers)
        )
        self.norm: nn.Module = nn.LayerNorm(d_model) if is_pre_norm else nn.Identity()
        self.lm_head = nn.Linear(d_model, vocab_size, bias=False)
        self.mask: Tensor
        self.register_buffer("mask", causal_mask(max_len), persistent=False)
        if is_tied:
            nn.init.normal_(self.token_emb.weight, std=d_model**-0.5)
            self.lm_head.weight = self.token_emb.weight

    def embed(self, x: Int64[Tensor, "B T"], start: int = 0) -> Float[Tensor, "B T D"]:
        """What enters the first block: the tokens' embeddings, and those of their places from `start` on."""
        tokens = self.token_emb(x)  # (B, T, D)
        if self.is_tied:  # numbers around 1 again; the last layer wants them smaller (Vaswani et al., section 3.4)
            tokens = tokens * math.sqrt(self.d_model)
        return tokens + self.pos_emb(x.shape[1], start)  # (B, T, D)

    def forward(
        self, x: Int64[Tensor, "B T"], *, caches: Sequence[KeyValueCache] | None = None
    ) -> Float[Tensor, "B T V"]:
        """Logits of the next token at every place.

        Args:
            x: tokens; with `caches` those that follow the ones read before.
            caches: one for each block, filled on the way.
        """
        start = len(caches[0]) if caches else 0
        num_places = start + x.shape[1]
        mask = self.mask[start:num_places, :num_places]  # row t sees columns up to t
        x = self.embed(x, start)  # (B, T, D)
        for number, block in enumerate(self.blocks):
            x = block(x, mask, caches[number] if caches else None)  # (B, T, D)
        logits: Tensor = self.lm_head(self.norm(x))  # (B, T, V)
        return logits

    def fresh_caches(self) -> list[KeyValueCache]:
        """An empty cache for each block."""
        return [KeyValueCache() for _ in self.blocks]


class LeakyDecoderOnly(DecoderOnly):
    """The lecture's network as it stands there: its self-attention is masked, its cross-attention sees everything."""

    block: type[EncoderBlock] | type[DecoderBlock] = DecoderBlock

    def forward(
        self, x: Int64[Tensor, "B T"], *, caches: Sequence[KeyValueCache] | None = None
    ) -> Float[Tensor, "B T V"]:
        """Logits of the next token at every place, which the network has seen through its second attention.

        Args:
            x: tokens.
            caches: none can be used: what comes later changes what was worked out before.

        Raises:
            ValueError: if there are caches.
        """
        if caches:
            raise ValueError("a network that sees the future has nothing to keep: leave the caches out")
        num_places = x.shape[1]
        x = memory = self.embed(x)  # (B, T, D)
        for block in self.blocks:
            x = block(x, memory, self.mask[:num_places, :num_places])  # (B, T, D); no mask for the memory: the leak
        logits: Tensor = self.lm_head(self.norm(x))  # (B, T, V)
        return logits
