"""The experiment behind the page `vae`: a network that squeezes its input into a small cloud, and paints it again."""

import math
from collections.abc import Mapping
from typing import Any, Final

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

from data.dataset import seeded
from data.images import FILES, ImageSet
from experiments.vae_data import copy_loss, gaussian_loss, make_examples, undecided
from experiments.vae_observation import ACTIVE
from experiments.vae_settings import VAESettings
from experiments.vae_watching import Watching
from models.vae import VAE, divergence
from training.device import choose_device
from training.experiment import Network
from training.findings import slower
from training.optimizers import make_optimizer, rate_at, update_optimizer

NUM_JUDGED: Final = 250  # training and test examples that the curves are measured on
NUM_DRAWS: Final = 64  # from N(0, 1), always the same ones, to be decoded


class VAEExperiment(Watching):
    """An encoder, a decoder, and between them the few numbers that are learnt."""

    def __init__(self, settings: VAESettings, own: ImageSet | None = None) -> None:
        """Makes examples, network and optimiser.

        Args:
            settings: what to build.
            own: the visitor's own pictures, for `own images`.

        Raises:
            SettingsError: if the visitor's own are wanted and there are none.
            DataError: if the pictures cannot be read.
        """
        self.settings = settings
        self.device = choose_device(settings.device, is_small=True)
        self._own = own
        self.examples = make_examples(settings, own)
        self.num_train = self.examples.num_train
        self.x = self.examples.x.to(self.device)
        self.model = self.make_network().to(self.device)
        self._weights: list[Tensor] = list(self.model.parameters())
        self.optimizer = make_optimizer(self._weights, settings)
        self._dice = torch.randn(NUM_JUDGED, settings.latent_dim, generator=seeded(0)).to(self.device)
        self.draws = torch.randn(NUM_DRAWS, settings.latent_dim, generator=seeded(1)).to(self.device)
        self.num_steps = 0
        self._begin_epoch(0)

    def make_network(self) -> VAE:
        """The network that the settings ask for, with fresh weights."""
        settings, examples = self.settings, self.examples
        if settings.data == "points":
            return VAE(2, settings.latent_dim, is_variational=settings.model == "VAE", has_sigmoid=False)
        return VAE(
            examples.num_values,
            settings.latent_dim,
            num_channels=examples.shape[0],
            is_convolutional=settings.network == "convolutional",
            is_variational=settings.model == "VAE",
        )

    # ---- learning ----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One optimiser update on the next batch."""
        x = self.x[self.next_rows()]
        mu, logvar = self.model.encode(x)
        z = self.model.reparameterize(mu, logvar) if self.settings.model == "VAE" else mu
        loss = self.total(self.reconstruction(z, x), mu, logvar)
        for weight in self._weights:  # what zero_grad does, without its bookkeeping
            weight.grad = None
        loss.backward()
        if self.settings.schedule != "constant":
            update_optimizer(self.optimizer, self.settings, self.num_steps)
        self.optimizer.step()
        self.num_steps += 1

    def reconstruction(self, z: Float[Tensor, "B L"], x: Float[Tensor, "B D"]) -> Float[Tensor, ""]:
        """How surprised the decoder is by the inputs, in nats an input."""
        if self.settings.data == "points":
            squares: Any = (self.model.logits(z) - x).square().sum() / len(x)
            return gaussian_loss(squares, 2, self.settings)
        if self.settings.reconstruction == "BCE":
            return F.binary_cross_entropy_with_logits(self.model.logits(z), x, reduction="sum") / len(x)
        return F.mse_loss(self.model.decode(z), x, reduction="sum") / len(x)

    def total(
        self, reconstruction: Float[Tensor, ""], mu: Float[Tensor, "B L"], logvar: Float[Tensor, "B L"]
    ) -> Float[Tensor, ""]:
        """What is minimised: the reconstruction, and the pull towards N(0, 1)."""
        if self.settings.reduction == "mean":
            reconstruction = reconstruction / self.examples.num_values
        if self.settings.model == "autoencoder":
            return reconstruction
        units = divergence(mu, logvar).mean(0)  # (L,)
        if self.settings.free_bits:
            units = units.clamp_min(self.settings.free_bits)
        return reconstruction + self.beta_now * units.sum()

    @property
    def beta_now(self) -> float:
        """The weight of the pull in the step that comes: 0 without one, below 0 with the lecture's slip."""
        if self.settings.model == "autoencoder":
            return 0.0
        beta = self.settings.beta
        if self.num_steps < self.settings.warm_up:
            beta = beta * self.num_steps / self.settings.warm_up
        return beta if self.settings.sign == "right" else -beta

    def next_rows(self) -> Int64[Tensor, " B"]:
        """The next examples of the epoch; the last batch may be smaller. A new epoch is shuffled anew."""
        rows = self._order[self._cursor : self._cursor + self._batch_size]
        self._cursor += self._batch_size
        if self._cursor >= self.num_train:
            self._begin_epoch(self._num_epochs + 1)
        return rows

    def _begin_epoch(self, number: int) -> None:
        self._cursor, self._num_epochs = 0, number
        self._order = torch.randperm(self.num_train).to(self.device)

    @property
    def _batch_size(self) -> int:
        return min(self.settings.batch_size, self.num_train)

    @property
    def steps_per_epoch(self) -> int:
        """Batches in one pass over the training examples."""
        return -(-self.num_train // self._batch_size)

    @property
    def steps_left_in_epoch(self) -> int:
        """Batches until the next pass begins."""
        return -(-(self.num_train - self._cursor) // self._batch_size)

    @property
    def epoch(self) -> float:
        """Passes over the training examples so far."""
        return self._num_epochs + self._cursor / self.num_train

    @property
    def record_every(self) -> int:
        """Every 20 steps, however long an epoch is."""
        return 20

    # ---- the engine's other questions --------------------------------------------------------------------------

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """The loss and its parts on some training and test examples, always with the same dice."""
        numbers: dict[str, float] = {}
        for prefix, first in (("", 0), ("test_", self.num_train)):
            x = self.x[first : min(first + NUM_JUDGED, first + self.num_train)]
            mu, logvar = self.model.encode(x)
            reconstruction = self.reconstruction(mu + self._dice[: len(x)] * (0.5 * logvar).exp(), x)
            numbers[f"{prefix}loss"] = self.total(reconstruction, mu, logvar).item()
        numbers["test_reconstruction"] = reconstruction.item()
        numbers["test_kl"] = math.nan  # a plain autoencoder has no cloud
        if self.settings.model == "VAE":
            numbers["test_kl"] = divergence(mu, logvar).sum(1).mean().item()
        numbers["active_units"] = (mu.var(0) > ACTIVE).sum().item()
        numbers |= self.sample_scores(mu)
        numbers["beta"] = self.beta_now
        numbers["learning_rate"] = rate_at(self.num_steps, self.settings)
        return numbers

    def sample_scores(self, mu: Float[Tensor, "N L"]) -> dict[str, float]:
        """How good decoded draws from N(0, 1) are, in one number."""
        samples = self.model.decode(self.draws)
        cloud = self.examples.cloud
        if cloud is not None:
            return {"sample_surprise": -cloud.log_density(samples.cpu()).mean().item()}
        return {"sample_haze": (undecided(samples) / undecided(self.model.decode(mu))).item()}

    @property
    def loss_floor(self) -> float:
        """What a perfect copy costs with the settings as they are: grey pixels are never sure."""
        share = self.examples.num_values if self.settings.reduction == "mean" else 1
        return copy_loss(self.examples, self.settings) / share

    def apply(self, settings: VAESettings) -> None:
        """Takes over live settings: rate, decay, schedule, batch size, β and what belongs to it, what is looked at."""
        self.settings = settings
        update_optimizer(self.optimizer, settings, self.num_steps)

    def advice(self, value: float) -> str:
        """What to try when the loss has exploded."""
        if self.settings.sign != "right" and self.settings.model == "VAE":
            return "With this sign of the pull the loss has no floor: turn the sign to right and reset."
        return slower(self.settings)

    def state_dict(self) -> dict[str, Any]:
        """Weights, optimiser, and the place in the epoch."""
        return {
            "weights": [weight.detach() for weight in self._weights],
            "optimizer": self.optimizer.state_dict(),
            "order": self._order,
            "place": [self.num_steps, self._cursor, self._num_epochs],
        }

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Puts back what `state_dict` gave."""
        for weight, saved in zip(self._weights, state["weights"], strict=True):
            weight.copy_(saved)
        self.optimizer.load_state_dict(state["optimizer"])
        self.optimizer.zero_grad()  # the gradients belong to another step
        self.num_steps, self._cursor, self._num_epochs = state["place"]
        order = state["order"]
        if len(order) != self.num_train or not 0 <= order.min() <= order.max() < self.num_train:
            raise IndexError("the order names an example that is not there")
        if not 0 <= self._cursor < self.num_train:
            raise IndexError("the place in the epoch is beyond its end")
        self._order = order
        update_optimizer(self.optimizer, self.settings, self.num_steps)

    def parameters(self) -> list[Tensor]:
        """Weights and biases, first layer to last."""
        return list(self._weights)

    def networks(self) -> dict[str, Network]:
        """The one network, with the first training examples."""
        return {"network": Network(self.model, (self.x[: self._batch_size],), ("B D",))}

    @property
    def material(self) -> dict[str, Any]:
        """What the experiment was built from besides its settings, by the names of the arguments."""
        return {} if self._own is None else {"own": self._own}

    @property
    def data_files(self) -> tuple[str, ...]:
        """The files of `data/files` that a program taken home needs beside it."""
        return (FILES[self.settings.data],) if self.settings.data in FILES else ()


EXPERIMENT: Final = VAEExperiment
SETTINGS: Final = VAESettings
