"""Where a token stands: numbers added to it, an angle its queries and keys are turned by, or a penalty on distance.

Attention by itself treats a sentence as a bag of words: mix the words and the same answers come out, mixed likewise.

Why it was needed: "dog bites man" and "man bites dog" hold the same words.
Papers: sines and cosines: Vaswani et al., "Attention is all you need", 2017, https://arxiv.org/abs/1706.03762; rotated
queries and keys (RoPE): Su et al., 2021, https://arxiv.org/abs/2104.09864; a penalty on distance (ALiBi): Press, Smith
& Lewis, 2021, https://arxiv.org/abs/2108.12409.

Differs from the lecture: its text describes sines and its code learns a table; both are here, and two newer kinds.

Shapes: B batch, H heads, T places that ask, S places that are asked, D numbers a place, d = D / H numbers a head.
"""

from typing import Final, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

Positions = Literal["none", "sinusoidal", "learned", "RoPE", "ALiBi"]
POSITIONS: Final[tuple[Positions, ...]] = ("none", "sinusoidal", "learned", "RoPE", "ALiBi")
BASE: Final = 10_000.0  # of the wavelengths: the longest is 2π times as many places


def _angles(num_places: int, width: int, start: int, base: float, device: torch.device) -> Float[Tensor, "T half"]:
    """Position times frequency, one column for each pair of dimensions: position / base^(2i / width)."""
    places = torch.arange(start, start + num_places, device=device)
    frequencies = base ** (-torch.arange(0, width, 2, device=device) / width)
    return places[:, None] * frequencies


def sinusoidal_positions(
    num_places: int, d_model: int, *, start: int = 0, base: float = BASE, device: torch.device | None = None
) -> Float[Tensor, "T D"]:
    """A sine in each even dimension, a cosine in each odd one, slower from pair to pair (Vaswani et al., 3.5).

    Args:
        num_places: T.
        d_model: D.
        start: the first position.
        base: sets how slow the last pair is.
        device: where the numbers are made.
    """
    angles = _angles(num_places, d_model, start, base, device or torch.device("cpu"))
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)[:, :d_model]  # (T, D)


def rotate(x: Float[Tensor, "... T d"], start: int = 0, *, base: float = BASE) -> Float[Tensor, "... T d"]:
    """RoPE: turns each pair of dimensions by an angle that grows with the position; products depend on distance only.

    Args:
        x: queries or keys; d is even.
        start: the position of the first place.
        base: sets how slow the last pair turns.
    """
    angles = _angles(x.shape[-2], x.shape[-1], start, base, x.device)
    cos, sin = angles.cos(), angles.sin()
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], dim=-1).flatten(-2)


def alibi_slopes(n_heads: int) -> Float[Tensor, " H"]:
    """How much a head minds distance: 2^(-8 / H), its square, and so on; the first head is the most short-sighted."""
    return 2.0 ** (-8 * torch.arange(1, n_heads + 1) / n_heads)


def alibi_bias(n_heads: int, num_queries: int, num_keys: int) -> Float[Tensor, "H T S"]:
    """What ALiBi adds to the scores: minus slope times distance. The last query stands at the last key."""
    queries = torch.arange(num_keys - num_queries, num_keys)
    distances = (queries[:, None] - torch.arange(num_keys)).abs()
    return -alibi_slopes(n_heads)[:, None, None] * distances


class PositionalEmbedding(nn.Module):
    """What is added to a token so that the network knows where it stands.

    RoPE and ALiBi act inside attention; for them and for `none`, zeros are added.
    """

    def __init__(self, d_model: int, max_len: int, positions: Positions = "learned") -> None:
        """Makes the table, if it is learned.

        Args:
            d_model: D.
            max_len: positions of a learned table; the others have no end.
            positions: which kind.
        """
        super().__init__()
        self.d_model, self.max_len, self.positions = d_model, max_len, positions
        self.zero: Tensor  # knows the device
        if positions == "learned":
            self.weight = nn.Parameter(torch.randn(max_len, d_model))  # as nn.Embedding begins
        else:
            self.register_buffer("zero", torch.zeros(1), persistent=False)

    def forward(self, num_places: int, start: int = 0) -> Float[Tensor, "T D"]:
        """Vectors of the places `start` to `start + num_places - 1`.

        Raises:
            ValueError: if a learned table is shorter.
        """
        if self.positions == "learned":
            if start + num_places > self.max_len:
                raise ValueError(
                    f"The learned positions end at {self.max_len}, the sequence has {start + num_places} places: "
                    "take a shorter one, a longer max_len, or positions without an end."
                )
            return self.weight[start : start + num_places]
        if self.positions == "sinusoidal":
            return sinusoidal_positions(num_places, self.d_model, start=start, device=self.zero.device)
        return self.zero.expand(num_places, self.d_model)
