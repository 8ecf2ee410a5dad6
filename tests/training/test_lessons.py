import math

import pytest

from tests.training.toy import Toy, ToySettings
from tests.training.toy_lesson import lesson, result
from training.lessons import (
    Trial,
    in_words,
    name_in_words,
    result_of,
    results_table,
    run_trial,
    settings_in_words,
    value_in_words,
)
from training.run import Run


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("loss", "training loss"),
        ("test_loss", "test loss"),
        ("first_loss", "loss at the start"),
        ("lowest_test_loss", "lowest test loss"),
        ("lowest_loss", "lowest training loss"),
        ("accuracy", "training accuracy"),
        ("most_dead_share", "dead share, worst layer"),
        ("first_layer_gradient_norms", "gradient norms, first layer"),
        ("last_layer_gradient_norms", "gradient norms, last layer"),
    ],
)
def test_numbers_have_names_people_use(name, words):
    assert name_in_words(name) == words


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("loss", 0.123456, "0.123"),
        ("loss", -2.0, "−2"),
        ("loss", math.inf, "infinite"),
        ("loss", math.nan, "not a number"),
        ("accuracy", 0.534, "53%"),
        ("most_dead_share", 1.0, "100%"),
    ],
)
def test_numbers_have_sensible_digits(name, value, words):
    assert value_in_words(name, value) == words


def test_a_run_in_a_line_and_in_a_table():
    change = lesson(change=Trial("three", {}))
    assert in_words(change, result(0.5).numbers) == "training loss 0.5, test accuracy 50%"
    table = results_table(change, {2: result(0.25), 0: result(4.0, 1.0)}).splitlines()
    assert table[0] == "| Run | training loss | test accuracy |"
    assert table[2:] == ["| one | 4 | 100% |", "| three | 0.25 | 50% |"]


def test_settings_have_the_names_of_their_knobs():
    assert settings_in_words(ToySettings(has_test=False), ["rate", "has_test"]) == "Rate: 0.1, Test: off"


def test_a_trial_keeps_the_visitors_seed():
    one, two = (trial.complete(ToySettings, 7, "cpu") for trial in lesson().trials)
    assert (one.seed, one.width) == (7, 3)
    assert (two.seed, two.width) == (7, 5)


def test_what_is_kept_of_a_run():
    run = Run(Toy, ToySettings(seed=4))
    numbers = run_trial(run, 20)
    kept = result_of(run.poll())
    assert (kept.seed, kept.numbers) == (4, numbers)
    assert kept.numbers["step"] == kept.history.steps[-1] == 20
    assert kept.numbers["first_loss"] == kept.history.values["loss"][0]
    assert kept.numbers["lowest_loss"] == min(kept.history.values["loss"])


def test_the_explanation_has_the_numbers_of_the_runs():
    assert lesson().explain([{"loss": 1.0}, {"loss": 0.5}]) == "From 1.00 to 0.50."
