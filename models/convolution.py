"""Convolution: one small kernel slides over a picture, and every output cell is a weighted sum of one window.

y[i, j] = b + Σ w[u, v] · x[s·i + d·u, s·j + d·v], with the same weights at every place. So a shifted input gives a
shifted output (the map is *equivariant* to shifts), and the number of weights does not grow with the picture.

Why it was needed: a fully connected layer has a weight for each pair of pixels and must learn every pattern again at
every place. Sharing one kernel over all places was proposed for pictures by Fukushima (1980) and trained by gradients
by LeCun et al. (1989).
Papers: Fukushima, "Neocognitron", Biological Cybernetics 36, 1980, https://doi.org/10.1007/BF00344251; LeCun et al.,
"Backpropagation applied to handwritten zip code recognition", 1989, https://doi.org/10.1162/neco.1989.1.4.541;
Dumoulin & Visin, "A guide to convolution arithmetic for deep learning", 2016, https://arxiv.org/abs/1603.07285.

Differs from the lecture: the sizes of input and output are in full, with dilation and the floor; several layers stand
in a row without a bend between them, so that they are one larger kernel, which can be read and compared. What deep
learning calls a convolution is a cross-correlation: the kernel is not turned around.

Shapes: B batch, I input channels, O output channels, K side of the kernel, H and W sides of the input, P and Q of the
output, E side of the kernel that a stack amounts to.
"""

import math
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

PADDINGS: Final = {"zeros": "constant", "mirror": "reflect", "repeat": "replicate"}  # as torch calls them


class Convolution(nn.Module):
    """One layer of kernels, with the weights of `nn.Conv2d` and its arithmetic, without padding."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        *,
        stride: int = 1,
        dilation: int = 1,
        has_bias: bool = True,
    ) -> None:
        """Makes the kernels with PyTorch's own random weights, uniform within ±1/√(I·K²).

        Args:
            in_channels: I.
            out_channels: O, one kernel for each.
            kernel_size: K.
            stride: pixels from one window to the next.
            dilation: pixels from one weight to the next within a window.
            has_bias: whether a number is added to every cell of a map.
        """
        super().__init__()
        self.stride, self.dilation = stride, dilation
        reach = 1 / math.sqrt(in_channels * kernel_size**2)
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        nn.init.uniform_(self.weight, -reach, reach)
        self.bias = nn.Parameter(torch.empty(out_channels).uniform_(-reach, reach)) if has_bias else None

    def forward(self, x: Float[Tensor, "B I H W"]) -> Float[Tensor, "B O P Q"]:
        """The maps of a batch; torch's kernel computes what `by_windows` spells out."""
        return F.conv2d(x, self.weight, self.bias, stride=self.stride, dilation=self.dilation)  # (B, O, P, Q)

    def by_windows(self, x: Float[Tensor, "B I H W"]) -> Float[Tensor, "B O P Q"]:
        """The same maps in the words of the formula: cut out every window, multiply by the weights, add up."""
        kernel_size = self.weight.shape[-1]
        reach = self.dilation * (kernel_size - 1) + 1
        windows = x.unfold(2, reach, self.stride).unfold(3, reach, self.stride)  # (B, I, P, Q, reach, reach)
        windows = windows[..., :: self.dilation, :: self.dilation]  # (B, I, P, Q, K, K)
        maps = torch.einsum("bipquv,oiuv->bopq", windows, self.weight)  # (B, O, P, Q)
        return maps if self.bias is None else maps + self.bias[:, None, None]


class ConvolutionStack(nn.Module):
    """Padding, then some convolutions in a row without a bend between them: together one larger kernel."""

    def __init__(
        self,
        kernel_size: int = 3,
        depth: int = 1,
        *,
        channels: int = 1,
        stride: int = 1,
        dilation: int = 1,
        padding: str = "zeros",
    ) -> None:
        """Makes the layers.

        Args:
            kernel_size: K of every layer.
            depth: number of layers; the last one has the stride and the bias.
            channels: maps between two layers.
            stride: of the last layer.
            dilation: of every layer.
            padding: a key of `PADDINGS`, so that at stride 1 the output is as large as the input; or `none`.

        Raises:
            ValueError: for an unknown padding.
        """
        super().__init__()
        if padding not in (*PADDINGS, "none"):
            raise ValueError(f"padding {padding!r} is none of {', '.join(PADDINGS)} and none")
        self.padding, self.stride = padding, stride
        self.reach = depth * dilation * (kernel_size - 1) + 1  # E
        widths = [1, *[channels] * (depth - 1), 1]
        self.layers = nn.Sequential(
            *[
                Convolution(
                    widths[i],
                    widths[i + 1],
                    kernel_size,
                    stride=stride if i == depth - 1 else 1,
                    dilation=dilation,
                    has_bias=i == depth - 1,
                )
                for i in range(depth)
            ]
        )

    @property
    def first_centre(self) -> int:
        """The input pixel, counted from 0, in the middle of the first output cell's window."""
        return (self.reach - 1) // 2 if self.padding == "none" else 0

    def forward(self, x: Float[Tensor, "B 1 H W"]) -> Float[Tensor, "B 1 P Q"]:
        """What the stack makes of a batch of grey pictures."""
        if self.padding != "none":
            before, after = (self.reach - 1) // 2, self.reach // 2
            x = F.pad(x, (before, after, before, after), mode=PADDINGS[self.padding])  # (B, 1, H+E−1, W+E−1)
        return self.layers(x)  # (B, 1, P, Q)

    @property
    def convolutions(self) -> list[Convolution]:
        """The layers, first to last."""
        return [layer for layer in self.layers if isinstance(layer, Convolution)]

    def whole_kernel(self) -> Float[Tensor, "E E"]:
        """The one kernel that does what all layers do in turn: every layer spreads the one before by its own."""
        kernel = self.convolutions[0].weight.new_ones(1, 1, 1, 1)
        for layer in self.convolutions:
            spread = layer.weight.transpose(0, 1)  # torch wants the input channels first here
            kernel = F.conv_transpose2d(kernel, spread, dilation=layer.dilation)  # (1, O, grown, grown)
        return kernel[0, 0]
