"""A step taken apart is the step that comes next, and taking it apart leaves no trace."""

from typing import Any

import numpy as np
import pytest
import torch

from experiments.gan import GANExperiment
from experiments.gan_losses import generator_loss
from experiments.gan_settings import GANSettings
from experiments.gan_stages import CELLS, DISCRIMINATOR, GENERATOR, Turn, grid, said, taken_apart
from training.checkpoints import copied

KINDS: dict[str, dict[str, Any]] = {
    "non-saturating": {},
    "minimax, smoothed": {"loss": "minimax", "label_smoothing": 0.1, "noise": "uniform", "noise_dim": 1},
    "least squares": {"loss": "least squares", "instance_noise": 0.1},
    "hinge, spectral norm": {"loss": "hinge", "has_spectral_norm": True},
    "WGAN": {"loss": "WGAN", "discriminator_steps": 3, "optimizer": "sgd", "learning_rate": 0.05},
    "WGAN-GP": {"loss": "WGAN-GP", "discriminator_steps": 2},
    "digits": {"data": "digits", "batch_size": 16, "num_real": 50},
    "convolutional": {"data": "digits", "network": "convolutional", "batch_size": 8, "num_real": 50},
}


def trained(num_steps: int = 4, **settings: Any) -> GANExperiment:
    torch.manual_seed(0)
    experiment = GANExperiment(GANSettings(**settings))
    for _ in range(num_steps):
        experiment.step()
    return experiment


def flat(state: Any) -> list[Any]:
    if isinstance(state, dict):
        return [leaf for value in state.values() for leaf in flat(value)]
    return [leaf for value in state for leaf in flat(value)] if isinstance(state, list | tuple) else [state]


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_the_step_that_comes_next(kind: str) -> None:
    experiment = trained(**KINDS[kind])
    turns = taken_apart(experiment)
    before = {
        DISCRIMINATOR: copied(list(experiment.discriminator.parameters())),
        GENERATOR: copied(list(experiment.generator.parameters())),
    }
    experiment.step()
    assert [turn.who for turn in turns] == [DISCRIMINATOR, GENERATOR]
    for turn, network in zip(turns, (experiment.discriminator, experiment.generator), strict=True):
        weights = list(network.parameters())
        assert [part.gradient for part in turn.parts] == [
            one.grad.norm().item() for one in weights if one.grad is not None
        ]
        assert any(turn.weight.after in one for one in weights)
        if turn.total == 1:
            moves = [(new - old).norm().item() for new, old in zip(weights, before[turn.who], strict=True)]
            assert [part.update for part in turn.parts] == moves


