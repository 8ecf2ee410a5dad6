"""The experiment behind the page `cnn`: a network that learns to tell pictures apart."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

from data.images import FILES, ImageSet
from experiments.cnn_data import as_input, make_pictures
from experiments.cnn_inside import Inside, Picture
from experiments.cnn_network import drawn_layers, make_network, set_dropout, still
from experiments.cnn_observation import CNNObservation, spread_over_classes
from experiments.cnn_settings import CNNSettings
from training.arrays import array
from training.device import choose_device
from training.experiment import Network
from training.findings import slower
from training.optimizers import make_optimizer, rate_at, update_optimizer

NUM_SHOWN: Final = 10
JUDGED: Final = ((32, 400), (64, 200), (128, 100))  # up to this side, so many pictures are judged for the curves


class CNNExperiment(Inside):
    """A network that learns the classes of pictures, step by step."""

    def __init__(self, settings: CNNSettings, own: ImageSet | None = None) -> None:
        """Makes pictures, network and optimiser.

        Args:
            settings: what to build.
            own: the visitor's own pictures, for `own images`.

        Raises:
            SettingsError: if the settings do not fit together.
            DataError: if the pictures cannot be read.
        """
        self.settings = settings
        self.device = choose_device(settings.device, is_small=True)
        self._own = own
        self.pictures = make_pictures(settings, own)
        self._x = self.pictures.x.to(self.device, memory_format=torch.channels_last)  # as `as_input` reads them fastest
        self._y = self.pictures.y.to(self.device)
        self.model = make_network(settings, self.pictures).to(self.device)
        self._weights: list[Tensor] = list(self.model.parameters())
        self.first_filters = self._weights[0].detach().clone()
        self.optimizer = make_optimizer(self._weights, settings)
        self.num_steps = 0
        self._cursor = 0
        self._num_epochs = 0
        self._order = torch.randperm(self.pictures.num_train).to(self.device)

    # ---- learning ----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One optimiser update on the next batch."""
        x, y = self.next_batch()
        loss = F.cross_entropy(self.model(x), y)
        for weight in self._weights:  # what zero_grad does, without its bookkeeping
            weight.grad = None
        loss.backward()
        if self.settings.schedule != "constant":
            update_optimizer(self.optimizer, self.settings, self.num_steps)
        self.optimizer.step()
        self.num_steps += 1

    def next_batch(self) -> tuple[Float[Tensor, "B C S S"], Int64[Tensor, " B"]]:
        """The next pictures of the epoch; the last batch may be smaller. A new epoch is shuffled anew."""
        chosen = self._order[self._cursor : self._cursor + self._batch_size]
        self._cursor += self._batch_size
        if self._cursor >= self.pictures.num_train:
            self._cursor = 0
            self._num_epochs += 1
            self._order = torch.randperm(self.pictures.num_train).to(self.device)
        return as_input(self._x[chosen]), self._y[chosen]

    @property
    def _batch_size(self) -> int:
        return min(self.settings.batch_size, self.pictures.num_train)

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
        """Once an epoch, but neither more often than every 10 steps nor less often than every 50."""
        return max(10, min(self.steps_per_epoch, 50))

    # ---- the engine's other questions --------------------------------------------------------------------------

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Loss and accuracy on the first training and the first test pictures, and the rate in force."""
        numbers: dict[str, float] = {}
        for prefix, part in (("", self._judged_train), ("test_", self._judged_test)):
            outputs, y = self.outputs(part), self._y[part]
            numbers[f"{prefix}loss"] = F.cross_entropy(outputs, y).item()
            numbers[f"{prefix}accuracy"] = (outputs.argmax(1) == y).float().mean().item()
        numbers["learning_rate"] = rate_at(self.num_steps, self.settings)
        return numbers

    def outputs(self, part: slice | Tensor) -> Float[Tensor, "N K"]:
        """Logits of some of the pictures, without dropout and with the batch statistics learnt."""
        with still(self.model):
            return self.model(as_input(self._x[part]))

    @property
    def _judged_train(self) -> slice:
        return slice(0, min(self._num_judged, self.pictures.num_train))

    @property
    def _judged_test(self) -> slice:
        n = self.pictures.num_train
        return slice(n, min(n + self._num_judged, len(self._y)))

    @property
    def _num_judged(self) -> int:
        return next(count for side, count in JUDGED if self.settings.image_size <= side)

    def apply(self, settings: CNNSettings) -> None:
        """Takes over live settings: rate, decay, schedule, dropout, batch size, the picture looked at."""
        self.settings = settings
        update_optimizer(self.optimizer, settings, self.num_steps)
        set_dropout(self.model, settings.dropout)

    def advice(self, value: float) -> str:
        """What to try when the loss has exploded."""
        return slower(self.settings)

    def state_dict(self) -> dict[str, Any]:
        """Weights, batch statistics, optimiser, and the place in the epoch."""
        return {
            "weights": [parameter.detach() for parameter in self._weights],
            "statistics": list(self.model.buffers()),
            "optimizer": self.optimizer.state_dict(),
            "order": self._order,
            "place": [self.num_steps, self._cursor, self._num_epochs],
        }

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Puts back what `state_dict` gave."""
        for parameter, saved in zip(self._weights, state["weights"], strict=True):
            parameter.copy_(saved)
        for buffer, saved in zip(self.model.buffers(), state["statistics"], strict=True):
            buffer.copy_(saved)
        self.optimizer.load_state_dict(state["optimizer"])
        self.optimizer.zero_grad()  # the gradients belong to another step
        self.num_steps, self._cursor, self._num_epochs = state["place"]
        if not 0 <= state["order"].min() <= state["order"].max() < self.pictures.num_train:
            raise IndexError("the order names a picture that is not there")
        self._order = state["order"]
        update_optimizer(self.optimizer, self.settings, self.num_steps)

    def parameters(self) -> list[Tensor]:
        """Weights and biases, first layer to last."""
        return list(self._weights)

    def networks(self) -> dict[str, Network]:
        """The one network, with the first training pictures."""
        return {"network": Network(self.model, (as_input(self._x[: self._batch_size]),))}

    @cached_property
    def shown(self) -> list[int]:
        """The places, among the test pictures, of the few that are shown: each class in turn."""
        return spread_over_classes(self._y[self.pictures.num_train :].cpu(), self.pictures.num_classes, NUM_SHOWN)

    @property
    def material(self) -> dict[str, Any]:
        """What the experiment was built from besides its settings, by the names of the arguments."""
        return {} if self._own is None else {"own": self._own}

    @property
    def data_files(self) -> tuple[str, ...]:
        """The files of `data/files` that a program taken home needs beside it."""
        return (FILES[self.settings.data],) if self.settings.data in FILES else ()

    # ---- watching ----------------------------------------------------------------------------------------------

    def observe(self) -> CNNObservation:
        """The picture looked at on its way through the network, and what is said of a few test pictures."""
        return self.look_at(None)

    @torch.no_grad()
    def look_at(self, picture: Picture | None) -> CNNObservation:
        """The same with a visitor's own picture on the way, which has no class; None is the one looked at."""
        n = self.pictures.num_train
        rows = torch.tensor([n + index for index in self.shown], device=self.device)
        pixels = self._pixels(picture)
        with still(self.model):
            x = as_input(torch.cat([pixels[None], self._x[rows]]))
            layers, dead = drawn_layers(self.model, x)
            chances = self.model(x).softmax(1)
        images = self.pictures.images
        return CNNObservation(
            data=self.settings.data,
            architecture=self.settings.architecture,
            class_names=images.class_names,
            picture=array(pixels),
            picture_index=self.picture_row - n,
            picture_class=int(self._y[self.picture_row]) if picture is None else -1,
            chances=array(chances[0]),
            layers=layers,
            shown=array(self._x[rows]),
            shown_indices=array(rows - n),
            shown_classes=array(self._y[rows]),
            shown_chances=array(chances[1:]),
            num_parameters=sum(weight.numel() for weight in self._weights),
            num_train=n,
            num_test=len(self._y) - n,
            num_judged=(self._judged_train.stop, self._judged_test.stop - n),
            dead_share=dead,
            source=images.source,
            report=images.report,
        )


EXPERIMENT: Final = CNNExperiment
SETTINGS: Final = CNNSettings
