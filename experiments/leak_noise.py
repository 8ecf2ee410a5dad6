"""A decoder and its leaky twin on pure noise: every token is drawn anew, so nothing can be learnt without cheating.

The least loss without seeing the future is ln V. Who sees it can copy the next token everywhere but at the last place,
whose answer is not among what was read: ln V / T.

Shapes: B sequences, T places, V tokens of the vocabulary.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from models.decoder import DecoderOnly, LeakyDecoderOnly
from training.experiment import Network
from training.race import Entrant
from training.settings import Settings, knob

STEPS: Final = 150
LENGTH: Final = 12  # T
BATCH: Final = 32
NUM_JUDGED: Final = 64  # sequences drawn for each row of the history
NETWORKS: Final = {"causal": DecoderOnly, "leaky": LeakyDecoderOnly}
LABELS: Final = {"causal": "DecoderOnly, causal", "leaky": "LeakyDecoderOnly, the lecture's"}


class NoiseSettings(Settings):
    """Which network reads the noise, and of how many different tokens it is."""

    network: Literal["causal", "leaky"] = knob("causal", "Network", "Which of the two.", group="Network")
    num_symbols: int = knob(16, "Vocabulary", "Different tokens of the noise.", group="Task", ge=2, le=64)


@dataclass(frozen=True, eq=False)
class NoiseObservation:
    """The loss in nats on fresh noise."""

    loss: np.ndarray


class NoiseExperiment:
    """Learns to predict the next token of sequences in which all tokens are equally likely, whatever came before."""

    steps_per_epoch = steps_left_in_epoch = 100
    record_every = 5

    def __init__(self, settings: NoiseSettings) -> None:
        self.settings, self.device = settings, torch.device("cpu")
        sizes: dict[str, Any] = {"d_model": 32, "n_heads": 2, "n_layers": 1, "dim_feedforward": 64, "dropout": 0.0}
        self.model = NETWORKS[settings.network](settings.num_symbols, **sizes, max_len=LENGTH)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.01)
        self.num_steps = 0

    def loss(self, num_sequences: int) -> Float[Tensor, ""]:
        """Cross-entropy in nats on fresh noise."""
        noise = torch.randint(self.settings.num_symbols, (num_sequences, LENGTH + 1))  # (B, T + 1)
        logits = self.model(noise[:, :-1])  # (B, T, V)
        return F.cross_entropy(logits.flatten(0, 1), noise[:, 1:].flatten())

    def step(self) -> None:
        """One optimiser update on fresh noise."""
        loss = self.loss(BATCH)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.num_steps += 1

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """The loss on fresh noise: none of it was seen before, so it is a test loss too."""
        return {"loss": self.loss(NUM_JUDGED).item()}

    @torch.no_grad()
    def observe(self) -> NoiseObservation:
        """The loss on noise that is the same each time."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            return NoiseObservation(np.array(self.loss(NUM_JUDGED).item()))

    @property
    def epoch(self) -> float:
        """Passes, if a hundred steps were one: noise has no end."""
        return self.num_steps / self.steps_per_epoch

    def apply(self, settings: NoiseSettings) -> None:
        """No setting is live."""
        self.settings = settings

    def advice(self, value: float) -> str:
        """What to try when the loss has exploded."""
        return f"A loss of {value:g} on noise should not be: train them again with another seed."

    def state_dict(self) -> dict[str, Any]:
        """Weights, optimiser, and how many steps were taken."""
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "num_steps": self.num_steps,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Puts back what `state_dict` gave."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.num_steps = state["num_steps"]

    def parameters(self) -> list[Tensor]:
        """All weights."""
        return list(self.model.parameters())

    def networks(self) -> dict[str, Network]:
        """The network, with a sequence of the first token."""
        return {"network": Network(self.model, (torch.zeros(1, LENGTH, dtype=torch.int64),), ("B T",))}


def noise_entrants(num_symbols: int) -> list[Entrant]:
    """Both networks on the same noise."""
    return [
        Entrant(label, NoiseExperiment, NoiseSettings().changed(network=name, num_symbols=num_symbols))
        for name, label in LABELS.items()
    ]


def noise_floors(num_symbols: int) -> tuple[float, float]:
    """The least loss in nats of who does not see the future, and of who does."""
    return math.log(num_symbols), math.log(num_symbols) / LENGTH
