"""Looking into an experiment without leaving a trace: what the next step would do, and how the weights began."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from training.checkpoints import copied
from training.experiment import Experiment
from training.turn import same_random_numbers


@dataclass(frozen=True, eq=False)
class NextStep:
    """What one step does to the parameters, found out by taking it and undoing it.

    Attributes:
        gradients: of the parameters that got one.
        updates: new value minus old, of the parameters that learn.
    """

    gradients: dict[Tensor, Tensor] = field(default_factory=dict)
    updates: dict[Tensor, Tensor] = field(default_factory=dict)


def next_step(experiment: Experiment) -> NextStep:
    """Gradients and updates of the next step, on the batch it will really take. Changes nothing."""
    with undone(experiment):
        before = {one: one.detach().clone() for one in all_parameters(experiment)}
        experiment.step()
        return NextStep(gradients_left(experiment), {one: (one - old).detach() for one, old in before.items()})


def gradients_left(experiment: Experiment) -> dict[Tensor, Tensor]:
    """The gradients that the last step left, as copies."""
    return {one: one.grad.clone() for one in all_parameters(experiment) if one.grad is not None}


def parameters_in(experiment: Experiment, state: Any) -> dict[Tensor, Tensor]:
    """What the parameters are in a state that the experiment gave earlier. Changes nothing."""
    with undone(experiment):
        experiment.load_state_dict(state)
        return {one: one.detach().clone() for one in all_parameters(experiment)}


def all_parameters(experiment: Experiment) -> list[nn.Parameter]:
    """Every parameter of every network once, frozen ones too."""
    networks = experiment.networks().values()
    return list(dict.fromkeys(one for network in networks for one in network.module.parameters()))


@contextmanager
def undone(experiment: Experiment) -> Iterator[None]:
    """Whatever is done to the experiment inside is undone: weights, optimiser, gradients, random numbers."""
    attributes, state = dict(vars(experiment)), copied(experiment.state_dict())
    parameters = all_parameters(experiment)
    gradients = [None if one.grad is None else one.grad.clone() for one in parameters]
    with same_random_numbers(experiment.device):
        try:
            yield
        finally:
            vars(experiment).clear()
            vars(experiment).update(attributes)
            experiment.load_state_dict(state)
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter.grad = gradient


@contextmanager
def evaluating(modules: Iterable[nn.Module]) -> Iterator[None]:
    """Dropout off and batch statistics at rest for a while; afterwards each module is as it was."""
    was_training = {module: module.training for module in modules}
    try:
        for module in was_training:
            module.training = False
        yield
    finally:
        for module, training in was_training.items():
            module.training = training
