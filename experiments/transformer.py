"""The experiment behind the page `transformer`: a network that turns one sequence into another.

Shapes: B pairs, S places of the source, T places of the target, V signs of the target, W pairs watched, H heads.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F

from data.pairs import END, FILES, PAD, START, Pairs, PairTask
from experiments.transformer_settings import TransformerSettings
from models.attention_inside import attention_weights
from models.transformer import SimpleTransformer
from training.device import choose_device
from training.experiment import Network
from training.findings import after_explosion
from training.optimizers import make_optimizer, rate_at, update_optimizer

NUM_WATCHED: Final = 6
MAX_LEN: Final = 128  # the lecture's


@dataclass(frozen=True)
class Watched:
    """A pair of the test, and what the network writes by itself.

    Attributes:
        source: its signs, the end sign last.
        wanted: the right signs, the end sign last.
        given: those written, the end sign last unless none was written.
        weights: (H, T, S) of the last cross-attention: a row for each sign written, over the source.
    """

    source: tuple[str, ...]
    wanted: tuple[str, ...]
    given: tuple[str, ...]
    weights: np.ndarray


@dataclass(frozen=True)
class TransformerObservation:
    """One moment of the network.

    Attributes:
        task: its name.
        watched: some pairs of the test.
        guess: loss of knowing only how often each sign comes.
        num_parameters: weights and biases.
        source: whose the pairs are.
    """

    task: str
    watched: tuple[Watched, ...]
    guess: float
    num_parameters: int
    source: str


class TransformerExperiment:
    """Trains a transformer with the right tokens as its input, and watches what it writes by itself."""

    def __init__(self, settings: TransformerSettings) -> None:
        """Makes task, network and optimiser.

        Raises:
            SettingsError: if this machine has no such device.
            DataError: if the pairs cannot be read.
        """
        self.settings = settings
        self.device = choose_device(settings.device, is_small=True)
        self.task = PairTask(settings.task, settings.language, settings.length)
        self.model = SimpleTransformer(
            len(self.task.source_signs),
            settings.embed_dim,
            settings.num_heads,
            settings.ff_dim,
            settings.num_layers,
            MAX_LEN,
            target_vocab_size=len(self.task.target_signs),
            positions=settings.positions,
            is_pre_norm=settings.is_pre_norm,
            dropout=settings.dropout,
            uses_mask=settings.uses_mask,
            uses_memory=settings.uses_memory,
        ).to(self.device)
        self._weights: list[Tensor] = list(self.model.parameters())
        self.optimizer = make_optimizer(self._weights, settings)
        self.num_steps = 0
        self._num_seen = 0  # pairs
        self._judged = {"": self.moved(self.task.train), "test_": self.moved(self.task.test)}
        self.guess = guess_loss(self.task)

    # ---- learning ----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One optimiser update on fresh pairs."""
        self.model.train()
        pairs = self.moved(self.task.next_batch(self.settings.batch_size))
        loss = self.loss(self.model(pairs.sources, self.inputs(pairs), pairs.sources != PAD), pairs)
        for weight in self._weights:  # what zero_grad does, without its bookkeeping
            weight.grad = None
        loss.backward()
        if self.settings.clip:
            nn.utils.clip_grad_norm_(self._weights, self.settings.clip)
        if self.settings.schedule != "constant":
            update_optimizer(self.optimizer, self.settings, self.num_steps)
        self.optimizer.step()
        self.num_steps += 1
        self._num_seen += self.settings.batch_size

    def moved(self, pairs: Pairs) -> Pairs:
        """The same pairs on the device."""
        return Pairs(*(part.to(self.device) for part in pairs))

    def inputs(self, pairs: Pairs) -> Int64[Tensor, "B T"]:
        """What the decoder is given: the right tokens, some of them replaced by its own guesses if that is wanted."""
        right = pairs.targets[:, :-1]
        if not self.settings.own_share:
            return right
        with torch.no_grad():
            own = self.model(pairs.sources, right, pairs.sources != PAD).argmax(2)  # what it says after each place
        is_own = torch.rand(right[:, 1:].shape).to(self.device) < self.settings.own_share
        mixed = right.clone()
        mixed[:, 1:] = torch.where(is_own & (right[:, 1:] != PAD), own[:, :-1], right[:, 1:])
        return mixed

    def loss(self, logits: Float[Tensor, "B T V"], pairs: Pairs) -> Float[Tensor, ""]:
        """Surprise at the right tokens in nats, the mean over all that are no padding."""
        wanted, smoothing = pairs.targets[:, 1:].flatten(), self.settings.label_smoothing
        return F.cross_entropy(logits.flatten(0, 1), wanted, ignore_index=PAD, label_smoothing=smoothing)

    @torch.no_grad()
    def write(self, sources: Int64[Tensor, "B S"]) -> Int64[Tensor, "B T"]:
        """Free running: the likeliest token at each place, which is then the input of the next; starts with `START`.

        It ends when every row has said `END`, or at the longest target there is.
        """
        self.model.eval()
        is_token = sources != PAD
        memory = self.model.encode(sources, is_token)
        written = torch.full((len(sources), 1), START, device=self.device)
        is_over = torch.zeros(len(sources), dtype=torch.bool, device=self.device)
        while written.shape[1] < self.task.max_target and not bool(is_over.all()):
            said = self.model.decode(written, memory, is_token)[:, -1].argmax(1).masked_fill(is_over, PAD)
            written = torch.cat([written, said[:, None]], dim=1)
            is_over |= said == END
        return written

    @property
    def steps_per_epoch(self) -> int:
        """Batches that hold as many pairs as there are."""
        return -(-self.task.num_pairs // self.settings.batch_size)

    @property
    def steps_left_in_epoch(self) -> int:
        """Batches until the next pass begins."""
        left = self.task.num_pairs - self._num_seen % self.task.num_pairs
        return -(-left // self.settings.batch_size)

    @property
    def epoch(self) -> float:
        """Passes over the pairs so far."""
        return self._num_seen / self.task.num_pairs

    @property
    def record_every(self) -> int:
        """Every 20 steps: each batch of letters is new, so that a pass means little."""
        return 20

    # ---- the engine's other questions --------------------------------------------------------------------------

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Losses with the right tokens as input; how much is right on the test so, and in free running."""
        self.model.eval()
        row = {}
        for prefix, pairs in self._judged.items():
            logits = self.model(pairs.sources, pairs.targets[:, :-1], pairs.sources != PAD)
            row[f"{prefix}loss"] = self.loss(logits, pairs).item()
        pairs = self._judged["test_"]
        wanted = pairs.targets[:, 1:]
        is_asked = wanted != PAD
        written = self.write(pairs.sources)[:, 1:]
        written = F.pad(written, (0, wanted.shape[1] - written.shape[1]))[:, : wanted.shape[1]]
        is_right = logits.argmax(2) == wanted
        is_written = written == wanted
        row["forced_accuracy"] = is_right[is_asked].float().mean().item()
        row["free_accuracy"] = is_written[is_asked].float().mean().item()
        row["forced_whole_accuracy"] = (is_right | ~is_asked).all(1).float().mean().item()
        row["whole_accuracy"] = (is_written | ~is_asked).all(1).float().mean().item()
        row["learning_rate"] = rate_at(self.num_steps, self.settings)
        return row

    @torch.no_grad()
    def observe(self) -> TransformerObservation:
        """The network as it is now, on the first pairs of the test."""
        test = self._judged["test_"]
        sources = test.sources[:NUM_WATCHED]
        written = self.write(sources)
        maps = attention_weights(self.model, sources, written[:, :-1], sources != PAD)[-1].cpu().numpy()
        watched = []
        for number, said in enumerate(written[:, 1:].tolist()):
            source, given = as_signs(sources[number], self.task.source_signs), said_signs(said, self.task.target_signs)
            wanted = as_signs(test.targets[number, 1:], self.task.target_signs)
            weights = maps[number, :, : len(given), : len(source)].copy()
            watched.append(Watched(source, wanted, given, weights))
        size = sum(weight.numel() for weight in self._weights)
        return TransformerObservation(self.settings.task, tuple(watched), self.guess, size, self.task.source)

    def apply(self, settings: TransformerSettings) -> None:
        """Takes over live settings: rate, decay, schedule, smoothing, own answers, clipping, batch size."""
        self.settings = settings
        update_optimizer(self.optimizer, settings, self.num_steps)

    def advice(self, value: float) -> str:
        """What to try when the loss has exploded."""
        remedy = after_explosion(self.settings)
        if "learning_rate" not in remedy:
            return "The learning rate is as low as it goes: choose another optimiser and reset."
        rates = f"it is {self.settings.learning_rate:g}; try {remedy['learning_rate']:g}"
        return f"Lower the learning rate ({rates}), or let it rise slowly with the schedule warm-up, and reset."

    def state_dict(self) -> dict[str, Any]:
        """Weights, optimiser, and how far it has come."""
        return {
            "weights": [weight.detach() for weight in self._weights],
            "optimizer": self.optimizer.state_dict(),
            "place": [self.num_steps, self._num_seen],
        }

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Puts back what `state_dict` gave.

        Raises:
            ValueError: if fewer than no pairs were seen.
        """
        num_steps, num_seen = state["place"]
        if min(num_steps, num_seen) < 0:
            raise ValueError(f"place {state['place']} lies before the start")
        for weight, saved in zip(self._weights, state["weights"], strict=True):
            weight.copy_(saved)
        self.optimizer.load_state_dict(state["optimizer"])
        self.optimizer.zero_grad()  # the gradients belong to another step
        self.num_steps, self._num_seen = num_steps, num_seen
        update_optimizer(self.optimizer, self.settings, self.num_steps)

    def parameters(self) -> list[Tensor]:
        """Weights and biases, first layer to last."""
        return list(self._weights)

    def networks(self) -> dict[str, Network]:
        """The one network, with the judged pairs of the training part."""
        pairs = self._judged[""]
        inputs = (pairs.sources, pairs.targets[:, :-1].contiguous(), pairs.sources != PAD)
        return {"network": Network(self.model, inputs, ("B S", "B T", "B S"))}

    @property
    def data_files(self) -> tuple[str, ...]:
        """The file of `data/files` that a program taken home needs beside it."""
        return (FILES[self.settings.task],) if self.settings.task in FILES else ()


def as_signs(numbers: Int64[Tensor, " L"], signs: tuple[str, ...]) -> tuple[str, ...]:
    """The signs of a sequence without its padding."""
    return tuple(signs[number] for number in numbers.tolist() if number != PAD)


def said_signs(numbers: list[int], signs: tuple[str, ...]) -> tuple[str, ...]:
    """The signs that were written, up to the end sign; a network may well say the sign for nothing before it."""
    end = numbers.index(END) + 1 if END in numbers else len(numbers)
    return tuple(signs[number] for number in numbers[:end])


def guess_loss(task: PairTask) -> float:
    """Loss on the test of knowing only how often each sign comes."""
    known, asked = (part.targets[:, 1:].flatten() for part in (task.train, task.test))
    counts = known[known != PAD].bincount(minlength=len(task.target_signs)).float() + 1
    chances = (counts / counts.sum()).log()
    loss = -chances[asked[asked != PAD]].mean().item()
    assert math.isfinite(loss)
    return loss


EXPERIMENT: Final = TransformerExperiment
SETTINGS: Final = TransformerSettings
