"""Molecules as tables: there and back gives the same molecule, and what no molecule can be is refused by row."""

import pandas as pd
import pytest
from rdkit import Chem

from data.chemistry import read_molecule
from data.dataset import DataError
from data.editing import Tables, mol_of, smiles_of, tables_of, without_loose_bonds
from data.molecules import SETS, load_molecules, parsed
from tests.training.toy import is_sentence


def tables(atoms, bonds):
    numbered = [(number, *row) for number, row in enumerate(atoms, start=1)]
    return Tables(
        pd.DataFrame(numbered, columns=["atom", "element", "charge"]),
        pd.DataFrame(bonds, columns=["from", "to", "kind"]),
    )


def back(found):
    return smiles_of(mol_of(found))


def plain(mol):
    return Chem.MolToSmiles(mol, isomericSmiles=False)


def test_ethanol_by_hand():
    found = tables_of(read_molecule("CCO"))
    assert found.atoms["element"].tolist() == ["C", "C", "O"]
    assert found.atoms["charge"].tolist() == [0, 0, 0]
    assert found.atoms["atom"].tolist() == [1, 2, 3]
    assert found.bonds.to_numpy().tolist() == [[1, 2, "single"], [2, 3, "single"]]
    assert back(found) == "CCO"


@pytest.mark.parametrize(
    "smiles",
    ["[Na+].[Cl-]", "C[N+](=O)[O-]", "c1ccc2[nH]ccc2c1", "CS(C)=O", "OP(=O)(O)O", "C[Si](C)(C)C", "[Pt](Cl)Cl"],
)
def test_there_and_back_is_the_same_molecule(smiles):
    mol = read_molecule(smiles)
    assert back(tables_of(mol)) == plain(mol)


@pytest.mark.parametrize("name", SETS[:3])
def test_there_and_back_is_the_same_for_molecules_of_the_sets(name):
    for smiles in load_molecules(name, "ten types").labels[::40]:
        mol = parsed(smiles)
        assert back(tables_of(mol)) == plain(mol)


def test_an_edit_makes_another_molecule_with_the_atoms_in_their_order():
    found = tables_of(read_molecule("CCO"))
    found.atoms.loc[2, "element"] = "N"
    assert back(found) == "CCN"
    found.bonds.loc[1, "kind"] = "triple"
    assert back(found) == "CC#N"
    found.atoms.loc[3] = [None, "F", None]
    found.bonds.loc[2] = [1.0, 4.0, "single"]
    assert back(found) == "N#CCF"
    assert [atom.GetSymbol() for atom in mol_of(found).GetAtoms()] == ["C", "C", "N", "F"]


def test_an_atom_takes_its_bonds_with_it():
    before = tables_of(read_molecule("CC(N)O"))
    edited = Tables(before.atoms[before.atoms["atom"] != 3], before.bonds)
    with pytest.raises(DataError, match="Row 2 of the bonds ends at atom 3, which is not there"):
        mol_of(edited)
    assert back(without_loose_bonds(edited, before)) == "CCO"
    middle = Tables(before.atoms[before.atoms["atom"] != 2], before.bonds)
    assert back(without_loose_bonds(middle, before)) == "C.N.O"


CARBONS = [("C", 0)] * 6


@pytest.mark.parametrize(
    ("atoms", "bonds", "words"),
    [
        ([], [], "There is no atom left"),
        ([("C", 0), (None, 0)], [], "Atom 2 has no element"),
        ([("C", 0), ("  ", 0)], [], "Atom 2 has no element"),
        ([("Xq", 0)], [], "Atom 1: “Xq” is no element"),
        ([("c", 0)], [], "Atom 1: “c” is no element"),
        ([("C", 0.5)], [], "Atom 1: the charge"),
        ([("C", 90)], [], "Atom 1: the charge"),
        (CARBONS, [(1, 9, "single")], "Row 1 of the bonds ends at atom 9, which is not there"),
        (CARBONS, [(1, 0, "single")], "Row 1 of the bonds ends at atom 0"),
        (CARBONS, [(1, 2, "single"), (3, None, "single")], "Row 2 of the bonds ends at no atom"),
        (CARBONS, [(2, 2, "single")], "Row 1 of the bonds links atom 2 to itself"),
        (CARBONS, [(1, 2, "single"), (2, 1, "double")], "Row 2 of the bonds: atoms 2 and 1 are already linked"),
        (CARBONS, [(1, 2, None)], "Row 1 of the bonds has no kind"),
        (CARBONS, [(1, other, "single") for other in (2, 3, 4, 5, 6)], "atom 1, C, has valence 5"),
        ([("C", 0)] * 501, [], "501 atoms"),
    ],
)
def test_what_cannot_be_is_refused_by_row(atoms, bonds, words):
    with pytest.raises(DataError, match=words) as caught:
        mol_of(tables(atoms, bonds))
    assert is_sentence(str(caught.value))
