"""The experiment behind the page `tokenizer`: a small network guesses the next token of a text cut by a trained BPE.

Shapes: B places, C tokens read, V tokens of the vocabulary, M tokens judged, P tokens of the passage shown.
"""

from collections.abc import Mapping
from typing import Any, Final

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

from experiments.sequences import NOTHING, Own
from experiments.tokenizer_settings import TokenizerSettings
from experiments.tokenizer_task import TokenTask, file_of
from experiments.tokenizer_watching import TokenizerWatching
from models.tokenizer import NextToken
from training.device import choose_device
from training.experiment import Network
from training.findings import slower
from training.optimizers import make_optimizer, rate_at, update_optimizer


class NextTokenExperiment:
    """Learns which token comes next; what the pictures need is added by the class below."""

    def __init__(self, settings: TokenizerSettings, own: Own | None = None) -> None:
        """Trains the tokenizer, cuts the text, and makes network and optimiser.

        Args:
            settings: what to build.
            own: what the visitor brought, for `own text`.

        Raises:
            SettingsError: if the visitor's own text is wanted and there is none.
            DataError: if the text cannot be used.
        """
        self.settings = settings
        self.device = choose_device(settings.device, is_small=True)
        self._own = own
        self.task = TokenTask(settings, own or NOTHING)
        sizes = settings.embed_dim, settings.window, settings.hidden_dim
        self.model = NextToken(self.task.num_tokens, *sizes).to(self.device)
        self._weights: list[Tensor] = list(self.model.parameters())
        self.optimizer = make_optimizer(self._weights, settings)
        self.num_steps = 0
        self._num_read = 0  # windows since the epoch began
        self._num_epochs = 0

    def step(self) -> None:
        """One optimiser update on places drawn from the whole training part."""
        batch = self.task.next_batch(self.settings.batch_size).to(self.device)
        loss = self.loss(batch)
        for weight in self._weights:
            weight.grad = None
        loss.backward()
        if self.settings.schedule != "constant":
            update_optimizer(self.optimizer, self.settings, self.num_steps)
        self.optimizer.step()
        self.num_steps += 1
        self._num_read += self.settings.batch_size
        if self._num_read >= self.task.num_windows:
            self._num_read = 0
            self._num_epochs += 1

    def loss(self, windows: Int64[Tensor, "B C1"]) -> Float[Tensor, ""]:
        """The surprise at the last token of each window, in nats."""
        return F.cross_entropy(self.model(windows[:, :-1]), windows[:, -1])

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Loss on both parts, the fair measure, and how the text was cut."""
        task = self.task
        test_loss = self.loss(task.windows.to(self.device)).item()
        return {
            "loss": self.loss(task.train_windows.to(self.device)).item(),
            "test_loss": test_loss,
            "bits_per_byte": task.bits_per_byte(test_loss),
            "bytes_per_token": task.bytes_per_token,
            "median_count": task.median_count,
            "learning_rate": rate_at(self.num_steps, self.settings),
        }

    @property
    def loss_floor(self) -> float:
        """What the better of the counted guesses costs in nats per token: no text can be guessed for nothing."""
        return self.task.floor

    @property
    def steps_per_epoch(self) -> int:
        """Batches that hold as many tokens as the training part."""
        return -(-self.task.num_windows // self.settings.batch_size)

    @property
    def steps_left_in_epoch(self) -> int:
        """Batches until the next pass begins."""
        return -(-(self.task.num_windows - self._num_read) // self.settings.batch_size)

    @property
    def epoch(self) -> float:
        """Passes over the training part so far."""
        return self._num_epochs + self._num_read / self.task.num_windows

    @property
    def record_every(self) -> int:
        """Every 20 steps, whatever the epoch."""
        return 20

    def apply(self, settings: TokenizerSettings) -> None:
        """Takes over live settings: rate, decay, schedule, batch size."""
        self.settings = settings
        update_optimizer(self.optimizer, settings, self.num_steps)

    def advice(self, value: float) -> str:
        """What to try when the loss has exploded."""
        return slower(self.settings)

    def state_dict(self) -> dict[str, Any]:
        """Weights, optimiser, and the place in the epoch."""
        return {
            "weights": [weight.detach() for weight in self._weights],
            "optimizer": self.optimizer.state_dict(),
            "place": [self.num_steps, self._num_read, self._num_epochs],
        }

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Puts back what `state_dict` gave."""
        for weight, saved in zip(self._weights, state["weights"], strict=True):
            weight.copy_(saved)
        self.optimizer.load_state_dict(state["optimizer"])
        self.optimizer.zero_grad()  # the gradients belong to another step
        self.num_steps, self._num_read, self._num_epochs = state["place"]
        update_optimizer(self.optimizer, self.settings, self.num_steps)

    def parameters(self) -> list[Tensor]:
        """Weights and biases, first layer to last."""
        return list(self._weights)

    def networks(self) -> dict[str, Network]:
        """The one network, with judged places of the training part."""
        inputs = self.task.train_windows[: self.settings.batch_size, :-1].to(self.device)
        return {"network": Network(self.model, (inputs,), ("B C",))}

    @property
    def material(self) -> dict[str, Any]:
        """What the experiment was built from besides its settings, by the names of the arguments."""
        return {} if self._own in (None, NOTHING) else {"own": self._own}

    @property
    def data_files(self) -> tuple[str, ...]:
        """The files of `data/files` that a program taken home needs beside it."""
        other = () if self.settings.learnt_from == "the same text" else file_of(self.settings.learnt_from)
        return tuple(dict.fromkeys((*file_of(self.settings.text), *other)))


class TokenizerExperiment(TokenizerWatching, NextTokenExperiment):  # both, because a program keeps only the second
    """The network and what the page shows of it."""


EXPERIMENT: Final = TokenizerExperiment
SETTINGS: Final = TokenizerSettings
