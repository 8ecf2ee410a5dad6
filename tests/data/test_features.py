import math

import pytest
import torch

from data.features import CURVE_FEATURES, PLANE_FEATURES, available_features, expand
from data.planes import make_plane


def test_every_feature_of_one_point_by_hand():
    columns = expand(torch.tensor([[2.0, -3.0]]), list(PLANE_FEATURES))
    by_hand = [2, -3, 4, 9, -6, math.sin(2), math.sin(-3), math.cos(2), math.cos(-3)]
    assert columns[0].tolist() == pytest.approx(by_hand)


def test_every_curve_feature_by_hand():
    assert list(CURVE_FEATURES) == ["x", "x_squared", "sin_x", "cos_x"]
    assert [feature.label for feature in CURVE_FEATURES.values()] == ["x", "x²", "sin x", "cos x"]
    columns = expand(torch.tensor([[2.0]]), list(CURVE_FEATURES))
    assert columns[0].tolist() == pytest.approx([2, 4, math.sin(2), math.cos(2)])


def test_columns_come_in_the_order_asked_for():
    assert expand(torch.tensor([[2.0, -3.0]]), ["x2", "x1"]).tolist() == [[-3, 2]]


def test_names_are_ascii_and_labels_differ():
    assert all(name.isascii() and name.isidentifier() for name in PLANE_FEATURES)
    assert len({feature.label for feature in PLANE_FEATURES.values()}) == len(PLANE_FEATURES)


def test_squares_make_the_circle_linear():
    dataset = make_plane("circle", num_points=200, noise=0, test_share=0, seed=0)
    squares = expand(dataset.raw, ["x1_squared", "x2_squared"])
    assert torch.equal(squares.sum(dim=1) < 9, dataset.target == 1)


@pytest.mark.parametrize(("dim", "features"), [(2, []), (2, ["x"]), (1, ["x1"]), (2, ["x1", "tan_x1"]), (3, ["x1"])])
def test_a_choice_that_cannot_be_computed(dim, features):
    with pytest.raises(ValueError, match="feature"):
        expand(torch.zeros(5, dim), features)


def test_vocabulary_follows_the_number_of_coordinates():
    assert available_features(1) is CURVE_FEATURES
    assert available_features(2) is PLANE_FEATURES
