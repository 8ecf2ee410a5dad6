"""The experiment behind the page `augmentation`: the same network twice, with and without augmentation."""

from collections.abc import Mapping
from typing import Any, Final

import torch
from jaxtyping import Float, Int64, UInt8
from torch import Generator, Tensor
from torch.nn import functional as F

from data.dataset import seeded
from data.images import FILES, ImageSet, load_images
from experiments.augmentation_inside import Inside
from experiments.augmentation_observation import AugmentationObservation
from experiments.augmentation_settings import OWN, AugmentationSettings
from experiments.cnn_data import scaled
from experiments.cnn_observation import spread_over_classes
from models.augmentation import Augment, mixed
from models.cnn import SimpleCNN
from training.arrays import array
from training.device import choose_device
from training.experiment import Network
from training.findings import slower
from training.optimizers import make_optimizer, rate_at, update_optimizer
from training.settings import SettingsError

HIDDEN: Final = 64  # units of the fully connected layer
NUM_SHOWN: Final = 8  # altered test pictures
NUM_OF_BATCH: Final = 16  # pictures of the batch that are shown
NUM_JUDGED: Final = 160  # test pictures that the curves are measured on, and half as many training pictures
APART: Final = 1_000_003  # a prime, so that no two pairs of seed and step share their random numbers


