"""What holds for every experiment of the catalog. A new page is tested without a line being added here."""

import dataclasses
import importlib
import json
from typing import get_origin

import numpy as np
import pytest
import torch

from catalog import PAGES
from data.dataset import DataError
from tests.shapes import unchecked
from tests.training.toy import assert_same_trace, finish, is_sentence, trace
from training.checkpoints import copied
from training.experiment import Experiment
from training.run import Run
from training.settings import SettingsError, choices_of, ends, is_shown, knob_of, read, restarts

SLUGS = [page.slug for page in PAGES if importlib.util.find_spec(f"experiments.{page.slug}")]
STEPS = 1000  # in which a default run has to learn


def experiment_class(slug):
    return importlib.import_module(f"experiments.{slug}").EXPERIMENT


def settings_class(slug):
    return importlib.import_module(f"experiments.{slug}").SETTINGS


def all_ends(slug):
    """Both ends of every knob; of a tuple, the least it may hold and each choice alone."""
    yield from ends(settings_class(slug))
    for name, field in settings_class(slug).model_fields.items():
        if get_origin(field.annotation) is tuple or isinstance(field.default, tuple):
            yield from ((name, (choice,)) for choice in choices_of(field))
            yield from [(name, choices_of(field))] if choices_of(field) else [(name, ()), (name, field.default * 4)]


def acting(slug, name):
    """The defaults, changed just so that the knob `name` has an effect."""
    settings = settings_class(slug)()
    for other, values in knob_of(settings_class(slug).model_fields[name])["when"].items():
        if getattr(settings, other) not in values:
            settings = settings.changed(**{other: values[0]})
    assert is_shown(name, settings)
    return settings


EVERY_END = [
    pytest.param(slug, name, value, id=f"{slug}-{name}-{value}") for slug in SLUGS for name, value in all_ends(slug)
]
LIVE_ENDS = [end for end in EVERY_END if knob_of(settings_class(end.values[0]).model_fields[end.values[1]])["is_live"]]
KNOBS = [pytest.param(slug, name, id=f"{slug}-{name}") for slug in SLUGS for name in settings_class(slug).model_fields]
per_page = pytest.mark.parametrize("slug", SLUGS)


def build(slug, **changes):
    settings = settings_class(slug)(**changes)
    torch.manual_seed(settings.seed)
    return experiment_class(slug)(settings)


def weights(experiment):
    return [parameter.detach().clone() for parameter in experiment.parameters()]


def is_same(one, other):
    """To the last bit; weights that an exploding run has lost count as the same."""
    return all(torch.allclose(a, b, rtol=0, atol=0, equal_nan=True) for a, b in zip(one, other, strict=True))


def arrays(observation):
    """Every array in an observation, however deep."""
    if isinstance(observation, np.ndarray):
        yield observation
    elif isinstance(observation, list | tuple):
        for part in observation:
            yield from arrays(part)
    elif dataclasses.is_dataclass(observation):
        for field in dataclasses.fields(observation):
            yield from arrays(getattr(observation, field.name))
    else:
        assert not isinstance(observation, torch.Tensor), "an observation holds numpy only"


def observe_without_touching_anything(experiment):
    random_before, weights_before = torch.get_rng_state(), weights(experiment)
    observation = experiment.observe()
    assert torch.equal(torch.get_rng_state(), random_before), "observe drew random numbers"
    assert is_same(weights(experiment), weights_before)
    return observation


@per_page
def test_it_is_an_experiment(slug):
    experiment = build(slug)
    assert isinstance(experiment, Experiment)
    assert experiment.record_every >= 1
    assert experiment.steps_per_epoch >= 1
    assert experiment.epoch == 0
    assert "loss" in experiment.evaluate()
    assert is_sentence(experiment.advice(1e9))


@per_page
def test_it_learns_its_default_task(slug):
    run = Run(experiment_class(slug), settings_class(slug)())
    history = run.poll().history
    name = "test_loss" if "test_loss" in history.values else "loss"
    floor = getattr(run.experiment, "loss_floor", 0.0)  # the best counted guess, where nobody comes near 0: texts
    enough = floor + 0.3 * (history.values[name][0] - floor)
    with unchecked():
        while history.last(name) >= enough and run.poll().step < STEPS:
            run.take(100)
            history = finish(run).poll().history
    assert not run.poll().has_failed
    assert history.last(name) < enough


@per_page
def test_the_same_seed_is_the_same_run_and_another_seed_another(slug):
    traces = []
    for seed in (3, 3, 4):
        run = Run(experiment_class(slug), settings_class(slug)(seed=seed))
        run.take(60)
        traces.append(trace(finish(run)))
    assert_same_trace(traces[0], traces[1])
    assert not is_same(traces[0][2], traces[2][2])


@per_page
def test_reset_and_rewind_come_back_exactly(slug):
    run = Run(experiment_class(slug), settings_class(slug)(seed=3))
    run.take(60)
    whole = trace(finish(run))
    seen = list(arrays(run.poll().observation))
    run.take(60 - run.rewind(31))
    assert_same_trace(trace(finish(run)), whole)
    run.reset()
    run.take(60)
    assert_same_trace(trace(finish(run)), whole)
    for now, before in zip(arrays(run.poll().observation), seen, strict=True):
        np.testing.assert_array_equal(now, before)


