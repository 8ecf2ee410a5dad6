"""The transformer's encoder, BERT's half: every word sees the whole sentence, to both sides, and nothing is written.

Symbols become vectors, a vector for the place is added, and a stack of blocks lets each place gather from all others
what it needs. Two heads can stand on top. One tells classes: the vectors of a sentence are averaged (or that of a
first symbol [CLS] is taken) and become K logits. The other fills gaps: some symbols were replaced by [MASK], and each
place becomes logits over the vocabulary. Filling gaps needs no labels, so it can be learnt from any text first.

Why it was needed: a network that reads from left to right knows a word only by what came before it; to understand a
sentence, what comes after counts as much, and text without labels is plentiful.
Papers: Devlin et al., "BERT: pre-training of deep bidirectional transformers", 2018, https://arxiv.org/abs/1810.04805;
the blocks: Vaswani et al., "Attention is all you need", 2017, https://arxiv.org/abs/1706.03762; gaps to be filled by
people: Taylor, "Cloze procedure", 1953, https://doi.org/10.1177/107769905303000401.

Differs from the lecture: padding is left out, of attention and of the mean, where the lecture averages over it too;
there is a head that fills gaps, of which the lecture only speaks; [CLS] can be taken instead of the mean; dropout
draws random bytes; a switch lets each place see only what is to its left, for comparison. Against BERT, it is small,
reads one sentence (so there is no [SEP] and no second task), bends with ReLU, and its head for gaps is a single layer.

Shapes: B sentences, T places, D numbers a place, K classes, V symbols.
"""

from typing import Final, Literal

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from models.attention import ByteDropout, EncoderBlock, causal_mask, padding_mask

PAD: Final = 0  # fills short sentences up; nobody looks at it
MASK: Final = 1  # stands where a symbol is to be guessed
CLS: Final = 2  # stands first; what gathers there can speak for the sentence
UNKNOWN: Final = 3  # a symbol that was not in the vocabulary
SPECIAL: Final = ("[PAD]", "[MASK]", "[CLS]", "[UNK]")  # the first symbols of every vocabulary, in this order

Pooling = Literal["mean", "CLS"]


class SimpleTransformerEncoder(nn.Module):
    """The lecture's classifier: symbols and places, a stack of blocks, one vector a sentence, a linear layer."""

    def __init__(
        self,
        vocab_size: int,
        d_model: int = 128,
        nhead: int = 4,
        num_layers: int = 2,
        dim_feedforward: int = 256,
        max_len: int = 100,
        num_classes: int = 2,
        dropout: float = 0.1,
        *,
        pooling: Pooling = "mean",
        sees_right: bool = True,
    ) -> None:
        """Makes the layers with fresh random weights.

        Args:
            vocab_size: V.
            d_model: D.
            nhead: heads of each block.
            num_layers: blocks.
            dim_feedforward: hidden units of the feed-forward part of a block.
            max_len: the longest sentence it can read, in symbols.
            num_classes: K; 0 for an encoder without this head.
            dropout: share of the numbers that is set to 0 while training.
            pooling: what speaks for the sentence: the mean of its places, or the first of them.
            sees_right: False hides from each place what comes after it.
        """
        super().__init__()
        self.token_embed = nn.Embedding(vocab_size, d_model)
        self.pos_embed = nn.Embedding(max_len, d_model)
        self.encoder = nn.ModuleList(
            EncoderBlock(d_model, nhead, dim_feedforward, dropout=dropout) for _ in range(num_layers)
        )
        self.fc = nn.Linear(d_model, num_classes) if num_classes else None
        self.pooling, self.sees_right = pooling, sees_right

    def forward(self, x: Int64[Tensor, "B T"], is_token: Bool[Tensor, "B T"] | None = None) -> Float[Tensor, "B K"]:
        """Logits of the classes.

        Args:
            x: symbols.
            is_token: False where a sentence is filled up; left out, everything counts, as in the lecture.

        Raises:
            ValueError: if it was made without classes.
        """
        if self.fc is None:
            raise ValueError("this encoder has no head that tells classes: make it with num_classes above 0.")
        return self.fc(self.pool(self.encode(x, is_token), is_token))  # (B, K)

    def encode(self, x: Int64[Tensor, "B T"], is_token: Bool[Tensor, "B T"] | None = None) -> Float[Tensor, "B T D"]:
        """One vector for each place, which knows of the places it may see."""
        return self.states(x, is_token)[-1]

    def states(
        self, x: Int64[Tensor, "B T"], is_token: Bool[Tensor, "B T"] | None = None
    ) -> list[Float[Tensor, "B T D"]]:
        """The vectors before the first block and after each."""
        return self.states_of(self.token_embed(x), is_token)

    def states_of(
        self, symbols: Float[Tensor, "B T D"], is_token: Bool[Tensor, "B T"] | None = None
    ) -> list[Float[Tensor, "B T D"]]:
        """The same from the vectors of the symbols, to ask how the answer depends on them."""
        places = symbols.shape[1]
        mask = None if is_token is None else padding_mask(is_token)  # (B, 1, 1, T)
        if not self.sees_right:
            before = causal_mask(places, device=symbols.device)  # (T, T)
            mask = before if mask is None else mask & before  # (B, 1, T, T)
        states = [symbols + self.pos_embed.weight[:places]]  # (B, T, D)
        for block in self.encoder:
            states.append(block(states[-1], mask))
        return states

    def pool(self, states: Float[Tensor, "B T D"], is_token: Bool[Tensor, "B T"] | None = None) -> Float[Tensor, "B D"]:
        """What speaks for each sentence: its first place, or the mean over its symbols."""
        if self.pooling == "CLS":
            return states[:, 0]
        if is_token is None:
            return states.mean(1)
        share = is_token / is_token.sum(1, keepdim=True)  # (B, T), 0 for padding
        return (share[:, None] @ states)[:, 0]  # (B, D)

    def set_dropout(self, share: float | int) -> None:
        """Changes the share that dropout sets to 0 from the next step on."""
        for module in self.modules():
            if isinstance(module, ByteDropout):
                module.p, module.num_dropped = share, round(256 * share)


