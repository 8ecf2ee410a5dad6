"""Data augmentation: each time a network sees a picture, it sees it a little differently.

A picture of a shoe that is turned, shifted, darker or cut at the edge is still a picture of a shoe. So before each step
every picture of the batch is changed at random, in ways that keep its class: the network cannot learn the training
pictures by heart, and learns what the changes leave alone. Nothing is added to the network, and nothing is changed when
it is tested.

Why it was needed: networks have many more weights than there are pictures, and learn the accidents of a small set along
with the rest.
Papers: Simard, Steinkraus & Platt, "Best practices for convolutional neural networks", 2003,
https://doi.org/10.1109/ICDAR.2003.1227801; Krizhevsky, Sutskever & Hinton, "ImageNet classification", 2012,
https://doi.org/10.1145/3065386; random erasing: Zhong et al., 2017, https://arxiv.org/abs/1708.04896; mixup: Zhang et
al., 2017, https://arxiv.org/abs/1710.09412; CutMix: Yun et al., 2019, https://arxiv.org/abs/1905.04899.

Differs from the lecture: its transforms take one picture at a time; these take a batch as one tensor and draw anew for
each picture, which is some fifty times faster for small ones. All that moves pixels is joined into one map, so a
picture is blurred by interpolation once, not once for each transform. The tests compare each with torchvision's own.

Shapes: B batch, C channels (1 grey, 3 colours), H = W height and width, K classes.
"""

import math
from typing import Final

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.nn import functional as F

GREY: Final = (0.2989, 0.587, 0.114)  # how bright red, green and blue look (ITU-R BT.601)
MIXINGS: Final = ("none", "mixup", "cutmix")


class Augment(nn.Module):
    """Changes each picture of a batch at random, within bounds, and normalises; a bound of 0 leaves a change out."""

    def __init__(
        self,
        *,
        crop: float | int = 0.8,
        flip: float | int = 0.5,
        rotation: float | int = 15.0,
        shift: float | int = 0.0,
        perspective: float | int = 0.0,
        jitter: float | int = 0.2,
        blur: float | int = 0.0,
        noise: float | int = 0.0,
        erasing: float | int = 0.0,
        mean: float | int = 0.5,
        std: float | int = 0.5,
    ) -> None:
        """Sets the bounds; the defaults are the lecture's.

        Args:
            crop: least share of the picture's area that is kept, and scaled up again; 1 keeps all.
            flip: chance of being mirrored left to right.
            rotation: at most so many degrees to either side.
            shift: at most this share of the side, in both directions.
            perspective: how far the corners move inwards, as a share of half the side.
            jitter: brightness, contrast and saturation are multiplied by 1 ± this.
            blur: largest standard deviation of the blur, in pixels.
            noise: standard deviation of what is added to each value, which run from 0 to 1.
            erasing: chance of losing a rectangle.
            mean: taken off every value at the end.
            std: every value is then divided by this.
        """
        super().__init__()
        self.crop, self.flip, self.rotation, self.shift, self.perspective = crop, flip, rotation, shift, perspective
        self.jitter, self.blur, self.noise, self.erasing = jitter, blur, noise, erasing
        self.mean, self.std = mean, std

    def forward(self, x: Float[Tensor, "B C H H"], generator: Generator | None = None) -> Float[Tensor, "B C H H"]:
        """Values from 0 to 1 in, normalised values out."""
        return (self.change(x, generator) - self.mean) / self.std

    def change(self, x: Float[Tensor, "B C H H"], generator: Generator | None = None) -> Float[Tensor, "B C H H"]:
        """The same without the last step: values from 0 to 1."""
        count, draw = len(x), Draw(generator)
        if self.crop < 1 or self.flip or self.rotation or self.shift or self.perspective:
            x = moved(x, self.movement(count, draw))
        if self.jitter:
            factors = draw.between(1 - self.jitter, 1 + self.jitter, count, 3).clamp_min(0)
            x = jittered(x, factors.to(x.device))
        if self.blur:
            x = blurred(x, draw.between(0.1, max(self.blur, 0.1), count).to(x.device))
        if self.noise:
            x = (x + self.noise * draw.normal(x.shape).to(x.device)).clamp(0, 1)
        if self.erasing:
            x = erased(x, self.rectangles(count, draw).to(x.device), self.mean)
        return x

    def movement(self, count: int, draw: "Draw") -> Float[Tensor, "B 3 3"]:
        """Where each pixel of the result comes from: crop, then mirror, then turn, shift and perspective."""
        width, height = draw.rectangle(self.crop, 1, 4 / 3, count)
        x, y = draw.between(-1, 1, count) * (1 - width), draw.between(-1, 1, count) * (1 - height)
        mirror = 1 - 2 * (draw.between(0, 1, count) < self.flip).float()
        angle = draw.between(-self.rotation, self.rotation, count) * math.pi / 180
        across, down = (2 * draw.between(-self.shift, self.shift, count) for _ in range(2))
        matrix = placed(width * mirror, height, x, y) @ turned(angle) @ placed(1, 1, -across, -down)
        if self.perspective:
            corners = draw.between(0, self.perspective, count, 4, 2)
            matrix = matrix @ projected(corners)
        return matrix

    def rectangles(self, count: int, draw: "Draw") -> Float[Tensor, "B 4"]:
        """Left, top, right and bottom of what is lost, from 0 to 1; nothing is lost where left is right."""
        width, height = draw.rectangle(0.02, 0.33, 3.3, count)
        left, top = draw.between(0, 1, count) * (1 - width), draw.between(0, 1, count) * (1 - height)
        lost = (draw.between(0, 1, count) < self.erasing).float()
        return torch.stack([left, top, left + width * lost, top + height * lost], dim=1)


