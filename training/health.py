"""How every layer of any network fares: gradients, updates, and units in the flat part of their bend."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jaxtyping import Float
from torch import Tensor, nn

from training.experiment import Experiment, Network
from training.forward import hooked, run_through
from training.probe import NextStep, gradients_left, next_step
from training.run import Run

# Where the slope is more than a fiftieth of the steepest: below and above, nearly no gradient passes. Bends that are
# flat on one side only switch units off; those flat on both sides saturate. What is not here is flat nowhere.
AWAKE: Final[dict[type[nn.Module], tuple[float, float]]] = {
    nn.ReLU: (0.0, math.inf),
    nn.ReLU6: (0.0, math.inf),
    nn.GELU: (-3.0, math.inf),
    nn.SiLU: (-6.0, math.inf),
    nn.Mish: (-6.0, math.inf),
    nn.Hardswish: (-3.0, math.inf),
    nn.Softplus: (-4.0, math.inf),
    nn.ELU: (-4.0, math.inf),
    nn.CELU: (-4.0, math.inf),
    nn.SELU: (-4.0, math.inf),
    nn.Tanh: (-math.atanh(0.99), math.atanh(0.99)),
    nn.Sigmoid: (-2 * math.atanh(0.99), 2 * math.atanh(0.99)),
    nn.Hardtanh: (-1.0, 1.0),
    nn.Hardsigmoid: (-3.0, 3.0),
}


@dataclass(frozen=True)
class LayerHealth:
    """One layer; NaN where a number has no meaning for it.

    Attributes:
        name: attribute names from the network down, and the class.
        size: length of its weights, √Σ w².
        gradient: length of their gradient in the next step.
        update_ratio: length of the next update over length of the weights.
        dead: share of units in the flat part for every example: they do not learn.
        saturated: share of outputs in the flat part of a bend that is flat on both sides.
        is_broken: it holds numbers that are none, or infinite ones.
    """

    name: str
    size: float = math.nan
    gradient: float = math.nan
    update_ratio: float = math.nan
    dead: float = math.nan
    saturated: float = math.nan
    is_broken: bool = False


def shares(bend: type[nn.Module], sums: Float[Tensor, "..."]) -> tuple[float, float]:
    """Share of dead units and of saturated outputs of a bend.

    Args:
        bend: an activation module.
        sums: what comes into it, (B, H), (B, T, H) or, as images, (B, C, height, width) with C units.

    Returns:
        Both from 0 to 1; 0 where this bend has no such part.
    """
    low, high = AWAKE.get(bend, (-math.inf, math.inf))
    if math.isinf(low):
        return 0.0, 0.0
    if math.isinf(high):
        unit_axis = 1 if sums.ndim >= 4 else sums.ndim - 1
        others = tuple(axis for axis in range(sums.ndim) if axis != unit_axis)
        return (sums <= low).all(others).float().mean().item() if others else 0.0, 0.0
    return 0.0, ((sums < low) | (sums > high)).float().mean().item()


def norm(tensors: Iterable[Tensor | None]) -> float:
    """√Σ v² over all the numbers, in double precision; NaN if there are none."""
    found = [float(one.double().norm()) for one in tensors if one is not None]
    return math.hypot(*found) if found else math.nan


def measure(run: Run) -> dict[str, tuple[LayerHealth, ...]]:
    """The layers of every network of a run, as they are now and as the next step would move them. Changes nothing.

    Of a run that has failed, the gradients are those that the last step left, and there are no updates.
    """
    has_failed = run.poll().has_failed

    def ask(experiment: Experiment) -> dict[str, tuple[LayerHealth, ...]]:
        step = NextStep(gradients_left(experiment)) if has_failed else next_step(experiment)
        return {name: _layers(network, step) for name, network in experiment.networks().items()}

    return run.look(ask)


def _layers(network: Network, step: NextStep) -> tuple[LayerHealth, ...]:
    bends = _bends(network)
    found = []
    for path, module in network.module.named_modules():
        name = f"{path} {type(module).__name__}".strip()
        parameters = list(module.parameters(recurse=False))
        if parameters:
            found.append(_of_weights(name, parameters, step))
        elif module in bends:
            is_one_sided = math.isinf(AWAKE[type(module)][1])
            dead, saturated = (sum(one) / len(one) for one in zip(*bends[module], strict=True))
            found.append(LayerHealth(name, dead=dead) if is_one_sided else LayerHealth(name, saturated=saturated))
    return tuple(found)


def _of_weights(name: str, parameters: Sequence[nn.Parameter], step: NextStep) -> LayerHealth:
    learning = [one for one in parameters if one.requires_grad]
    size, change = norm(one.detach() for one in learning), norm(step.updates.get(one) for one in learning)
    return LayerHealth(
        name,
        size=size,
        gradient=norm(step.gradients.get(one) for one in learning),
        update_ratio=change / size if size > 0 else math.nan,
        is_broken=not all(bool(one.isfinite().all()) for one in parameters),
    )


def _bends(network: Network) -> Mapping[nn.Module, list[tuple[float, float]]]:
    """Shares of dead units and of saturated outputs at every call of every bend that can be flat."""
    seen: dict[nn.Module, list[tuple[float, float]]] = {}

    def before(module: nn.Module, args: Any, kwargs: Any) -> None:
        if args and isinstance(args[0], Tensor) and args[0].ndim > 1:
            seen.setdefault(module, []).append(shares(type(module), args[0]))

    bends = [module for module in network.module.modules() if type(module) in AWAKE]
    if bends:
        with hooked(bends, before):
            run_through(network)
    return seen
