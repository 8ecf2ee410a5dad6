"""A small speller of our own on the page `pretrained`: built like the trained one, taught here in half a minute.

Shapes: B words, T signs of an answer, V signs there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from data.pairs import PAD, Pairs, PairTask
from experiments.pretrained_speller import Score, judged, of_dictionary, task
from models.speller import Speller
from training.device import choose_device
from training.experiment import Network
from training.optimizers import OptimizerSettings, make_optimizer, rate_at, update_optimizer
from training.settings import knob

EMBED_DIM: Final = 64
LONGEST_GRADIENT: Final = 1.0  # a longer one is shortened


class SpellerSettings(OptimizerSettings):
    """The size of the network, and how it learns."""

    learning_rate: float = knob(
        5e-3, "Learning rate", "Size of each step.", group="Training", is_live=True, ge=1e-5, le=10
    )
    hidden_dim: int = knob(128, "Units", "Numbers of the state; g2p-en has 256.", group="Network", ge=16, le=256)
    batch_size: int = knob(64, "Batch size", "Words per step.", group="Training", is_live=True, ge=4, le=128)


@dataclass(frozen=True)
class SpellerObservation:
    """How large the network is."""

    num_parameters: int


class SpellerExperiment:
    """Trains a speller on the dictionary, with the right phonemes as the decoder's input."""

    def __init__(self, settings: SpellerSettings) -> None:
        """Makes network and optimiser.

        Raises:
            SettingsError: if this machine has no such device.
            DataError: if the dictionary cannot be read.
        """
        self.settings = settings
        self.device = choose_device(settings.device, is_small=True)
        self.task: PairTask = task()
        sizes = len(self.task.source_signs), len(self.task.target_signs)
        self.model = Speller(*sizes, EMBED_DIM, settings.hidden_dim).to(self.device)
        self.optimizer = make_optimizer(self.model.parameters(), settings)
        self.num_steps, self._num_seen = 0, 0

    def step(self) -> None:
        """One optimiser update on words drawn at random."""
        loss = self.loss(self.task.next_batch(self.settings.batch_size))
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters(), LONGEST_GRADIENT)
        update_optimizer(self.optimizer, self.settings, self.num_steps)
        self.optimizer.step()
        self.num_steps += 1
        self._num_seen += self.settings.batch_size

    def loss(self, pairs: Pairs) -> Float[Tensor, ""]:
        """Surprise at the right phonemes in nats, given the right ones before them."""
        sources, targets = pairs.sources.to(self.device), pairs.targets.to(self.device)
        logits = self.model(sources, targets[:, :-1])  # (B, T, V)
        return F.cross_entropy(logits.flatten(0, 1), targets[:, 1:].flatten(), ignore_index=PAD)

    @property
    def steps_per_epoch(self) -> int:
        """Batches that hold as many words as there are."""
        return -(-self.task.num_pairs // self.settings.batch_size)

    @property
    def steps_left_in_epoch(self) -> int:
        """Batches until the next pass begins."""
        return -(-(self.task.num_pairs - self._num_seen % self.task.num_pairs) // self.settings.batch_size)

    @property
    def epoch(self) -> float:
        """Passes over the words so far."""
        return self._num_seen / self.task.num_pairs

    @property
    def record_every(self) -> int:
        """Every 20 steps."""
        return 20

    def evaluate(self) -> dict[str, float]:
        """Losses on words of both parts, and the share of the judged words that it spells right by itself."""
        with torch.no_grad():
            losses = self.loss(self.task.train).item(), self.loss(self.task.test).item()
        right = score_of(self).accuracy
        return {
            "loss": losses[0],
            "test_loss": losses[1],
            "test_accuracy": right,
            "learning_rate": rate_at(self.num_steps, self.settings),
        }

    def observe(self) -> SpellerObservation:
        """Its size; all else is asked when it has learnt."""
        return SpellerObservation(sum(weight.numel() for weight in self.parameters()))

    def apply(self, settings: SpellerSettings) -> None:
        """Takes over live settings."""
        self.settings = settings
        update_optimizer(self.optimizer, settings, self.num_steps)

    def advice(self, value: float) -> str:
        """What to try when the loss has exploded."""
        return f"The rate {self.settings.learning_rate:g} is too high: lower it and start again."

    def state_dict(self) -> dict[str, Any]:
        """Weights, optimiser, and how far it has come."""
        weights = [weight.detach() for weight in self.parameters()]
        place = [self.num_steps, self._num_seen]
        return {"weights": weights, "optimizer": self.optimizer.state_dict(), "place": place}

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Puts back what `state_dict` gave."""
        for weight, saved in zip(self.parameters(), state["weights"], strict=True):
            weight.copy_(saved)
        self.optimizer.load_state_dict(state["optimizer"])
        self.optimizer.zero_grad()
        self.num_steps, self._num_seen = state["place"]
        update_optimizer(self.optimizer, self.settings, self.num_steps)

    def parameters(self) -> list[Tensor]:
        """Weights and biases, first layer to last."""
        return list(self.model.parameters())

    def networks(self) -> dict[str, Network]:
        """The network, with the judged words of the training part."""
        inputs = self.task.train.sources, self.task.train.targets[:, :-1].contiguous()
        return {"network": Network(self.model, inputs, ("B S", "B T"))}


def score_of(experiment: Any) -> Score:
    """A `SpellerExperiment` on all words that are judged, none of which it was trained on."""
    return judged(experiment.model, of_dictionary())