class Draw:
    """Random numbers from one source, on the processor, so that every device gets the same ones."""

    def __init__(self, generator: Generator | None = None) -> None:
        """Takes numbers from `generator`, or from torch's own source."""
        self.generator = generator

    def between(self, low: float | int, high: float | int, *shape: int) -> Float[Tensor, "..."]:
        """Numbers evenly spread from `low` to `high`."""
        return low + (high - low) * torch.rand(shape, generator=self.generator)

    def rectangle(
        self, least: float | int, most: float | int, longest: float | int, count: int
    ) -> tuple[Float[Tensor, " B"], Float[Tensor, " B"]]:
        """Width and height of rectangles that fit into a square of side 1.

        Args:
            least: their area, from this
            most: to this.
            longest: a side is at most so many times as long as the other.
            count: how many.
        """
        area = self.between(least, most, count)
        reach = (1 / area).clamp_max(longest).log()  # a longer one of this area would not fit
        ratio = (self.between(-1, 1, count) * reach).exp()
        return (area * ratio).sqrt(), (area / ratio).sqrt()

    def normal(self, shape: torch.Size) -> Float[Tensor, "..."]:
        """Numbers of mean 0 and deviation 1."""
        return torch.randn(shape, generator=self.generator)


# ---- what moves pixels: matrices in coordinates from −1 to 1, the result's place to the picture's ------------------


def placed(
    width: Float[Tensor, " B"] | int, height: Float[Tensor, " B"] | int, x: Float[Tensor, " B"], y: Float[Tensor, " B"]
) -> Float[Tensor, "B 3 3"]:
    """A part of the picture, `width` by `height` of it around (x, y); a negative width mirrors it."""
    matrix = torch.zeros(len(x), 3, 3)
    matrix[:, 0, 0], matrix[:, 1, 1], matrix[:, 2, 2] = torch.as_tensor(width), torch.as_tensor(height), torch.ones(())
    matrix[:, 0, 2], matrix[:, 1, 2] = x, y
    return matrix


def turned(angle: Float[Tensor, " B"]) -> Float[Tensor, "B 3 3"]:
    """The picture turned by `angle` radians, against the clock."""
    matrix = torch.zeros(len(angle), 3, 3)
    matrix[:, 0, 0] = matrix[:, 1, 1] = angle.cos()
    matrix[:, 1, 0], matrix[:, 2, 2] = angle.sin(), torch.ones(())
    matrix[:, 0, 1] = -angle.sin()
    return matrix


