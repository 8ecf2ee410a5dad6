"""What holds for every page that trains its seeds by one batched step: each comes out as it would alone."""

import importlib

import numpy as np
import pytest

from catalog import PAGES
from training.band import Band

SLUGS = [page.slug for page in PAGES if importlib.util.find_spec(f"experiments.{page.slug}_ensemble")]
STEPS = 200
CASES = {
    "mlp": [
        {"batch_size": 16},
        {"num_points": 100, "problem": "xor", "optimizer": "momentum", "schedule": "cosine", "schedule_steps": 100},
        {
            "problem": "iris",
            "l1": 0.001,
            "loss": "bce",
            "optimizer": "rmsprop",
            "learning_rate": 0.001,
            "batch_size": 10,
        },
        {"problem": "sine", "hidden_dims": (), "loss": "huber", "batch_size": 25, "weight_decay": 0.01},
        {"learning_rate": 10.0, "optimizer": "sgd", "problem": "diabetes"},
    ],
}
REFUSED = {"mlp": [{"dropout": 0.5}, {"problem": "random labels"}]}


def train(slug, settings, num_seeds, num_steps, *, together):
    experiment = importlib.import_module(f"experiments.{slug}")
    gather = importlib.import_module(f"experiments.{slug}_ensemble").gather if together else None
    band = Band(experiment.EXPERIMENT, experiment.SETTINGS(**settings), num_seeds, num_steps, gather)
    while band.is_running:
        band.advance(1.0)
    assert band.outcome is not None, band.message
    return band.outcome


@pytest.mark.parametrize(("slug", "settings"), [(slug, case) for slug in SLUGS for case in CASES.get(slug, [{}])])
def test_every_seed_comes_out_as_it_would_alone(slug, settings):
    together, alone = (train(slug, settings, 3, STEPS, together=is_together) for is_together in (True, False))
    assert together.is_batched
    assert together.has_failed == alone.has_failed
    for one, other in zip(together.histories, alone.histories, strict=True):
        np.testing.assert_array_equal(one.steps, other.steps)
        for name, values in other.values.items():
            # only rounding differs (a rate at which training is chaotic would blow that up: none is among the cases);
            # a score counts examples, and one on the border may fall to the other side
            tolerance = 1e-5 if "loss" in name or name == "learning_rate" else 0.02
            np.testing.assert_allclose(one.values[name], values, rtol=1e-3, atol=tolerance, err_msg=name)


@pytest.mark.parametrize(("slug", "settings"), [(slug, case) for slug in SLUGS for case in REFUSED.get(slug, [])])
def test_what_draws_at_random_in_each_step_is_trained_one_after_another(slug, settings):
    assert not train(slug, settings, 2, 5, together=True).is_batched
