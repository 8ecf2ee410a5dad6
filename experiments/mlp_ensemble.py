"""Feed-forward networks of several seeds trained side by side: one batched step moves all of them."""

import copy
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor
from torch.func import functional_call, stack_module_state, vmap

from experiments.mlp import MLPExperiment
from training.optimizers import make_optimizer, update_optimizer
from training.turn import RandomState


class MLPEnsemble:
    """S networks that differ in their seed only. Each sees the batches it would see alone, in the same order.

    Shapes: S seeds, B batch, D inputs, K outputs, N examples.
    """

    def __init__(self, experiments: Sequence[MLPExperiment], random_states: Sequence[RandomState]) -> None:
        """Stacks the networks of experiments that nobody else trains from now on; see `gather`."""
        first = experiments[0]
        self.record_every = first.record_every
        self._experiments, self._random_states = experiments, random_states
        self._settings, self._num_steps = first.settings, 0
        self._weights, _ = stack_module_state([experiment.model for experiment in experiments])
        self._penalised = [weights for name, weights in self._weights.items() if name.endswith("weight")]
        self._model = copy.deepcopy(first.model).to("meta")  # the way through the layers, without numbers of its own
        self._optimizer = make_optimizer(self._weights.values(), first.settings)
        self._x = torch.stack([experiment.problem.x for experiment in experiments]).to(first.device)  # (S, N, D)
        self._y = torch.stack([experiment.problem.y for experiment in experiments]).to(first.device)  # (S, N)

    def step(self) -> None:
        """One optimiser update of every network, each on its own next batch."""
        x, y = self._next_batches()
        loss = vmap(self._loss)(self._weights, x, y).sum()  # each network's gradient is that of its own part
        if self._settings.l1:
            loss = loss + self._settings.l1 * sum(weights.abs().sum() for weights in self._penalised)
        for weights in self._weights.values():
            weights.grad = None
        loss.backward()
        if self._settings.schedule != "constant":
            update_optimizer(self._optimizer, self._settings, self._num_steps)
        self._optimizer.step()
        self._num_steps += 1

    @torch.no_grad()
    def evaluate(self) -> list[dict[str, float]]:
        """The row of history of every network."""
        rows = vmap(self._measure)(self._weights, self._x, self._y).tolist()
        return [self._experiments[0].row(numbers, self._num_steps) for numbers in rows]

    def _next_batches(self) -> tuple[Float[Tensor, "S B D"], Tensor]:
        pairs = []
        for experiment, random in zip(self._experiments, self._random_states, strict=True):
            if experiment.steps_left_in_epoch > 1:
                pairs.append(experiment.next_batch())
                continue
            with random.swapped_in():  # the next epoch is shuffled
                pairs.append(experiment.next_batch())
        return torch.stack([x for x, _ in pairs]), torch.stack([y for _, y in pairs])

    def _outputs(self, weights: dict[str, Tensor], x: Float[Tensor, "B D"]) -> Float[Tensor, "B K"]:
        outputs: Tensor = functional_call(self._model, weights, (x,))
        return outputs

    def _loss(self, weights: dict[str, Tensor], x: Float[Tensor, "B D"], y: Tensor) -> Float[Tensor, ""]:
        return self._experiments[0].data_loss(self._outputs(weights, x), y)

    def _measure(self, weights: dict[str, Tensor], x: Float[Tensor, "N D"], y: Tensor) -> Float[Tensor, "4"]:
        return self._experiments[0].measure(self._outputs(weights, x), y)


def gather(experiments: Sequence[MLPExperiment], random_states: Sequence[RandomState]) -> MLPEnsemble | None:
    """The ensemble of fresh experiments, or None where a batched step would not do what each does alone.

    Args:
        experiments: S of them, that differ in their seed only.
        random_states: the place of each in its random sequence.
    """
    first = experiments[0]
    is_random = first.settings.dropout > 0 or first.settings.problem == "random labels"  # drawn anew at each step
    sizes = {(tuple(one.problem.x.shape), one.problem.num_train) for one in experiments}
    return None if is_random or len(sizes) > 1 else MLPEnsemble(experiments, random_states)
