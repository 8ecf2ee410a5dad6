"""A molecule as two tables that can be edited, one of atoms and one of bonds, and back.

Atoms are counted from 1. Hydrogens are left out: every atom carries as many as fit. Of an isotope, a
radical and the sides of space the tables say nothing.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import pandas as pd
from rdkit.Chem import (
    Atom,
    BondType,
    DetectChemistryProblems,
    GetPeriodicTable,
    Kekulize,
    Mol,
    MolToSmiles,
    RWMol,
    SanitizeMol,
)

from data.chemistry import check_size, describe_problem
from data.csv_text import shorten
from data.dataset import DataError

KINDS: Final[Mapping[str, BondType]] = {
    "single": BondType.SINGLE,
    "double": BondType.DOUBLE,
    "triple": BondType.TRIPLE,
}
NAMES: Final = {kind: name for name, kind in KINDS.items()}
FILLED: Final = ("B", "C", "N", "O", "F", "Si", "P", "S", "Cl", "Br", "I")  # with hydrogens; metals are not
SYMBOLS: Final = frozenset(GetPeriodicTable().GetElementSymbol(number) for number in range(1, 119))
MAX_CHARGE: Final = 8


class Tables(NamedTuple):
    """A molecule to be edited.

    Attributes:
        atoms: columns `atom` (its number), `element`, `charge`; a new row needs no number, it counts on.
        bonds: columns `from`, `to` (numbers of atoms), `kind`.
    """

    atoms: pd.DataFrame
    bonds: pd.DataFrame


def tables_of(mol: Mol) -> Tables:
    """The tables of a molecule. Aromatic bonds are single and double in turn, so that valences can be counted."""
    plain = Mol(mol)
    Kekulize(plain, clearAromaticFlags=True)
    atoms = [(atom.GetIdx() + 1, atom.GetSymbol(), atom.GetFormalCharge()) for atom in plain.GetAtoms()]
    bonds = [
        (bond.GetBeginAtomIdx() + 1, bond.GetEndAtomIdx() + 1, NAMES.get(bond.GetBondType(), "single"))
        for bond in plain.GetBonds()
    ]
    return Tables(
        pd.DataFrame(atoms, columns=["atom", "element", "charge"]), pd.DataFrame(bonds, columns=["from", "to", "kind"])
    )


def mol_of(tables: Tables) -> Mol:
    """The molecule of edited tables, its atoms in the order of the rows.

    Raises:
        DataError: naming the row and the reason.
    """
    mol, places = RWMol(), dict[int, int]()
    for number, element, charge in _rows(tables.atoms, "atom", "element", "charge"):
        name = _whole(number) or max(places, default=0) + 1
        places[name] = mol.AddAtom(_atom(name, element, charge))
    if not mol.GetNumAtoms():
        raise DataError("There is no atom left: add one to the table of atoms.")
    check_size(mol)
    for row, (start, end, kind) in enumerate(_rows(tables.bonds, "from", "to", "kind"), start=1):
        _add_bond(mol, row, [start, end], kind, places)
    problems = DetectChemistryProblems(mol)
    if problems:
        raise DataError(f"That cannot be a molecule: {describe_problem(mol, problems[0])}.")
    SanitizeMol(mol)
    return mol.GetMol()


def smiles_of(mol: Mol) -> str:
    """The canonical SMILES of a molecule."""
    return MolToSmiles(mol)


def without_loose_bonds(tables: Tables, before: Tables) -> Tables:
    """The tables without the bonds of atoms that were taken away.

    Args:
        tables: edited ones.
        before: as they were.
    """
    gone = set(before.atoms["atom"]) - {_whole(number) for number in tables.atoms["atom"]}
    is_loose = tables.bonds["from"].isin(gone) | tables.bonds["to"].isin(gone)
    return Tables(tables.atoms, tables.bonds[~is_loose].reset_index(drop=True))


def _rows(table: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """The cells of some columns, None where there is nothing."""
    plain = table.astype(object).where(table.notna(), None)
    return list(zip(*(plain[column] for column in columns), strict=True))


def _atom(number: int, element: object, charge: object) -> Atom:
    symbol = str(element or "").strip()
    if not symbol:
        raise DataError(f"Atom {number} has no element: write one, such as C.")
    if symbol not in SYMBOLS:
        raise DataError(f"Atom {number}: “{shorten(symbol, 12)}” is no element; write it as C, Cl or Na.")
    size = _whole(charge or 0)
    if size is None or abs(size) > MAX_CHARGE:
        raise DataError(f"Atom {number}: the charge must be a whole number from −{MAX_CHARGE} to {MAX_CHARGE}.")
    atom = Atom(symbol)
    atom.SetFormalCharge(size)
    atom.SetNoImplicit(symbol not in FILLED)
    return atom


def _add_bond(mol: RWMol, row: int, ends: list[object], kind: object, places: Mapping[int, int]) -> None:
    numbers = [_whole(end) for end in ends]
    for number in numbers:
        if number not in places:
            shown = "no atom" if number is None else f"atom {number}, which is not there"
            raise DataError(f"Row {row} of the bonds ends at {shown}: write numbers from the table of atoms.")
    first, second = (number for number in numbers if number is not None)
    if first == second:
        raise DataError(f"Row {row} of the bonds links atom {first} to itself: change one of its ends.")
    if mol.GetBondBetweenAtoms(places[first], places[second]) is not None:
        raise DataError(
            f"Row {row} of the bonds: atoms {first} and {second} are already linked; change the kind of that bond."
        )
    if kind not in KINDS:
        raise DataError(f"Row {row} of the bonds has no kind: choose single, double or triple.")
    mol.AddBond(places[first], places[second], KINDS[str(kind)])


def _whole(value: object) -> int | None:
    """A cell as a whole number, or None."""
    try:
        number = float(str(value))
    except ValueError:
        return None
    return int(number) if number.is_integer() else None
