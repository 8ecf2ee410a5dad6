"""Molecules as graphs: atoms are nodes, bonds are edges, and what is to be predicted of each molecule.

Shapes: n atoms, e directed edges (two for each bond), F numbers for an atom, A for a bond, M molecules.
"""

import csv
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

import pandas as pd
import torch
from jaxtyping import Bool, Float32, Int64
from rdkit import RDConfig
from rdkit.Chem import Atom, Bond, BondType, HybridizationType, Mol, MolFromSmiles
from rdkit.rdBase import BlockLogs
from torch import Tensor
from torch.nn import functional as F
from torch_geometric.data import Data, Dataset

from data.dataset import DataError, seeded, split_mask
from data.embedded import embedded
from data.graphs import Graphs, Part, joined

Atoms = Literal["ten types", "rich"]

ELEMENTS: Final = ("H", "C", "N", "O", "F", "P", "S", "Cl", "Br", "I")  # the lecture's
HYBRIDISED: Final = {  # as four numbers of an atom; the last one is for all others
    HybridizationType.SP: (1, 0, 0, 0),
    HybridizationType.SP2: (0, 1, 0, 0),
    HybridizationType.SP3: (0, 0, 1, 0),
}
BONDED: Final = {  # as four numbers of a bond; others have none of them
    BondType.SINGLE: (1, 0, 0, 0),
    BondType.DOUBLE: (0, 1, 0, 0),
    BondType.TRIPLE: (0, 0, 1, 0),
    BondType.AROMATIC: (0, 0, 0, 1),
}
RICH_NAMES: Final = (
    *(*ELEMENTS, "other element"),
    *("neighbours", "charge", "hydrogens"),
    *("sp", "sp²", "sp³", "other hybridisation"),
    *("aromatic", "in a ring"),
)
ATOM_NAMES: Final[dict[str, tuple[str, ...]]] = {"ten types": ELEMENTS, "rich": RICH_NAMES}
BOND_NAMES: Final = ("single", "double", "triple", "aromatic", "conjugated", "in a ring")
SETS: Final = ("mutagenicity", "blood-brain barrier", "ChEMBL activity", "count atoms")
TEST_SHARE: Final = 0.2  # where a set comes without a split
SPLIT_SEED: Final = 0
FILES: Final = {"mutagenicity": "ames.csv", "count atoms": "ames.csv", "blood-brain barrier": "bbb_martins.csv"}
CLASS_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "mutagenicity": ("not mutagenic", "mutagenic"),
    "blood-brain barrier": ("stays outside", "crosses"),
}
TARGETS: Final = {
    "mutagenicity": "mutagenicity in the Ames test",
    "blood-brain barrier": "passage of the blood-brain barrier",
    "ChEMBL activity": "activity, −log₁₀ of the concentration in mol/l",
    "count atoms": "heavy atoms",
}
CITATIONS: Final = {
    "mutagenicity": "Xu et al. (2012), doi:10.1021/ci300400a, via Therapeutics Data Commons, CC BY 4.0.",
    "blood-brain barrier": "Martins et al. (2012), doi:10.1021/ci300124c, via Therapeutics Data Commons, CC BY 4.0.",
    "ChEMBL activity": "ChEMBL, document CHEMBL2321810, CC BY-SA 3.0; comes with RDKit.",
    "count atoms": "The molecules of Xu et al. (2012), doi:10.1021/ci300400a, CC BY 4.0; the atoms were counted here.",
}


# ---- the lecture's two --------------------------------------------------------------------------------------------


def smiles_to_graph(smiles: str, label: int | float) -> Data | None:
    """A molecule as a graph of torch-geometric; None if the text is no SMILES.

    Args:
        smiles: such as `CCO`.
        label: a class id, or a number.
    """
    mol = parsed(smiles)
    if mol is None:
        return None
    part = part_of(mol, "ten types")
    y = torch.tensor([label], dtype=torch.float32 if isinstance(label, float) else torch.int64)
    return Data(x=part.x, edge_index=part.edge_index, y=y)


class MoleculeDataset(Dataset):  # type: ignore[misc]
    """The molecules of a CSV file with the columns `smiles` and `label`; what is no SMILES is left out.

    The lecture's class forgets to call `super().__init__()`, without which it has no length.
    """

    def __init__(self, csv_file: str | Path) -> None:
        super().__init__()
        table = pd.read_csv(csv_file)
        found = map(smiles_to_graph, table["smiles"], table["label"])
        self.graphs = [graph for graph in found if graph is not None]

    def len(self) -> int:
        """How many molecules there are."""
        return len(self.graphs)

    def get(self, idx: int) -> Data:
        """One of them."""
        return self.graphs[idx]


# ---- what is told of atoms and bonds ------------------------------------------------------------------------------


def parsed(smiles: str) -> Mol | None:
    """The molecule a SMILES stands for, or None; RDKit's remarks about it are not printed."""
    with BlockLogs():
        return MolFromSmiles(smiles)


