"""Inception: several kernel sizes side by side, so that the network need not choose one.

An Inception module sends the same maps through four branches (a 1×1 convolution, a 3×3, a 5×5, and a max-pool) and
lays their maps on each other. Before the large kernels, a 1×1 convolution reduces the number of channels: that makes
the module several times cheaper than the naive one, and adds a ReLU on the way.

Why it was needed: large things need large kernels and small things small ones, and in one picture there are both; but
5×5 kernels on many channels cost too much. Papers: Szegedy et al., "Going deeper with convolutions", 2014,
https://arxiv.org/abs/1409.4842; the 1×1 convolution: Lin, Chen & Yan, "Network in network", 2013,
https://arxiv.org/abs/1312.4400.

Differs from the paper: a stem and two modules instead of nine, and no auxiliary classifiers.

Shapes: B batch, C input channels, H height and W width, F output channels of a module, h and w the size of the maps,
K classes.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Widths(NamedTuple):
    """Channels of the branches of a module; the reductions come before the large kernels."""

    one: int  # 1×1
    reduce_three: int  # 1×1 before the 3×3
    three: int  # 3×3
    reduce_five: int  # 1×1 before the 5×5
    five: int  # 5×5
    pooled: int  # 1×1 after the max-pool

    @property
    def total(self) -> int:
        """F, channels of the maps that leave the module."""
        return self.one + self.three + self.five + self.pooled


class InceptionModule(nn.Module):
    """Four branches on the same maps, their outputs side by side; the size of the maps stays."""

    def __init__(self, in_channels: int, widths: Widths, *, is_naive: bool = False) -> None:
        """Makes the branches.

        Args:
            in_channels: C.
            widths: channels of each branch.
            is_naive: without the 1×1 reductions; the large kernels then see all C channels, and the pooled maps pass
                as they are.
        """
        super().__init__()
        self.is_naive = is_naive
        three, five = (in_channels, in_channels) if is_naive else (widths.reduce_three, widths.reduce_five)
        self.one = nn.Conv2d(in_channels, widths.one, 1)
        if not is_naive:
            self.reduce_three = nn.Conv2d(in_channels, three, 1)
            self.reduce_five = nn.Conv2d(in_channels, five, 1)
            self.project = nn.Conv2d(in_channels, widths.pooled, 1)
        self.three = nn.Conv2d(three, widths.three, 3, padding=1)
        self.five = nn.Conv2d(five, widths.five, 5, padding=2)
        self.pool = nn.MaxPool2d(3, stride=1, padding=1)
        self.relu = nn.ReLU()
        self.out_channels = widths.one + widths.three + widths.five + (in_channels if is_naive else widths.pooled)

    def forward(self, x: Float[Tensor, "B C h w"]) -> Float[Tensor, "B F h w"]:
        """The maps of all branches, one after another, after their ReLUs."""
        return torch.cat(list(self.branches(x).values()), dim=1)  # (B, F, h, w)

    def branches(self, x: Float[Tensor, "B C h w"]) -> dict[str, Float[Tensor, "B _ h w"]]:
        """The maps of each branch by its name, after its ReLU."""
        if self.is_naive:
            reduced_three = reduced_five = x
            pooled = self.pool(x)
        else:
            reduced_three, reduced_five = self.relu(self.reduce_three(x)), self.relu(self.reduce_five(x))
            pooled = self.relu(self.project(self.pool(x)))
        return {
            "1×1": self.relu(self.one(x)),
            "3×3": self.relu(self.three(reduced_three)),
            "5×5": self.relu(self.five(reduced_five)),
            "pool": pooled,
        }


class SimpleInception(nn.Module):
    """A small network of Inception modules: a stem, two modules with pooling between, the mean of each map, a layer."""

    def __init__(
        self,
        num_classes: int,
        *,
        in_channels: int = 3,
        stem_channels: int = 16,
        first: Widths = Widths(8, 8, 16, 4, 8, 8),  # noqa: B008  a named tuple cannot be changed
        second: Widths = Widths(16, 16, 32, 8, 16, 16),  # noqa: B008
        dropout: float | int = 0.0,
    ) -> None:
        """Makes the layers; pictures of any size from 4 pixels on can be given.

        Args:
            num_classes: K.
            in_channels: C, 1 for grey and 3 for colour.
            stem_channels: maps of the convolution before the first module.
            first: channels of the first module's branches.
            second: of the second's.
            dropout: share of the means before the last layer that is set to 0 in training.
        """
        super().__init__()
        self.stem = nn.Conv2d(in_channels, stem_channels, 3, padding=1)
        self.pool = nn.MaxPool2d(2, 2)
        self.relu = nn.ReLU()
        self.inception1 = InceptionModule(stem_channels, first)
        self.inception2 = InceptionModule(first.total, second)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(second.total, num_classes)

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Logits of a batch of pictures."""
        x = self.pool(self.relu(self.stem(x)))  # (B, F, h, w)
        x = self.pool(self.inception1(x))  # (B, F, h, w)
        x = self.inception2(x)  # (B, F, h, w)
        return self.classify(x)  # (B, K)

    def classify(self, x: Float[Tensor, "B F h w"]) -> Float[Tensor, "B K"]:
        """Logits from the last maps."""
        x = x.mean(dim=(2, 3))  # (B, F)
        return self.fc(self.dropout(x))  # (B, K)

    def feature_maps(self, x: Float[Tensor, "B C H W"]) -> dict[str, Float[Tensor, "B _ _ _"]]:
        """What each part makes of pictures, in order; a module's maps stand branch after branch."""
        maps = {"stem": self.stem(x)}
        maps["pool0"] = self.pool(self.relu(maps["stem"]))
        maps["inception1"] = self.inception1(maps["pool0"])
        maps["pool1"] = self.pool(maps["inception1"])
        maps["inception2"] = self.inception2(maps["pool1"])
        return maps
