"""Attention: every place of a sequence asks all others a question, and takes what the best answers hold.

From each place come three vectors: a query q (what is looked for), a key k (what is offered) and a value v (what is
handed over). The product of a query with all keys says how well they match; softmax turns the matches into weights
that sum to 1; the answer is the mean of the values with these weights: softmax(q · k / √d) v. Several heads do so side
by side, each with vectors of its own. A block adds a small feed-forward network; blocks are stacked.

Why it was needed: in a recurrent network a word reaches a later one only through all steps between them; here every
pair of places is one step apart, and all places are computed at once.
Papers: Vaswani et al., "Attention is all you need", 2017, https://arxiv.org/abs/1706.03762; before it, attention on top
of a recurrent network: Bahdanau, Cho & Bengio, 2014, https://arxiv.org/abs/1409.0473; normalisation before instead of
after each part: Xiong et al., 2020, https://arxiv.org/abs/2002.04745.

Differs from the lecture: the lecture uses `EncoderBlock` and `DecoderBlock` without defining them; they are written out
here. Its softmax(q, k) is the softmax over all keys of q · k / √d. A mask says what may be looked at, as the lecture's
triangle does; the masks of `torch.nn.MultiheadAttention` say the reverse.

Shapes: B batch, H heads, T places that ask, S places that are asked, D numbers a place, d = D / H numbers a head,
F units of the feed-forward part.
"""

import math
from typing import Final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F

from models.attention_positions import Positions, alibi_bias, rotate

# ---- who may look at whom ----------------------------------------------------------------------------------------


def causal_mask(
    num_places: int, *, window: int | None = None, device: torch.device | None = None
) -> Bool[Tensor, "T T"]:
    """The lecture's triangle: each place sees itself and what came before.

    Args:
        num_places: T.
        window: how many places are seen at most, itself among them; all if left out.
        device: where the mask is made.
    """
    seen = torch.ones(num_places, num_places, dtype=torch.bool, device=device).tril()
    return seen if window is None else seen.triu(1 - window)


def padding_mask(is_token: Bool[Tensor, "B S"]) -> Bool[Tensor, "B 1 1 S"]:
    """Lets every head and every query see the tokens of a sequence and not its padding."""
    return is_token[:, None, None, :]


# ---- attention ---------------------------------------------------------------------------------------------------


def scaled_dot_product_attention(
    q: Float[Tensor, "*B T d"],
    k: Float[Tensor, "*B S d"],
    v: Float[Tensor, "*B S e"],
    mask: Bool[Tensor, "..."] | None = None,
    bias: Float[Tensor, "..."] | None = None,
    *,
    is_scaled: bool = True,
    temperature: float | int = 1.0,
    dropout: nn.Module | None = None,
) -> tuple[Float[Tensor, "*B T e"], Float[Tensor, "*B T S"]]:
    """The means of the values, and the weights they were taken with: softmax(q kᵀ / √d) v.

    Args:
        q: queries.
        k: keys.
        v: values.
        mask: True where a query may look at a key; broadcasts to (*B, T, S). A row without any gives NaN.
        bias: added to the scores, such as ALiBi's; broadcasts likewise.
        is_scaled: divides by √d, which keeps the spread of the scores near 1 whatever d is.
        temperature: divides the scores once more.
        dropout: acts on the weights with which the means are taken, not on those that are given back.
    """
    scale = temperature * (math.sqrt(q.shape[-1]) if is_scaled else 1.0)
    scores = (q / scale) @ k.transpose(-2, -1)  # (*B, T, S)
    if bias is not None:
        scores = scores + bias
    if mask is not None:  # added, not filled: that has no backward pass
        scores = scores + torch.zeros(mask.shape, device=mask.device).masked_fill_(~mask, -math.inf)
    weights = scores.softmax(-1)  # (*B, T, S), rows sum to 1
    return (weights if dropout is None else dropout(weights)) @ v, weights


