"""What a visitor types as a molecule: one sentence for each mistake, naming where it is; remarks on the rest."""

import threading

import pytest

from data.chemistry import LARGE, MAX_ATOMS, read_molecule, remarks
from data.dataset import DataError
from data.molecules import SETS, load_molecules, parsed
from tests.training.toy import is_sentence

MISTAKES = [
    ("", "There is no molecule"),
    ("  ", "There is no molecule"),
    ("CC(", r"“\(” at position 3, after which something must follow"),
    ("CC=", "“=” at position 3, after which something must follow"),
    ("CCQ", "“Q” at position 3 cannot stand there; elements other than B, C, N"),
    ("C==C", "“=” at position 3 cannot stand there."),
    ("CC[Xx]C", "“X” at position 4 cannot stand there"),
    ("C[Na", "the bracket that opens at position 2 is never closed"),
    ("CC(C", "the parenthesis that opens at position 3 is never closed"),
    ("C)C", "the parenthesis that closes at position 2 was never opened"),
    ("C1CC", "ring number 1 at position 2 is opened and never closed"),
    ("C1CC1C%12", "ring number 12 at position 7 is opened and never closed"),
    ("C11", "a ring number joins an atom to itself"),
    ("CN(C)(C)(C)C", "atom 2, N, has valence 5, more than it can have"),
    ("C[N+](C)(C)(C)C", r"atom 2, N with charge \+1, has valence 5"),
    ("c1cccc1", "alternate over its aromatic atoms 1, 2, 3, 4, 5; a hydrogen may be missing"),
    ("cC", "atom 1, C, is written small, as aromatic, but is in no ring"),
    ("C C", "a space at position 2 has no meaning"),
    ("C\u00e9", "“\u00e9” at position 2 has no meaning"),
    ("\x00C", "at position 1 has no meaning"),
    ("InChI=1S/CH4/h1H4", "is an InChI"),
    ("C" * (MAX_ATOMS + 1), f"501 atoms, and at most {MAX_ATOMS}"),
    ("C" * 5000, "5,000 letters"),
]


@pytest.mark.parametrize(("text", "words"), MISTAKES, ids=[repr(text)[:20] for text, _ in MISTAKES])
def test_every_mistake_has_its_sentence(text, words, capfd):
    with pytest.raises(DataError, match=words) as caught:
        read_molecule(text)
    assert is_sentence(str(caught.value))
    assert len(str(caught.value)) < 260
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("text", ["C", " CCO\n", "[Na+].[Cl-]", "C" * MAX_ATOMS, "C/C=C\\C", "*CC*", "[13CH4]", "[U]"])
def test_what_is_a_molecule_is_read(text):
    assert read_molecule(text).GetNumAtoms() == parsed(text.strip()).GetNumAtoms()


def test_every_molecule_of_the_sets_is_one():
    for name in SETS[:3]:
        for smiles in load_molecules(name, "ten types").labels[::25]:
            assert all(is_sentence(remark) for remark in remarks(read_molecule(smiles)))


def test_two_who_read_at_once_hear_of_their_own_mistake():
    found = {}

    def ask(text):
        for _ in range(50):
            try:
                read_molecule(text)
            except DataError as error:
                found.setdefault(text, set()).add(str(error))

    texts = ["CC(", "CCQ", "C1CC", "C)C"]
    threads = [threading.Thread(target=ask, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {text: len(sentences) for text, sentences in found.items()} == dict.fromkeys(texts, 1)


@pytest.mark.parametrize(
    ("smiles", "words"),
    [
        ("CC(=O)[O-].[Na+]", "2 parts that are not linked"),
        ("CC(=O)[O-].[Na+]", "hears nothing of the others: Na."),
        ("[Pt](N)(N)(Cl)Cl", "ten elements of the lecture: Pt."),
        ("C" * (LARGE + 1), "101 atoms"),
        ("N[C@@H](C)C(=O)O", "mirror image"),
        ("CC(F)Cl", "mirror image"),
    ],
)
def test_what_to_keep_in_mind_is_said(smiles, words):
    assert any(words in remark for remark in remarks(read_molecule(smiles)))


def test_of_a_plain_molecule_there_is_nothing_to_say():
    assert remarks(read_molecule("CC(=O)Nc1ccc(O)cc1")) == ()
