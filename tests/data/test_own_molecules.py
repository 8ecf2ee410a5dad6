"""A visitor's table of molecules: columns are guessed, broken rows put aside with their reasons, the rest is learnt."""

import csv
import dataclasses
import io

import pytest
import torch

from data.dataset import DataError
from data.molecules import TEST_SHARE
from data.own_molecules import (
    MIN_ROWS,
    OwnMolecules,
    aside_csv,
    own_molecules,
    read_molecules,
    suggest_columns,
)
from data.own_table import read_table
from tests.training.toy import is_sentence
from training.programs.material import written_material

GOOD = [
    *("CCO", "CC(=O)[O-].[Na+]", "[Na+].[Cl-]", "[Pt](Cl)(Cl)(N)N", "C" * 500, "c1ccccc1", "CC#N", "OCC(O)CO"),
    *("CN1C=NC2=C1C(=O)N(C(=O)N2C)C", "[13CH4]", "CC(C)C", "O=C=O", "NCC(=O)O", "ClC(Cl)Cl", "c1ccncc1", "CS(C)=O"),
]
BROKEN = ["CC(", "c1cccc1", "CN(C)(C)(C)C", "what is this", "C" * 501, "", "C1CC", "Qq"]


def table(rows, header="smiles,label"):
    return read_table("\n".join([header, *rows]))


def mixed():
    rows = [f"{text},{'ab'[index % 2]}" for index, text in enumerate(GOOD)]
    return table(rows + [f"{text},a" for text in BROKEN])


def test_a_third_broken_is_counted_listed_and_the_rest_trains():
    own, aside = read_molecules(mixed(), "smiles", "label")
    assert own.smiles == tuple(GOOD)
    assert own.class_names == ("a", "b")
    assert [one.row for one in aside] == list(range(len(GOOD) + 1, len(GOOD) + len(BROKEN) + 1))
    assert all(is_sentence(one.reason) for one in aside)
    assert "Molecules that were read: 16." in own.report
    assert "Rows put aside, each with its reason: 8." in own.report
    back = list(csv.DictReader(io.StringIO(aside_csv(aside))))
    assert [row["row"] for row in back] == [str(one.row) for one in aside]
    assert back[0]["reason"].startswith("“CC(” is not a SMILES")
    assert [row["text"] for row in back[5:6]] == [""]


@pytest.mark.parametrize("atoms", ["ten types", "rich"])
def test_own_molecules_become_graphs_with_every_class_in_both_parts(atoms):
    own, _ = read_molecules(mixed(), "smiles", "label")
    graphs = own_molecules(own, atoms, 3)
    assert graphs.num_graphs == len(GOOD)
    assert int(graphs.is_test.sum()) == round(len(GOOD) * TEST_SHARE)
    assert graphs.y[graphs.is_train].unique().tolist() == [0, 1]
    assert graphs.labels == own.smiles
    assert own_molecules(own, atoms, 3) is graphs
    assert not torch.equal(own_molecules(own, atoms, 4).is_test, graphs.is_test)


def test_numbers_are_predicted_as_numbers_or_as_classes_if_wanted():
    rows = [f"{'C' * (index + 1)};{index + 0.5}".replace(".", ",") for index in range(12)]
    frame = table(rows, "mol;boiling point")
    own, _ = read_molecules(frame, "mol", "boiling point")
    assert own.numbers == tuple(index + 0.5 for index in range(12))
    assert not own.class_names
    graphs = own_molecules(own, "rich")
    assert graphs.task == "regression"
    assert graphs.target_name == "boiling point"
    few = table([f"{'C' * (index + 1)},{index % 3}" for index in range(12)])
    assert read_molecules(few, "smiles", "label").own.class_names == ("0", "1", "2")
    assert read_molecules(few, "smiles", "label", "regression").own.numbers[:3] == (0.0, 1.0, 2.0)


@pytest.mark.parametrize(
    ("header", "row", "wanted"),
    [
        ("smiles,label", "{smiles},{answer}", ("smiles", "label")),
        ("id,name,Drug,Y", "{index},compound number {index},{smiles},{answer}", ("Drug", "Y")),
        ("activity,structure,source", "{number},{smiles},lab", ("structure", "activity")),
        ("a,b,c", "{answer},{smiles},{index}", ("b", "c")),
    ],
)
def test_columns_are_guessed(header, row, wanted):
    rows = [
        row.format(smiles=text, answer="no" if index % 2 else "yes", index=index * 7, number=index / 3)
        for index, text in enumerate(GOOD)
    ]
    assert suggest_columns(table(rows, header)) == wanted


def test_the_same_molecule_written_otherwise_is_put_aside():
    rows = [f"{text},{'ab'[index % 2]}" for index, text in enumerate(GOOD)]
    _, aside = read_molecules(table([*rows, "OCC,b"]), "smiles", "label")
    assert [(one.row, one.reason) for one in aside] == [(17, "It is the same molecule as in row 1.")]


def test_a_row_without_an_answer_is_put_aside():
    rows = [f"{text},{'ab'[index % 2]}" for index, text in enumerate(GOOD)]
    _, aside = read_molecules(table([*rows, "CCCCN,"]), "smiles", "label")
    assert [one.reason for one in aside] == ["There is no value in “label”."]


def refused(rows, header="smiles,label", smiles="smiles", target="label", task=None):
    with pytest.raises(DataError) as caught:
        read_molecules(table(rows, header), smiles, target, task)
    assert is_sentence(str(caught.value))
    return str(caught.value)


def test_what_cannot_be_used_gets_one_sentence():
    rows = [f"{text},{'ab'[index % 2]}" for index, text in enumerate(GOOD)]
    assert "no column “gold”" in refused(rows, smiles="gold")
    assert "same column" in refused(rows, smiles="label")
    assert "holds text, which cannot be predicted as a number" in refused(rows, task="regression")
    assert f"At least {MIN_ROWS} rows" in refused(rows[:5])
    assert "row 1, for one, cannot be used: “CC(” is not a SMILES" in refused([f"CC({'C' * k},a" for k in range(12)])
    assert "is the same in every row" in refused([f"{text},a" for text in GOOD])
    assert "has 16 classes" in refused([f"{text},kind {index}" for index, text in enumerate(GOOD)])


def test_a_table_without_smiles_says_so():
    with pytest.raises(DataError, match="No column holds SMILES"):
        suggest_columns(table([f"{index},{index % 2}" for index in range(20)], "height,label"))


def test_a_large_table_is_cut_with_a_reason(monkeypatch):
    monkeypatch.setattr("data.own_molecules.MAX_MOLECULES", 12)
    own, aside = read_molecules(mixed(), "smiles", "label")
    assert len(own.smiles) == 12
    assert aside[0].reason.startswith("There are enough: 12 molecules")


def test_own_molecules_can_be_written_into_a_program():
    own, _ = read_molecules(mixed(), "smiles", "label")
    _, text = written_material({"own": own})
    back = eval(text.removeprefix("own = "), {"OwnMolecules": OwnMolecules})
    assert back == dataclasses.replace(own, report=())
