"""The experiment behind the page `pretrained`: three students learn the same few pictures, two of them with a start."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F

from data.images import FILES, ImageSet
from experiments.pretrained_data import inputs, make_pictures
from experiments.pretrained_inside import Inside
from experiments.pretrained_settings import DRAWINGS, PHOTOS, PretrainedSettings
from experiments.pretrained_students import FILE, Frozen, body_of, fresh, pretrained, with_head
from training.device import choose_device
from training.experiment import Network
from training.findings import slower
from training.optimizers import make_optimizer, rate_at, update_optimizer

AT_ONCE: Final = 100  # pictures whose features are worked out together
MOST_PHOTOS: Final = 4  # in a batch of EfficientNet-Lite0, whose step would take too long otherwise


class PretrainedExperiment(Inside):
    """A head on features that stay, a pretrained network that goes on learning, and one that knows nothing yet."""

    def __init__(self, settings: PretrainedSettings, own: ImageSet | None = None) -> None:
        """Makes pictures, students and optimisers.

        Args:
            settings: what to build.
            own: the visitor's own pictures, for `own images`.

        Raises:
            SettingsError: if the visitor's own are wanted and there are none.
            DataError: if the pictures cannot be read, or the pretrained network is not installed.
        """
        self.settings = settings
        self.device = choose_device(settings.device, is_small=True)
        self._own = own
        self.source = deepcopy(pretrained(settings.start)).to(self.device)
        self.pictures = make_pictures(settings, own)
        self.x = self.pictures.x.to(self.device)
        self.y = self.pictures.y.to(self.device)
        fc = nn.Linear(self.source.fc.in_features, self.pictures.num_classes).to(self.device)
        self.frozen = Frozen(self.source, fc)
        self.tuned: Any = with_head(self.source, fc)
        self.scratch: Any = fresh(settings.start, fc).to(self.device)
        self.features = self.features_of_all()
        self.body: list[Tensor] = list(body_of(self.tuned).values())
        self.quick: list[Tensor] = [*fc.parameters(), *self.tuned.fc.parameters(), *self.scratch.parameters()]
        self.optimizer = make_optimizer(self.quick, settings)
        self.body_optimizer = make_optimizer(self.body, settings)
        self.num_steps = 0
        self._set_rates()
        self._begin_epoch(0)

    @torch.no_grad()
    def features_of_all(self) -> Float[Tensor, "N D"]:
        """The pretrained features of all pictures: they never change, so once is enough."""
        return torch.cat([self.source.features(inputs(part)) for part in self.x.split(AT_ONCE)])

    # ---- learning ----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One optimiser update of each student on the next batch."""
        rows = self.next_rows()
        x, y = inputs(self.x[rows]), self.y[rows]
        loss = F.cross_entropy(self.frozen.fc(self.features[rows]), y)
        loss = loss + F.cross_entropy(self.tuned(x), y) + F.cross_entropy(self.scratch(x), y)  # they share no weight
        for weight in (*self.quick, *self.body):  # what zero_grad does, without its bookkeeping
            weight.grad = None
        loss.backward()
        if self.settings.schedule != "constant":
            self._set_rates()
        self.optimizer.step()
        self.body_optimizer.step()
        self.num_steps += 1

    def _set_rates(self) -> None:
        """Puts the constants in force into both optimisers, and the batch statistics to work or to rest."""
        self.tuned.train(self.settings.follows_statistics)
        update_optimizer(self.optimizer, self.settings, self.num_steps)
        update_optimizer(self.body_optimizer, self.settings, self.num_steps)
        for group in self.body_optimizer.param_groups:
            group["lr"] *= self.settings.body_share

    def next_rows(self) -> Int64[Tensor, " B"]:
        """The next pictures of the epoch; the last batch may be smaller. A new epoch is shuffled anew."""
        rows = self._order[self._cursor : self._cursor + self._batch_size]
        self._cursor += self._batch_size
        if self._cursor >= self.pictures.num_train:
            self._begin_epoch(self._num_epochs + 1)
        return rows

    def _begin_epoch(self, number: int) -> None:
        self._cursor, self._num_epochs = 0, number
        self._order = torch.randperm(self.pictures.num_train).to(self.device)

    @property
    def _batch_size(self) -> int:
        most = MOST_PHOTOS if self.settings.start == PHOTOS else self.settings.batch_size
        return min(self.settings.batch_size, most, self.pictures.num_train)

    @property
    def steps_per_epoch(self) -> int:
        """Batches in one pass over the training pictures."""
        return -(-self.pictures.num_train // self._batch_size)

    @property
    def steps_left_in_epoch(self) -> int:
        """Batches until the next pass begins."""
        return -(-(self.pictures.num_train - self._cursor) // self._batch_size)

    @property
    def epoch(self) -> float:
        """Passes over the training pictures so far."""
        return self._num_epochs + self._cursor / self.pictures.num_train

    @property
    def record_every(self) -> int:
        """Measuring costs as much as some steps do."""
        return 20 if self.settings.start == PHOTOS else 10

    # ---- the engine's other questions --------------------------------------------------------------------------

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Loss and accuracy of the fine-tuned student, and what the other two reach; the rate in force."""
        n = self.pictures.num_train
        few = self.judged_train
        numbers: dict[str, float] = {}
        for name, student in (("", self.tuned), ("frozen_", self.frozen), ("scratch_", self.scratch)):
            train, test = self.logits(student, few), self.logits(student, slice(n, len(self.y)))
            numbers[f"{name}loss"] = F.cross_entropy(train, self.y[few]).item()
            numbers[f"{name}test_loss"] = F.cross_entropy(test, self.y[n:]).item()
            numbers[f"{name}test_accuracy"] = (test.argmax(1) == self.y[n:]).float().mean().item()
        numbers["learning_rate"] = rate_at(self.num_steps, self.settings)
        return numbers

    def apply(self, settings: PretrainedSettings) -> None:
        """Takes over live settings: rates, decay, schedule, batch size, statistics, the picture looked at."""
        self.settings = settings
        self._set_rates()

    def advice(self, value: float) -> str:
        """What to try when the loss has exploded."""
        return slower(self.settings)

    def state_dict(self) -> dict[str, Any]:
        """Weights, batch statistics, optimisers, and the place in the epoch."""
        return {
            "weights": [parameter.detach() for parameter in self.parameters()],
            "statistics": self._statistics(),
            "optimizer": self.optimizer.state_dict(),
            "body_optimizer": self.body_optimizer.state_dict(),
            "order": self._order,
            "place": [self.num_steps, self._cursor, self._num_epochs],
        }

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Puts back what `state_dict` gave."""
        for parameter, saved in zip(self.parameters(), state["weights"], strict=True):
            parameter.copy_(saved)
        for buffer, saved in zip(self._statistics(), state["statistics"], strict=True):
            buffer.copy_(saved)
        for optimizer, name in ((self.optimizer, "optimizer"), (self.body_optimizer, "body_optimizer")):
            optimizer.load_state_dict(state[name])
            optimizer.zero_grad()  # the gradients belong to another step
        self.num_steps, self._cursor, self._num_epochs = state["place"]
        if not 0 <= state["order"].min() <= state["order"].max() < self.pictures.num_train:
            raise IndexError("the order names a picture that is not there")
        self._order = state["order"]
        self._set_rates()

    def _statistics(self) -> list[Tensor]:
        return [*self.tuned.buffers(), *self.scratch.buffers()]

    def parameters(self) -> list[Tensor]:
        """Weights and biases that learn: the frozen student's head, the fine-tuned student, the third."""
        return [*self.frozen.parameters(), *self.tuned.parameters(), *self.scratch.parameters()]

    def networks(self) -> dict[str, Network]:
        """The three students, with the first training pictures."""
        x = inputs(self.x[: self._batch_size])
        students = {"frozen": self.frozen, "fine-tuned": self.tuned, "from scratch": self.scratch}
        return {name: Network(student, (x,)) for name, student in students.items()}

    @property
    def material(self) -> dict[str, Any]:
        """What the experiment was built from besides its settings, by the names of the arguments."""
        return {} if self._own is None else {"own": self._own}

    @property
    def data_files(self) -> tuple[str, ...]:
        """The files of `data/files` that a program taken home needs beside it."""
        pictures = (FILES[self.settings.data],) if self.settings.data in FILES else ()
        return (*pictures, FILE) if self.settings.start == DRAWINGS else pictures


EXPERIMENT: Final = PretrainedExperiment
SETTINGS: Final = PretrainedSettings
