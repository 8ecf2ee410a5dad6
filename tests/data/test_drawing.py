import numpy as np
import pytest

from data.dataset import DataError
from data.drawing import MAX_PLACES, as_stroke, drawn
from tests.training.toy import is_sentence

LINE = ((0.2, 0.5), (0.8, 0.5))


def test_a_line_is_white_where_it_was_drawn() -> None:
    picture = drawn([LINE], 28)
    assert picture.shape == (28, 28, 3)
    assert picture[13:15, 8:20].min() > 180
    assert picture[:10].max() == picture[18:].max() == 0


def test_nothing_drawn_is_black() -> None:
    assert drawn([], 16).max() == drawn([], 16, is_centred=True).max() == 0


def test_a_centred_drawing_fills_the_middle() -> None:
    corner = [((0.0, 0.0), (0.1, 0.0), (0.1, 0.2))]
    rows, columns = np.nonzero(drawn(corner, 28, is_centred=True)[..., 0] > 100)
    assert 18 <= rows.max() - rows.min() + 1 <= 21
    assert abs(rows.min() + rows.max() - 27) <= 1
    assert abs(columns.min() + columns.max() - 27) <= 1


def test_a_dot_is_a_dot() -> None:
    assert 0 < (drawn([((0.1, 0.1),)], 28, is_centred=True) > 100).sum() < 60


@pytest.mark.parametrize(
    "places", [[], [[1]], "ab", None, [[0.1, None]], [[float("nan"), 0.5]], [[0.5, 0.5]] * (MAX_PLACES + 1), {"a": 1}]
)
def test_what_is_no_stroke_is_refused(places: object) -> None:
    with pytest.raises(DataError) as caught:
        as_stroke(places)
    assert is_sentence(str(caught.value))


def test_a_stroke_stays_on_the_pad() -> None:
    assert as_stroke([[-3, 0.5], [0.5, 9]]) == ((0.0, 0.5), (0.5, 1.0))
