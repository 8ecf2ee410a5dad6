"""Structural alerts: groups of atoms that chemists know to make many molecules mutagenic, and how often they do here.

The groups follow Kazius, McGuire & Bursi, "Derivation and validation of toxicophores for mutagenicity prediction",
J. Med. Chem. 48, 312 (2005), doi:10.1021/jm040835a; the patterns are our own and simpler than theirs.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from rdkit.Chem import Mol, MolFromSmarts

from data.molecules import load_molecules, parsed

MUTAGENIC: Final = 1

ALERTS: Final[dict[str, tuple[str, ...]]] = {  # SMARTS, any of which counts
    "aromatic nitro": ("c[$([NX3](=O)=O),$([NX3+](=O)[O-])]",),
    "aromatic amine": ("c[NX3;H2]",),
    "nitroso": ("[#6,#7][NX2]=[OX1]",),
    "aliphatic halide": ("[CX4][Cl,Br,I]",),
    "epoxide": ("[CX4]1[OX2][CX4]1",),
    "aziridine": ("[CX4]1[NX3][CX4]1",),
    "azo": ("[#6][NX2]=[NX2][#6]",),
    "hydrazine": ("[NX3;!$(N~O)][NX3;!$(N~O)]",),
    "hydroxylamine": ("[#6][NX3;!$(N~[OX1])][OX2]",),
    "azide or diazo": ("[N;D2]=[N+]=[N-]", "[N-][N+]#N", "[#6]=[N+]=[N-]", "[#6][N+]#N"),
    "sulfonate or sulfate ester": ("[$(S(=O)(=O))][OX2][CX4]",),
    "polycyclic aromatic": ("a1aaa2aa3aaaaa3aa2a1", "a1aaa2a(a1)aaa1aaaaa12"),
}


class Alert(NamedTuple):
    """An alert, measured on the training molecules of the set on mutagenicity.

    Attributes:
        name: of the group.
        num_molecules: how many of them have it.
        precision: which share of these is mutagenic.
        atoms: where it is in the molecule asked about, in any place; empty if it is not there.
    """

    name: str
    num_molecules: int
    precision: float
    atoms: tuple[int, ...]


def alerts_in(mol: Mol) -> list[Alert]:
    """The alerts that a molecule has, the most telling ones first."""
    found = [
        Alert(name, *measured(name), atoms=tuple(sorted({atom for place in places(mol, name) for atom in place})))
        for name in ALERTS
    ]
    return sorted((one for one in found if one.atoms), key=lambda one: -one.precision)


def places(mol: Mol, name: str) -> list[tuple[int, ...]]:
    """Where a molecule has an alert: for each place its atoms."""
    return [place for pattern in _patterns(name) for place in mol.GetSubstructMatches(pattern)]


@cache
def measured(name: str) -> tuple[int, float]:
    """In how many training molecules an alert is, and which share of these is mutagenic."""
    return _counts()[name]


def base_rate() -> float:
    """The share of mutagenic ones among all training molecules."""
    graphs = load_molecules("mutagenicity", "ten types")
    return float((graphs.y[graphs.is_train] == MUTAGENIC).double().mean())


@cache
def _counts() -> dict[str, tuple[int, float]]:
    graphs = load_molecules("mutagenicity", "ten types")
    rows: Sequence[int] = graphs.is_train.nonzero()[:, 0].tolist()
    mols = [(parsed(graphs.labels[row]), int(graphs.y[row]) == MUTAGENIC) for row in rows]
    found: dict[str, tuple[int, float]] = {}
    for name in ALERTS:
        hits = [
            is_bad
            for mol, is_bad in mols
            if mol is not None and any(mol.HasSubstructMatch(one) for one in _patterns(name))
        ]
        found[name] = len(hits), sum(hits) / len(hits)
    return found


@cache
def _patterns(name: str) -> tuple[Mol, ...]:
    return tuple(MolFromSmarts(pattern) for pattern in ALERTS[name])
