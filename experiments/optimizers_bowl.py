"""What is known exactly of learning rates on a bowl ½ pᵀA p, where each curvature λ can be looked at alone."""

from dataclasses import dataclass
from typing import Final

from experiments.optimizers_settings import RaceSettings, focus_of, times_of

WITH_A_LIMIT: Final = ("sgd", "momentum", "nesterov")


@dataclass(frozen=True)
class BowlRates:
    """Rates that mean something on this bowl.

    Attributes:
        whose: the optimiser they are for: the one in focus, or `sgd` where that one has no limit of this kind.
        curvatures: λmin and λmax, weight decay included.
        rate: that optimiser's own, before the schedule.
        limit: above this it diverges, at it it oscillates for ever.
        best: of plain gradient descent, 2 / (λmin + λmax).
        smooth: 1 / λmax, up to which plain gradient descent never overshoots.
        factors: what plain gradient descent multiplies the distance along each axis by in every step, 1 − ηλ.
    """

    whose: str
    curvatures: tuple[float, float]
    rate: float
    limit: float
    best: float
    smooth: float
    factors: tuple[float, float]


def bowl_rates(settings: RaceSettings) -> BowlRates:
    """The rates for the bowl that the settings describe."""
    focus = focus_of(settings)
    whose = focus if focus in WITH_A_LIMIT else "sgd"
    low, high = 1.0 + settings.weight_decay, settings.condition + settings.weight_decay
    rate = settings.learning_rate * times_of(settings)[whose]
    return BowlRates(
        whose=whose,
        curvatures=(low, high),
        rate=rate,
        limit=rate_limit(whose, high, settings.momentum),
        best=2 / (low + high),
        smooth=1 / high,
        factors=(1 - rate * low, 1 - rate * high),
    )


def rate_limit(name: str, curvature: float, momentum: float) -> float:
    """The largest rate at which an optimiser does not diverge on ½ λ x².

    Momentum and Nesterov are linear recursions of two steps; both limits follow from the place where a root of their
    characteristic polynomial reaches −1.

    Args:
        name: one of `WITH_A_LIMIT`.
        curvature: λ.
        momentum: β, 0 to below 1.
    """
    if name == "momentum":
        return 2 * (1 + momentum) / curvature
    if name == "nesterov":
        return 2 * (1 + momentum) / ((1 + 2 * momentum) * curvature)
    return 2 / curvature