class ByteDropout(nn.Module):
    """Dropout whose chance comes in steps of 1/256: one random byte a number, ten times cheaper on a CPU."""

    def __init__(self, p: float = 0.1) -> None:
        """Makes the layer.

        Args:
            p: the share that is set to 0; rounded to a 256th.
        """
        super().__init__()
        self.p = p
        self.num_dropped = round(256 * p)  # of 256 bytes

    def forward(self, x: Float[Tensor, "*B"]) -> Float[Tensor, "*B"]:
        """The numbers, some of them 0 and the others larger in turn; unchanged when not training."""
        if not self.training or self.num_dropped == 0:
            return x
        bits = torch.empty(-(-x.numel() // 8), dtype=torch.int64, device=x.device).random_(-(2**63), None)
        noise = bits.view(torch.uint8)[: x.numel()].view(x.shape)
        return x * (noise >= self.num_dropped).to(x.dtype).mul_(256 / (256 - self.num_dropped))

    def extra_repr(self) -> str:
        """The share, for the printed network."""
        return f"p={self.p}"


class KeyValueCache:
    """The keys and values of places already read, so that the next place need not compute them again."""

    def __init__(self) -> None:
        self.keys: Tensor | None = None
        self.values: Tensor | None = None

    def __len__(self) -> int:
        return 0 if self.keys is None else self.keys.shape[-2]

    def extend(
        self, keys: Float[Tensor, "B H T d"], values: Float[Tensor, "B H T d"]
    ) -> tuple[Float[Tensor, "B H S d"], Float[Tensor, "B H S d"]]:
        """Adds new places and gives all so far."""
        if self.keys is not None and self.values is not None:
            keys, values = torch.cat([self.keys, keys], dim=2), torch.cat([self.values, values], dim=2)
        self.keys, self.values = keys, values
        return keys, values


class MultiHeadAttention(nn.Module):
    """Attention by several heads side by side, each on its own share of the numbers."""

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        *,
        positions: Positions = "none",
        is_scaled: bool = True,
        dropout: float = 0.0,
    ) -> None:
        """Makes the layers with fresh random weights, as `nn.MultiheadAttention` begins.

        Args:
            d_model: D.
            n_heads: H.
            positions: `RoPE` or `ALiBi` act here; the others do not.
            is_scaled: divides the scores by √d.
            dropout: share of the weights that is set to 0 while training.

        Raises:
            ValueError: if the heads cannot share the numbers evenly, or RoPE has no pairs to turn.
        """
        super().__init__()
        if d_model % n_heads:
            raise ValueError(f"{n_heads} heads cannot share {d_model} numbers evenly: make d_model a multiple.")
        if positions == "RoPE" and (d_model // n_heads) % 2:
            raise ValueError(f"RoPE turns pairs of numbers, and a head has {d_model // n_heads}: make it even.")
        self.n_heads, self.positions, self.is_scaled = n_heads, positions, is_scaled
        self.qkv = nn.Linear(d_model, 3 * d_model)  # one product for all three
        self.dropout = ByteDropout(dropout)
        self.out_proj = nn.Linear(d_model, d_model)
        nn.init.xavier_uniform_(self.qkv.weight)
        nn.init.zeros_(self.qkv.bias)
        nn.init.zeros_(self.out_proj.bias)

    def _heads(self, x: Float[Tensor, "B T _"], num_parts: int) -> tuple[Float[Tensor, "B H T d"], ...]:
        """Cuts each place into parts and each part into heads."""
        batch, places, _ = x.shape
        return x.view(batch, places, num_parts, self.n_heads, -1).permute(2, 0, 3, 1, 4).unbind(0)

    def queries_keys_values(
        self, x: Float[Tensor, "B T D"], memory: Float[Tensor, "B S D"] | None = None
    ) -> tuple[Float[Tensor, "B H T d"], Float[Tensor, "B H S d"], Float[Tensor, "B H S d"]]:
        """The queries of x; keys and values of the memory, or of x if there is none. RoPE has not turned them yet."""
        if memory is None:
            q, k, v = self._heads(self.qkv(x), 3)  # one product: (B, T, 3D)
            return q, k, v
        d_model = x.shape[-1]
        weight, bias = self.qkv.weight, self.qkv.bias
        (q,) = self._heads(F.linear(x, weight[:d_model], bias[:d_model]), 1)
        k, v = self._heads(F.linear(memory, weight[d_model:], bias[d_model:]), 2)
        return q, k, v

    def forward(
        self,
        x: Float[Tensor, "B T D"],
        memory: Float[Tensor, "B S D"] | None = None,
        mask: Bool[Tensor, "..."] | None = None,
        cache: KeyValueCache | None = None,
    ) -> tuple[Float[Tensor, "B T D"], Float[Tensor, "B H T S"]]:
        """What each place takes from those it looks at, and the weights before dropout.

        Args:
            x: the places that ask.
            memory: the places that are asked (cross-attention); x itself if left out (self-attention).
            mask: True where a query may look at a key; broadcasts to (B, H, T, S).
            cache: keys and values of places before x, which x may look at too; x is added to it.
        """
        q, k, v = self.queries_keys_values(x, memory)
        start = 0 if cache is None else len(cache)
        if self.positions == "RoPE" and memory is None:
            q, k = rotate(q, start), rotate(k, start)
        if cache is not None:
            k, v = cache.extend(k, v)
        bias = None
        if self.positions == "ALiBi" and memory is None:
            bias = alibi_bias(self.n_heads, q.shape[2], k.shape[2]).to(x.device)  # (H, T, S)
        out, weights = scaled_dot_product_attention(q, k, v, mask, bias, is_scaled=self.is_scaled, dropout=self.dropout)
        return self.out_proj(out.transpose(1, 2).flatten(2)), weights  # (B, T, D)


# ---- blocks ------------------------------------------------------------------------------------------------------

ACTIVATIONS: Final = {"relu": nn.ReLU, "gelu": nn.GELU}


class FeedForward(nn.Sequential):
    """The part of a block that treats each place by itself: wider, an activation, back."""

    def __init__(self, d_model: int, dim_feedforward: int, dropout: float = 0.0, activation: str = "relu") -> None:
        """Makes the layers.

        Args:
            d_model: D.
            dim_feedforward: F.
            dropout: share of the hidden units set to 0 while training.
            activation: `relu`, as in 2017, or `gelu`, as in GPT and BERT.
        """
        super().__init__(
            nn.Linear(d_model, dim_feedforward),  # (B, T, F)
            ACTIVATIONS[activation](),
            ByteDropout(dropout),
            nn.Linear(dim_feedforward, d_model),  # (B, T, D)
        )


class EncoderBlock(nn.Module):
    """Self-attention and a feed-forward part, each added to what came in. With a causal mask it is GPT's block."""

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        dim_feedforward: int,
        *,
        dropout: float = 0.0,
        is_pre_norm: bool = False,
        activation: str = "relu",
        positions: Positions = "none",
        is_scaled: bool = True,
    ) -> None:
        """Makes the layers with fresh random weights.

        Args:
            d_model: D.
            n_heads: H.
            dim_feedforward: F.
            dropout: share set to 0 while training, in attention, in the feed-forward part and after both.
            is_pre_norm: normalises before each part, as GPT-2 does, instead of after it, as the paper of 2017 does.
            activation: `relu` or `gelu`.
            positions: `RoPE` or `ALiBi` act inside attention.
            is_scaled: divides the scores by √d.
        """
        super().__init__()
        self.attention = MultiHeadAttention(d_model, n_heads, positions=positions, is_scaled=is_scaled, dropout=dropout)
        self.feed_forward = FeedForward(d_model, dim_feedforward, dropout, activation)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.dropout = ByteDropout(dropout)
        self.is_pre_norm = is_pre_norm

    def forward(
        self,
        x: Float[Tensor, "B T D"],
        mask: Bool[Tensor, "..."] | None = None,
        cache: KeyValueCache | None = None,
    ) -> Float[Tensor, "B T D"]:
        """The places after one block.

        Args:
            x: the places before it.
            mask: True where a place may look at another.
            cache: keys and values of places before x.
        """
        if self.is_pre_norm:
            x = x + self.dropout(self.attention(self.norm1(x), mask=mask, cache=cache)[0])
            return x + self.dropout(self.feed_forward(self.norm2(x)))
        x = self.norm1(x + self.dropout(self.attention(x, mask=mask, cache=cache)[0]))
        return self.norm2(x + self.dropout(self.feed_forward(x)))


class DecoderBlock(nn.Module):
    """Self-attention, attention to a memory, and a feed-forward part: the block of the 2017 decoder."""

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        dim_feedforward: int,
        *,
        dropout: float = 0.0,
        is_pre_norm: bool = False,
        activation: str = "relu",
        positions: Positions = "none",
        is_scaled: bool = True,
    ) -> None:
        """Makes the layers with fresh random weights; arguments as in `EncoderBlock`."""
        super().__init__()
        self.attention = MultiHeadAttention(d_model, n_heads, positions=positions, is_scaled=is_scaled, dropout=dropout)
        self.cross_attention = MultiHeadAttention(d_model, n_heads, is_scaled=is_scaled, dropout=dropout)
        self.feed_forward = FeedForward(d_model, dim_feedforward, dropout, activation)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.norm3 = nn.LayerNorm(d_model)
        self.dropout = ByteDropout(dropout)
        self.is_pre_norm = is_pre_norm

    def forward(
        self,
        x: Float[Tensor, "B T D"],
        memory: Float[Tensor, "B S D"],
        self_mask: Bool[Tensor, "..."] | None = None,
        memory_mask: Bool[Tensor, "..."] | None = None,
        cache: KeyValueCache | None = None,
    ) -> Float[Tensor, "B T D"]:
        """The places after one block.

        Args:
            x: the places before it.
            memory: what the encoder has made of the source.
            self_mask: True where a place may look at another.
            memory_mask: True where a place may look at the memory.
            cache: keys and values of places before x, for the self-attention.
        """
        if self.is_pre_norm:
            x = x + self.dropout(self.attention(self.norm1(x), mask=self_mask, cache=cache)[0])
            x = x + self.dropout(self.cross_attention(self.norm2(x), memory, memory_mask)[0])
            return x + self.dropout(self.feed_forward(self.norm3(x)))
        x = self.norm1(x + self.dropout(self.attention(x, mask=self_mask, cache=cache)[0]))
        x = self.norm2(x + self.dropout(self.cross_attention(x, memory, memory_mask)[0]))
        return self.norm3(x + self.dropout(self.feed_forward(x)))
