"""A kernel applied to a picture, channel by channel, and what happens to the map when the picture is shifted."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from data.photos import SOURCES, colour_picture

LARGEST_SHIFT: Final = 8  # pixels
DRAWING_SIDE: Final = 20  # pixels of a drawing
SHRINK: Final = 2  # pixels of a picture that become one on the page


def page_picture(name: str) -> Float[np.ndarray, "H W 3"]:
    """A picture of data/photos.py in half its size, which a browser gets quickly."""
    assert name in SOURCES
    picture = colour_picture(name)
    height, width = picture.shape[0] // SHRINK, picture.shape[1] // SHRINK
    blocks = picture[: height * SHRINK, : width * SHRINK].reshape(height, SHRINK, width, SHRINK, 3)
    return np.asarray(blocks.mean(axis=(1, 3)), dtype=np.float32)


def drawn(pixels: frozenset[tuple[int, int]]) -> Float[np.ndarray, "H W 3"]:
    """A drawing, white on black.

    Args:
        pixels: (row, column) of those that are white.
    """
    picture = np.zeros((DRAWING_SIDE, DRAWING_SIDE, 3), dtype=np.float32)
    for row, column in pixels:
        picture[row, column] = 1.0
    return picture


def partial_maps(
    picture: Float[np.ndarray, "H W 3"], kernel: Float[np.ndarray, "K K"], weights: tuple[float, float, float]
) -> Float[np.ndarray, "3 H W"]:
    """What a convolution makes of red, green and blue before it adds them up.

    Args:
        picture: from 0 to 1.
        kernel: the same for all channels, but for
        weights: a factor for each channel.

    Returns:
        A map for each channel, as large as the picture, whose last pixels are repeated beyond the border. The output
        of the layer is their sum.
    """
    channels = torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))[:, None]  # (3, 1, H, W)
    factors = torch.tensor(weights, dtype=torch.float32)[:, None, None]
    return _same_size(channels, kernel)[:, 0].mul(factors).numpy()


def _same_size(pictures: Float[Tensor, "B 1 H W"], kernel: Float[np.ndarray, "K K"]) -> Float[Tensor, "B 1 H W"]:
    size = len(kernel)
    before, after = (size - 1) // 2, size // 2
    padded = F.pad(pictures, (before, after, before, after), mode="replicate")
    return F.conv2d(padded, torch.tensor(kernel, dtype=torch.float32)[None, None])


@dataclass(frozen=True, eq=False)
class Shifted:
    """A picture and the same picture shifted, and what convolution and pooling make of both.

    All differences are lengths, √Σ(a − b)², over the length of the unshifted map.

    Attributes:
        picture: (H, W) grey, and
        moved: (H, W) the same scene some pixels further right.
        map: (P, Q) of the picture after the kernel, negative numbers set to 0, and
        moved_map: (P, Q) of the shifted one.
        pooled: (p, q) largest numbers of the map in each block, and
        moved_pooled: (p, q) of the shifted one.
        equivariance_error: how far the shifted picture's map is from the map shifted. 0: the answer moves along.
        change: how far the maps are apart, place by place. 0 would be invariance.
        pooled_change: the same after pooling.
        global_change: the same when only one largest number is kept of the whole map.
        pooled_equivariance_error: how far the pooled map is from one shifted by whole blocks; NaN if the shift is not
            a whole number of blocks.
    """

    picture: Float[np.ndarray, "H W"]
    moved: Float[np.ndarray, "H W"]
    map: Float[np.ndarray, "P Q"]
    moved_map: Float[np.ndarray, "P Q"]
    pooled: Float[np.ndarray, "p q"]
    moved_pooled: Float[np.ndarray, "p q"]
    equivariance_error: float
    change: float
    pooled_change: float
    global_change: float
    pooled_equivariance_error: float


def shift(picture: Float[np.ndarray, "H W"], kernel: Float[np.ndarray, "K K"], pixels: int, block: int) -> Shifted:
    """Shifts a picture to the right and compares what convolution and max pooling make of it.

    The shifted picture is another cut of the same scene, so that no border is made up. Kernels see no pixel beyond
    the cut.

    Args:
        picture: a scene, at least 2 · LARGEST_SHIFT + K wide and K high.
        kernel: odd or even.
        pixels: how far, from 0 to LARGEST_SHIFT.
        block: side of the pooling's windows, and its stride.
    """
    width = picture.shape[1] - LARGEST_SHIFT
    still = torch.from_numpy(np.ascontiguousarray(picture[:, LARGEST_SHIFT:]))[None, None]
    moved = torch.from_numpy(np.ascontiguousarray(picture[:, LARGEST_SHIFT - pixels : LARGEST_SHIFT - pixels + width]))
    weight = torch.tensor(kernel, dtype=torch.float32)[None, None]
    one, other = (F.conv2d(scene, weight).relu() for scene in (still, moved[None, None]))
    pools = [F.max_pool2d(map, min(block, *map.shape[2:])) for map in (one, other)]
    blocks = pixels // block
    whole = pixels % block == 0
    return Shifted(
        picture=still[0, 0].numpy(),
        moved=moved.numpy(),
        map=one[0, 0].numpy(),
        moved_map=other[0, 0].numpy(),
        pooled=pools[0][0, 0].numpy(),
        moved_pooled=pools[1][0, 0].numpy(),
        equivariance_error=_distance(_left(one, pixels), _right(other, pixels)),
        change=_distance(one, other),
        pooled_change=_distance(*pools),
        global_change=_distance(one.amax((2, 3)), other.amax((2, 3))),
        pooled_equivariance_error=_distance(_left(pools[0], blocks), _right(pools[1], blocks)) if whole else np.nan,
    )


def _left(map: Tensor, pixels: int) -> Tensor:
    """What a shift to the right leaves in the picture."""
    return map[..., : map.shape[-1] - pixels]


def _right(map: Tensor, pixels: int) -> Tensor:
    """Where that is after the shift."""
    return map[..., pixels:]


def _distance(one: Tensor, other: Tensor) -> float:
    size = one.norm().item()
    gap = (one - other).norm().item()
    return gap / size if size > 0 else 0.0 if gap == 0 else float("inf")
