"""The experiment behind the page `gan`: two networks that learn against each other."""

import math
from collections.abc import Mapping
from typing import Any, Final

import torch
from jaxtyping import Float
from torch import Tensor

from data.images import FILES, ImageSet
from experiments.gan_data import OwnPoints, make_source
from experiments.gan_losses import discriminator_loss, generator_loss, wanted
from experiments.gan_metrics import coverage, energy_distance, mean_distance
from experiments.gan_settings import CHANCES, GANSettings
from experiments.gan_watching import NUM_PUSHED, Watched
from training.device import choose_device
from training.experiment import Network
from training.findings import slower
from training.optimizers import rate_at

NUM_TRAILS: Final = 32  # fakes whose way is drawn
TRAIL_EVERY: Final = 10  # steps between two places on it
TRAIL_LENGTH: Final = 12


class GANExperiment(Watched):
    """A generator and a discriminator, step by step."""

    def __init__(self, settings: GANSettings, own: ImageSet | None = None, points: OwnPoints = ()) -> None:
        """Makes examples, networks and optimisers.

        Args:
            settings: what to build.
            own: the visitor's own pictures, for `own images`.
            points: the visitor's own points from −1 to 1, for `own points`.

        Raises:
            SettingsError: if the visitor's own are wanted and there are none.
            DataError: if there are too few points.
        """
        self.settings = settings
        self.device = choose_device(settings.device, is_small=True)
        self._own, self._points = own, points
        self.source = make_source(settings, own, points)
        self.real, self.fresh = self.source.real.to(self.device), self.source.fresh.to(self.device)
        self.begin()
        self.num_seen = 0
        self.trail = self._place().repeat(TRAIL_LENGTH, 1, 1)
        number = len(self.judged_noise)
        self._spreads = [mean_distance(part[:number], part[:number]) for part in (self.real, self.fresh)]

    # ---- learning ----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One turn of the game."""
        if self.settings.schedule != "constant":
            self.update_optimizers()
        self.play_turns()
        self.num_steps += 1
        self.num_seen += self.settings.batch_size
        if self.is_plane and self.num_steps % TRAIL_EVERY == 0:
            self.trail = torch.cat([self.trail[1:], self._place()])

    def _place(self) -> Float[Tensor, "1 n D"]:
        """Where some fakes are now."""
        return self.fakes_of(self.fixed_noise[:NUM_TRAILS])[None]

    @property
    def steps_per_epoch(self) -> int:
        """Turns in which as many real examples are seen as there are."""
        return -(-len(self.real) // self.settings.batch_size)

    @property
    def steps_left_in_epoch(self) -> int:
        """Turns until that is so again."""
        return -(-(len(self.real) - self.num_seen % len(self.real)) // self.settings.batch_size)

    @property
    def epoch(self) -> float:
        """How often as many real examples were seen as there are; they are drawn at random each time."""
        return self.num_seen / len(self.real)

    @property
    def record_every(self) -> int:
        """Every 20 steps, however long an epoch is."""
        return 20

    # ---- the engine's other questions --------------------------------------------------------------------------

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """How far the fakes are from the real examples, both losses, and what the discriminator says.

        `loss` is the energy distance: the two losses of the game do not fall as the fakes get better.
        """
        with self.still():
            fakes = self.fakes_of(self.judged_noise)
            real, fresh = self.real[: len(fakes)], self.fresh[: len(fakes)]
            scores = self.discriminator(torch.cat([real, fakes[: len(real)]]))
            pushes = self.pushes(fakes[:NUM_PUSHED])
        told, number, spread = self.settings.loss, len(real), mean_distance(fakes, fakes)
        numbers = {
            "loss": energy_distance(fakes, real, (spread, self._spreads[0])),
            "test_loss": energy_distance(fakes, fresh, (spread, self._spreads[1])),
            "generator_loss": generator_loss(told, scores[number:]).item(),
            "discriminator_loss": discriminator_loss(told, scores, wanted(2 * number, 0.0, self.device)).item(),
        }
        said = scores.sigmoid() if told in CHANCES else scores
        numbers |= {"score_real": said[:number].mean().item(), "score_fake": said[number:].mean().item()}
        numbers["gradient_at_fakes"] = pushes.norm(dim=1).mean().item()
        cloud = self.source.cloud
        if cloud is not None and cloud.has_modes:
            found = coverage(fakes.cpu(), cloud.modes, cloud.mode_deviations)
            numbers |= {"covered_share": found.num_covered / len(cloud.modes), "far_share": found.share_far}
        if not bool(scores.isfinite().all()):  # the fakes may still be there
            numbers["loss"] = math.nan
        numbers["learning_rate"] = rate_at(self.num_steps, self.settings)
        return numbers

    def apply(self, settings: GANSettings) -> None:
        """Takes over live settings: who learns, how often, rates, noise and labels, clipping, batch size."""
        self.settings = settings
        self.update_optimizers()
        self._labels = self._make_labels()

    def advice(self, value: float) -> str:
        """What to try when the distance has exploded, or a network holds numbers that are none."""
        return slower(self.settings)

    def state_dict(self) -> dict[str, Any]:
        """Weights, statistics, both optimisers, the trails, and how far it is."""
        return {
            "weights": [weight.detach() for weight in self.parameters()],
            "statistics": self._statistics(),
            "generator_optimizer": self.generator_optimizer.state_dict(),
            "discriminator_optimizer": self.discriminator_optimizer.state_dict(),
            "trail": self.trail,
            "place": [self.num_steps, self.num_seen],
        }

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Puts back what `state_dict` gave."""
        for weight, saved in zip(self.parameters(), state["weights"], strict=True):
            weight.copy_(saved)
        for statistic, saved in zip(self._statistics(), state["statistics"], strict=True):
            statistic.copy_(saved)
        for name in ("generator_optimizer", "discriminator_optimizer"):
            optimizer = getattr(self, name)
            optimizer.load_state_dict(state[name])
            optimizer.zero_grad()  # the gradients belong to another step
        if state["trail"].shape != self.trail.shape:
            raise ValueError("the trails are those of another generator")
        self.trail = state["trail"]
        self.num_steps, self.num_seen = state["place"]
        self.update_optimizers()

    def _statistics(self) -> list[Tensor]:
        return [*self.generator.buffers(), *self.discriminator.buffers()]

    def parameters(self) -> list[Tensor]:
        """Weights and biases, the generator's first."""
        return [*self._generator_weights, *self._discriminator_weights]

    def networks(self) -> dict[str, Network]:
        """Both networks: noise for one, the first real examples for the other."""
        real = self.real[: self.settings.batch_size]
        return {
            "generator": Network(self.generator, (self.fixed_noise[: self.settings.batch_size],)),
            "discriminator": Network(self.discriminator, (real,)),
        }

    @property
    def material(self) -> dict[str, Any]:
        """What the experiment was built from besides its settings, by the names of the arguments."""
        found: dict[str, Any] = {} if self._own is None else {"own": self._own}
        return {**found, "points": self._points} if self._points else found

    @property
    def data_files(self) -> tuple[str, ...]:
        """The files of `data/files` that a program taken home needs beside it."""
        return (FILES[self.settings.data],) if self.settings.data in FILES else ()


EXPERIMENT: Final = GANExperiment
SETTINGS: Final = GANSettings
