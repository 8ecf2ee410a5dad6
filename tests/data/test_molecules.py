"""Molecules as graphs: one by hand, the sets that come along, and what may not depend on the order of atoms."""

import pytest
import torch
from rdkit import Chem
from rdkit.Chem.Scaffolds import MurckoScaffold
from torch_geometric.loader import DataLoader

from data.molecules import (
    ATOM_NAMES,
    BOND_NAMES,
    SETS,
    MoleculeDataset,
    load_molecules,
    parsed,
    part_of,
    smiles_to_graph,
)

KINDS = ("ten types", "rich")


def fingerprint(part):
    """Numbers of atoms and bonds that stay the same when the atoms are numbered anew: each bond with its ends."""
    source, target = part.edge_index
    bonds = torch.cat([part.x[source], part.x[target], part.edge_attr], dim=1)
    return sorted(map(tuple, part.x.tolist())), sorted(map(tuple, bonds.tolist()))


def test_ethanol_by_hand():
    graph = smiles_to_graph("CCO", 1)
    carbon, oxygen = [0, 1, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert graph.x.tolist() == [carbon, carbon, oxygen]
    assert graph.edge_index.tolist() == [[0, 1, 1, 2], [1, 0, 2, 1]]
    assert graph.y.tolist() == [1]
    assert graph.y.dtype == torch.int64
    assert smiles_to_graph("CCO", 2.5).y.tolist() == [2.5]


def test_rich_atoms_by_hand():
    told = {
        name: part_of(parsed("C[NH+](C)c1ccccc1"), "rich").x[1].tolist()[i] for i, name in enumerate(ATOM_NAMES["rich"])
    }
    positive = {name: value for name, value in told.items() if value}
    assert positive == {"N": 1, "neighbours": 3, "charge": 1, "hydrogens": 1, "sp³": 1}


def test_bonds_by_hand():
    part = part_of(parsed("C=CC#N"), "ten types")
    told = [[name for name, value in zip(BOND_NAMES, bond, strict=True) if value] for bond in part.edge_attr.tolist()]
    assert told[::2] == [["double", "conjugated"], ["single", "conjugated"], ["triple", "conjugated"]]
    assert told[::2] == told[1::2]
    ring = part_of(parsed("c1ccccc1"), "ten types").edge_attr
    assert ring.tolist() == [[0, 0, 0, 1, 1, 1]] * 12


@pytest.mark.parametrize("text", ["CC(", "c1cccc1", "CN(C)(C)(C)C", "not a molecule"])
def test_what_is_no_smiles_is_none_and_nothing_is_printed(text, capfd):
    assert smiles_to_graph(text, 0) is None
    assert parsed("[H+].[Cl-]") is not None
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("atoms", KINDS)
def test_a_single_ion_has_no_bonds(atoms):
    part = part_of(parsed("[Na+]"), atoms)
    assert part.edge_index.shape == (2, 0)
    assert part.edge_attr.shape == (0, len(BOND_NAMES))
    assert part.x.shape == (1, len(ATOM_NAMES[atoms]))
    assert float(part.x[:, :10].sum()) == 0


@pytest.mark.parametrize("atoms", KINDS)
@pytest.mark.parametrize("smiles", ["CC(=O)Nc1ccc(O)cc1", "C[N+](=O)[O-]", "OC(=O)C1=CC=CS1", "FC(F)(F)c1ccccc1.Cl"])
def test_the_same_molecule_written_otherwise_is_the_same_graph(smiles, atoms):
    mol = Chem.MolFromSmiles(smiles)
    written = {Chem.MolToSmiles(mol, doRandom=True) for _ in range(20)}
    assert len(written) > 1
    wanted = fingerprint(part_of(mol, atoms))
    assert all(fingerprint(part_of(Chem.MolFromSmiles(text), atoms)) == wanted for text in written)


@pytest.mark.parametrize("atoms", KINDS)
@pytest.mark.parametrize("name", SETS)
def test_every_molecule_of_every_set_is_read(name, atoms):
    graphs = load_molecules(name, atoms)
    assert (
        graphs.num_graphs
        == len(graphs.labels)
        == {"blood-brain barrier": 1975, "ChEMBL activity": 1017}.get(name, 1900)
    )
    assert 0.15 < float(graphs.is_test.float().mean()) < 0.25
    assert bool((graphs.is_train != graphs.is_test).all())
    for index in (0, graphs.num_graphs - 1):
        part, alone = graphs.part(index), part_of(Chem.MolFromSmiles(graphs.labels[index]), atoms)
        assert torch.equal(part.x, alone.x)
        assert torch.equal(part.edge_index, alone.edge_index)
        assert torch.equal(part.edge_attr, alone.edge_attr)
    if name == "count atoms":
        assert graphs.y.tolist() == graphs.node_starts.diff().tolist()
    assert load_molecules(name, atoms) is graphs


@pytest.mark.parametrize("name", ["mutagenicity", "blood-brain barrier"])
def test_no_scaffold_of_the_test_is_in_training(name):
    graphs = load_molecules(name, "ten types")
    scaffolds = [MurckoScaffold.MurckoScaffoldSmiles(mol=parsed(smiles)) for smiles in graphs.labels]
    sides = {
        is_test: {one for one, mask in zip(scaffolds, graphs.is_test.tolist(), strict=True) if mask is is_test}
        for is_test in (False, True)
    }
    assert not sides[False] & sides[True]


def test_an_unknown_set_is_refused():
    with pytest.raises(ValueError, match="no set of molecules is called 'gold'"):
        load_molecules("gold", "rich")


def test_the_lectures_data_set_feeds_the_lectures_loader(tmp_path):
    path = tmp_path / "molecules.csv"
    path.write_text("smiles,label\nCCO,0\nnot a molecule,1\nc1ccccc1,1\n", encoding="utf-8")
    dataset = MoleculeDataset(path)
    assert len(dataset) == 2
    batch = next(iter(DataLoader(dataset, batch_size=2)))
    assert batch.y.tolist() == [0, 1]
    assert batch.x.shape == (9, 10)
