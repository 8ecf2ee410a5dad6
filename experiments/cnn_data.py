"""The pictures of the page `cnn` as the network gets them: scaled, divided, shuffled if asked.

Shapes: N pictures, C channels, S side in pixels.
"""

from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float, Int64, UInt8
from torch import Tensor
from torch.nn import functional as F

from data.dataset import seeded
from data.images import ImageSet, load_images
from experiments.cnn_settings import OWN, CNNSettings
from training.settings import SettingsError

DIRECTIONS: Final = ((1, 0), (-1, 0), (0, 1), (0, -1))  # down and right


@dataclass(frozen=True, eq=False)
class Pictures:
    """What a run learns from and is tested on.

    Attributes:
        images: the set they were taken from.
        x: (N, C, S, S), those for training first; 0 black to 255 white.
        y: (N,) classes.
        num_train: how many are for training.
        places: (S·S,) where each pixel of the picture went, or None if they stayed.
    """

    images: ImageSet
    x: UInt8[Tensor, "N C S S"]
    y: Int64[Tensor, " N"]
    num_train: int
    places: Int64[Tensor, " P"] | None

    @property
    def num_classes(self) -> int:
        """K."""
        return len(self.images.class_names)


def make_pictures(settings: CNNSettings, own: ImageSet | None) -> Pictures:
    """Takes the pictures that the settings ask for.

    Args:
        settings: which set, which size, how many.
        own: the visitor's own.

    Raises:
        SettingsError: if the visitor's own are wanted and there are none.
    """
    if settings.data == OWN and own is None:
        raise SettingsError("There are no pictures of your own yet: bring some of at least two classes.")
    images = load_images(settings.data) if own is None or settings.data != OWN else own
    num_train = min(settings.num_train, images.num_train)
    kept = torch.cat([torch.arange(num_train), torch.arange(images.num_train, len(images.y))])
    x = scaled(images.x[kept], settings.image_size)
    if settings.test_shift:
        x = torch.cat([x[:num_train], shifted(x[num_train:], settings.test_shift)])
    places = None
    if settings.has_shuffled_pixels:
        places = torch.randperm(settings.image_size**2, generator=seeded(settings.seed))
        x = shuffled(x, places)
    return Pictures(images, x, images.y[kept], num_train, places)


def scaled(x: UInt8[Tensor, "N C H W"], side: int) -> UInt8[Tensor, "N C S S"]:
    """Pictures of another size; smooth, and without the steps that leaving out pixels would give."""
    if x.shape[2:] == (side, side):
        return x
    parts = [F.interpolate(part.float(), size=(side, side), mode="bilinear", antialias=True) for part in x.split(500)]
    return torch.cat([part.round().clamp(0, 255).to(torch.uint8) for part in parts])


def shifted(x: UInt8[Tensor, "N C S S"], far: int) -> UInt8[Tensor, "N C S S"]:
    """The first picture moved down, the second up, the third right, the fourth left, and so on; black comes in."""
    moved = torch.empty_like(x)
    for turn, (down, right) in enumerate(DIRECTIONS):
        moved[turn :: len(DIRECTIONS)] = moved_by(x[turn :: len(DIRECTIONS)], far * down, far * right)
    return moved


def moved_by(x: UInt8[Tensor, "N C S S"], down: int, right: int) -> UInt8[Tensor, "N C S S"]:
    """All pictures moved by as many pixels, up and left if negative; black comes in at the other side."""
    border, side = max(abs(down), abs(right)), x.shape[2]
    framed = F.pad(x, (border,) * 4)
    return framed[:, :, border - down : border - down + side, border - right : border - right + side]


def shuffled(x: UInt8[Tensor, "N C S S"], places: Int64[Tensor, " P"]) -> UInt8[Tensor, "N C S S"]:
    """The pixels of every picture, moved around in the same way."""
    return x.flatten(2)[:, :, places].reshape(x.shape)


def as_input(x: UInt8[Tensor, "B C S S"]) -> Float[Tensor, "B C S S"]:
    """Bytes as numbers from −1 to 1, as the lecture normalises them.

    In memory the channels of a place lie beside each other, which is how convolutions and pooling are fastest.
    """
    last = x.permute(0, 2, 3, 1).to(torch.float32, memory_format=torch.contiguous_format)  # (B, S, S, C)
    return last.mul_(2 / 255).sub_(1).permute(0, 3, 1, 2)
