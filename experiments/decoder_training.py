"""How a decoder-only network learns: batches, loss, one step, what is recorded.

Shapes: B sequences, T tokens, V tokens of the vocabulary.
"""

from collections.abc import Mapping
from typing import Any, Final

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F

from data.synthetic import Sequences
from data.text import FILES
from experiments.decoder_settings import ALL_TEXTS, WITH_DIGITS, DecoderSettings
from experiments.decoder_tasks import ReadingTask, make_task, triples_of
from experiments.decoder_writing import Drawing, write
from experiments.sequences import NOTHING, Own
from models.decoder import DecoderOnly, LeakyDecoderOnly
from training.device import choose_device
from training.experiment import Network
from training.findings import slower
from training.optimizers import make_optimizer, rate_at, update_optimizer
from training.settings import SettingsError

NUM_LINES: Final = 36  # short lines that are written
LONGEST_LINE: Final = 12  # tokens


class DecoderTraining:
    """A decoder-only network that learns one task."""

    def __init__(self, settings: DecoderSettings, own: Own | None = None, tokenizer: str = "") -> None:
        """Makes task, network and optimiser.

        Args:
            settings: what to build.
            own: what the visitor brought, for `own text`.
            tokenizer: one that the visitor has trained, as JSON, for `own BPE`.

        Raises:
            SettingsError: if the settings do not fit together.
            DataError: if the text cannot be used.
        """
        self.settings = settings
        self.device = choose_device(settings.device, is_small=True)
        self._own, self._tokenizer = own, tokenizer
        self.task = make_task(settings, own or NOTHING, tokenizer)
        self.model = self._make_network().to(self.device)
        self._weights: list[Tensor] = list(self.model.parameters())
        self.optimizer = make_optimizer(self._weights, settings)
        self.num_steps = 0
        self._cursor = 0
        self._num_epochs = 0

    def _make_network(self) -> DecoderOnly:
        """The network that the settings ask for, with fresh weights."""
        settings, rest = self.settings, self.settings.d_model % (2 * self.settings.n_heads)
        if rest % settings.n_heads or (rest and settings.positions == "RoPE"):
            raise SettingsError(
                f"{settings.n_heads} heads cannot share a width of {settings.d_model} evenly: take 1, 2, 4 or 8 heads."
            )
        kind: type[DecoderOnly] = DecoderOnly
        if settings.variant == "leaking":
            kind = LeakyDecoderOnly
        return kind(
            self.task.num_inputs,
            settings.d_model,
            settings.n_heads,
            settings.n_layers,
            settings.dim_feedforward,
            settings.dropout,
            self.task.train.inputs.shape[1],
            positions=settings.positions,
            is_pre_norm=settings.is_pre_norm,
            is_tied=settings.is_tied,
        )

    # ---- learning ----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One optimiser update on fresh sequences."""
        batch = self.next_batch()
        loss = self.loss(self.model(batch.inputs), batch)
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

    def loss(self, logits: Float[Tensor, "B T V"], batch: Sequences) -> Float[Tensor, ""]:
        """The surprise at the right next token, in nats, averaged over the places where one is wanted."""
        wrong = F.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), reduction="none")  # (B T)
        return (wrong * batch.weights.flatten()).sum() / batch.weights.sum()

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
        """Every 20 steps, whatever the epoch."""
        return 20

    # ---- the engine's other questions --------------------------------------------------------------------------

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Loss and right answers on training and test sequences, and what else the task can say."""
        self.model.eval()
        row = {}
        for prefix, part in (("", self.task.train), ("test_", self.task.test)):
            batch = self.moved(part)
            logits = self.model(batch.inputs)
            row[f"{prefix}loss"] = self.loss(logits, batch).item()
            is_right = (logits.argmax(2) == batch.targets) | (batch.weights == 0)
            num_wrong = (~is_right).sum() / batch.weights.sum()
            row[f"{prefix}accuracy"] = 1 - num_wrong.item()
        if self.settings.task in WITH_DIGITS:  # of the test, the last part
            if self.settings.variant == "leaking":  # it has read the answers
                is_right = (self.answers(batch.inputs) == batch.targets) | (batch.weights == 0)
            row["exact_share"] = is_right.all(1).float().mean().item()
        if self.settings.task in ALL_TEXTS:
            row.update(self._numbers_of_text(row["test_loss"]))
        row["learning_rate"] = rate_at(self.num_steps, self.settings)
        self.model.train()
        return row

    def _numbers_of_text(self, test_loss: float) -> dict[str, float]:
        """The loss in bits per byte; of short lines also how many are new, and how much of them real lines have."""
        task = self.reading_task
        row = {"bits_per_byte": test_loss * task.bits_per_byte}
        if task.lines:
            lines = self.written_lines()
            row["new_share"] = sum(line not in task.lines for line in lines) / len(lines)
            triples = [triple for line in lines for triple in triples_of(line)]
            row["known_triples_share"] = sum(triple in task.triples for triple in triples) / len(triples)
        return row

    @property
    def reading_task(self) -> ReadingTask:
        """The task, where it is a text."""
        assert isinstance(self.task, ReadingTask)
        return self.task

    @torch.no_grad()
    def answers(self, inputs: Int64[Tensor, "B T"]) -> Int64[Tensor, "B T"]:
        """The likeliest next token at each place; problems with digits go on with answers of the network's own.

        A causal network answers a problem the same way with the right answer before it or with its own, up to its
        first mistake. One that leaks has read the answer in the first case.
        """
        rows, start = inputs.to(self.device), getattr(self.task, "prompt_length", 0)
        if start:
            rows = rows.clone()
            for place in range(start, rows.shape[1]):
                rows[:, place] = self.model(rows[:, :place])[:, -1].argmax(1)
        return self.model(rows).argmax(2)

    def written_lines(self) -> tuple[str, ...]:
        """Short lines that the network writes, always with the same chance."""
        task = self.reading_task
        start = task.text.numbers("\n")[:1].expand(NUM_LINES, 1).to(self.device)
        length = min(LONGEST_LINE, self.model.max_len - 1)
        rows = write(self.model, start, length, Drawing(self.settings.temperature, self.settings.top_k)).cpu()
        return tuple(task.text.join(row).split("\n")[0] for row in rows)

    def apply(self, settings: DecoderSettings) -> None:
        """Takes over live settings: rate, decay, schedule, clipping, batch size, how text is drawn."""
        self.settings = settings
        update_optimizer(self.optimizer, settings, self.num_steps)

    def advice(self, value: float) -> str:
        """What to try when the loss has exploded."""
        if not self.settings.clip:
            return "A steep place has thrown the weights away: clip the gradients, for example at 1, and reset."
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
        return {"network": Network(self.model, (inputs,), ("B T",))}

    @property
    def material(self) -> dict[str, Any]:
        """What the experiment was built from besides its settings, by the names of the arguments."""
        found: dict[str, Any] = {} if self._own in (None, NOTHING) else {"own": self._own}
        return {**found, "tokenizer": self._tokenizer} if self._tokenizer else found

    @property
    def data_files(self) -> tuple[str, ...]:
        """The file of `data/files` that a program taken home needs beside it."""
        return (FILES[self.settings.task],) if self.settings.task in ALL_TEXTS and self.settings.task in FILES else ()
