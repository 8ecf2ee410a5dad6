"""What the page shows of the inside is what the network computes, and looking changes nothing."""

from typing import Any

import numpy as np
import pytest
import torch

from experiments.mlp import MLPExperiment
from experiments.mlp_inside import NUM_BINS, shares, value_edges
from experiments.mlp_settings import MLPSettings
from training.run import Run
from training.settings import SettingsError

SMALL: dict[str, Any] = {"num_points": 40, "hidden_dims": (5, 4), "batch_size": 8}
KINDS: list[dict[str, Any]] = [
    {"problem": "spiral"},
    {"problem": "blobs", "num_classes": 4, "activation": "relu"},
    {"problem": "spiral", "loss": "bce"},
    {"problem": "spiral", "loss": "mse", "hidden_dims": ()},
    {"problem": "bumps", "loss": "huber"},
    {"problem": "sine"},
    {"problem": "iris"},
    {"problem": "diabetes"},
    {"problem": "random labels"},
]
OPTIMIZERS = ("sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "adagrad")


def run_of(steps: int = 3, **settings: Any) -> Run:
    run = Run(MLPExperiment, MLPSettings(**{**SMALL, **settings}))
    run.take(steps)
    while run.is_playing:
        run.advance(1.0)
    return run


def advance(run: Run, steps: int) -> None:
    run.take(steps)
    while run.is_playing:
        run.advance(1.0)


def weights_of(run: Run) -> list[np.ndarray]:
    return [parameter.detach().numpy().copy() for parameter in run.experiment.parameters()]


def flat(state: Any) -> list[Any]:
    """All tensors and numbers in a nest, tensors as lists."""
    if isinstance(state, dict):
        return [item for value in state.values() for item in flat(value)]
    if isinstance(state, list | tuple):
        return [item for value in state for item in flat(value)]
    return [state.tolist()] if isinstance(state, torch.Tensor) else [state]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_neuron_adds_up(kind: dict[str, Any]) -> None:
    run = run_of(**kind)
    x = run.experiment.problem.x[7:8]
    sums, values = run.experiment.model.layer_outputs(x)
    for layer in range(1, len(sums) + 1):
        seen = run.call("neuron", layer=layer, unit=0, example=7)
        assert seen.products.sum() + seen.bias == pytest.approx(seen.sum, abs=1e-5)
        assert seen.sum == pytest.approx(sums[layer - 1][0, 0].item(), abs=1e-6)
        assert seen.value == pytest.approx(values[layer - 1][0, 0].item(), abs=1e-6)
    assert seen.activation == "identity"
    assert seen.field.shape == ((120,) if kind["problem"] == "sine" else (60, 60))


def test_a_neuron_worked_by_hand() -> None:
    run = run_of(activation="relu", hidden_dims=(2,), is_standardised=False)
    run.edit("set_weights", layer=1, weight=[[1.0, -2.0], [0.0, 0.0]], bias=[0.5, 0.0])
    x1, x2 = run.experiment.problem.x[0].tolist()
    seen = run.call("neuron", layer=1, unit=0, example=0)
    assert seen.sum == pytest.approx(x1 - 2 * x2 + 0.5, abs=1e-5)
    assert seen.value == max(0.0, seen.sum)


@pytest.mark.parametrize(("layer", "unit", "example"), [(0, 0, 0), (4, 0, 0), (1, 5, 0), (1, -1, 0), (1, 0, 40)])
def test_a_neuron_that_is_not_there_is_refused(layer: int, unit: int, example: int) -> None:
    with pytest.raises(SettingsError, match="There is no"):
        run_of().call("neuron", layer=layer, unit=unit, example=example)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("example", [None, 3])
def test_the_microscope_has_the_gradients_of_autograd(kind: dict[str, Any], example: int | None) -> None:
    run = run_of(**kind, l1=0.01)
    seen = run.call("microscope", example=example)
    experiment = run.experiment
    if len(seen.indices):
        x, y = experiment.problem.x[seen.indices], experiment.problem.y[seen.indices]
        loss = experiment.data_loss(experiment.model(x), y)
        assert seen.loss == pytest.approx(loss.item(), abs=1e-6)
        penalty = 0.01 * sum(linear.weight.abs().sum() for linear in experiment.model.linears)
        assert seen.penalty == pytest.approx(penalty.item(), rel=1e-5)
        expected = torch.autograd.grad(loss + penalty, experiment.parameters())
        got = [one for layer in seen.layers for one in (layer.weight_gradient, layer.bias_gradient)]
        for ours, theirs in zip(got, expected, strict=True):
            np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-6)
    for layer in seen.layers:
        np.testing.assert_allclose(layer.inputs @ layer.weight.T + layer.bias, layer.sums, atol=1e-5)
        # ∂loss/∂w is the sum over the examples of δ · h, and the penalty's share
        product = layer.deltas.T @ layer.inputs + 0.01 * np.sign(layer.weight)
        np.testing.assert_allclose(layer.weight_gradient, product, atol=1e-5)
        np.testing.assert_allclose(layer.weight_plain, -seen.rate * layer.weight_gradient, atol=1e-9)


