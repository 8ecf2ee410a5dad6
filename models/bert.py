"""BERT's encoder: a stack of blocks that read a text to both sides, trained by others and used here as it is.

Each token becomes three vectors that are added, one for the token, one for its place, one for the text it belongs to
(the first or the second of a pair), and the sum is normalised. In every block each place gathers from all others what
it needs and then works on its own; both results are added to what came in and normalised. The mean over the places of
the last block speaks for the whole text. Divided by its length, it is a point on a sphere, and the product of two such
points is their cosine: that is what this network was trained for, with texts that belong together close to each other.

Why it was needed: labels are rare and text is not. A network that has read billions of words can be handed on, and who
has a few hundred examples of a task needs only a small layer on top. BERT's own vectors compare badly until the network
is trained on pairs; after that, ten thousand sentences are compared by ten thousand passes instead of fifty million.
Papers: Devlin et al., "BERT: pre-training of deep bidirectional transformers", 2018, https://arxiv.org/abs/1810.04805;
one vector a sentence: Reimers & Gurevych, "Sentence-BERT", 2019, https://arxiv.org/abs/1908.10084; narrow blocks that
imitate the attention of a large network: Wang et al., "MiniLM", 2020, https://arxiv.org/abs/2002.10957, of whose twelve
blocks every second one is kept here.

Differs from the page `encoder` (models/encoder.py): the sum of the vectors is normalised before the first block; there
are vectors for the first and the second text; GELU instead of ReLU; [SEP] ends each text; the sizes are others, six
blocks of twelve heads instead of two of four; and nothing is trained here, so there is no dropout. Differs from BERT:
half of its blocks, half of its width; no head for gaps, no second task, and no dense layer on [CLS], which the trained
file holds but the mean does not use.

Shapes: B texts, T places, D numbers a place, L blocks, H heads.
"""

from collections import deque
from collections.abc import Iterator
from typing import Final

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from models.attention import FeedForward, MultiHeadAttention, padding_mask

EPSILON: Final = 1e-12  # of the normalisations, as BERT has it


class BertBlock(nn.Module):
    """Attention and a feed-forward part; each is added to what came in, then normalised."""

    def __init__(self, d_model: int, n_heads: int, dim_feedforward: int) -> None:
        """Makes the layers with fresh random weights.

        Args:
            d_model: D.
            n_heads: H.
            dim_feedforward: hidden units of the feed-forward part.
        """
        super().__init__()
        self.attention = MultiHeadAttention(d_model, n_heads)
        self.norm1 = nn.LayerNorm(d_model, eps=EPSILON)
        self.feed_forward = FeedForward(d_model, dim_feedforward, activation="gelu")
        self.norm2 = nn.LayerNorm(d_model, eps=EPSILON)

    def forward(
        self, x: Float[Tensor, "B T D"], mask: Bool[Tensor, "B 1 1 T"] | None = None
    ) -> tuple[Float[Tensor, "B T D"], Float[Tensor, "B H T T"]]:
        """The places after the block, and who looked at whom."""
        gathered, weights = self.attention(x, mask=mask)
        x = self.norm1(x + gathered)
        return self.norm2(x + self.feed_forward(x)), weights


class Bert(nn.Module):
    """The encoder; the sizes left out are those of all-MiniLM-L6-v2."""

    def __init__(
        self,
        vocab_size: int = 30_522,
        d_model: int = 384,
        n_heads: int = 12,
        num_layers: int = 6,
        dim_feedforward: int = 1536,
        max_len: int = 512,
    ) -> None:
        """Makes the layers with fresh random weights.

        Args:
            vocab_size: how many tokens there are.
            d_model: D.
            n_heads: H.
            num_layers: L.
            dim_feedforward: hidden units of the feed-forward part of a block.
            max_len: the longest text it can read, in tokens.
        """
        super().__init__()
        self.token_embed = nn.Embedding(vocab_size, d_model)
        self.pos_embed = nn.Embedding(max_len, d_model)
        self.type_embed = nn.Embedding(2, d_model)
        self.norm = nn.LayerNorm(d_model, eps=EPSILON)
        self.blocks = nn.ModuleList(BertBlock(d_model, n_heads, dim_feedforward) for _ in range(num_layers))

    def forward(
        self,
        tokens: Int64[Tensor, "B T"],
        types: Int64[Tensor, "B T"] | None = None,
        is_token: Bool[Tensor, "B T"] | None = None,
    ) -> tuple[Float[Tensor, "B T D"], Float[Tensor, "L B H T T"]]:
        """One vector for each place after the last block, and the attention weights of every head.

        Args:
            tokens: their numbers.
            types: 0 for the first text of a pair, 1 for the second; left out, all is the first.
            is_token: False where a text is filled up; left out, everything counts.
        """
        states, weights = zip(*self.passes(tokens, types, is_token), strict=True)
        return states[-1], torch.stack(weights)

    def passes(
        self,
        tokens: Int64[Tensor, "B T"],
        types: Int64[Tensor, "B T"] | None = None,
        is_token: Bool[Tensor, "B T"] | None = None,
    ) -> Iterator[tuple[Float[Tensor, "B T D"], Float[Tensor, "B H T T"]]]:
        """Block by block, the places after it and its weights. Arguments as in `forward`."""
        types = torch.zeros_like(tokens) if types is None else types
        mask = None if is_token is None else padding_mask(is_token)  # (B, 1, 1, T)
        places = self.pos_embed.weight[: tokens.shape[1]]  # (T, D)
        states = self.norm(self.token_embed(tokens) + places + self.type_embed(types))  # (B, T, D)
        for block in self.blocks:
            states, weights = block(states, mask)
            yield states, weights

    def sentence_vectors(
        self,
        tokens: Int64[Tensor, "B T"],
        types: Int64[Tensor, "B T"] | None = None,
        is_token: Bool[Tensor, "B T"] | None = None,
    ) -> Float[Tensor, "B D"]:
        """One vector of length 1 for each text: the mean over its places, divided by its length.

        Args:
            tokens: their numbers.
            types: 0 for the first text of a pair, 1 for the second; left out, all is the first.
            is_token: False where a text is filled up, which the mean leaves out.
        """
        states, _ = deque(self.passes(tokens, types, is_token), maxlen=1)[0]  # no need to keep all weights
        counts = torch.ones_like(tokens, dtype=torch.bool) if is_token is None else is_token
        share = counts / counts.sum(1, keepdim=True)  # (B, T), 0 for padding
        means = (share[:, None] @ states)[:, 0]  # (B, D)
        return means / means.norm(dim=1, keepdim=True)
