"""Several runs in one picture."""

import math

import numpy as np
import pytest

from figures import theme
from figures.compare import Band, Line, Point, colour_of, over_parameters, overlay, spoken

STEPS = np.arange(0, 101, 10)
LINES = [
    Line("learning rate 0.1", 0, STEPS, np.linspace(1.0, 0.25, 11)),
    Line("<b>mine</b>", 3, STEPS[:6], np.linspace(1.0, 0.5, 6)),
    Line("this run", None, STEPS, np.linspace(1.0, 0.125, 11)),
]
BAND = Band("3 seeds", STEPS, np.stack([np.linspace(1, last, 11) for last in (0.1, 0.2, 0.6)]))


def test_every_run_is_a_line_whose_last_value_is_in_the_legend_and_in_the_words() -> None:
    still = overlay(LINES, "test loss", "steps", "light")
    assert [trace.name for trace in still.figure.data] == [
        "learning rate 0.1: 0.25",
        "&lt;b&gt;mine&lt;/b&gt;: 0.5",
        "this run: 0.125",
    ]
    np.testing.assert_array_equal(still.figure.data[1].x, STEPS[:6])
    assert "learning rate 0.1 0.25" in still.alt
    assert "this run 0.125" in still.alt
    assert still.figure.layout.yaxis.title.text == "test loss"
    assert still.figure.layout.xaxis.title.text == "steps"


def test_the_current_run_stands_out_and_every_pin_has_its_own_colour() -> None:
    for mode in ("light", "dark"):
        colours = [colour_of(slot, mode) for slot in (None, 0, 1, 2, 3, 4)]
        assert len(set(colours)) == 6
        assert colours[0] == theme.SURFACES[mode].text


def test_the_band_reaches_from_the_lowest_to_the_highest_seed() -> None:
    still = overlay(LINES, "test loss", "steps", "dark", band=BAND)
    area, seeds, mean = still.figure.data[:3]
    np.testing.assert_allclose(area.y, np.concatenate([BAND.rows.max(0), BAND.rows.min(0)[::-1]]))
    assert np.isnan(np.array(seeds.y, dtype=float)).sum() == 3  # a gap after each seed
    np.testing.assert_allclose(mean.y, BAND.rows.mean(0))
    assert mean.name == "3 seeds, mean: 0.3"
    assert "3 seeds 0.3 on average, from 0.1 to 0.6" in still.alt


def test_a_seed_that_ran_away_leaves_the_band() -> None:
    rows = BAND.rows.copy()
    rows[2, 5:] = math.nan
    area = overlay([], "loss", "steps", "light", band=BAND._replace(rows=rows)).figure.data[0]
    assert area.y[10] == pytest.approx(0.2)
    nothing = BAND._replace(rows=np.full_like(rows, math.nan))
    assert not overlay([], "loss", "steps", "light", band=nothing).figure.data


def test_long_histories_are_thinned_but_keep_their_ends() -> None:
    steps = np.arange(1024)
    (trace,) = overlay([Line("a", 0, steps, steps / 2)], "loss", "steps", "light").figure.data
    assert len(trace.x) < 200
    assert (trace.x[0], trace.x[-1]) == (0, 1023)


def test_a_run_without_a_row_is_said_to_have_nothing() -> None:
    empty = Line("a", 0, np.array([]), np.array([]))
    assert "a nothing yet" in overlay([empty], "loss", "steps", "light").alt


def test_values_over_parameters() -> None:
    points = [Point("small", 0, 22, 0.5), Point("large", 1, 354, 0.125), Point("broken", 2, 100, math.nan)]
    still = over_parameters(points, "best loss so far", "light", is_log=True)
    assert [(trace.x[0], trace.y[0]) for trace in still.figure.data] == [(22, 0.5), (354, 0.125)]
    assert "small 0.5 with 22" in still.alt
    assert "broken" not in still.alt
    assert still.figure.layout.yaxis.type == "log"
    assert still.figure.layout.xaxis.range[0] == 0
    wide = over_parameters([*points, Point("huge", 3, 100_000, 0.1)], "loss", "light").figure
    assert wide.layout.xaxis.type == "log"
    assert "nothing yet" in over_parameters([], "loss", "light").alt


@pytest.mark.parametrize(("name", "words"), [("test_loss", "test loss"), ("test_r2", "test R²"), ("loss", "loss")])
def test_numbers_by_their_spoken_names(name: str, words: str) -> None:
    assert spoken(name) == words
