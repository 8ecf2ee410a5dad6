"""Structural alerts: where they are, and how often they are right on the training molecules."""

import math

import pytest

from data.alerts import ALERTS, alerts_in, base_rate, measured, places
from data.molecules import load_molecules, parsed

EXAMPLES = [
    ("O=[N+]([O-])c1ccccc1", "aromatic nitro"),
    ("Nc1ccccc1", "aromatic amine"),
    ("CN(C)N=O", "nitroso"),
    ("CCCl", "aliphatic halide"),
    ("CC1CO1", "epoxide"),
    ("C1CN1", "aziridine"),
    ("CN=NC", "azo"),
    ("CNN", "hydrazine"),
    ("CNO", "hydroxylamine"),
    ("CN=[N+]=[N-]", "azide or diazo"),
    ("COS(C)(=O)=O", "sulfonate or sulfate ester"),
    ("c1ccc2cc3ccccc3cc2c1", "polycyclic aromatic"),
]
WITHOUT = ["CCO", "c1ccccc1", "CC(=O)Nc1ccc(O)cc1", "Clc1ccccc1", "C[N+](=O)[O-]", "c1ccc2ccccc2c1", "CN(C)C=O", "CCN"]


@pytest.mark.parametrize(("smiles", "name"), EXAMPLES, ids=[name for _, name in EXAMPLES])
def test_an_alert_is_found_where_it_is(smiles, name):
    assert [one.name for one in alerts_in(parsed(smiles))] == [name]


def test_every_alert_has_an_example():
    assert {name for _, name in EXAMPLES} == set(ALERTS)


@pytest.mark.parametrize("smiles", WITHOUT)
def test_where_there_is_none_none_is_found(smiles):
    assert alerts_in(parsed(smiles)) == []


def test_the_atoms_of_an_alert_by_hand():
    (nitro,) = alerts_in(parsed("O=[N+]([O-])c1ccccc1"))
    assert nitro.atoms == (1, 3)
    assert len(places(parsed("Nc1ccc(N)cc1"), "aromatic amine")) == 2


def test_precision_is_counted_on_training_molecules():
    graphs = load_molecules("mutagenicity", "ten types")
    chosen = [
        int(graphs.y[row])
        for row, smiles in enumerate(graphs.labels)
        if bool(graphs.is_train[row]) and places(parsed(smiles), "nitroso")
    ]
    assert measured("nitroso") == (len(chosen), sum(chosen) / len(chosen))
    assert math.isclose(base_rate(), float(graphs.y[graphs.is_train].double().mean()))


@pytest.mark.parametrize("name", ["aromatic nitro", "nitroso", "epoxide", "polycyclic aromatic"])
def test_the_well_known_ones_are_right_more_often_than_not(name):
    number, precision = measured(name)
    assert number > 40
    assert precision > base_rate() + 0.2


def test_the_most_telling_alert_comes_first():
    found = alerts_in(parsed("O=[N+]([O-])c1ccc(N)cc1"))
    assert [one.name for one in found] == ["aromatic nitro", "aromatic amine"]
    assert found[0].precision > found[1].precision
