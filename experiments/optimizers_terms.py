"""One step of one optimiser, taken apart into what torch's own optimiser holds in its state."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from jaxtyping import Float
from torch import Tensor

RMSPROP_ALPHA: Final = 0.99  # torch's defaults, which the page leaves as they are
EPSILON: Final[dict[str, float]] = {"rmsprop": 1e-8, "adam": 1e-8, "adamw": 1e-8, "adagrad": 1e-10}

Pair = Float[np.ndarray, "2"]


@dataclass(frozen=True)
class Constants:
    """What was in force in a step: learning rate, momentum β₁, β₂ and weight decay."""

    rate: float
    beta1: float
    beta2: float
    decay: float


@dataclass(frozen=True, eq=False)
class Update:
    """The last step of one racer. Everything has two numbers, one for each weight; NaN where a rule has no such part.

    Attributes:
        name: of the optimiser.
        count: how many steps its state has seen.
        constants: those of this step.
        position: before the step.
        gradient: what the optimiser was given, noise included.
        slope: the gradient with weight decay as L2 penalty added; AdamW decays by itself.
        first_before: momentum buffer, or Adam's mean of gradients m, before the step.
        first: the same after it.
        second_before: mean (Adagrad: sum) of squared gradients before the step.
        second: the same after it.
        first_hat: m freed of its bias towards 0.
        second_hat: v freed of its bias towards 0.
        scale: what a gradient is multiplied by: the rate over the root of the squares, or the rate alone.
        parts: what the move is made of, by name; they add up to it.
        move: where it went, after minus before, as torch did it.
    """

    name: str
    count: int
    constants: Constants
    position: Pair
    gradient: Pair
    slope: Pair
    first_before: Pair
    first: Pair
    second_before: Pair
    second: Pair
    first_hat: Pair
    second_hat: Pair
    scale: Pair
    parts: tuple[tuple[str, Pair], ...]
    move: Pair


def update_of(
    name: str,
    constants: Constants,
    state: Mapping[str, Any],
    position: Float[Tensor, "2"],
    after: Float[Tensor, "2"],
    gradient: Float[Tensor, "2"],
) -> Update:
    """Takes the last step apart.

    Args:
        name: of the optimiser.
        constants: in force in that step.
        state: torch's state of the position, after the step.
        position: before the step.
        after: and after it.
        gradient: what it was given.
    """
    theta, g = _pair(position), _pair(gradient)
    slope = g if name == "adamw" else g + constants.decay * theta
    first, second = _first(name, state, slope), _second(state)
    first_before, second_before = _before(name, constants, first, second, slope)
    count = int(state["step"]) if "step" in state else 1
    first_hat, second_hat, scale = _scaled(name, constants, count, first, second)
    parts = _parts(name, constants, count, slope, first_before, scale)
    if name == "adamw" and constants.decay:
        parts = (*parts, ("decay", -constants.rate * constants.decay * theta))
    return Update(
        name=name,
        count=count,
        constants=constants,
        position=theta,
        gradient=g,
        slope=slope,
        first_before=first_before,
        first=first,
        second_before=second_before,
        second=second,
        first_hat=first_hat,
        second_hat=second_hat,
        scale=scale,
        parts=parts,
        move=_pair(after) - theta,
    )


def _pair(tensor: Tensor) -> Pair:
    return tensor.detach().cpu().numpy().astype(np.float64)


def _first(name: str, state: Mapping[str, Any], slope: Pair) -> Pair:
    if name in ("momentum", "nesterov"):
        buffer = state.get("momentum_buffer")
        return slope if buffer is None else _pair(buffer)  # at β = 0 torch keeps none
    return _pair(state["exp_avg"]) if "exp_avg" in state else np.full(2, math.nan)


def _second(state: Mapping[str, Any]) -> Pair:
    found = next((state[name] for name in ("exp_avg_sq", "square_avg", "sum") if name in state), None)
    return np.full(2, math.nan) if found is None else _pair(found)


def _before(name: str, constants: Constants, first: Pair, second: Pair, slope: Pair) -> tuple[Pair, Pair]:
    """What the two memories were before this slope came in: the rule solved for its past."""
    if name in ("momentum", "nesterov"):
        kept = constants.beta1
        return (first - slope) / kept if kept else np.zeros(2), second
    if name == "rmsprop":
        return first, (second - (1 - RMSPROP_ALPHA) * slope**2) / RMSPROP_ALPHA
    if name == "adagrad":
        return first, second - slope**2
    if name == "sgd":
        return first, second
    one, two = constants.beta1, constants.beta2
    past = (first - (1 - one) * slope) / one if one else np.zeros(2)
    return past, (second - (1 - two) * slope**2) / two if two else np.zeros(2)


def _scaled(name: str, constants: Constants, count: int, first: Pair, second: Pair) -> tuple[Pair, Pair, Pair]:
    """The two memories without their bias, and what a gradient is multiplied by."""
    if name in ("adam", "adamw"):
        first_hat = first / (1 - constants.beta1**count)
        second_hat = second / (1 - constants.beta2**count)
        return first_hat, second_hat, constants.rate / (np.sqrt(second_hat) + EPSILON[name])
    if name in ("rmsprop", "adagrad"):
        return first, second, constants.rate / (np.sqrt(second) + EPSILON[name])
    return first, second, np.full(2, constants.rate)


def _parts(
    name: str, constants: Constants, count: int, slope: Pair, first_before: Pair, scale: Pair
) -> tuple[tuple[str, Pair], ...]:
    """This gradient's share of the move, and that of what is remembered."""
    kept = constants.beta1
    match name:
        case "momentum":
            return ("gradient", -scale * slope), ("momentum", -scale * kept * first_before)
        case "nesterov":
            return ("gradient", -scale * (1 + kept) * slope), ("momentum", -scale * kept**2 * first_before)
        case "adam" | "adamw":
            share = scale / (1 - kept**count)
            return ("gradient", -share * (1 - kept) * slope), ("momentum", -share * kept * first_before)
        case _:
            return (("gradient", -scale * slope),)
