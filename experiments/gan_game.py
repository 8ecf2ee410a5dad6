"""The game of the page `gan`: two networks, what each learns from the other, and how one turn of each goes."""

from typing import Any, Final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from data.dataset import seeded
from experiments.gan_data import SIDE, Source
from experiments.gan_gradients import Chain
from experiments.gan_losses import discriminator_loss, discriminator_slope, generator_loss, generator_slope, wanted
from experiments.gan_settings import DISCRIMINATOR, GENERATOR, PLANE, GANSettings
from models.gan import ConvDiscriminator, ConvGenerator, Discriminator, Generator
from training.optimizers import make_optimizer, rate_at, update_optimizer

NUM_FIXED: Final = 256  # rows of noise that always stay the same, to compare what becomes of them


class Game:
    """A generator and a discriminator that learn in turns."""

    settings: GANSettings
    device: torch.device
    source: Source
    real: Float[Tensor, "N D"]
    fresh: Float[Tensor, "M D"]
    num_steps: int

    @property
    def is_plane(self) -> bool:
        """Whether points are forged; otherwise pictures."""
        return self.settings.data in PLANE

    @property
    def is_dense(self) -> bool:
        """Whether all layers are dense."""
        return self.settings.data in PLANE or self.settings.network == "dense"

    def begin(self) -> None:
        """Makes both networks, their optimisers, and the noise that always stays the same."""
        self.generator, self.discriminator = (network.to(self.device) for network in self.make_networks())
        self._generator_weights: list[Tensor] = list(self.generator.parameters())
        self._discriminator_weights: list[Tensor] = list(self.discriminator.parameters())
        self._chains = self._make_chains()
        self.generator_optimizer = make_optimizer(self._generator_weights, self.settings)
        self.discriminator_optimizer = self._make_discriminator_optimizer()
        self.num_steps = 0
        self.update_optimizers()
        self._labels = self._make_labels()
        self.fixed_noise = self.draw_noise(NUM_FIXED, seeded(self.settings.seed))

    def _make_labels(self) -> Float[Tensor, "n 1"]:
        return wanted(2 * self.settings.batch_size, self.settings.label_smoothing, self.device)

    def make_networks(self) -> tuple[nn.Module, nn.Module]:
        """Generator and discriminator with fresh weights; the discriminator gives scores."""
        settings = self.settings
        told: dict[str, Any] = {"is_logits": True, "has_spectral_norm": settings.has_spectral_norm}
        if settings.data in PLANE:
            generator = Generator(settings.noise_dim, 2, widths=settings.generator_dims)
            return generator, Discriminator(2, widths=settings.discriminator_dims, **told)
        if settings.network == "dense":
            return Generator(settings.latent_dim, SIDE**2), Discriminator(SIDE**2, **told)
        return ConvGenerator(settings.latent_dim), ConvDiscriminator(**told)

    def _make_chains(self) -> tuple[Chain, Chain] | None:
        """Both networks as chains whose gradients are written out; None where autograd has to find them."""
        if not self.is_dense or self.settings.has_spectral_norm or self.settings.loss == "WGAN-GP":
            return None
        return Chain(self.generator.get_submodule("model")), Chain(self.discriminator.get_submodule("model"))

    def _make_discriminator_optimizer(self) -> torch.optim.Optimizer:
        """The generator's rule once more, or one of the discriminator's own."""
        weights, rate = self._discriminator_weights, self.settings.learning_rate
        match self.settings.discriminator_optimizer:
            case "the same":
                return make_optimizer(weights, self.settings)
            case "sgd":
                return torch.optim.SGD(weights, lr=rate, fused=True)
            case "rmsprop":
                return torch.optim.RMSprop(weights, lr=rate)
            case "adam":
                return torch.optim.Adam(weights, lr=rate, fused=True)

    def update_optimizers(self) -> None:
        """Gives both optimisers the constants in force; Adam takes the momentum for its first memory."""
        settings = self.settings
        update_optimizer(self.generator_optimizer, settings, self.num_steps)
        if settings.discriminator_optimizer == "the same":
            update_optimizer(self.discriminator_optimizer, settings, self.num_steps)
        for group in self.discriminator_optimizer.param_groups:
            group["lr"] = settings.rate_ratio * rate_at(self.num_steps, settings)
            group["weight_decay"] = settings.weight_decay
        for group in (*self.generator_optimizer.param_groups, *self.discriminator_optimizer.param_groups):
            if "betas" in group:
                group["betas"] = (settings.momentum, group["betas"][1])

    # ---- a turn ------------------------------------------------------------------------------------------------

    def play_turns(self) -> None:
        """The discriminator's turns, then one of the generator, each on fresh noise."""
        if self.settings.learns != GENERATOR:
            for _ in range(self.settings.discriminator_steps):
                self.discriminator_turn()
        if self.settings.learns != DISCRIMINATOR:
            self.generator_turn()

    def discriminator_turn(self) -> None:
        """One update of the discriminator, on real examples and as many fakes in one batch."""
        number = self.settings.batch_size
        real = self.real[torch.randint(len(self.real), (number,), device=self.device)]
        both = self.blurred(torch.cat([real, self.fakes_of(self.draw_noise(number))]))
        move(self.discriminator_optimizer, self._discriminator_weights, self.discriminator_gradients(both))
        if self.settings.loss == "WGAN":
            with torch.no_grad():
                for weight in self._discriminator_weights:
                    weight.clamp_(-self.settings.clip, self.settings.clip)

    def generator_turn(self) -> None:
        """One update of the generator, through a discriminator that stays as it is."""
        noise = self.draw_noise(self.settings.batch_size)
        move(self.generator_optimizer, self._generator_weights, self.generator_gradients(noise))

    def draw_noise(self, number: int, generator: torch.Generator | None = None) -> Float[Tensor, "n Z"]:
        """Fresh noise for so many fakes, from the global random state if no other is given."""
        shape = (number, self.settings.noise_dim if self.is_plane else self.settings.latent_dim)
        if self.settings.noise == "uniform":
            return (2 * torch.rand(shape, generator=generator) - 1).to(self.device)
        return torch.randn(shape, generator=generator).to(self.device)

    @torch.no_grad()
    def fakes_of(self, noise: Float[Tensor, "n Z"]) -> Float[Tensor, "n D"]:
        """What the generator makes of noise, with no memory of how."""
        return self._chains[0].forward(noise)[-1] if self._chains else self.generator(noise)

    def blurred(self, examples: Float[Tensor, "n D"]) -> Float[Tensor, "n D"]:
        """What the discriminator gets to see of examples: with instance noise, if there is any."""
        share = self.settings.instance_noise
        return examples + share * torch.randn(examples.shape).to(self.device) if share else examples

    # ---- gradients ---------------------------------------------------------------------------------------------

    def discriminator_gradients(self, both: Float[Tensor, "n D"]) -> list[Tensor]:
        """Of the discriminator's loss, for each of its weights; real examples first, then as many fakes."""
        loss = self.settings.loss
        if self._chains:
            with torch.no_grad():
                values = self._chains[1].forward(both)
                return self._chains[1].weight_gradients(values, discriminator_slope(loss, values[-1], self._labels))
        value = discriminator_loss(loss, self.discriminator(both), self._labels)
        if loss == "WGAN-GP":
            value = value + self.settings.penalty * self.steepness(both)
        return list(torch.autograd.grad(value, self._discriminator_weights))

    def steepness(self, both: Float[Tensor, "n D"]) -> Float[Tensor, ""]:
        """How far from 1 the critic's slope is, squared, at random places between a real example and a fake."""
        real, fake = both.chunk(2)
        share = torch.rand(len(real), 1).to(self.device)
        between = (share * real + (1 - share) * fake).requires_grad_()
        (slope,) = torch.autograd.grad(self.discriminator(between).sum(), between, create_graph=True)
        return (slope.norm(dim=1) - 1).square().mean()

    def generator_gradients(self, noise: Float[Tensor, "n Z"]) -> list[Tensor]:
        """Of the generator's loss, for each of its weights."""
        loss = self.settings.loss
        if self._chains:
            with torch.no_grad():
                made = self._chains[0].forward(noise)
                judged = self._chains[1].forward(self.blurred(made[-1]))
                slope = self._chains[1].input_gradient(judged, generator_slope(loss, judged[-1]))
                return self._chains[0].weight_gradients(made, slope)
        scores = self.discriminator(self.blurred(self.generator(noise)))
        return list(torch.autograd.grad(generator_loss(loss, scores), self._generator_weights))


def move(optimizer: torch.optim.Optimizer, weights: list[Tensor], gradients: list[Tensor]) -> None:
    """One update of the weights along their gradients, which stay there to be looked at."""
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.grad = gradient
    optimizer.step()
