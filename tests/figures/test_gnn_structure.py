"""Structures of molecules: laid out with bonds of length 1, written as a chemist does, and drawn within their box."""

import numpy as np
import pytest

from data.dataset import DataError
from data.structure import structure_of
from figures.gnn_structure import LETTER, MAX_HOT, SOFT, draw_legend, draw_structure
from figures.packing import unpack
from figures.scene import Scene
from figures.theme import ON_PAGE, ON_PROJECTOR

BOX = (30.0, 20.0, 260.0, 180.0)
MOLECULES = [
    *("C", "CCO", "[Na+].[Cl-]", "Cn1cnc2c1c(=O)n(C)c(=O)n2C", "C#CC=C", "[Pt](N)(N)(Cl)Cl", "NCCN"),
    *("CC(C)CCCC(C)C1CCC2C1(CCC3C2CC=C4C3(CCC(C4)O)C)C", "C" * 500, "[H][H]", "C[NH2+]CC(=O)[O-]"),
]


def items(scene):
    return unpack(scene.to_bytes())[0]["items"]


def drawn(smiles, box=BOX, **more):
    scene = Scene(320.0, 220.0, "a molecule")
    draw_structure(scene, box, structure_of(smiles), **more)
    return items(scene)


def test_the_labels_of_acetic_acid_and_its_ion_by_hand():
    assert structure_of("CC(=O)O").labels[:3] == ("", "", "O")
    assert structure_of("CC(=O)O").labels[3] in ("OH", "HO")
    assert structure_of("CC(=O)[O-]").labels == ("", "", "O", "O−")
    assert structure_of("C").labels == ("CH₄",)
    assert structure_of("[NH4+]").labels == ("NH₄+",)
    assert structure_of("[Ca+2]").labels == ("Ca²+",)
    assert structure_of("[13CH3]O").labels[0] in ("¹³CH₃", "H₃¹³C")
    assert structure_of("[CH3]").labels == ("CH₃•",)


def test_bonds_are_about_1_long_and_know_their_kind():
    caffeine = structure_of("Cn1cnc2c1c(=O)n(C)c(=O)n2C")
    ends = np.array([bond[:2] for bond in caffeine.bonds])
    lengths = np.linalg.norm(caffeine.xy[ends[:, 0]] - caffeine.xy[ends[:, 1]], axis=1)
    assert np.allclose(lengths, 1, atol=0.02)
    assert {bond[2:] for bond in caffeine.bonds} == {(1.0, False), (1.5, True), (2.0, False)}
    in_ring = np.isfinite(caffeine.centres).all(axis=1)
    assert in_ring.sum() == 10
    assert all(in_ring[index] for index, bond in enumerate(caffeine.bonds) if bond[3])


def test_fragments_do_not_lie_on_each_other():
    salt = structure_of("C[N+](C)(C)C.[Cl-]")
    distance = np.linalg.norm(salt.xy[:-1] - salt.xy[-1], axis=1)
    assert distance.min() > 1.2


def test_hydrogens_stand_where_there_is_room():
    left, _, _, right = range(4)
    diamine = structure_of("NCCN")
    outer = left if diamine.xy[left, 0] < diamine.xy[right, 0] else right
    assert diamine.labels[outer] == "H₂N"
    assert diamine.labels[right if outer == left else left] == "NH₂"


@pytest.mark.parametrize("box", [BOX, (0.0, 0.0, 60.0, 200.0)])
@pytest.mark.parametrize("smiles", MOLECULES, ids=lambda smiles: smiles[:20])
def test_a_drawing_fits_its_box(smiles, box):
    number = len(structure_of(smiles).labels)
    found = drawn(smiles, box, values=np.linspace(-1, 1, number), chosen=0, hot_id="atom")
    x, y, width, height = box
    for item in found:
        if item["kind"] == "text":
            room = LETTER * item["size"] * len(item["text"])
            left = item["at"][0] - {"left": 0.0, "center": 0.5, "right": 1.0}[item["align"]] * room
            assert x - 1 <= left
            assert left + room <= x + width + 1
            assert y <= item["at"][1] <= y + height
        if item["kind"] == "hot":
            middle = item["box"][0] + item["box"][2] / 2, item["box"][1] + item["box"][3] / 2
            assert x <= middle[0] <= x + width
            assert y <= middle[1] <= y + height
    assert sum(item["kind"] == "hot" for item in found) == (number if number <= MAX_HOT else 0)


def test_colours_stand_for_values_and_nothing_for_nan():
    (discs,) = [item for item in drawn("CCO", values=[1.0, np.nan, -2.0], reach=2.0) if item["kind"] == "points"]
    assert discs["colour"] == "accent"
    scene = Scene(320.0, 220.0, "a molecule")
    draw_structure(scene, BOX, structure_of("CCO"), values=[1.0, np.nan, -2.0], reach=2.0)
    header, blob = unpack(scene.to_bytes())
    start, count = next(item["values"] for item in header["items"] if item["kind"] == "points")[:2]
    codes = np.frombuffer(blob, np.uint8)[start : start + 2].astype(float)
    assert count
    assert np.allclose(codes / 254 * 2 - 1, np.array([1.0, -2.0]) / (SOFT * 2.0), atol=0.01)


def test_atoms_can_be_clicked_and_say_what_they_are():
    spots = [item for item in drawn("CCO", values=[0.5, 0, -0.25], chosen=2, hot_id="mol") if item["kind"] == "hot"]
    assert [spot["id"] for spot in spots] == ["mol:0", "mol:1", "mol:2"]
    assert spots[2]["tip"] == "Atom 3, O: −0.250"
    assert spots[2]["event"] == {"atom": 2}
    assert [spot.get("pressed") for spot in spots] == [False, False, True]
    assert not [item for item in drawn("CCO") if item["kind"] == "hot"]


def test_aromatic_rings_have_a_dashed_line_inside():
    lines = [item for item in drawn("c1ccccc1") if item["kind"] == "lines"]
    assert [bool(item.get("dash")) for item in lines] == [False, True]


def test_on_a_projector_discs_keep_their_size_although_points_are_drawn_larger():
    page, large = (
        next(item for item in drawn("CCO", values=[1, 2, 3], scale=scale) if item["kind"] == "points")
        for scale in (ON_PAGE, ON_PROJECTOR)
    )
    assert large["radius"] * ON_PROJECTOR.stroke == pytest.approx(page["radius"] * ON_PAGE.stroke, abs=0.2)


def test_atoms_are_numbered_if_wanted():
    texts = [item["text"] for item in drawn("CCO", is_numbered=True) if item["kind"] == "text"]
    assert texts[-3:] == ["1", "2", "3"]
    assert "1" not in [item["text"] for item in drawn("CCO") if item["kind"] == "text"]


def test_the_legend_has_its_words():
    scene = Scene(320.0, 220.0, "a legend")
    draw_legend(scene, (100, 200, 100, 8), 0.5, "against", "for")
    assert {item["text"] for item in items(scene) if item["kind"] == "text"} == {"against", "for"}


def test_what_is_no_molecule_is_refused():
    for text in ("CC(", ""):
        with pytest.raises(DataError, match="no SMILES"):
            structure_of(text)