def projected(inwards: Float[Tensor, "B 4 2"]) -> Float[Tensor, "B 3 3"]:
    """The picture seen at a slant: its corners moved inwards by these distances, clockwise from the upper left.

    Solves for the one projective map that takes the four new corners to the old ones.
    """
    old = torch.tensor([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    new = old * (1 - inwards)  # (B, 4, 2)
    (x, y), (u, v) = new.unbind(2), old.expand_as(new).unbind(2)  # (B, 4) each
    one, nil = torch.ones_like(x), torch.zeros_like(x)
    rows = [
        torch.stack([x, y, one, nil, nil, nil, -u * x, -u * y], 2),
        torch.stack([nil, nil, nil, x, y, one, -v * x, -v * y], 2),
    ]
    entries = torch.linalg.solve(torch.cat(rows, 1), torch.cat([u, v], 1))  # (B, 8)
    return torch.cat([entries, one[:, :1]], 1).reshape(-1, 3, 3)


def moved(x: Float[Tensor, "B C H H"], matrix: Float[Tensor, "B 3 3"]) -> Float[Tensor, "B C H H"]:
    """Each pixel of the result is read, between pixels if need be, where its matrix says; outside is black."""
    side = x.shape[2]
    line = (torch.arange(side) * 2 + 1) / side - 1  # the middles of the pixels
    rows, columns = torch.meshgrid(line, line, indexing="ij")
    places = torch.stack([columns.flatten(), rows.flatten(), torch.ones(side * side)])  # (3, H·H)
    found = matrix @ places  # (B, 3, H·H)
    grid = (found[:, :2] / found[:, 2:]).transpose(1, 2).reshape(-1, side, side, 2)  # (B, H, H, 2)
    return F.grid_sample(x, grid.to(x.device), mode="bilinear", padding_mode="zeros", align_corners=False)


# ---- what changes values ---------------------------------------------------------------------------------------------


def jittered(x: Float[Tensor, "B C H H"], factors: Float[Tensor, "B 3"]) -> Float[Tensor, "B C H H"]:
    """Brightness, then contrast around the mean, then distance from grey, each times its factor."""
    brightness, contrast, saturation = (factor[:, None, None, None] for factor in factors.unbind(1))
    x = (x * brightness).clamp(0, 1)
    mean = grey_of(x).mean(dim=(1, 2, 3), keepdim=True)  # (B, 1, 1, 1)
    x = (mean + (x - mean) * contrast).clamp(0, 1)
    if x.shape[1] == 3:
        grey = grey_of(x)
        x = (grey + (x - grey) * saturation).clamp(0, 1)
    return x


def grey_of(x: Float[Tensor, "B C H H"]) -> Float[Tensor, "B 1 H H"]:
    """How bright each pixel looks."""
    if x.shape[1] == 1:
        return x
    red, green, blue = x.unbind(1)
    return (GREY[0] * red + GREY[1] * green + GREY[2] * blue)[:, None]


def blurred(x: Float[Tensor, "B C H H"], deviations: Float[Tensor, " B"]) -> Float[Tensor, "B C H H"]:
    """Each pixel becomes a weighted mean of 5×5, by a bell curve of the picture's own deviation in pixels."""
    distance = torch.arange(-2.0, 3.0, device=x.device)
    weights = torch.exp(-(distance**2) / (2 * deviations[:, None] ** 2))
    weights = weights / weights.sum(1, keepdim=True)  # (B, 5)
    x = F.pad(x, (2, 2, 2, 2), mode="reflect")
    x = torch.einsum("bchwk,bk->bchw", x.unfold(3, 5, 1), weights)
    return torch.einsum("bchwk,bk->bchw", x.unfold(2, 5, 1), weights)


def erased(
    x: Float[Tensor, "B C H H"], rectangles: Float[Tensor, "B 4"], value: float | int
) -> Float[Tensor, "B C H H"]:
    """The pixels whose middles lie in a rectangle (left, top, right, bottom from 0 to 1) get `value`."""
    side = x.shape[2]
    line = (torch.arange(side, device=x.device) + 0.5) / side
    left, top, right, bottom = (edge[:, None] for edge in rectangles.unbind(1))
    across, down = (left <= line) & (line < right), (top <= line) & (line < bottom)  # (B, H) each
    return torch.where((down[:, :, None] & across[:, None])[:, None], value, x)


def mixed(
    x: Float[Tensor, "B C H H"], targets: Float[Tensor, "B K"], mixing: str, generator: Generator | None = None
) -> tuple[Float[Tensor, "B C H H"], Float[Tensor, "B K"]]:
    """Each picture mixed with the one before it in the batch, and its targets with that one's.

    Args:
        x: pictures.
        targets: what each is, as shares of the classes.
        mixing: `mixup` adds them pixel by pixel, `cutmix` puts a rectangle of one into the other, `none` leaves them.
        generator: where random numbers come from.
    """
    if mixing == "none":
        return x, targets
    draw = Draw(generator)
    share, others = draw.between(0, 1, 1).to(x.device), x.roll(1, 0)
    if mixing == "mixup":
        return x * share + others * (1 - share), targets * share + targets.roll(1, 0) * (1 - share)
    side = x.shape[2]
    half = (1 - share).sqrt() / 2
    middle = draw.between(0, 1, 2).to(x.device)
    low, high = ((middle + sign * half).clamp(0, 1) * side for sign in (-1, 1))
    (left, top), (right, bottom) = low.round().long().tolist(), high.round().long().tolist()
    x = x.clone()
    x[:, :, top:bottom, left:right] = others[:, :, top:bottom, left:right]
    kept = 1 - (right - left) * (bottom - top) / side**2
    return x, targets * kept + targets.roll(1, 0) * (1 - kept)
