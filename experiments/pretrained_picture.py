"""What the trained EfficientNet-Lite0 makes of one picture: names, maps, and where it looks.

Shapes: S side of the picture, F maps of a part, h and w their height and width, n places of the patch along each side.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, UInt8
from sklearn.datasets import load_sample_image
from torch import Tensor

from data.images import DRAWINGS_SOURCE, drawings, fruit
from data.photos import PHOTOS, SOURCES
from data.pictures import fitted
from data.vision import load_torchvision
from experiments.pretrained_vision import SIDE, efficientnet, normalised
from experiments.saliency import grad_cam, occlusion

NUM_LIKELIEST: Final = 5
NUM_PLACES: Final = 7  # of the grey square along each side
AT_ONCE: Final = 7  # pictures in a pass, so that the widest maps take 30 MB
NUM_SHOWN: Final = 40  # maps of a part

Picture = UInt8[np.ndarray, "3 S S"]


class Example(NamedTuple):
    """A picture that comes with the app.

    Attributes:
        truth: what it is.
        has_name: whether that is one of the 1,000.
        pixels: (3, S, S) from 0 to 255.
        source: whose it is.
    """

    truth: str
    has_name: bool
    pixels: Picture
    source: str


@dataclass(frozen=True, eq=False)
class Answer:
    """What the network says.

    Attributes:
        labels: of the likeliest names, likeliest first.
        names: the same in words.
        chances: of these names.
        entropy: of all 1,000 chances, in nats; ln 1000 = 6.9 if all were equal.
        logits: of these names.
    """

    labels: tuple[int, ...]
    names: tuple[str, ...]
    chances: Float[np.ndarray, " n"]
    entropy: float
    logits: Float[np.ndarray, " n"]


@dataclass(frozen=True, eq=False)
class Part:
    """The maps that one part of the network makes of a picture.

    Attributes:
        name: `stem`, `block 1` … `head`.
        num_maps: F.
        side: of each map, in places.
        shown: the numbers of those that vary most over the picture, most first.
        maps: these maps.
    """

    name: str
    num_maps: int
    side: int
    shown: tuple[int, ...]
    maps: Float[np.ndarray, "n h w"]


@cache
def class_names() -> tuple[str, ...]:
    """ImageNet's 1,000 names, in the order of the logits, as torchvision holds them."""
    weights = load_torchvision("torchvision.models").EfficientNet_B0_Weights.DEFAULT
    return tuple(weights.meta["categories"])


@cache
def examples() -> dict[str, Example]:
    """Pictures by what the page calls them; half of them are none of the 1,000 things."""
    shop, drawn = fruit(), drawings()
    noise = np.random.default_rng(0).integers(0, 256, (3, SIDE, SIDE), dtype=np.uint8)
    found = {}
    for title, name, truth in (("a temple", "temple", "a temple"), ("a dahlia", "flower", "a dahlia")):
        pixels = fitted(load_sample_image(PHOTOS[name]), SIDE, is_grey=False).numpy()
        found[title] = Example(truth, False, pixels, SOURCES[name])
    for title, index, has_name in (("an apple", 0, True), ("a melon", 134, False)):
        pixels = _larger(shop.x[index])
        found[f"{title}, from 64 px"] = Example(title, has_name, pixels, shop.source)
    star = _larger(255 - drawn.x[173])
    found["a drawing of a star"] = Example("a drawing of a star", False, star, DRAWINGS_SOURCE)
    found["random pixels"] = Example("nothing: random pixels", False, noise, "Drawn by this app.")
    return found


def _larger(pixels: UInt8[Tensor, "C s s"]) -> Picture:
    """A small picture in the size of the network, in colour."""
    shown = pixels.expand(3, -1, -1).permute(1, 2, 0).numpy()
    return fitted(np.ascontiguousarray(shown), SIDE, is_grey=False).numpy()


def answer(picture: Picture) -> Answer:
    """The five likeliest names."""
    return _answer(picture.tobytes(), picture.shape[1])


def parts(picture: Picture) -> tuple[Part, ...]:
    """What every part of the network makes of the picture."""
    return _parts(picture.tobytes(), picture.shape[1])


def heat(picture: Picture, label: int) -> Float[np.ndarray, "h w"]:
    """Grad-CAM of one name, with signs.

    After the last maps come only their means and one linear layer, so that the heat of all places sums to the logit
    without its bias.
    """
    network = efficientnet()
    with torch.enable_grad():
        maps = network.feature_maps(_input(picture))["head"].detach().requires_grad_()
        return grad_cam(maps, network.classify(maps.mean(dim=(2, 3)))[0, label], keeps_signs=True).numpy()


def covered(picture: Picture, label: int) -> Float[np.ndarray, "n n"]:
    """How far the chance of a name falls when a grey square covers each part of the picture."""
    return _covered(picture.tobytes(), picture.shape[1], label)


def _input(picture: Picture) -> Float[Tensor, "1 3 S S"]:
    return normalised(torch.from_numpy(picture)[None])


def _restored(content: bytes, side: int) -> Picture:
    return np.frombuffer(content, np.uint8).reshape(3, side, side).copy()


@lru_cache(maxsize=64)
@torch.inference_mode()
def _answer(content: bytes, side: int) -> Answer:
    logits = efficientnet()(_input(_restored(content, side)))[0]
    logs = logits.log_softmax(0)
    best = logits.topk(NUM_LIKELIEST).indices
    labels = tuple(best.tolist())
    return Answer(
        labels=labels,
        names=tuple(class_names()[label] for label in labels),
        chances=logs[best].exp().numpy(),
        entropy=-(logs.exp() * logs).sum().item(),
        logits=logits[best].numpy(),
    )


@lru_cache(maxsize=8)
@torch.inference_mode()
def _parts(content: bytes, side: int) -> tuple[Part, ...]:
    found = efficientnet().feature_maps(_input(_restored(content, side)))
    return tuple(_part(name, maps[0]) for name, maps in found.items())


def _part(name: str, maps: Float[Tensor, "F h w"]) -> Part:
    spread = maps.flatten(1).std(1, correction=0)
    shown = spread.argsort(descending=True, stable=True)[:NUM_SHOWN]
    return Part(name, len(maps), maps.shape[1], tuple(shown.tolist()), maps[shown].numpy())


@lru_cache(maxsize=64)
@torch.inference_mode()
def _covered(content: bytes, side: int, label: int) -> Float[np.ndarray, "n n"]:
    network = efficientnet()

    def chances(x: Tensor) -> Tensor:
        return torch.cat([network(some).softmax(1) for some in x.split(AT_ONCE)])

    return occlusion(chances, _input(_restored(content, side)), label, NUM_PLACES).numpy()
