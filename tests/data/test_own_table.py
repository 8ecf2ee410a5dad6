import random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from data.dataset import DataError
from data.own_table import OwnTable, read_table
from data.tables import load_table
from tests.data.own_tables import ANIMALS, check_sentence, csv_text, sentence_of, to_dataset


@settings(max_examples=40, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300), st.text(alphabet='a1,;."\n\t|-é∞', max_size=300)))
def test_anything_gives_a_dataset_or_a_sentence(content):
    try:
        dataset = to_dataset(content)
    except DataError as error:
        check_sentence(str(error))
    else:
        assert dataset.num_train >= 2


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(
            st.sampled_from(["", "1", "2,5", "-3.5", "inf", "NaN", "a", "b", "1e400", "ä b"]), min_size=3, max_size=3
        ),
        min_size=10,
        max_size=30,
    ),
    st.sampled_from(",;\t|"),
    st.sampled_from(["classification", "regression", None]),
)
def test_a_table_of_any_cells_gives_a_dataset_or_a_sentence(rows, delimiter, task):
    quoted = ["one", "two", "three"], *([f'"{cell}"' for cell in row] for row in rows)
    try:
        dataset = to_dataset("\n".join(delimiter.join(row) for row in quoted), task=task)
    except DataError as error:
        check_sentence(str(error))
    else:
        for sentence in dataset.report:
            check_sentence(sentence)


def same(first, second):
    return (
        torch.equal(first.raw, second.raw)
        and torch.equal(first.target, second.target)
        and torch.equal(first.is_test, second.is_test)
        and first.feature_names == second.feature_names
        and first.class_names == second.class_names
    )


def test_iris_comes_back_as_it_is():
    iris = load_table("iris", test_share=0.2, seed=7)
    columns = [[f"{value:.1f}" for value in column] for column in iris.raw.T.tolist()]
    species = [iris.class_names[index] for index in iris.target.tolist()]
    content = csv_text(",".join([*iris.feature_names, "species"]), *columns, species)
    table = read_table(content.encode())
    assert (table.suggest_target(), table.detect_task("species")) == ("species", "classification")
    own = table.to_dataset(target="species", test_share=0.2, seed=7)
    assert same(own, iris)
    assert own.report == ()


def test_the_suggested_target():
    counts = [str(index % 5) for index in range(12)]
    assert read_table(csv_text("a,b", counts, ANIMALS)).suggest_target() == "b"
    assert read_table(csv_text("Class,b", ANIMALS, counts)).suggest_target() == "Class"
    assert read_table(csv_text("a,b,note", counts, ANIMALS, ["x"] * 12)).suggest_target() == "b"
    assert read_table(csv_text("a,b", ["x"] * 12, ["y"] * 12)).suggest_target() == "b"


@pytest.mark.parametrize(
    ("values", "task"),
    [
        (ANIMALS, "classification"),
        ([0, 1] * 6, "classification"),
        ([0, 0.5] * 6, "regression"),
        (list(range(12)), "regression"),
        ([index % 8 for index in range(12)], "regression"),
        ([index % 10 for index in range(30)], "classification"),
        ([index % 11 for index in range(30)], "regression"),
    ],
)
def test_the_detected_task(values, task):
    assert read_table(csv_text("a,y", range(len(values)), values)).detect_task("y") == task


def test_rows_without_a_target_are_left_out_and_reported():
    dataset = to_dataset(csv_text("a,y", range(24), [*ANIMALS, *["", "NA", "?"] * 4]))
    assert dataset.num_points == 12
    assert dataset.report == ("Rows left out because “y” is missing: 12.",)


def test_chosen_columns_only():
    content = csv_text("a,b,c,y", range(12), range(12), range(12), ANIMALS)
    assert to_dataset(content, columns=["c", "a", "y"]).feature_names == ("a", "c")


def test_a_class_of_one_row_is_reported_and_trained_on():
    dataset = to_dataset(csv_text("a,y", range(21), ["u", "v"] * 10 + ["w"]))
    assert dataset.report == ("Class “w” has one row only: it cannot be both learnt and tested.",)
    assert not dataset.is_test[20]


def test_regression_keeps_the_numbers():
    dataset = to_dataset(csv_text("a,y", range(20), [index * 1.5 for index in range(20)]))
    assert (dataset.task, dataset.class_names) == ("regression", ())
    assert dataset.target.tolist() == [index * 1.5 for index in range(20)]


def test_same_seed_same_rows():
    content = csv_text("a,y", range(60), ANIMALS * 5)
    assert same(to_dataset(content), to_dataset(content))


def words(num_rows, num_words):
    return [
        f"word {random.Random(index).random()}" if num_words is None else f"w{index % num_words}"
        for index in range(num_rows)
    ]


@pytest.mark.parametrize(
    ("content", "choices", "says"),
    [
        (csv_text("a,y", range(5_000), words(5_000, None)), {"target": "y"}, "5,000 classes"),
        (csv_text("a,y", range(40), range(40)), {"target": "y", "task": "classification"}, "regression"),
        (csv_text("a,y", range(12), ANIMALS), {"target": "y", "task": "regression"}, "holds text"),
        (csv_text("a,y", range(12), ["NA"] * 12), {"target": "y"}, "no value in any row"),
        (csv_text("a,y", range(12), ["x"] * 12), {"target": "y"}, "same in every row"),
        (csv_text("a,y", range(12), [3.5] * 12), {"target": "y"}, "same in every row"),
        (csv_text("a,y", range(9), ANIMALS[:9]), {"target": "y"}, "At least 10 rows"),
        (csv_text("a,y", range(12), ANIMALS), {"target": "z"}, "no column “z”"),
        (csv_text("a,y", range(12), ANIMALS), {"target": "y", "columns": ["b"]}, "no column “b”"),
        (csv_text("a,y", range(12), ANIMALS), {"target": "y", "columns": []}, "nothing to predict"),
        (csv_text("a,y", range(12), ANIMALS), {"target": "y", "columns": ["y"]}, "nothing to predict"),
        (csv_text("a,y", [1] * 12, ANIMALS), {"target": "y"}, "None of the columns"),
        (csv_text(",".join("abcdefghijklmn"), *[words(40, 20)] * 13, range(40)), {"target": "n"}, "256 inputs"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "",
)
def test_what_cannot_be_learnt_is_said_in_one_sentence(content, choices, says):
    assert says in sentence_of(lambda: to_dataset(content, **choices))


def test_reading_leaves_no_warnings_and_no_surprises_on_an_all_missing_table():
    table = read_table(csv_text("a,b", ["NA"] * 12, [""] * 11 + ["?"]))
    assert isinstance(table, OwnTable)
    assert "no value" in sentence_of(lambda: table.to_dataset(target=table.suggest_target(), test_share=0.2, seed=0))