def part_of(mol: Mol, atoms: Atoms) -> Part:
    """A molecule as a graph, its bonds in both directions, one after the other.

    Args:
        mol: a molecule of RDKit.
        atoms: what is told of an atom, see `ATOM_NAMES`.
    """
    ends = [(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in mol.GetBonds()]
    edge_index = torch.tensor([pair for i, j in ends for pair in ((i, j), (j, i))], dtype=torch.int64)
    told = torch.tensor([_bond_numbers(bond) for bond in mol.GetBonds()], dtype=torch.float32)
    return Part(
        x=_atom_numbers(mol, atoms),
        edge_index=edge_index.reshape(-1, 2).T.contiguous(),
        edge_attr=told.reshape(-1, len(BOND_NAMES)).repeat_interleave(2, dim=0),
    )


def _atom_numbers(mol: Mol, atoms: Atoms) -> Float32[Tensor, "n F"]:
    symbols = [atom.GetSymbol() for atom in mol.GetAtoms()]
    kinds = [ELEMENTS.index(name) if name in ELEMENTS else len(ELEMENTS) for name in symbols]
    elements = F.one_hot(torch.tensor(kinds, dtype=torch.int64), len(ELEMENTS) + 1).float()  # (n, 11)
    if atoms == "ten types":
        return elements[:, :-1].contiguous()  # another element is a row of zeros, as in the lecture
    told = torch.tensor([_atom_facts(atom) for atom in mol.GetAtoms()], dtype=torch.float32)
    return torch.cat([elements, told.reshape(len(elements), -1)], dim=1)


def _atom_facts(atom: Atom) -> tuple[float | int, ...]:
    """What `RICH_NAMES` has after the elements."""
    return (
        atom.GetDegree(),
        atom.GetFormalCharge(),
        atom.GetTotalNumHs(),
        *HYBRIDISED.get(atom.GetHybridization(), (0, 0, 0, 1)),
        atom.GetIsAromatic(),
        atom.IsInRing(),
    )


def _bond_numbers(bond: Bond) -> tuple[float | int, ...]:
    """What `BOND_NAMES` says."""
    return (*BONDED.get(bond.GetBondType(), (0, 0, 0, 0)), bond.GetIsConjugated(), bond.IsInRing())


# ---- the sets -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def load_molecules(name: str, atoms: Atoms) -> Graphs:
    """One of `SETS`. It is shared by all who ask.

    Args:
        name: which.
        atoms: what is told of an atom, see `ATOM_NAMES`.

    Raises:
        ValueError: for an unknown name.
        DataError: if its file is missing.
    """
    if name not in SETS:
        raise ValueError(f"no set of molecules is called {name!r}; there are {', '.join(SETS)}")
    if name == "ChEMBL activity":
        return _activity(atoms)
    table = pd.read_csv(embedded(FILES[name]))
    mols = [mol for mol in map(parsed, table["smiles"]) if mol is not None]  # all are read; a test sees to that
    if name == "count atoms":
        y = torch.tensor([float(mol.GetNumHeavyAtoms()) for mol in mols])
    else:
        y = torch.tensor(table["y"].to_numpy(dtype="int64"))
    is_test = torch.tensor((table["split"] == "test").to_numpy())
    report = (
        f"{len(mols):,} molecules, {int(is_test.sum())} for the test: none of these shares its rings with training."
    )
    return _known(name, mols, list(table["smiles"]), y, is_test, atoms, report)


def graphs_of(
    name: str,
    mols: Sequence[Mol],
    labels: Sequence[str],
    y: Int64[Tensor, " M"] | Float32[Tensor, " M"],
    is_test: Bool[Tensor, " M"],
    atoms: Atoms,
    report: tuple[str, ...],
    *,
    class_names: tuple[str, ...],
    target_name: str,
    source: str,
) -> Graphs:
    """Molecules and what to predict of them, as graphs.

    Args:
        name: what they are asked for by.
        mols: M molecules.
        labels: their SMILES.
        y: class ids, or numbers.
        is_test: which are kept for the test.
        atoms: what is told of an atom.
        report: what was done, one sentence each.
        class_names: one for each class; empty for numbers.
        target_name: what is predicted.
        source: citation and licence, one line.
    """
    flat = joined([part_of(mol, atoms) for mol in mols])
    return Graphs(
        name=name,
        level="graph",
        task="classification" if class_names else "regression",
        **flat._asdict(),
        y=y,
        is_train=~is_test,
        is_test=is_test,
        feature_names=ATOM_NAMES[atoms],
        edge_names=BOND_NAMES,
        class_names=class_names,
        target_name=target_name,
        labels=tuple(labels),
        report=report,
        source=source,
    )


def _known(
    name: str, mols: Sequence[Mol], labels: Sequence[str], y: Tensor, is_test: Tensor, atoms: Atoms, report: str
) -> Graphs:
    """One of `SETS` as graphs."""
    return graphs_of(
        name, mols, labels, y, is_test, atoms, (report,),
        class_names=CLASS_NAMES.get(name, ()), target_name=TARGETS[name], source=CITATIONS[name],
    )  # fmt: skip


def _activity(atoms: Atoms) -> Graphs:
    """The molecules that come with RDKit, and how active each was measured; split at random."""
    folder = Path(RDConfig.RDContribDir, "FreeWilson", "data")
    try:
        lines = (folder / "CHEMBL2321810.smi").read_text(encoding="utf-8").splitlines()
        with (folder / "CHEMBL2321810_act.csv").open(encoding="utf-8") as file:
            activity = {row["Name"]: float(row["Act"]) for row in csv.DictReader(file)}
    except OSError as error:
        raise DataError("This RDKit came without its folder Contrib: choose other molecules.") from error
    pairs = [(line.split()[0], activity[line.split()[1]]) for line in lines if line.split()[1] in activity]
    y = torch.tensor([value for _, value in pairs])
    is_test = split_mask(len(pairs), TEST_SHARE, seeded(SPLIT_SEED))
    report = (
        f"{len(pairs):,} molecules, {int(is_test.sum())} of them drawn for the test: relatives of each are in training."
    )
    labels = [smiles for smiles, _ in pairs]
    mols = [mol for mol in map(parsed, labels) if mol is not None]
    return _known("ChEMBL activity", mols, labels, y, is_test, atoms, report)
