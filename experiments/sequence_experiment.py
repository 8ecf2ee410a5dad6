"""How a network learns from sequences, whichever cell it has: the common part of the pages `rnn` and `lstm`.

Shapes: B sequences, T steps, K outputs, H units, O origins of forecasts, P paths.
"""

from collections.abc import Mapping
from typing import Any, Final

import torch
from jaxtyping import Float, Int64
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from data.series import FILES as SERIES_FILES
from data.synthetic import Sequences
from data.text import FILES as TEXT_FILES
from experiments.sequence_settings import ALL_SERIES, ALL_TEXTS, SequenceSettings
from experiments.sequences import NOTHING, Own, SeriesTask, TextTask, make_task
from training.device import choose_device
from training.experiment import Network
from training.findings import slower
from training.optimizers import make_optimizer, rate_at, update_optimizer

NO_CLIP: Final = 0.0


class SequenceExperiment:
    """A recurrent network that learns one task. A page adds `make_network`, `read` and `observe`."""

    def __init__(self, settings: SequenceSettings, own: Own | None = None) -> None:
        """Makes task, network and optimiser.

        Args:
            settings: what to build.
            own: what the visitor brought, for `own text` and `own column`.

        Raises:
            SettingsError: if the settings do not fit together.
            DataError: if the data cannot be used.
        """
        self.settings = settings
        self.device = choose_device(settings.device, is_small=True)
        self._own = own
        self.task = make_task(settings, own or NOTHING)
        self.model = self.make_network().to(self.device)
        self._weights: list[Tensor] = list(self.model.parameters())
        self.optimizer = make_optimizer(self._weights, settings)
        self.num_steps = 0
        self._cursor = 0
        self._num_epochs = 0

    def make_network(self) -> nn.Module:
        """The network that the settings ask for, with fresh weights."""
        raise NotImplementedError

    def read(self, x: Tensor, memory: Any = None) -> tuple[Float[Tensor, "B T K"], Any]:
        """Outputs at every step, and the memory after the last."""
        outputs, memory = self.model(x, memory)
        return outputs, memory

    # ---- learning ----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One optimiser update on fresh sequences."""
        batch = self.next_batch()
        loss = self.loss(self._outputs_of_pieces(batch.inputs), batch)
        for weight in self._weights:  # what zero_grad does, without its bookkeeping
            weight.grad = None
        loss.backward()
        if self.settings.clip:
            nn.utils.clip_grad_norm_(self._weights, self.settings.clip)
        if self.settings.schedule != "constant":
            update_optimizer(self.optimizer, self.settings, self.num_steps)
        self.optimizer.step()
        self.num_steps += 1

    def next_batch(self) -> Sequences:
        """Fresh sequences; the place in the epoch moves on."""
        self._cursor += self.settings.batch_size
        if self._cursor >= self.task.num_sequences:
            self._cursor = 0
            self._num_epochs += 1
        return self.moved(self.task.next_batch(self.settings.batch_size))

    def moved(self, batch: Sequences) -> Sequences:
        """The same sequences on the device."""
        return Sequences(*(part.to(self.device) for part in batch))

    def _outputs_of_pieces(self, inputs: Tensor) -> Float[Tensor, "B T K"]:
        """Outputs at every step; between pieces of a sequence the memory goes on, the gradient does not."""
        length = self.settings.bptt
        if not 0 < length < inputs.shape[1]:
            return self.read(inputs)[0]
        memory, outputs = None, []
        for piece in inputs.split(length, dim=1):
            answers, memory = self.read(piece, memory)
            memory = detached(memory)
            outputs.append(answers)
        return torch.cat(outputs, dim=1)

    def loss(self, outputs: Float[Tensor, "B T K"], batch: Sequences) -> Float[Tensor, ""]:
        """How wrong the answers are where some are wanted: nats for symbols, squared errors for numbers."""
        if self.task.takes_numbers:
            wrong = (outputs - batch.targets).square().mean(2)  # (B, T)
        else:
            wrong = F.cross_entropy(outputs.flatten(0, 1), batch.targets.flatten(), reduction="none")  # (B T)
            wrong = wrong.view(batch.targets.shape)  # (B, T)
        return (wrong * batch.weights).sum() / batch.weights.sum()

    @property
    def steps_per_epoch(self) -> int:
        """Batches that hold as many sequences as the training part."""
        return -(-self.task.num_sequences // self.settings.batch_size)

    @property
    def steps_left_in_epoch(self) -> int:
        """Batches until the next pass begins."""
        return -(-(self.task.num_sequences - self._cursor) // self.settings.batch_size)

    @property
    def epoch(self) -> float:
        """Passes over the training part so far."""
        return self._num_epochs + self._cursor / self.task.num_sequences

    @property
    def record_every(self) -> int:
        """Every 20 steps, whatever the epoch: a pass over a short series is a single step."""
        return 20

    # ---- the engine's other questions --------------------------------------------------------------------------

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Loss on training and test sequences, and what else the kind of task can say."""
        row = {}
        for prefix, part in (("", self.task.train), ("test_", self.task.test)):
            batch = self.moved(part)
            outputs = self.read(batch.inputs)[0]
            row[f"{prefix}loss"] = self.loss(outputs, batch).item()
            if not self.task.takes_numbers:
                is_right = (outputs.argmax(2) == batch.targets) * batch.weights
                row[f"{prefix}accuracy"] = (is_right.sum() / batch.weights.sum()).item()
        if self.settings.task in ALL_TEXTS:
            row["bits_per_character"] = row["test_loss"] * self.text_task.bits
        if self.settings.task in ALL_SERIES:
            row["forecast_error"] = self.series_task.forecast_error(self.forecast()[:, 0])
        row["learning_rate"] = rate_at(self.num_steps, self.settings)
        return row

    @property
    def text_task(self) -> TextTask:
        """The task, where it is a text."""
        assert isinstance(self.task, TextTask)
        return self.task

    @property
    def series_task(self) -> SeriesTask:
        """The task, where it is a series."""
        assert isinstance(self.task, SeriesTask)
        return self.task

    @torch.no_grad()
    def forecast(self, num_paths: int = 1, spread: float = 0.0) -> Float[Tensor, "O P H"]:
        """Goes on from each origin, taking its own answers for what came, in the unit of the series.

        Args:
            num_paths: the first goes on with the answers themselves, the others with a random error added to each.
            spread: deviation of that error, in units of `task.scale`.
        """
        task = self.series_task
        before = task.origins[:, None] + torch.arange(-min(task.seq_len, int(task.origins[0])), 0)
        past = task.z[before].repeat_interleave(num_paths, dim=0)[:, :, None].to(self.device)
        noise = torch.randn(task.horizon, len(past), 1, 1, generator=Generator().manual_seed(0)) * spread
        noise.unflatten(1, (-1, num_paths))[:, :, 0] = 0
        outputs, memory = self.read(past)
        values = []
        for error in noise.to(self.device):
            value = outputs[:, -1:] + error  # (O·P, 1, 1)
            values.append(value[:, 0, 0])
            outputs, memory = self.read(value, memory)
        ahead = torch.stack(values, dim=1).cpu().unflatten(0, (-1, num_paths)) * task.scale + task.mean
        if task.learns_changes:
            ahead = ahead.cumsum(2) + task.series.values[task.origins - 1][:, None, None]
        return ahead

    @torch.no_grad()
    def write(
        self, prompt: Int64[Tensor, " n"], length: int, temperature: float | int, top_k: int, seed: int = 0
    ) -> Int64[Tensor, " m"]:
        """Text that the network writes on from a prompt, which is not repeated.

        Args:
            prompt: at least one symbol.
            length: how many symbols to write.
            temperature: what the logits are divided by; 0 takes the likeliest symbol.
            top_k: choose among so many of the likeliest; 0 for all.
            seed: of the choices.
        """
        generator, written = Generator().manual_seed(seed), []
        outputs, memory = self.read(prompt[None].to(self.device))
        for _ in range(length):
            symbol = chosen(outputs[0, -1].cpu(), temperature, top_k, generator)
            written.append(symbol)
            outputs, memory = self.read(symbol.view(1, 1).to(self.device), memory)
        return torch.stack(written)

    def apply(self, settings: SequenceSettings) -> None:
        """Takes over live settings: rate, decay, schedule, clipping, reach of the gradient, batch size, the view."""
        self.settings = settings
        update_optimizer(self.optimizer, settings, self.num_steps)

    def advice(self, value: float) -> str:
        """What to try when the loss has exploded."""
        if not self.settings.clip:
            return "Gradients through time have exploded: clip them, for example at 1, and reset."
        return slower(self.settings)

    def state_dict(self) -> dict[str, Any]:
        """Weights, optimiser, and the place in the epoch."""
        return {
            "weights": [weight.detach() for weight in self._weights],
            "optimizer": self.optimizer.state_dict(),
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
        update_optimizer(self.optimizer, self.settings, self.num_steps)

    def parameters(self) -> list[Tensor]:
        """Weights and biases, first layer to last."""
        return list(self._weights)

    def networks(self) -> dict[str, Network]:
        """The one network, with the first judged sequences of the training part."""
        inputs = self.task.train.inputs[: self.settings.batch_size].to(self.device)
        return {"network": Network(self.model, (inputs,), ("B T D" if self.task.takes_numbers else "B T",))}

    @property
    def material(self) -> dict[str, Any]:
        """What the experiment was built from besides its settings, by the names of the arguments."""
        return {} if self._own in (None, NOTHING) else {"own": self._own}

    @property
    def data_files(self) -> tuple[str, ...]:
        """The files of `data/files` that a program taken home needs beside it."""
        files = {**TEXT_FILES, **SERIES_FILES}
        return (files[self.settings.task],) if self.settings.task in files else ()


def detached(memory: Any) -> Any:
    """The same memory without the way the gradient would take."""
    return memory.detach() if isinstance(memory, Tensor) else tuple(part.detach() for part in memory)


def chosen(
    logits: Float[Tensor, " V"], temperature: float | int, top_k: int, generator: Generator
) -> Int64[Tensor, ""]:
    """One symbol, drawn as the logits say."""
    if temperature == 0 or top_k == 1:
        return logits.argmax()
    if 0 < top_k < len(logits):
        logits = logits.masked_fill(logits < logits.topk(top_k).values[-1], -torch.inf)
    return torch.multinomial((logits / temperature).softmax(0), 1, generator=generator)[0]
