"""What is read from the three students of the page `pretrained`: for its pictures and its tabs. Nothing moves the run.

Shapes: N pictures, C channels, S side of a picture, K classes.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float, Int, Int64
from torch import Tensor

from experiments.cnn_network import still
from experiments.cnn_observation import spread_over_classes
from experiments.pretrained_data import Pictures, inputs
from experiments.pretrained_observation import PretrainedObservation
from experiments.pretrained_settings import PHOTOS, PretrainedSettings
from experiments.pretrained_students import body_of
from training.arrays import array

NUM_SHOWN: Final = 8
NUM_TRAIN_JUDGED: Final = 60  # training pictures that the curves are measured on
FEWER_JUDGED: Final = 20  # of them, for the network that takes longer
AT_ONCE: Final = 100


@dataclass(frozen=True, eq=False)
class Scores:
    """How good the students are on the test pictures, in the order frozen, fine-tuned, from scratch.

    Attributes:
        confusion: (3, K, K) counts: true class down, predicted class across.
        accuracy: share that is right.
    """

    confusion: Int[np.ndarray, "3 K K"]
    accuracy: tuple[float, float, float]


@dataclass(frozen=True)
class Movement:
    """How far one layer went.

    Attributes:
        name: of the layer.
        moved: length of the difference between fine-tuned and pretrained weights, over that of the pretrained ones.
        num_weights: how many it has.
    """

    name: str
    moved: float
    num_weights: int


class Inside:
    """What `PretrainedExperiment` answers when it is looked at."""

    settings: PretrainedSettings
    pictures: Pictures
    source: Any
    body: list[Tensor]  # weights of the fine-tuned student, but for its head
    frozen: Any
    tuned: Any
    scratch: Any
    x: Tensor
    y: Tensor
    features: Tensor

    # ---- what the students say ---------------------------------------------------------------------------------

    def logits(self, student: Any, part: slice | Int64[Tensor, " n"]) -> Float[Tensor, "n K"]:
        """Logits of some of the pictures, with the batch statistics learnt."""
        if student is self.frozen:
            return self.frozen.fc(self.features[part])
        with still(student):
            return torch.cat([student(inputs(x)) for x in self.x[part].split(AT_ONCE)])

    @cached_property
    def judged_train(self) -> Int64[Tensor, " n"]:
        """The training pictures that the loss is measured on: each class in turn."""
        n = self.pictures.num_train
        count = FEWER_JUDGED if self.settings.start == PHOTOS else NUM_TRAIN_JUDGED
        return torch.tensor(spread_over_classes(self.y[:n].cpu(), self.pictures.num_classes, count))

    @torch.no_grad()
    def judged(self) -> tuple[Tensor, Tensor]:
        """The test pictures that the curves are measured on, as the networks get them, and their classes."""
        n = self.pictures.num_train
        return inputs(self.x[n:]), self.y[n:]

    # ---- watching ----------------------------------------------------------------------------------------------

    @cached_property
    def shown(self) -> list[int]:
        """The places, among the test pictures, of the few that are shown: each class in turn."""
        n = self.pictures.num_train
        return spread_over_classes(self.y[n:].cpu(), self.pictures.num_classes, NUM_SHOWN)

    @cached_property
    def _map(self) -> tuple[Float[Tensor, "N 2"], float]:
        """The test pictures on the two main directions of their pretrained features, and the share these hold."""
        features = self.features[self.pictures.num_train :].double()
        features = features - features.mean(0)
        u, s, _ = torch.linalg.svd(features, full_matrices=False)
        share = (s[:2].square().sum() / s.square().sum().clamp_min(1e-12)).item()
        return (u[:, :2] * s[:2]).float(), share

    @torch.no_grad()
    def observe(self) -> PretrainedObservation:
        """What the students say of a few test pictures, and the plane of the pretrained features."""
        n = self.pictures.num_train
        rows = torch.tensor([n + index for index in self.shown], device=self.y.device)
        students = (self.frozen, self.tuned, self.scratch)
        chances = torch.stack([self.logits(student, rows).softmax(1) for student in students])
        is_right = self.logits(self.frozen, slice(n, len(self.y))).argmax(1) == self.y[n:]
        images = self.pictures.images
        return PretrainedObservation(
            data=self.settings.data,
            start=self.settings.start,
            class_names=images.class_names,
            shown=array(self.x[rows]),
            shown_indices=array(rows - n),
            shown_classes=array(self.y[rows]),
            shown_chances=array(chances),
            map=array(self._map[0]),
            map_share=self._map[1],
            map_classes=array(self.y[n:]),
            map_is_right=array(is_right),
            picture_index=self.settings.picture % (len(self.y) - n),
            moved=self.moved(),
            num_parameters=self.num_parameters,
            num_train=n,
            num_judged=len(self.y) - n,
            source=images.source,
            report=images.report,
        )

    @property
    def num_parameters(self) -> tuple[int, int, int]:
        """Weights that learn, of each student."""
        counts = [
            sum(one.numel() for one in student.parameters()) for student in (self.frozen, self.tuned, self.scratch)
        ]
        return counts[0], counts[1], counts[2]

    # ---- the tabs ----------------------------------------------------------------------------------------------

    @torch.no_grad()
    def scores(self) -> Scores:
        """The confusion of each student on the test pictures."""
        n, k = self.pictures.num_train, self.pictures.num_classes
        y, confusions, shares = self.y[n:], [], []
        for student in (self.frozen, self.tuned, self.scratch):
            said = self.logits(student, slice(n, len(self.y))).argmax(1)
            confusions.append(torch.bincount(y * k + said, minlength=k * k).reshape(k, k))
            shares.append((said == y).float().mean().item())
        return Scores(array(torch.stack(confusions)), (shares[0], shares[1], shares[2]))

    @torch.no_grad()
    def movements(self) -> tuple[Movement, ...]:
        """How far each layer of the fine-tuned body is from where it started."""
        before, found = body_of(self.source), []
        for name, weight in body_of(self.tuned).items():
            if weight.ndim > 1:
                length = before[name].norm().item()
                change = (weight - before[name]).norm().item() / max(length, 1e-12)
                found.append(Movement(name.removesuffix(".weight"), change, weight.numel()))
        return tuple(found)

    @torch.no_grad()
    def moved(self) -> float:
        """How far the fine-tuned body is from the pretrained one, as a share of its length."""
        pairs = zip(self.body, body_of(self.source).values(), strict=True)
        change = sum((now - then).square().sum().item() for now, then in pairs)
        return float((change / max(self._length, 1e-12)) ** 0.5)

    @cached_property
    def _length(self) -> float:
        """The squared length of the pretrained body, which never changes."""
        return sum(then.square().sum().item() for then in body_of(self.source).values())
