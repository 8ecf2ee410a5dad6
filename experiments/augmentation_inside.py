"""What the page `augmentation` asks and no step needs: single changes, many of one picture, averages, pixel values.

Shapes: N pictures, C channels, S side, K classes.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from data.dataset import seeded
from experiments.augmentation_settings import AugmentationSettings
from models.augmentation import Augment, blurred, erased, jittered, moved, placed, projected, turned
from training.arrays import array

NUM_VARIANTS: Final = 32
BINS: Final = 40
STRENGTHS: Final[dict[str, tuple[float, ...]]] = {
    "crop": tuple(round(1 - 0.1 * i, 1) for i in range(10)),
    "mirror": (0.0, 1.0),
    "rotation": tuple(float(15 * i) for i in range(-12, 13)),
    "shift": tuple(round(0.05 * i, 2) for i in range(-10, 11)),
    "perspective": tuple(round(0.1 * i, 1) for i in range(9)),
    "brightness": tuple(round(0.1 * i, 1) for i in range(21)),
    "contrast": tuple(round(0.1 * i, 1) for i in range(21)),
    "saturation": tuple(round(0.1 * i, 1) for i in range(21)),
    "blur": tuple(round(0.25 * i, 2) for i in range(13)),
    "noise": tuple(round(0.05 * i, 2) for i in range(11)),
    "erasing": tuple(round(0.05 * i, 2) for i in range(8)),
    "mixup": tuple(round(0.1 * i, 1) for i in range(11)),
    "cutmix": tuple(round(0.1 * i, 1) for i in range(11)),
}
NOTHING: Final[dict[str, float]] = {"crop": 1.0, "brightness": 1.0, "contrast": 1.0, "saturation": 1.0}  # else 0
UNITS: Final[dict[str, str]] = {
    "crop": "share of the area that is kept",
    "mirror": "0 as it is, 1 mirrored",
    "rotation": "degrees against the clock",
    "shift": "share of the side, to the right and down",
    "perspective": "share of half the side that the upper corners move inwards",
    "brightness": "factor",
    "contrast": "factor",
    "saturation": "factor; without effect on grey pictures",
    "blur": "standard deviation in pixels",
    "noise": "standard deviation, where white is 1",
    "erasing": "share of the area",
    "mixup": "share of the other picture",
    "cutmix": "share of the area from the other picture",
}


@dataclass(frozen=True)
class Averaged:
    """Accuracy on all test pictures, asked once and asked of several changed copies; one entry a network."""

    single: tuple[float, float]
    averaged: tuple[float, float]
    altered_single: tuple[float, float]
    altered_averaged: tuple[float, float]
    num_copies: int


@dataclass(frozen=True, eq=False)
class PixelValues:
    """How the values of the training pictures are spread after a normalisation.

    Attributes:
        edges: (BINS + 1,) of the bins.
        lecture: (BINS,) shares of the values after (x − 0.5) / 0.5.
        measured: (BINS,) shares after (x − mean) / deviation.
        mean: (C,) of each channel, of values from 0 to 1.
        std: (C,) their deviation.
        changed_mean: (C,) the same after augmentation.
        changed_std: (C,)
    """

    edges: Float[np.ndarray, " E"]
    lecture: Float[np.ndarray, " B"]
    measured: Float[np.ndarray, " B"]
    mean: Float[np.ndarray, " C"]
    std: Float[np.ndarray, " C"]
    changed_mean: Float[np.ndarray, " C"]
    changed_std: Float[np.ndarray, " C"]


class Inside:
    """What the page asks of the paused run; the experiment is one."""

    settings: AugmentationSettings
    augment: Augment
    altered: Float[Tensor, "N C S S"]
    num_train: int
    model: Any
    plain: Any
    _x: UInt8[Tensor, "N C S S"]
    _y: Tensor

    def change_alone(self, name: str, strength: float, number: int) -> Float[np.ndarray, "2 C S S"]:
        """One training picture before and after one change of a strength; values from 0 to 1."""
        number = min(number, self.num_train - 1)
        pair = self._x[[number, (number + 1) % self.num_train]].float() / 255
        return array(torch.cat([pair[:1], changed(pair, name, strength)[:1]]))

    def variants(self, number: int) -> Float[np.ndarray, "N C S S"]:
        """One training picture as the network with augmentation may see it, many times; the first is unchanged."""
        x = (self._x[min(number, self.num_train - 1)][None].float() / 255).repeat(NUM_VARIANTS, 1, 1, 1)
        after = self.augment.change(x[1:], seeded(self.settings.seed + number))
        return array(torch.cat([x[:1], after]))

    @torch.no_grad()
    def averaged(self, num_copies: int) -> Averaged:
        """Test-time averaging: the mean of what a network says of changed copies of a picture.

        The copies are changed as in training; the picture itself is one of them.
        """
        test, y = self._x[self.num_train :].float() / 255, self._y[self.num_train :]
        found: dict[str, list[float]] = {"single": [], "averaged": [], "altered_single": [], "altered_averaged": []}
        for model in (self.model, self.plain):
            for prefix, x in (("", test), ("altered_", self.altered)):
                generator = seeded(self.settings.seed)
                chances = model((x - 0.5) / 0.5).softmax(1)
                found[f"{prefix}single"].append((chances.argmax(1) == y).float().mean().item())
                for _ in range(num_copies - 1):
                    chances = chances + model(self.augment(x, generator)).softmax(1)
                found[f"{prefix}averaged"].append((chances.argmax(1) == y).float().mean().item())
        pairs = {name: (values[0], values[1]) for name, values in found.items()}
        return Averaged(**pairs, num_copies=num_copies)

    def pixel_values(self) -> PixelValues:
        """Means, deviations and histograms of the first 500 training pictures."""
        x = self._x[: min(self.num_train, 500)].float() / 255
        after = self.augment.change(x, seeded(self.settings.seed))
        std, mean = torch.std_mean(x, dim=(0, 2, 3), correction=0)
        changed_std, changed_mean = torch.std_mean(after, dim=(0, 2, 3), correction=0)
        scaled = (x - mean[:, None, None]) / std.clamp_min(1e-6)[:, None, None]
        edges = np.linspace(-3, 4, BINS + 1)
        return PixelValues(
            edges=edges,
            lecture=_shares((x - 0.5) / 0.5, edges),
            measured=_shares(scaled, edges),
            mean=array(mean),
            std=array(std),
            changed_mean=array(changed_mean),
            changed_std=array(changed_std),
        )


def _shares(values: Tensor, edges: Float[np.ndarray, " E"]) -> Float[np.ndarray, " B"]:
    counts, _ = np.histogram(values.cpu().numpy().clip(edges[0], edges[-1]), edges)
    shares: np.ndarray = counts / counts.sum()
    return shares


def changed(x: Float[Tensor, "B C S S"], name: str, strength: float) -> Float[Tensor, "B C S S"]:
    """Pictures after one change of exactly this strength, in the unit of `UNITS`; nothing is drawn but noise.

    Raises:
        KeyError: for an unknown change.
    """
    one = torch.ones(len(x))
    factors = torch.ones(len(x), 3)
    match name:
        case "crop":
            return moved(x, placed(one * strength**0.5, one * strength**0.5, 0 * one, 0 * one))
        case "mirror":
            return moved(x, placed(one * (1 - 2 * strength), one, 0 * one, 0 * one))
        case "rotation":
            return moved(x, turned(one * strength * np.pi / 180))
        case "shift":
            return moved(x, placed(one, one, -2 * strength * one, -2 * strength * one))
        case "perspective":
            corners = torch.tensor([[strength, 0.0], [strength, 0.0], [0.0, 0.0], [0.0, 0.0]])
            return moved(x, projected(corners.expand(len(x), 4, 2)))
        case "brightness" | "contrast" | "saturation":
            factors[:, ("brightness", "contrast", "saturation").index(name)] = strength
            return jittered(x, factors.to(x.device))
        case "blur":
            return blurred(x, (one * strength).to(x.device)) if strength else x
        case "noise":
            noise = torch.randn(x.shape, generator=seeded(0)).to(x.device)
            return (x + strength * noise).clamp(0, 1)
        case "erasing":
            edge = strength**0.5 / 2
            return erased(
                x, torch.tensor([[0.5 - edge, 0.5 - edge, 0.5 + edge, 0.5 + edge]] * len(x)).to(x.device), 0.5
            )
        case "mixup":
            return x * (1 - strength) + x.roll(-1, 0) * strength
        case "cutmix":
            edge = round(strength**0.5 * x.shape[2])
            first = (x.shape[2] - edge) // 2
            x, others = x.clone(), x.roll(-1, 0)
            x[:, :, first : first + edge, first : first + edge] = others[
                :, :, first : first + edge, first : first + edge
            ]
            return x
    raise KeyError(name)
