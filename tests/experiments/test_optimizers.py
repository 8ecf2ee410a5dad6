"""The race of the page `optimizers`: torch's optimisers, numbers worked by hand, what is exact on a bowl."""

import math

import numpy as np
import pytest
import torch
from torch.func import functional_call

from data.dataset import DataError
from experiments.mlp import MLPExperiment
from experiments.mlp_settings import MLPSettings
from experiments.optimizers import RaceExperiment
from experiments.optimizers_bowl import bowl_rates, rate_limit
from experiments.optimizers_own import files_of, material_of, slices_of
from experiments.optimizers_settings import NAMES, RaceSettings
from experiments.optimizers_slice import GRID, default_slices
from models.optimizers import SIDE, Bowl, Walker
from tests.training.toy import finish
from training.findings import checkup
from training.optimizers import OptimizerSettings, make_optimizer, update_optimizer
from training.run import Run

QUIET = {"noise": 0.0, "rotation": 0, "start": "chosen", "start_x": 2.0, "start_y": 1.0}
RATE = 0.01


def race(seed=0, **settings):
    torch.manual_seed(seed)
    return RaceExperiment(RaceSettings(**{**QUIET, **settings}))


def places(experiment, steps):
    """(steps + 1, R, 2)."""
    found = [experiment._positions()]
    for _ in range(steps):
        experiment.step()
        found.append(experiment._positions())
    return torch.stack(found)


# On ½ (x² + 4 y²) from (2, 1) with rate 0.1 and no noise the slope is (x, 4 y), at first (2, 4). Two steps by hand:
BY_HAND = {
    "sgd": [(1.8, 0.6), (1.62, 0.36)],
    "momentum": [(1.8, 0.6), (1.8 - 0.1 * (0.9 * 2 + 1.8), 0.6 - 0.1 * (0.9 * 4 + 2.4))],
    # b = (2, 4), moved by 0.1 (g + 0.9 b) = 0.1 (3.8, 7.6); then g = (1.62, 0.96), b = (3.42, 4.56)
    "nesterov": [(1.62, 0.24), (1.62 - 0.1 * (1.62 + 0.9 * 3.42), 0.24 - 0.1 * (0.96 + 0.9 * 4.56))],
    # v = 0.01 g², so the first step is 0.1 / √0.01 = 1; then g = (1, 0): v = 0.99 · 0.04 + 0.01 · 1
    "rmsprop": [(1.0, 0.0), (1.0 - 0.1 / math.sqrt(0.0496), 0.0)],
    # both m̂ / √v̂ are 1; then g = (1.9, 3.6), m̂ = (0.9 · 0.2 + 0.19, …) / 0.19, v̂ = (0.999 · 0.004 + 0.00361, …) / …
    "adam": [
        (1.9, 0.9),
        (
            1.9 - 0.1 * (0.37 / 0.19) / math.sqrt((0.999 * 0.004 + 0.001 * 3.61) / (1 - 0.999**2)),
            0.9 - 0.1 * (0.72 / 0.19) / math.sqrt((0.999 * 0.016 + 0.001 * 12.96) / (1 - 0.999**2)),
        ),
    ],
    # s = g², a step of 0.1 each; then s = (4 + 3.61, 16 + 12.96)
    "adagrad": [(1.9, 0.9), (1.9 - 0.1 * 1.9 / math.sqrt(7.61), 0.9 - 0.1 * 3.6 / math.sqrt(28.96))],
}


@pytest.mark.parametrize("name", BY_HAND)
def test_two_steps_worked_by_hand(name):
    found = places(race(racers=(name,), condition=4.0, learning_rate=0.1), 2)[1:, 0]
    torch.testing.assert_close(found, torch.tensor(BY_HAND[name]), rtol=1e-5, atol=1e-5)


