"""A variational autoencoder: it squeezes each picture into a few numbers and a doubt, and paints new ones from dice.

An encoder turns an input into a small cloud in a space of few numbers: a mean for each number, and how unsure it is. A
point of that cloud goes into a decoder, which has to give the input back. A second term of the loss pulls all clouds
towards the one standard cloud N(0, 1). So the space has no holes, and a decoded draw from N(0, 1) is a new picture.

Why it was needed: a plain autoencoder copies well, but it leaves its codes wherever they fell; between them lies
nothing that was ever decoded, so it cannot invent.
Papers: Kingma & Welling, "Auto-encoding variational Bayes", 2013, https://arxiv.org/abs/1312.6114; Rezende, Mohamed &
Wierstra, "Stochastic backpropagation", 2014, https://arxiv.org/abs/1401.4082; β: Higgins et al., "β-VAE", 2017,
https://openreview.net/forum?id=Sy2fzU9gl; free bits: Kingma et al., 2016, https://arxiv.org/abs/1606.04934.

Differs from the lecture: the divergence has the right sign (the lecture adds what has to be subtracted); `logits`
gives what comes before the sigmoid, because a loss of it is faster and never takes the logarithm of 0; the outputs may
stay as they are, for points; by keyword, convolutions take the place of the outer layers, or the doubt is left out,
which makes a plain autoencoder.

Shapes: B examples, D values of one, L units between encoder and decoder, C channels, S side of a picture.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn


class VAE(nn.Module):
    """The lecture's network, 784-256-128-64 and back; its layers and their order are the lecture's."""

    def __init__(
        self,
        input_dim: int = 784,
        latent_dim: int = 64,
        *,
        num_channels: int = 1,
        is_convolutional: bool = False,
        is_variational: bool = True,
        has_sigmoid: bool = True,
    ) -> None:
        """Makes the layers with fresh random weights.

        Args:
            input_dim: D.
            latent_dim: L.
            num_channels: C; a picture is square.
            is_convolutional: convolutions of stride 2 instead of the outer fully connected layers.
            is_variational: False leaves out the doubt: a plain autoencoder.
            has_sigmoid: whether the outputs are brought between 0 and 1.

        Raises:
            ValueError: if convolutions are wanted and the pictures are not square with a side that 4 divides.
        """
        super().__init__()
        self.num_channels, self.is_convolutional, self.has_sigmoid = num_channels, is_convolutional, has_sigmoid
        self.side = math.isqrt(input_dim // num_channels)
        if is_convolutional:
            if self.side % 4 or self.side**2 * num_channels != input_dim:
                raise ValueError(f"{input_dim} values in {num_channels} channels are no square with a side 4 divides.")
            self.conv1 = nn.Conv2d(num_channels, 16, 4, stride=2, padding=1)
            self.conv2 = nn.Conv2d(16, 32, 4, stride=2, padding=1)
            width = 32 * (self.side // 4) ** 2
        else:
            self.fc1 = nn.Linear(input_dim, 256)
            self.fc2 = nn.Linear(256, 128)
            width = 128
        self.fc_mu = nn.Linear(width, latent_dim)
        self.fc_logvar = nn.Linear(width, latent_dim) if is_variational else None
        self.fc3 = nn.Linear(latent_dim, width)
        if is_convolutional:
            self.conv3 = nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1)
            self.conv4 = nn.ConvTranspose2d(16, num_channels, 4, stride=2, padding=1)
        else:
            self.fc4 = nn.Linear(128, 256)
            self.fc5 = nn.Linear(256, input_dim)
        self.activation = nn.ReLU()

    def encode(self, x: Float[Tensor, "B D"]) -> tuple[Float[Tensor, "B L"], Float[Tensor, "B L"]]:
        """Where the cloud of each input lies, and the logarithm of its variance; −∞ without doubt."""
        h = self.hidden(x)
        mu = self.fc_mu(h)  # (B, L)
        logvar = torch.full_like(mu, -math.inf) if self.fc_logvar is None else self.fc_logvar(h)
        return mu, logvar

    def hidden(self, x: Float[Tensor, "B D"]) -> Float[Tensor, "B H"]:
        """The last hidden layer of the encoder."""
        if self.is_convolutional:
            h = self.activation(
                self.conv1(x.view(len(x), self.num_channels, self.side, self.side))
            )  # (B, 16, S/2, S/2)
            return self.activation(self.conv2(h)).flatten(1)  # (B, 32·S/4·S/4)
        return self.activation(self.fc2(self.activation(self.fc1(x))))  # (B, 128)

    def reparameterize(self, mu: Float[Tensor, "B L"], logvar: Float[Tensor, "B L"]) -> Float[Tensor, "B L"]:
        """A point of each cloud. The dice ε know nothing of the network, so gradients pass through μ and σ."""
        std = torch.exp(0.5 * logvar)
        return mu + torch.randn_like(std) * std

    def logits(self, z: Float[Tensor, "B L"]) -> Float[Tensor, "B D"]:
        """The outputs before the sigmoid."""
        h = self.activation(self.fc3(z))
        if self.is_convolutional:
            side = self.side // 4
            h = self.activation(self.conv3(h.view(len(h), 32, side, side)))  # (B, 16, S/2, S/2)
            return self.conv4(h).flatten(1)  # (B, D)
        return self.fc5(self.activation(self.fc4(h)))  # (B, D)

    def decode(self, z: Float[Tensor, "B L"]) -> Float[Tensor, "B D"]:
        """What the decoder makes of points."""
        outputs = self.logits(z)
        return torch.sigmoid(outputs) if self.has_sigmoid else outputs

    def forward(
        self, x: Float[Tensor, "B *rest"]
    ) -> tuple[Float[Tensor, "B D"], Float[Tensor, "B L"], Float[Tensor, "B L"]]:
        """Reconstructions, means and logarithms of the variances."""
        mu, logvar = self.encode(x.flatten(1))
        return self.decode(self.reparameterize(mu, logvar)), mu, logvar


def divergence(mu: Float[Tensor, "*B L"], logvar: Float[Tensor, "*B L"]) -> Float[Tensor, "*B L"]:
    """KL(N(μ, σ²) ‖ N(0, 1)) of every unit, in nats: −½ (1 + ln σ² − μ² − σ²). Never below 0."""
    return -0.5 * (1 + logvar - mu**2 - logvar.exp())
