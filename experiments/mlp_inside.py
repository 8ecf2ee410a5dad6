"""Looking inside the paused network of the page `mlp`: one neuron, one update, all layers; and changing it by hand.

Nothing here moves the run, its optimiser or its random numbers, except `choose`, `set_weights` and `freeze`. What an
update would do is found out by a twin that really makes it, so what is shown is what would happen.

Layers are counted from 1; the last, L+1, gives the outputs. N counts examples, those for training first.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from experiments.baselines import Examples, LossName
from experiments.mlp_problem import MAP_SIZE, Map, Problem
from experiments.mlp_settings import MLPSettings
from experiments.mlp_update import Microscope, Watch
from models.mlp import SimpleMLP
from training.arrays import array
from training.optimizers import make_optimizer
from training.settings import SettingsError
from training.turn import same_random_numbers

MAX_WEIGHT: Final = 1000.0
NUM_BINS: Final = 40
GRADIENT_POWERS: Final = (-8.0, 2.0)  # gradients are counted by their size, from 1e-8 to 100
RANGES: Final = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0), "sine": (-1.0, 1.0)}


@dataclass(frozen=True, eq=False)
class Neuron:
    """One neuron and what it computes for one example: value = f(Σ inputs · weights + bias).

    Attributes:
        layer: from 1; L+1 for an output.
        unit: from 0.
        example: from 0.
        activation: the bend f; an output has `identity`.
        inputs: (D,) what the layer before says for this example.
        weights: (D,) of this neuron.
        products: (D,) inputs · weights.
        bias: b.
        sum: z, the sum of the products and the bias.
        value: f(z).
        field: f(z) over the map, (M, M) with low y first, or along a curve (P,).
    """

    layer: int
    unit: int
    example: int
    activation: str
    inputs: Float[np.ndarray, " D"]
    weights: Float[np.ndarray, " D"]
    products: Float[np.ndarray, " D"]
    bias: float
    sum: float
    value: float
    field: Float[np.ndarray, "M M"] | Float[np.ndarray, " P"]


@dataclass(frozen=True, eq=False)
class Predictions:
    """What the network says of every example, without dropout.

    Attributes:
        chances: (N, C) of each class; None for numbers.
        predicted: (N,) class, or number in the unit of the data.
        true: (N,) class, or number in the unit of the data.
        target_name: what is predicted.
    """

    chances: Float[np.ndarray, "N C"] | None
    predicted: Int[np.ndarray, " N"] | Float[np.ndarray, " N"]
    true: Int[np.ndarray, " N"] | Float[np.ndarray, " N"]
    target_name: str


@dataclass(frozen=True, eq=False)
class Spread:
    """How the numbers inside the network spread, layer by layer, over the training examples.

    Attributes:
        value_edges: (41,) the same bins for every hidden layer.
        values: L arrays (40,), shares of the outputs of a hidden layer.
        gradient_edges: (41,) powers of ten of |∂loss/∂w|; smaller and larger ones are in the end bins.
        gradients: L+1 arrays (40,), shares of a layer's weights.
        zero_share: L+1 shares of weights whose gradient is exactly 0, which are in no bin.
        gradient_norms: L+1 lengths of the gradient of the loss, penalties left out.
    """

    value_edges: Float[np.ndarray, " edges"]
    values: tuple[Float[np.ndarray, " bins"], ...]
    gradient_edges: Float[np.ndarray, " edges"]
    gradients: tuple[Float[np.ndarray, " bins"], ...]
    zero_share: tuple[float, ...]
    gradient_norms: tuple[float, ...]


class Inside(ABC):
    """What `MLPExperiment` answers when it is looked into."""

    settings: MLPSettings
    device: torch.device
    problem: Problem
    loss_name: LossName
    model: SimpleMLP
    optimizer: torch.optim.Optimizer
    chosen: tuple[Tensor, Tensor] | None = None  # examples that the next step takes instead of the next batch
    _x: Tensor
    _y: Tensor
    _order: Tensor
    _cursor: int
    _batch_loss: Tensor | None

    @property
    @abstractmethod
    def map(self) -> Map:
        """The plane on which the problem is drawn."""

    @abstractmethod
    def step(self) -> None:
        """One optimiser update."""

    @abstractmethod
    def next_batch(self) -> tuple[Tensor, Tensor]:
        """The examples of the next step: those in `chosen` if there are some."""

    @abstractmethod
    def data_loss(self, outputs: Tensor, y: Tensor) -> Tensor:
        """How wrong the outputs are, without penalties on weights."""

    @abstractmethod
    def chances(self, outputs: Tensor) -> Tensor:
        """What the outputs say of each class."""

    # ---- looking -----------------------------------------------------------------------------------------------

    def examples(self) -> Examples:
        """Inputs, targets and split, for the baselines."""
        num_classes = len(self.problem.dataset.class_names)
        return Examples(array(self._x), array(self._y), self.problem.num_train, num_classes, self.loss_name)

    @torch.no_grad()
    def predictions(self) -> Predictions:
        """What the network says of every example."""
        outputs, problem = self._outputs(self._x), self.problem
        name = problem.dataset.target_name
        if problem.dataset.task == "classification":
            chances = array(self.chances(outputs))
            return Predictions(chances, chances.argmax(1), array(self._y), name)
        predicted, true = (array(numbers.double()) for numbers in (outputs[:, 0], self._y))
        scale, shift = problem.target_std, problem.target_mean
        return Predictions(None, predicted * scale + shift, true * scale + shift, name)

    @torch.no_grad()
    def neuron(self, layer: int, unit: int, example: int) -> Neuron:
        """One neuron with the numbers of one example.

        Args:
            layer: from 1, L+1 for the outputs.
            unit: from 0.
            example: from 0, training examples first.

        Raises:
            SettingsError: if there is no such neuron or example.
        """
        linear, (x, _) = self._linear(layer), self._example(example)
        if not 0 <= unit < linear.out_features:
            raise SettingsError(f"There is no neuron {unit + 1} in layer {layer}: it has {linear.out_features}.")
        sums, values = self.model.layer_outputs(x)
        inputs = (x if layer == 1 else values[layer - 2])[0]
        field = array(self.model.layer_outputs(self.map.grid)[1][layer - 1][:, unit])
        is_output = layer == len(self.model.linears)
        return Neuron(
            layer=layer,
            unit=unit,
            example=example,
            activation="identity" if is_output else self.settings.activation,
            inputs=array(inputs),
            weights=array(linear.weight[unit]),
            products=array(inputs * linear.weight[unit]),
            bias=float(linear.bias[unit]),
            sum=float(sums[layer - 1][0, unit]),
            value=float(values[layer - 1][0, unit]),
            field=field if self.problem.dataset.is_curve else field.reshape(MAP_SIZE, MAP_SIZE),
        )

    def microscope(self, example: int | None = None) -> Microscope:
        """The next update, taken apart. Changes nothing.

        Args:
            example: take this one alone; None for the next batch.

        Raises:
            SettingsError: if there is no such example.
        """
        with same_random_numbers(self.device):
            twin = self._twin()
            x, y = twin.next_batch() if example is None else self._example(example)
            twin.chosen = x.clone().requires_grad_(), y  # so that gradients reach every layer, frozen ones too
            with Watch(twin.model) as watch:
                twin.step()
        rate = float(twin.optimizer.param_groups[0]["lr"])
        assert twin._batch_loss is not None
        with torch.no_grad():
            is_classes = self.problem.dataset.task == "classification"
            return Microscope(
                indices=self._indices(example, len(x)),
                targets=array(y),
                chances=array(self.chances(watch.outputs)) if is_classes else None,
                loss=float(twin._batch_loss),
                penalty=self.settings.l1 * sum(float(linear.weight.abs().sum()) for linear in self.model.linears),
                loss_before=float(self.data_loss(self._outputs(x), y)),
                loss_after=float(self.data_loss(twin._outputs(x), y)),
                rate=rate,
                layers=tuple(watch.layer_steps(self.model.linears, rate)),
            )

    def spread(self) -> Spread:
        """How activations, gradients and the next update spread over the layers. Changes nothing."""
        hidden, gradients = self._values_and_gradients()
        edges, powers = value_edges(hidden, self.settings.activation), np.linspace(*GRADIENT_POWERS, NUM_BINS + 1)
        sizes = [np.log10(np.abs(gradient[gradient != 0])) for gradient in gradients]
        return Spread(
            value_edges=edges,
            values=tuple(shares(values, edges, values.size) for values in hidden),
            gradient_edges=powers,
            gradients=tuple(shares(size, powers, one.size) for size, one in zip(sizes, gradients, strict=True)),
            zero_share=tuple(float(np.mean(gradient == 0)) for gradient in gradients),
            gradient_norms=tuple(length(gradient) for gradient in gradients),
        )

    # ---- changing by hand --------------------------------------------------------------------------------------

    def choose(self, example: int) -> None:
        """Makes the next step learn from this one example instead of the next batch.

        Raises:
            SettingsError: if there is no such example.
        """
        self.chosen = self._example(example)

    @torch.no_grad()
    def set_weights(self, layer: int, weight: Sequence[Sequence[Any]], bias: Sequence[Any]) -> None:
        """Replaces the weights of one layer.

        Args:
            layer: from 1, L+1 for the outputs.
            weight: (H, D).
            bias: (H,).

        Raises:
            SettingsError: if a number is missing or too large, or the shape does not fit.
        """
        linear = self._linear(layer)
        new_weight, new_bias = _checked(weight, linear.weight), _checked(bias, linear.bias)
        linear.weight.copy_(new_weight)
        linear.bias.copy_(new_bias)

    def freeze(self, layer: int, is_frozen: bool) -> None:
        """Keeps one layer from learning, or lets it learn again.

        Raises:
            SettingsError: if no layer would be left to learn.
        """
        linear = self._linear(layer)
        if is_frozen and not any(other.weight.requires_grad for other in self.model.linears if other is not linear):
            raise SettingsError("At least one layer has to learn: let another one learn before freezing this one.")
        for parameter in linear.parameters():
            parameter.requires_grad_(not is_frozen)
            parameter.grad = None

    # ---- parts -------------------------------------------------------------------------------------------------

    def _linear(self, layer: int) -> nn.Linear:
        linears = self.model.linears
        if not 1 <= layer <= len(linears):
            raise SettingsError(f"There is no layer {layer}: this network has {len(linears)}, the outputs included.")
        return linears[layer - 1]

    def _example(self, example: int) -> tuple[Tensor, Tensor]:
        if not 0 <= example < len(self._x):
            raise SettingsError(f"There is no example {example + 1}: there are {len(self._x)}.")
        return self._x[example : example + 1], self._y[example : example + 1]

    def _indices(self, example: int | None, batch_size: int) -> Int[np.ndarray, " _"]:
        if example is not None:
            return np.array([example])
        if self.settings.problem == "random labels":
            return np.array([], dtype=np.int64)
        return array(self._order[self._cursor : self._cursor + batch_size])

    def _outputs(self, x: Float[Tensor, "B D"]) -> Float[Tensor, "B K"]:
        """The outputs without dropout."""
        return self.model.layer_outputs(x)[1][-1]

    def _values_and_gradients(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Outputs of the hidden layers, and gradients of the weight matrices, over all training examples."""
        model, n = copy.deepcopy(self.model).requires_grad_(True), self.problem.num_train
        values = model.layer_outputs(self._x[:n])[1]
        loss = self.data_loss(values[-1], self._y[:n])
        gradients = torch.autograd.grad(loss, [linear.weight for linear in model.linears])
        return [array(value) for value in values[:-1]], [array(gradient) for gradient in gradients]

    def _twin(self) -> "Inside":
        """A copy whose network and optimiser can move without moving this one's."""
        twin = copy.copy(self)
        twin.model = copy.deepcopy(self.model)
        twin.optimizer = make_optimizer(twin.model.parameters(), self.settings)
        twin.optimizer.load_state_dict(copy.deepcopy(self.optimizer.state_dict()))
        return twin


