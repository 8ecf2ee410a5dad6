"""Loss functions one by one: their value and slope at any output, lines fitted under each, and softmax by hand.

The losses are torch's own and the slopes come from autograd. MAE: mean absolute error.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

Loss = Callable[[Tensor], Tensor]  # from outputs (P,) to the loss of each (P,)
Kind = Literal["numbers", "classes"]


def _mse(error: Float[Tensor, " P"]) -> Float[Tensor, " P"]:
    return F.mse_loss(error, torch.zeros_like(error), reduction="none")


def _mae(error: Float[Tensor, " P"]) -> Float[Tensor, " P"]:
    return F.l1_loss(error, torch.zeros_like(error), reduction="none")


def _huber(error: Float[Tensor, " P"]) -> Float[Tensor, " P"]:
    return F.huber_loss(error, torch.zeros_like(error), reduction="none")


def _cross_entropy(z: Float[Tensor, " P"]) -> Float[Tensor, " P"]:
    logits = torch.stack([torch.zeros_like(z), z], dim=1)  # (P, 2)
    return F.cross_entropy(logits, torch.ones(len(z), dtype=torch.long), reduction="none")


def _bce(z: Float[Tensor, " P"]) -> Float[Tensor, " P"]:
    return F.binary_cross_entropy_with_logits(z, torch.ones_like(z), reduction="none")


def _hinge(z: Float[Tensor, " P"]) -> Float[Tensor, " P"]:
    return F.margin_ranking_loss(z, torch.zeros_like(z), torch.ones_like(z), margin=1.0, reduction="none")


def _squared_chance(z: Float[Tensor, " P"]) -> Float[Tensor, " P"]:
    return F.mse_loss(z.sigmoid(), torch.ones_like(z), reduction="none")


LOSSES: Final[Mapping[Kind, Mapping[str, Loss]]] = {
    # the output is the error: prediction minus truth
    "numbers": {"MSE": _mse, "MAE": _mae, "Huber": _huber},
    # the output is the logit of the right class, against 0 for the other one
    "classes": {
        "Cross-entropy": _cross_entropy,
        "BCE with logits": _bce,
        "Hinge": _hinge,
        "MSE of the probability": _squared_chance,
    },
}


@dataclass(frozen=True, eq=False)
class Curve:
    """A loss over outputs.

    Attributes:
        name: of the loss.
        outputs: P places.
        values: the loss at each.
        slopes: its derivative at each.
    """

    name: str
    outputs: Float[np.ndarray, " P"]
    values: Float[np.ndarray, " P"]
    slopes: Float[np.ndarray, " P"]


def loss_curves(kind: Kind, outputs: Float[np.ndarray, " P"]) -> list[Curve]:
    """Every loss of a kind with its slope.

    Args:
        kind: losses for numbers or for classes.
        outputs: P errors, or P logits of the right class.
    """
    return [_curve(name, loss, outputs) for name, loss in LOSSES[kind].items()]


def _curve(name: str, loss: Loss, outputs: Float[np.ndarray, " P"]) -> Curve:
    places = torch.tensor(outputs, dtype=torch.float64, requires_grad=True)
    values = loss(places)
    (slopes,) = torch.autograd.grad(values.sum(), places)
    return Curve(name, outputs, values.detach().numpy(), slopes.numpy())


# ---- one outlier ---------------------------------------------------------------------------------------------------

FITS: Final = ("MSE", "MAE", "Huber")
HUBER_DELTA: Final = 1.0  # torch's default: quadratic up to here, straight beyond
MAX_ROUNDS: Final = 200
OUTLIER: Final = 8


def fit(design: Float[np.ndarray, "N P"], y: Float[np.ndarray, " N"], loss: str) -> Float[np.ndarray, " P"]:
    """The P numbers w for which the mean loss of `design @ w` against `y` is least, found exactly or nearly so.

    MSE has a formula. Under MAE some best answer passes through as many points as it has numbers, so that all such
    answers are tried. Huber is a weighted MSE in which far points count less, solved again until nothing moves.

    Args:
        design: a column for each number to find: ones for a level, x for a slope.
        y: the truth.
        loss: one of `FITS`.
    """
    if loss == "MSE":
        return _least_squares(design, y)
    if loss == "MAE":
        return _least_absolute(design, y)
    found = _least_squares(design, y)
    for _ in range(MAX_ROUNDS):
        distance = np.abs(y - design @ found)
        root = np.sqrt(np.minimum(1.0, HUBER_DELTA / np.maximum(distance, 1e-12)))
        better = _least_squares(design * root[:, None], y * root)
        if np.abs(better - found).max() < 1e-10:
            break
        found = better
    return found


def _least_squares(design: Float[np.ndarray, "N P"], y: Float[np.ndarray, " N"]) -> Float[np.ndarray, " P"]:
    found: np.ndarray = np.linalg.lstsq(design, y, rcond=None)[0]
    return found


def _least_absolute(design: Float[np.ndarray, "N P"], y: Float[np.ndarray, " N"]) -> Float[np.ndarray, " P"]:
    choices = np.array(list(combinations(range(len(y)), design.shape[1])))  # (C, P) rows to pass through
    answers = np.linalg.solve(design[choices], y[choices][..., None])[..., 0]  # (C, P)
    best: np.ndarray = answers[np.abs(y - answers @ design.T).sum(1).argmin()]
    return best


def outlier_points(height: float) -> tuple[Float[np.ndarray, " N"], Float[np.ndarray, " N"]]:
    """Ten points near the line 1 + 0.5 x, and an eleventh, the one at x = 8, that lies `height` above it."""
    x = np.arange(11.0)
    y = 1 + 0.5 * x + np.random.default_rng(0).normal(0, 0.4, len(x))
    y[OUTLIER] = 1 + 0.5 * x[OUTLIER] + height
    return x, y


# ---- softmax and cross-entropy -------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Softmax:
    """Logits, what they mean, and where the loss pushes them.

    Attributes:
        logits: z of each class.
        chances: p, the softmax of z.
        wanted: y, 1 for the right class and 0 elsewhere, smoothed.
        loss: the cross-entropy, in nats.
        gradient: of the loss to each logit, by autograd.
    """

    logits: Float[np.ndarray, " K"]
    chances: Float[np.ndarray, " K"]
    wanted: Float[np.ndarray, " K"]
    loss: float
    gradient: Float[np.ndarray, " K"]


def softmax_gradient(logits: tuple[float, ...], right: int, smoothing: float | int) -> Softmax:
    """What softmax and cross-entropy make of some logits.

    Args:
        logits: K of them.
        right: the true class, from 0.
        smoothing: the share of the wanted 1 that is spread evenly over all classes, 0 to below 1.
    """
    z = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    loss = F.cross_entropy(z[None], torch.tensor([right]), label_smoothing=smoothing)
    (gradient,) = torch.autograd.grad(loss, z)
    wanted = np.full(len(logits), smoothing / len(logits))
    wanted[right] += 1 - smoothing
    return Softmax(np.array(logits), z.detach().softmax(0).numpy(), wanted, loss.item(), gradient.numpy())


def best_gap(num_classes: int, smoothing: float | int) -> float:
    """How far the right logit stands above the others where the smoothed loss is least: ln of the wanted ratio."""
    other = smoothing / num_classes
    return float(np.log((1 - smoothing + other) / other)) if other else float("inf")
