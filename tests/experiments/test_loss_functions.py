import numpy as np
import pytest
import torch
from sklearn.linear_model import QuantileRegressor
from torch.nn import functional as F

from experiments.loss_functions import (
    FITS,
    HUBER_DELTA,
    LOSSES,
    OUTLIER,
    best_gap,
    fit,
    loss_curves,
    outlier_points,
    softmax_gradient,
)

HEIGHTS = np.arange(-4.0, 16.1, 0.5)


def line(x):
    return np.stack([np.ones_like(x), x], axis=1)


def curves(kind, *places):
    return {curve.name: curve for curve in loss_curves(kind, np.array(places))}


def test_losses_of_numbers_by_hand():
    found = curves("numbers", -3.0, -0.5, 0.5, 2.0)
    np.testing.assert_allclose(found["MSE"].values, [9, 0.25, 0.25, 4])
    np.testing.assert_allclose(found["MSE"].slopes, [-6, -1, 1, 4])
    np.testing.assert_allclose(found["MAE"].values, [3, 0.5, 0.5, 2])
    np.testing.assert_allclose(found["MAE"].slopes, [-1, -1, 1, 1])
    np.testing.assert_allclose(found["Huber"].values, [2.5, 0.125, 0.125, 1.5])
    np.testing.assert_allclose(found["Huber"].slopes, [-1, -0.5, 0.5, 1])


def test_losses_of_classes_by_hand():
    z = np.array([-4.0, 0.0, 2.0])
    p = 1 / (1 + np.exp(-z))
    found = curves("classes", *z)
    np.testing.assert_allclose(found["BCE with logits"].values, -np.log(p))
    np.testing.assert_allclose(found["BCE with logits"].slopes, p - 1)
    np.testing.assert_allclose(found["Hinge"].values, [5, 1, 0])
    np.testing.assert_allclose(found["Hinge"].slopes, [-1, -1, 0])
    np.testing.assert_allclose(found["MSE of the probability"].values, (p - 1) ** 2)
    np.testing.assert_allclose(found["MSE of the probability"].slopes, 2 * (p - 1) * p * (1 - p))


def test_two_classes_with_softmax_are_one_with_a_sigmoid():
    found = curves("classes", *np.linspace(-6, 6, 25))
    np.testing.assert_allclose(found["Cross-entropy"].values, found["BCE with logits"].values)
    np.testing.assert_allclose(found["Cross-entropy"].slopes, found["BCE with logits"].slopes)


def test_a_confident_mistake_is_corrected_by_all_but_the_squared_chance():
    found = curves("classes", -6.0)
    pulls = {name: abs(curve.slopes[0]) for name, curve in found.items()}
    assert pulls.pop("MSE of the probability") < 0.01
    assert min(pulls.values()) > 0.99


@pytest.mark.parametrize("kind", LOSSES)
def test_slopes_are_those_of_the_curves(kind):
    places = np.linspace(-5.9, 5.9, 60)
    step = 1e-5
    here, there = loss_curves(kind, places - step), loss_curves(kind, places + step)
    for low, high, curve in zip(here, there, loss_curves(kind, places), strict=True):
        np.testing.assert_allclose((high.values - low.values) / (2 * step), curve.slopes, atol=1e-4)


@pytest.mark.parametrize("height", HEIGHTS)
def test_the_best_single_number_is_mean_median_or_between(height):
    _, y = outlier_points(height)
    found = {loss: float(fit(np.ones((len(y), 1)), y, loss)[0]) for loss in FITS}
    assert found["MSE"] == pytest.approx(y.mean())
    assert found["MAE"] == pytest.approx(np.median(y))
    low, high = sorted([found["MSE"], found["MAE"]])
    assert low - 0.1 <= found["Huber"] <= high + 0.1


@pytest.mark.parametrize("height", HEIGHTS[::4])
def test_fitted_lines_are_the_best_there_are(height):
    x, y = outlier_points(height)
    absolute = QuantileRegressor(quantile=0.5, alpha=0).fit(x[:, None], y)
    ours = fit(line(x), y, "MAE")
    theirs = np.array([absolute.intercept_, *absolute.coef_])
    assert np.abs(y - line(x) @ ours).sum() == pytest.approx(np.abs(y - line(x) @ theirs).sum())
    for loss, torch_loss in (("MSE", F.mse_loss), ("Huber", F.huber_loss)):
        weights = torch.tensor(fit(line(x), y, loss), requires_grad=True)
        torch_loss(torch.tensor(line(x)) @ weights, torch.tensor(y)).backward()
        assert weights.grad.abs().max() < 1e-6


def test_an_outlier_moves_the_line_of_least_squares_most():
    slopes = {}
    for height in (0.0, 8.0, 16.0):
        x, y = outlier_points(height)
        slopes[height] = {loss: fit(line(x), y, loss)[1] for loss in FITS}
    moved = {loss: abs(slopes[16.0][loss] - slopes[0.0][loss]) for loss in FITS}
    assert moved["MSE"] > 5 * max(moved["MAE"], moved["Huber"])
    assert slopes[16.0]["MAE"] == pytest.approx(slopes[8.0]["MAE"]), "only the side of the outlier counts"
    assert HUBER_DELTA == 1.0
    assert abs(outlier_points(8.0)[1][OUTLIER] - (1 + 0.5 * OUTLIER) - 8) < 1e-12


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("logits", [(2.0, 1.0, -1.0), (-5.0, 5.0, 0.0), (0.0, 0.0, 0.0)])
def test_the_gradient_is_what_is_said_minus_what_is_wanted(logits, smoothing):
    for right in range(3):
        seen = softmax_gradient(logits, right, smoothing)
        np.testing.assert_allclose(seen.gradient, seen.chances - seen.wanted, atol=1e-12)
        assert seen.wanted.sum() == pytest.approx(1)
        assert seen.loss == pytest.approx(-(seen.wanted * np.log(seen.chances)).sum())


@pytest.mark.parametrize("smoothing", [0.05, 0.2, 0.5])
def test_a_smoothed_loss_is_least_at_the_named_gap(smoothing):
    gap = best_gap(3, smoothing)
    assert np.abs(softmax_gradient((gap, 0.0, 0.0), 0, smoothing).gradient).max() < 1e-12
    assert best_gap(3, 0) == float("inf")
