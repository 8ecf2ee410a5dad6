"""What the engine can run: the one interface between an architecture's experiment and everything above it."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol, runtime_checkable

import torch
from torch import Tensor, nn


class Network(NamedTuple):
    """A module of an experiment with what it is given: a real batch, as `step` would give it.

    Attributes:
        module: the network.
        inputs: what its forward takes.
        axes: the letters of the axes of each input, such as `B T D`; left out, the first axis is B, the batch.
    """

    module: nn.Module
    inputs: tuple[Any, ...]
    axes: tuple[str, ...] = ()


@runtime_checkable
class Observation(Protocol):
    """A frozen dataclass of numpy arrays: all that an architecture's pictures need, read from the live network."""


@runtime_checkable
class Experiment(Protocol):
    """A network, its data and its way to learn. It knows nothing of threads, screens or time.

    Built from settings and a device with torch's global random state seeded by the engine, so that the same settings
    give the same weights, data and batches.
    """

    settings: Any  # the experiment's own Settings class; read-only, replaced by `apply`
    device: torch.device

    @property
    def steps_per_epoch(self) -> int:
        """Steps in one pass over the training data."""

    @property
    def epoch(self) -> float:
        """Passes over the training data so far."""

    @property
    def steps_left_in_epoch(self) -> int:
        """Steps until the next pass begins."""

    @property
    def record_every(self) -> int:
        """Steps between two rows of history at the start of a run."""

    def step(self) -> None:
        """One optimiser update. Leaves tensors on the device and synchronises nothing."""

    def evaluate(self) -> dict[str, float]:
        """The numbers to record in the history, `loss` (what is minimised, on the training data) among them."""

    def observe(self) -> Observation:
        """Everything the pictures need, now. Must draw no random numbers."""

    def apply(self, settings: Any) -> None:
        """Takes over settings of which only live ones differ."""

    def advice(self, value: float) -> str:
        """One sentence: what to try when the loss has become `value` (not a number, or very large)."""

    def state_dict(self) -> dict[str, Any]:
        """Everything that `step` changes: weights, optimiser, place in the epoch."""

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Puts back what `state_dict` gave, exactly."""

    def parameters(self) -> list[Tensor]:
        """The weights and biases that learn."""

    def networks(self) -> dict[str, Network]:
        """Every network by the name it has on the page, with a batch to look into it. Draws no random numbers."""


def data_files_of(experiment: Experiment) -> tuple[str, ...]:
    """The names of the files in `data/files` that an experiment reads; none if it does not say."""
    names: tuple[str, ...] = getattr(experiment, "data_files", ())
    return names


def material_of(experiment: Experiment) -> Mapping[str, Any]:
    """What an experiment was built from besides its settings, by argument; nothing if it does not say."""
    material: Mapping[str, Any] = getattr(experiment, "material", {})
    return material
