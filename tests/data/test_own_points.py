import numpy as np
import pytest

from data.dataset import DataError
from data.own_points import read_points


def table(number, form="{:.2f},{:.2f}"):
    angle = np.linspace(0, 6, number)
    return "x,y\n" + "".join(form.format(10 * np.cos(a) + 50, 5 * np.sin(a)) + "\n" for a in angle)


def test_points_fill_the_square_and_keep_their_proportions():
    points = np.array(read_points(table(40)))
    assert points.shape == (40, 2)
    width, height = np.ptp(points, axis=0)
    assert width == pytest.approx(1.8, abs=0.01)
    assert height / width == pytest.approx(0.5, abs=0.02)


def test_other_columns_are_passed_over():
    words = "name,x,kind,y\n" + "".join(f"n{i},{i / 3},{'ab'[i % 2]},{i * 0.7 + 0.1}\n" for i in range(20))
    assert len(read_points(words)) == 20


def test_points_in_one_place_stay_in_the_square():
    assert np.abs(np.array(read_points("x,y\n" + "1.5,2.5\n" * 9))).max() <= 1


@pytest.mark.parametrize(
    "content", [table(4), table(2_001), "a,b\n" + "x,1.5\ny,2.5\n" * 10, "only one\n1.5\n2.5\n3.5\n", ""]
)
def test_what_cannot_be_used_is_said_in_a_sentence(content):
    with pytest.raises(DataError) as error:
        read_points(content)
    assert str(error.value).endswith(".")
    assert len(str(error.value)) < 200
