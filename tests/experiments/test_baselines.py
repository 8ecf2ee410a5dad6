"""The other models see what the network sees, and are scored as it is."""

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from data.dataset import DataError
from experiments.baselines import Examples, fit_baselines, loss_of, score_of
from experiments.mlp import MLPExperiment
from experiments.mlp_settings import MLPSettings


def examples_of(**settings: Any) -> Examples:
    torch.manual_seed(0)
    return MLPExperiment(MLPSettings(**settings)).examples()


def test_boosted_trees_do_well_on_a_real_table() -> None:
    trees, linear = fit_baselines(examples_of(problem="breast cancer"))
    assert (trees.name, linear.name) == ("Boosted trees", "Linear model")
    assert trees.test_score > 0.9
    assert linear.test_score > 0.9
    assert 0 < trees.test_loss < 0.5


def test_they_are_trained_on_the_networks_split() -> None:
    torch.manual_seed(0)
    experiment = MLPExperiment(MLPSettings(problem="breast cancer"))
    given, n = experiment.examples(), experiment.problem.num_train
    assert given.num_train == n
    np.testing.assert_array_equal(given.x, experiment.problem.x.numpy())
    np.testing.assert_array_equal(given.y, experiment.problem.y.numpy())
    shuffled = given.y.copy()
    shuffled[n:] = 1 - shuffled[n:]  # test labels do not reach the fit, only the score
    spoilt = fit_baselines(Examples(given.x, shuffled, n, 2, given.loss_name))[0]
    trees = fit_baselines(given)[0]
    assert spoilt.train_score == trees.train_score
    assert spoilt.test_score == pytest.approx(1 - trees.test_score)


def test_the_same_examples_give_the_same_scores() -> None:
    given = examples_of(problem="diabetes")
    once, again = (
        [(one.train_loss, one.test_loss, one.train_score, one.test_score) for one in fit_baselines(given)] for _ in "ab"
    )
    assert once == again


def test_a_linear_model_cannot_do_the_circle_and_trees_can() -> None:
    trees, linear = fit_baselines(examples_of(problem="circle"))
    assert linear.test_score < 0.7
    assert trees.test_score > 0.9


# Warnings are errors here, so these show too that none is given.
@pytest.mark.parametrize(
    "settings",
    [
        {"problem": "spiral", "loss": "bce"},
        {"problem": "blobs", "num_classes": 6, "loss": "mse", "noise": 0.5},
        {"problem": "bumps", "loss": "huber"},
        {"problem": "sine", "num_points": 50},
        {"problem": "wine", "is_standardised": False, "test_share": 0.8},
        {"problem": "breast cancer", "is_standardised": False},
        {"problem": "fixed random labels"},
        {"problem": "spiral", "num_points": 50, "test_share": 0.6},
    ],
    ids=str,
)
def test_every_problem_has_baselines(settings: dict[str, Any]) -> None:
    for baseline in fit_baselines(examples_of(**settings)):
        numbers = (baseline.train_loss, baseline.test_loss, baseline.train_score, baseline.test_score)
        assert np.isfinite(numbers).all()
        assert 0 < baseline.seconds < 30


def test_too_few_examples_give_a_sentence() -> None:
    with pytest.raises(DataError, match="at least 20 training examples, and there are 10:"):
        fit_baselines(examples_of(num_points=20))


def test_one_class_gives_a_sentence() -> None:
    with pytest.raises(DataError, match="only one"):
        fit_baselines(Examples(np.zeros((30, 2)), np.zeros(30, dtype=np.int64), 25, 2, "cross-entropy"))


def test_a_class_that_was_never_seen_has_no_chance() -> None:
    x = np.random.default_rng(0).normal(size=(60, 2))
    y = np.repeat([0, 2, 1], [25, 25, 10])
    trees = fit_baselines(Examples(x, y, 50, 3, "cross-entropy"))[0]
    assert trees.test_score == 0
    assert trees.test_loss == pytest.approx(-np.log(1e-7))


def test_without_test_examples_there_is_no_test_score() -> None:
    trees = fit_baselines(Examples(np.arange(30.0)[:, None], np.arange(30.0), 30, 0, "mse"))[0]
    assert np.isnan(trees.test_loss)
    assert np.isnan(trees.test_score)
    assert trees.train_score > 0.5


@pytest.mark.parametrize("name", ["cross-entropy", "bce", "mse"])
def test_losses_of_classes_are_the_networks(name: Any) -> None:
    chances = torch.tensor([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]])
    y, wanted = torch.tensor([0, 1]), torch.eye(3)[[0, 1]]
    theirs = {
        "cross-entropy": F.nll_loss(chances.log(), y),
        "bce": F.binary_cross_entropy(chances, wanted),
        "mse": F.mse_loss(chances, wanted),
    }
    assert loss_of(name, y.numpy(), chances.numpy()) == pytest.approx(theirs[name].item(), rel=1e-5)


@pytest.mark.parametrize("name", ["mse", "huber"])
def test_losses_of_numbers_are_the_networks(name: Any) -> None:
    answers, y = torch.tensor([0.2, 3.0, -1.0]), torch.tensor([0.0, 0.5, -1.0])
    theirs = {"mse": F.mse_loss(answers, y), "huber": F.huber_loss(answers, y)}
    assert loss_of(name, y.numpy(), answers.numpy()) == pytest.approx(theirs[name].item(), rel=1e-5)
    assert score_of(y.numpy(), y.numpy()) == 1