class AugmentationExperiment(Inside):
    """Two networks that start alike and get the same batches; the pictures of one are changed before each step."""

    def __init__(self, settings: AugmentationSettings, own: ImageSet | None = None) -> None:
        """Makes pictures, networks and optimiser.

        Args:
            settings: what to build.
            own: the visitor's own pictures, for `own images`.

        Raises:
            SettingsError: if the visitor's own are wanted and there are none.
            DataError: if the pictures cannot be read.
        """
        self.settings = settings
        self.device = choose_device(settings.device, is_small=True)
        self._own = own
        if settings.data == OWN and own is None:
            raise SettingsError("There are no pictures of your own yet: bring some of at least two classes.")
        self.images = load_images(settings.data) if own is None or settings.data != OWN else own
        self.num_train = min(settings.num_train, self.images.num_train)
        kept = torch.cat([torch.arange(self.num_train), torch.arange(self.images.num_train, len(self.images.y))])
        self._x = scaled(self.images.x[kept], settings.image_size).to(self.device)
        self._y = self.images.y[kept].to(self.device)
        self.model, self.plain = self._network(), self._network()
        self.plain.load_state_dict(self.model.state_dict())
        self._weights = [*self.model.parameters(), *self.plain.parameters()]
        self.optimizer = make_optimizer(self._weights, settings)
        self.num_steps = 0
        self._cursor = 0
        self._num_epochs = 0
        self._order = torch.randperm(self.num_train).to(self.device)
        self.last_batch = self._order[: self._batch_size]
        self.augment = make_augment(settings)
        self.altered = self.alter()

    def _network(self) -> SimpleCNN:
        model: Any = SimpleCNN(
            len(self.images.class_names),
            image_size=self.settings.image_size,
            in_channels=self._x.shape[1],
            channels=(self.settings.width, 2 * self.settings.width),
            hidden_dim=HIDDEN,
        )
        model.to(self.device)
        return model

    # ---- learning ----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One optimiser update of both networks on the same pictures, which are changed for the one."""
        self.last_batch = self._next_batch()
        y = self._y[self.last_batch]
        x, targets = self.augmented(self.last_batch, self.num_steps)
        loss = F.cross_entropy(self.model(x), targets)
        plain_loss = F.cross_entropy(self.plain(as_input(self._x[self.last_batch])), y)
        for weight in self._weights:  # what zero_grad does, without its bookkeeping
            weight.grad = None
        (loss + plain_loss).backward()  # the networks share no weight, so each gets the gradient of its own loss
        if self.settings.schedule != "constant":
            update_optimizer(self.optimizer, self.settings, self.num_steps)
        self.optimizer.step()
        self.num_steps += 1

    def augmented(self, rows: Int64[Tensor, " B"], step: int) -> tuple[Float[Tensor, "B C S S"], Float[Tensor, "B K"]]:
        """A batch as it is changed in step number `step` (from 0), and what it then counts as.

        The random numbers belong to the step, so that the same batch can be made again to be looked at.
        """
        generator = self._numbers_of(step)
        x = self.augment(unit(self._x[rows]), generator)
        targets = F.one_hot(self._y[rows], len(self.images.class_names)).float()
        if self.settings.mixing != "none":
            x, targets = mixed(x, targets, self.settings.mixing, generator)
        return x.contiguous(memory_format=torch.channels_last), targets

    def _numbers_of(self, step: int) -> Generator:
        return seeded(self.settings.seed * APART + step)

    def _next_batch(self) -> Int64[Tensor, " B"]:
        """The next pictures of the epoch; the last batch may be smaller. A new epoch is shuffled anew."""
        chosen = self._order[self._cursor : self._cursor + self._batch_size]
        self._cursor += self._batch_size
        if self._cursor >= self.num_train:
            self._cursor = 0
            self._num_epochs += 1
            self._order = torch.randperm(self.num_train).to(self.device)
        return chosen

    @property
    def _batch_size(self) -> int:
        return min(self.settings.batch_size, self.num_train)

    @property
    def steps_per_epoch(self) -> int:
        """Batches in one pass over the training pictures."""
        return -(-self.num_train // self._batch_size)

    @property
    def steps_left_in_epoch(self) -> int:
        """Batches until the next pass begins."""
        return -(-(self.num_train - self._cursor) // self._batch_size)

    @property
    def epoch(self) -> float:
        """Passes over the training pictures so far."""
        return self._num_epochs + self._cursor / self.num_train

    @property
    def record_every(self) -> int:
        """Every 20 steps: an epoch may be a few steps long, or hundreds."""
        return 20

    # ---- the engine's other questions --------------------------------------------------------------------------

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Loss and accuracy of both networks on training, test and altered test pictures, and the rate in force.

        `plain` is the network without augmentation; nothing is changed in the training pictures to measure them.
        """
        n, numbers = self.num_train, {}
        few = min(n, NUM_JUDGED // 2)
        train = as_input(self._x[:few]), self._y[:few]
        y = self._y[n : n + NUM_JUDGED]
        test, altered = (as_input(self._x[n : n + NUM_JUDGED]), y), (normalised(self.altered[:NUM_JUDGED]), y)
        for prefix, model in (("", self.model), ("plain_", self.plain)):
            numbers[f"{prefix}loss"], numbers[f"{prefix}accuracy"] = judged(model, *train)
            numbers[f"test_{prefix}loss"], numbers[f"test_{prefix}accuracy"] = judged(model, *test)
            numbers[f"test_altered_{prefix}loss"], numbers[f"test_altered_{prefix}accuracy"] = judged(model, *altered)
        numbers["learning_rate"] = rate_at(self.num_steps, self.settings)
        return numbers

    def alter(self) -> Float[Tensor, "N C S S"]:
        """The test pictures turned, moved and darkened, each by its own amount and always by the same; 0 to 1."""
        settings, generator = self.settings, seeded(self.settings.seed)
        change = Augment(crop=1, flip=0, jitter=0, rotation=settings.altered_rotation, shift=settings.altered_shift)
        x = change.change(unit(self._x[self.num_train :]), generator)
        dark = settings.altered_darkness * torch.rand(len(x), 1, 1, 1, generator=generator)
        return x * (1 - dark.to(self.device))

    def apply(self, settings: AugmentationSettings) -> None:
        """Takes over live settings: rate, decay, schedule, batch size, the changes, the altered test."""
        self.settings = settings
        update_optimizer(self.optimizer, settings, self.num_steps)
        self.augment = make_augment(settings)
        self.altered = self.alter()

    def advice(self, value: float) -> str:
        """What to try when the loss has exploded."""
        return slower(self.settings)

    def state_dict(self) -> dict[str, Any]:
        """Weights, optimiser, and the place in the epoch."""
        return {
            "weights": [parameter.detach() for parameter in self._weights],
            "optimizer": self.optimizer.state_dict(),
            "order": self._order,
            "last_batch": self.last_batch,
            "place": [self.num_steps, self._cursor, self._num_epochs],
        }

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Puts back what `state_dict` gave."""
        for parameter, saved in zip(self._weights, state["weights"], strict=True):
            parameter.copy_(saved)
        self.optimizer.load_state_dict(state["optimizer"])
        self.optimizer.zero_grad()  # the gradients belong to another step
        self.num_steps, self._cursor, self._num_epochs = state["place"]
        if not 0 <= state["order"].min() <= state["order"].max() < self.num_train:
            raise IndexError("the order names a picture that is not there")
        self._order, self.last_batch = state["order"], state["last_batch"]
        update_optimizer(self.optimizer, self.settings, self.num_steps)

    def parameters(self) -> list[Tensor]:
        """Weights and biases of the network with augmentation, then of the other."""
        return list(self._weights)

    def networks(self) -> dict[str, Network]:
        """Both networks, with the last batch as each of them got it."""
        x = self.augmented(self.last_batch, max(self.num_steps - 1, 0))[0]
        return {
            "with augmentation": Network(self.model, (x,)),
            "without": Network(self.plain, (as_input(self._x[self.last_batch]),)),
        }

    @property
    def material(self) -> dict[str, Any]:
        """What the experiment was built from besides its settings, by the names of the arguments."""
        return {} if self._own is None else {"own": self._own}

    @property
    def data_files(self) -> tuple[str, ...]:
        """The files of `data/files` that a program taken home needs beside it."""
        return (FILES[self.settings.data],) if self.settings.data in FILES else ()

    # ---- watching ----------------------------------------------------------------------------------------------

    @torch.no_grad()
    def observe(self) -> AugmentationObservation:
        """The last batch before and after, and what both networks say of a few altered test pictures."""
        rows = self.last_batch[:NUM_OF_BATCH]
        after = self.augmented(self.last_batch, max(self.num_steps - 1, 0))[0][:NUM_OF_BATCH]
        y = self._y[self.num_train :]
        shown = spread_over_classes(y.cpu(), len(self.images.class_names), NUM_SHOWN)
        altered = self.altered[shown]
        return AugmentationObservation(
            data=self.settings.data,
            class_names=self.images.class_names,
            before=array(self._x[rows]),
            after=array((after * 0.5 + 0.5).clamp(0, 1).contiguous()),
            batch_classes=array(self._y[rows]),
            test=array(self._x[self.num_train :][shown]),
            altered=array(altered),
            altered_classes=array(y[shown]),
            chances=array(self.model(normalised(altered)).softmax(1)),
            plain_chances=array(self.plain(normalised(altered)).softmax(1)),
            num_train=self.num_train,
            num_test=len(self._y) - self.num_train,
            num_judged=(min(self.num_train, NUM_JUDGED // 2), min(len(self._y) - self.num_train, NUM_JUDGED)),
            num_parameters=sum(weight.numel() for weight in self.model.parameters()),
            source=self.images.source,
            report=self.images.report,
        )


def make_augment(settings: AugmentationSettings) -> Augment:
    """The changes that the settings ask for."""
    return Augment(
        crop=settings.crop,
        flip=settings.flip,
        rotation=settings.rotation,
        shift=settings.shift,
        perspective=settings.perspective,
        jitter=settings.jitter,
        blur=settings.blur,
        noise=settings.noise,
        erasing=settings.erasing,
    )


def judged(model: SimpleCNN, x: Float[Tensor, "N C S S"], y: Int64[Tensor, " N"]) -> tuple[float, float]:
    """Cross-entropy and share of right answers; NaN where there is nothing to judge."""
    outputs = model(x)
    return F.cross_entropy(outputs, y).item(), (outputs.argmax(1) == y).float().mean().item()


def unit(x: UInt8[Tensor, "B C S S"]) -> Float[Tensor, "B C S S"]:
    """Bytes as numbers from 0 to 1."""
    return x.float().mul_(1 / 255)


def normalised(x: Float[Tensor, "B C S S"]) -> Float[Tensor, "B C S S"]:
    """Numbers from 0 to 1 as the lecture normalises them; laid out as convolutions are fastest."""
    return ((x - 0.5) / 0.5).contiguous(memory_format=torch.channels_last)


def as_input(x: UInt8[Tensor, "B C S S"]) -> Float[Tensor, "B C S S"]:
    """Bytes as the networks take them."""
    return normalised(unit(x))


EXPERIMENT: Final = AugmentationExperiment
SETTINGS: Final = AugmentationSettings
