"""A molecule as two tables that can be edited, one of atoms and one of bonds, and back.

Atoms are counted from 1, as in the tables. Hydrogens are left out: every atom carries as many as fit. Of an isotope, a
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
        atoms: columns `element`, `charge`; the index counts from 1.
        bonds: columns `from`, `to` (atoms counted from 1), `kind`; the index counts from 1.
    """

    atoms: pd.DataFrame
    bonds: pd.DataFrame


def tables_of(mol: Mol) -> Tables:
    """The tables of a molecule. Aromatic bonds are single and double in turn, so that valences can be counted."""
    plain = Mol(mol)
    Kekulize(plain, clearAromaticFlags=True)
    atoms = [(atom.GetSymbol(), atom.GetFormalCharge()) for atom in plain.GetAtoms()]
    bonds = [
        (bond.GetBeginAtomIdx() + 1, bond.GetEndAtomIdx() + 1, NAMES.get(bond.GetBondType(), "single"))
        for bond in plain.GetBonds()
    ]
    return Tables(
        pd.DataFrame(atoms, columns=["element", "charge"], index=range(1, len(atoms) + 1)),
        pd.DataFrame(bonds, columns=["from", "to", "kind"], index=range(1, len(bonds) + 1)),
    )


def smiles_of(tables: Tables) -> str:
    """The canonical SMILES of edited tables.

    Raises:
        DataError: naming the row and the reason.
    """
    mol = RWMol()
    for number, (element, charge) in enumerate(_rows(tables.atoms, "element", "charge"), start=1):
        mol.AddAtom(_atom(number, element, charge))
    if not mol.GetNumAtoms():
        raise DataError("There is no atom left: add one to the table of atoms.")
    check_size(mol)
    for number, (start, end, kind) in enumerate(_rows(tables.bonds, "from", "to", "kind"), start=1):
        _add_bond(mol, number, start, end, kind)
    problems = DetectChemistryProblems(mol)
    if problems:
        raise DataError(f"That cannot be a molecule: {describe_problem(mol, problems[0])}.")
    SanitizeMol(mol)
    return MolToSmiles(mol)


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


def _add_bond(mol: RWMol, number: int, start: object, end: object, kind: object) -> None:
    ends = [_whole(start), _whole(end)]
    for place in ends:
        if place is None or not 1 <= place <= mol.GetNumAtoms():
            shown = "nothing" if place is None else str(place)
            raise DataError(f"Bond {number}: it ends at {shown}, and there are atoms 1 to {mol.GetNumAtoms()}.")
    i, j = (int(place or 0) - 1 for place in ends)
    if i == j:
        raise DataError(f"Bond {number} links atom {i + 1} to itself: change one of its ends.")
    if mol.GetBondBetweenAtoms(i, j) is not None:
        raise DataError(f"Bond {number}: atoms {i + 1} and {j + 1} are already linked; change the kind of that bond.")
    if kind not in KINDS:
        raise DataError(f"Bond {number} has no kind: choose single, double or triple.")
    mol.AddBond(i, j, KINDS[str(kind)])


def _whole(value: object) -> int | None:
    """A cell as a whole number, or None."""
    try:
        number = float(str(value))
    except ValueError:
        return None
    return int(number) if number.is_integer() else None
