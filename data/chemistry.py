"""What a visitor types as a molecule: read, or refused with one sentence that says what is wrong and where."""

import logging
import re
from collections import Counter
from contextvars import ContextVar
from typing import Any, Final

from rdkit.Chem import DetectChemistryProblems, FindPotentialStereo, GetMolFrags, Mol, MolFromSmiles, StereoType
from rdkit.rdBase import LogToPythonLogger

from data.csv_text import shorten
from data.dataset import DataError
from data.molecules import ELEMENTS, parsed

MAX_ATOMS: Final = 500
MAX_LETTERS: Final = 4000  # of a SMILES
LARGE: Final = 100  # atoms; few molecules of the sets have more
UNBRACKETED: Final = "B, C, N, O, P, S, F, Cl, Br and I"
_FOREIGN: Final = re.compile(r"[^A-Za-z0-9@+\-=#$:%().\[\]/\\*]")
_PLACE: Final = re.compile(r"around position (\d+)")
_RING: Final = re.compile(r"\[[^\]]*\]|%\(\d+\)|%\d\d|\d")
_VALENCE: Final = re.compile(r", (\d+), is greater")

_heard: ContextVar[list[str] | None] = ContextVar("_heard", default=None)


class _Listener(logging.Handler):
    """Keeps what RDKit says while somebody listens; what it says otherwise is not printed."""

    def emit(self, record: logging.LogRecord) -> None:
        if (said := _heard.get()) is not None:
            said.append(record.getMessage())


LogToPythonLogger()
logging.getLogger("rdkit").handlers = [_Listener()]


def read_molecule(smiles: str) -> Mol:
    """The molecule of a SMILES.

    Args:
        smiles: such as `CCO`; spaces around it do not matter.

    Raises:
        DataError: one sentence that says what is wrong, and at which letter or atom, both counted from 1.
    """
    text = smiles.strip()
    _check_letters(text)
    mol = parsed(text)
    if mol is not None:
        check_size(mol)
        return mol
    said: list[str] = []
    token = _heard.set(said)
    try:
        rough = MolFromSmiles(text, sanitize=False)
        problems = [] if rough is None else list(DetectChemistryProblems(rough))
    finally:
        _heard.reset(token)
    name = shorten(text)
    if rough is None:
        raise DataError(f"“{name}” is not a SMILES: {_syntax(text, ' '.join(said))}.")
    check_size(rough)
    if problems:
        raise DataError(f"“{name}” cannot be a molecule: {describe_problem(rough, problems[0])}.")
    raise DataError(f"“{name}” is not a SMILES: check it for mistakes.")


def check_size(mol: Mol) -> None:
    """Refuses what is too large to be drawn and trained on.

    Raises:
        DataError: for more than `MAX_ATOMS` atoms.
    """
    if mol.GetNumAtoms() > MAX_ATOMS:
        raise DataError(
            f"This molecule has {mol.GetNumAtoms():,} atoms, and at most {MAX_ATOMS} can be read: take a part of it."
        )


def _check_letters(text: str) -> None:
    if not text:
        raise DataError("There is no molecule: type a SMILES, such as CCO for ethanol.")
    name = shorten(text)
    if len(text) > MAX_LETTERS:
        raise DataError(f"“{name}” has {len(text):,} letters, and at most {MAX_LETTERS:,} can be read: shorten it.")
    if text.startswith("InChI="):
        raise DataError(f"“{name}” is an InChI: type the SMILES of this molecule.")
    if (found := _FOREIGN.search(text)) is not None:
        what = "a space" if found.group().isspace() else f"“{shorten(found.group()) or '�'}”"
        raise DataError(f"“{name}” is not a SMILES: {what} at position {found.start() + 1} has no meaning in one.")


