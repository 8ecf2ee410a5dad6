"""Looking into the paused network of the page `cnn`: one map, one cell, all test pictures. Nothing here moves the run.

Shapes: C channels, S side of a picture, F maps of a layer, h and w their height and width, k side of a kernel,
K classes, N test pictures.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor, nn
from torch.nn import functional as F

from experiments.cnn_data import DIRECTIONS, Pictures, as_input, moved_by, shuffled
from experiments.cnn_network import convolutions, last_maps, origin, still
from experiments.cnn_settings import CNNSettings
from experiments.saliency import grad_cam, occlusion
from models.cnn import SimpleCNN
from training.arrays import array
from training.settings import SettingsError

NUM_WORST: Final = 12
AT_ONCE: Final = 100  # pictures
NUM_PATCHES: Final = 10  # places of the patch along each side
NUM_SHIFTED: Final = 200  # test pictures that are shifted

Picture = UInt8[np.ndarray, "C S S"]


@dataclass(frozen=True, eq=False)
class ConvParts:
    """How one map comes about: every input channel with its kernel, then the sum.

    Attributes:
        name: of the convolution.
        number: of the map, from 0.
        inputs: (C, h, w) the maps that come in.
        kernels: (C, k, k) one for each of them.
        bias: b.
        partial: (C, h', w') each input with its kernel.
        sums: (h', w') their sum and the bias.
        after: further maps by what made them: batch normalisation, ReLU, pooling.
        stride: places the kernel moves by.
        padding: zeros on each side.
    """

    name: str
    number: int
    inputs: Float[np.ndarray, "C h w"]
    kernels: Float[np.ndarray, "C k k"]
    bias: float
    partial: Float[np.ndarray, "C a b"]
    sums: Float[np.ndarray, "a b"]
    after: dict[str, np.ndarray]
    stride: int
    padding: int

    def patch(self, row: int, column: int) -> Float[np.ndarray, "C k k"]:
        """The part of the inputs that the kernel covers for one cell of the sums, padding included."""
        border, k = self.padding, self.kernels.shape[1]
        padded = np.pad(self.inputs, ((0, 0), (border, border), (border, border)))
        top, left = row * self.stride, column * self.stride
        return padded[:, top : top + k, left : left + k]


@dataclass(frozen=True, eq=False)
class Verdict:
    """The network on the whole test set.

    Attributes:
        confusion: (K, K) true class down, predicted class across.
        accuracy: share that is right.
        worst: (n,) places of the pictures with the smallest chance for the true class, wrong ones only.
        pictures: (n, C, S, S) these pictures.
        true: (n,) what they are.
        predicted: (n,) what the network says.
        chances: (n,) the chance it gives to what it says.
    """

    confusion: Int[np.ndarray, "K K"]
    accuracy: float
    worst: Int[np.ndarray, " n"]
    pictures: UInt8[np.ndarray, "n C S S"]
    true: Int[np.ndarray, " n"]
    predicted: Int[np.ndarray, " n"]
    chances: Float[np.ndarray, " n"]


class Inside:
    """What `CNNExperiment` answers when it is looked into."""

    settings: CNNSettings
    pictures: Pictures
    model: Any
    first_filters: Tensor
    _x: Tensor
    _y: Tensor

    @property
    def picture_row(self) -> int:
        """The place of the picture looked at among all pictures."""
        n = self.pictures.num_train
        return n + self.settings.picture % (len(self._y) - n)

    # ---- one picture -------------------------------------------------------------------------------------------

    def _input(self, picture: Picture | None) -> Float[Tensor, "1 C S S"]:
        return as_input(self._pixels(picture)[None])

    def _pixels(self, picture: Picture | None) -> UInt8[Tensor, "C S S"]:
        """The picture looked at, or a visitor's own with its pixels shuffled as those of all others."""
        if picture is None:
            return self._x[self.picture_row]
        pixels = torch.from_numpy(picture).to(self._x.device)
        return pixels if self.pictures.places is None else shuffled(pixels[None], self.pictures.places)[0]

    @torch.no_grad()
    def logits(self, picture: Picture | None = None) -> Float[np.ndarray, " K"]:
        """What the network says of each class before the softmax; None is the picture looked at."""
        with still(self.model):
            return array(self.model(self._input(picture))[0])

    def convolutions(self) -> dict[str, int]:
        """How many maps each convolution of this network makes, by its name."""
        return {name: conv.out_channels for name, conv in convolutions(self.model).items()}

    def origin(self, layer: str, number: int) -> tuple[str, int]:
        """The convolution that makes map `number` (from 0) of a layer that is drawn, and the map's number there.

        Raises:
            SettingsError: if no convolution makes it.
        """
        return origin(self.model, layer, number)

    @torch.no_grad()
    def conv_parts(self, name: str, number: int, picture: Picture | None = None) -> ConvParts:
        """One map of one convolution, taken apart.

        Args:
            name: one of `convolutions(model)`.
            number: of the map, from 0.
            picture: as the network gets it; None is the one looked at.

        Raises:
            SettingsError: if there is no such map.
        """
        known = convolutions(self.model)
        if name not in known or not 0 <= number < known[name].out_channels:
            raise SettingsError(f"There is no map {number + 1} of {name} in this network.")
        conv, seen = known[name], dict[str, Tensor]()
        hook = conv.register_forward_hook(lambda module, args, out: seen.update(into=args[0], out=out))
        try:
            with still(self.model):
                x = self._input(picture)
                self.model(x)
                after = self._after(name, number, x, seen["out"])
        finally:
            hook.remove()
        stride, padding = conv.stride[0], conv.padding[0]
        kernels = conv.weight[number][:, None]  # (C, 1, k, k)
        assert isinstance(padding, int)
        partial = F.conv2d(seen["into"], kernels, stride=stride, padding=padding, groups=conv.in_channels)
        assert conv.bias is not None
        return ConvParts(
            name=name,
            number=number,
            inputs=array(seen["into"][0]),
            kernels=array(kernels[:, 0]),
            bias=conv.bias[number].item(),
            partial=array(partial[0]),
            sums=array(seen["out"][0, number]),
            after=after,
            stride=stride,
            padding=padding,
        )

    def _after(self, name: str, number: int, x: Tensor, sums: Tensor) -> dict[str, np.ndarray]:
        if not isinstance(self.model, SimpleCNN):
            return {"ReLU": array(sums[0, number].relu())}
        maps, layer = self.model.feature_maps(x), name.removeprefix("conv")
        found = {"batch normalisation": maps[name]} if self.model.use_batch_norm else {}
        found["ReLU"] = maps[f"relu{layer}"]
        if not isinstance(self.model.pool, nn.Identity):
            found[f"{self.settings.pooling} pooling"] = maps[f"pool{layer}"]
        return {what: array(values[0, number]) for what, values in found.items()}

    def grad_cam(self, label: int, picture: Picture | None = None) -> Float[np.ndarray, "h w"]:
        """Where the last maps speak for a class.

        Raises:
            SettingsError: if the network has no convolution.
        """
        with still(self.model), torch.enable_grad():
            maps, logits = last_maps(self.model, self._input(picture))
            return array(grad_cam(maps, logits[0, label]))

    @torch.no_grad()
    def occlusion(self, label: int, picture: Picture | None = None) -> Float[np.ndarray, "n n"]:
        """How far the chance of a class falls when a grey square covers each part."""
        with still(self.model):
            return array(occlusion(lambda x: self.model(x).softmax(1), self._input(picture), label, NUM_PATCHES))

    # ---- the network -------------------------------------------------------------------------------------------

    def filters(self) -> tuple[np.ndarray, np.ndarray]:
        """The weights of the first layer now and at step 0: (F, C, k, k), of units without convolution (F, C, S, S)."""
        shape = (-1, *self.pictures.x.shape[1:]) if self.first_filters.ndim == 2 else self.first_filters.shape
        return array(next(self.model.parameters()).reshape(shape)), array(self.first_filters.reshape(shape))

    @torch.no_grad()
    def verdict(self) -> Verdict:
        """The whole test set, and the worst mistakes in it."""
        n, k = self.pictures.num_train, self.pictures.num_classes
        chances = self._chances(self._x[n:])
        y, said = self._y[n:], chances.argmax(1)
        confusion = torch.bincount(y * k + said, minlength=k * k).reshape(k, k)
        surprise = chances.gather(1, y[:, None])[:, 0].masked_fill(said == y, 2.0)
        worst = surprise.argsort()[: min(NUM_WORST, int((said != y).sum()))]
        return Verdict(
            confusion=array(confusion),
            accuracy=(said == y).float().mean().item(),
            worst=array(worst),
            pictures=array(self._x[n:][worst]),
            true=array(y[worst]),
            predicted=array(said[worst]),
            chances=array(chances[worst, said[worst]]),
        )

    @torch.no_grad()
    def shift_accuracy(self, most: int) -> Float[np.ndarray, " shifts"]:
        """Accuracy on the first test pictures moved by 0, 1 … `most` pixels, the mean over the four directions."""
        n = self.pictures.num_train
        x, y = self._x[n : n + NUM_SHIFTED], self._y[n : n + NUM_SHIFTED]
        places = self.pictures.places
        if places is not None:
            x = shuffled(x, places.argsort())
        found = []
        for far in range(most + 1):
            hits = []
            for down, right in DIRECTIONS if far else DIRECTIONS[:1]:
                moved = moved_by(x, far * down, far * right)
                moved = moved if places is None else shuffled(moved, places)
                hits.append((self._chances(moved).argmax(1) == y).float().mean().item())
            found.append(sum(hits) / len(hits))
        return np.array(found)

    def _chances(self, x: UInt8[Tensor, "N C S S"]) -> Float[Tensor, "N K"]:
        with still(self.model):
            return torch.cat([self.model(as_input(part)).softmax(1) for part in x.split(AT_ONCE)])
