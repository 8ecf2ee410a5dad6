"""What the page `gan` forges: points of the plane, or pictures as rows of numbers from −1 to 1.

Shapes: N examples, D numbers of each.
"""

from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional as F

from data.dataset import seeded
from data.images import ImageSet, load_images
from data.point_clouds import PointCloud, make_cloud, own_cloud
from experiments.gan_settings import OWN_IMAGES, OWN_POINTS, PLANE, GANSettings
from training.settings import SettingsError

SIDE: Final = 28
NUM_FRESH: Final = 512  # points that nobody learns from
LUMA: Final = (0.299, 0.587, 0.114)  # share of red, green and blue in a grey

OwnPoints = tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class Source:
    """Real examples.

    Attributes:
        real: (N, D) those to learn from.
        fresh: (M, D) others from the same source; the same again where a visitor brought points.
        cloud: where points come from; None for pictures.
        words: attribution, and what was done to the examples.
    """

    real: Float[Tensor, "N D"]
    fresh: Float[Tensor, "M D"]
    cloud: PointCloud | None
    words: tuple[str, ...]


def make_source(settings: GANSettings, own: ImageSet | None, points: OwnPoints) -> Source:
    """The real examples that the settings ask for.

    Args:
        settings: which ones, and how many.
        own: the visitor's own pictures.
        points: the visitor's own points, from −1 to 1.

    Raises:
        SettingsError: if the visitor's own are wanted and there are none.
        DataError: if there are too few points.
    """
    if settings.data == OWN_POINTS:
        cloud = own_cloud(points)
        return Source(cloud.centres, cloud.centres, cloud, ("Points set by hand.",))
    if settings.data in PLANE:
        cloud = make_cloud(settings.data)
        real = cloud.sample(settings.num_real, seeded(settings.seed))
        fresh = cloud.sample(NUM_FRESH, seeded(settings.seed + 100_000))
        return Source(real, fresh, cloud, ("Made here from a formula and a seed.",))
    if settings.data == OWN_IMAGES:
        if own is None:
            raise SettingsError("There are no pictures of your own yet: bring some.")
        return picture_source(own, settings.num_real)
    return picture_source(load_images(settings.data), settings.num_real)


def picture_source(images: ImageSet, num_real: int) -> Source:
    """The first training pictures of a set, and its test pictures."""
    real, fresh = as_rows(images.x[: min(num_real, images.num_train)]), as_rows(images.x[images.num_train :])
    words = (images.report, "Coloured pictures are turned grey, and all are scaled to 28 by 28.", images.source)
    return Source(real, fresh, None, tuple(sentence for sentence in words if sentence))


def as_rows(x: UInt8[Tensor, "N C H W"]) -> Float[Tensor, "N D"]:
    """Pictures of any size as grey ones of 28 by 28, each a row of numbers from −1 (black) to 1."""
    grey = x.float()
    if x.shape[1] == 3:
        grey = (grey * torch.tensor(LUMA)[:, None, None]).sum(1, keepdim=True)
    if x.shape[2:] != (SIDE, SIDE):
        grey = F.interpolate(grey, size=(SIDE, SIDE), mode="bilinear", antialias=True)
    return grey.flatten(1) / 127.5 - 1
