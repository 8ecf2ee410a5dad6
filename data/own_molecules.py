"""The visitor's own molecules: a table with SMILES and what is known of each, read row by row.

A row that cannot be read is put aside with its reason; the others are learnt from. Nothing is written to disk.

Shapes: M molecules.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import torch
from rdkit.Chem import MolToSmiles

from data.chemistry import read_molecule
from data.columns import MIN_ROWS, class_answers, number_answers
from data.csv_text import shorten
from data.dataset import DataError, Task, seeded, split_mask
from data.graphs import Graphs
from data.molecules import TEST_SHARE, Atoms, graphs_of, parsed
from data.own_table import TARGET_NAMES, OwnTable

MAX_MOLECULES: Final = 5_000
MAX_ATOMS_IN_ALL: Final = 200_000
SMILES_NAMES: Final = ("smiles", "canonical_smiles", "smi", "structure", "molecule", "mol", "drug")
ANSWER_NAMES: Final = (*TARGET_NAMES, "activity", "act", "pic50", "value", "property")
TRIED: Final = 40  # cells of a column that are looked at to find the SMILES
SOURCE: Final = "Molecules of your own; they stay in this session."


@dataclass(frozen=True)
class OwnMolecules:
    """Molecules that were read, and what is known of each.

    Attributes:
        smiles: M of them.
        classes: the class of each, from 0; empty if numbers are predicted.
        numbers: the number of each; empty if classes are.
        class_names: of the classes.
        target_name: what is predicted.
        report: what was done while reading, one sentence each.
    """

    smiles: tuple[str, ...]
    classes: tuple[int, ...] = ()
    numbers: tuple[float, ...] = ()
    class_names: tuple[str, ...] = ()
    target_name: str = "answer"
    report: tuple[str, ...] = ()


class PutAside(NamedTuple):
    """A row that is not learnt from."""

    row: int  # from 1, without the header
    text: str
    reason: str


class Reading(NamedTuple):
    """What became of a table."""

    own: OwnMolecules
    aside: tuple[PutAside, ...]


def suggest_columns(table: OwnTable) -> tuple[str, str]:
    """The columns that most likely hold the SMILES and what is to be predicted.

    Raises:
        DataError: if no column holds SMILES.
    """
    names = list(table.kinds)
    shares = {name: _share_of_smiles(table, name) for name in names}
    telling = [name for wanted in SMILES_NAMES for name in names if name.casefold() == wanted and shares[name] > 0]
    smiles = telling[0] if telling else max(names, key=lambda name: (shares[name], _mean_length(table, name)))
    if not shares[smiles]:
        raise DataError("No column holds SMILES: add one that writes each molecule as text, such as CCO for ethanol.")
    others = [name for name in names if name != smiles]
    usable = [name for name in others if table.kinds[name] in ("number", "category")]
    known = [name for wanted in ANSWER_NAMES for name in usable if name.casefold() == wanted]
    return smiles, [*others[:1], *usable, *known[:1]][-1]


def read_molecules(table: OwnTable, smiles: str, target: str, task: Task | None = None) -> Reading:
    """Reads the molecules of a table, row by row.

    Args:
        table: as it was read.
        smiles: the column with the molecules.
        target: the column to predict.
        task: whether it holds classes or numbers; detected when None.

    Raises:
        DataError: if the columns cannot be used so, or too few rows can.
    """
    for name in (smiles, target):
        if name not in table.kinds:
            raise DataError(f"There is no column “{shorten(name)}” in this table: choose one of its columns.")
    if smiles == target:
        raise DataError("SMILES and answers are in the same column: choose two different ones.")
    kept, aside = _sorted_out(table, smiles, target)
    if len(kept) < MIN_ROWS:
        raise DataError(_too_few(len(kept), aside, smiles, target))
    rows = [row for row, _ in kept]
    column = table.frame[target].iloc[rows].reset_index(drop=True)
    texts = tuple(text for _, text in kept)
    report = (*table.report, *_counted(aside, len(kept)))
    if (task or table.detect_task(target)) == "classification":
        ids, class_names = class_answers(column, target)
        own = OwnMolecules(
            texts, classes=tuple(ids.tolist()), class_names=class_names, target_name=shorten(target), report=report
        )
    else:
        numbers = number_answers(column, target).astype(float)
        own = OwnMolecules(texts, numbers=tuple(numbers.tolist()), target_name=shorten(target), report=report)
    return Reading(own, tuple(aside))


def _sorted_out(table: OwnTable, smiles: str, target: str) -> tuple[list[tuple[int, str]], list[PutAside]]:
    """The rows that can be used, as place and SMILES, and those that cannot."""
    kept: list[tuple[int, str]] = []
    aside: list[PutAside] = []
    first: dict[str, int] = {}
    num_atoms = 0
    has_answer = table.frame[target].notna().tolist()
    for row, cell in enumerate(table.frame[smiles].tolist()):
        text = cell.strip() if isinstance(cell, str) else "" if cell is None or cell != cell else str(cell)
        reason = _refusal(text, has_answer[row], target, first)
        if not reason and (len(kept) == MAX_MOLECULES or num_atoms > MAX_ATOMS_IN_ALL):
            reason = f"There are enough: {len(kept):,} molecules with {num_atoms:,} atoms were read before it."
        if reason:
            aside.append(PutAside(row + 1, shorten(text), reason))
            continue
        mol = read_molecule(text)
        first[MolToSmiles(mol)] = row + 1
        num_atoms += mol.GetNumAtoms()
        kept.append((row, text))
    return kept, aside


def _refusal(text: str, has_answer: bool, target: str, first: dict[str, int]) -> str:
    """Why a row cannot be used; empty if it can."""
    if not text:
        return "There is no molecule in this row."
    if not has_answer:
        return f"There is no value in “{shorten(target)}”."
    try:
        known = first.get(MolToSmiles(read_molecule(text)))
    except DataError as error:
        return str(error)
    return f"It is the same molecule as in row {known}." if known else ""


def _counted(aside: Sequence[PutAside], num_kept: int) -> tuple[str, ...]:
    read = f"Molecules that were read: {num_kept:,}."
    return (read, f"Rows put aside, each with its reason: {len(aside):,}.") if aside else (read,)


def _too_few(num_kept: int, aside: Sequence[PutAside], smiles: str, target: str) -> str:
    reason = f"; row {aside[0].row}, for one, cannot be used: {aside[0].reason.rstrip('.')}" if aside else ""
    return (
        f"At least {MIN_ROWS} rows with a SMILES in “{shorten(smiles)}” and a value in “{shorten(target)}” are needed, "
        f"and there are {num_kept}{reason}."
    )


def _share_of_smiles(table: OwnTable, name: str) -> float:
    cells = [cell for cell in table.frame[name].tolist() if isinstance(cell, str)][:TRIED]
    return sum(" " not in cell and parsed(cell) is not None for cell in cells) / len(cells) if cells else 0.0


def _mean_length(table: OwnTable, name: str) -> float:
    cells = [str(cell) for cell in table.frame[name].tolist()[:TRIED]]
    return sum(map(len, cells)) / len(cells)


def aside_csv(aside: Sequence[PutAside]) -> str:
    """The rows that were put aside as a table to take home."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(PutAside._fields)
    writer.writerows(aside)
    return file.getvalue()


@lru_cache(maxsize=4)
def own_molecules(own: OwnMolecules, atoms: Atoms, seed: int = 0) -> Graphs:
    """The visitor's molecules as graphs; each class gives its share of the test. They are shared by all who ask.

    Args:
        own: what was read.
        atoms: what is told of an atom.
        seed: which molecules go to the test.

    Raises:
        DataError: if a molecule cannot be read after all.
    """
    mols = [parsed(text) for text in own.smiles]
    known = [mol for mol in mols if mol is not None]
    if len(known) < len(mols):
        raise DataError("One of these molecules cannot be read: bring the table anew.")
    y = torch.tensor(own.classes, dtype=torch.int64) if own.class_names else torch.tensor(own.numbers)
    is_test = split_mask(len(y), TEST_SHARE, seeded(seed), y if own.class_names else None)
    split = f"{len(known):,} molecules, {int(is_test.sum()):,} of them drawn for the test."
    return graphs_of(
        "own molecules", known, own.smiles, y, is_test, atoms, (*own.report, split),
        class_names=own.class_names, target_name=own.target_name, source=SOURCE,
    )  # fmt: skip
