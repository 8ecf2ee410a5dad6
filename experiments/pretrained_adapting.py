"""Ways to set a pretrained network to a new task, trained side by side: low rank, in full, or the head alone.

All of them start from the same weights with the same fresh head, which learns at the same rate, and see the same
batches. Batch normalisation keeps the statistics it was pretrained with, so that nothing but weights differs.

Shapes: B batch, N pictures, C channels, S side.
"""

import copy
from collections.abc import Mapping
from typing import Any, Final, Literal

import torch
from jaxtyping import Int64
from torch import Tensor
from torch.nn import functional as F

from data.dataset import seeded
from data.images import ImageSet
from experiments.pretrained_data import inputs, make_pictures
from experiments.pretrained_judging import judge
from experiments.pretrained_settings import PretrainedSettings
from experiments.pretrained_students import body_of, pretrained, with_head
from models.lora import adapted, num_learning
from training.device import choose_device
from training.experiment import Network
from training.optimizers import make_optimizer
from training.race import Entrant
from training.settings import knob

RANKS: Final = (1, 2, 4, 8)
STEPS: Final = (100, 200, 400)  # to choose from
HEAD_RATE: Final = 1e-2
SHARES: Final = {"head only": 0.0, "low rank": 0.1, "in full": 0.03}  # of that rate for the body
NUMBER_BYTES: Final = 4  # float32
RECORD_EVERY: Final = 10
NUM_JUDGED: Final = 60  # training pictures that the loss is measured on
HEAD: Final = "fc"
KEPT: Final = ("data", "num_per_class", "start", "image_size", "batch_size", "seed", "device")  # of the page's settings

Way = Literal["head only", "low rank", "in full"]


class AdaptingSettings(PretrainedSettings):
    """How a pretrained network is set to the pictures of the page."""

    way: Way = knob("low rank", "Way", "Which weights learn; those of the head always do.", group="Training")
    rank: int = knob(4, "Rank", "Of what is learnt in each layer.", group="Training", ge=1, le=64)


class AdaptingObservation:
    """Nothing is drawn of a network while it is adapted."""


class AdaptingExperiment:
    """One way to set a pretrained network to new pictures, step by step."""

    def __init__(self, settings: AdaptingSettings, own: ImageSet | None = None) -> None:
        """Gives the network a fresh head, the same for all ways of one seed, and lets it learn what the way says.

        Args:
            settings: which pictures, which network, which way.
            own: the visitor's own pictures, for `own images`.
        """
        self.settings = settings
        self.device = choose_device("cpu", is_small=True)
        self.pictures = make_pictures(settings, own)
        self.x, self.y = inputs(self.pictures.x), self.pictures.y
        source = pretrained(settings.start)
        network = with_head(source, torch.nn.Linear(source.fc.in_features, self.pictures.num_classes))
        if settings.way == "low rank":
            network = adapted(network, settings.rank, whole=(HEAD,))
        elif settings.way == "head only":
            network.requires_grad_(False).fc.requires_grad_(True)
        self.model = network.eval()
        body = [weight for weight in body_of(network).values() if weight.requires_grad]
        self._weights: list[Tensor] = [*body, *network.fc.parameters()]
        self.optimizer = make_optimizer(network.fc.parameters(), settings)
        if body:
            rate = settings.learning_rate * settings.body_share
            self.optimizer.add_param_group({"params": body, "lr": rate})
        self.num_steps = 0

    def step(self) -> None:
        """One update on the next batch; which one it is depends on seed and step alone."""
        rows = self._batch()
        loss = F.cross_entropy(self.model(self.x[rows]), self.y[rows])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.num_steps += 1

    def _batch(self) -> Int64[Tensor, " B"]:
        """A part of the order of this pass, which is shuffled by seed and number."""
        number, place = divmod(self.num_steps, self.steps_per_epoch)
        order = torch.randperm(self.pictures.num_train, generator=seeded(1000 * self.settings.seed + number))
        return order[place * self._size : (place + 1) * self._size]

    def evaluate(self) -> dict[str, float]:
        """Loss on some training pictures, loss and accuracy on the test pictures."""
        n = self.pictures.num_train
        some = slice(0, n, max(1, n // NUM_JUDGED))  # they stand class by class
        seen, new = judge(self.model, self.x[:n][some], self.y[:n][some]), judge(self.model, self.x[n:], self.y[n:])
        return {"loss": seen.loss, "test_loss": new.loss, "test_accuracy": new.accuracy}

    @property
    def num_learning(self) -> int:
        """Weights and biases that learn."""
        return num_learning(self.model)

    # ---- what the engine asks for --------------------------------------------------------------------------------

    @property
    def _size(self) -> int:
        return min(self.settings.batch_size, self.pictures.num_train)

    @property
    def steps_per_epoch(self) -> int:
        """Whole batches in one pass."""
        return self.pictures.num_train // self._size

    @property
    def epoch(self) -> float:
        """Passes so far."""
        return self.num_steps / self.steps_per_epoch

    @property
    def steps_left_in_epoch(self) -> int:
        """Steps until the next pass begins."""
        return self.steps_per_epoch - self.num_steps % self.steps_per_epoch

    @property
    def record_every(self) -> int:
        """Steps between two rows of history."""
        return RECORD_EVERY

    def observe(self) -> AdaptingObservation:
        """Nothing; the history says it all."""
        return AdaptingObservation()

    def apply(self, settings: AdaptingSettings) -> None:
        """Takes over settings; none of them is live."""
        self.settings = settings

    def advice(self, value: float) -> str:
        """What to try when the loss is lost."""
        return "Lower the learning rate."

    def state_dict(self) -> dict[str, Any]:
        """What learns, the optimiser and the place."""
        weights = {name: weight for name, weight in self.model.named_parameters() if weight.requires_grad}
        return {"weights": weights, "optimizer": self.optimizer.state_dict(), "num_steps": self.num_steps}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Puts back what `state_dict` gave."""
        self.model.load_state_dict(state["weights"], strict=False)
        self.optimizer.load_state_dict(copy.deepcopy(state["optimizer"]))
        self.num_steps = state["num_steps"]

    def parameters(self) -> list[Tensor]:
        """The weights and biases that learn."""
        return self._weights

    def networks(self) -> dict[str, Network]:
        """The network, and a batch."""
        return {"adapted": Network(self.model, (self.x[: self._size],))}


def entrants(settings: PretrainedSettings, own: ImageSet | None) -> list[Entrant]:
    """The head alone, every rank, and the whole network.

    Args:
        settings: of the page.
        own: the visitor's own pictures.
    """

    def build(given: AdaptingSettings) -> AdaptingExperiment:
        return AdaptingExperiment(given, own)

    kept = {name: getattr(settings, name) for name in KEPT}
    ways: list[tuple[str, Way, int]] = [
        ("head only", "head only", RANKS[0]),
        *[(f"low rank, r = {rank}", "low rank", rank) for rank in RANKS],
        ("in full", "in full", RANKS[0]),
    ]
    return [
        Entrant(
            label, build, AdaptingSettings(**kept, way=way, rank=rank, learning_rate=HEAD_RATE, body_share=SHARES[way])
        )
        for label, way, rank in ways
    ]
