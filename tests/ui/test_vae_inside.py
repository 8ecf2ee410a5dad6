"""Look inside, page `vae`: every tab opens, clicks move the point, and the words say what the numbers say."""

import numpy as np
import pytest
import torch

from experiments import vae_estimates, vae_inside
from experiments.vae import VAEExperiment
from experiments.vae_estimates import Bounds
from experiments.vae_hand import Hand
from experiments.vae_settings import VAESettings
from tests.pages.test_pages import open_page
from ui import vae_bound, vae_example, vae_hand, vae_latent
from ui.vae_example import NO_CLOUD, ways_words
from ui.vae_hand import verdict
from ui.vae_inside import TABS, TABS_KEY, health_words
from ui.vae_latent import POINT, Point, formula


@pytest.fixture(scope="module")
def app():
    return open_page("vae")


def turned(app, **knobs):
    for name, value in knobs.items():
        app.session_state[name] = value
    app.run()
    assert not app.exception
    assert not app.error
    return app


def said(app):
    return [*(text.value for text in app.markdown), *(text.value for text in app.caption)]


@pytest.mark.parametrize("tab", list(TABS))
@pytest.mark.parametrize(
    "knobs",
    [
        {"vae_latent_dim": 2},
        {"vae_latent_dim": 16, "vae_reconstruction": "MSE"},
        {"vae_data": "points", "vae_latent_dim": 2},
        {"vae_data": "digits", "vae_model": "autoencoder", "vae_latent_dim": 1},
        {"vae_model": "VAE", "vae_latent_dim": 2, "vae_reconstruction": "BCE"},
    ],
    ids=str,
)
def test_every_tab_opens(app, knobs, tab):
    turned(app, **knobs, **{TABS_KEY: tab})
    needs_doubt = tab in ("Reparameterisation", "The bound") and knobs.get("vae_model") == "autoencoder"
    assert (NO_CLOUD in said(app)) == needs_doubt


def test_a_slider_moves_the_point_and_it_is_nobodys_code_any_more(app):
    turned(app, **{TABS_KEY: "Latent map"})
    sliders = [slider for slider in app.slider if slider.key.startswith("vae_latent_z_")]
    assert len(sliders) == 2
    assert any("the code μ of test example 1." in text for text in said(app))
    sliders[1].set_value(1.5)
    app.run()
    assert not app.exception
    assert any("nobody's code" in text for text in said(app))
    assert app.session_state[POINT].z[1] == 1.5
    app.run()
    assert app.session_state[POINT].z[1] == 1.5


def test_many_units_have_eight_sliders_and_others_can_be_asked_for(app):
    turned(app, vae_latent_dim=16, **{TABS_KEY: "Latent map"})
    assert len([slider for slider in app.slider if slider.key.startswith("vae_latent_z_")]) == 8
    app.multiselect(key="vae_latent_units_16").set_value([15, 0])
    app.run()
    assert not app.exception
    assert [slider.label for slider in app.slider if slider.key.startswith("vae_latent_z_")] == ["z₁₆", "z₁"]
    turned(app, vae_latent_dim=2)


def test_other_dice_give_other_ends(app):
    turned(app, **{TABS_KEY: "Between two"})
    app.session_state["vae_between_3"] = "two draws from N(0, 1)"
    app.run()
    before = [text for text in said(app) if "Why a sphere" in text]
    app.button(key="vae_between_dice").click()
    app.run()
    assert not app.exception
    assert before
    assert before != [text for text in said(app) if "Why a sphere" in text]


def test_the_numbers_of_one_draw_follow_the_knobs(app):
    turned(app, **{TABS_KEY: "Reparameterisation"})
    app.slider(key="vae_hand_noise").set_value(-2.0)
    app.run()
    assert not app.exception
    assert any(r"\cdot (-2)" in text.value for text in app.latex)


# ---- clicks ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def codes():
    torch.manual_seed(0)
    return vae_inside.codes(VAEExperiment(VAESettings()))


def test_a_click_near_a_code_takes_its_example(codes, monkeypatch):
    state = {}
    monkeypatch.setattr(vae_latent.st, "session_state", state)
    x, y = codes.xy[5] + 0.001
    vae_latent._clicked(codes, {"kind": "plane", "id": "latent", "x": float(x), "y": float(y)})
    nearest = int(np.linalg.norm(codes.xy - (x, y), axis=1).argmin())
    assert state[POINT].place == codes.places[nearest]
    assert np.array_equal(state[POINT].z, codes.mean[nearest])


def test_a_click_elsewhere_takes_the_place_itself(codes, monkeypatch):
    state = {}
    monkeypatch.setattr(vae_latent.st, "session_state", state)
    vae_latent._clicked(codes, {"kind": "plane", "id": "latent", "x": 3.3, "y": -3.1})
    assert state[POINT].place is None
    assert state[POINT].z == pytest.approx([3.3, -3.1], abs=1e-5)
    vae_latent._clicked(codes, {"kind": "hot", "id": "else"})
    assert state[POINT].z == pytest.approx([3.3, -3.1], abs=1e-5)


