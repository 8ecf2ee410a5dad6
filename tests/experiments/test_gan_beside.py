"""A GAN and a VAE in one race: the same examples, the same numbers, and samples of both."""

from typing import Any

import numpy as np
import pytest
import torch

from data.dataset import seeded
from experiments.gan import GANExperiment
from experiments.gan_beside import (
    NUM_SAMPLES,
    MeasuredGAN,
    MeasuredVAE,
    entrants,
    floor_of,
    judged,
    samples_of,
    watched,
)
from experiments.gan_data import make_source
from experiments.gan_settings import GANSettings
from training.run import Run

PICTURES = {"data": "digits", "num_real": 100, "batch_size": 16}


def runs_of(**settings: Any) -> list[Run]:
    return [Run(entrant.build, entrant.settings) for entrant in entrants(GANSettings(**settings), None)]


@pytest.mark.parametrize(
    "settings", [{}, {"data": "moons", "noise_dim": 1}, PICTURES], ids=["ring", "thread", "digits"]
)
def test_both_learn_from_the_same_examples_and_record_the_same_numbers(settings: dict[str, Any]) -> None:
    gan, vae = runs_of(**settings)
    assert isinstance(gan.experiment, MeasuredGAN)
    assert isinstance(vae.experiment, MeasuredVAE)
    known = 2 * vae.experiment.x - 1 if "data" in settings and settings["data"] == "digits" else vae.experiment.x
    n = vae.experiment.num_train
    torch.testing.assert_close(known[:n], gan.experiment.real, atol=1e-6, rtol=0)
    torch.testing.assert_close(known[n:], gan.experiment.fresh, atol=1e-6, rtol=0)
    for run in (gan, vae):
        run.take(3)
        while run.is_playing:
            run.advance(1.0)
        assert set(watched(GANSettings(**settings))) <= set(run.experiment.evaluate())
        found = samples_of(run)
        assert found.made.shape == (NUM_SAMPLES, known.shape[1])
        assert found.distance == pytest.approx(run.experiment.evaluate()["energy_distance"])
        assert samples_of(run).made.tolist() == found.made.tolist(), "always the same noise"


def test_what_is_watched_depends_on_the_data() -> None:
    assert watched(GANSettings()) == ("energy_distance", "covered_share", "far_share")
    assert watched(GANSettings(data="moons")) == ("energy_distance",)
    assert watched(GANSettings(**PICTURES)) == ("energy_distance", "haze")


def test_the_data_themselves_are_judged_best() -> None:
    source = make_source(GANSettings(), None, ())
    assert source.cloud is not None
    perfect = judged(source.cloud.sample(NUM_SAMPLES, seeded(9)), source)
    assert perfect["covered_share"] == 1
    assert perfect["far_share"] < 0.05
    assert perfect["energy_distance"] < 0.2
    lost = judged(torch.zeros(NUM_SAMPLES, 2), source)
    assert (lost["covered_share"], lost["far_share"]) == (0, 1)
    assert lost["energy_distance"] > 0.5
    torch.manual_seed(0)
    assert floor_of(GANExperiment(GANSettings())) < 0.2


def test_grey_pictures_are_hazy_and_real_ones_are_not() -> None:
    source = make_source(GANSettings(**PICTURES), None, ())
    assert judged(source.real, source)["haze"] == pytest.approx(1, abs=0.25)
    assert judged(torch.zeros(50, 784), source)["haze"] > 3, "zero is grey"
    assert judged(torch.ones(50, 784), source)["haze"] == 0


def test_the_vae_covers_the_ring_and_blurs_it() -> None:
    gan, vae = runs_of()
    vae.take(600)
    while vae.is_playing:
        vae.advance(1.0)
    start, now = vae.history().values["energy_distance"][0], vae.experiment.evaluate()
    assert now["energy_distance"] < 0.7 * start
    assert now["far_share"] > 0.1, "samples between the modes"
    assert gan.step == 0


def test_own_points_are_refused() -> None:
    with pytest.raises(ValueError, match="set by hand"):
        entrants(GANSettings(data="own points"), None)


def test_a_visitors_pictures_go_to_both() -> None:
    from data.images import ImageSet

    x = torch.randint(0, 256, (30, 3, 40, 40), dtype=torch.uint8, generator=seeded(0))
    own = ImageSet("own", x, torch.zeros(30, dtype=torch.int64), 24, ("one",), "mine")
    settings = GANSettings(data="own images", batch_size=8)
    gan, vae = (Run(entrant.build, entrant.settings) for entrant in entrants(settings, own))
    np.testing.assert_allclose(2 * vae.experiment.x[:24] - 1, gan.experiment.real, atol=0.005)
