"""The pictures of the page `pretrained` as its networks get them, and those the page is tested on.

Shapes: N pictures, C channels, S side in pixels.
"""

from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float, Int64, UInt8
from torch import Tensor

from data.dataset import seeded
from data.images import ImageSet, greyed, load_images
from experiments.cnn_data import as_input, scaled
from experiments.pretrained_settings import OWN, PHOTOS, PretrainedSettings
from experiments.pretrained_vision import normalised
from training.settings import SettingsError

SIDE: Final = 28  # of the drawings that the small network was trained on
MOST_TESTS: Final = {28: 200, 32: 100, 48: 80, 64: 60}  # up to this side, so many test pictures are judged


@dataclass(frozen=True, eq=False)
class Pictures:
    """What a run learns from and is tested on.

    Attributes:
        images: the set they were taken from.
        x: (N, C, S, S), those for training first; 0 black to 255 white.
        y: (N,) classes.
        num_train: how many are for training.
        rows: (N,) their places in the set.
    """

    images: ImageSet
    x: UInt8[Tensor, "N C S S"]
    y: Int64[Tensor, " N"]
    num_train: int
    rows: Int64[Tensor, " N"]

    @property
    def num_classes(self) -> int:
        """K."""
        return len(self.images.class_names)


def make_pictures(settings: PretrainedSettings, own: ImageSet | None) -> Pictures:
    """Takes as many pictures of each class as the settings ask for, and the test pictures.

    Args:
        settings: which set, how many, for which network; the seed says which of them.
        own: the visitor's own.

    Raises:
        SettingsError: if the visitor's own are wanted and there are none.
    """
    if settings.data == OWN and own is None:
        raise SettingsError("There are no pictures of your own yet: bring some of at least two classes.")
    images = load_images(settings.data) if own is None or settings.data != OWN else own
    side = settings.image_size if settings.start == PHOTOS else SIDE
    order = torch.randperm(images.num_train, generator=seeded(settings.seed))
    classes = [order[images.y[order] == k][: settings.num_per_class] for k in range(len(images.class_names))]
    most = next(count for largest, count in MOST_TESTS.items() if side <= largest)
    rows = torch.cat([*classes, torch.arange(images.num_train, len(images.y))[:most]])
    x = fitted(images.x[rows], side, is_grey=settings.start != PHOTOS)
    return Pictures(images, x, images.y[rows], sum(map(len, classes)), rows)


def fitted(x: UInt8[Tensor, "N _ H W"], side: int, *, is_grey: bool) -> UInt8[Tensor, "N C S S"]:
    """Pictures of another size, with one channel or three."""
    x = scaled(x, side)
    if is_grey and x.shape[1] == 3:
        return greyed(x).round().to(torch.uint8)
    return x if is_grey or x.shape[1] == 3 else x.expand(-1, 3, -1, -1).contiguous()


def inputs(x: UInt8[Tensor, "B C S S"]) -> Float[Tensor, "B C S S"]:
    """Bytes as numbers from −1 to 1, as each of the two networks was trained; channels lie beside each other."""
    if x.shape[1] == 1:
        return as_input(x)
    return normalised(x).contiguous(memory_format=torch.channels_last)
