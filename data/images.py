"""Small sets of real pictures that come with the app: clothes, digits, drawings, fruit.

Shapes: N pictures, C channels (1 grey, 3 colours), H rows, W columns.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float, Int64, UInt8
from PIL import Image
from torch import Tensor

from data.dataset import seeded
from data.embedded import embedded

FILES: Final = {
    "fashion": "fashion_mnist_3000_600.npz",
    "digits": "mnist_2000.npz",
    "cats and dogs": "quickdraw_10x100.npz",
    "drawings": "quickdraw_10x100.npz",
    "fruit": "grocery_64px.npz",
}
LUMA: Final = (0.299, 0.587, 0.114)  # share of red, green and blue in a grey
TEST_SHARE: Final = 0.2  # of the sets that come undivided
CLOTHES: Final = (
    "T-shirt",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Pictures with their classes.

    Attributes:
        name: what it was asked for by.
        x: (N, C, H, W) grey values or colours, 0 black to 255 white.
        y: (N,) class of each picture, from 0.
        num_train: the first so many are for training, the rest are the test set.
        class_names: a name for each class.
        source: attribution and licence, as the page shows them.
        report: what was done to the pictures or left out; empty for those that come with the app.
    """

    name: str
    x: UInt8[Tensor, "N C H W"]
    y: Int64[Tensor, " N"]
    num_train: int
    class_names: tuple[str, ...]
    source: str
    report: str = ""


@cache
def fashion() -> ImageSet:
    """3,600 pieces of clothing, 28×28 grey."""
    with np.load(embedded(FILES["fashion"])) as file:
        x, y = np.concatenate([file["x"], file["x_test"]]), np.concatenate([file["y"], file["y_test"]])
        num_train = len(file["x"])
    return ImageSet(
        name="fashion",
        x=torch.from_numpy(x)[:, None],
        y=torch.from_numpy(y).long(),
        num_train=num_train,
        class_names=CLOTHES,
        source=(
            "Fashion-MNIST, 3,000 of its training and 600 of its test pictures: Xiao, Rasul & Vollgraf (2017), "
            "arXiv:1708.07747, © 2017 Zalando SE, MIT licence."
        ),
    )


@cache
def digits() -> ImageSet:
    """2,000 handwritten digits, 28×28 grey."""
    with np.load(embedded(FILES["digits"])) as file:
        x, y = torch.from_numpy(file["x"])[:, None], torch.from_numpy(file["y"]).long()
    source = "MNIST, 2,000 of its 70,000 digits: Y. LeCun, C. Cortes and C. J. C. Burges, CC BY-SA 3.0."
    return _divided("digits", x, y, tuple("0123456789"), source)


@cache
def drawings() -> ImageSet:
    """1,000 quick drawings of ten things, 28×28 grey, white on black."""
    x, y, names = _quick_drawings()
    return _divided("drawings", x, y, names, DRAWINGS_SOURCE)


@cache
def cats_and_dogs() -> ImageSet:
    """200 quick drawings of cats and dogs: the two classes of the lecture, whose photos are not free."""
    x, y, names = _quick_drawings()
    wanted = y < 2
    return _divided("cats and dogs", x[wanted], y[wanted], names[:2], DRAWINGS_SOURCE)


DRAWINGS_SOURCE: Final = "The Quick, Draw! Dataset, 100 drawings a class: Google, CC BY 4.0."


def _quick_drawings() -> tuple[UInt8[Tensor, "N 1 H W"], Int64[Tensor, " N"], tuple[str, ...]]:
    """All drawings, cats first, then dogs."""
    with np.load(embedded(FILES["drawings"])) as file:
        names = tuple(str(name) for name in file["classes"])
        return torch.from_numpy(file["x"])[:, None], torch.from_numpy(file["y"]).long(), names


@cache
def fruit() -> ImageSet:
    """575 photos of five kinds of fruit in a grocery shop, 64×64 in colour, in mixed order."""
    with np.load(embedded(FILES["fruit"])) as file:
        joined, ends, y = file["jpeg"].tobytes(), file["ends"], file["y"]
        num_train, names = int(file["num_train"]), tuple(str(name) for name in file["names"])
    starts = [0, *ends[:-1]]
    order, generator = [], seeded(0)
    for part in (range(num_train), range(num_train, len(y))):  # the file has them class by class
        order += [part[index] for index in torch.randperm(len(part), generator=generator).tolist()]
    photos = [np.array(Image.open(io.BytesIO(joined[a:b]))) for a, b in zip(starts, ends, strict=True)]
    return ImageSet(
        name="fruit",
        x=torch.from_numpy(np.stack(photos)).permute(0, 3, 1, 2)[order].contiguous(),
        y=torch.from_numpy(y).long()[order],
        num_train=num_train,
        class_names=names,
        source=(
            "Grocery Store Dataset, five kinds of fruit at 64 px: Klasson, Zhang & Kjellström (2019), WACV, "
            "© 2019 Marcus Klasson, MIT licence."
        ),
    )


def _divided(name: str, x: Any, y: Any, class_names: tuple[str, ...], source: str) -> ImageSet:
    """Keeps a fifth of each class for the test: always the same pictures, in mixed order."""
    order = torch.randperm(len(y), generator=seeded(0))
    x, y = x[order], y[order]
    is_test = torch.zeros(len(y), dtype=torch.bool)
    for k in range(len(class_names)):
        members = (y == k).nonzero()[:, 0]
        is_test[members[: round(TEST_SHARE * len(members))]] = True
    x, y = torch.cat([x[~is_test], x[is_test]]), torch.cat([y[~is_test], y[is_test]])
    return ImageSet(name, x, y, int((~is_test).sum()), class_names, source)


LOADERS: Final[dict[str, Callable[[], ImageSet]]] = {
    "fashion": fashion,
    "digits": digits,
    "cats and dogs": cats_and_dogs,
    "drawings": drawings,
    "fruit": fruit,
}
IMAGE_SETS: Final = ("fashion", "digits", "cats and dogs", "drawings", "fruit")


def load_images(name: str) -> ImageSet:
    """One of `IMAGE_SETS`. It is shared by all who ask: whoever changes a picture copies it first.

    Raises:
        KeyError: for another name.
        DataError: if its file is missing.
    """
    return LOADERS[name]()


def greyed(x: UInt8[Tensor, "N 3 H W"]) -> Float[Tensor, "N 1 H W"]:
    """How bright each pixel of colour pictures is, from 0 to 255."""
    return (x * torch.tensor(LUMA)[:, None, None]).sum(1, keepdim=True)
