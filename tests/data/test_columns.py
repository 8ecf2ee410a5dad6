import pytest
import torch

from data.csv_text import MAX_NAME, shorten
from data.own_table import read_table
from tests.data.own_tables import ANIMALS, csv_text, to_dataset


def test_kinds_of_columns():
    table = read_table(
        csv_text(
            "id,name,number,flag,same,gone,half",
            range(100, 112),
            [f"person {index}" for index in range(12)],
            [index % 7 / 2 for index in range(12)],
            ["yes", "no"] * 6,
            ["x"] * 12,
            ["NA"] * 12,
            ["x", ""] * 6,
        )
    )
    kinds = ["identifier", "identifier", "number", "category", "constant", "missing", "category"]
    assert list(table.kinds.values()) == kinds


def test_row_numbers_are_seen_only_where_they_are_not_called_something_else():
    assert read_table(csv_text(",y", range(12), ANIMALS)).kinds["column 1"] == "identifier"
    assert read_table(csv_text("year,y", range(2000, 2012), ANIMALS)).kinds["year"] == "number"
    primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]
    assert read_table(csv_text("", primes, ANIMALS)).kinds["column 1"] == "number"


def test_gaps_are_filled_with_the_median_of_the_training_rows():
    values = ["" if index % 4 == 0 else str(index**2) for index in range(40)]
    dataset = to_dataset(csv_text("a,y", values, ["u", "v"] * 20))
    was_missing = torch.arange(40) % 4 == 0
    median = dataset.raw[~dataset.is_test & ~was_missing, 0].median()  # odd or even: between two of the values
    filled = dataset.raw[was_missing, 0].unique()
    assert len(filled) == 1
    known = sorted(dataset.raw[~dataset.is_test & ~was_missing, 0].tolist())
    middle = (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2
    assert filled.item() == middle
    assert filled.item() >= median
    assert dataset.report == (f"“a”: missing values filled with {middle:.4g}, the median of the training rows: 10.",)


def test_test_rows_do_not_touch_the_median():
    labels = ["u", "v"] * 20
    is_test = to_dataset(csv_text("a,y", range(40), labels)).is_test.tolist()
    values = [10**6 if tested else index for index, tested in enumerate(is_test)]
    gap = is_test.index(False)
    dataset = to_dataset(csv_text("a,y", ["" if index == gap else value for index, value in enumerate(values)], labels))
    assert dataset.raw[gap, 0] < 40


def test_infinity_and_stray_words_count_as_missing_and_are_reported():
    values = [*map(str, range(57)), "inf", "unknown", "1e300"]
    dataset = to_dataset(csv_text("a,y", values, ["u", "v"] * 30))
    assert dataset.raw.abs().max() < 60
    assert "count as missing: 3" in dataset.report[0]
    assert dataset.report[1].endswith(": 3.")


def test_categories_become_one_input_each_with_their_gaps():
    dataset = to_dataset(csv_text("pet,y", [*ANIMALS[:11], ""] * 3, range(36)))
    assert dataset.feature_names == ("pet = bird", "pet = cat", "pet = dog", "pet = missing")
    assert torch.equal(dataset.raw.sum(dim=1), torch.ones(36))
    assert dataset.raw[11].tolist() == [0, 0, 0, 1]


def test_a_category_of_the_test_rows_only_is_all_zeros():
    labels = ["u", "v"] * 20
    is_test = to_dataset(csv_text("a,y", range(40), labels)).is_test.tolist()
    pets = ["fish" if tested else ANIMALS[index % 12] for index, tested in enumerate(is_test)]
    dataset = to_dataset(csv_text("a,y", pets, labels))
    assert dataset.feature_names == ("a = bird", "a = cat", "a = dog")
    assert dataset.raw[dataset.is_test].abs().sum() == 0


def test_columns_of_no_use_are_left_out_with_a_reason():
    table = csv_text(
        "a,id,same,gone,words,y",
        [index / 2 for index in range(50)],
        range(50),
        ["x"] * 50,
        [""] * 50,
        [f"word {index % 25}" for index in range(50)],
        ANIMALS[:10] * 5,
    )
    dataset = to_dataset(table)
    assert dataset.feature_names == ("a",)
    assert [sentence.split("”")[0] for sentence in dataset.report] == ["“id", "“same", "“gone", "“words"]
    assert "25 different texts" in dataset.report[3]


def test_classes_that_are_numbers_come_in_the_order_of_numbers():
    dataset = to_dataset(csv_text("a,y", range(30), [10, 9, 2] * 10))
    assert dataset.class_names == ("2", "9", "10")
    assert dataset.target[:3].tolist() == [2, 1, 0]


def test_markup_stays_plain_text():
    dataset = to_dataset(csv_text("<b>a</b>,y", range(12), ["<script>alert(1)</script>", "$x$"] * 6))
    assert dataset.feature_names == ("<b>a</b>",)
    assert dataset.class_names == ("$x$", "<script>alert(1)</script>")


@pytest.mark.parametrize("size", [30, 200])
def test_long_class_names_are_shortened(size):
    dataset = to_dataset(csv_text("a,y", range(12), ["x" * size, "y" * size] * 6))
    assert all(len(name) <= MAX_NAME for name in dataset.class_names)
    assert dataset.class_names[0] == shorten("x" * size)
