"""The inspectable pictures of the lower sections of the page `optimizers`: what they draw, in the house's colours."""

import re
from collections.abc import Iterator

import numpy as np
import pytest

from experiments.activation_study import LayerSums, bend
from experiments.class_weights import Weighted
from experiments.gradient_noise import noise_of
from experiments.loss_functions import FITS, OUTLIER, fit, loss_curves, outlier_points, softmax_gradient
from experiments.schedule_race import rate_curves
from figures import optimizers_measured, optimizers_study, theme
from figures.still import Still
from figures.still_numbers import numbers_csv
from training.range_test import Sweep, landmarks, smooth

MODES: tuple[theme.Mode, ...] = ("light", "dark")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}|rgba?\([^)]*\)")


def sweep() -> Sweep:
    rates = np.geomspace(1e-5, 10, 60)
    losses = np.concatenate([np.full(30, 0.7), np.linspace(0.7, 0.2, 20), np.geomspace(0.3, 3.0, 10)])
    smoothed = smooth(losses)
    return Sweep(rates, losses, smoothed, 0.7, *landmarks(rates, smoothed, losses, 0.7), 0.1)


def sums() -> LayerSums:
    return LayerSums(np.linspace(-6, 6, 49), np.full(48, 1 / 48), 0.0, 0.5, 0.0, 0.1)


def pictures(mode: theme.Mode) -> Iterator[Still]:
    steps, curves = rate_curves(0.1, 500)
    yield optimizers_study.schedule_still(steps, curves, 120, mode)
    yield optimizers_study.schedule_still(steps, curves, 120, mode, "cosine")
    yield optimizers_study.range_still(sweep(), mode)
    for kind in ("numbers", "classes"):
        for is_slope in (False, True):
            drawn = loss_curves(kind, np.linspace(-6, 6, 25))
            yield optimizers_study.loss_still(drawn, 1.0, mode, is_slope=is_slope, title="error", limits=(-1, 8))
    x, y = outlier_points(9.0)
    design = np.stack([np.ones_like(x), x], axis=1)
    lines = {loss: (float(found[0]), float(found[1])) for loss, found in ((one, fit(design, y, one)) for one in FITS)}
    yield optimizers_study.fits_still(x, y, OUTLIER, lines, mode)
    yield optimizers_study.softmax_still(softmax_gradient((2.0, 1.0, -1.0), 1, 0.1), ("a", "b", "c"), mode)
    found = [Weighted(is_weighted, seed, 0.5, 0.9, 0.8) for seed in range(2) for is_weighted in (False, True)]
    yield optimizers_study.recalls_still(found, mode)
    yield optimizers_measured.activation_still(bend("tanh"), [], "tanh", mode)
    yield optimizers_measured.activation_still(bend("leaky_relu"), [sums(), sums()], "leaky_relu", mode)
    noise = noise_of(np.random.default_rng(0).normal(0.3, 1.0, (40, 6)), 0, 0)
    yield optimizers_measured.noise_still(noise, 4, mode)
    yield optimizers_measured.arrows_still(noise, 2, mode)


@pytest.mark.parametrize("mode", MODES)
def test_only_colours_of_the_theme_are_used(mode: theme.Mode) -> None:
    fixed = {theme.NEGATIVE, theme.POSITIVE, theme.NOT_TRAINED, theme.TRANSPARENT}
    ours = {*theme.SURFACES[mode], *theme.CLASSES, *theme.MAGNITUDE, *fixed}
    for still in pictures(mode):
        used = set(COLOUR.findall(still.figure.to_json()))
        assert used <= ours, used - ours
        assert theme.SURFACES[mode].text in used
        assert len(still.alt) > 20
        assert still.alt.endswith(".")
        assert len(numbers_csv(still).splitlines()) > 3


def test_the_schedules_are_marked_at_the_step_one_looks_at() -> None:
    steps, curves = rate_curves(0.1, 500)
    traces = optimizers_study.schedule_still(steps, curves, 250, "light").figure.data
    marks = [trace for trace in traces if trace.mode == "markers+text"]
    assert len(marks) == len(curves)
    for mark, rates in zip(marks, curves.values(), strict=True):
        assert abs(mark.x[0] - 250) <= 2
        assert mark.y[0] == rates[np.flatnonzero(steps == mark.x[0])[0]]


def test_of_a_run_of_ones_own_only_its_place_is_marked() -> None:
    steps, curves = rate_curves(0.1, 500, 1234)
    traces = optimizers_study.schedule_still(steps, curves, 1234, "light", "Noam").figure.data
    (mark,) = [trace for trace in traces if trace.mode == "markers+text"]
    assert (mark.x[0], mark.y[0]) == (1234, pytest.approx(0.1 * (50 / 1235) ** 0.5))
    assert mark.text[0] == "you are here"


def test_the_range_test_says_where_it_falls_and_where_it_rises() -> None:
    seen = sweep()
    words = {trace.text[0]: trace.x[0] for trace in optimizers_study.range_still(seen, "light").figure.data[2:]}
    assert list(words.values()) == [seen.rates[seen.steepest], seen.rates[seen.explosion]]
    assert list(words) == [
        f"steepest at {seen.rates[seen.steepest]:.2g}",
        f"too high from {seen.rates[seen.explosion]:.2g}",
    ]


def test_an_explosion_beyond_the_picture_is_marked_at_its_edge() -> None:
    rates, losses = np.geomspace(1e-5, 1.0, 4), np.array([0.7, 0.5, 0.4, np.inf])
    seen = Sweep(rates, losses, smooth(losses), 0.7, 1, 3, 0.1)
    figure = optimizers_study.range_still(seen, "light").figure
    low, high = figure.layout.yaxis.range
    assert low < figure.data[-1].y[0] < high
    assert figure.data[-1].text[0] == "too high from 1"


def test_a_sweep_that_never_falls_has_no_marks() -> None:
    rates, losses = np.geomspace(1e-5, 1e-4, 5), np.linspace(1.01, 1.05, 5)
    seen = Sweep(rates, losses, losses, 1.0, None, None, 0.1)
    assert len(optimizers_study.range_still(seen, "light").figure.data) == 2


def test_a_batch_of_all_is_left_out_of_the_logarithmic_picture() -> None:
    noise = noise_of(np.random.default_rng(0).normal(0.3, 1.0, (40, 6)), 0, 0)
    dots = optimizers_measured.noise_still(noise, 4, "light").figure.data[-1]
    assert list(dots.x) == [1, 2, 4, 8, 16, 32]
    np.testing.assert_array_equal(dots.y, noise.measured[:-1])
    assert [size > 8 for size in dots.marker.size] == [False, False, True, False, False, False]


def test_every_arrow_begins_at_the_origin_and_ends_at_its_gradient() -> None:
    noise = noise_of(np.random.default_rng(0).normal(0.3, 1.0, (40, 6)), 0, 0)
    shafts, heads, full = optimizers_measured.arrows_still(noise, 2, "light").figure.data
    np.testing.assert_array_equal(np.array(shafts.x).reshape(-1, 3)[:, 0], 0)
    np.testing.assert_array_equal(np.array(shafts.y).reshape(-1, 3)[:, 1], noise.arrows[2][:, 1])
    np.testing.assert_array_equal(heads.x, noise.arrows[2][:, 0])
    assert (full.x[1], full.y[1]) == pytest.approx(tuple(noise.full))
