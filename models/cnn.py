"""Convolutional network (CNN): the same small weights at every place of a picture.

A convolution slides a kernel of a few weights over the picture and takes a weighted sum at each place, so a feature is
found wherever it lies, with a few hundred weights instead of millions. After a ReLU, pooling keeps one value of each
2×2 square: the maps shrink, and the next kernels see more of the picture. At the end, what was found is flattened and
two fully connected layers name the class.

Why it was needed: a fully connected network learns each feature anew at every place, and a shift by two pixels gives it
new inputs.
Papers: Fukushima, "Neocognitron", 1980, https://doi.org/10.1007/BF00344251; LeCun, Bottou, Bengio & Haffner,
"Gradient-based learning applied to document recognition", 1998, https://doi.org/10.1109/5.726791; batch normalisation:
Ioffe & Szegedy, 2015, https://arxiv.org/abs/1502.03167; global average pooling: Lin, Chen & Yan, "Network in network",
2013, https://arxiv.org/abs/1312.4400.

Differs from the lecture: with the defaults it is the lecture's network, whose first linear layer fits pictures of
128×128 only. Here it is computed from the image size; depth, channels, kernel, padding, pooling, batch
normalisation and dropout can be chosen; and the ReLU is a module, so that it can be looked into.

Shapes: B batch, C input channels, H height and W width of the picture, F channels of a layer's maps, h and w their
height and width, K classes.
"""

from collections.abc import Sequence
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor, nn

POOLINGS: Final = ("max", "average", "stride", "none")


class SimpleCNN(nn.Module):
    """The lecture's network: convolution, ReLU and pooling for each layer, then two fully connected layers."""

    def __init__(
        self,
        num_classes: int,
        *,
        image_size: int = 128,
        in_channels: int = 3,
        channels: Sequence[int] = (16, 32),
        kernel_size: int = 3,
        padding: str = "same",
        pooling: str = "max",
        hidden_dim: int = 128,
        use_batch_norm: bool = False,
        use_global_pooling: bool = False,
        dropout: float | int = 0.0,
    ) -> None:
        """Makes the layers `conv1`, `conv2` …, `pool`, `fc1` and `fc2` with PyTorch's own first weights.

        Args:
            num_classes: K.
            image_size: H = W.
            in_channels: C, 1 for grey and 3 for colour.
            channels: F of each convolution, first to last.
            kernel_size: side of the kernels, odd.
            padding: `same` puts zeros around the maps so that they keep their size, `none` lets them shrink.
            pooling: `max` or `average` of each 2×2 square; `stride` moves the kernel by two places instead of pooling;
                `none` keeps every place.
            hidden_dim: units of `fc1`.
            use_batch_norm: whether each map is normalised over the batch before its ReLU.
            use_global_pooling: whether `fc1` gets the mean of each last map instead of all its places.
            dropout: share of the values before `fc1` and before `fc2` that is set to 0 in training.

        Raises:
            ValueError: if a map would vanish; the message says where.
        """
        super().__init__()
        self.num_layers, self.use_batch_norm, self.use_global_pooling = (
            len(channels),
            use_batch_norm,
            use_global_pooling,
        )
        stride, border = (2 if pooling == "stride" else 1), (kernel_size // 2 if padding == "same" else 0)
        before, size = in_channels, image_size
        for number, width in enumerate(channels, start=1):
            self.add_module(f"conv{number}", nn.Conv2d(before, width, kernel_size, stride=stride, padding=border))
            if use_batch_norm:
                self.add_module(f"norm{number}", nn.BatchNorm2d(width))
            size = (size - kernel_size + 2 * border) // stride + 1
            if pooling in ("max", "average"):
                size //= 2
            if size < 1:
                raise ValueError(f"nothing is left of a picture of {image_size} pixels after convolution {number}")
            before = width
        self.relu = nn.ReLU()
        self.pool = {"max": nn.MaxPool2d(2, 2), "average": nn.AvgPool2d(2, 2)}.get(pooling, nn.Identity())
        self.dropout = nn.Dropout(dropout)
        self.fc1 = nn.Linear(before if use_global_pooling else before * size * size, hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, num_classes)

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Logits of a batch of pictures."""
        for number in range(1, self.num_layers + 1):
            x = self.pool(self.relu(self.convolve(x, number)))  # (B, F, h, w)
        return self.classify(x)  # (B, K)

    def convolve(self, x: Float[Tensor, "B _ _ _"], number: int) -> Float[Tensor, "B F h w"]:
        """Convolution `number` (from 1), normalised if the network does so; its ReLU comes after."""
        x = self.get_submodule(f"conv{number}")(x)  # (B, F, h, w)
        return self.get_submodule(f"norm{number}")(x) if self.use_batch_norm else x

    def classify(self, x: Float[Tensor, "B F h w"]) -> Float[Tensor, "B K"]:
        """Logits from the last maps."""
        x = x.mean(dim=(2, 3)) if self.use_global_pooling else torch.flatten(x, 1)  # (B, F) or (B, F·h·w)
        x = self.relu(self.fc1(self.dropout(x)))  # (B, hidden_dim)
        return self.fc2(self.dropout(x))  # (B, K)

    def feature_maps(self, x: Float[Tensor, "B C H W"]) -> dict[str, Float[Tensor, "B _ _ _"]]:
        """What each layer makes of pictures: `conv1` (before its ReLU), `relu1`, `pool1`, `conv2` and so on."""
        maps = {}
        for number in range(1, self.num_layers + 1):
            maps[f"conv{number}"] = self.convolve(x, number)
            maps[f"relu{number}"] = self.relu(maps[f"conv{number}"])
            x = maps[f"pool{number}"] = self.pool(maps[f"relu{number}"])
        return maps
