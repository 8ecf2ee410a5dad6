"""What the live network says of any molecule: the same as in its set; atoms that sum up, or are missed."""

import numpy as np
import pytest
import torch
from rdkit import Chem

from data.chemistry import read_molecule
from data.dataset import DataError
from data.molecules import part_of
from data.own_molecules import OwnMolecules
from experiments.gnn import GNNExperiment
from experiments.gnn_molecule import (
    MOST_LEFT_OUT,
    ask,
    batched,
    placed,
    rank_agreement,
    scores_without,
    slope_times_input,
    weights_of,
    without,
)
from experiments.gnn_own import files_of, material_of
from experiments.gnn_settings import GNNSettings
from tests.experiments.programs import FEW, largest_difference, program, rows_of, train
from tests.experiments.test_programs import assert_tidy
from training.run import Run

CASES = [
    {},
    {"data": "ChEMBL activity", "layer": "GINE", "readout": "attention", "atoms": "rich"},
    {"data": "count atoms", "layer": "GIN", "readout": "sum", "normalisation": "batch"},
    {"layer": "GAT", "readout": "max", "normalisation": "pair", "dropout": 0.5},
    {"layer": "NNConv", "atoms": "rich", "hidden_channels": 8, "normalisation": "layer"},
]
NITRO = "O=[N+]([O-])c1ccc(N)cc1"
OWN = OwnMolecules(
    tuple("C" * (i + 1) + "NOF"[i % 3] for i in range(30)), classes=(0, 1, 2) * 10, class_names=("N", "O", "F")
)


def trained(settings, own=None, steps=15):
    torch.manual_seed(0)
    experiment = GNNExperiment(GNNSettings(**settings), own)
    for _ in range(steps):
        experiment.step()
    return experiment


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_a_molecule_of_the_set_gets_the_same_answer_as_in_the_set(settings):
    experiment = trained(settings)
    seen = experiment.observe()
    said = ask(read_molecule(seen.label), experiment)
    assert np.allclose(said.answer, seen.answer, atol=1e-4)
    number = int(np.flatnonzero(seen.rows == seen.item)[0]) if seen.item in seen.rows else None
    if number is not None:
        assert np.allclose(said.xy, seen.xy[number], atol=1e-2 * np.abs(seen.xy).max())


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_any_molecule_can_be_asked_about_and_nothing_changes(settings):
    experiment = trained(settings)
    random, weights = torch.get_rng_state(), [one.clone() for one in experiment.parameters()]
    for smiles in (NITRO, "C", "[Na+].[Cl-]", "[Pt]", "C" * (MOST_LEFT_OUT + 20)):
        said = ask(read_molecule(smiles), experiment)
        assert len(said.slopes) == len(said.left_out) == read_molecule(smiles).GetNumAtoms()
        assert np.isfinite(said.answer).all()
        assert np.isfinite(said.xy).all()
        assert 0 <= said.above <= 1
    assert torch.equal(torch.get_rng_state(), random)
    assert all(torch.equal(one, two) for one, two in zip(experiment.parameters(), weights, strict=True))
    assert all(one.grad is None or not one.grad.requires_grad for one in experiment.parameters())
    assert experiment.model.training


def test_of_a_very_large_molecule_only_the_first_atoms_are_left_out():
    said = ask(read_molecule("C" * (MOST_LEFT_OUT + 20)), trained({}))
    assert np.isfinite(said.left_out).sum() == MOST_LEFT_OUT
    assert np.isfinite(said.slopes).all()
    assert np.isnan(ask(read_molecule("C"), trained({})).left_out).all()


def test_leaving_an_atom_out_is_asking_about_the_rest():
    experiment = trained({"data": "count atoms", "readout": "sum", "atoms": "ten types"}, steps=200)
    whole, rest = ask(read_molecule("CCOC"), experiment), ask(read_molecule("CCO"), experiment)
    assert whole.left_out[3] == pytest.approx(whole.score - rest.score, abs=1e-4)


def test_without_an_atom_by_hand():
    part = without(part_of(read_molecule("CCO"), "ten types"), 0)
    assert part.x[:, [1, 3]].tolist() == [[1, 0], [0, 1]]
    assert part.edge_index.tolist() == [[0, 1], [1, 0]]
    assert len(part.edge_attr) == 2


def test_many_molecules_as_one_graph():
    parts = [part_of(read_molecule(smiles), "rich") for smiles in ("CCO", "C", "C=C")]
    batch = batched(parts)
    assert batch.batch.tolist() == [0, 0, 0, 1, 2, 2]
    assert batch.place.tolist() == [0, 1, 2, 0, 0, 1]
    assert batch.edge_index.tolist() == [[0, 1, 1, 2, 4, 5], [1, 0, 2, 1, 5, 4]]


