"""Quantisation: weights rounded to a few levels, so that each takes 8, 4 or even 2 bits instead of 32.

A weight w becomes a whole number q, its code, and w is read back as scale · q, or scale · (q − zero) where the levels
do not lie around 0. The scale is stored beside the codes: one for the whole tensor, one for each row (an output of the
layer), or one for each group of a few weights in a row. Fewer weights with one scale means less error, as a single
large weight spoils fewer others, and more scales to store.

Why it was needed: what a network takes on a disk, in memory and on the way to the processor is nearly all weights. A
model of seven billion has 28 GB in 32 bits and 3.5 GB in 4.
Papers: scale and zero point: Jacob et al., 2017, https://arxiv.org/abs/1712.05877; one scale a row, and what large
values do to it: Dettmers et al., "LLM.int8()", 2022, https://arxiv.org/abs/2208.07339; 4 bits in groups: Dettmers et
al., "QLoRA", 2023, https://arxiv.org/abs/2305.14314.

Differs from the papers: only weights are rounded, after training, and the arithmetic stays in 32 bits, so this saves
room, not time. The levels are evenly spaced (QLoRA's are not). Scales keep 32 bits; QLoRA rounds them, too. The lecture
names the package bitsandbytes, which does this for large models, and does not show how.

Shapes: O rows and I columns of a weight, S scales.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

Per = Literal["tensor", "row", "group"]
Form = Literal["symmetric", "min-max"]

GROUP: Final = 32  # weights, as in the GGUF format's blocks
SCALE_BYTES: Final = 4  # float32
ZERO_BYTES: Final = 1  # a zero point is a code


@dataclass(frozen=True, eq=False)
class Rounded:
    """A weight as it is stored with few bits, and as it is read back.

    Attributes:
        codes: whole numbers, in the shape of the weight.
        scales: distance between two levels, one for each part.
        zeros: the code that stands for 0, one for each part; all 0 in the symmetric form.
        values: what is read back.
        parts: which scale each weight belongs to.
        levels: the smallest and the largest code there may be.
        num_bytes: codes, scales and zero points.
        error: length of what rounding changed, as a share of the weight's own length.
    """

    codes: Int64[Tensor, "*shape"]
    scales: Float[Tensor, " S"]
    zeros: Int64[Tensor, " S"]
    values: Float[Tensor, "*shape"]
    parts: Int64[Tensor, "*shape"]
    levels: tuple[int, int]
    num_bytes: int
    error: float

    def levels_of(self, part: int) -> Float[Tensor, " L"]:
        """The values that weights of one part can take."""
        codes = torch.arange(self.levels[0], self.levels[1] + 1)
        return self.scales[part] * (codes - self.zeros[part])


@torch.no_grad()
def rounded(weight: Float[Tensor, "*shape"], bits: int, per: Per = "row", form: Form = "symmetric") -> Rounded:
    """Rounds a weight to the nearest levels.

    Args:
        weight: of a layer, outputs first; it stays as it is.
        bits: of a code, 2 to 8.
        per: how many weights share a scale: all, those of a row, or 32 beside each other in a row.
        form: `symmetric` puts the levels around 0, up to the largest magnitude; `min-max` spreads them from the
            smallest to the largest weight, 0 among them.

    Raises:
        ValueError: for a number of bits that is not offered.
    """
    if not 2 <= bits <= 8:
        raise ValueError(f"a code has 2 to 8 bits, but {bits} were asked for")
    rows = weight.detach().reshape(1, -1) if per == "tensor" else weight.detach().flatten(1)  # (O, I)
    columns = rows.shape[1]
    size = min(GROUP, columns) if per == "group" else columns
    table = F.pad(rows, (0, -columns % size)).reshape(-1, size)  # (S, size); the zeros at the end change no scale
    codes, scales, zeros, levels = _symmetric(table, bits) if form == "symmetric" else _min_max(table, bits)

    def back(values: Tensor) -> Tensor:
        return values.reshape(len(rows), -1)[:, :columns].reshape(weight.shape)

    values = back(scales[:, None] * (codes - zeros[:, None]))
    parts = back(torch.arange(len(table))[:, None].expand_as(table))
    stored = len(table) * (SCALE_BYTES + (ZERO_BYTES if form == "min-max" else 0))
    return Rounded(
        codes=back(codes),
        scales=scales,
        zeros=zeros,
        values=values,
        parts=parts,
        levels=levels,
        num_bytes=math.ceil(weight.numel() * bits / 8) + stored,
        error=((values - weight).norm() / weight.norm().clamp(min=1e-12)).item(),
    )


Codes = tuple[Int64[Tensor, "S I"], Float[Tensor, " S"], Int64[Tensor, " S"], tuple[int, int]]


def _symmetric(table: Float[Tensor, "S I"], bits: int) -> Codes:
    """As many levels above 0 as below: one code of the 2ⁿ is left unused."""
    top = 2 ** (bits - 1) - 1
    scales = _not_zero(table.abs().amax(1) / top)
    codes = (table / scales[:, None]).round().clamp(-top, top).long()
    return codes, scales, torch.zeros(len(table), dtype=torch.int64), (-top, top)


def _min_max(table: Float[Tensor, "S I"], bits: int) -> Codes:
    """All 2ⁿ levels from the smallest to the largest weight; 0 is one of them, so that padding stays 0."""
    top = 2**bits - 1
    low, high = table.amin(1).clamp(max=0), table.amax(1).clamp(min=0)
    scales = _not_zero((high - low) / top)
    zeros = (-low / scales).round().long()
    codes = ((table / scales[:, None]).round().long() + zeros[:, None]).clamp(0, top)
    return codes, scales, zeros, (0, top)


def _not_zero(scales: Float[Tensor, " S"]) -> Float[Tensor, " S"]:
    """A part of nothing but zeros has a scale of 1, as any would do."""
    return torch.where(scales > 0, scales, 1.0)
