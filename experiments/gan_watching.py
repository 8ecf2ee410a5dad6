"""What is watched of the game on the page `gan`: fakes, field, net, pushes, and whether something has gone wrong."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from experiments.gan_data import SIDE
from experiments.gan_game import Game
from experiments.gan_losses import generator_loss
from experiments.gan_metrics import (
    FAIR_PART,
    NEAR,
    accuracy,
    collapse,
    copied_ratio,
    coverage,
    has_won,
    mean_distance,
    nearest,
    ranking,
    wasserstein,
)
from experiments.gan_observation import GANObservation, Pictures, Plane
from experiments.gan_settings import CHANCES
from training.arrays import array

FIELD: Final = 40  # cells along each side of the plane
NET: Final = 20  # lines of the net over the noise, each way
THREAD: Final = 120  # places along a thread
NET_SHARE: Final = 0.02  # of the noise beyond each edge of the net
NUM_REAL_SHOWN: Final = 400
NUM_PUSHED: Final = 48
NUM_PICTURES: Final = 48
NUM_REAL_PICTURES: Final = 12
BINS: Final = 20
FIRST_STEPS: Final = 100  # in which fakes that are all alike are no alarm


class Watched(Game):
    """A game with its pictures."""

    trail: Float[Tensor, "moments t D"]

    @contextmanager
    def still(self) -> Iterator[None]:
        """Holds what forward passes would change: statistics of batches, the measured stretch of a layer."""
        self.generator.train(False)
        self.discriminator.train(False)
        try:
            yield
        finally:
            self.generator.train(True)
            self.discriminator.train(True)

    @property
    def judged_noise(self) -> Float[Tensor, "n Z"]:
        """The noise of the fakes that are judged; fewer where a pass takes long."""
        return self.fixed_noise if self.is_dense else self.fixed_noise[:NUM_PICTURES]

    @torch.no_grad()
    def observe(self) -> GANObservation:
        """Fakes of always the same noise, what is said of them, and what the plane looks like to both networks."""
        with self.still():
            fakes = self.fakes_of(self.judged_noise)
            real, fresh = self.real[: len(fakes)], self.fresh[: len(fakes)]
            scores_real, scores_fake = self.discriminator(real)[:, 0], self.discriminator(fakes)[:, 0]
            said = self._said(scores_real), self._said(scores_fake)
            limits = self._limits(*said)
            pushes = self.pushes(fakes[:NUM_PUSHED])
            plane = self._plane(fakes, pushes) if self.is_plane else None
        verdicts = self._verdicts(fakes, real, scores_real, scores_fake, pushes)
        return GANObservation(
            data=self.settings.data,
            loss=self.settings.loss,
            is_chance=self.settings.loss in CHANCES,
            limits=limits,
            histogram=np.stack([shares_of(said[1], limits), shares_of(said[0], limits)]),
            plane=plane,
            pictures=None if self.is_plane else self._pictures(fakes, said[1]),
            wasserstein=wasserstein(fakes[: len(fresh)], fresh) if bool(fakes.isfinite().all()) else math.nan,
            copied=math.nan if self.fresh is self.real else copied_ratio(fakes, self.real, fresh),
            alarms=tuple(verdict.words for verdict in verdicts if verdict.is_so and self.num_steps >= FIRST_STEPS),
            verdicts=tuple(verdict.words for verdict in verdicts),
            num_real=len(self.real),
            num_parameters=(
                sum(weight.numel() for weight in self._generator_weights),
                sum(weight.numel() for weight in self._discriminator_weights),
            ),
            words=self.source.words,
        )

    def _said(self, scores: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
        """A chance where the loss has one, else the score."""
        return scores.sigmoid() if self.settings.loss in CHANCES else scores

    def _limits(self, *said: Tensor) -> tuple[float, float]:
        """0 and 1 of a chance, and about that of what should become 0 and 1; a critic's scores have their own."""
        match self.settings.loss:
            case "non-saturating" | "minimax":
                return 0.0, 1.0
            case "least squares":
                return -0.5, 1.5
            case "hinge":
                return -2.0, 2.0
        together = torch.cat(said)
        finite = together[together.isfinite()]
        if not len(finite):
            return -1.0, 1.0
        middle, reach = finite.mean().item(), max((finite - finite.mean()).abs().max().item(), 1e-3)
        return middle - reach, middle + reach

    def pushes(self, fakes: Float[Tensor, "n D"]) -> Float[Tensor, "n D"]:
        """Where each fake would have to go for the generator's loss at it to fall fastest, as long as the slope."""
        with torch.enable_grad():
            places = fakes.detach().requires_grad_()
            total = generator_loss(self.settings.loss, self.discriminator(places)) * len(places)
            return -torch.autograd.grad(total, places)[0]

    def _plane(self, fakes: Float[Tensor, "m 2"], pushes: Float[Tensor, "k 2"]) -> Plane:
        side = torch.linspace(-1 + 1 / FIELD, 1 - 1 / FIELD, FIELD, device=self.device)
        rows, columns = torch.meshgrid(side, side, indexing="ij")
        places = torch.stack([columns, rows], dim=2).view(-1, 2)  # (F·F, 2)
        net, cloud = self._net(), self.source.cloud
        assert cloud is not None
        shares = coverage(fakes.cpu(), cloud.modes, cloud.mode_deviations).shares if cloud.has_modes else torch.zeros(0)
        return Plane(
            real=array(self.real[:NUM_REAL_SHOWN]),
            fake=array(fakes),
            noise=array(self.judged_noise),
            field=array(self._said(self.discriminator(places)[:, 0]).view(FIELD, FIELD)),
            sheet=array(self.fakes_of(net.flatten(0, 1)).view(*net.shape[:2], 2)),
            starts=array(fakes[:NUM_PUSHED]),
            ways=array(pushes),
            trails=array(self.trail),
            modes=array(cloud.modes),
            mode_reach=array(NEAR * cloud.mode_deviations),
            is_covered=array(shares >= FAIR_PART / max(1, len(cloud.modes))),
        )

    def _net(self) -> Float[Tensor, "rows columns Z"]:
        """Places of noise with equally much noise between neighbours."""
        is_thread = self.settings.noise_dim == 1
        side = torch.linspace(NET_SHARE, 1 - NET_SHARE, THREAD if is_thread else NET)
        side = torch.special.ndtri(side) if self.settings.noise == "Gaussian" else 2 * side - 1
        if is_thread:
            return side[None, :, None].to(self.device)
        return torch.stack(torch.meshgrid(side, side, indexing="ij"), dim=2).to(self.device)

    def _pictures(self, fakes: Float[Tensor, "m D"], said: Float[Tensor, " m"]) -> Pictures:
        shown = fakes[:NUM_PICTURES]
        known = self.real[nearest(shown, self.real).rows]
        return Pictures(
            real=array(self.real[:NUM_REAL_PICTURES].view(-1, SIDE, SIDE)),
            fake=array(shown.view(-1, SIDE, SIDE)),
            scores=array(said[:NUM_PICTURES]),
            nearest=array(known.view(-1, SIDE, SIDE)),
        )

    def _verdicts(self, fakes: Tensor, real: Tensor, scores_real: Tensor, scores_fake: Tensor, pushes: Tensor) -> Any:
        """Whether the fakes have collapsed, and whether the discriminator has won."""
        cloud = self.source.cloud
        num_modes = len(cloud.modes) if cloud is not None and cloud.has_modes else None
        covered = None
        if cloud is not None and num_modes:
            covered = coverage(fakes.cpu(), cloud.modes, cloud.mode_deviations).num_covered
        spread = mean_distance(real, real)
        if self.settings.loss in CHANCES:
            right = accuracy(scores_real, scores_fake)
        else:
            right = ranking(scores_real, scores_fake)
        gradient = pushes.norm(dim=1).mean().item()
        return collapse(covered, num_modes, mean_distance(fakes, fakes), spread), has_won(right, gradient, spread)


def shares_of(values: Float[Tensor, " n"], limits: tuple[float, float]) -> Float[np.ndarray, " bins"]:
    """The share of values in each of some equal parts of the limits; what lies beyond counts for the outer ones."""
    finite = values[values.isfinite()].clamp(*limits)
    return (torch.histc(finite, BINS, *limits) / max(1, len(values))).cpu().numpy()
