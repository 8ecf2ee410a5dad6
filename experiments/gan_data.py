"""What the page `gan` forges: points of the plane, or pictures as rows of numbers from −1 to 1.

Shapes: N examples, D numbers of each.
"""

from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float, Int64, UInt8
from torch import Tensor
from torch.nn import functional as F

from data.dataset import seeded
from data.images import ImageSet, greyed, load_images
from data.point_clouds import PointCloud, make_cloud, own_cloud
from experiments.gan_settings import OWN_IMAGES, OWN_POINTS, PLANE, GANSettings
from training.settings import SettingsError

SIDE: Final = 28
NUM_FRESH: Final = 512  # points that nobody learns from

OwnPoints = tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class Source:
    """Real examples.

    Attributes:
        real: (N, D) those to learn from.
        fresh: (M, D) others from the same source; the same again where a visitor brought points.
        labels: (N,) class of each real picture; none for points.
        class_names: a name for each class.
        cloud: where points come from; None for pictures.
        words: attribution, and what was done to the examples.
    """

    real: Float[Tensor, "N D"]
    fresh: Float[Tensor, "M D"]
    labels: Int64[Tensor, " L"]
    class_names: tuple[str, ...]
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
        return point_source(cloud, cloud.centres, cloud.centres, "Points set by hand.")
    if settings.data in PLANE:
        cloud = make_cloud(settings.data)
        real = cloud.sample(settings.num_real, seeded(settings.seed))
        fresh = cloud.sample(NUM_FRESH, seeded(settings.seed + 100_000))
        return point_source(cloud, real, fresh, "Made here from a formula and a seed.")
    if settings.data == OWN_IMAGES:
        if own is None:
            raise SettingsError("There are no pictures of your own yet: bring some.")
        return picture_source(own, settings)
    return picture_source(load_images(settings.data), settings)


def point_source(cloud: PointCloud, real: Float[Tensor, "N 2"], fresh: Float[Tensor, "M 2"], words: str) -> Source:
    """Points, which have no classes."""
    return Source(real, fresh, torch.zeros(0, dtype=torch.int64), (), cloud, (words,))


def picture_source(images: ImageSet, settings: GANSettings) -> Source:
    """Some training pictures of a set, drawn anew with each seed, and its test pictures in mixed order."""
    mixed, n = seeded(settings.seed), images.num_train
    known = torch.randperm(n, generator=mixed)[: settings.num_real]
    others = n + torch.randperm(len(images.y) - n, generator=mixed)
    words = (images.report, "Coloured pictures are turned grey, and all are scaled to 28 by 28.", images.source)
    return Source(
        as_rows(images.x[known]), as_rows(images.x[others]), images.y[known], images.class_names, None,
        tuple(sentence for sentence in words if sentence),
    )  # fmt: skip


def as_rows(x: UInt8[Tensor, "N C H W"]) -> Float[Tensor, "N D"]:
    """Pictures of any size as grey ones of 28 by 28, each a row of numbers from −1 (black) to 1."""
    grey = greyed(x) if x.shape[1] == 3 else x.float()
    if x.shape[2:] != (SIDE, SIDE):
        grey = F.interpolate(grey, size=(SIDE, SIDE), mode="bilinear", antialias=True)
    return grey.flatten(1) / 127.5 - 1
