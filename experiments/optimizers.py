"""The experiment behind the page `optimizers`: several optimisers walk down the same surface, each by torch.optim."""

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from experiments.optimizers_bowl import WITH_A_LIMIT, bowl_rates
from experiments.optimizers_observation import RaceObservation
from experiments.optimizers_settings import NAMES, RaceSettings, focus_of, times_of
from experiments.optimizers_slice import DEFAULT_STORY, Plane, Slices, default_slices
from experiments.optimizers_terms import Constants, Update, update_of
from models.optimizers import (
    SIDE,
    Beale,
    Bowl,
    Himmelblau,
    Measured,
    Ravine,
    Rosenbrock,
    Saddle,
    Surface,
    Walker,
    heights_of,
)
from training.device import choose_device
from training.experiment import Network
from training.findings import after_explosion
from training.optimizers import rate_at

LOOKS: Final = 4  # noisy looks at the slope in one step; their mean has the deviation of the setting
PASS: Final = 20  # steps that count as one pass over the data
FAR: Final = 1e4  # a racer this far out will not come back
TRAIL: Final = 512  # places kept of each trail; when it is full, every second one goes
SMOOTHED: Final = 64  # last places of a trail, over which the mean loss is taken
FIELD: Final = 51  # places along each side of the drawn surface