class MaskedLanguageModel(nn.Module):
    """An encoder with BERT's other head: for each place, logits over the vocabulary."""

    def __init__(self, encoder: SimpleTransformerEncoder) -> None:
        """Puts a fresh head on an encoder, which it shares with whoever else holds it."""
        super().__init__()
        self.encoder = encoder
        vocab_size, d_model = encoder.token_embed.weight.shape
        self.lm_head = nn.Linear(d_model, vocab_size)

    def forward(
        self,
        x: Int64[Tensor, "B T"],
        is_token: Bool[Tensor, "B T"] | None = None,
        is_asked: Bool[Tensor, "B T"] | None = None,
    ) -> Float[Tensor, "*places V"]:
        """What stood at each place before it was hidden, as logits.

        Args:
            x: symbols, some of them hidden.
            is_token: False where a sentence is filled up.
            is_asked: the places wanted, which then come one after another, (n, V); left out, all of them, (B, T, V).
        """
        states = self.encoder.encode(x, is_token)  # (B, T, D)
        return self.lm_head(states if is_asked is None else states[is_asked])


def corrupted(
    x: Int64[Tensor, "B T"],
    is_asked: Bool[Tensor, "B T"],
    dice: Float[Tensor, "B T"],
    others: Int64[Tensor, "B T"],
    *,
    random_share: float | int = 0.1,
    kept_share: float | int = 0.1,
) -> Int64[Tensor, "B T"]:
    """BERT's 80/10/10: of the symbols asked for, most become [MASK], some another symbol, some stay.

    [MASK] never occurs outside of training. So that the network does not only wake up where it sees one, it is asked
    about symbols that are still there, and about wrong ones, too.

    Args:
        x: symbols.
        is_asked: which of them the network has to tell.
        dice: a number from 0 to 1 for each, which decides what becomes of it.
        others: the symbol that would take its place.
        random_share: of the asked ones, replaced by another symbol.
        kept_share: of the asked ones, left as they are.
    """
    is_random = is_asked & (dice < random_share)
    is_masked = is_asked & (dice >= random_share + kept_share)
    return torch.where(is_random, others, x).masked_fill(is_masked, MASK)
