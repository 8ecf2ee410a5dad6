"""The optimisers and learning-rate schedules every page offers: torch.optim's own, chosen by name."""

import math
from collections.abc import Iterable
from typing import Final, Literal

import torch
from torch import Tensor

from training.settings import Settings, knob

# 1, 2, 3, 5 in every decade: near-equal steps on a log scale, and the values people name.
RATES: Final = (*(float(f"{digit}e{power}") for power in range(-5, 1) for digit in (1, 2, 3, 5)), 10.0)
PENALTIES: Final = (0.0, *(float(f"{digit}e{power}") for power in range(-5, 0) for digit in (1, 3)), 1.0)
WARM_SHARE: Final = 0.1  # of a schedule's length, spent rising, in those that begin low
_WITH_MOMENTUM: Final = ("momentum", "nesterov")


class OptimizerSettings(Settings):
    """How the weights move: the part of every experiment's settings that torch.optim acts on."""

    optimizer: Literal["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "adagrad"] = knob(
        "adam",
        "Optimiser",
        "How a gradient becomes a step: plain, with inertia, or scaled for every weight by its past gradients.",
        group="Training",
    )
    learning_rate: float = knob(
        0.03,
        "Learning rate",
        "Size of each step. Too small: hardly moves. Too large: jumps over the minimum and may explode.",
        group="Training",
        is_live=True,
        ladder=RATES,
        ge=1e-5,
        le=10,
    )
    momentum: float = knob(
        0.9,
        "Momentum",
        "Share of the last step that is kept: smooths zigzags, may overshoot.",
        group="Training",
        is_live=True,
        when={"optimizer": _WITH_MOMENTUM},
        ge=0,
        le=0.99,
    )
    weight_decay: float = knob(
        0.0,
        "Weight decay (L2)",
        "Pulls every weight towards 0 in proportion to its size: smoother functions, less overfitting.",
        group="Training",
        is_live=True,
        ladder=PENALTIES,
        ge=0,
        le=1,
    )
    schedule: Literal["constant", "step", "exponential", "cosine", "warm-up", "one-cycle", "Noam"] = knob(
        "constant",
        "Schedule",
        "How the rate changes: not at all; down in steps, evenly or on a cosine; or up first (the last three).",
        group="Training",
        is_live=True,
    )
    schedule_steps: int = knob(
        2000,
        "Schedule length",
        "Steps until the schedule has reached its end; Noam has none, and a tenth of this is its rise.",
        group="Training",
        is_live=True,
        ladder=(200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000),
        when={"schedule": ("step", "exponential", "cosine", "warm-up", "one-cycle", "Noam")},
        ge=10,
        le=100_000,
    )


def make_optimizer(parameters: Iterable[Tensor], settings: OptimizerSettings) -> torch.optim.Optimizer:
    """The optimiser the settings name, fused into one kernel where torch has one.

    Args:
        parameters: the weights to train.
        settings: which optimiser, and its constants.
    """
    rate, decay, momentum = settings.learning_rate, settings.weight_decay, settings.momentum
    match settings.optimizer:
        case "sgd":
            return torch.optim.SGD(parameters, lr=rate, weight_decay=decay, fused=True)
        case "momentum":
            return torch.optim.SGD(parameters, lr=rate, weight_decay=decay, momentum=momentum, fused=True)
        case "nesterov":
            # torch refuses Nesterov's correction at momentum 0, where it is plain SGD anyway
            inertia = max(momentum, 1e-6)
            return torch.optim.SGD(parameters, lr=rate, weight_decay=decay, momentum=inertia, nesterov=True, fused=True)
        case "rmsprop":
            return torch.optim.RMSprop(parameters, lr=rate, weight_decay=decay)
        case "adam":
            return torch.optim.Adam(parameters, lr=rate, weight_decay=decay, fused=True)
        case "adamw":
            return torch.optim.AdamW(parameters, lr=rate, weight_decay=decay, fused=True)
        case "adagrad":
            return torch.optim.Adagrad(parameters, lr=rate, weight_decay=decay, fused=True)


def update_optimizer(optimizer: torch.optim.Optimizer, settings: OptimizerSettings, step: int) -> None:
    """Gives a living optimiser the constants in force at `step`; its memory of past gradients stays."""
    for group in optimizer.param_groups:
        group["lr"] = rate_at(step, settings)
        group["weight_decay"] = settings.weight_decay
        if "momentum" in group and settings.optimizer in _WITH_MOMENTUM:
            group["momentum"] = max(settings.momentum, 1e-6) if group.get("nesterov") else settings.momentum


def rate_at(step: int, settings: OptimizerSettings) -> float:
    """The learning rate of step number `step` (from 0) under the schedule; the chosen rate is the highest there is."""
    rate, length = settings.learning_rate, settings.schedule_steps
    progress = min(step / length, 1.0)
    match settings.schedule:
        case "constant":
            return rate
        case "step":
            return rate * 0.1 ** int(progress * 3)
        case "exponential":  # the smooth form of the steps: a thousandth at the end
            return rate * 0.001**progress
        case "cosine":
            return _cosine(rate, 0.0, progress)
        case "warm-up":  # Goyal et al. 2017; Loshchilov & Hutter 2017
            if progress < WARM_SHARE:
                return rate * (step + 1) / (WARM_SHARE * length + 1)
            return _cosine(rate, 0.0, (progress - WARM_SHARE) / (1 - WARM_SHARE))
        case "one-cycle":
            return _one_cycle(rate, min(step, length - 1), length)
        case "Noam":  # Vaswani et al. 2017, section 5.3, scaled to the chosen rate at its highest
            warm = WARM_SHARE * length
            return rate * min((step + 1) / warm, math.sqrt(warm / (step + 1)))


def _cosine(start: float, end: float, progress: float) -> float:
    """Half a cosine from one rate to the other; `progress` from 0 to 1."""
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2


def _one_cycle(rate: float, step: int, length: int) -> float:
    """Up for 0.3 of the steps, then down to nearly 0, as torch does it (Smith & Topin 2017). The momentum stays."""
    low, top = rate / 25, 0.3 * length - 1  # torch's own default shares
    if step <= top:
        return _cosine(low, rate, step / top)
    return _cosine(rate, low / 1e4, (step - top) / (length - 1 - top))