def test_adamw_shrinks_before_it_steps_by_hand():
    found = places(race(racers=("adamw",), condition=4.0, learning_rate=0.1, weight_decay=0.5), 1)[1, 0]
    torch.testing.assert_close(found, torch.tensor([2.0 * 0.95 - 0.1, 1.0 * 0.95 - 0.1]))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_the_steps_are_those_of_the_other_pages(name, schedule):
    """The same surface, the same noise, and the optimiser that `training.optimizers` would make."""
    shared = {"learning_rate": RATE, "momentum": 0.8, "weight_decay": 0.1, "schedule": schedule, "schedule_steps": 20}
    found = places(race(seed=5, racers=(name,), condition=10.0, **{**QUIET, "noise": 0.5}, **shared), 25)[:, 0]
    settings = OptimizerSettings(optimizer=name, **shared)
    walker = Walker(Bowl(10.0, 0), (2.0, 1.0))
    optimizer = make_optimizer([walker.position], settings)
    if "betas" in optimizer.param_groups[0]:
        optimizer.param_groups[0]["betas"] = (0.8, 0.999)
    torch.manual_seed(5)
    for step in range(25):
        noise = torch.randn(4, 2) * 0.5 * 2
        update_optimizer(optimizer, settings, step)
        optimizer.zero_grad()
        walker(noise).mean().backward()
        optimizer.step()
        torch.testing.assert_close(walker.position.detach(), found[step + 1], rtol=1e-5, atol=1e-6)


def test_the_same_noise_for_all():
    one = places(race(seed=2, noise=1.0, racers=("sgd",)), 30)[:, 0]
    all_of_them = places(race(seed=2, noise=1.0, racers=NAMES), 30)[:, 0]
    torch.testing.assert_close(one, all_of_them)


def test_without_decay_adamw_is_adam_and_with_it_not():
    alike = places(race(racers=("adam", "adamw"), learning_rate=0.05), 40)
    torch.testing.assert_close(alike[:, 0], alike[:, 1])
    apart = places(race(racers=("adam", "adamw"), learning_rate=0.05, weight_decay=0.1), 40)
    assert (apart[-1, 0] - apart[-1, 1]).abs().max() > 1e-3


def test_without_momentum_all_three_are_plain():
    found = places(race(racers=("sgd", "momentum", "nesterov"), momentum=0.0, learning_rate=0.05), 20)
    torch.testing.assert_close(found[:, 0], found[:, 1])
    torch.testing.assert_close(found[:, 0], found[:, 2], rtol=1e-4, atol=1e-5)


