"""A GAN and a VAE on the same examples, judged alike: by samples of each against real examples that neither has seen.

Both turn noise into examples. The VAE is told what each example costs it and learns to explain all of them; the GAN is
only told whether its fakes pass. Their own losses cannot be compared, so each run records the same numbers here.

Shapes: n samples, D numbers of an example.
"""

from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from data.dataset import seeded
from data.images import ImageSet
from experiments.gan import GANExperiment
from experiments.gan_data import SIDE, Source, make_source
from experiments.gan_metrics import coverage, energy_distance
from experiments.gan_settings import OWN_POINTS, PLANE, GANSettings
from experiments.vae import VAEExperiment
from experiments.vae_data import undecided
from experiments.vae_settings import OWN, VAESettings
from training.experiment import Experiment
from training.race import Entrant
from training.run import Build, Run

NUM_SAMPLES: Final = 256
MOST_UNITS: Final = 64  # latent units that a VAE may have
GAN, VAE = "GAN", "VAE"


class Samples(NamedTuple):
    """What a run makes of always the same noise.

    Attributes:
        made: samples; pictures from −1 to 1.
        distance: energy distance to real examples that the run has never seen.
        num_parameters: of all that learns.
    """

    made: Float[np.ndarray, "n D"]
    distance: float
    num_parameters: int


class MeasuredGAN(GANExperiment):
    """The GAN of the page, with the numbers by which both are judged."""

    def samples(self) -> Float[Tensor, "n D"]:
        """What it makes of noise."""
        with torch.no_grad(), self.still():
            return self.generator(self.draw_noise(NUM_SAMPLES, seeded(self.settings.seed)))

    def evaluate(self) -> dict[str, float]:
        """Its own numbers and those of the comparison."""
        return super().evaluate() | judged(self.samples().cpu(), self.source)


class MeasuredVAE(VAEExperiment):
    """A VAE on the examples of a GAN, with the same numbers."""

    def __init__(self, settings: VAESettings, source: Source) -> None:
        """Makes the network, and gives it the examples of the GAN.

        Args:
            settings: with `own images` for pictures, or `points`.
            source: real examples.
        """
        super().__init__(settings, as_images(source) if source.cloud is None else None)
        self.source = source
        if source.cloud is not None:
            x = torch.cat([source.real, source.fresh])
            labels = torch.zeros(len(x), dtype=torch.int64)
            self.examples = replace(self.examples, x=x, y=labels, num_train=len(source.real), cloud=source.cloud)
            self.num_train, self.x = len(source.real), x.to(self.device)
            self._begin_epoch(0)

    def samples(self) -> Float[Tensor, "n D"]:
        """Decoded draws from N(0, 1); for points with the noise of the decoder, for pictures its mean, as is usual."""
        dice = seeded(self.settings.seed)
        with torch.no_grad():
            z = torch.randn(NUM_SAMPLES, self.settings.latent_dim, generator=dice).to(self.device)
            made = self.model.decode(z).cpu()
        if self.source.cloud is None:
            return 2 * made - 1
        return made + self.settings.width * torch.randn(made.shape, generator=dice)

    def evaluate(self) -> dict[str, float]:
        """Its own numbers and those of the comparison."""
        return super().evaluate() | judged(self.samples(), self.source)


def judged(samples: Float[Tensor, "n D"], source: Source) -> dict[str, float]:
    """The distance to fresh real examples; modes reached and what lies between them; for pictures haze.

    Haze is how undecided the pixels are, as a multiple of real pictures: above 1, greyer.
    """
    numbers = {"energy_distance": energy_distance(samples, source.fresh[:NUM_SAMPLES])}
    if source.cloud is None:
        shades, real = ((each + 1) / 2 for each in (samples, source.fresh[:NUM_SAMPLES]))
        return numbers | {"haze": (undecided(shades.clamp(0, 1)) / undecided(real.clamp(0, 1))).item()}
    if source.cloud.has_modes:
        found = coverage(samples, source.cloud.modes, source.cloud.mode_deviations)
        numbers |= {"covered_share": found.num_covered / len(source.cloud.modes), "far_share": found.share_far}
    return numbers


def watched(settings: GANSettings) -> tuple[str, ...]:
    """The numbers that are drawn, as far as the data have them."""
    if settings.data not in PLANE:
        return "energy_distance", "haze"
    source = make_source(settings, None, ())
    has_modes = source.cloud is not None and source.cloud.has_modes
    return ("energy_distance", "covered_share", "far_share") if has_modes else ("energy_distance",)


def as_images(source: Source) -> ImageSet:
    """Real examples of a GAN as a set of pictures, 28 by 28 and grey."""
    rows = torch.cat([source.real, source.fresh])
    x = ((rows + 1) * 127.5).round().to(torch.uint8).view(-1, 1, SIDE, SIDE)
    labels = torch.zeros(len(x), dtype=torch.int64)
    return ImageSet("the same pictures", x, labels, len(source.real), ("picture",), " ".join(source.words))


def floor_of(experiment: Experiment) -> float:
    """The energy distance between as many real examples and as many others: what no sample can be expected to beat."""
    assert isinstance(experiment, GANExperiment)
    real, fresh = experiment.source.real[:NUM_SAMPLES], experiment.source.fresh[:NUM_SAMPLES]
    return energy_distance(real, fresh)


def entrants(settings: GANSettings, own: ImageSet | None) -> list[Entrant]:
    """The GAN as it is set, and a VAE with as much noise, on the same examples in batches of the same size.

    Args:
        settings: of the GAN.
        own: the visitor's own pictures.
    """
    if settings.data == OWN_POINTS:
        raise ValueError("a VAE on points set by hand has nothing to be judged by")
    num_noise = settings.noise_dim if settings.data in PLANE else settings.latent_dim
    where = {"data": "points", "cloud": settings.data} if settings.data in PLANE else {"data": OWN}
    shared = {name: getattr(settings, name) for name in ("batch_size", "seed", "device")}
    vae = VAESettings().changed(**where, **shared, latent_dim=min(num_noise, MOST_UNITS))

    def build_gan(given: GANSettings) -> Any:
        return MeasuredGAN(given, own)

    return [Entrant(GAN, build_gan, settings), Entrant(VAE, vae_builder(settings, own), vae)]


def vae_builder(settings: GANSettings, own: ImageSet | None) -> Build:
    """Makes VAEs on the examples of a GAN."""

    def build(given: VAESettings) -> MeasuredVAE:
        return MeasuredVAE(given, make_source(settings, own, ()))

    return build


def samples_of(run: Run) -> Samples:
    """What a run of the race makes now."""
    return run.look(_samples)


def _samples(experiment: Experiment) -> Samples:
    assert isinstance(experiment, MeasuredGAN | MeasuredVAE)
    made = experiment.samples().cpu()
    distance = energy_distance(made, experiment.source.fresh[:NUM_SAMPLES])
    count = sum(weight.numel() for weight in experiment.parameters())
    return Samples(made.numpy().astype(np.float64), distance, count)
