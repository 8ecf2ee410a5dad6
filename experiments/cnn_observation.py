"""What the pictures of the page `cnn` are drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from training.arrays import array

SHOWN_MAPS: Final = 16  # of a layer
SHOWN_SIDE: Final = 32  # cells along a map's side; larger maps are thinned


@dataclass(frozen=True, eq=False)
class LayerMaps:
    """Some maps of one layer, for the picture looked at.

    Attributes:
        name: of the layer.
        what: what the numbers are, in a few words.
        maps: (n, h, w) as drawn.
        numbers: (n,) which maps these are, from 0.
        num_maps: how many there are.
        size: (height, width) of a map before it was thinned.
    """

    name: str
    what: str
    maps: Float[np.ndarray, "n h w"]
    numbers: Int[np.ndarray, " n"]
    num_maps: int
    size: tuple[int, int]


@dataclass(frozen=True, eq=False)
class CNNObservation:
    """The network with one picture on its way through, and what it says of a few test pictures.

    S counts the few test pictures, K classes, C channels.

    Attributes:
        data: name of the set of pictures.
        architecture: `cnn`, `inception` or `mlp`.
        class_names: K names.
        picture: the one looked at, (C, H, W), as the network gets it.
        picture_index: its place among the test pictures.
        picture_class: what it is; −1 for a picture of the visitor's own.
        chances: (K,) what the network says it is.
        layers: the maps of each layer.
        shown: (S, C, H, W) the test pictures.
        shown_indices: (S,) their places among the test pictures.
        shown_classes: (S,) what they are.
        shown_chances: (S, K) what the network says they are.
        num_parameters: weights and biases.
        num_train: training pictures.
        num_test: test pictures.
        num_judged: how many training and how many test pictures the curves are measured on.
        dead_share: of each convolution, the share of maps that are nowhere above 0 for any of the pictures shown.
        source: where the pictures come from, and their licence.
        report: what was done to them, if they are the visitor's own.
    """

    data: str
    architecture: str
    class_names: tuple[str, ...]
    picture: UInt8[np.ndarray, "C H W"]
    picture_index: int
    picture_class: int
    chances: Float[np.ndarray, " K"]
    layers: tuple[LayerMaps, ...]
    shown: UInt8[np.ndarray, "S C H W"]
    shown_indices: Int[np.ndarray, " S"]
    shown_classes: Int[np.ndarray, " S"]
    shown_chances: Float[np.ndarray, "S K"]
    num_parameters: int
    num_train: int
    num_test: int
    num_judged: tuple[int, int]
    dead_share: tuple[float, ...]
    source: str
    report: str


def layer_maps(name: str, what: str, maps: Float[Tensor, "F h w"], numbers: Sequence[int] = ()) -> LayerMaps:
    """Some maps of a layer (the first ones, if `numbers` names none), thinned to what a tile can show."""
    chosen = list(numbers) or list(range(min(len(maps), SHOWN_MAPS)))
    stride = -(-max(maps.shape[1:]) // SHOWN_SIDE)
    shown = maps[chosen, stride // 2 :: stride, stride // 2 :: stride]
    return LayerMaps(name, what, array(shown), np.array(chosen), len(maps), (maps.shape[1], maps.shape[2]))


def spread_over_classes(classes: Int[Tensor, " N"], num_classes: int, count: int) -> list[int]:
    """The places of the first `count` examples, taking each class in turn."""
    members = [(classes == k).nonzero()[:, 0].tolist() for k in range(num_classes)]
    rounds = [group[turn] for turn in range(count) for group in members if turn < len(group)]
    return rounds[:count]


def dead_share(maps: Float[Tensor, "B F h w"]) -> float:
    """Share of maps that are above 0 at no place of any picture: their ReLU passes nothing."""
    return (maps.amax(dim=(0, 2, 3)) <= 0).float().mean().item()
