import math

import numpy as np
import pytest
import torch

from data.dataset import DataError
from experiments.mlp import MLPExperiment
from experiments.mlp_observation import class_histograms, tile_size
from experiments.mlp_outputs import choose_loss, offered_losses, predicted_class, probabilities
from experiments.mlp_problem import CURVE_SIZE, MAP_SIZE, Own
from experiments.mlp_settings import CURVES, NUMBERS, PLANES, MLPSettings, Problem
from tests.training.toy import finish, is_sentence
from training.run import Run, Stop
from training.settings import SettingsError, choices_of

PROBLEMS = [name for name in choices_of(MLPSettings.model_fields["problem"]) if not name.startswith("own")]
LOSSES = choices_of(MLPSettings.model_fields["loss"])
TABLES = ("iris", "wine", "breast cancer", "diabetes", "digits")
SQUARE = ((-3.0, -4.0, 0), (3.0, -3.0, 0), (1.0, -2.0, 0), (-3.0, 4.0, 1), (3.0, 3.0, 1), (-1.0, 2.0, 1))


def build(own=None, **settings):
    torch.manual_seed(settings.get("seed", 0))
    return MLPExperiment(MLPSettings(**settings), own)


def trained(num_steps, own=None, **settings):
    experiment = build(own, **settings)
    for _ in range(num_steps):
        experiment.step()
    return experiment


# ---- learning ------------------------------------------------------------------------------------------------------

# Test accuracy, or R² for numbers, that a run of 250 steps must reach.
REACHED = {
    **{"circle": 0.95, "xor": 0.95, "gaussians": 0.95, "moons": 0.95, "blobs": 0.95, "spiral": 0.85},
    **{"checkerboard": 0.75, "plane": 0.9, "bumps": 0.7, "sine": 0.85, "step": 0.9, "x sin x": 0.8, "absolute": 0.9},
    **{"iris": 0.9, "wine": 0.9, "breast cancer": 0.9, "diabetes": 0.3, "digits": 0.88},
}
RECIPE = {"hidden_dims": (16, 16), "activation": "relu", "batch_size": 64, "learning_rate": 0.02}


@pytest.mark.parametrize("problem", REACHED)
def test_every_problem_is_learnt(problem):
    changes = {"hidden_dims": (), "learning_rate": 0.05} if problem == "diabetes" else {}
    row = trained(250, **{**RECIPE, "problem": problem, "noise": 0.0, "test_share": 0.3, **changes}).evaluate()
    name = "test_r2" if problem in NUMBERS else "test_accuracy"
    assert row[name] > REACHED[problem]


def test_no_problem_is_left_out():
    assert set(PROBLEMS) - {"random labels", "fixed random labels"} == set(REACHED)
    assert set(choices_of(MLPSettings.model_fields["problem"])) == {*PROBLEMS, "own points", "own table"}
    assert Problem  # the union the settings are made of


def test_fresh_random_labels_stay_at_the_loss_of_guessing():
    experiment = build(problem="random labels", learning_rate=1e-3, hidden_dims=(64, 32), activation="relu")
    for _ in range(5):
        for _ in range(60):
            experiment.step()
        row = experiment.evaluate()
        assert row["test_loss"] == pytest.approx(math.log(5), abs=0.1)
        assert row["loss"] == pytest.approx(math.log(5), abs=0.15)  # of the last batch


def test_fixed_random_labels_are_memorised_and_not_understood():
    row = trained(250, **{**RECIPE, "hidden_dims": (64, 64), "problem": "fixed random labels"}).evaluate()
    assert row["accuracy"] > 0.95
    assert row["test_accuracy"] < 0.35
    assert row["test_loss"] > math.log(5)


@pytest.mark.parametrize("problem", ["xor", "iris", "sine"])
@pytest.mark.parametrize("loss", LOSSES)
def test_each_loss_fits_or_says_why_not(problem, loss):
    task = "regression" if problem in NUMBERS else "classification"
    settings = MLPSettings(problem=problem, loss=loss, hidden_dims=(16,), learning_rate=0.05)
    if loss not in offered_losses(task):
        with pytest.raises(SettingsError) as caught:
            MLPExperiment(settings)
        assert is_sentence(str(caught.value))
        assert loss in str(caught.value)
        return
    experiment = trained(150, **settings.model_dump())
    row = experiment.evaluate()
    assert row["test_r2" if task == "regression" else "test_accuracy"] > 0.8
    assert experiment.loss_name == (loss if loss != "auto" else {"sine": "mse"}.get(problem, "cross-entropy"))
    assert choose_loss(settings, experiment.problem) == experiment.loss_name


