"""One training under every schedule: the same network, data, batches and highest rate, and only the schedule differs.

Small batches and a high rate, so that a constant rate ends in jumps that a falling one calms.
"""

from typing import Final

import numpy as np
from jaxtyping import Float, Int

from experiments.mlp import MLPExperiment
from experiments.mlp_settings import MLPSettings
from training.optimizers import OptimizerSettings, rate_at
from training.race import Entrant
from training.settings import choices_of

SCHEDULES: Final[tuple[str, ...]] = choices_of(OptimizerSettings.model_fields["schedule"])
BASE: Final = MLPSettings(problem="bumps", hidden_dims=(16, 16), batch_size=16)
RATE: Final = 0.1
LENGTH: Final = 1000
BEYOND: Final = 1.2  # the curves are drawn so many times as far as a schedule is long


def settings_of(schedule: str, rate: float, length: int) -> MLPSettings:
    """The settings of one of the trainings."""
    return BASE.changed(schedule=schedule, learning_rate=rate, schedule_steps=length)


def entrants(rate: float, length: int) -> list[Entrant]:
    """One training a schedule."""
    return [Entrant(name, MLPExperiment, settings_of(name, rate, length)) for name in SCHEDULES]


def rate_curves(rate: float, length: int) -> tuple[Int[np.ndarray, " S"], dict[str, Float[np.ndarray, " S"]]]:
    """The rate of every schedule over the steps, a little beyond its end."""
    steps = np.unique(np.linspace(0, BEYOND * length, 400).astype(int))
    curves = {}
    for name in SCHEDULES:
        settings = settings_of(name, rate, length)
        curves[name] = np.array([rate_at(step, settings) for step in steps.tolist()])
    return steps, curves
