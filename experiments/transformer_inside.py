"""What is looked into on demand on the page `transformer`: all attention, one answer token by token, smoothed targets.

Shapes: L blocks, H heads, S places of the source, T of the target, V signs of the target, K likeliest.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor

from data.pairs import END, SPECIAL
from experiments.transformer import TransformerExperiment
from models.attention_inside import attention_weights

MOST_LIKELY: Final = 8


@dataclass(frozen=True)
class Looks:
    """One of the three kinds of attention.

    Attributes:
        weights: (L, H, rows, columns).
        rows: the signs that ask.
        columns: the signs that are looked at.
        is_seen: (rows, columns), what the mask lets through; None if all of it.
    """

    weights: np.ndarray
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    is_seen: np.ndarray | None


@dataclass(frozen=True)
class Writing:
    """An answer as it is written, token by token.

    Attributes:
        source: its signs, the end sign last.
        inputs: what the decoder is given, the start sign first: one more at each place.
        given: what it says at each place.
        cross: (L, T, S) weights over the source at each place, the mean over the heads.
        chances: (T, K) of the likeliest signs.
        likely: those signs, T times K.
        looks: the three kinds of attention.
    """

    source: tuple[str, ...]
    inputs: tuple[str, ...]
    given: tuple[str, ...]
    cross: np.ndarray
    chances: np.ndarray
    likely: tuple[tuple[str, ...], ...]
    looks: dict[str, Looks]


@torch.no_grad()
def writing(experiment: TransformerExperiment, text: str) -> Writing:
    """Lets the network write the answer to a source, and watches every step.

    Args:
        experiment: whose network writes.
        text: the source as it is typed.

    Raises:
        DataError: if the source is empty, too long, or has an unknown sign.
    """
    task = experiment.task
    source = task.numbers(text)[None].to(experiment.device)
    written = experiment.write(source)
    inputs, said = written[:, :-1], written[0, 1:].tolist()
    weights = [part[0].cpu().numpy() for part in attention_weights(experiment.model, source, inputs)]
    blocks = len(experiment.model.encoder_layers)
    encoder, decoder = weights[:blocks], weights[blocks:]
    likeliest = experiment.model(source, inputs)[0].softmax(1).topk(min(MOST_LIKELY, len(task.target_signs)))
    read = tuple(task.source_signs[number] for number in source[0].tolist())
    asked = tuple(task.target_signs[number] for number in inputs[0].tolist())
    given = tuple(task.target_signs[number] for number in said)
    triangle = np.tri(len(asked), dtype=bool) if experiment.settings.uses_mask else None
    cross = np.stack(decoder[1::2])
    looks = {
        "Encoder": Looks(np.stack(encoder), read, read, None),
        "Decoder": Looks(np.stack(decoder[0::2]), asked, asked, triangle),
        "Cross": Looks(cross, given, read, None),
    }
    return Writing(
        source=read,
        inputs=asked,
        given=given,
        cross=cross.mean(axis=1),
        chances=likeliest.values.cpu().numpy(),
        likely=tuple(tuple(task.target_signs[number] for number in row) for row in likeliest.indices.tolist()),
        looks=looks,
    )


@dataclass(frozen=True)
class Leak:
    """What changes in the decoder when one sign of its input is replaced.

    Attributes:
        inputs: what it was given.
        place: which of them was replaced, from 0, and by which sign.
        other: that sign.
        changes: (T,) the largest change of a logit at each place.
    """

    inputs: tuple[str, ...]
    place: int
    other: str
    changes: np.ndarray


@torch.no_grad()
def leak(experiment: TransformerExperiment, text: str, place: int) -> Leak:
    """Replaces one sign of the decoder's input and looks where the logits move; before it, none may.

    Args:
        experiment: whose network is tested.
        text: the source as it is typed.
        place: of the sign to replace, from 0; the last if there are fewer.

    Raises:
        DataError: if the source is empty, too long, or has an unknown sign.
    """
    task = experiment.task
    source = task.numbers(text)[None].to(experiment.device)
    inputs = experiment.write(source)[:, :-1]
    place = min(place, inputs.shape[1] - 1)
    changed = inputs.clone()
    num_plain = len(task.target_signs) - len(SPECIAL)
    changed[0, place] = len(SPECIAL) + (int(inputs[0, place]) - len(SPECIAL) + 1) % num_plain
    moved = (experiment.model(source, changed) - experiment.model(source, inputs))[0].abs().amax(1)
    signs = task.target_signs
    read = tuple(signs[number] for number in inputs[0].tolist())
    return Leak(read, place, signs[int(changed[0, place])], moved.cpu().numpy())


def smoothed_targets(numbers: Int64[Tensor, " T"], num_signs: int, smoothing: float) -> np.ndarray:
    """The distribution that is wanted at each place: (T, V), rows sum to 1."""
    targets = np.full((len(numbers), num_signs), smoothing / num_signs)
    targets[np.arange(len(numbers)), numbers.numpy()] += 1 - smoothing
    return targets


def loss_by_confidence(confidence: np.ndarray, num_signs: int, smoothing: float) -> np.ndarray:
    """The loss of saying the right sign with a chance, and all others with what is left, in equal parts.

    Args:
        confidence: chances of the right sign, between 0 and 1.
        num_signs: V.
        smoothing: ε.
    """
    rest = smoothing / num_signs
    right, wrong = np.log(confidence), np.log((1 - confidence) / (num_signs - 1))
    loss: np.ndarray = -(1 - smoothing + rest) * right - (num_signs - 1) * rest * wrong
    return loss


def first_target(experiment: TransformerExperiment) -> tuple[np.ndarray, tuple[str, ...], tuple[str, ...]]:
    """The targets of the first pair of the test as the loss sees them now: (T, V), signs of the rows, all signs."""
    numbers = experiment.task.test.targets[0, 1:]
    numbers = numbers[: int((numbers == END).nonzero()[0, 0]) + 1]
    signs = experiment.task.target_signs
    targets = smoothed_targets(numbers, len(signs), experiment.settings.label_smoothing)
    return targets, tuple(signs[number] for number in numbers.tolist()), signs