def test_the_gradient_is_the_slope_of_the_loss() -> None:
    run = run_of(num_points=20)
    seen, model = run.call("microscope", example=2), run.experiment.model.double()
    x, y = run.experiment.problem.x[2:3].double(), run.experiment.problem.y[2:3]
    weight, h = model.linears[0].weight, 1e-5
    with torch.no_grad():
        weight[1, 0] += h
        above = run.experiment.data_loss(model(x), y).item()
        weight[1, 0] -= 2 * h
        below = run.experiment.data_loss(model(x), y).item()
    assert seen.layers[0].weight_gradient[1, 0] == pytest.approx((above - below) / (2 * h), abs=1e-4)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("settings", [{}, {"dropout": 0.5}, {"schedule": "warm-up"}, {"weight_decay": 0.1, "l1": 0.01}])
def test_the_next_step_does_what_the_microscope_said(optimizer: str, settings: dict[str, Any]) -> None:
    run = run_of(**settings, optimizer=optimizer)
    for _ in range(4):  # an epoch has three batches, so this crosses a shuffle
        before, seen = weights_of(run), run.call("microscope")
        advance(run, 1)
        said = [one for layer in seen.layers for one in (layer.weight_update, layer.bias_update)]
        for old, update, new in zip(before, said, weights_of(run), strict=True):
            np.testing.assert_array_equal(new - old, update)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("settings", [{}, {"dropout": 0.5}])
def test_one_chosen_example_does_what_the_microscope_said(optimizer: str, settings: dict[str, Any]) -> None:
    run = run_of(**settings, optimizer=optimizer)
    before, seen = weights_of(run), run.call("microscope", example=5)
    step, place = run.step, run.experiment._cursor
    run.edit("choose", example=5)
    advance(run, 1)
    said = [one for layer in seen.layers for one in (layer.weight_update, layer.bias_update)]
    for old, update, new in zip(before, said, weights_of(run), strict=True):
        np.testing.assert_array_equal(new - old, update)
    assert run.step == step + 1
    assert run.experiment._cursor == place
    assert seen.indices.tolist() == [5]
    loss = run.experiment.data_loss(
        run.experiment.model.eval()(run.experiment.problem.x[5:6]), run.experiment.problem.y[5:6]
    )
    assert seen.loss_after == pytest.approx(loss.item(), abs=1e-6)


def test_plain_gradient_descent_makes_the_plain_update() -> None:
    for layer in run_of(optimizer="sgd").call("microscope").layers:
        np.testing.assert_allclose(layer.weight_update, layer.weight_plain, atol=1e-7)
        np.testing.assert_allclose(layer.bias_update, layer.bias_plain, atol=1e-7)