def test_the_point_survives_training_but_not_another_number_of_units(codes, monkeypatch):
    state = {}
    monkeypatch.setattr(vae_latent.st, "session_state", state)
    assert vae_latent._point(codes, codes.places[4]).place == codes.places[4]
    assert vae_latent._point(codes, 10**6).place == codes.places[0]  # an example that is not on the map
    state[POINT] = Point(np.array([1.0, 2.0], dtype=np.float32), None)
    assert vae_latent._point(codes, 0) is state[POINT]
    state[POINT] = Point(np.zeros(7, dtype=np.float32), None)
    assert len(vae_latent._point(codes, 0).z) == 2
    state[POINT] = Point(np.array([9.0, 9.0]), codes.places[2])  # its code has moved since
    assert np.array_equal(vae_latent._point(codes, 0).z, codes.mean[2])


# ---- words and formulas ----------------------------------------------------------------------------------------------


def test_the_density_of_a_point_by_hand():
    assert formula(np.array([3.0, -4.0])).endswith("= -14.3")  # −12.5 − ln 2π
    assert "(-4)^2" in formula(np.array([3.0, -4.0]))
    assert r"\dots" in formula(np.zeros(9))


def test_the_formula_of_a_draw_holds_its_numbers():
    words = vae_hand.formula(Hand(0.5, 0.8, -1.0, -0.3, 42.0, -2.0))
    assert r"0.5 + 0.8 \cdot (-1) = -0.3" in words
    assert r"(-2) \cdot (-1) = 2" in words


def test_the_verdict_on_the_estimates_is_the_measured_ratio():
    torch.manual_seed(0)
    experiment = VAEExperiment(VAESettings())
    found = vae_estimates.gradients(experiment, 0, 0, 0.0, 1.0)
    ratio = found.of_mean["score function"].var() / found.of_mean["pathwise"].var()
    assert f"{ratio:,.0f} times" in verdict(found)
    assert "agree within their errors" in verdict(found)
    found.of_mean["score function"].mul_(0).add_(1e6)
    assert "do not agree" in verdict(found)


def test_the_formula_of_the_bound_adds_up():
    found = Bounds((1, 500), np.array([-100.0, -97.5]), np.array([0.1, 0.1]), 5.5, float("nan"))
    assert "-94.50 - 5.50 = -100.00" in vae_bound.formula(found)
    assert "-97.50" in vae_bound.formula(found)


def test_the_loss_of_an_example_adds_up():
    torch.manual_seed(0)
    found = vae_inside.one_example(VAEExperiment(VAESettings()), 0)
    total = found.cost + found.kl.sum()
    assert f"= {total:.4g}" in vae_example.formula(found)


def units_of(**settings):
    torch.manual_seed(0)
    experiment = VAEExperiment(VAESettings(**settings))
    for _ in range(100):
        experiment.step()
    return vae_inside.units(experiment)


def test_collapse_is_told_in_words():
    dead = units_of(latent_dim=4, beta=100.0)
    assert "Posterior collapse" in health_words(dead, 100.0)
    assert "it is 100" in health_words(dead, 100.0)
    alive = units_of(latent_dim=4)._replace(active=np.ones(4, dtype=bool))
    assert "All 4 units are used" in health_words(alive, 1.0)
    assert f"**{alive.kl.sum():.3g} nats**" in health_words(alive, 1.0)
    half = alive._replace(active=np.array([True, False, True, False]))
    assert "2 of 4 units are used" in health_words(half, 1.0)
    assert (
        f"The other 2 say nothing of the input: a μ that hardly moves, {half.kl[[1, 3]].sum():.2g} nats"
        in health_words(half, 1.0)
    )
    three = alive._replace(active=np.array([True, False, True, True]))
    assert "The other unit says nothing" in health_words(three, 1.0)


def test_an_exploded_network_is_not_called_collapsed():
    dead = units_of(latent_dim=4, beta=100.0)
    assert "no numbers any more" in health_words(dead._replace(kl=np.full(4, np.nan)), 1.0)
    assert "far from N(0, 1)" in health_words(dead._replace(kl=np.full(4, 1e6)), 1.0)


def test_the_words_about_the_sphere_follow_the_numbers():
    torch.manual_seed(0)
    experiment = VAEExperiment(VAESettings(latent_dim=64))
    prior = vae_inside.ways(experiment, 0, 1, vae_inside.PRIOR)
    assert "leaves the shell" in ways_words(prior)
    flat = VAEExperiment(VAESettings(latent_dim=2))
    assert "does no harm" in ways_words(vae_inside.ways(flat, 0, 1, vae_inside.MEANS))


def test_most_pairs_of_draws_in_64_units_leave_the_shell():
    experiment = VAEExperiment(VAESettings(latent_dim=64))
    told = [ways_words(vae_inside.ways(experiment, 0, 1, vae_inside.PRIOR, seed)) for seed in range(20)]
    assert sum("leaves the shell" in words for words in told) >= 18
