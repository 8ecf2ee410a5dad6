"""The live picture on graphs: it is built for every kind of data, says what it shows, and holds what is clicked."""

import numpy as np
import pytest

from experiments.gnn import GNNExperiment
from experiments.gnn_settings import GNNSettings
from figures.gnn import card_scene, graph_scene, links_of, plane_limits, reach_of
from figures.gnn_still import roc_points, roc_still
from figures.packing import unpack
from tests.shapes import unchecked
from tests.training.toy import finish
from training.run import Run

KINDS = [
    {},
    {"num_layers": 8, "readout": "max"},
    {"data": "ChEMBL activity", "readout": "sum"},
    {"data": "karate club", "item": 33},
    {"data": "US airports", "num_labelled": 20},
    {"data": "one ring or two"},
    {"data": "long chains", "num_layers": 4},
]
MOST_BYTES = 40_000


def seen_after(num_steps, **settings):
    with unchecked():
        run = Run(GNNExperiment, GNNSettings(**settings))
        run.take(num_steps)
        return finish(run).poll()


@pytest.mark.parametrize("settings", KINDS)
@pytest.mark.parametrize("is_large", [False, True])
def test_every_kind_of_graph_can_be_drawn(settings, is_large):
    snapshot = seen_after(20, **settings)
    data = graph_scene(snapshot.observation, snapshot.history, step=20, is_large=is_large)
    assert len(data) < MOST_BYTES
    assert unpack(data)[0]["alt"].startswith("After 20 steps")
    assert len(card_scene(snapshot.observation)) < MOST_BYTES


def test_neighbours_in_the_list_can_be_gone_to():
    snapshot = seen_after(0, data="karate club")
    items = unpack(graph_scene(snapshot.observation, snapshot.history, step=0))[0]["items"]
    assert {"item:-1", "item:1", "node:33", "points"} <= {item.get("id") for item in items}


def test_links_break_between_each_other():
    track = links_of(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]]), np.array([[0, 1], [1, 2]]))
    assert np.isnan(track[[2, 5]]).all()
    assert track[[0, 1, 3, 4]].tolist() == [[0, 0], [1, 1], [1, 1], [2, 0]]


@pytest.mark.parametrize(("values", "reach"), [([0.3, -0.7], 1.0), ([3.0], 4.0), ([0.0], 1.0), ([np.nan, 2.0], 2.0)])
def test_colours_change_their_meaning_seldom(values, reach):
    assert reach_of(np.array(values)) == reach


def test_the_plane_holds_every_point():
    seen = seen_after(10).observation
    xlim, ylim = plane_limits(seen)
    assert xlim[0] <= seen.xy[:, 0].min() <= seen.xy[:, 0].max() <= xlim[1]
    assert ylim[0] <= seen.xy[:, 1].min() <= seen.xy[:, 1].max() <= ylim[1]


def test_the_roc_curve_of_three_by_hand():
    """Scores 3 (yes), 2 (no), 1 (yes): up a half, across, up a half."""
    x, y = roc_points(np.array([3.0, 2.0, 1.0]), np.array([1, 0, 1]))
    assert x.tolist() == [0, 0, 1, 1]
    assert y.tolist() == [0, 0.5, 0.5, 1]


def test_the_roc_curve_says_its_area():
    with unchecked():
        verdict = GNNExperiment(GNNSettings()).verdict()
    still = roc_still(verdict, "mutagenic", "light")
    assert "area under them: training 0." in still.alt
    assert len(still.figure.data) == 3