@per_page
def test_a_visit_to_the_past_changes_nothing(slug):
    one, other = (Run(experiment_class(slug), settings_class(slug)(seed=3)) for _ in range(2))
    for run in (one, other):
        run.take(60)
        finish(run)
    assert one.visit(0) == 0
    one.leave()
    for run in (one, other):
        run.take(60)
    assert_same_trace(trace(finish(one)), trace(finish(other)))


@per_page
def test_a_run_taken_elsewhere_goes_on_exactly(slug):
    one, other = (Run(experiment_class(slug), settings_class(slug)(seed=seed)) for seed in (3, 4))
    one.take(60)
    other.resume(finish(one).capture())
    for run in (one, other):
        run.take(60)
    assert_same_trace(trace(finish(one)), trace(finish(other)))


@per_page
def test_networks_are_those_that_learn_and_take_their_inputs(slug):
    experiment = build(slug)
    found = [parameter for network in experiment.networks().values() for parameter in network.module.parameters()]
    assert {id(parameter) for parameter in found} == {id(parameter) for parameter in experiment.parameters()}
    for network in experiment.networks().values():
        network.module(*network.inputs)


@per_page
def test_what_was_seen_does_not_change_when_training_goes_on(slug):
    experiment = build(slug)
    experiment.step()
    observation = experiment.observe()
    kept = [array.copy() for array in arrays(observation)]
    for _ in range(20):
        experiment.step()
    for array, before in zip(arrays(observation), kept, strict=True):
        np.testing.assert_array_equal(array, before)


@per_page
def test_every_parameter_gets_a_gradient(slug):
    experiment = build(slug)
    experiment.step()
    parameters = experiment.parameters()
    assert parameters
    assert all(parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in parameters)


@per_page
def test_a_step_moves_every_parameter(slug):
    experiment = build(slug)
    before = weights(experiment)
    experiment.step()
    assert not any(torch.equal(a, b) for a, b in zip(before, weights(experiment), strict=True))


@per_page
@pytest.mark.parametrize("num_steps", [0, 1, 7])
def test_a_state_goes_into_a_new_experiment_exactly(slug, num_steps):
    first = build(slug)
    for _ in range(num_steps):
        first.step()
    state, random = copied(first.state_dict()), torch.get_rng_state()
    second = build(slug)
    for _ in range(3):
        second.step()
    second.load_state_dict(copied(state))
    ends_of = []
    for experiment in (first, second):
        torch.set_rng_state(random)
        row = experiment.evaluate()
        for _ in range(5):
            experiment.step()
        ends_of.append((row, experiment.evaluate(), experiment.epoch, weights(experiment)))
    assert ends_of[0][:3] == ends_of[1][:3]
    assert is_same(ends_of[0][3], ends_of[1][3])


@pytest.mark.parametrize(("slug", "name", "value"), EVERY_END)
def test_both_ends_of_every_knob(slug, name, value):
    settings = acting(slug, name).changed(**{name: value})
    assert settings_class(slug).model_validate_json(settings.model_dump_json()) == settings
    assert read(settings_class(slug), json.loads(settings.model_dump_json())) == (settings, [])
    torch.manual_seed(0)
    try:
        experiment = experiment_class(slug)(settings)
    except (SettingsError, DataError) as error:  # no such device here, nothing brought along
        complaint = str(error)
    else:
        complaint = ""
    if complaint:
        assert is_sentence(complaint)
        return
    for _ in range(3):
        experiment.step()
    assert "loss" in experiment.evaluate()
    assert list(arrays(observe_without_touching_anything(experiment)))
    assert 0 < experiment.steps_left_in_epoch <= experiment.steps_per_epoch


@pytest.mark.parametrize(("slug", "name", "value"), LIVE_ENDS)
@pytest.mark.parametrize("is_back", [False, True])
def test_live_knobs_turn_in_the_middle_of_training(slug, name, value, is_back):
    """To an end and back."""
    default = acting(slug, name)
    before, after = default, default.changed(**{name: value})
    if is_back:
        before, after = after, before
    assert not restarts(before, after)
    torch.manual_seed(0)
    experiment = experiment_class(slug)(before)
    for _ in range(3):
        experiment.step()
    kept, epoch = weights(experiment), experiment.epoch
    experiment.apply(after)
    assert experiment.settings == after
    assert is_same(weights(experiment), kept)
    assert experiment.epoch == epoch
    state, random = copied(experiment.state_dict()), torch.get_rng_state()
    observe_without_touching_anything(experiment)
    ends_of = []
    for _ in range(2):
        for _ in range(3):
            experiment.step()
        ends_of.append((experiment.evaluate(), weights(experiment)))
        experiment.load_state_dict(copied(state))
        torch.set_rng_state(random)
    np.testing.assert_equal(ends_of[0][0], ends_of[1][0])
    assert is_same(ends_of[0][1], ends_of[1][1])


@pytest.mark.parametrize(("slug", "name"), KNOBS)
def test_every_knob_says_what_it_does(slug, name):
    field = settings_class(slug).model_fields[name]
    declared = knob_of(field)
    assert declared["label"]
    assert declared["group"]
    assert is_sentence(field.description)
    assert set(declared["when"]) <= set(settings_class(slug).model_fields)
    if declared["ladder"]:
        assert all(settings_class(slug)().changed(**{name: step}) for step in declared["ladder"])
        assert field.default in declared["ladder"]