class RaceExperiment:
    """Racers on one surface, all from the same start and with the same noise on their slopes."""

    def __init__(self, settings: RaceSettings, measured: Slices | None = None) -> None:
        """Makes surface, racers and their optimisers.

        Args:
            settings: what to build.
            measured: the loss of the visitor's own network, for the surface `real network`; without it a small
                network is trained at once.

        Raises:
            SettingsError: if this machine has no such device.
        """
        self.settings = settings
        self.device = choose_device(settings.device, is_small=True)
        self._measured = measured
        self.plane = self._choose_plane()
        self.surface = make_surface(settings, self.plane).to(self.device)
        self.start = self.surface.usual_start
        if settings.start == "chosen":
            self.start = (settings.start_x, settings.start_y)
        self.names = tuple(name for name in NAMES if name in settings.racers)
        self.walkers = [Walker(self.surface, self.start).to(self.device) for _ in self.names]
        self.optimizers = [make_racer(name, walker) for name, walker in zip(self.names, self.walkers, strict=True)]
        self._is_out = [False] * len(self.names)
        self.num_steps = 0
        self._trail = torch.zeros(TRAIL, len(self.names), 2)
        self._trail[0] = torch.tensor(self.start)
        self._stride, self._num_kept = 1, 1
        nothing = torch.zeros(len(self.names), 2, device=self.device)
        self._before, self._gradients = nothing, nothing
        self._used: list[list[float]] = []
        self._places = self._positions()
        self._set_constants()

    def _choose_plane(self) -> Plane | None:
        if self.settings.surface != "real network":
            return None
        slices = self._measured or default_slices(self.settings.seed)
        return slices.path if self.settings.plane == "path of training" else slices.random

    # ---- learning ----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One update of every racer that has not diverged, each by its own optimiser."""
        for walker in self.walkers:
            walker.position.grad = None
        self._before = self._places
        heights_of(self.surface, self.walkers, self._noise()).sum().backward()
        self._gradients = self._slopes()
        if self.settings.schedule != "constant":
            self._set_constants()
        self._used = self._in_force
        for optimizer, is_out in zip(self.optimizers, self._is_out, strict=True):
            if not is_out:
                optimizer.step()
        self.num_steps += 1
        self._follow()

    def _noise(self) -> Float[Tensor, "B 2"]:
        """What the looks of this step add to the slope."""
        drawn = torch.randn(LOOKS, 2).to(self.device)
        return drawn * (self.settings.noise * math.sqrt(LOOKS))

    @torch.no_grad()
    def _follow(self) -> None:
        """Notes where everybody is, and stops those that have gone too far, where they were before."""
        places = self._positions()
        if not places.abs().max().item() < FAR:  # nan is not, either
            for index, place in enumerate(places.abs().amax(1).tolist()):
                if not place < FAR:
                    self._is_out[index] = True
                    self.walkers[index].position.copy_(self._before[index])
            places = self._positions()
        self._places = places
        if self.num_steps % self._stride == 0:
            if self._num_kept == TRAIL:
                self._trail[: TRAIL // 2] = self._trail[::2].clone()
                self._stride, self._num_kept = 2 * self._stride, TRAIL // 2
            if self.num_steps % self._stride == 0:
                self._trail[self._num_kept] = places
                self._num_kept += 1

    def _positions(self) -> Float[Tensor, "R 2"]:
        return torch.stack([walker.position.detach() for walker in self.walkers])

    def _slopes(self) -> Float[Tensor, "R 2"]:
        return torch.stack([grad for walker in self.walkers if (grad := walker.position.grad) is not None])

    def _set_constants(self) -> None:
        """Gives every optimiser the constants in force at this step: rate, β₁, β₂ and decay."""
        rate, times = rate_at(self.num_steps, self.settings), times_of(self.settings)
        one, two, decay = self.settings.momentum, self.settings.beta2, self.settings.weight_decay
        self._in_force = []
        for name, optimizer in zip(self.names, self.optimizers, strict=True):
            group = optimizer.param_groups[0]
            group["lr"], group["weight_decay"] = rate * times[name], decay
            if name == "momentum":
                group["momentum"] = one
            if name == "nesterov":
                group["momentum"] = max(one, 1e-6)  # at 0 it is plain, and torch then keeps no buffer
            if "betas" in group:
                group["betas"] = (one, two)
            self._in_force.append([rate * times[name], group.get("momentum") or one, two, decay])

    # ---- the engine's other questions --------------------------------------------------------------------------

    @property
    def steps_per_epoch(self) -> int:
        """There is no data to pass over; so many steps count as one pass."""
        return PASS

    @property
    def steps_left_in_epoch(self) -> int:
        """Steps until the next pass begins."""
        return PASS - self.num_steps % PASS

    @property
    def epoch(self) -> float:
        """Passes so far."""
        return self.num_steps / PASS

    @property
    def record_every(self) -> int:
        """Every step: a race is short."""
        return 1

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """The true height of the racer in focus as the loss, and that of each racer.

        Of the one in focus also the mean height of its last places, which noise shakes less, by how much its last step
        changed the weight it moved most, and its learning rate.
        """
        focus = self._focus
        last = self._trail[max(0, self._num_kept - SMOOTHED) : self._num_kept, focus].to(self.device)
        found = self.surface(torch.cat([self._places, last])).tolist()  # (R + S,)
        heights, last_heights = self._seen(found), found[len(self.names) :]
        move = (self._places[focus] - self._before[focus]).abs().max().item() if self._used else 0.0
        return {
            "loss": heights[focus],
            **dict(zip(self.names, heights, strict=True)),
            "mean_loss": sum(last_heights) / len(last_heights),
            "step_size": move,
            "learning_rate": rate_at(self.num_steps, self.settings) * times_of(self.settings)[self.names[focus]],
        }

    def _seen(self, heights: list[float]) -> list[float]:
        """The heights of all racers; those that diverged have none."""
        return [math.nan if is_out else height for height, is_out in zip(heights, self._is_out, strict=False)]

    @property
    def _focus(self) -> int:
        return self.names.index(focus_of(self.settings))

    def apply(self, settings: RaceSettings) -> None:
        """Takes over live settings: focus, rates, momentum, decay, noise, schedule."""
        self.settings = settings
        self._set_constants()

    def advice(self, value: float) -> str:
        """What to try when the racer in focus has diverged."""
        remedy = after_explosion(self.settings)
        if not remedy:
            return "The learning rate is as low as it goes: choose another surface or optimiser and reset."
        rate = self.settings.learning_rate
        limit = ""
        if self.settings.surface == "bowl" and focus_of(self.settings) in WITH_A_LIMIT:
            limit = f" on this bowl it must be below {bowl_rates(self.settings).limit:.3g}:"
        return f"The learning rate of {rate:g} is too large:{limit} try {remedy['learning_rate']:g} and reset."

    def state_dict(self) -> dict[str, Any]:
        """Places, optimisers, trails, and the last step."""
        return {
            "positions": [walker.position.detach() for walker in self.walkers],
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "is_out": list(self._is_out),
            "trail": self._trail,
            "place": [self.num_steps, self._stride, self._num_kept],
            "last": [self._before, self._gradients],
            "used": self._used,
        }

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Puts back what `state_dict` gave."""
        for walker, saved in zip(self.walkers, state["positions"], strict=True):
            walker.position.copy_(saved)
        for optimizer, part in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(part)
            optimizer.zero_grad()  # the gradients belong to another step
        self._places = self._positions()
        self._is_out = list(state["is_out"])
        self._trail = state["trail"]
        self.num_steps, self._stride, self._num_kept = state["place"]
        self._before, self._gradients = state["last"]
        self._used = [list(one) for one in state["used"]]
        self._set_constants()

    def parameters(self) -> list[Tensor]:
        """The positions, one a racer."""
        return [walker.position for walker in self.walkers]

    def networks(self) -> dict[str, Network]:
        """Every racer is a model of two weights; it is given looks without noise."""
        looks = torch.zeros(LOOKS, 2, device=self.device)
        pairs = zip(self.names, self.walkers, strict=True)
        return {f"racer {name}": Network(walker, (looks,), ("B 2",)) for name, walker in pairs}

    # ---- watching ----------------------------------------------------------------------------------------------

    @property
    def material(self) -> dict[str, Any]:
        """What the experiment was built from besides its settings."""
        return {} if self._measured is None else {"measured": self._measured}

    @property
    def _story(self) -> str:
        return self._measured.story if self._measured else DEFAULT_STORY

    @cached_property
    def field(self) -> Float[np.ndarray, "F F"]:
        """The heights of the drawn surface; no step needs them."""
        along = torch.linspace(-SIDE, SIDE, FIELD, device=self.device)
        y, x = torch.meshgrid(along, along, indexing="ij")
        places = torch.stack([x.flatten(), y.flatten()], dim=1)
        return self.surface(places).reshape(FIELD, FIELD).cpu().numpy()

    @torch.no_grad()
    def observe(self) -> RaceObservation:
        """Where everybody is, has been, and how they got there."""
        settings, positions = self.settings, self._places.cpu().numpy()
        minima = np.array(self.surface.minima)
        gaps = np.linalg.norm(positions[:, None] - minima, axis=2)
        trail = self._trail[: self._num_kept].cpu().numpy().copy()
        steps = np.arange(self._num_kept) * self._stride
        if steps[-1] != self.num_steps:
            trail, steps = np.concatenate([trail, positions[None]]), np.append(steps, self.num_steps)
        return RaceObservation(
            surface=settings.surface,
            story=self._story if self.plane else "",
            field=self.field,
            side=SIDE,
            minima=minima,
            start=np.array(self.start),
            track=np.array(self.plane.track if self.plane else ()).reshape(-1, 2),
            racers=self.names,
            focus=self._focus,
            positions=positions,
            heights=np.array(self._seen(self.surface(self._places).tolist())),
            distances=gaps.min(1).astype(np.float64),
            is_out=tuple(self._is_out),
            rates=np.array([times_of(settings)[name] for name in self.names]) * rate_at(self.num_steps, settings),
            trail_steps=steps,
            trails=trail,
            updates=self._updates(),
            bowl=bowl_rates(settings) if settings.surface == "bowl" else None,
        )

    def path_numbers(self) -> tuple[Float[np.ndarray, "K R"], Float[np.ndarray, "K R"]]:
        """Height and length of the true slope at every place of the trails. Changes nothing."""
        places = torch.tensor(self.observe().trails, device=self.device).flatten(0, 1).requires_grad_()
        heights = self.surface(places)
        (slopes,) = torch.autograd.grad(heights.sum(), places)
        shape = (-1, len(self.names))
        return heights.detach().reshape(shape).cpu().numpy(), slopes.norm(dim=1).reshape(shape).cpu().numpy()

    def _updates(self) -> tuple[Update, ...]:
        found = []
        for index, used in enumerate(self._used):
            position = self.walkers[index].position
            state = self.optimizers[index].state[position]
            parts = (self._before[index], position, self._gradients[index])
            found.append(update_of(self.names[index], Constants(*used), state, *parts))
        return tuple(found)


def make_racer(name: str, walker: Walker) -> torch.optim.Optimizer:
    """One racer's optimiser, torch's own; what the knobs say is set before each step."""
    place = [walker.position]
    match name:
        case "sgd":
            return torch.optim.SGD(place, fused=True)
        case "momentum":
            return torch.optim.SGD(place, momentum=0.9, fused=True)
        case "nesterov":
            return torch.optim.SGD(place, momentum=0.9, nesterov=True, fused=True)
        case "rmsprop":
            return torch.optim.RMSprop(place)
        case "adam":
            return torch.optim.Adam(place, fused=True)
        case "adamw":
            return torch.optim.AdamW(place, fused=True)
        case _:
            return torch.optim.Adagrad(place, fused=True)


def make_surface(settings: RaceSettings, plane: Plane | None) -> Surface:
    """The ground the settings name."""
    match settings.surface:
        case "bowl":
            return Bowl(settings.condition, settings.rotation)
        case "ravine":
            return Ravine()
        case "Rosenbrock":
            return Rosenbrock()
        case "Beale":
            return Beale()
        case "Himmelblau":
            return Himmelblau()
        case "saddle":
            return Saddle()
        case "real network":
            assert plane is not None
            return Measured(plane.heights, plane.start)


EXPERIMENT: Final = RaceExperiment
SETTINGS: Final = RaceSettings
