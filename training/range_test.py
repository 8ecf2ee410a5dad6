"""The learning-rate range test: one short training in which every step has a higher rate than the last.

Smith, "Cyclical learning rates for training neural networks", 2015, https://arxiv.org/abs/1506.01186. Too low a rate
leaves the loss where it is, a good one makes it fall, too high a one throws it up again; one sweep shows all three.

Differs from the paper: the rate rises by a factor in each step instead of a sum, and the loss is that of all training
examples after the step, not that of the next batch before it, so that little has to be smoothed.
"""

import math
import time
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from jaxtyping import Float

from training.experiment import Experiment
from training.optimizers import RATES
from training.run import Build, Run, has_run_away
from training.settings import Settings

LOWEST: Final = 1e-5
HIGHEST: Final = 10.0
NUM_STEPS: Final = 120
AT_ONCE: Final = 10  # steps of one turn: whatever else trains waits no longer
WINDOW: Final = 9  # steps that are averaged, as many after as before
FAR_ABOVE: Final = 4.0  # times the first loss: nothing more is to be learnt beyond


@dataclass(frozen=True, eq=False)
class Sweep:
    """What a sweep found; S steps were taken.

    Attributes:
        rates: of each step.
        losses: on the training examples after each step; the last may be no number.
        smoothed: the losses averaged over neighbouring steps.
        first_loss: before the first step.
        steepest: the step at which the smoothed loss falls most for each factor of the rate; None if it never falls.
        explosion: the first step after the lowest loss that ends above the first loss; None if none does.
        seconds: how long it took.
    """

    rates: Float[np.ndarray, " S"]
    losses: Float[np.ndarray, " S"]
    smoothed: Float[np.ndarray, " S"]
    first_loss: float
    steepest: int | None
    explosion: int | None
    seconds: float

    @property
    def suggestion(self) -> float | None:
        """The rate on the knob that is next to the steepest descent."""
        if self.steepest is None:
            return None
        wanted = math.log(self.rates[self.steepest])
        return min(RATES, key=lambda rate: abs(math.log(rate) - wanted))


def range_test(build: Build, settings: Settings) -> Sweep:
    """Trains a fresh experiment of these settings with rising rates.

    Args:
        build: makes the experiment.
        settings: what to build; their own rate and schedule are not used.

    Raises:
        SettingsError: if these settings cannot be trained.
        DataError: if the visitor's own data cannot be used.
    """
    began = time.perf_counter()
    rates = np.geomspace(LOWEST, HIGHEST, NUM_STEPS)
    run = Run(build, settings.changed(schedule="constant"))
    first_loss = run.look(lambda experiment: experiment.evaluate()["loss"])
    losses: list[float] = []
    for begin in range(0, NUM_STEPS, AT_ONCE):
        part = rates[begin : begin + AT_ONCE].tolist()
        losses += run.look(partial(_steps, rates=part, first_loss=first_loss))
        if len(losses) < begin + AT_ONCE:
            break
    found = np.array(losses)
    smoothed = smooth(found)
    steepest, explosion = landmarks(rates[: len(found)], smoothed, found, first_loss)
    seconds = time.perf_counter() - began
    return Sweep(rates[: len(found)], found, smoothed, first_loss, steepest, explosion, seconds)


def _steps(experiment: Experiment, rates: list[float], first_loss: float) -> list[float]:
    """One step at each rate and the loss after it, up to the first that will not come back."""
    losses: list[float] = []
    for rate in rates:
        experiment.apply(experiment.settings.changed(learning_rate=rate))
        experiment.step()
        losses.append(experiment.evaluate()["loss"])
        if has_run_away(losses[-1], first_loss) or losses[-1] > FAR_ABOVE * first_loss:
            break
    return losses


def smooth(losses: Float[np.ndarray, " S"]) -> Float[np.ndarray, " S"]:
    """Each loss averaged with its neighbours; at the ends with those there are. What is no number is left out."""
    is_number = np.isfinite(losses)
    kernel = np.ones(min(WINDOW, len(losses)))
    sums = np.convolve(np.where(is_number, losses, 0.0), kernel, mode="same")
    return sums / np.maximum(np.convolve(is_number, kernel, mode="same"), 1)


def landmarks(
    rates: Float[np.ndarray, " S"],
    smoothed: Float[np.ndarray, " S"],
    losses: Float[np.ndarray, " S"],
    first_loss: float,
) -> tuple[int | None, int | None]:
    """Where the smoothed loss falls fastest, and where the loss is above its beginning after having been lowest.

    Args:
        rates: of each step.
        smoothed: the smoothed losses.
        losses: the losses themselves.
        first_loss: before the first step.

    Returns:
        Indices of two steps, `Sweep.steepest` and `Sweep.explosion`.
    """
    lowest = int(np.argmin(smoothed))
    slopes = np.gradient(smoothed, np.log(rates))[: lowest + 1]
    steepest = int(np.argmin(slopes)) if slopes.min() < 0 else None
    above = np.flatnonzero(~(losses[lowest:] <= first_loss))
    return steepest, lowest + int(above[0]) if len(above) else None