@pytest.mark.parametrize("kind", ["non-saturating", "least squares", "WGAN", "WGAN-GP", "digits"])
def test_its_last_state_is_that_of_the_step(kind: str) -> None:
    experiment = trained(**KINDS[kind])
    first, second = taken_apart(experiment)
    experiment.step()
    with torch.no_grad():
        made = experiment.generator(torch.tensor(second.noise, dtype=torch.float32))
        fakes, real = (torch.tensor(each, dtype=torch.float32) for each in (first.fakes, first.real))
    np.testing.assert_allclose(second.moved, made.numpy(), atol=1e-6)
    if not experiment.settings.instance_noise:
        with torch.no_grad():
            scores = experiment.discriminator(torch.cat([real, fakes]))[:, 0].numpy()
        assert first.real_after is not None
        np.testing.assert_allclose(np.concatenate([first.real_after, first.fake_after]), scores, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_it_leaves_no_trace(kind: str) -> None:
    experiment = trained(**KINDS[kind])
    state, attributes, random = copied(experiment.state_dict()), set(vars(experiment)), torch.get_rng_state()
    taken_apart(experiment)
    assert set(vars(experiment)) == attributes, "its own methods are back"
    assert torch.equal(torch.get_rng_state(), random)
    for old, new in zip(flat(state), flat(experiment.state_dict()), strict=True):
        assert torch.equal(old, new) if isinstance(old, torch.Tensor) else old == new


@pytest.mark.parametrize("kind", KINDS)
def test_the_costs_of_a_batch_are_its_loss(kind: str) -> None:
    for turn in taken_apart(trained(**KINDS[kind])):
        costs = turn.fake_costs.mean() + (0 if turn.real_costs is None else turn.real_costs.mean())
        assert turn.share * costs + turn.penalty == pytest.approx(turn.loss, rel=1e-4, abs=1e-5)
        assert (turn.penalty > 0) == (kind == "WGAN-GP" and turn.who == DISCRIMINATOR)
        curve = np.interp(turn.fake_scores, turn.curve_scores, turn.fake_curve)
        np.testing.assert_allclose(curve, turn.fake_costs, atol=0.05 * max(1.0, float(np.abs(turn.fake_curve).max())))


def test_real_examples_are_the_experiments_and_fakes_its_generators() -> None:
    experiment = trained()
    first, second = taken_apart(experiment)
    known = {tuple(row) for row in experiment.real.double().tolist()}
    assert first.real is not None
    assert {tuple(row) for row in first.real.tolist()} <= known
    with torch.no_grad():
        made = experiment.generator(torch.tensor(first.noise, dtype=torch.float32)).numpy()
    np.testing.assert_allclose(first.fakes, made, atol=1e-6)
    assert not np.allclose(first.noise, second.noise), "the generator's turn is on fresh noise"


@pytest.mark.parametrize("kind", ["non-saturating", "minimax, smoothed", "least squares", "WGAN-GP"])
def test_the_slope_on_a_fake_is_how_its_cost_changes(kind: str) -> None:
    experiment = trained(**KINDS[kind] | {"instance_noise": 0.0})
    second = taken_apart(experiment)[1]
    assert second.slopes is not None
    experiment.settings = experiment.settings.changed(learns="discriminator")
    experiment.step()  # the discriminator moves as it did before the generator's turn
    fake = torch.tensor(second.fakes[:1], dtype=torch.float32)
    experiment.discriminator.double()

    def cost(place: torch.Tensor) -> float:
        with torch.no_grad():
            return generator_loss(experiment.settings.loss, experiment.discriminator(place)).item()

    for axis in range(2):
        step = torch.zeros(1, 2, dtype=torch.float64)
        step[0, axis] = 1e-6
        measured = (cost(fake.double() + step) - cost(fake.double() - step)) / 2e-6
        assert second.slopes[0, axis] == pytest.approx(measured, rel=1e-3, abs=1e-5)


def test_who_waits_has_no_turn() -> None:
    for who in (DISCRIMINATOR, GENERATOR):
        assert [turn.who for turn in taken_apart(trained(learns=who))] == [who]


def test_the_last_of_several_turns_is_shown() -> None:
    first, second = taken_apart(trained(**KINDS["WGAN"]))
    assert (first.number, first.total) == (3, 3)
    assert (second.number, second.total) == (1, 1)
    assert all(abs(part.length) < 1e6 for part in first.parts)


def test_a_field_is_drawn_for_points_only() -> None:
    first = taken_apart(trained())[0]
    assert first.field is not None
    assert first.field.shape == (CELLS, CELLS)
    assert 0 <= first.field.min() < first.field.max() <= 1
    pictures = taken_apart(trained(**KINDS["digits"]))[0]
    assert pictures.field is None
    assert pictures.fakes.shape == (16, 784)


def test_the_field_is_the_discriminator_at_the_middle_of_each_cell() -> None:
    experiment = trained()
    with torch.no_grad():
        scores = experiment.discriminator(
            torch.tensor([[-1 + 1 / CELLS, -1 + 1 / CELLS], [1 - 1 / CELLS, -1 + 1 / CELLS]])
        )
    field = taken_apart(experiment)[0].field
    assert field is not None
    np.testing.assert_allclose([field[0, 0], field[0, -1]], scores[:, 0].sigmoid().numpy(), atol=1e-6)
    assert grid(4).shape == (16, 2)


def test_scores_become_colours() -> None:
    scores = torch.tensor([-2.0, 0.0, 2.0])
    assert said("minimax", scores).tolist() == pytest.approx([0.1192, 0.5, 0.8808], abs=1e-4)
    assert said("least squares", scores).tolist() == [0, 0, 1]
    assert said("WGAN", scores).tolist() == [0, 0.5, 1]


def test_layers_are_counted_from_one() -> None:
    turns: tuple[Turn, ...] = taken_apart(trained(has_spectral_norm=True))
    names = ["layer 1 weight", "layer 1 bias", "layer 2 weight", "layer 2 bias", "layer 3 weight", "layer 3 bias"]
    assert [sorted(part.name for part in turn.parts) for turn in turns] == [sorted(names)] * 2


def test_an_example_costs_what_the_formula_says() -> None:
    costs = {
        "minimax": lambda real, fake: (np.log1p(np.exp(-real)), np.log1p(np.exp(fake))),
        "least squares": lambda real, fake: ((real - 1) ** 2, fake**2),
        "hinge": lambda real, fake: (np.maximum(0, 1 - real), np.maximum(0, 1 + fake)),
        "WGAN": lambda real, fake: (-real, fake),
    }
    for loss, cost in costs.items():
        first = taken_apart(trained(loss=loss))[0]
        real, fake = cost(first.real_scores, first.fake_scores)
        np.testing.assert_allclose(first.real_costs, real, atol=1e-5)
        np.testing.assert_allclose(first.fake_costs, fake, atol=1e-5)
