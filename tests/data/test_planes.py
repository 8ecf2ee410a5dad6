import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.tree import DecisionTreeClassifier

from data.dataset import DataError
from data.planes import CURVES, MAX_OWN_POINTS, PLANE_CLASSIFICATION, PLANE_REGRESSION, make_plane, own_points

NAMES = [*PLANE_CLASSIFICATION, *PLANE_REGRESSION, *CURVES]
NUMBERS = [*PLANE_REGRESSION, *CURVES]


def make(name, *, num_points=400, noise=0.0, test_share=0.5, num_classes=3, seed=1):
    return make_plane(
        name, num_points=num_points, noise=noise, test_share=test_share, num_classes=num_classes, seed=seed
    )


def score(model, dataset):
    """The score on the test rows of a model that has seen the training rows."""
    raw, target, is_test = dataset.raw.numpy(), dataset.target.numpy(), dataset.is_test.numpy()
    return model.fit(raw[~is_test], target[~is_test]).score(raw[is_test], target[is_test])


@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(NAMES),
    num_points=st.integers(12, 300),
    noise=st.floats(0, 0.5),
    num_classes=st.integers(2, 6),
    seed=st.integers(0, 10_000),
)
def test_every_problem_is_in_the_plane_balanced_and_split(name, num_points, noise, num_classes, seed):
    dataset = make(name, num_points=num_points, noise=noise, num_classes=num_classes, seed=seed)
    assert dataset.num_points == num_points
    assert dataset.num_test == pytest.approx(num_points / 2, abs=0.5)
    assert dataset.raw.abs().max() <= 6
    assert dataset.is_plane != dataset.is_curve == (name in CURVES)
    if dataset.task == "classification":
        counts = dataset.target.bincount()
        assert len(counts) == dataset.num_classes == (num_classes if name == "blobs" else 2)
        assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_same_points(name):
    first, again, other = make(name, noise=0.3), make(name, noise=0.3), make(name, noise=0.3, seed=2)
    assert torch.equal(first.raw, again.raw)
    assert torch.equal(first.target, again.target)
    assert torch.equal(first.is_test, again.is_test)
    assert not torch.equal(first.raw, other.raw)


def test_drawing_leaves_the_global_generator_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    make("spiral")
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize("name", PLANE_CLASSIFICATION)
def test_noise_moves_points_and_keeps_classes(name):
    clean, noisy = make(name), make(name, noise=0.1)
    assert torch.equal(clean.target, noisy.target)
    assert torch.equal(clean.is_test, noisy.is_test)
    assert (clean.raw - noisy.raw).std().item() == pytest.approx(0.3, rel=0.15)


@pytest.mark.parametrize("name", NUMBERS)
def test_noise_moves_targets_only(name):
    clean, noisy = make(name), make(name, noise=0.2)
    assert torch.equal(clean.raw, noisy.raw)
    assert clean.target.abs().max() <= 1
    assert (clean.target - noisy.target).std().item() == pytest.approx(0.2, rel=0.15)


@pytest.mark.parametrize("name", PLANE_CLASSIFICATION)
def test_clean_classes_can_be_learnt_and_noise_makes_them_overlap(name):
    assert score(KNeighborsClassifier(3), make(name, num_points=1_000)) > 0.95
    assert score(KNeighborsClassifier(3), make(name, noise=0.5)) < 0.95


@pytest.mark.parametrize("name", ["circle", "xor", "checkerboard"])
def test_no_straight_line_does_it(name):
    dataset = make(name)
    assert score(LogisticRegression(), dataset) < 0.7
    assert score(DecisionTreeClassifier(max_leaf_nodes=40, random_state=0), dataset) > 0.9


@pytest.mark.parametrize("name", ["gaussians", "blobs"])
def test_straight_lines_do_it(name):
    assert score(LogisticRegression(), make(name)) > 0.97


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_can_be_learnt(name):
    assert score(KNeighborsRegressor(3), make(name)) > 0.85


def test_circle_is_a_disc_in_a_ring():
    dataset = make("circle")
    radius = dataset.raw.norm(dim=1)
    assert radius[dataset.target == 1].max() <= 2.5
    assert radius[dataset.target == 0].min() >= 3.5
    assert radius.max() <= 5.0001


def test_xor_is_the_sign_of_the_product():
    dataset = make("xor")
    assert torch.equal(dataset.raw.prod(dim=1) > 0, dataset.target == 1)
    assert dataset.raw.abs().min() >= 0.3


def test_bumps_have_both_signs():
    target = make("bumps").target
    assert target.min() < -0.7 < 0.7 < target.max()


def test_formulas_by_hand():
    corner = torch.tensor([[6.0, 6.0], [-6.0, 6.0], [0.0, 0.0]])
    assert PLANE_REGRESSION["plane"](corner).tolist() == [1, 0, 0]
    assert PLANE_REGRESSION["bumps"](corner)[2].item() == pytest.approx(1, abs=0.01)
    x = torch.tensor([[-3.0], [0.0], [3.0]])
    assert CURVES["step"](x).tolist() == [-1, 1, 1]
    assert CURVES["absolute"](x).tolist() == [0, -1, 0]


def test_two_classes_are_called_by_their_colours():
    assert make("circle").class_names == make("blobs", num_classes=2).class_names == ("orange", "blue")
    assert make("blobs", num_classes=3).class_names == ("class 0", "class 1", "class 2")


@pytest.mark.parametrize(
    ("name", "changes", "complaint"),
    [
        ("torus", {}, "no problem is called 'torus'"),
        ("circle", {"noise": 0.6}, "noise"),
        ("circle", {"noise": float("nan")}, "noise"),
        ("circle", {"num_points": 3}, "num_points"),
        ("circle", {"test_share": 2}, "test_share"),
        ("blobs", {"num_classes": 7}, "num_classes"),
        ("blobs", {"num_classes": 1}, "num_classes"),
    ],
)
def test_numbers_out_of_bounds_are_named(name, changes, complaint):
    with pytest.raises(ValueError, match=complaint):
        make(name, **changes)


def test_own_points_are_clipped_and_keep_their_classes():
    dataset = own_points([(-9, 0.5, 0), (1, 2, 2), (7.0, 7.0, 2), (0, 0, 0)], test_share=0.5, seed=0)
    assert dataset.raw.tolist() == [[-6, 0.5], [1, 2], [6, 6], [0, 0]]
    assert dataset.target.tolist() == [0, 2, 2, 0]
    assert dataset.num_classes == 3, "class 1 keeps its colour though it has no points"
    assert dataset.is_plane
    assert (dataset.num_train, dataset.num_test) == (2, 2)


@pytest.mark.parametrize(
    "points",
    [
        [],
        [(0.0, 0.0, 1)] * 5,
        [(0.0, 0.0, index % 2) for index in range(MAX_OWN_POINTS + 1)],
        [(0.0, 0.0, 0), (float("nan"), 0.0, 1)],
        [(0.0, 0.0, 0), (0.0, 0.0, 6)],
        [(0.0, 0.0, 0), (0.0, 0.0, -1)],
    ],
)
def test_own_points_that_cannot_be_used(points):
    with pytest.raises(DataError) as error:
        own_points(points, test_share=0.5, seed=0)
    sentence = str(error.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 200


def test_as_many_own_points_as_allowed():
    points = [(0.0, 0.0, index % 2) for index in range(MAX_OWN_POINTS)]
    assert own_points(points, test_share=0.2, seed=0).num_test == MAX_OWN_POINTS // 5
