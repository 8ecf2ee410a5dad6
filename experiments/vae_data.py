"""What the page `vae` learns from: pictures as rows of shares of white, or points drawn from a density that is known.

Shapes: N examples, D values of one, C channels, S side of a picture.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

from data.dataset import seeded
from data.images import ImageSet, load_images
from data.point_clouds import PointCloud, make_cloud
from experiments.cnn_data import scaled
from experiments.vae_settings import OWN, VAESettings
from training.settings import SettingsError

SMALL: Final = 28  # pixels: the side of the pictures of the app
SIDE: Final = 32  # of all others: it can be halved twice
NUM_POINTS: Final = 1500
NUM_TEST_POINTS: Final = 500


@dataclass(frozen=True, eq=False)
class Examples:
    """What a run learns from and is tested on.

    Attributes:
        x: (N, D) values, those for training first; from 0 black to 1 white, or two coordinates.
        y: (N,) classes, for the colours only; all 0 if there are none.
        num_train: the first so many are for training.
        class_names: a name for each class; empty if there are none.
        shape: (C, S, S) of a picture; empty for points.
        source: attribution and licence.
        report: what was done to the examples.
        cloud: where the points come from; None for pictures.
    """

    x: Float[Tensor, "N D"]
    y: Int64[Tensor, " N"]
    num_train: int
    class_names: tuple[str, ...]
    shape: tuple[int, ...]
    source: str
    report: str
    cloud: PointCloud | None = None

    @property
    def num_values(self) -> int:
        """D."""
        return self.x.shape[1]


def make_examples(settings: VAESettings, own: ImageSet | None) -> Examples:
    """The examples that the settings ask for.

    Args:
        settings: which data.
        own: the visitor's own pictures.

    Raises:
        SettingsError: if the visitor's own are wanted and there are none.
        DataError: if a file is missing.
    """
    if settings.data == "points":
        return drawn_points(settings.cloud, settings.seed)
    if settings.data == OWN:
        if own is None:
            raise SettingsError("There are no pictures of your own yet: bring some of at least two classes.")
        return as_rows(own)
    return as_rows(load_images(settings.data))


@lru_cache(maxsize=8)
def as_rows(images: ImageSet) -> Examples:
    """Pictures of one size as rows of numbers, shared by all runs that use them."""
    side = SMALL if images.x.shape[2:] == (SMALL, SMALL) else SIDE
    x = scaled(images.x, side)
    report = images.report
    if x.shape != images.x.shape:
        report = f"{report} Learnt at {side}×{side} pixels.".strip()
    return Examples(
        x.flatten(1) / 255, images.y, images.num_train, images.class_names, tuple(x.shape[1:]), images.source, report
    )


def drawn_points(name: str, seed: int) -> Examples:
    """Points from one of the clouds; the seed decides which."""
    cloud = make_cloud(name)
    x = cloud.sample(NUM_POINTS + NUM_TEST_POINTS, seeded(seed))
    y = torch.zeros(len(x), dtype=torch.int64)
    source = "Drawn by the page from a mixture of Gaussians, so that the true density is known."
    return Examples(x, y, NUM_POINTS, (), (), source, "", cloud)


def constant_loss(examples: Examples, settings: VAESettings) -> float:
    """What the best answer that is the same for every input costs on the test examples, in nats an example."""
    n = examples.num_train
    mean, test = examples.x[:n].mean(0), examples.x[n:]
    if settings.data != "points" and settings.reconstruction == "BCE":
        return F.binary_cross_entropy(mean.expand_as(test), test, reduction="sum").item() / len(test)
    return gaussian_loss((test - mean).square().sum(1).mean().item(), examples.num_values, settings)


def copy_loss(examples: Examples, settings: VAESettings) -> float:
    """What a perfect copy costs: grey is never sure, and a Gaussian has its width. No network comes below."""
    if settings.data != "points" and settings.reconstruction == "BCE":
        return undecided(examples.x[examples.num_train :]).item()
    return gaussian_loss(0.0, examples.num_values, settings)


def gaussian_loss(squares: Any, num_values: int, settings: VAESettings) -> Any:
    """Minus the logarithm of a Gaussian around the output, from the sum of squared differences.

    For pictures the sum itself: a Gaussian of variance ½ whose constant is left out.
    """
    if settings.data != "points":
        return squares
    return squares / (2 * settings.width**2) + num_values * math.log(settings.width * math.sqrt(2 * math.pi))


def undecided(pictures: Float[Tensor, "n D"]) -> Float[Tensor, ""]:
    """How grey pictures are: the entropy of their pixels as shares of white, in nats a picture."""
    return torch.special.entr(pictures).add(torch.special.entr(1 - pictures)).sum() / len(pictures)
