"""The experiment behind the page `encoder`: a network that fills gaps, tells classes, or does one after the other."""

import math
from collections.abc import Mapping
from typing import Any, Final

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torch.nn import functional as F

from data.dataset import seeded
from data.labelled import FILES, Labelled
from experiments.encoder_data import make_corpus
from experiments.encoder_inside import Inside
from experiments.encoder_settings import FILL, FROZEN, PRETRAINED, WITH_CLASSES, WITH_GAPS, EncoderSettings
from models.encoder import MASK, UNKNOWN, MaskedLanguageModel, SimpleTransformerEncoder, corrupted
from training.device import choose_device
from training.experiment import Network
from training.findings import slower
from training.optimizers import make_optimizer, rate_at, update_optimizer

JUDGED_SYMBOLS: Final = 3200  # of the test that are judged for the curves, where all of them count
JUDGED_SHARE: Final = 0.15  # of them hidden, always the same ones


class EncoderExperiment(Inside):
    """An encoder that learns to fill gaps, to tell classes, or first one and then the other."""

    def __init__(self, settings: EncoderSettings, own: Labelled | None = None, tokenizer: str = "") -> None:
        """Makes examples, network and optimiser.

        Args:
            settings: what to build.
            own: the visitor's own labelled texts, for `own table`.
            tokenizer: one that the visitor has trained, as JSON, for `own BPE`.

        Raises:
            SettingsError: if the settings do not fit together.
            DataError: if too little is left of the texts.
        """
        self.settings = settings
        self.device = choose_device(settings.device, is_small=True)
        self._own, self._tokenizer = own, tokenizer
        self.corpus = make_corpus(settings, own, tokenizer)
        self._ids = self.corpus.ids.to(self.device)
        self._is_token = self.corpus.is_token.to(self.device)
        self._can_be_asked = self.corpus.can_be_asked.to(self.device)
        self._labels = self.corpus.labels.to(self.device)
        self.model = self.make_network().to(self.device)
        self.filler = MaskedLanguageModel(self.model).to(self.device) if settings.task in WITH_GAPS else None
        self._weights: list[Tensor] = list((self.filler or self.model).parameters())
        self.optimizer = make_optimizer(self._weights, settings)
        self.num_steps = 0
        self._begin_epoch(0)

    def make_network(self) -> SimpleTransformerEncoder:
        """The network that the settings ask for, with fresh weights."""
        settings = self.settings
        return SimpleTransformerEncoder(
            len(self.corpus.vocabulary),
            settings.d_model,
            settings.nhead,
            settings.num_layers,
            settings.dim_feedforward,
            settings.max_len,
            0 if settings.task == FILL else len(self.corpus.class_names),
            settings.dropout,
            pooling=settings.pooling,
            sees_right=settings.sees == "both sides",
        )

    # ---- learning ----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One optimiser update on the next batch."""
        rows = self.next_rows()
        loss = self.gap_loss(rows) if self.is_filling else self.class_loss(rows)
        for weight in self._weights:  # what zero_grad does, without its bookkeeping
            weight.grad = None
        loss.backward()
        if self.settings.schedule != "constant":
            update_optimizer(self.optimizer, self.settings, self.num_steps)
        self.optimizer.step()
        self.num_steps += 1
        if self.settings.task in PRETRAINED and self.num_steps == self.settings.pretrain_steps:
            self.optimizer = make_optimizer(self._weights, self.settings)  # another loss, other past gradients
            self._begin_epoch(0)

    @property
    def is_filling(self) -> bool:
        """Whether the next step fills gaps; otherwise it tells classes."""
        if self.settings.task == FILL:
            return True
        return self.settings.task in PRETRAINED and self.num_steps < self.settings.pretrain_steps

    def gap_loss(self, rows: Int64[Tensor, " B"]) -> Float[Tensor, ""]:
        """How surprised the network is by what was hidden, in nats; nothing else counts."""
        assert self.filler is not None
        x, settings = self._ids[rows], self.settings
        is_asked = self._can_be_asked[rows] & (torch.rand(x.shape, device=self.device) < settings.mask_share)
        others = torch.randint(UNKNOWN + 1, len(self.corpus.vocabulary), x.shape, device=self.device)
        dice = torch.rand(x.shape, device=self.device)
        shares = {"random_share": settings.random_share, "kept_share": settings.kept_share}
        hidden = corrupted(x, is_asked, dice, others, **shares)
        logits = self.filler(hidden, self.seen(rows), is_asked)  # (n, V)
        return F.cross_entropy(logits, x[is_asked], reduction="sum") / is_asked.sum().clamp(min=1)

    def class_loss(self, rows: Int64[Tensor, " B"]) -> Float[Tensor, ""]:
        """How surprised the network is by the classes, in nats."""
        x, is_token = self._ids[rows], self.seen(rows)
        if self.settings.task != FROZEN:
            return F.cross_entropy(self.model(x, is_token), self._labels[rows])
        assert self.model.fc is not None
        with torch.no_grad():
            sentences = self.model.pool(self.model.encode(x, is_token), is_token)  # (B, D)
        return F.cross_entropy(self.model.fc(sentences), self._labels[rows])

    def seen(self, rows: Int64[Tensor, " B"] | slice) -> Bool[Tensor, "B T"] | None:
        """What may be looked at of some examples; None if padding counts, too."""
        return self._is_token[rows] if self.settings.uses_mask else None

    def next_rows(self) -> Int64[Tensor, " B"]:
        """The next examples of the epoch; the last batch may be smaller. A new epoch is shuffled anew."""
        rows = self._order[self._cursor : self._cursor + self._batch_size]
        self._cursor += self._batch_size
        if self._cursor >= self._num_learnt:
            self._begin_epoch(self._num_epochs + 1)
        return rows

    def _begin_epoch(self, number: int) -> None:
        self._cursor, self._num_epochs = 0, number
        self._order = torch.randperm(self._num_learnt).to(self.device)

    @property
    def _num_learnt(self) -> int:
        """How many examples the present task may learn from."""
        num_train = self.corpus.num_train
        return num_train if self.is_filling else min(num_train, self.settings.num_labels)

    @property
    def _batch_size(self) -> int:
        return min(self.settings.batch_size, self._num_learnt)

    @property
    def steps_per_epoch(self) -> int:
        """Batches in one pass over the examples of the present task."""
        return -(-self._num_learnt // self._batch_size)

    @property
    def steps_left_in_epoch(self) -> int:
        """Batches until the next pass begins."""
        return -(-(self._num_learnt - self._cursor) // self._batch_size)

    @property
    def epoch(self) -> float:
        """Passes over the examples of the present task so far."""
        return self._num_epochs + self._cursor / self._num_learnt

    @property
    def record_every(self) -> int:
        """Every 20 steps, however long an epoch is."""
        return 20

    # ---- the engine's other questions --------------------------------------------------------------------------

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Loss and accuracy on some training and test examples; of both tasks if there are two of them."""
        numbers: dict[str, float] = {}
        self.model.eval()
        for prefix, part in (("", self.judged_train), ("test_", self.judged_test)):
            if self.settings.task in WITH_CLASSES:
                logits, labels = self.model(self._ids[part], self.seen(part)), self._labels[part]
                numbers[f"{prefix}loss"] = F.cross_entropy(logits, labels).item()
                numbers[f"{prefix}accuracy"] = (logits.argmax(1) == labels).float().mean().item()
            if self.settings.task == FILL:
                numbers[f"{prefix}loss"], numbers[f"{prefix}accuracy"] = self.gap_scores(part)
        if self.settings.task in PRETRAINED:
            numbers["gap_loss"], _ = self.gap_scores(self.judged_test)
        if self.settings.task in WITH_CLASSES:
            numbers |= self.measured()
        self.model.train()
        numbers["learning_rate"] = rate_at(self.num_steps, self.settings)
        return numbers

    def gap_scores(self, part: slice) -> tuple[float, float]:
        """Loss and accuracy on gaps that are always the same, all of them with [MASK]."""
        assert self.filler is not None
        x = self._ids[part]
        dice = torch.rand(x.shape, generator=seeded(part.start)).to(self.device)
        is_asked = self._can_be_asked[part] & (dice < JUDGED_SHARE)
        if not bool(is_asked.any()):
            return math.nan, math.nan
        logits, right = self.filler(x.masked_fill(is_asked, MASK), self.seen(part), is_asked), x[is_asked]
        return F.cross_entropy(logits, right).item(), (logits.argmax(1) == right).float().mean().item()

    @property
    def judged_train(self) -> slice:
        """The training examples that the curves are measured on: first those whose label is seen."""
        share = 1 if self.settings.task == FILL else 2
        return slice(0, min(self._num_judged // share, self.corpus.num_train))

    @property
    def judged_test(self) -> slice:
        """The test examples that the curves are measured on."""
        n = self.corpus.num_train
        return slice(n, min(n + self._num_judged, len(self._labels)))

    @property
    def _num_judged(self) -> int:
        return (2 if self.settings.task == FILL else 1) * JUDGED_SYMBOLS // self.settings.max_len

    def apply(self, settings: EncoderSettings) -> None:
        """Takes over live settings: rate, decay, schedule, dropout, batch size, shares of gaps, the sentence."""
        self.settings = settings
        update_optimizer(self.optimizer, settings, self.num_steps)
        self.model.set_dropout(settings.dropout)

    def advice(self, value: float) -> str:
        """What to try when the loss has exploded."""
        return slower(self.settings)

    def state_dict(self) -> dict[str, Any]:
        """Weights, optimiser, and the place in the epoch."""
        return {
            "weights": [weight.detach() for weight in self._weights],
            "optimizer": self.optimizer.state_dict(),
            "order": self._order,
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
        order = state["order"]
        if len(order) != self._num_learnt or not 0 <= order.min() <= order.max() < self._num_learnt:
            raise IndexError("the order names an example that is not there")
        if not 0 <= self._cursor < self._num_learnt:
            raise IndexError("the place in the epoch is beyond its end")
        self._order = order
        update_optimizer(self.optimizer, self.settings, self.num_steps)

    def parameters(self) -> list[Tensor]:
        """Weights and biases, first layer to last."""
        return list(self._weights)

    def networks(self) -> dict[str, Network]:
        """The network with each of its heads, and the first training examples."""
        rows = slice(0, self._batch_size)
        inputs = (self._ids[rows], self._is_token[rows])[: 1 + self.settings.uses_mask]
        axes = ("B T", "B T")[: len(inputs)]
        found: dict[str, Network] = {}
        if self.settings.task in WITH_CLASSES:
            found["classes"] = Network(self.model, inputs, axes)
        if self.filler is not None:
            found["gaps"] = Network(self.filler, inputs, axes)
        return found

    @property
    def material(self) -> dict[str, Any]:
        """What the experiment was built from besides its settings, by the names of the arguments."""
        found: dict[str, Any] = {} if self._own is None else {"own": self._own}
        return {**found, "tokenizer": self._tokenizer} if self._tokenizer else found

    @property
    def data_files(self) -> tuple[str, ...]:
        """The files of `data/files` that a program taken home needs beside it."""
        return (FILES[self.settings.data],) if self.settings.data in FILES else ()


EXPERIMENT: Final = EncoderExperiment
SETTINGS: Final = EncoderSettings