@pytest.mark.parametrize("kind", [*KINDS, {"dropout": 0.5}, {"schedule": "cosine"}], ids=str)
def test_looking_changes_nothing(kind: dict[str, Any]) -> None:
    looked, left = run_of(**kind), run_of(**kind)
    before = flat(looked.experiment.state_dict())
    for method, arguments in (
        ("microscope", {}),
        ("microscope", {"example": 1}),
        ("spread", {}),
        ("predictions", {}),
        ("examples", {}),
        ("neuron", {"layer": 1, "unit": 0, "example": 0}),
    ):
        looked.call(method, **arguments)
    assert flat(looked.experiment.state_dict()) == before
    advance(looked, 8)
    advance(left, 8)
    for ours, theirs in zip(weights_of(looked), weights_of(left), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_frozen_layer_stays_and_the_others_move() -> None:
    run = run_of(optimizer="adamw", weight_decay=0.1)
    run.edit("freeze", layer=2, is_frozen=True)
    before = weights_of(run)
    seen = run.call("microscope")
    assert [layer.is_frozen for layer in seen.layers] == [False, True, False]
    assert not seen.layers[1].weight_update.any()
    assert seen.layers[0].weight_gradient.any(), "the gradient goes through a frozen layer"
    advance(run, 5)
    moved = [not np.array_equal(old, new) for old, new in zip(before, weights_of(run), strict=True)]
    assert moved == [True, True, False, False, True, True]
    assert run.poll().observation.is_frozen == (False, True, False)
    run.edit("freeze", layer=2, is_frozen=False)
    advance(run, 1)
    assert not np.array_equal(before[2], weights_of(run)[2])


def test_gradients_reach_behind_frozen_first_layers() -> None:
    run = run_of()
    run.edit("freeze", layer=1, is_frozen=True)
    run.edit("freeze", layer=2, is_frozen=True)
    assert all(layer.deltas.any() for layer in run.call("microscope").layers)
    assert all(norm > 0 for norm in run.call("spread").gradient_norms)


def test_the_last_layer_that_learns_cannot_be_frozen() -> None:
    run = run_of()
    run.edit("freeze", layer=1, is_frozen=True)
    run.edit("freeze", layer=2, is_frozen=True)
    with pytest.raises(SettingsError, match="At least one layer has to learn"):
        run.edit("freeze", layer=3, is_frozen=True)
    advance(run, 1)


def test_weights_can_be_written() -> None:
    run = run_of(hidden_dims=(2,))
    run.edit("set_weights", layer=1, weight=[[1, 2], [3, 4.5]], bias=[0, -1])
    observation = run.poll().observation
    assert observation.weights[0].tolist() == [[1, 2], [3, 4.5]]
    assert observation.biases[0].tolist() == [0, -1]
    advance(run, 1)


@pytest.mark.parametrize(
    ("weight", "bias"),
    [
        ([[1, 2]], [0, 0]),
        ([[1, 2], [3, None]], [0, 0]),
        ([[1, 2], [3, "four"]], [0, 0]),
        ([[1, 2], [3, 1001]], [0, 0]),
        ([[1, 2], [3, float("inf")]], [0, 0]),
        ([[1, 2], [3]], [0, 0]),
        ([[1, 2], [3, 4]], [float("nan"), 0]),
    ],
    ids=str,
)
def test_a_bad_weight_is_refused_and_nothing_changes(weight: list[list[Any]], bias: list[Any]) -> None:
    run = run_of(hidden_dims=(2,))
    before = weights_of(run)
    with pytest.raises(SettingsError, match=r"^[A-Z][^.]*\.$"):
        run.edit("set_weights", layer=1, weight=weight, bias=bias)
    for old, new in zip(before, weights_of(run), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_spread_counts_everything(kind: dict[str, Any]) -> None:
    run = run_of(**kind)
    seen, num_hidden = run.call("spread"), len(run.settings.hidden_dims)
    assert len(seen.values) == num_hidden
    assert len(seen.gradients) == len(seen.gradient_norms) == num_hidden + 1
    for counts in seen.values:
        assert counts.shape == (NUM_BINS,)
        assert counts.sum() == pytest.approx(1)
    for counts, zeros in zip(seen.gradients, seen.zero_share, strict=True):
        assert counts.sum() + zeros == pytest.approx(1)


def test_the_spread_knows_vanishing_gradients_and_dead_units() -> None:
    sigmoid = run_of(activation="sigmoid", hidden_dims=(8,) * 6).call("spread")
    assert sigmoid.gradient_norms[0] < sigmoid.gradient_norms[-1] / 100
    run = run_of(activation="relu", hidden_dims=(3,))
    run.edit("set_weights", layer=1, weight=[[0, 0]] * 3, bias=[-1, -1, 1])
    assert run.call("spread").zero_share[0] == pytest.approx(2 / 3)


def test_bins_do_not_mind_numbers_that_are_none() -> None:
    values = np.array([0.5, np.nan, np.inf, 2.0])
    assert shares(values, np.linspace(0, 1, NUM_BINS + 1), 4).sum() == pytest.approx(0.5)
    assert value_edges([values], "tanh").tolist()[::NUM_BINS] == [-1, 1]
    assert value_edges([values], "relu").tolist()[::NUM_BINS] == [0, 2]
    assert value_edges([], "relu").tolist()[::NUM_BINS] == [0, 1]


def test_a_failed_run_can_be_looked_into() -> None:
    run = run_of(optimizer="sgd", learning_rate=10.0, initialisation="large", problem="bumps", activation="identity")
    advance(run, 300)
    assert run.poll().has_failed
    run.call("spread")
    run.call("microscope")
    run.call("predictions")
    run.call("neuron", layer=1, unit=0, example=0)


def test_predictions_are_in_the_unit_of_the_data() -> None:
    run = run_of(problem="diabetes")
    seen = run.call("predictions")
    dataset, order = run.experiment.problem.dataset, run.experiment.problem.order
    np.testing.assert_allclose(seen.true, dataset.target[order].numpy(), rtol=1e-4)
    assert seen.chances is None
    classes = run_of(problem="iris").call("predictions")
    np.testing.assert_allclose(classes.chances.sum(1), 1, rtol=1e-5)
    wrong = run_of(problem="iris").poll().observation.is_wrong
    np.testing.assert_array_equal(classes.predicted != classes.true, wrong)
