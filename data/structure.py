"""A molecule as a chemist draws it: where the atoms lie in the plane, what is written on them, which bonds there are.

Shapes: n atoms, b bonds.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from jaxtyping import Bool, Float
from rdkit.Chem import Atom, BondType, GetMolFrags, Mol
from rdkit.Chem.rdDepictor import Compute2DCoords

from data.dataset import DataError
from data.molecules import parsed

BOND_LENGTH: Final = 1.5  # as RDKit draws it
GAP: Final = 1.8  # bond lengths between molecules that are not linked
SUBSCRIPTS: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
RADICAL: Final = "•"


@dataclass(frozen=True, eq=False)
class Structure:
    """A drawing of a molecule, without the sides of space that wedges would show: no network here is told of them.

    Attributes:
        smiles: which molecule.
        xy: (n, 2) right and up, an ordinary bond being about 1 long.
        elements: n symbols such as `C`, `Cl`.
        labels: n texts to be drawn, such as `NH₂`, `O−`; empty for a carbon atom with bonds.
        is_turned: (n) whether the hydrogens stand left of the element, as in `HO`.
        bonds: b times both atoms, the order (1.5 if aromatic), and whether it is aromatic.
        centres: (b, 2) the middle of a ring that the bond is in; nan if it is in none.
    """

    smiles: str
    xy: Float[np.ndarray, "n 2"]
    elements: tuple[str, ...]
    labels: tuple[str, ...]
    is_turned: Bool[np.ndarray, " n"]
    bonds: tuple[tuple[int, int, float, bool], ...]
    centres: Float[np.ndarray, "b 2"]


@lru_cache(maxsize=256)
def structure_of(smiles: str) -> Structure:
    """Lays a molecule out. The result is shared by all who ask.

    Args:
        smiles: of a molecule; `data.chemistry.read_molecule` says what is wrong with one that is none.

    Raises:
        DataError: if it is no SMILES.
    """
    mol = parsed(smiles)
    if mol is None or not mol.GetNumAtoms():
        raise DataError("This is no SMILES of a molecule: check it for mistakes.")
    return laid_out(mol, smiles)


def laid_out(mol: Mol, smiles: str) -> Structure:
    """Lays a molecule out, its atoms in their order.

    Args:
        mol: of one atom or more.
        smiles: what to call it.
    """
    mol = Mol(mol)  # the places are kept in it
    xy = _places(mol)
    is_turned = np.array([_is_turned(atom, xy) for atom in mol.GetAtoms()])
    bonds = tuple(
        (
            bond.GetBeginAtomIdx(),
            bond.GetEndAtomIdx(),
            bond.GetBondTypeAsDouble(),
            bond.GetBondType() == BondType.AROMATIC,
        )
        for bond in mol.GetBonds()
    )
    atoms = list(mol.GetAtoms())
    return Structure(
        smiles=smiles,
        xy=xy,
        elements=tuple(atom.GetSymbol() for atom in atoms),
        labels=tuple(_label(atom, bool(turned)) for atom, turned in zip(atoms, is_turned, strict=True)),
        is_turned=is_turned,
        bonds=bonds,
        centres=_centres(mol, xy),
    )


def _places(mol: Mol) -> Float[np.ndarray, "n 2"]:
    """Where RDKit puts the atoms; what is not linked stands side by side, with room for the words between."""
    Compute2DCoords(mol)
    xy = mol.GetConformer().GetPositions()[:, :2] / BOND_LENGTH  # (n, 2)
    fragments = [list(atoms) for atoms in GetMolFrags(mol)]
    right = 0.0
    for atoms in fragments if len(fragments) > 1 else []:
        low, high = xy[atoms].min(axis=0), xy[atoms].max(axis=0)
        xy[atoms] -= (low[0] - right, (low[1] + high[1]) / 2)
        right += float(high[0] - low[0]) + GAP
    return xy


def _is_turned(atom: Atom, xy: Float[np.ndarray, "n 2"]) -> bool:
    """Whether the bonds leave to the right, so that hydrogens, if there are any, have room on the left."""
    if not atom.GetTotalNumHs():
        return False
    place = xy[atom.GetIdx()]
    others = [xy[other.GetIdx()] - place for other in atom.GetNeighbors()]
    return bool(others) and float(np.sum(others, axis=0)[0]) > 0.1


def _label(atom: Atom, is_turned: bool) -> str:
    """What is written on an atom."""
    charge, radicals, isotope = atom.GetFormalCharge(), atom.GetNumRadicalElectrons(), atom.GetIsotope()
    is_plain = not (charge or radicals or isotope)
    if atom.GetSymbol() == "C" and is_plain and atom.GetDegree():
        return ""
    element = (str(isotope) if isotope else "").translate(SUPERSCRIPTS) + atom.GetSymbol()
    count = atom.GetTotalNumHs()
    hydrogens = ("H" + (str(count) if count > 1 else "").translate(SUBSCRIPTS)) if count else ""
    size = str(abs(charge)).translate(SUPERSCRIPTS) if abs(charge) > 1 else ""
    sign = ("+" if charge > 0 else "−") if charge else ""
    after = size + sign + RADICAL * radicals
    return hydrogens + element + after if is_turned else element + hydrogens + after


def _centres(mol: Mol, xy: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "b 2"]:
    """For each bond the middle of a ring it is in: an aromatic one if there is one, then the smallest."""
    centres = np.full((mol.GetNumBonds(), 2), np.nan)
    rings = list(zip(mol.GetRingInfo().AtomRings(), mol.GetRingInfo().BondRings(), strict=True))

    def rank(ring: tuple[tuple[int, ...], tuple[int, ...]]) -> tuple[bool, int]:
        return all(mol.GetBondWithIdx(bond).GetIsAromatic() for bond in ring[1]), -len(ring[0])

    for atoms, bonds in sorted(rings, key=rank):  # the best come last and stay
        centres[list(bonds)] = xy[list(atoms)].mean(axis=0)
    return centres
