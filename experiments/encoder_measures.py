"""What each symbol of a sentence has to do with the answer, in three ways, and whether padding matters.

Attention says where the network looks. What a symbol is worth is found out by leaving it out (occlusion), or guessed
from the slope of the answer (gradient times input). The first and the second need not agree: Jain & Wallace, "Attention
is not explanation", 2019, https://arxiv.org/abs/1902.10186.

Shapes: N sentences, T places, K classes.
"""

from typing import Any, Final, NamedTuple

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from models.attention_inside import attention_weights
from models.encoder import PAD, SimpleTransformerEncoder

ROWS: Final = 128  # sentences with a symbol left out that are read for one measurement
FEWEST: Final = 4  # symbols a sentence needs for an order among them
NUM_PADDED: Final = 16


class Clues(NamedTuple):
    """What speaks for the likeliest class, symbol by symbol; 0 where there is none.

    Attributes:
        attention: share of the attention of the last block that goes to each symbol; the mean over heads, and over
            the symbols that look, where their mean is what counts.
        occlusion: by how much the log-chance falls without the symbol.
        gradient: slope of the log-chance, times the vector of the symbol.
    """

    attention: Float[Tensor, "N T"]
    occlusion: Float[Tensor, "N T"]
    gradient: Float[Tensor, "N T"]


def clues_of(model: SimpleTransformerEncoder, x: Int64[Tensor, "N T"], *, uses_mask: bool) -> Clues:
    """Attention, occlusion and gradient times input; the network must not be training.

    Args:
        model: with a head for classes.
        x: sentences, [CLS] first.
        uses_mask: whether padding is left out.
    """
    is_token = x != PAD
    said, slope = _slope(model, x, is_token if uses_mask else None)
    counts = is_token.clone()
    counts[:, 0] = False  # [CLS] is no symbol of the sentence
    return Clues(
        _attention(model, x, is_token if uses_mask else None) * is_token,
        _occlusion(model, x, is_token, said, uses_mask=uses_mask) * counts,
        slope * counts,
    )


def _attention(
    model: SimpleTransformerEncoder, x: Int64[Tensor, "N T"], seen: Bool[Tensor, "N T"] | None
) -> Float[Tensor, "N T"]:
    weights = attention_weights(model, x, seen)[-1].mean(1)  # (N, T, T)
    if model.pooling == "CLS":
        return weights[:, 0]
    if seen is None:
        return weights.mean(1)
    return (weights * seen[:, :, None]).sum(1) / seen.sum(1, keepdim=True)


@torch.no_grad()
def _occlusion(
    model: SimpleTransformerEncoder,
    x: Int64[Tensor, "N T"],
    is_token: Bool[Tensor, "N T"],
    said: Int64[Tensor, " N"],
    *,
    uses_mask: bool,
) -> Float[Tensor, "N T"]:
    """Each symbol in turn becomes padding."""
    n, places = x.shape
    gone = torch.eye(places, dtype=torch.bool, device=x.device)[None]  # (1, T, T)
    without = x[:, None].masked_fill(gone, PAD).flatten(0, 1)  # (N·T, T)
    left = (is_token[:, None] & ~gone).flatten(0, 1) if uses_mask else None
    if left is not None:
        left[:, 0] = True  # [CLS] stays, or nothing would be left of a sentence of one symbol
        without[:, 0] = x[0, 0]
    chances = model(without, left).log_softmax(1).view(n, places, -1)  # (N, T, K)
    whole = model(x, is_token if uses_mask else None).log_softmax(1)  # (N, K)
    rows = torch.arange(n, device=x.device)
    return whole[rows, said][:, None] - chances[rows, :, said]  # (N, T)


def _slope(
    model: SimpleTransformerEncoder, x: Int64[Tensor, "N T"], seen: Bool[Tensor, "N T"] | None
) -> tuple[Int64[Tensor, " N"], Float[Tensor, "N T"]]:
    """The likeliest classes, and gradient times input of their log-chances."""
    assert model.fc is not None
    with torch.enable_grad():
        vectors = model.token_embed(x).detach().requires_grad_()
        logits = model.fc(model.pool(model.states_of(vectors, seen)[-1], seen)).log_softmax(1)  # (N, K)
        best, said = logits.max(1)
        (gradient,) = torch.autograd.grad(best.sum(), vectors)
    return said, (gradient * vectors.detach()).sum(2)


def rank_correlation(one: Float[Tensor, " n"], other: Float[Tensor, " n"]) -> float:
    """Spearman's: 1 if both put things in the same order, −1 if in the reverse one, about 0 if unrelated."""
    ranks = torch.stack([values.argsort().argsort().double() for values in (one, other)])
    return torch.corrcoef(ranks)[0, 1].item()


def agreement(clues: Clues, is_token: Bool[Tensor, "N T"]) -> tuple[float, float]:
    """How attention, and gradient times input, order symbols like occlusion: mean rank correlations, signs aside."""
    rows = [row for row, known in enumerate(is_token) if int(known.sum()) > FEWEST]  # [CLS] is one more
    if not rows:
        return 0.0, 0.0
    pairs = [_agreement(clues, row, is_token[row].nonzero()[1:, 0]) for row in rows]
    return sum(one for one, _ in pairs) / len(pairs), sum(other for _, other in pairs) / len(pairs)


def _agreement(clues: Clues, row: int, places: Int64[Tensor, " n"]) -> tuple[float, float]:
    """The two rank correlations of one sentence."""
    truth = clues.occlusion[row, places].abs()
    attention, gradient = clues.attention[row, places], clues.gradient[row, places].abs()
    return rank_correlation(attention, truth), rank_correlation(gradient, truth)


@torch.no_grad()
def padding_shift(model: SimpleTransformerEncoder, x: Int64[Tensor, "N T"], *, uses_mask: bool) -> float:
    """The largest change of a chance when sentences of one length are read without their padding; 0 if there are none.

    Args:
        model: with a head for classes; it must not be training.
        x: sentences, filled up.
        uses_mask: whether padding is left out.
    """
    lengths = (x != PAD).sum(1)
    short = lengths[lengths < x.shape[1]]
    if not len(short):
        return 0.0
    length = int(short.mode().values)
    rows = x[lengths == length][:NUM_PADDED]
    filled = model(rows, rows != PAD if uses_mask else None).softmax(1)
    alone: Any = model(rows[:, :length], None).softmax(1)
    return (filled - alone).abs().max().item()
