"""Llama: the decoder of today's open language models, of the sizes that SmolLM2-135M has.

A text is read from left to right, and at every place the network says what comes next, as a GPT does. What passes
through a place is a row of numbers, the stream; each block adds to it what attention collects from earlier places and
what a feed-forward network makes of it.

Why it was needed: a GPT of 2018 grows expensive where it is large and long. Each change to it is small, keeps training
steady or saves memory while writing, and is found in nearly all open models since.
Papers: Touvron et al., "LLaMA: Open and efficient foundation language models", 2023, https://arxiv.org/abs/2302.13971;
rotary positions: Su et al., 2021, https://arxiv.org/abs/2104.09864; grouped queries: Ainslie et al., 2023,
https://arxiv.org/abs/2305.13245; SwiGLU: Shazeer, 2020, https://arxiv.org/abs/2002.05202; RMSNorm: Zhang & Sennrich,
2019, https://arxiv.org/abs/1910.07467; SmolLM2: Ben Allal et al., 2025, https://arxiv.org/abs/2502.02737.

Differs from the GPT of `models/decoder.py` in four ways. Rotary positions: nothing is added for the place of a token;
queries and keys are turned by an angle that grows with it. RMSNorm before each part: the stream is divided by its root
mean square, nothing is subtracted and nothing shifted; no layer has a bias. SwiGLU: one half of the hidden units, bent,
multiplies the other half, in place of a plain bend. Grouped queries: three heads share the keys and values of one, so
that a third of them has to be kept. Embeddings are tied to the last layer, which a GPT may have too.
Differs from the paper: LLaMA has as many keys as queries and does not tie; SmolLM2 does both as here.

Shapes: B batch, T tokens that are read, S tokens that are looked at, D width, H query heads, G heads of keys and
values, d = D / H, F hidden units, V tokens of the vocabulary.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F

from models.attention import KeyValueCache, causal_mask, scaled_dot_product_attention
from models.attention_positions import rotate

EPSILON: Final = 1e-5  # keeps RMSNorm from dividing by 0


class GroupedQueryAttention(nn.Module):
    """Attention in which several heads of queries share one head of keys and values."""

    def __init__(self, d_model: int, n_heads: int, n_kv_heads: int, base: float) -> None:
        """Makes the layers with fresh random weights.

        Args:
            d_model: D.
            n_heads: H.
            n_kv_heads: G, of which H is a multiple.
            base: of the rotary positions; the larger, the slower the last pair of numbers turns.

        Raises:
            ValueError: if the heads cannot be shared evenly.
        """
        super().__init__()
        if d_model % (2 * n_heads) or n_heads % n_kv_heads:
            raise ValueError(f"{n_heads} heads cannot share {d_model} numbers and {n_kv_heads} heads of keys evenly.")
        self.n_heads, self.n_kv_heads, self.base = n_heads, n_kv_heads, base
        width = d_model // n_heads
        self.query = nn.Linear(d_model, n_heads * width, bias=False)
        self.key = nn.Linear(d_model, n_kv_heads * width, bias=False)
        self.value = nn.Linear(d_model, n_kv_heads * width, bias=False)
        self.out = nn.Linear(d_model, d_model, bias=False)

    def forward(
        self, x: Float[Tensor, "B T D"], mask: Bool[Tensor, "T S"], cache: KeyValueCache | None = None
    ) -> tuple[Float[Tensor, "B T D"], Float[Tensor, "B H T S"]]:
        """What each place takes from those it looks at, and the weights.

        Args:
            x: the places that ask.
            mask: True where a place may look at another.
            cache: keys and values of places before x; x is added to it.
        """
        start = 0 if cache is None else len(cache)
        q = rotate(_heads(self.query(x), self.n_heads), start, base=self.base)  # (B, H, T, d)
        k = rotate(_heads(self.key(x), self.n_kv_heads), start, base=self.base)  # (B, G, T, d)
        v = _heads(self.value(x), self.n_kv_heads)  # (B, G, T, d)
        if cache is not None:
            k, v = cache.extend(k, v)  # (B, G, S, d)
        k, v = (one.repeat_interleave(self.n_heads // self.n_kv_heads, dim=1) for one in (k, v))  # (B, H, S, d)
        found, weights = scaled_dot_product_attention(q, k, v, mask)
        return self.out(found.transpose(1, 2).flatten(2)), weights


def _heads(x: Float[Tensor, "B T _"], count: int) -> Float[Tensor, "B count T d"]:
    """Cuts each place into heads."""
    return x.unflatten(-1, (count, -1)).transpose(1, 2)


class SwiGLU(nn.Module):
    """The feed-forward part: one product opens and closes the gates through which the other passes."""

    def __init__(self, d_model: int, dim_feedforward: int) -> None:
        """Makes the layers with fresh random weights.

        Args:
            d_model: D.
            dim_feedforward: F.
        """
        super().__init__()
        self.gate = nn.Linear(d_model, dim_feedforward, bias=False)
        self.up = nn.Linear(d_model, dim_feedforward, bias=False)
        self.down = nn.Linear(dim_feedforward, d_model, bias=False)

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Each place by itself: wider, gated, back."""
        hidden = F.silu(self.gate(x)) * self.up(x)  # (B, T, F)
        return self.down(hidden)


