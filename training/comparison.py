"""What tells runs apart: their settings, their best numbers, their weights."""

import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import torch

from training.capture import Change
from training.experiment import Experiment
from training.settings import Settings, is_shown, knob_of

LOW_IS_BETTER: Final = ("loss", "error", "perplexity")  # words in the name of a number
HIGH_IS_BETTER: Final = ("accuracy", "r2", "score", "f1", "auc", "bleu")
MAX_PARTS: Final = 3  # named before it becomes too long


class Layer(NamedTuple):
    """The weights of one layer at one moment.

    Attributes:
        name: as PyTorch calls it, after the name of its network where there are several.
        shapes: of its tensors, in order.
        values: all of them in a row, a copy.
    """

    name: str
    shapes: tuple[tuple[int, ...], ...]
    values: np.ndarray


class Distance(NamedTuple):
    """How far apart the weights of one layer are in two runs.

    Attributes:
        name: of the layer.
        length: ‖a − b‖.
        share: that length over the mean of ‖a‖ and ‖b‖: 0 for equal weights, about 1.4 for unrelated ones.
        cosine: of the angle between a and b: 1 same direction, 0 unrelated; NaN if one of them is all 0.
    """

    name: str
    length: float
    share: float
    cosine: float


def differing(every: Sequence[Settings]) -> list[str]:
    """The settings that are not the same in all, in the order they were declared; those without effect left out."""
    return [name for name in type(every[0]).model_fields if len({value_of(name, settings) for settings in every}) > 1]


def value_of(name: str, settings: Settings) -> str:
    """The value of a setting as one reads it; a dash where it has no effect."""
    return written_value(getattr(settings, name)) if is_shown(name, settings) else "–"


def written_value(value: Any) -> str:
    """A value in few letters: `8-8` for widths, `on` for a switch."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ("-" if all(isinstance(part, int) for part in value) else ", ").join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def short_names(every: Sequence[Settings]) -> list[str]:
    """A short name for each, made of what tells it from the others; empty where nothing does."""
    names = differing(every)
    return [", ".join(_part(name, settings) for name in names[:MAX_PARTS]) for settings in every]


def turned(changes: Sequence[Change], edits: Sequence[int], settings: Settings) -> str:
    """What was changed while a run trained, in few words; empty for nothing."""
    labels = {name: knob_of(field)["label"].lower() for name, field in type(settings).model_fields.items()}
    parts = [
        f"{labels[name]} {written_value(value)} from step {change.step:,}"
        for change in changes
        for name, value in change.values.items()
    ]
    parts += [f"by hand at step {step:,}" for step in sorted(set(edits))]
    return ", ".join(parts[:MAX_PARTS]) + (f" and {len(parts) - MAX_PARTS} more" if len(parts) > MAX_PARTS else "")


def _part(name: str, settings: Settings) -> str:
    """A word speaks for itself; a number or a switch needs the name of the setting."""
    value, label = getattr(settings, name), knob_of(type(settings).model_fields[name])["label"].lower()
    speaks = isinstance(value, str | tuple) and is_shown(name, settings) and value != ()
    return value_of(name, settings) if speaks else f"{label} {value_of(name, settings)}"


def best(name: str, values: np.ndarray) -> float:
    """The best value of a recorded number; NaN if it has none, or if neither high nor low is better."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return math.nan
    if any(word in name for word in LOW_IS_BETTER):
        return float(finite.min())
    return float(finite.max()) if any(word in name for word in HIGH_IS_BETTER) else math.nan


def num_parameters(experiment: Experiment) -> int:
    """How many weights and biases there are."""
    return sum(parameter.numel() for parameter in experiment.parameters())


def layers_of(experiment: Experiment) -> tuple[Layer, ...]:
    """A copy of the weights of all networks, layer by layer."""
    networks, layers = experiment.networks(), []
    for title, network in networks.items():
        parts: dict[str, list[torch.Tensor]] = {}
        for path, parameter in network.module.named_parameters():
            layer = path.rpartition(".")[0] or title
            parts.setdefault(layer if len(networks) == 1 else f"{title}: {layer}", []).append(parameter.detach())
        layers += [Layer(name, tuple(tuple(one.shape) for one in found), _flat(found)) for name, found in parts.items()]
    return tuple(layers)


def _flat(tensors: Sequence[torch.Tensor]) -> np.ndarray:
    real = [torch.view_as_real(one) if one.is_complex() else one for one in tensors]
    return torch.cat([one.float().flatten() for one in real]).cpu().numpy()


def distances(one: Sequence[Layer], other: Sequence[Layer]) -> list[Distance] | None:
    """How far two networks are apart, layer by layer; None if their layers have other shapes."""
    if [layer.shapes for layer in one] != [layer.shapes for layer in other]:
        return None
    return [_distance(a, b) for a, b in zip(one, other, strict=True)]


def _distance(one: Layer, other: Layer) -> Distance:
    a, b = one.values.astype(np.float64), other.values.astype(np.float64)
    lengths = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    length, mean = float(np.linalg.norm(a - b)), sum(lengths) / 2
    cosine = float(a @ b) / (lengths[0] * lengths[1]) if all(lengths) else math.nan
    return Distance(one.name, length, length / mean if mean else 0.0, cosine)
