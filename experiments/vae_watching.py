"""What the page `vae` sees of its network: copies, samples, the latent map. Nothing here moves the run.

Shapes: N examples, D values of one, L units, C channels, S side of a picture.
"""

from functools import cached_property
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float, Float32, UInt8
from torch import Tensor
from torch.nn import functional as F

from data.dataset import seeded
from experiments.cnn_observation import spread_over_classes
from experiments.vae_data import Examples, constant_loss, copy_loss
from experiments.vae_map import Plane, plane_of, reference_of
from experiments.vae_observation import (
    ACTIVE,
    CELLS,
    LINES,
    NUM_CODES,
    NUM_SAMPLES,
    NUM_SHOWN,
    Cloud,
    OwnPicture,
    Pictures,
    VAEObservation,
)
from experiments.vae_settings import REACH, VAESettings
from models.vae import VAE, divergence
from training.arrays import array

STEPS: Final = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)  # of its reach, times powers of ten
NUM_DRAWN: Final = 400  # samples of points
NUM_OWN_DRAWS: Final = 8
DENSITY_CELLS: Final = 64


class Watching:
    """What `VAEExperiment` shows of itself."""

    settings: VAESettings
    examples: Examples
    model: VAE
    device: torch.device
    x: Tensor
    num_train: int
    draws: Tensor

    @property
    def beta_now(self) -> float:
        """Given by the experiment."""
        raise NotImplementedError

    def reconstruction(self, z: Float[Tensor, "B L"], x: Float[Tensor, "B D"]) -> Float[Tensor, ""]:
        """Given by the experiment."""
        raise NotImplementedError

    @cached_property
    def mapped(self) -> list[int]:
        """Places among the test examples of those on the map; those that are shown come first, each class in turn."""
        y = self.examples.y[self.num_train :]
        shown = spread_over_classes(y, max(1, len(self.examples.class_names)), NUM_SHOWN)
        return [*shown, *(place for place in range(len(y)) if place not in shown)][:NUM_CODES]

    @cached_property
    def _on_map(self) -> Float[Tensor, "N D"]:
        return self.x[[self.num_train + place for place in self.mapped]]

    @cached_property
    def _reference(self) -> Float[Tensor, "N 2"]:
        return reference_of(self._on_map)

    @property
    def example_place(self) -> int:
        """The place of the example looked at among the test examples."""
        return self.settings.example % (len(self.x) - self.num_train)

    # ---- questions of the page ---------------------------------------------------------------------------------

    @torch.no_grad()
    def plane(self) -> Plane:
        """The plane of the map, as it lies now."""
        return plane_of(self.model.encode(self._on_map)[0], self._reference)

    @torch.no_grad()
    def encoded(self, x: Float32[np.ndarray, "n *shape"]) -> tuple[np.ndarray, np.ndarray]:
        """Means and logarithms of the variances, (n, L) each, of inputs in the shape they are drawn in."""
        mu, logvar = self.model.encode(torch.from_numpy(x).to(self.device).flatten(1))
        return array(mu), array(logvar)

    @torch.no_grad()
    def decoded(self, z: Float32[np.ndarray, "n L"]) -> Float32[np.ndarray, "n *shape"]:
        """What the decoder makes of points, in the shape that inputs are drawn in."""
        return self._shaped(self.model.decode(torch.from_numpy(z).to(self.device)))

    def test_inputs(self, places: list[int]) -> Float32[np.ndarray, "n *shape"]:
        """Some test examples, by their places among the test examples."""
        return self._shaped(self.x[[self.num_train + place for place in places]])

    def _shaped(self, x: Float[Tensor, "n D"]) -> np.ndarray:
        return array(x.view(len(x), *(self.examples.shape or (2,))))

    @torch.no_grad()
    def own(self, picture: UInt8[np.ndarray, "C S S"]) -> OwnPicture:
        """A picture of the visitor's own: its copy, draws from its cloud, and where it lies."""
        x = torch.from_numpy(picture).to(self.device).float().flatten()[None] / 255
        mu, logvar = self.model.encode(x)
        plane = self.plane()
        dice = torch.randn(NUM_OWN_DRAWS, mu.shape[1], generator=seeded(3)).to(self.device)
        usual = self.model.encode(self._on_map)[0]
        return OwnPicture(
            picture=self._shaped(x)[0],
            copy=self._shaped(self.model.decode(mu))[0],
            draws=self._shaped(self.model.decode(mu + (0.5 * logvar).exp() * dice)),
            place=array(plane.of(mu)[0]),
            covariance=array(plane.covariances(logvar)[0]),
            cost=self.reconstruction(mu, x).item(),
            kl=divergence(mu, logvar).sum().item(),
            usual_cost=self.reconstruction(usual, self._on_map).item(),
        )

    # ---- watching ----------------------------------------------------------------------------------------------

    @torch.no_grad()
    def observe(self) -> VAEObservation:
        """The network as it is now, on some test examples, and its latent space as a map."""
        settings, examples, place = self.settings, self.examples, self.example_place
        looked_at = self.x[self.num_train + place : self.num_train + place + 1]
        mu, logvar = self.model.encode(torch.cat([self._on_map, looked_at]))
        plane = plane_of(mu[:-1], self._reference)
        codes = array(plane.of(mu))
        limit = reach_of(codes)
        point = torch.tensor([[settings.point_x, settings.point_y]], device=self.device) * (limit / REACH)
        variances = mu[:-1].var(0)
        is_points = settings.data == "points"
        weight = self.beta_now * (examples.num_values if settings.reduction == "mean" else 1)
        return VAEObservation(
            data=settings.data,
            model=settings.model,
            class_names=examples.class_names,
            codes=codes[:-1],
            covariances=array(plane.covariances(logvar[:-1])),
            classes=examples.y[self.num_train :][self.mapped].numpy(),
            shown=np.array(self.mapped[:NUM_SHOWN]),
            limit=limit,
            is_projected=settings.latent_dim > 2,
            point=array(point[0]),
            example=place,
            example_class=int(examples.y[self.num_train + place]),
            example_code=codes[-1],
            kl_units=array(divergence(mu[:-1], logvar[:-1]).mean(0)),
            variances=array(variances),
            is_active=array(variances > ACTIVE),
            beta_now=self.beta_now,
            effective_beta=weight,
            num_values=examples.num_values,
            reduction=settings.reduction,
            pictures=None if is_points else self._pictures(mu, plane, limit, point),
            cloud=self._cloud(mu, plane, limit, point) if is_points else None,
            num_train=self.num_train,
            num_test=len(self.x) - self.num_train,
            num_parameters=sum(weight.numel() for weight in self.model.parameters()),
            levels=self.levels,
            source=examples.source,
            report=examples.report,
        )

    @property
    def levels(self) -> tuple[tuple[str, float], ...]:
        """What to compare the loss with."""
        share = self.examples.num_values if self.settings.reduction == "mean" else 1
        constant, copy = self._counted
        known = [("one answer for all", constant / share)]
        if self.settings.data == "points" and share == 1:
            return (*known, ("the true density", self.entropy))
        return (*known, ("a perfect copy", copy / share))

    @property
    def _counted(self) -> tuple[float, float]:
        key = (self.settings.width, self.settings.reconstruction)
        known: dict[Any, tuple[float, float]] = vars(self).setdefault("_counted_for", {})
        if key not in known:
            known[key] = constant_loss(self.examples, self.settings), copy_loss(self.examples, self.settings)
        return known[key]

    def _pictures(self, mu: Tensor, plane: Plane, limit: float, point: Tensor) -> Pictures:
        """Test pictures and their copies, samples, and the plane as thumbnails."""
        shown = min(NUM_SHOWN, len(self.mapped))
        grid = plane.back(net(CELLS, limit * (1 - 1 / CELLS)).to(self.device))
        z = torch.cat([mu[:shown], mu[-1:], plane.back(point), self.draws[:NUM_SAMPLES], grid])
        pictures = self.model.decode(z).view(len(z), *self.examples.shape)
        place = self.num_train + self.example_place
        small = F.avg_pool2d(pictures[-CELLS * CELLS :], 2)
        return Pictures(
            inputs=self._shaped(self._on_map[:shown]),
            copies=array(pictures[:shown]),
            samples=array(pictures[shown + 2 : shown + 2 + NUM_SAMPLES]),
            grid=array(small.view(CELLS, CELLS, *small.shape[1:])),
            decoded=array(pictures[shown + 1]),
            looked_at=self._shaped(self.x[place : place + 1])[0],
            looked_copy=array(pictures[shown]),
        )

    def _cloud(self, mu: Tensor, plane: Plane, limit: float, point: Tensor) -> Cloud:
        """Test points and their copies, draws, and the plane as a net."""
        mesh = plane.back(net(LINES, min(limit, REACH)).to(self.device))
        generator = seeded(2)
        draws = torch.randn(NUM_DRAWN, self.settings.latent_dim, generator=generator).to(self.device)
        dice = torch.randn(NUM_DRAWN, 2, generator=generator).to(self.device)
        return Cloud(
            name=self.settings.cloud,
            inputs=array(self._on_map),
            copies=array(self.model.decode(mu[:-1])),
            samples=array(self.model.decode(draws) + self.settings.width * dice),
            mesh=array(self.model.decode(mesh)).reshape(LINES, LINES, 2),
            decoded=array(self.model.decode(plane.back(point))[0]),
            density=self.true_density,
            entropy=self.entropy,
        )

    @cached_property
    def true_density(self) -> np.ndarray:
        """The density over the square from −1 to 1, the first row on top."""
        assert self.examples.cloud is not None
        places = net(DENSITY_CELLS, 1 - 1 / DENSITY_CELLS)
        return array(self.examples.cloud.log_density(places).exp().view(DENSITY_CELLS, DENSITY_CELLS))

    @cached_property
    def entropy(self) -> float:
        """What the true density itself costs on the test points, in nats a point."""
        assert self.examples.cloud is not None
        return -self.examples.cloud.log_density(self.examples.x[self.num_train :]).mean().item()


def net(count: int, limit: float | int) -> Float[Tensor, "n 2"]:
    """Places of a square net from −limit to limit, row by row from the top."""
    ticks = torch.linspace(-limit, limit, count)
    down, across = torch.meshgrid(ticks.flip(0), ticks, indexing="ij")
    return torch.stack([across, down], dim=-1).view(-1, 2)


def reach_of(codes: Float32[np.ndarray, "n 2"]) -> float:
    """How far the map reaches: a round number that holds nearly all codes, and seldom changes."""
    known = np.abs(codes[np.isfinite(codes)])
    far = float(np.quantile(known, 0.98)) if len(known) else 0.0
    if far <= REACH:
        return REACH
    power = 10.0 ** np.floor(np.log10(min(far, 1e12)))
    return float(next(step * power for step in STEPS if step * power >= min(far, 1e12) * (1 - 1e-9)))
