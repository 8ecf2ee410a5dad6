"""Transformer, encoder and decoder: one half reads the source, the other writes the answer and looks back at it.

The encoder lets every place of the source look at every other. The decoder writes one token after another: each place
looks at what has been written so far (a causal mask hides the rest), then, by cross-attention, at the whole source.
While it learns, the decoder is given the right tokens before each place; when it is used, it is given its own.

Why it was needed: recurrent translators read step by step and squeezed a whole sentence into one memory. Here all
places are computed at once, and every word of the answer can look at every word of the source.
Papers: Vaswani et al., "Attention is all you need", 2017, https://arxiv.org/abs/1706.03762; encoder and decoder before
it: Sutskever, Vinyals & Le, 2014, https://arxiv.org/abs/1409.3215; normalisation before each part: Xiong et al., 2020,
https://arxiv.org/abs/2002.04745; the same two halves, trained on much text: Raffel et al. (T5), 2019,
https://arxiv.org/abs/1910.10683.

Differs from the lecture: its text calls GPT such a pair of halves; GPT is the decoder alone (without cross-attention),
BERT the encoder alone. Source and target may have vocabularies of their own, padding of the source is not looked at,
positions and the place of the normalisation can be chosen, and two switches take away what the network needs. The
masks here say what may be looked at, the lecture's what may not. Names, defaults and the order of things are its own.

Shapes: B batch, S tokens of the source, T tokens of the target, D numbers a token, V tokens of the target vocabulary.
"""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from models.attention import DecoderBlock, EncoderBlock, causal_mask, padding_mask
from models.attention_positions import PositionalEmbedding, Positions


class SimpleTransformer(nn.Module):
    """The lecture's transformer: two embeddings, one table of positions, a stack of blocks for each half."""

    def __init__(
        self,
        vocab_size: int,
        embed_dim: int = 64,
        num_heads: int = 4,
        ff_dim: int = 128,
        num_layers: int = 2,
        max_len: int = 128,
        *,
        target_vocab_size: int | None = None,
        positions: Positions = "learned",
        is_pre_norm: bool = False,
        dropout: float = 0.0,
        uses_mask: bool = True,
        uses_memory: bool = True,
    ) -> None:
        """Makes the layers with fresh random weights.

        Args:
            vocab_size: how many different tokens the source has.
            embed_dim: D.
            num_heads: heads of each attention.
            ff_dim: units of each feed-forward part.
            num_layers: blocks of the encoder, and as many of the decoder.
            max_len: the longest sequence a learned table of positions can take.
            target_vocab_size: V; as many as the source has if left out.
            positions: how the network knows where a token stands.
            is_pre_norm: normalises before each part; one more norm then ends each half.
            dropout: share of the numbers set to 0 while training.
            uses_mask: hides from each place of the decoder what comes after it.
            uses_memory: lets the decoder look at the source; without, it is given zeros in its place.
        """
        super().__init__()
        self.src_emb = nn.Embedding(vocab_size, embed_dim)
        self.tgt_emb = nn.Embedding(target_vocab_size or vocab_size, embed_dim)
        self.pos_emb = PositionalEmbedding(embed_dim, max_len, positions)
        self.encoder_layers = nn.ModuleList()
        self.decoder_layers = nn.ModuleList()
        for _ in range(num_layers):
            sizes = (embed_dim, num_heads, ff_dim)
            self.encoder_layers.append(
                EncoderBlock(*sizes, dropout=dropout, is_pre_norm=is_pre_norm, positions=positions)
            )
            self.decoder_layers.append(
                DecoderBlock(*sizes, dropout=dropout, is_pre_norm=is_pre_norm, positions=positions)
            )
        self.encoder_norm = nn.LayerNorm(embed_dim) if is_pre_norm else nn.Identity()
        self.decoder_norm = nn.LayerNorm(embed_dim) if is_pre_norm else nn.Identity()
        self.output_proj = nn.Linear(embed_dim, target_vocab_size or vocab_size)
        self.uses_mask, self.uses_memory = uses_mask, uses_memory

    def encode(self, src: Int64[Tensor, "B S"], src_mask: Bool[Tensor, "B S"] | None = None) -> Float[Tensor, "B S D"]:
        """What the encoder has made of each token of the source."""
        x = self.src_emb(src) + self.pos_emb(src.shape[1])  # (B, S, D)
        mask = None if src_mask is None else padding_mask(src_mask)  # (B, 1, 1, S)
        for layer in self.encoder_layers:
            x = layer(x, mask)
        memory: Tensor = self.encoder_norm(x)
        return memory if self.uses_memory else torch.zeros_like(memory)

    def decode(
        self,
        tgt: Int64[Tensor, "B T"],
        memory: Float[Tensor, "B S D"],
        src_mask: Bool[Tensor, "B S"] | None = None,
    ) -> Float[Tensor, "B T V"]:
        """Logits of the token after each place of the target, given the memory."""
        x = self.tgt_emb(tgt) + self.pos_emb(tgt.shape[1])  # (B, T, D)
        self_mask = causal_mask(tgt.shape[1], device=tgt.device) if self.uses_mask else None  # (T, T)
        memory_mask = None if src_mask is None else padding_mask(src_mask)  # (B, 1, 1, S)
        for layer in self.decoder_layers:
            x = layer(x, memory, self_mask, memory_mask)
        logits: Tensor = self.output_proj(self.decoder_norm(x))  # (B, T, V)
        return logits

    def forward(
        self,
        src: Int64[Tensor, "B S"],
        tgt: Int64[Tensor, "B T"],
        src_mask: Bool[Tensor, "B S"] | None = None,
    ) -> Float[Tensor, "B T V"]:
        """Logits of the token after each place of the target.

        Args:
            src: tokens of the source.
            tgt: tokens of the target, without its last.
            src_mask: True for a token, False for padding; all count if left out.
        """
        return self.decode(tgt, self.encode(src, src_mask), src_mask)
