"""The experiment behind the page `mlp`: a feed-forward network on a plane, a curve or a table."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from data.tables import fresh_random_batch
from experiments.mlp_inside import Inside
from experiments.mlp_observation import (
    HISTOGRAM_ROWS,
    SHOWN_INPUTS,
    Kind,
    MLPObservation,
    class_histograms,
    num_shown,
    tile_size,
)
from experiments.mlp_outputs import choose_loss, num_outputs, predicted_class, probabilities
from experiments.mlp_problem import (
    MAP_SIZE,
    NOTHING,
    NUM_RANDOM_CLASSES,
    NUM_RANDOM_FEATURES,
    Map,
    Own,
    make_map,
    make_problem,
)
from experiments.mlp_settings import MLPSettings
from models.mlp import ACTIVATIONS, SimpleMLP
from training.device import choose_device
from training.experiment import Network
from training.findings import after_explosion, slower
from training.health import norm, shares
from training.optimizers import make_optimizer, rate_at, update_optimizer


class MLPExperiment(Inside):
    """A feed-forward network that learns one problem, step by step."""

    def __init__(self, settings: MLPSettings, own: Own | None = None) -> None:
        """Makes data, network and optimiser.

        Args:
            settings: what to build.
            own: what the visitor brought, for the problems `own points` and `own table`.

        Raises:
            SettingsError: if the settings do not fit together.
            DataError: if the visitor's data cannot be used.
        """
        self.settings = settings
        self.device = choose_device(settings.device, is_small=True)
        self._own = own
        self.problem = make_problem(settings, own or NOTHING)
        self.loss_name = choose_loss(settings, self.problem)
        self._x, self._y = self.problem.x.to(self.device), self.problem.y.to(self.device)
        self.model = SimpleMLP(
            self.problem.x.shape[1],
            settings.hidden_dims,
            num_outputs(self.loss_name, self.problem),
            settings.dropout,
            activation=settings.activation,
            initialisation=settings.initialisation,
        ).to(self.device)
        self._weights = list(self.model.parameters())
        self.optimizer = make_optimizer(self._weights, settings)
        self.num_steps = 0
        self._cursor = 0
        self._num_epochs = 0
        self._order = torch.arange(self.problem.num_train, device=self.device)
        self._batch_loss: Tensor | None = None
        self._shuffle()

    # ---- learning ----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One optimiser update on the next batch."""
        x, y = self.next_batch()
        loss = self.data_loss(self.model(x), y)
        self._batch_loss = loss.detach()
        if self.settings.l1:
            loss = loss + self.settings.l1 * sum(linear.weight.abs().sum() for linear in self.model.linears)
        for weight in self._weights:  # what zero_grad does, without 30 us of bookkeeping
            weight.grad = None
        loss.backward()
        if self.settings.schedule != "constant":
            update_optimizer(self.optimizer, self.settings, self.num_steps)
        self.optimizer.step()
        self.num_steps += 1

    def next_batch(self) -> tuple[Float[Tensor, "B D"], Tensor]:
        """The next examples of the epoch; the last batch may be smaller. A new epoch is shuffled anew."""
        if self.chosen is not None:
            chosen, self.chosen = self.chosen, None
            return chosen
        if self.settings.problem == "random labels":
            x, y = fresh_random_batch(self._batch_size, NUM_RANDOM_FEATURES, NUM_RANDOM_CLASSES)
            self._advance_cursor()
            return x.to(self.device), y.to(self.device)
        first = self._cursor
        x, y = self._train_x[first : first + self._batch_size], self._train_y[first : first + self._batch_size]
        self._advance_cursor()
        return x, y

    def _advance_cursor(self) -> None:
        self._cursor += self._batch_size
        if self._cursor >= self.problem.num_train:
            self._cursor = 0
            self._num_epochs += 1
            self._shuffle()

    def _shuffle(self) -> None:
        if self._batch_size < self.problem.num_train:
            self._order = torch.randperm(self.problem.num_train).to(self.device)
        self._arrange()

    def _arrange(self) -> None:
        self._train_x, self._train_y = self._x[self._order], self._y[self._order]

    def data_loss(self, outputs: Float[Tensor, "B K"], y: Tensor) -> Float[Tensor, ""]:
        """How wrong the outputs are, averaged over the batch, without penalties on weights."""
        match self.loss_name:
            case "cross-entropy":
                return F.cross_entropy(outputs, y)
            case "bce":
                return F.binary_cross_entropy_with_logits(outputs, self._wanted(outputs, y))
            case "mse":
                return F.mse_loss(outputs, self._wanted(outputs, y))
            case "huber":
                return F.huber_loss(outputs, self._wanted(outputs, y))

    def _wanted(self, outputs: Float[Tensor, "B K"], y: Tensor) -> Float[Tensor, "B K"]:
        if self.problem.dataset.task == "regression" or outputs.shape[1] == 1:
            return y.to(outputs.dtype)[:, None]
        return F.one_hot(y, outputs.shape[1]).to(outputs.dtype)

    @property
    def _batch_size(self) -> int:
        return min(self.settings.batch_size, self.problem.num_train)

    @property
    def steps_per_epoch(self) -> int:
        """Batches in one pass over the training examples."""
        return -(-self.problem.num_train // self._batch_size)

    @property
    def steps_left_in_epoch(self) -> int:
        """Batches until the next pass begins."""
        return -(-(self.problem.num_train - self._cursor) // self._batch_size)

    @property
    def epoch(self) -> float:
        """Passes over the training examples so far."""
        return self._num_epochs + self._cursor / self.problem.num_train

    @property
    def record_every(self) -> int:
        """Once an epoch, and at least every 50 steps."""
        return min(self.steps_per_epoch, 50)

    # ---- the engine's other questions --------------------------------------------------------------------------

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Loss and accuracy (classes) or R² (numbers) on training and test examples, and the rate in force."""
        with self._without_dropout():
            outputs = self.model(self._x)
        numbers = self.measure(outputs, self._y)
        if self.settings.problem == "random labels" and self._batch_loss is not None:
            numbers[0] = self._batch_loss  # there is no training set: each batch is new
        return self.row(numbers.tolist(), self.num_steps)

    def measure(self, outputs: Float[Tensor, "N K"], y: Tensor) -> Float[Tensor, "4"]:
        """Loss on the training and on the test examples, and score on both; NaN where there is no test example."""
        n, numbers = self.problem.num_train, []
        for judge in (self.data_loss, self._score):
            numbers.append(judge(outputs[:n], y[:n]))
            numbers.append(judge(outputs[n:], y[n:]) if n < len(y) else outputs.new_full((), math.nan))
        return torch.stack(numbers)

    def row(self, numbers: Sequence[float], num_steps: int) -> dict[str, float]:
        """A row of history from what `measure` gave after `num_steps` steps."""
        name = "accuracy" if self.problem.dataset.task == "classification" else "r2"
        names = ("loss", "test_loss", name, f"test_{name}", "learning_rate")
        return dict(zip(names, (*numbers, rate_at(num_steps, self.settings)), strict=True))

    def chances(self, outputs: Float[Tensor, "B K"]) -> Float[Tensor, "B C"]:
        """What the outputs say of each class."""
        return probabilities(outputs, self.loss_name)

    def _score(self, outputs: Float[Tensor, "B K"], y: Tensor) -> Float[Tensor, ""]:
        if self.problem.dataset.task == "classification":
            return (predicted_class(outputs, self.loss_name) == y).float().mean()
        spread = ((y - y.mean()) ** 2).sum()
        return 1 - ((y - outputs[:, 0]) ** 2).sum() / spread.clamp_min(1e-12)

    def apply(self, settings: MLPSettings) -> None:
        """Takes over live settings: rate, penalties, dropout, batch size, schedule, the map's axes."""
        before, self.settings = self.settings, settings
        update_optimizer(self.optimizer, settings, self.num_steps)
        if settings.dropout != before.dropout:
            self.model.set_dropout(settings.dropout)
        if settings.batch_size != before.batch_size and self._cursor == 0:
            self._shuffle()  # full batches are not shuffled, and a table may be sorted by class
        axes = (settings.map_axes, settings.map_column_x, settings.map_column_y)
        if axes != (before.map_axes, before.map_column_x, before.map_column_y):
            vars(self).pop("map", None)  # it is made anew when somebody looks

    def advice(self, value: float) -> str:
        """What to try when the loss has exploded."""
        remedy = after_explosion(self.settings)
        if "initialisation" in remedy:
            return "The first weights are very large: choose the default ones, or lower the learning rate, and reset."
        return slower(self.settings)

    def state_dict(self) -> dict[str, Any]:
        """Weights, optimiser, and the place in the epoch."""
        return {
            "weights": [parameter.detach() for parameter in self.model.parameters()],
            "is_frozen": [not parameter.requires_grad for parameter in self.model.parameters()],
            "optimizer": self.optimizer.state_dict(),
            "order": self._order,
            "place": [self.num_steps, self._cursor, self._num_epochs],
        }

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Puts back what `state_dict` gave."""
        parts = zip(self.model.parameters(), state["weights"], state["is_frozen"], strict=True)
        for parameter, saved, is_frozen in parts:
            parameter.copy_(saved).requires_grad_(not is_frozen)
        self.optimizer.load_state_dict(state["optimizer"])
        self.optimizer.zero_grad()  # the gradients belong to another step
        self.num_steps, self._cursor, self._num_epochs = state["place"]
        self._order, self.chosen = state["order"], None
        self._arrange()
        update_optimizer(self.optimizer, self.settings, self.num_steps)

    def parameters(self) -> list[Tensor]:
        """Weights and biases, first layer to last."""
        return list(self.model.parameters())

    def networks(self) -> dict[str, Network]:
        """The one network, with the first batch of the epoch."""
        return {"network": Network(self.model, (self._train_x[: self._batch_size],))}

    # ---- watching ----------------------------------------------------------------------------------------------

    @property
    def kind(self) -> Kind:
        """How this problem is drawn."""
        dataset = self.problem.dataset
        return "plane" if dataset.is_plane else "curve" if dataset.is_curve else "table"

    @cached_property
    def map(self) -> Map:
        """The plane on which the problem is drawn; no step needs it."""
        made = make_map(self.problem, self.settings)
        return replace(made, grid=made.grid.to(self.device))

    @property
    def material(self) -> dict[str, Any]:
        """What the experiment was built from besides its settings, by the names of the arguments."""
        return {} if self._own in (None, NOTHING) else {"own": self._own}

    @torch.no_grad()
    def observe(self) -> MLPObservation:
        """The network as it is now, on the map and on the examples."""
        problem, linears = self.problem, self.model.linears
        with self._without_dropout():
            outputs = self.model(self._x)
            grid_values = [self.map.grid, *self.model.layer_outputs(self.map.grid)[1]]
        map_value, map_class = self._map_output(grid_values[-1])
        wrong = torch.zeros(len(self._y), dtype=torch.bool)
        if problem.dataset.task == "classification":
            wrong = (predicted_class(outputs, self.loss_name) != self._y).cpu()
        dead, saturated = self._health()
        return MLPObservation(
            kind=self.kind,
            task=problem.dataset.task,
            loss_name=self.loss_name,
            class_names=problem.dataset.class_names,
            input_labels=problem.input_labels,
            widths=(problem.x.shape[1], *self.settings.hidden_dims, linears[-1].out_features),
            units=self._units(grid_values[:-1]),
            weights=[linear.weight.cpu().numpy().copy() for linear in linears],
            biases=[linear.bias.cpu().numpy().copy() for linear in linears],
            is_frozen=tuple(not linear.weight.requires_grad for linear in linears),
            map_value=map_value,
            map_class=map_class,
            positions=self.map.positions.numpy(),
            targets=problem.y.numpy(),
            num_train=problem.num_train,
            is_wrong=wrong.numpy(),
            xlim=self.map.xlim,
            ylim=self.map.ylim,
            xlabel=self.map.xlabel,
            ylabel=self.map.ylabel,
            confusion=self._confusion(outputs),
            gradient_norms=tuple(norm([linear.weight.grad]) for linear in linears),
            dead_share=dead,
            saturated_share=saturated,
            report=problem.dataset.report,
            source=problem.dataset.source,
        )

    def _units(self, grid_values: list[Float[Tensor, "G _"]]) -> list[np.ndarray]:
        """Pictures of the inputs and of the shown units of each hidden layer."""
        limits = [SHOWN_INPUTS, *[num_shown(self.settings.hidden_dims)] * (len(grid_values) - 1)]
        if self.kind == "table":
            rows = self._histogram_rows()
            values = [self._x[rows], *self.model.layer_outputs(self._x[rows])[1][:-1]]
            classes = self._y[rows] if self.problem.dataset.task == "classification" else None
            num_classes = max(1, len(self.problem.dataset.class_names))
            return [
                class_histograms(value[:, :limit].cpu(), classes, num_classes)
                for value, limit in zip(values, limits, strict=True)
            ]
        if self.kind == "curve":
            return [value[:, :limit].T.cpu().numpy().copy() for value, limit in zip(grid_values, limits, strict=True)]
        stride = MAP_SIZE // tile_size(self.settings.hidden_dims)
        pairs = zip(grid_values, limits, strict=True)
        fields = [value[:, :limit].T.reshape(-1, MAP_SIZE, MAP_SIZE) for value, limit in pairs]
        return [field[:, stride // 2 :: stride, stride // 2 :: stride].cpu().numpy().copy() for field in fields]

    def _histogram_rows(self) -> Tensor:
        count = len(self._x)
        return torch.arange(0, count, max(1, -(-count // HISTOGRAM_ROWS)), device=self.device)

    def _map_output(self, outputs: Float[Tensor, "G K"]) -> tuple[np.ndarray, np.ndarray | None]:
        if self.kind == "curve":
            return outputs[:, 0].cpu().numpy().copy(), None
        if self.problem.dataset.task == "regression":
            return outputs[:, 0].reshape(MAP_SIZE, MAP_SIZE).cpu().numpy().copy(), None
        chance = probabilities(outputs, self.loss_name)
        winner = chance.argmax(1)
        value = chance[:, 1] if chance.shape[1] == 2 else chance.gather(1, winner[:, None])[:, 0]
        shape = (MAP_SIZE, MAP_SIZE)
        return value.reshape(shape).cpu().numpy().copy(), winner.reshape(shape).to(torch.uint8).cpu().numpy().copy()

    def _confusion(self, outputs: Float[Tensor, "N K"]) -> np.ndarray | None:
        if self.problem.dataset.task == "regression":
            return None
        n, k = self.problem.num_train, len(self.problem.dataset.class_names)
        pairs = self._y[n:] * k + predicted_class(outputs[n:], self.loss_name)
        return torch.bincount(pairs, minlength=k * k).reshape(k, k).cpu().numpy()

    def _health(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Share of dead units and of saturated outputs, a number for each hidden layer."""
        sums = self.model.layer_outputs(self._x[self._histogram_rows()])[0][:-1]
        found = [shares(ACTIVATIONS[self.settings.activation], z) for z in sums]
        return tuple(dead for dead, _ in found), tuple(saturated for _, saturated in found)

    def _without_dropout(self) -> "_Evaluating":
        return _Evaluating(self.model)


class _Evaluating:
    """Switches dropout off for a while; costs nothing where there is none."""

    def __init__(self, model: SimpleMLP) -> None:
        self._model = model
        self._has_dropout = any(isinstance(layer, torch.nn.Dropout) for layer in model.net)

    def __enter__(self) -> None:
        if self._has_dropout:
            self._model.train(False)

    def __exit__(self, *_: object) -> None:
        if self._has_dropout:
            self._model.train(True)


EXPERIMENT: Final = MLPExperiment
SETTINGS: Final = MLPSettings
