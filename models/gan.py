"""A generative adversarial network: one network forges, another tells forgeries from real ones, and both learn.

The generator turns noise into an example. The discriminator gets real examples and forged ones and says how likely each
is real. The discriminator learns to tell them apart; the generator learns to be taken for real, and all it ever gets to
see is the slope of the discriminator at its own forgeries. Nobody has to say what makes an example good.

Why it was needed: to generate by maximum likelihood one needs a density that can be computed, and averages blur. Here a
sample is enough, and a blurred one is easily told.
Papers: Goodfellow et al., "Generative adversarial nets", 2014, https://arxiv.org/abs/1406.2661; convolutional: Radford
et al., "Unsupervised representation learning with deep convolutional GANs", 2015, https://arxiv.org/abs/1511.06434;
spectral normalisation: Miyato et al., 2018, https://arxiv.org/abs/1802.05957.

Differs from the lecture: widths can be chosen, and the discriminator may give logits, from which the loss is computed
without rounding to 0 or 1. Against the paper of 2015, the convolutional pair is small and for 28 by 28 pixels, its
first weights are torch's, and there is no batch normalisation in the discriminator, so that real and forged examples
may share a batch.

Shapes: B examples, Z numbers of noise, D numbers of an example.
"""

from collections.abc import Sequence
from typing import Final

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

SIDE: Final = 28  # pixels of what the convolutional pair makes
SLOPE: Final = 0.2  # of a leaky ReLU below 0


class Generator(nn.Module):
    """The lecture's generator: noise goes in, an example with numbers from −1 to 1 comes out."""

    def __init__(self, latent_dim: int = 64, img_dim: int = 784, *, widths: Sequence[int] = (128, 256)) -> None:
        """Makes the layers with fresh random weights.

        Args:
            latent_dim: Z.
            img_dim: D.
            widths: units of the hidden layers, the lecture's if left out.
        """
        super().__init__()
        layers: list[nn.Module] = []
        for num_in, num_out in zip((latent_dim, *widths), widths, strict=False):
            layers += [nn.Linear(num_in, num_out), nn.ReLU()]
        last = widths[-1] if widths else latent_dim
        self.model = nn.Sequential(*layers, nn.Linear(last, img_dim), nn.Tanh())

    def forward(self, z: Float[Tensor, "B Z"]) -> Float[Tensor, "B D"]:
        """One example for each row of noise."""
        return self.model(z)


class Discriminator(nn.Module):
    """The lecture's discriminator: how likely is it that an example is real?"""

    def __init__(
        self,
        img_dim: int = 784,
        *,
        widths: Sequence[int] = (256, 128),
        is_logits: bool = False,
        has_spectral_norm: bool = False,
    ) -> None:
        """Makes the layers with fresh random weights.

        Args:
            img_dim: D.
            widths: units of the hidden layers, the lecture's if left out.
            is_logits: leaves the last sigmoid out; the loss then works on logits, or on a score without bounds.
            has_spectral_norm: divides the weights of each layer by their largest stretch, so that none stretches more
                than once: the answer then changes no faster than the input.
        """
        super().__init__()
        layers: list[nn.Module] = []
        for num_in, num_out in zip((img_dim, *widths), widths, strict=False):
            layers += [_normed(nn.Linear(num_in, num_out), has_spectral_norm), nn.LeakyReLU(SLOPE)]
        layers.append(_normed(nn.Linear(widths[-1] if widths else img_dim, 1), has_spectral_norm))
        self.model = nn.Sequential(*layers) if is_logits else nn.Sequential(*layers, nn.Sigmoid())

    def forward(self, x: Float[Tensor, "B D"]) -> Float[Tensor, "B 1"]:
        """The chance of being real, or its logit."""
        return self.model(x)


class ConvGenerator(nn.Module):
    """A small DCGAN generator: noise becomes a 7 by 7 picture of many channels, which doubles its side twice."""

    def __init__(self, latent_dim: int = 64, channels: int = 32) -> None:
        """Makes the layers with fresh random weights.

        Args:
            latent_dim: Z.
            channels: of the 14 by 14 picture; the 7 by 7 one has twice as many.
        """
        super().__init__()
        quarter = SIDE // 4
        self.model = nn.Sequential(
            nn.Linear(latent_dim, 2 * channels * quarter**2, bias=False),
            nn.Unflatten(1, (2 * channels, quarter, quarter)),
            nn.BatchNorm2d(2 * channels),
            nn.ReLU(),
            nn.ConvTranspose2d(2 * channels, channels, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.ConvTranspose2d(channels, 1, 4, stride=2, padding=1),
            nn.Tanh(),
            nn.Flatten(),
        )

    def forward(self, z: Float[Tensor, "B Z"]) -> Float[Tensor, "B D"]:
        """One picture of 28 by 28 for each row of noise, row after row of its pixels."""
        return self.model(z)


class ConvDiscriminator(nn.Module):
    """A small DCGAN discriminator: two convolutions that halve the side, then one number."""

    def __init__(self, channels: int = 32, *, is_logits: bool = False, has_spectral_norm: bool = False) -> None:
        """Makes the layers with fresh random weights.

        Args:
            channels: of the 14 by 14 picture; the 7 by 7 one has twice as many.
            is_logits: as in `Discriminator`.
            has_spectral_norm: as in `Discriminator`.
        """
        super().__init__()
        quarter = SIDE // 4
        layers: list[nn.Module] = [
            nn.Unflatten(1, (1, SIDE, SIDE)),
            _normed(nn.Conv2d(1, channels, 4, stride=2, padding=1), has_spectral_norm),
            nn.LeakyReLU(SLOPE),
            _normed(nn.Conv2d(channels, 2 * channels, 4, stride=2, padding=1), has_spectral_norm),
            nn.LeakyReLU(SLOPE),
            nn.Flatten(),
            _normed(nn.Linear(2 * channels * quarter**2, 1), has_spectral_norm),
        ]
        self.model = nn.Sequential(*layers) if is_logits else nn.Sequential(*layers, nn.Sigmoid())

    def forward(self, x: Float[Tensor, "B D"]) -> Float[Tensor, "B 1"]:
        """The chance of being real, or its logit."""
        return self.model(x)


def _normed(layer: nn.Module, has_spectral_norm: bool) -> nn.Module:
    return spectral_norm(layer) if has_spectral_norm else layer
