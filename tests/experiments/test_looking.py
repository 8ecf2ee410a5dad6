"""Anatomy and health of every experiment in the catalog: right totals, no trace of the look, no false alarm."""

import pytest
import torch

from tests.experiments.test_laws import SLUGS, experiment_class, settings_class
from tests.shapes import unchecked
from tests.training.toy import assert_same_trace, finish, trace
from training.anatomy import anatomies
from training.findings import checkup
from training.probe import all_parameters, next_step
from training.run import Run

per_page = pytest.mark.parametrize("slug", SLUGS)


def run_of(slug: str, steps: int = 0, **settings: object) -> Run:
    run = Run(experiment_class(slug), settings_class(slug)(**settings))
    run.take(steps)
    return finish(run)


@per_page
def test_the_table_counts_all_parameters(slug: str) -> None:
    run = run_of(slug, 7)
    found = anatomies(run)
    assert set(found) == set(run.experiment.networks())
    counted = sum(one.num_parameters for one in found.values())
    assert counted == sum(one.numel() for one in all_parameters(run.experiment))
    for one in found.values():
        assert one.layers
        assert all(layer.outputs for layer in one.layers if layer.calls)
        assert one.weights.start_norm > 0
        assert one.weights.moved > 0
        assert one.weights.gradient_norm > 0


@per_page
def test_a_run_that_was_looked_into_goes_on_like_one_that_was_not(slug: str) -> None:
    looked, left = run_of(slug, 3), run_of(slug, 3)
    for steps in (4, 20, 33):
        anatomies(looked)
        checkup(looked)
        for run in (looked, left):
            run.take(steps)
        assert_same_trace(trace(finish(looked)), trace(finish(left)))


@per_page
def test_the_next_step_is_the_one_that_is_shown(slug: str) -> None:
    run = run_of(slug, 5)
    experiment = run.experiment
    said = run.look(next_step)
    before = [one.detach().clone() for one in all_parameters(experiment)]
    left = [None if one.grad is None else one.grad.clone() for one in all_parameters(experiment)]
    run.look(next_step)
    for one, old, grad in zip(all_parameters(experiment), before, left, strict=True):
        assert torch.equal(one, old)
        assert one.grad is None if grad is None else torch.equal(one.grad, grad)
    run.take(1)
    finish(run)
    for one, old in zip(all_parameters(experiment), before, strict=True):
        assert torch.equal(one - old, said.updates[one])
        assert torch.equal(one.grad, said.gradients[one])


@per_page
def test_a_default_run_raises_no_alarm(slug: str) -> None:
    for seed, last in ((0, 400), (1, 100), (2, 100)):
        run = run_of(slug, seed=seed)
        for steps in (1, 9, 90, last):
            assert checkup(run).findings == (), f"step {run.step}"
            with unchecked():
                run.take(steps)
                finish(run)
        found = checkup(run)
        assert found.findings == ()
        assert found.calm.startswith("Nothing is wrong: the loss is ")
