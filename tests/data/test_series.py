"""Series: as their sources say, gaps filled and said so, and one sentence for each column that cannot be used."""

import math

import pytest
import torch

from data.dataset import DataError
from data.series import SERIES, find_period, load_series, own_series, read_columns
from tests.training.toy import is_sentence

LENGTHS = {"sunspots": (309, 5, 11), "CO2": (2284, 316.1, 52), "Seattle temperature": (1461, 12.8, 365)}
WAVE = [math.sin(2 * math.pi * i / 12) + 0.01 * i for i in range(120)]


def csv(*values):
    return "day,value\n" + "".join(f"{i},{value}\n" for i, value in enumerate(values))


@pytest.mark.parametrize("name", SERIES)
def test_every_series_is_whole(name):
    series = load_series(name)
    length, first, period = LENGTHS[name]
    assert len(series.values) == length
    assert series.values[0] == pytest.approx(first)
    assert series.values.isfinite().all()
    assert series.period == period
    assert series.num_train == length - round(0.2 * length)
    assert "public domain" in series.source


def test_the_gaps_of_the_co2_series_are_told_and_on_a_line():
    series = load_series("CO2")
    assert series.report == ("59 missing values lie on a straight line between their neighbours.",)
    assert series.values[6] == pytest.approx((series.values[5] + series.values[7]).item() / 2)


def test_the_period_is_found():
    assert find_period(torch.tensor(WAVE)) == 12
    assert abs(find_period(load_series("sunspots").values) - 11) <= 1


def test_a_column_with_gaps_is_filled():
    values = [f"{value:.3f}" for value in WAVE]
    values[10] = values[11] = ""
    values[0] = "?"
    numbers, report = read_columns(csv(*values))["value"]
    assert len(numbers) == 120
    assert numbers[0] == numbers[1]
    assert numbers[10] == pytest.approx((2 * float(values[9]) + float(values[12])) / 3, abs=1e-5)
    assert report == ("3 missing values lie on a straight line between their neighbours.",)
    assert own_series("value", numbers, report).period == 12


def test_one_column_is_enough():
    assert list(read_columns("value\n" + "\n".join(map(str, WAVE)))) == ["value"]


BAD = {
    "empty": "",
    "constant": "value\n" + "3.0\n" * 100,
    "short": csv(*WAVE[:20]),
    "words": "name\n" + "\n".join("abcdefghij" * 8),
    "gaps": "a,b\n" + "\n".join(f"x,{i if i % 3 == 0 else ''}" for i in range(90)),
    "binary": b"\x00\x01\x02" * 100,
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_forecast_is_refused_in_a_sentence(content):
    with pytest.raises(DataError) as caught:
        read_columns(content)
    assert is_sentence(str(caught.value))


@pytest.mark.parametrize("numbers", [(), (1.0,) * 60, (1.0, 2.0) * 10, tuple(map(float, range(30_000)))])
def test_numbers_that_are_no_series_are_refused_in_a_sentence(numbers):
    with pytest.raises(DataError) as caught:
        own_series("value", numbers)
    assert is_sentence(str(caught.value))
