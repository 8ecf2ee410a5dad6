"""A network held still and what it is judged on, page `pretrained`: what rounding and low rank are measured on.

Measuring takes a copy, so that the run it comes from goes on as if nobody had looked.

Shapes: N pictures, C channels, S side, K classes.
"""

import copy
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F

from experiments.pretrained import PretrainedExperiment
from experiments.pretrained_students import with_head

STUDENTS: Final = ("fine-tuned", "frozen", "from scratch")


@dataclass(frozen=True, eq=False)
class Subject:
    """A copy of a network at one moment, and the pictures that judge it.

    What was measured once need not be measured again where the digest is the same.

    Attributes:
        digest: of all weights and pictures.
        network: in evaluation mode; must not be changed.
        x: pictures as the network takes them.
        y: their classes.
    """

    digest: bytes
    network: Any
    x: Float[Tensor, "N C S S"]
    y: Int64[Tensor, " N"]


BY_DIGEST: Final[dict[str | type[Any], Callable[[Any], Any]]] = {Subject: attrgetter("digest")}  # for a cache


class Verdict(NamedTuple):
    """How good a network is: the share of pictures it gets right, and its cross-entropy in nats."""

    accuracy: float
    loss: float


def subject_of(network: nn.Module, x: Float[Tensor, "N C S S"], y: Int64[Tensor, " N"]) -> Subject:
    """Copies a network and notes what judges it.

    Args:
        network: stays as it is.
        x: pictures as the network takes them.
        y: their classes.
    """
    held = copy.deepcopy(network).cpu().requires_grad_(False).eval()
    x, y = x.cpu(), y.cpu()
    found = hashlib.blake2b(digest_size=16)
    for tensor in (x, y, *held.state_dict().values()):
        found.update(tensor.contiguous().numpy().tobytes())
    return Subject(found.digest(), held, x, y)


def student(experiment: Any, name: str) -> Subject:
    """One of the students as it is now, on the test pictures.

    The frozen one is taken with the features that its head stands on, as whoever uses it needs both.

    Args:
        experiment: the one on the page.
        name: one of `STUDENTS`.
    """
    assert isinstance(experiment, PretrainedExperiment)
    if name == "frozen":
        return subject_of(with_head(experiment.source, experiment.frozen.fc), *experiment.judged())
    return subject_of(experiment.networks()[name].module, *experiment.judged())


def before_and_after(experiment: Any) -> tuple[Subject, Subject]:
    """The pretrained network with the head of the fine-tuned one, and the fine-tuned one."""
    assert isinstance(experiment, PretrainedExperiment)
    before, (x, y) = with_head(experiment.source, experiment.tuned.fc), experiment.judged()
    return subject_of(before, x, y), subject_of(experiment.tuned, x, y)


@torch.inference_mode()
def judge(network: nn.Module, x: Float[Tensor, "N C S S"], y: Int64[Tensor, " N"]) -> Verdict:
    """Judges a network that is in evaluation mode."""
    logits: Float[Tensor, "N K"] = network(x)
    return Verdict((logits.argmax(1) == y).float().mean().item(), F.cross_entropy(logits, y).item())


def weighty(network: nn.Module) -> dict[str, nn.Linear | nn.Conv2d]:
    """The linear layers and convolutions of a network by name, in its order: nearly all its weights are theirs."""
    return {name: module for name, module in network.named_modules() if isinstance(module, nn.Linear | nn.Conv2d)}


def num_classes(subject: Subject) -> int:
    """How many classes the network tells apart."""
    head = list(weighty(subject.network).values())[-1]
    return int(head.weight.shape[0])


def is_finite(subject: Subject) -> bool:
    """Whether all weights are numbers still."""
    return all(bool(weight.isfinite().all()) for weight in subject.network.parameters())
