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


def entrants(rate: float, length: int) -> list[Entrant]:
    """One training a schedule."""
    shared = {"learning_rate": rate, "schedule_steps": length}
    return [Entrant(name, MLPExperiment, BASE.changed(schedule=name, **shared)) for name in SCHEDULES]


def rate_curves(
    rate: float, length: int, reach: int = 0
) -> tuple[Int[np.ndarray, " S"], dict[str, Float[np.ndarray, " S"]]]:
    """The rate of every schedule over the steps, a little beyond its end.

    Args:
        rate: the highest.
        length: of the schedules, in steps.
        reach: a step that has to be among them.
    """
    steps = np.unique([*np.linspace(0, max(reach, BEYOND * length), 400).astype(int), reach])
    curves = {}
    for name in SCHEDULES:
        settings = OptimizerSettings().changed(schedule=name, learning_rate=rate, schedule_steps=length)
        curves[name] = np.array([rate_at(step, settings) for step in steps.tolist()])
    return steps, curves