def value_edges(hidden: Sequence[np.ndarray], activation: str) -> Float[np.ndarray, " edges"]:
    """Bins that are the same for all layers: the whole range of a bounded activation, else that of the values."""
    low, high = RANGES.get(activation, (0.0, 0.0))
    for values in hidden if activation not in RANGES else ():
        finite = values[np.isfinite(values)]
        low, high = min(low, float(finite.min(initial=0))), max(high, float(finite.max(initial=0)))
    return np.linspace(low, high if high > low else low + 1, NUM_BINS + 1)


def length(values: np.ndarray) -> float:
    """√Σ v², in double precision: an exploding network overflows single precision first here."""
    return float(np.linalg.norm(values.astype(np.float64)))


def shares(values: np.ndarray, edges: np.ndarray, total: int) -> Float[np.ndarray, " bins"]:
    """Counts in each bin over `total`; values beyond the ends are in the end bins, those that are no number nowhere."""
    finite = values[np.isfinite(values)]
    return np.histogram(np.clip(finite, edges[0], edges[-1]), edges)[0] / max(total, 1)


def _checked(numbers: Sequence[Any], like: Tensor) -> Tensor:
    try:
        checked = np.array(numbers, dtype=np.float64)
    except (TypeError, ValueError):
        raise SettingsError("Every weight has to be a number.") from None
    if checked.shape != tuple(like.shape):
        raise SettingsError(f"This layer has {like.numel()} numbers here, and {checked.size} were given.")
    if not np.all(np.abs(checked) <= MAX_WEIGHT):
        raise SettingsError(f"Every weight has to be a number from −{MAX_WEIGHT:g} to {MAX_WEIGHT:g}.")
    return torch.tensor(checked, dtype=like.dtype)