class Linear:
    """A network that sums the inputs with fixed weights: slope times input is exact."""

    def __init__(self):
        self.slope = torch.arange(10.0)
        self.lin = torch.nn.Identity()

    def __call__(self, x, edge_index, batch, edge_attr):
        return torch.zeros(int(batch.max()) + 1, 1).index_add(0, batch, (x * self.slope).sum(1, keepdim=True))

    embed = __call__


def test_for_a_linear_network_slope_times_input_is_what_is_missed():
    part = part_of(read_molecule("CCOCl"), "ten types")
    weights = torch.ones(1)
    slopes = slope_times_input(Linear(), part, weights)
    assert slopes.tolist() == [1, 1, 3, 7]
    assert (slopes.sum() - scores_without(Linear(), part, weights)).tolist() == [1, 1, 3, 7]


def test_the_answer_does_not_mind_how_the_molecule_is_written():
    experiment = trained({"layer": "GINE", "atoms": "rich"})
    mol = read_molecule(NITRO)
    first = ask(mol, experiment)
    for _ in range(5):
        again = ask(read_molecule(Chem.MolToSmiles(mol, doRandom=True)), experiment)
        assert np.allclose(again.answer, first.answer, atol=1e-5)
        assert np.allclose(np.sort(again.slopes), np.sort(first.slopes), atol=1e-4)
        assert np.allclose(np.sort(again.left_out), np.sort(first.left_out), atol=1e-4)


def test_the_score_by_hand():
    assert weights_of(torch.tensor([3.0])).tolist() == [1]
    assert weights_of(torch.tensor([3.0, 1.0])).tolist() == [-1, 1]
    assert weights_of(torch.tensor([0.0, 2.0, 1.0])).tolist() == [-0.5, 1, -0.5]


def test_a_place_is_found_by_the_map_of_the_others():
    generator = np.random.default_rng(0)
    h, way = generator.normal(size=(40, 6)), generator.normal(size=(6, 2))
    assert np.allclose(placed(h, h @ way, h[7] * 3), h[7] @ way * 3)


def test_rank_agreement_by_hand():
    one = np.array([1.0, 2.0, 3.0, 4.0])
    assert rank_agreement(one, one**3) == pytest.approx(1)
    assert rank_agreement(one, -one) == pytest.approx(-1)
    assert np.isnan(rank_agreement(one, np.ones(4)))
    assert np.isnan(rank_agreement(one[:1], one[:1]))
    assert rank_agreement(np.array([1.0, 2, 3, np.nan]), np.array([1.0, 2, 3, -9])) == pytest.approx(1)
    tied = rank_agreement(np.array([1.0, 1.0 + 1e-9, 5.0]), np.array([2.0, 1.0, 3.0]))
    assert tied == pytest.approx(np.corrcoef([1.5, 1.5, 3], [2, 1, 3])[0, 1])


def test_own_molecules_are_learnt_asked_about_and_travel():
    experiment = trained({"data": "own molecules", "layer": "GIN", "readout": "sum", "learning_rate": 0.01}, OWN, 150)
    said = ask(read_molecule("CCCCCO"), experiment)
    assert said.class_names == ("N", "O", "F")
    assert said.speaks_for == "O"
    back = material_of(files_of(experiment.material))
    assert back == {"own": OWN}


@pytest.mark.parametrize(
    "change",
    [{"classes": (0, 1)}, {"classes": (), "class_names": ()}, {"classes": (9,) * 30}, {"smiles": ("CC(",) * 30}],
)
def test_a_damaged_file_of_molecules_is_refused(change):
    kept = OwnMolecules(**{**vars(OWN), **change})
    with pytest.raises(DataError, match="damaged"):
        material_of(files_of({"own": kept}))


NUMBERS = OwnMolecules(OWN.smiles, numbers=tuple(index / 7 for index in range(30)), target_name='a “quoted” "name"')


@pytest.mark.parametrize("own", [OWN, NUMBERS], ids=["classes", "numbers"])
def test_own_molecules_are_in_the_program_which_gives_the_same_numbers(own):
    settings = GNNSettings(data="own molecules", batch_size=8)
    run = train(Run(lambda settings: GNNExperiment(settings, own), settings), FEW)
    text = program("gnn", run).script()
    assert "CCCCCO" in text
    assert largest_difference(rows_of(text), run) <= 1e-6
    assert_tidy(text)