@pytest.mark.parametrize(
    ("problem", "loss", "num_outputs"),
    [
        ("xor", "bce", 1),
        ("xor", "auto", 2),
        ("xor", "mse", 2),
        ("iris", "bce", 3),
        ("iris", "mse", 3),
        ("sine", "auto", 1),
    ],
)
def test_number_of_outputs(problem, loss, num_outputs):
    observation = build(problem=problem, loss=loss).observe()
    assert observation.widths[-1] == num_outputs == observation.weights[-1].shape[0]


def test_the_losses_by_hand():
    two, three, numbers = build(problem="xor", loss="bce"), build(problem="iris", loss="mse"), build(problem="sine")
    one_output, y = torch.tensor([[0.0], [2.0]]), torch.tensor([1, 0])
    expected = (math.log(2) + math.log(1 + math.exp(2))) / 2
    assert two.data_loss(one_output, y).item() == pytest.approx(expected)
    assert three.data_loss(torch.tensor([[1.0, 0.0, 0.5]]), torch.tensor([0])).item() == pytest.approx(0.25 / 3)
    assert numbers.data_loss(torch.tensor([[1.0], [3.0]]), torch.tensor([0.0, 1.0])).item() == pytest.approx(2.5)
    soft = build(problem="xor")
    assert soft.data_loss(torch.tensor([[0.0, 0.0]]), torch.tensor([1])).item() == pytest.approx(math.log(2))
    huber = build(problem="sine", loss="huber")
    assert huber.data_loss(torch.tensor([[0.5], [3.0]]), torch.zeros(2)).item() == pytest.approx((0.125 + 2.5) / 2)


def test_the_l1_penalty_by_hand_is_in_the_gradient_and_not_in_the_loss():
    plain, pulled = (build(problem="xor", optimizer="sgd", l1=l1) for l1 in (0.0, 0.5))
    before = [linear.weight.detach().clone() for linear in plain.model.linears]
    plain.step()
    pulled.step()
    for one, other, weight in zip(plain.model.linears, pulled.model.linears, before, strict=True):
        torch.testing.assert_close(other.weight.grad - one.weight.grad, 0.5 * weight.sign())
        assert torch.equal(one.bias.grad, other.bias.grad)
    assert torch.equal(plain._batch_loss, pulled._batch_loss)


@pytest.mark.parametrize("penalty", [{"l1": 0.03}, {"weight_decay": 0.1}])
def test_penalties_make_weights_small(penalty):
    free, pulled = trained(150, problem="xor"), trained(150, problem="xor", **penalty)
    sizes = [sum(w.abs().sum() for w in experiment.parameters()).item() for experiment in (free, pulled)]
    assert sizes[1] < 0.7 * sizes[0]


def test_the_square_is_the_right_feature_for_a_circle():
    linear = {"problem": "circle", "hidden_dims": (), "learning_rate": 0.1}
    assert trained(150, **linear).evaluate()["test_accuracy"] < 0.7
    assert trained(150, **linear, features=("x1^2", "x2^2")).evaluate()["test_accuracy"] > 0.97


def test_dropout_acts_on_steps_and_not_on_numbers():
    experiment = trained(5, problem="xor", dropout=0.8, hidden_dims=(32, 32))
    assert experiment.evaluate() == experiment.evaluate()
    x = experiment._x
    assert not torch.equal(experiment.model(x), experiment.model(x))
    experiment.apply(experiment.settings.changed(dropout=0.0))
    assert torch.equal(experiment.model(x), experiment.model(x))


def test_the_rate_in_force_is_recorded():
    run = Run(MLPExperiment, MLPSettings(schedule="cosine", schedule_steps=50, learning_rate=0.1))
    run.take(60)
    rates = finish(run).poll().history.values["learning_rate"]
    assert rates[0] == 0.1
    assert rates[-1] == 0
    weights = run.poll().observation.weights
    run.take(5)
    for before, after in zip(weights, finish(run).poll().observation.weights, strict=True):
        np.testing.assert_array_equal(before, after)


# ---- batches -------------------------------------------------------------------------------------------------------


def rows_of(batches):
    return torch.cat([x for x, _ in batches])


def is_each_once(rows, of):
    return sorted(map(tuple, rows.tolist())) == sorted(map(tuple, of.tolist()))


