"""What the outputs of the network on the page `mlp` mean: which loss fits, which class wins, how likely each is."""

import torch
from jaxtyping import Float
from torch import Tensor

from experiments.baselines import LossName
from experiments.mlp_problem import Problem
from experiments.mlp_settings import MLPSettings
from training.settings import SettingsError


def choose_loss(settings: MLPSettings, problem: Problem) -> LossName:
    """The loss in force: `auto` is cross-entropy for classes and MSE for numbers.

    Raises:
        SettingsError: if the loss wants classes and the problem has numbers, or the other way round.
    """
    is_classes = problem.dataset.task == "classification"
    if settings.loss == "auto":
        return "cross-entropy" if is_classes else "mse"
    if settings.loss in ("cross-entropy", "bce") and not is_classes:
        raise SettingsError(f"{settings.loss} needs classes, but {settings.problem} has numbers: choose mse or huber.")
    if settings.loss == "huber" and is_classes:
        raise SettingsError(f"huber needs numbers, but {settings.problem} has classes: choose cross-entropy or bce.")
    return settings.loss


def offered_losses(task: str) -> tuple[str, ...]:
    """The losses that fit a task."""
    return ("auto", "cross-entropy", "bce", "mse") if task == "classification" else ("auto", "mse", "huber")


def num_outputs(loss_name: LossName, problem: Problem) -> int:
    """K: one output for numbers and for BCE with two classes, else one a class."""
    num_classes = len(problem.dataset.class_names)
    if problem.dataset.task == "regression" or (loss_name == "bce" and num_classes == 2):
        return 1
    return num_classes


def predicted_class(outputs: Float[Tensor, "B K"], loss_name: LossName) -> Tensor:
    """(B,) the winning class of each example."""
    return (outputs[:, 0] > 0).long() if outputs.shape[1] == 1 else outputs.argmax(1)


def probabilities(outputs: Float[Tensor, "B K"], loss_name: LossName) -> Float[Tensor, "B C"]:
    """What the outputs say of each class, 0 to 1, rows summing to 1; under MSE the outputs clipped and rescaled."""
    if loss_name == "cross-entropy":
        return outputs.softmax(1)
    if outputs.shape[1] == 1:
        chance = outputs.sigmoid()
        return torch.cat([1 - chance, chance], dim=1)
    shares = outputs.sigmoid() if loss_name == "bce" else outputs.clamp(1e-6, 1)
    return shares / shares.sum(1, keepdim=True)