# ---- what is exact on a bowl -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.001, 0.05, 0.0769, 0.079])
def test_gradient_descent_on_a_bowl_is_a_geometric_series(rate):
    found = places(race(racers=("sgd",), condition=25.0, learning_rate=rate), 50)[:, 0]
    steps = torch.arange(51, dtype=torch.float64)[:, None]
    exact = (1 - rate * torch.tensor([1.0, 25.0], dtype=torch.float64)) ** steps * torch.tensor([2.0, 1.0])
    torch.testing.assert_close(found.double(), exact, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov"])
@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_the_limit_is_where_it_starts_to_diverge(name, momentum):
    limit = rate_limit(name, 25.0, momentum)
    sizes = []
    for share in (0.97, 1.03):
        settings = {"condition": 25.0, "momentum": momentum, "learning_rate": share * limit}
        found = places(race(racers=(name,), start_x=0.0, **settings), 150)[:, 0, 1].abs()
        sizes.append(found[-20:].max().item() / found[:20].max().item())
    assert sizes[0] < 0.5
    assert sizes[1] > 2


def test_at_the_limit_it_oscillates_for_ever():
    found = places(race(racers=("sgd",), condition=25.0, learning_rate=2 / 25), 200)[:, 0, 1]
    torch.testing.assert_close(found.abs(), torch.ones(201), rtol=1e-3, atol=1e-3)
    assert (found[1:] * found[:-1] < 0).all()


def test_the_best_rate_is_the_best():
    best = bowl_rates(RaceSettings(condition=25.0)).best
    left = {}
    for share in (0.9, 1.0, 1.03):
        found = places(race(racers=("sgd",), condition=25.0, learning_rate=share * best), 60)[-1, 0]
        left[share] = found.norm().item()
    assert left[1.0] == min(left.values())


def test_decay_adds_to_the_curvatures():
    known = bowl_rates(RaceSettings(condition=25.0, weight_decay=0.3))
    assert known.curvatures == (1.3, 25.3)
    found = places(race(racers=("sgd",), condition=25.0, weight_decay=0.3, learning_rate=known.limit), 100)[:, 0, 1]
    torch.testing.assert_close(found.abs(), torch.ones(101), rtol=1e-3, atol=1e-3)


def test_the_limit_is_that_of_the_one_in_focus():
    assert bowl_rates(RaceSettings(optimizer="momentum", condition=10.0)).limit == pytest.approx(0.38)
    assert bowl_rates(RaceSettings(optimizer="adam", condition=10.0)).whose == "sgd"


def test_the_noise_floor_is_what_the_formula_says():
    rate, sigma, curvature = 0.05, 2.0, 4.0
    found = places(race(racers=("sgd",), condition=curvature, noise=sigma, learning_rate=rate), 1500)[100:, 0, 1]
    exact = rate * sigma**2 / (curvature * (2 - rate * curvature))
    assert found.var().item() == pytest.approx(exact, rel=0.3)


# ---- the step taken apart --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decay", [0.0, 0.2])
@pytest.mark.parametrize("momentum", [0.9, 0.0])
@pytest.mark.parametrize("steps", [1, 2, 40])
def test_the_parts_add_up_to_the_step_torch_took(steps, momentum, decay):
    experiment = race(racers=NAMES, momentum=momentum, weight_decay=decay, noise=0.5, learning_rate=0.02)
    for _ in range(steps):
        experiment.step()
    seen = experiment.observe()
    assert [update.name for update in seen.updates] == list(NAMES)
    for update, position in zip(seen.updates, seen.positions, strict=True):
        total = sum(part for _, part in update.parts)
        np.testing.assert_allclose(total, update.move, rtol=1e-3, atol=1e-6, err_msg=update.name)
        np.testing.assert_allclose(update.position + update.move, position, rtol=1e-6, err_msg=update.name)


def test_what_is_remembered_is_what_was_there_before():
    experiment = race(racers=NAMES, noise=0.5)
    for _ in range(5):
        experiment.step()
    before = experiment.observe().updates
    experiment.step()
    for old, new in zip(before, experiment.observe().updates, strict=True):
        np.testing.assert_allclose(new.first_before, old.first, rtol=1e-3, atol=1e-5, err_msg=new.name)
        np.testing.assert_allclose(new.second_before, old.second, rtol=1e-3, atol=1e-4, err_msg=new.name)


def test_a_turned_knob_does_not_change_what_the_last_step_was():
    experiment = race(racers=NAMES)
    experiment.step()
    experiment.apply(experiment.settings.changed(learning_rate=0.5, momentum=0.1))
    for update in experiment.observe().updates:
        np.testing.assert_allclose(sum(part for _, part in update.parts), update.move, rtol=1e-3, atol=1e-6)


def test_each_its_own_rate_is_a_multiple_of_the_common_one():
    experiment = race(racers=("sgd", "adagrad"), rates="each its own", times_adagrad=30.0, learning_rate=0.01)
    assert experiment.observe().rates.tolist() == pytest.approx([0.01, 0.3])
    experiment.step()
    assert np.abs(experiment.observe().updates[1].move).max() == pytest.approx(0.3, rel=1e-4)


# ---- running away ----------------------------------------------------------------------------------------------------


def test_one_that_diverges_does_not_stop_the_others():
    run = Run(RaceExperiment, RaceSettings(learning_rate=0.1, optimizer="adam", noise=0.0))
    run.take(250)
    seen = finish(run).poll().observation
    assert not run.poll().has_failed
    assert dict(zip(seen.racers, seen.is_out, strict=True))["sgd"]
    assert math.isnan(seen.heights[seen.racers.index("sgd")])
    assert np.isfinite(seen.positions).all()
    assert seen.heights[seen.racers.index("adam")] < 1


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov"])
def test_a_run_whose_racer_in_focus_diverges_is_reported_with_a_cure(name):
    run = Run(RaceExperiment, RaceSettings(learning_rate=0.5, optimizer=name))
    run.take(1000)
    assert finish(run).poll().has_failed
    limit = bowl_rates(run.settings).limit
    assert f"{limit:.3g}" in run.poll().message
    (finding,) = checkup(run).findings
    assert finding.kind == "exploded"
    assert finding.remedy["learning_rate"] < limit
    run.change(run.settings.changed(**finding.remedy))
    run.reset()
    run.take(300)
    assert not finish(run).poll().has_failed


@pytest.mark.parametrize("surface", ["Rosenbrock", "Beale", "Himmelblau", "ravine", "saddle", "real network"])
@pytest.mark.parametrize("corner", [(-4.5, 4.5), (4.5, -4.5)])
def test_huge_steps_leave_only_finite_places(surface, corner):
    x, y = corner
    experiment = race(surface=surface, learning_rate=10.0, start_x=x, start_y=y, racers=NAMES)
    for _ in range(30):
        experiment.step()
    seen = experiment.observe()
    assert np.isfinite(seen.positions).all()
    assert np.isfinite(seen.trails).all()


def test_the_one_in_focus_need_not_take_part():
    experiment = race(racers=("adam", "adagrad"), optimizer="sgd")
    assert experiment.observe().racers[experiment.observe().focus] == "adam"
    assert experiment.evaluate()["loss"] == experiment.evaluate()["adam"]


def test_another_focus_goes_on_with_the_same_race():
    run = Run(RaceExperiment, RaceSettings())
    run.take(20)
    before = finish(run).poll().observation.positions
    run.change(run.settings.changed(optimizer="adam"))
    assert run.step == 20
    np.testing.assert_array_equal(run.poll().observation.positions, before)
    assert run.poll().observation.racers[run.poll().observation.focus] == "adam"


def test_a_long_trail_keeps_start_and_present_and_stays_short():
    experiment = race(racers=("sgd", "adam"))
    for _ in range(1030):
        experiment.step()
    seen = experiment.observe()
    assert len(seen.trails) == len(seen.trail_steps) <= 513
    assert seen.trail_steps[0] == 0
    assert seen.trail_steps[-1] == 1030
    np.testing.assert_array_equal(seen.trails[-1], seen.positions)
    np.testing.assert_array_equal(seen.trails[0], [[2.0, 1.0]] * 2)
    assert (np.diff(seen.trail_steps)[:-1] == 4).all()


def test_path_numbers_are_heights_and_slopes():
    experiment = race(racers=("sgd", "adam"), condition=4.0, learning_rate=0.1)
    experiment.step()
    heights, slopes = experiment.path_numbers()
    np.testing.assert_allclose(heights[:, 0], [0.5 * (4 + 4), 0.5 * (1.8**2 + 4 * 0.6**2)], rtol=1e-5)
    np.testing.assert_allclose(slopes[:, 0], [math.hypot(2, 4), math.hypot(1.8, 2.4)], rtol=1e-5)


# ---- the loss of a real network --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained():
    run = Run(MLPExperiment, MLPSettings(problem="circle", hidden_dims=(4,), num_points=60))
    run.take(60)
    return finish(run)


@pytest.fixture(scope="module")
def slices(trained):
    return slices_of(trained)


def loss_with(run, weights):
    """The training loss with other weights, by the page's own experiment."""
    experiment = run.experiment
    n = experiment.problem.num_train
    names = [name for name, _ in experiment.model.named_parameters()]
    outputs = functional_call(experiment.model, dict(zip(names, weights, strict=True)), (experiment._x[:n],))
    return experiment.data_loss(outputs, experiment._y[:n]).item()


def test_the_middle_of_the_random_plane_is_the_network_itself(trained, slices):
    assert slices.random.heights[GRID // 2][GRID // 2] == pytest.approx(trained.poll().history.last("loss"), rel=1e-4)


def test_the_path_plane_holds_the_true_loss_at_its_grid_points(trained, slices):
    """Its directions found again: the first two principal components of the checkpoints."""
    moments = [trained.state_at(step)["weights"] for step in trained.checkpoint_steps]
    moments.append(list(trained.experiment.model.parameters()))
    track = torch.stack([torch.cat([one.detach().reshape(-1) for one in weights]) for weights in moments])
    centre = track.mean(0)
    axes = torch.linalg.svd(track - centre, full_matrices=False).Vh[:2]
    unit = ((track - centre) @ axes.T).abs().max() / 3.2
    shapes = [one.shape for one in trained.experiment.model.parameters()]
    along = torch.linspace(-SIDE, SIDE, GRID)
    for row, column in ((0, 0), (20, 20), (7, 33), (40, 12)):
        place = centre + unit * (along[column] * axes[0] + along[row] * axes[1])
        pieces = place.split([shape.numel() for shape in shapes])
        weights = [piece.reshape(shape) for piece, shape in zip(pieces, shapes, strict=True)]
        assert slices.path.heights[row][column] == pytest.approx(loss_with(trained, weights), rel=1e-3)


def test_the_race_starts_where_the_network_started(slices):
    experiment = RaceExperiment(RaceSettings(surface="real network"), slices)
    assert experiment.start == slices.path.track[0]
    assert len(experiment.observe().track) == len(slices.path.track)
    assert experiment.observe().story == slices.story


def test_measuring_leaves_the_run_as_it_was(trained):
    before, random = [one.clone() for one in trained.experiment.parameters()], torch.get_rng_state()
    assert slices_of(trained) == slices_of(trained)
    assert all(torch.equal(a, b) for a, b in zip(before, trained.experiment.parameters(), strict=True))
    assert torch.equal(torch.get_rng_state(), random)


@pytest.mark.parametrize("problem", ["iris", "sine", "diabetes", "random labels"])
def test_networks_of_every_kind_can_be_measured(problem):
    run = Run(MLPExperiment, MLPSettings(problem=problem, hidden_dims=(3,), dropout=0.5))
    run.take(5)
    assert len(slices_of(finish(run)).path.heights) == GRID


def test_a_network_that_has_not_trained_is_refused_in_a_sentence():
    with pytest.raises(DataError, match="has not trained yet"):
        slices_of(Run(MLPExperiment, MLPSettings()))


def test_slices_travel_in_a_run_file(slices):
    def build(settings):
        return RaceExperiment(settings, slices)

    assert material_of(files_of({"measured": slices})) == {"measured": slices}
    assert files_of({}) == material_of({}) == {}
    run = Run(build, RaceSettings(surface="real network"))
    assert run.experiment.material == {"measured": slices}


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"story": "x", "random": {}, "path": {}}'])
def test_a_damaged_file_is_refused_in_a_sentence(content):
    with pytest.raises(DataError, match="damaged"):
        material_of({"slices.json": content})


def test_the_small_network_for_those_without_one_has_learnt():
    torch.manual_seed(0)
    found = default_slices(0)
    end = np.array(found.path.track[-1])
    row, column = np.round((end[::-1] + SIDE) / (2 * SIDE) * (GRID - 1)).astype(int)
    assert found.path.heights[row][column] < 0.5 * max(map(max, found.path.heights))