@pytest.mark.parametrize("batch_size", [1, 7, 64, 249, 250, 251, 10_000])
def test_an_epoch_is_every_training_example_once(batch_size):
    experiment = build(batch_size=batch_size)
    train = experiment.problem.x[: experiment.problem.num_train]
    epochs = []
    for epoch in (1, 2):
        assert experiment.steps_left_in_epoch == experiment.steps_per_epoch == math.ceil(250 / min(batch_size, 250))
        batches = [experiment.next_batch() for _ in range(experiment.steps_per_epoch)]
        assert experiment.epoch == epoch
        assert {len(x) for x, _ in batches[:-1]} <= {batch_size}
        assert is_each_once(rows_of(batches), train)
        epochs.append(rows_of(batches))
    assert torch.equal(*epochs) == (batch_size >= 250)  # shuffled anew, unless all are in one batch


def test_inputs_and_targets_stay_together():
    experiment = build(problem="plane", noise=0.0, is_standardised=False, batch_size=16)
    for _ in range(20):
        x, y = experiment.next_batch()
        torch.testing.assert_close(y, x.sum(1) / 12)


@pytest.mark.parametrize("sizes", [(64, 10), (10, 64), (64, 1), (10, 10_000)])
def test_another_batch_size_in_the_middle_of_an_epoch(sizes):
    experiment = build(batch_size=sizes[0])
    batches = [experiment.next_batch() for _ in range(2)]
    experiment.apply(experiment.settings.changed(batch_size=sizes[1]))
    assert 0 < experiment.epoch < 1
    for _ in range(experiment.steps_left_in_epoch):
        assert experiment.epoch < 1
        batches.append(experiment.next_batch())
    assert experiment.epoch == 1
    assert is_each_once(rows_of(batches), experiment.problem.x[:250])


def test_smaller_batches_are_mixed_even_after_full_ones():
    experiment = trained(3, problem="iris", batch_size=10_000)
    experiment.apply(experiment.settings.changed(batch_size=10))
    assert all(len(experiment.next_batch()[1].unique()) > 1 for _ in range(5))  # the table is sorted by species


def test_fresh_batches_are_never_the_same():
    experiment = build(problem="random labels", batch_size=32)
    first, second = experiment.next_batch()[0], experiment.next_batch()[0]
    assert first.shape == (32, 20)
    assert not torch.equal(first, second)
    assert experiment.epoch == pytest.approx(64 / 250)


# ---- what is measured ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("problem", ["spiral", "blobs", "iris", "digits"])
@pytest.mark.parametrize("loss", ["auto", "bce", "mse"])
def test_wrong_ones_confusion_and_accuracy_agree(problem, loss):
    experiment = trained(30, problem=problem, loss=loss)
    row, observation = experiment.evaluate(), experiment.observe()
    n, total = observation.num_train, len(observation.targets)
    assert 1 - observation.is_wrong[:n].mean() == pytest.approx(row["accuracy"])
    assert 1 - observation.is_wrong[n:].mean() == pytest.approx(row["test_accuracy"])
    assert observation.confusion.sum() == total - n
    assert observation.confusion.trace() / (total - n) == pytest.approx(row["test_accuracy"])
    counts = np.bincount(observation.targets[n:], minlength=len(observation.class_names))
    np.testing.assert_array_equal(observation.confusion.sum(1), counts)  # true class down


def test_confusion_by_hand():
    experiment = build(problem="iris", hidden_dims=())
    experiment.set_weights(1, [[0.0] * 4] * 3, [0.0, 1.0, 0.0])  # says versicolor, always
    confusion = experiment.observe().confusion
    np.testing.assert_array_equal(confusion, [[0, 25, 0], [0, 25, 0], [0, 25, 0]])


