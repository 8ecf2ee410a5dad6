"""EfficientNet-Lite0: blocks that widen, look around in each map alone, and narrow again.

An ordinary 3×3 convolution from C to F maps needs 9·C·F weights. Here that is done in two steps: a depthwise
convolution looks around, with one kernel a map (9·C), and a 1×1 convolution mixes the maps at each place (C·F). Because
looking around is now so cheap, each block first widens its maps six times with a 1×1 convolution, and narrows them
again after it; what it has found is added to what came in, wherever the shapes agree. The last narrowing has no ReLU:
in few maps, a 0 would be lost for good.

Why it was needed: networks that were accurate on ImageNet had tens of millions of weights and more. EfficientNet
searched for a small network of such blocks, and then made it wider, deeper and its pictures larger all together. Lite0
is the small one for phones: 4.7 million weights.
Papers: Tan & Le, "EfficientNet", 2019, https://arxiv.org/abs/1905.11946; the block: Sandler et al., "MobileNetV2",
2018, https://arxiv.org/abs/1801.04381; batch normalisation: Ioffe & Szegedy, 2015, https://arxiv.org/abs/1502.03167;
Lite: Liu, "Higher accuracy on vision models with EfficientNet-Lite", 2020,
https://blog.tensorflow.org/2020/03/higher-accuracy-on-vision-models-with-efficientnet-lite.html.

Differs from the paper: as Lite says, ReLU6 stands for swish and the blocks have no squeeze-excitation, so that it can
be rounded to 8 bits. Differs from Lite: nothing is dropped in training, neither values nor whole blocks.

Shapes: B batch, H height and W width of the pictures, C channels that come in, F that go out, h and w the size of maps,
K classes.
"""

from typing import Final, NamedTuple

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F


class Stage(NamedTuple):
    """Blocks in a row that make equally many maps."""

    num_blocks: int
    kernel_size: int  # of the depthwise convolution
    stride: int  # of the first block; 2 halves the maps
    widening: int  # by which the maps become more within a block
    out_channels: int


STAGES: Final = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)
NUM_STEM: Final = 32  # maps of the first convolution
NUM_FEATURES: Final = 1280  # maps of the last one, and numbers that describe a picture


class ConvNorm(nn.Module):
    """A convolution that keeps the size (or divides it by its stride), batch normalisation, and ReLU6 or nothing."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int = 1,
        *,
        stride: int = 1,
        groups: int = 1,
        bends: bool = True,
        momentum: float | int = 0.01,
    ) -> None:
        """Makes the layers; `groups` equal to the channels makes it depthwise, `bends` is whether ReLU6 follows."""
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride=stride, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(out_channels, eps=1e-3, momentum=momentum)
        self.relu = nn.ReLU6() if bends else nn.Identity()
        self.kernel_size, self.stride = kernel_size, stride

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B F h w"]:
        """The maps of a batch; h is H over the stride, rounded up."""
        return self.relu(self.norm(self.conv(padded(x, self.kernel_size, self.stride))))


class Block(nn.Module):
    """MBConv: widen, look around, narrow; what came in is added where the shapes agree."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, stride: int, widening: int, momentum: float | int
    ) -> None:
        """Makes the layers; a block that does not widen has no `expand`."""
        super().__init__()
        wide = in_channels * widening
        self.expand = ConvNorm(in_channels, wide, momentum=momentum) if widening > 1 else nn.Identity()
        self.depthwise = ConvNorm(wide, wide, kernel_size, stride=stride, groups=wide, momentum=momentum)
        self.project = ConvNorm(wide, out_channels, bends=False, momentum=momentum)
        self.is_residual = stride == 1 and in_channels == out_channels

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B F h w"]:
        """The maps of a batch."""
        found = self.project(self.depthwise(self.expand(x)))  # (B, F, h, w)
        return x + found if self.is_residual else found


class EfficientNetLite0(nn.Module):
    """A first convolution, 16 blocks, a last convolution, the mean of each of its maps, a linear layer."""

    def __init__(self, num_classes: int = 1000, *, momentum: float | int = 0.01) -> None:
        """Makes the layers with PyTorch's own first weights.

        Args:
            num_classes: K.
            momentum: how much of each batch goes into the running means of batch normalisation.
        """
        super().__init__()
        self.stem = ConvNorm(3, NUM_STEM, 3, stride=2, momentum=momentum)
        self.blocks, before = nn.ModuleList(), NUM_STEM
        for stage in STAGES:
            for number in range(stage.num_blocks):
                stride = 1 if number else stage.stride
                block = Block(before, stage.out_channels, stage.kernel_size, stride, stage.widening, momentum)
                self.blocks.append(block)
                before = stage.out_channels
        self.head = ConvNorm(before, NUM_FEATURES, momentum=momentum)
        self.fc = nn.Linear(NUM_FEATURES, num_classes)

    def forward(self, x: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B K"]:
        """Logits of pictures."""
        return self.classify(self.features(x))  # (B, K)

    def features(self, x: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 1280"]:
        """The numbers that describe each picture: the means of the last maps."""
        x = self.stem(x)  # (B, 32, H/2, W/2)
        for block in self.blocks:
            x = block(x)  # (B, F, h, w)
        return self.head(x).mean(dim=(2, 3))  # (B, 1280)

    def classify(self, features: Float[Tensor, "B 1280"]) -> Float[Tensor, "B K"]:
        """Logits from what describes the pictures."""
        return self.fc(features)

    def feature_maps(self, x: Float[Tensor, "B 3 H W"]) -> dict[str, Float[Tensor, "B _ _ _"]]:
        """What each part makes of pictures: `stem`, `block 1` to `block 16`, `head`."""
        x = self.stem(x)
        maps = {"stem": x}
        for number, block in enumerate(self.blocks, start=1):
            x = maps[f"block {number}"] = block(x)
        maps["head"] = self.head(x)
        return maps


def padded(x: Float[Tensor, "B C H W"], kernel_size: int, stride: int) -> Float[Tensor, "B C _ _"]:
    """TensorFlow's padding "same": as many zeros as the kernel needs, an odd one at the bottom and on the right."""
    down, right = (max(0, (-(-size // stride) - 1) * stride + kernel_size - size) for size in x.shape[2:])
    return F.pad(x, (right // 2, right - right // 2, down // 2, down - down // 2)) if down or right else x
