import math

import pytest
import torch
from sklearn.tree import DecisionTreeClassifier

from data.tables import TABLES, fresh_random_batch, load_table, random_classes

SHAPES = {
    "iris": (150, 4, 3),
    "wine": (178, 13, 3),
    "breast_cancer": (569, 30, 2),
    "diabetes": (442, 10, 0),
    "digits": (1797, 64, 10),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_its_known_shape_names_and_source(name):
    dataset = load_table(name, test_share=0.2, seed=0)
    assert (dataset.num_points, dataset.num_features, dataset.num_classes) == SHAPES[name]
    assert dataset.num_test == round(0.2 * dataset.num_points)
    assert len(set(dataset.feature_names)) == dataset.num_features
    assert not any("_" in text for text in (*dataset.feature_names, *dataset.class_names))
    assert "licence" in dataset.source or "CC BY 4.0" in dataset.source
    assert "\n" not in dataset.source


@pytest.mark.parametrize("name", [name for name in TABLES if name != "diabetes"])
def test_classes_keep_their_shares_in_the_test_rows(name):
    dataset = load_table(name, test_share=0.25, seed=3)
    everyone = dataset.target.bincount()
    tested = dataset.target[dataset.is_test].bincount()
    assert (tested - 0.25 * everyone).abs().max() <= 1


def test_a_table_is_the_callers_own():
    load_table("iris", test_share=0.2, seed=0).raw.zero_()
    assert load_table("iris", test_share=0.2, seed=0).raw.abs().sum() > 0


def test_malignant_is_the_first_class_and_has_212_tumours():
    dataset = load_table("breast_cancer", test_share=0.2, seed=0)
    assert dataset.class_names == ("malignant", "benign")
    assert dataset.target.bincount().tolist() == [212, 357]


def test_diabetes_is_as_measured():
    dataset = load_table("diabetes", test_share=0.2, seed=0)
    assert dataset.task == "regression"
    assert dataset.raw[0, :4].tolist() == pytest.approx([59, 2, 32.1, 101])
    assert dataset.target[0].item() == 151


def test_an_unknown_table_is_named():
    with pytest.raises(ValueError, match="titanic"):
        load_table("titanic", test_share=0.2, seed=0)


def test_random_classes_are_fixed_and_normal():
    first = random_classes(num_points=2_000, test_share=0.5, seed=0)
    again = random_classes(num_points=2_000, test_share=0.5, seed=0)
    assert torch.equal(first.raw, again.raw)
    assert torch.equal(first.target, again.target)
    assert (first.num_features, first.num_classes) == (20, 5)
    assert first.raw.mean().item() == pytest.approx(0, abs=0.02)
    assert first.raw.std().item() == pytest.approx(1, abs=0.02)
    assert first.target.bincount().min() > 330


def test_random_classes_can_be_memorised_but_not_learnt():
    dataset = random_classes(num_points=1_000, test_share=0.5, seed=0)
    raw, target, is_test = dataset.raw.numpy(), dataset.target.numpy(), dataset.is_test.numpy()
    tree = DecisionTreeClassifier(random_state=0).fit(raw[~is_test], target[~is_test])
    assert tree.score(raw[~is_test], target[~is_test]) == 1
    chance, deviation = 0.2, math.sqrt(0.2 * 0.8 / 500)
    assert abs(tree.score(raw[is_test], target[is_test]) - chance) < 4 * deviation


def test_a_fresh_batch_is_the_lectures_draw():
    torch.manual_seed(0)
    x, y = torch.randn(32, 20), torch.randint(0, 5, (32,))
    torch.manual_seed(0)
    batch_x, batch_y = fresh_random_batch(32)
    assert torch.equal(batch_x, x)
    assert torch.equal(batch_y, y)
    assert not torch.equal(fresh_random_batch(32)[0], x)
