import numpy as np
import pytest

from data.families import FAMILIES, TASKS
from figures import theme
from figures.pretrained_map import BREAK, HERE, Spot, map_still, names_beside, places

SPOTS = [Spot(one.name, one.year, one.parameters, one.task, (one.data,)) for one in FAMILIES]
OURS = [Spot("Feed-forward network", None, 114, HERE), Spot("Decoder", None, 17_696, HERE)]


@pytest.mark.parametrize("mode", theme.SURFACES)
def test_every_network_is_drawn_once_where_it_belongs(mode):
    still = map_still(SPOTS + OURS, TASKS, "ResNet-50", mode)
    drawn = [trace for trace in still.figure.data if trace.name]
    assert sum(len(trace.x) for trace in drawn) == len(SPOTS) + 2
    assert [trace.name for trace in drawn] == [*TASKS, HERE]
    colours = {trace.marker.color for trace in drawn}
    assert len(colours) == len(drawn), "colours are told apart, and so are signs"
    assert len({trace.marker.symbol for trace in drawn}) == len(drawn)
    at = {text.split("<")[1][2:]: (x, y) for trace in drawn for text, x, y in zip(trace.customdata, trace.x, trace.y)}  # noqa: B905
    x, y = at["ResNet-50"]
    assert round(x) == 2015
    assert 10**y == pytest.approx(25_557_032)
    low, high = still.figure.layout.yaxis.range
    assert all(low < y < high for trace in drawn for y in trace.y)
    assert "from Feed-forward network with 114 to DeepSeek-V3 with 671B." in still.alt
    assert round(at["LeNet-5"][0]) == BREAK
    assert still.figure.layout.xaxis.ticktext[0] == "1998 …"
    assert still.figure.layout.yaxis.ticktext[-1] == "1T"
    ring = still.figure.data[-1]
    assert (ring.x[0], ring.y[0]) == (x, y)


def test_the_networks_of_one_year_stand_by_size():
    spots = [Spot("b", 2020, 200, TASKS[0]), Spot("a", 2020, 100, TASKS[0]), Spot("c", 2021, 1, TASKS[0])]
    x = places(spots, 2023)
    assert x[1] < 2020 < x[0] < 2020.5
    assert x[2] == 2021


def test_names_cover_neither_each_other_nor_a_sign():
    x = places(SPOTS, 2026)
    y = np.log10([spot.parameters for spot in SPOTS]).tolist()
    found = names_beside(SPOTS, x, y, (2010, 2026), (4, 12), "BERT large")
    assert SPOTS.index(next(spot for spot in SPOTS if spot.name == "BERT large")) in found
    assert 20 < len(found) <= len(SPOTS)
    same = [Spot("one", 2020, 100, TASKS[0])] * 30
    assert len(names_beside(same, [2020.0] * 30, [2.0] * 30, (2019, 2021), (1, 3), "")) < 5


def test_words_of_others_are_no_html():
    still = map_still([Spot("<b>x", 2020, 10, TASKS[0])], TASKS, "", "light")
    assert "<b>x" not in str(still.figure.data[0].text)


def test_few_are_drawn_too():
    assert map_still(OURS, TASKS, "", "light").figure.data
    assert len(map_still(SPOTS[:1], TASKS, SPOTS[0].name, "dark").figure.data) == 2