class LlamaBlock(nn.Module):
    """Attention and a feed-forward part; each reads the stream normalised and adds to it."""

    def __init__(self, d_model: int, n_heads: int, n_kv_heads: int, dim_feedforward: int, base: float) -> None:
        """Makes the layers; arguments as in `Llama`."""
        super().__init__()
        self.norm1 = nn.RMSNorm(d_model, EPSILON)
        self.attention = GroupedQueryAttention(d_model, n_heads, n_kv_heads, base)
        self.norm2 = nn.RMSNorm(d_model, EPSILON)
        self.feed_forward = SwiGLU(d_model, dim_feedforward)

    def forward(
        self, x: Float[Tensor, "B T D"], mask: Bool[Tensor, "T S"], cache: KeyValueCache | None = None
    ) -> tuple[Float[Tensor, "B T D"], Float[Tensor, "B H T S"]]:
        """The stream after one block, and the weights of its attention."""
        found, weights = self.attention(self.norm1(x), mask, cache)
        x = x + found
        return x + self.feed_forward(self.norm2(x)), weights


class Llama(nn.Module):
    """Embeddings, blocks, a last RMSNorm, and the embeddings once more to say what comes next."""

    sees_the_future = False

    def __init__(
        self,
        vocab_size: int = 49_152,
        d_model: int = 576,
        n_heads: int = 9,
        n_kv_heads: int = 3,
        n_layers: int = 30,
        dim_feedforward: int = 1536,
        *,
        base: float = 100_000.0,
        max_len: int = 8192,
    ) -> None:
        """Makes the layers with fresh random weights; left alone, with the sizes of SmolLM2-135M.

        Args:
            vocab_size: V.
            d_model: D, numbers of the stream at a place.
            n_heads: H, heads of queries; they share D evenly.
            n_kv_heads: G, heads of keys and values.
            n_layers: blocks.
            dim_feedforward: F, hidden units of the feed-forward part.
            base: of the rotary positions.
            max_len: most tokens it was trained to read at a time.
        """
        super().__init__()
        self.max_len = max_len
        self.token_emb = nn.Embedding(vocab_size, d_model)
        self.blocks = nn.ModuleList(
            LlamaBlock(d_model, n_heads, n_kv_heads, dim_feedforward, base) for _ in range(n_layers)
        )
        self.norm = nn.RMSNorm(d_model, EPSILON)

    def forward(
        self, x: Int64[Tensor, "B T"], *, caches: Sequence[KeyValueCache] | None = None
    ) -> Float[Tensor, "B T V"]:
        """Logits of the next token at every place.

        Args:
            x: tokens; with `caches` those that follow the ones read before.
            caches: one for each block, filled on the way.
        """
        *_, (stream, _weights) = self.blocks_in_turn(self.token_emb(x), caches)
        return self.read_out(stream)

    def blocks_in_turn(
        self, stream: Float[Tensor, "B T D"], caches: Sequence[KeyValueCache] | None = None
    ) -> Iterator[tuple[Float[Tensor, "B T D"], Float[Tensor, "B H T S"]]]:
        """The stream after each block and the weights of its attention, one block at a time.

        Args:
            stream: the embeddings of the tokens.
            caches: as in `forward`.
        """
        places, start = stream.shape[1], len(caches[0]) if caches else 0
        mask = causal_mask(start + places, device=stream.device)[start:]  # (T, S)
        for number, block in enumerate(self.blocks):
            stream, weights = block(stream, mask, caches[number] if caches else None)
            yield stream, weights

    def read_out(self, stream: Float[Tensor, "B T D"]) -> Float[Tensor, "B T V"]:
        """The logits that the stream stands for: its product with every token's embedding."""
        return F.linear(self.norm(stream), self.token_emb.weight)

    def fresh_caches(self) -> list[KeyValueCache]:
        """An empty cache for each block."""
        return [KeyValueCache() for _ in self.blocks]