def test_a_perfect_prediction_has_r2_of_1_and_the_mean_0():
    experiment = build(problem="plane", noise=0.0, hidden_dims=(), is_standardised=False)
    experiment.set_weights(1, [[1 / 12, 1 / 12]], [0.0])
    row = experiment.evaluate()
    assert row["r2"] == pytest.approx(1, abs=1e-6)
    assert row["test_r2"] == pytest.approx(1, abs=1e-6)
    assert row["loss"] < 1e-12
    mean = experiment.problem.y[: experiment.problem.num_train].mean().item()
    experiment.set_weights(1, [[0.0, 0.0]], [mean])
    assert experiment.evaluate()["r2"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("loss_name", ["cross-entropy", "bce", "mse"])
@pytest.mark.parametrize("num_outputs", [1, 2, 3, 10])
def test_probabilities_sum_to_one_and_agree_with_the_winner(loss_name, num_outputs):
    if num_outputs == 1 and loss_name != "bce":
        return
    outputs = 4 * torch.randn(200, num_outputs, generator=torch.Generator().manual_seed(0))
    chances = probabilities(outputs, loss_name)
    assert chances.shape == (200, max(2, num_outputs))
    torch.testing.assert_close(chances.sum(1), torch.ones(200))
    assert 0 <= chances.min() <= chances.max() <= 1
    if loss_name != "mse":  # there outputs beyond 0 and 1 are clipped
        assert torch.equal(chances.argmax(1), predicted_class(outputs, loss_name))


def test_class_histograms_by_hand():
    values = torch.tensor([[0.0, 5.0], [1.0, 5.0], [0.0, 5.0], [0.5, 5.0]])
    shares = class_histograms(values, torch.tensor([0, 0, 1, 1]), 3)
    assert shares.shape == (2, 3, 16)
    assert shares[0, 0].nonzero()[0].tolist() == [0, 15]
    assert shares[0, 1].nonzero()[0].tolist() == [0, 8]
    assert set(shares[0, :2][shares[0, :2] > 0].tolist()) == {0.5}
    assert shares[1, 0].max() == 1  # a unit that always says the same
    assert shares[:, 2].sum() == 0  # a class without examples


@pytest.mark.parametrize("problem", ["iris", "digits", "diabetes", "fixed random labels"])
def test_every_class_of_a_histogram_sums_to_one(problem):
    observation = build(problem=problem).observe()
    num_classes = max(1, len(observation.class_names))
    for units in observation.units:
        assert units.shape[1:] == (num_classes, 16)
        np.testing.assert_allclose(units.sum(2), 1, rtol=1e-5)


def test_a_dead_network_is_reported():
    experiment = build(problem="xor", activation="relu", hidden_dims=(4, 3))
    assert max(experiment.observe().dead_share) < 1
    experiment.set_weights(1, [[0.0, 0.0]] * 4, [-1.0] * 4)
    experiment.set_weights(2, [[0.0] * 4] * 3, [-1.0, 1.0, -1.0])
    assert experiment.observe().dead_share == pytest.approx((1, 2 / 3))
    experiment.step()
    assert experiment.observe().gradient_norms[:2] == (0, 0)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_large_first_weights_saturate(activation):
    calm, loud = (
        build(problem="xor", activation=activation, initialisation=name).observe().saturated_share
        for name in ("default", "large")
    )
    assert max(calm) == 0
    assert min(loud) > 0.05


def test_gradient_norms_belong_to_the_step_that_is_shown():
    run = Run(MLPExperiment, MLPSettings(problem="xor"))
    assert all(math.isnan(norm) for norm in run.poll().observation.gradient_norms)
    run.take(20)
    observation = finish(run).poll().observation
    by_hand = [linear.weight.grad.norm().item() for linear in run.experiment.model.linears]
    assert observation.gradient_norms == pytest.approx(by_hand)
    run.rewind(0)
    assert all(math.isnan(norm) for norm in run.poll().observation.gradient_norms)


@pytest.mark.parametrize("problem", ["wine", "spiral", "sine", "diabetes"])
def test_the_scale_is_measured_on_training_examples_only(problem):
    made = build(problem=problem, test_share=0.5).problem
    train, test = made.x[: made.num_train], made.x[made.num_train :]
    torch.testing.assert_close(train.mean(0), torch.zeros(train.shape[1]), atol=1e-4, rtol=0)
    torch.testing.assert_close(train.std(0, correction=0), torch.ones(train.shape[1]), atol=1e-3, rtol=0)
    assert (test.mean(0).abs() > 1e-3).any()
    torch.testing.assert_close(made.x * made.std + made.mean, made.raw, atol=1e-2, rtol=1e-4)
    assert not made.dataset.is_test[made.order[: made.num_train]].any()
    assert made.dataset.is_test[made.order[made.num_train :]].all()


def test_numbers_of_a_table_are_predicted_in_deviations():
    made = build(problem="diabetes").problem
    train = made.y[: made.num_train]
    assert train.mean().item() == pytest.approx(0, abs=1e-4)
    assert train.std(correction=0).item() == pytest.approx(1, abs=1e-3)
    back = made.y * made.target_std + made.target_mean
    torch.testing.assert_close(back, made.dataset.target[made.order], rtol=1e-4, atol=1e-2)


def test_raw_inputs_when_not_standardised():
    made = build(problem="wine", is_standardised=False).problem
    assert torch.equal(made.x, made.raw)


# ---- what is drawn -------------------------------------------------------------------------------------------------


def test_rows_of_the_map_run_upwards():
    experiment = trained(100, Own(points=SQUARE), problem="own points", learning_rate=0.1, hidden_dims=())
    observation = experiment.observe()
    assert observation.map_value.shape == (MAP_SIZE, MAP_SIZE)
    assert observation.map_value[-1].min() > 0.9  # high x2 is class 1
    assert observation.map_value[0].max() < 0.1
    assert (observation.map_class[-1] == 1).all()
    assert (observation.map_class[0] == 0).all()
    across, up = observation.units[0]
    assert (np.diff(across, axis=1) > 0).all()
    assert np.allclose(np.diff(across, axis=0), 0)
    assert (np.diff(up, axis=0) > 0).all()


def test_a_curve_runs_from_left_to_right():
    observation = trained(150, problem="step", noise=0.0, learning_rate=0.05).observe()
    assert observation.map_value.shape == (CURVE_SIZE,)
    assert observation.map_value[:40].max() < -0.7
    assert observation.map_value[-40:].min() > 0.7


@pytest.mark.parametrize("columns", [(0, 1), (2, 3), (3, 0), (1, 1), (200, 255)])
def test_the_map_of_two_columns(columns):
    experiment = build(problem="iris", map_axes="two columns", map_column_x=columns[0], map_column_y=columns[1])
    observation, names = experiment.observe(), experiment.problem.input_labels
    across, up = (min(column, 3) for column in columns)
    assert (observation.xlabel, observation.ylabel) == (names[across], names[up])
    np.testing.assert_allclose(observation.positions, experiment.problem.raw[:, [across, up]].numpy(), atol=1e-4)
    grid = (experiment.map.grid * experiment.problem.std + experiment.problem.mean).reshape(MAP_SIZE, MAP_SIZE, 4)
    assert (grid[0, :, across].diff() > 0).all()
    if across != up:
        assert (grid[:, 0, up].diff() > 0).all()
    for column in {0, 1, 2, 3} - {across, up}:
        assert grid[..., column].std() < 1e-4


@pytest.mark.parametrize("problem", TABLES)
def test_examples_lie_within_their_map(problem):
    observation = build(problem=problem).observe()
    for axis, (low, high) in enumerate((observation.xlim, observation.ylim)):
        assert low < observation.positions[:, axis].min()
        assert observation.positions[:, axis].max() < high
    assert (observation.xlabel, observation.ylabel) == ("1st component", "2nd component")


def test_components_are_the_directions_of_most_spread():
    experiment = build(problem="wine")
    n = experiment.problem.num_train
    spread = experiment.map.positions[:n].var(0)
    assert spread[0] > spread[1] > experiment.problem.x[:n].var(0).mean()


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("hidden_dims", [(), (3,), (20, 5), (8,) * 8])
def test_shapes_of_what_is_drawn(problem, hidden_dims):
    experiment = trained(1, problem=problem, hidden_dims=hidden_dims)
    seen = experiment.observe()
    num_inputs = experiment.problem.x.shape[1]
    assert seen.widths == (num_inputs, *hidden_dims, seen.weights[-1].shape[0])
    assert [weight.shape for weight in seen.weights] == list(zip(seen.widths[1:], seen.widths[:-1], strict=True))
    assert [bias.shape for bias in seen.biases] == [(width,) for width in seen.widths[1:]]
    shown = [min(num_inputs, 10), *(min(width, 8 if len(hidden_dims) > 3 else 16) for width in hidden_dims)]
    assert [len(units) for units in seen.units] == shown
    assert seen.kind == ("plane" if problem in PLANES else "curve" if problem in CURVES else "table")
    picture = {
        "plane": (tile_size(hidden_dims),) * 2,
        "curve": (CURVE_SIZE,),
        "table": (len(seen.class_names) or 1, 16),
    }
    assert {units.shape[1:] for units in seen.units} == {picture[seen.kind]}
    assert seen.map_value.shape == ((CURVE_SIZE,) if seen.kind == "curve" else (MAP_SIZE, MAP_SIZE))
    assert np.isfinite(seen.map_value).all()
    assert (seen.map_class is None) == (seen.confusion is None) == (problem in NUMBERS)
    assert seen.positions.shape == (len(seen.targets), 2) == (len(seen.is_wrong), 2)
    assert len(seen.dead_share) == len(seen.saturated_share) == len(hidden_dims)
    assert len(seen.gradient_norms) == len(seen.is_frozen) == len(hidden_dims) + 1
    assert len(seen.input_labels) == num_inputs


def test_tiles_show_what_the_units_compute():
    experiment = build(problem="xor", hidden_dims=(3,), is_standardised=False)
    experiment.set_weights(1, [[0.1, 0.0], [0.0, 0.1], [0.0, 0.0]], [0.0, 0.0, 0.5])
    first, second, third = experiment.observe().units[1]
    assert (np.diff(first, axis=1) > 0).all()
    assert (np.diff(second, axis=0) > 0).all()
    np.testing.assert_allclose(third, math.tanh(0.5), rtol=1e-5)
    assert first[0].max() == pytest.approx(math.tanh(0.6), abs=0.03)  # x1 goes to 6


# ---- the visitor's own data ----------------------------------------------------------------------------------------


def test_own_points_are_learnt():
    experiment = trained(100, Own(points=SQUARE), problem="own points", learning_rate=0.1, test_share=0.1)
    assert experiment.evaluate()["accuracy"] == 1
    assert experiment.observe().num_train == 5


@pytest.mark.parametrize("points", [(), ((1.0, 1.0, 0),), ((1.0, 1.0, 1), (2.0, 2.0, 1))])
def test_too_few_points_are_refused_in_a_sentence(points):
    with pytest.raises(DataError) as caught:
        build(Own(points=points), problem="own points")
    assert is_sentence(str(caught.value))


def test_no_table_is_refused_in_a_sentence():
    with pytest.raises(SettingsError, match=r"^There is no table yet: upload or paste one under Your table\.$"):
        build(problem="own table")


def test_two_points_are_enough_to_train_without_any_test():
    own = Own(points=((1.0, 1.0, 0), (-1.0, -1.0, 1)))
    run = Run(lambda settings: MLPExperiment(settings, own), MLPSettings(problem="own points", learning_rate=0.1))
    assert math.isnan(run.poll().history.last("test_loss"))
    assert run.poll().observation.confusion.sum() == 0
    run.play(Stop(target_loss=0.05, steps=300))
    assert "the loss reached" in finish(run).poll().message


# ---- when it goes wrong --------------------------------------------------------------------------------------------

EXPLOSIVE = [
    {"problem": "plane", "optimizer": "sgd", "activation": "relu"},
    {"problem": "diabetes", "optimizer": "sgd", "activation": "relu"},
    {"problem": "sine", "optimizer": "momentum", "activation": "identity"},
    {"problem": "spiral", "optimizer": "rmsprop", "activation": "relu"},
    {"problem": "spiral", "optimizer": "sgd", "weight_decay": 1.0},
    {"problem": "spiral", "optimizer": "sgd", "activation": "identity", "hidden_dims": (8,) * 8},
]


@pytest.mark.parametrize("settings", EXPLOSIVE, ids=str)
def test_a_rate_of_10_explodes_in_a_sentence_and_the_advice_helps(settings):
    run = Run(MLPExperiment, MLPSettings(learning_rate=10, **settings))
    run.play(Stop(steps=300))
    snapshot = finish(run).poll()
    assert snapshot.has_failed
    assert is_sentence(snapshot.message)
    assert f"at step {snapshot.step}, so training paused. Lower the learning rate " in snapshot.message
    assert "(it is 10; try 0.3)" in snapshot.message
    run.change(run.settings.changed(learning_rate=0.3))
    run.reset()
    run.play(Stop(steps=300))
    assert not finish(run).poll().has_failed


def test_advice_for_very_large_first_weights():
    run = Run(
        MLPExperiment,
        MLPSettings(problem="plane", activation="relu", initialisation="large", optimizer="sgd", learning_rate=1),
    )
    run.play(Stop(steps=300))
    assert "The first weights are very large" in finish(run).poll().message


def test_the_picture_of_an_exploded_network_can_be_drawn():
    for problem in ("plane", "spiral", "iris", "sine"):
        experiment = build(problem=problem)
        with torch.no_grad():
            for parameter in experiment.parameters():
                parameter.fill_(float("nan"))
        assert math.isnan(experiment.evaluate()["loss"])
        assert experiment.observe().kind
