"""The same classifier under a loss for classes and under one for numbers."""

from typing import Final

from experiments.mlp import MLPExperiment
from experiments.mlp_settings import MLPSettings
from training.race import Entrant

STEPS: Final = 150
BASE: Final = MLPSettings(problem="digits", hidden_dims=(16,), optimizer="sgd", learning_rate=0.1)


def entrants() -> list[Entrant]:
    """Cross-entropy and MSE."""
    losses = {"cross-entropy": "cross-entropy", "mse": "MSE on the classes"}
    return [Entrant(label, MLPExperiment, BASE.changed(loss=name)) for name, label in losses.items()]