def _syntax(text: str, said: str) -> str:
    """What RDKit found wrong with the writing."""
    place = int(found.group(1)) if (found := _PLACE.search(said)) else 0
    if "unclosed ring" in said:
        return _open_ring(text)
    if "extra open parentheses" in said:
        return f"the parenthesis that opens at position {place} is never closed"
    if "extra close parentheses" in said:
        return f"the parenthesis that closes at position {place} was never opened"
    if "ring closure" in said:
        return "a ring number joins an atom to itself, or two atoms twice"
    if not 0 < place <= len(text):
        return "check it for mistakes"
    if place == len(text) and text[-1] in "([.=#:/\\-%":
        return f"it ends with “{text[-1]}” at position {place}, after which something must follow"
    if text.rfind("[", 0, place) > text.rfind("]", 0, place) and "]" not in text[place:]:
        return f"the bracket that opens at position {text.rfind('[', 0, place) + 1} is never closed"
    hint = f"; elements other than {UNBRACKETED} stand in square brackets" if text[place - 1].isalpha() else ""
    return f"“{text[place - 1]}” at position {place} cannot stand there{hint}"


def _open_ring(text: str) -> str:
    """Which ring number stands only once."""
    numbers = [found for found in _RING.finditer(text) if not found.group().startswith("[")]
    counts = Counter(found.group().lstrip("%(").rstrip(")") for found in numbers)
    for found in reversed(numbers):
        number = found.group().lstrip("%(").rstrip(")")
        if counts[number] % 2:
            return f"ring number {number} at position {found.start() + 1} is opened and never closed"
    return "a ring number is opened and never closed"


def describe_problem(mol: Mol, problem: Any) -> str:
    """What is wrong with the atoms or bonds, as the rest of a sentence.

    Args:
        mol: the molecule, not yet sanitised.
        problem: what `DetectChemistryProblems` found.
    """
    kind = problem.GetType()
    if kind == "AtomValenceException":
        atom = mol.GetAtomWithIdx(problem.GetAtomIdx())
        found = _VALENCE.search(problem.Message())
        size = f"valence {found.group(1)}" if found else "a valence"
        charge = f" with charge {atom.GetFormalCharge():+d}" if atom.GetFormalCharge() else ""
        return (
            f"atom {atom.GetIdx() + 1}, {atom.GetSymbol()}{charge}, has {size}, more than it can have: bonds count, "
            "double ones twice, and so do hydrogens"
        )
    if kind == "KekulizeException":
        places = [str(atom + 1) for atom in problem.GetAtomIndices()]
        atoms = ", ".join([*places[:12], *(["…"] if len(places) > 12 else [])])
        return (
            f"no double and single bonds can alternate over its aromatic atoms {atoms}; a hydrogen may be missing, as "
            "in [nH]"
        )
    if kind == "AtomKekulizeException":
        atom = mol.GetAtomWithIdx(problem.GetAtomIdx())
        return f"atom {atom.GetIdx() + 1}, {atom.GetSymbol()}, is written small, as aromatic, but is in no ring"
    return "its atoms and bonds do not fit together"


def remarks(mol: Mol) -> tuple[str, ...]:
    """What to keep in mind when a network answers for this molecule, one sentence each."""
    found: list[str] = []
    number = len(GetMolFrags(mol))
    if number > 1:
        found.append(
            f"It has {number} parts that are not linked, as a salt has: no message passes between them, and they meet "
            "only in the read-out."
        )
    lonely = [atom for atom in mol.GetAtoms() if not atom.GetDegree()]
    if lonely:
        names = ", ".join(dict.fromkeys(atom.GetSymbol() for atom in lonely))
        found.append(f"Without a bond, an atom hears nothing of the others: {names}.")
    others = dict.fromkeys(atom.GetSymbol() for atom in mol.GetAtoms() if atom.GetSymbol() not in ELEMENTS)
    if others:
        found.append(
            f"Not among the ten elements of the lecture: {', '.join(others)}. With “ten types” the network is told "
            "nothing of such an atom, with “rich” that it is another element."
        )
    if mol.GetNumAtoms() > LARGE:
        found.append(
            f"It has {mol.GetNumAtoms()} atoms, more than nearly all molecules here: the network has learnt little "
            "about such large ones."
        )
    if any(one.type == StereoType.Atom_Tetrahedral for one in FindPotentialStereo(mol)):
        found.append("It has a mirror image, which gets the same answer: a graph knows no left and right.")
    return tuple(found)
