"""A small convolutional network that can be trained on one task and then set to another.

Four convolutions turn a drawing into features: a few numbers that say which strokes and shapes are in it, wherever they
are. A linear layer, the head, turns the features into logits. Features that tell hundreds of kinds of things apart
serve for others, too; so another task takes over the convolutions and needs a new head only.

Why it was needed: labels are dear. Who has ten pictures of a class cannot learn from them what an edge is, and need
not, where somebody else has.
Papers: Donahue et al., "DeCAF: a deep convolutional activation feature for generic visual recognition", 2013,
https://arxiv.org/abs/1310.1531; Yosinski, Clune, Bengio & Lipson, "How transferable are features in deep neural
networks?", 2014, https://arxiv.org/abs/1411.1792; the drawings: Ha & Eck, "A neural representation of sketch drawings",
2017, https://arxiv.org/abs/1704.03477.

Differs from the lecture: the lecture names places where trained networks with millions of weights are to be had
(Hugging Face, timm, YOLO). This one has a hundred thousand, and was trained on drawings, so that its weights come with
the app and all of it can be trained on a slow machine.

Shapes: B batch, H height and W width of the picture, D features, K classes.
"""

from collections.abc import Sequence
from typing import Final

from jaxtyping import Float
from torch import Tensor, nn

CHANNELS: Final = (16, 32, 64, 128)  # maps of each convolution, first to last


class DrawingNetwork(nn.Module):
    """Convolution, batch normalisation and ReLU four times, halved in size after each but the last; then a head."""

    def __init__(self, num_classes: int, channels: Sequence[int] = CHANNELS) -> None:
        """Makes the layers `conv1`, `norm1` … and `fc` with PyTorch's own first weights.

        Args:
            num_classes: K.
            channels: maps of each convolution; the last is D.
        """
        super().__init__()
        self.num_layers, self.num_features = len(channels), channels[-1]
        before = 1
        for number, width in enumerate(channels, start=1):
            self.add_module(f"conv{number}", nn.Conv2d(before, width, 3, padding=1, bias=False))
            self.add_module(f"norm{number}", nn.BatchNorm2d(width))
            before = width
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(before, num_classes)

    def features(self, x: Float[Tensor, "B 1 H W"]) -> Float[Tensor, "B D"]:
        """The mean over all places of each of the last maps."""
        for number in range(1, self.num_layers + 1):
            x = self.get_submodule(f"norm{number}")(self.get_submodule(f"conv{number}")(x))  # (B, F, h, w)
            x = self.relu(x)
            if number < self.num_layers:
                x = self.pool(x)
        return x.mean(dim=(2, 3))  # (B, D)

    def forward(self, x: Float[Tensor, "B 1 H W"]) -> Float[Tensor, "B K"]:
        """Logits of a batch of drawings."""
        return self.classify(self.features(x))  # (B, K)

    def classify(self, features: Float[Tensor, "B D"]) -> Float[Tensor, "B K"]:
        """Logits from what describes the drawings."""
        return self.fc(features)
