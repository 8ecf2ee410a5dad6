"""The page `rnn` below the surface: what is observed is what the network says, and gradients are those of autograd."""

import numpy as np
import pytest
import torch

from data.synthetic import Sequences
from experiments.rnn import RNNExperiment
from experiments.rnn_inside import FRESH, NOW, forgetting, fresh_spectra, one_step
from experiments.rnn_lessons import SEASONAL_NAIVE
from experiments.rnn_settings import RNNSettings
from experiments.sequence_experiment import chosen
from experiments.sequence_inside import KINDS, LENGTHS, batch_gradient, by_lag, next_symbols, spectra, time_by_length
from experiments.sequence_own import files_of, material_of
from experiments.sequence_watching import COPIED, copies
from experiments.sequences import Own
from models.rnn import ManualStackedRNN


def build(own=None, **changes):
    torch.manual_seed(0)
    return RNNExperiment(RNNSettings(**changes), own)


def test_gradients_back_by_hand():
    """One unit with weight u and no bend to speak of: the gradient falls by u at each step back."""
    experiment = build(task="sine", seq_len=6, hidden_dim=2, embed_dim=2)
    model = experiment.model
    with torch.no_grad():
        for weight in experiment.parameters():
            weight.mul_(1e-3)
        model.rnn.weight_hh_l0.copy_(0.5 * torch.eye(2))
    batch = Sequences(*(part[:4] for part in experiment.task.test))
    found = by_lag(experiment.read, experiment.task, batch)
    assert len(found) == 5
    np.testing.assert_allclose(found[1:] / found[:-1], 0.5, rtol=1e-3)


@pytest.mark.parametrize("settings", [{}, {"cell": "gru"}, {"num_layers": 2}, {"task": "sine"}, {"task": "Alice"}])
def test_forgetting_is_measured_for_all_cells_and_changes_nothing(settings):
    experiment = build(hidden_dim=4, **settings)
    experiment.step()
    random, task = torch.get_rng_state(), experiment.task
    gradients = [weight.grad.clone() for weight in experiment.parameters()]
    found = forgetting(experiment, 8)
    assert set(found) == {*FRESH, NOW}
    assert all(values.shape == (7,) and (values > 0).all() for values in found.values())
    assert experiment.task is task
    assert torch.equal(torch.get_rng_state(), random)
    assert all(map(torch.equal, gradients, (weight.grad for weight in experiment.parameters())))


def test_an_orthogonal_start_lets_more_gradient_through():
    found = forgetting(build(), 25)
    left = {name: values[-1] / values[0] for name, values in found.items()}
    assert left["RNN, orthogonal start"] > 100 * left["RNN, default start"]
    assert left["LSTM, forget bias 2"] > 100 * left["LSTM"]


def test_spectra_at_the_start_are_those_of_the_first_weights():
    experiment = build(initialisation="orthogonal", spectral_radius=0.7)
    first = spectra(experiment.model.layers[0])[0]
    for _ in range(5):
        experiment.step()
    again = fresh_spectra(experiment, 0)[0]
    np.testing.assert_array_equal(np.sort(first.real), np.sort(again.real))
    assert again.radius == pytest.approx(0.7, rel=1e-4)
    assert spectra(experiment.model.layers[0])[0].radius != pytest.approx(0.7, rel=1e-4)
    assert len(spectra(build(cell="gru").model.layers[0])) == 3


@pytest.mark.parametrize("at", [0, 5])
def test_the_numbers_of_a_step_add_up(at):
    experiment = build()
    step = one_step(experiment, at, 3)
    assert np.tanh(step.total) == pytest.approx(step.value, abs=1e-6)
    assert step.from_read.sum() + step.from_memory.sum() + step.bias == pytest.approx(step.total, abs=1e-5)
    assert step.value == pytest.approx(experiment.observe().states[at, 3], abs=1e-6)


@pytest.mark.parametrize("at", [0, 5])
def test_the_gates_of_a_step_add_up(at):
    step = one_step(build(cell="gru"), at, 3)
    z = step.parts["update"]
    mixed = z * step.parts["before"] + (1 - z) * step.parts["proposal"]
    assert mixed == pytest.approx(step.value, abs=1e-6)


def test_clipping_shortens_the_gradient():
    experiment = build(clip=0.01)
    assert batch_gradient(experiment) > 0.01
    experiment.step()
    length = torch.cat([weight.grad.flatten() for weight in experiment.parameters()]).norm()
    assert length.item() == pytest.approx(0.01, rel=1e-3)


@pytest.mark.parametrize("cell", ["rnn", "gru"])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_a_short_reach_changes_the_gradient_and_not_the_outputs(cell, num_layers):
    losses, gradients = [], []
    for reach in (0, 4):
        experiment = build(task="memory", bptt=reach, cell=cell, num_layers=num_layers, clip=0.0)
        torch.manual_seed(1)
        batch = experiment.next_batch()
        loss = experiment.loss(experiment._outputs_of_pieces(batch.inputs), batch)
        loss.backward()
        losses.append(loss.item())
        gradients.append(torch.cat([weight.grad.flatten() for weight in experiment.parameters()]))
    assert losses[0] == pytest.approx(losses[1], abs=1e-5)
    assert not torch.allclose(*gradients)


def test_layers_above_one_are_the_lectures_stack():
    model = build(num_layers=3).model
    assert isinstance(model, ManualStackedRNN)
    assert len(model.rnns) == 3


def test_the_memories_are_those_behind_the_answers():
    for num_layers in (1, 2):
        experiment = build(num_layers=num_layers)
        x = experiment.task.test.inputs[:3]
        states = experiment.memories(x)
        states = states.relu() if num_layers > 1 else states
        torch.testing.assert_close(experiment.model.fc(states), experiment.read(x)[0])


def test_a_forecast_goes_on_with_its_own_answers():
    for learns_changes in (False, True):
        experiment = build(task="sunspots", learns_changes=learns_changes)
        task = experiment.task
        first = experiment.forecast()[:, 0]
        known = task.z[task.origins[0] - task.seq_len : task.origins[0]][None, :, None]
        said = experiment.read(known)[0][0, -1, 0] * task.scale + task.mean
        said = said + task.series.values[task.origins[0] - 1] * learns_changes
        assert first[0, 0].item() == pytest.approx(said.item(), rel=1e-4)
        paths = experiment.forecast(5, 0.3)
        torch.testing.assert_close(paths[:, 0], first, rtol=1e-4, atol=1e-2)
        assert not torch.allclose(paths[:, 1], paths[:, 2])


def test_a_cold_choice_is_the_likeliest_and_a_few_are_chosen_among():
    logits, generator = torch.tensor([0.0, 3.0, 1.0, 2.0]), torch.Generator().manual_seed(0)
    assert chosen(logits, 0.0, 0, generator) == 1
    drawn = {int(chosen(logits, 2.0, 2, generator)) for _ in range(200)}
    assert drawn == {1, 3}
    assert {int(chosen(logits, 5.0, 0, generator)) for _ in range(200)} == {0, 1, 2, 3}


def test_copies_are_found():
    corpus = "\nAnna\nthe quick brown fox jumps over the lazy dog"
    is_copied, longest = copies("xx the quick brown fox yy", corpus)
    assert longest == "the quick brown fox "
    assert "".join(sign for sign, mark in zip("xx the quick brown fox yy", is_copied, strict=True) if mark) == longest
    assert len(longest) >= COPIED
    names, _ = copies("Anna\nAnn\n", corpus)
    assert names.tolist() == [True] * 4 + [False] * 5


def test_the_chances_of_the_next_symbol_are_those_written_with():
    experiment = build(task="Alice", top_k=3, temperature=0.5)
    names, chances = next_symbols(experiment, "Alice was ")
    assert len(names) == 10
    assert chances[:3].sum() == pytest.approx(1, abs=1e-5)
    cold = build(task="Alice", temperature=0.0)
    assert next_symbols(cold, "Alice")[1][0] == 1
    assert (
        cold.write(cold.task.text.numbers("Alice"), 1, 0.0, 0).tolist()
        == cold.task.text.numbers(next_symbols(cold, "Alice")[0][0]).tolist()
    )


def test_a_prompt_of_unknown_letters_still_writes():
    composed = build(task="baby names").compose("日本", 5)
    assert len(composed.text) == 5


def test_time_is_measured_for_every_reader():
    found = time_by_length(4, 2)
    assert set(found) == set(KINDS)
    assert all(len(values) == len(LENGTHS) for values in found.values())
    assert all(np.isfinite(values[0]) for values in found.values())


def test_what_was_brought_goes_into_files_and_comes_back():
    own = Own(text="Schöne Grüße\n" * 20, text_name="a", numbers=(1.0, 2.5), numbers_name="b", report=("Done.",))
    assert material_of(files_of({"own": own})) == {"own": own}
    assert files_of({}) == {}
    assert material_of({}) == {}


def test_own_text_and_column_are_learnt_from():
    text = build(Own(text="some words to read again and again, " * 20), task="own text")
    text.step()
    assert text.observe().written is not None
    assert text.material["own"].text.startswith("some")
    column = build(Own(numbers=tuple(float(i % 7) for i in range(90))), task="own column", seq_len=8)
    column.step()
    assert column.observe().forecast.errors["seasonal naive"] == 0


def test_the_error_that_the_lesson_compares_with_is_the_one_that_the_page_draws():
    errors = build(task="sunspots").observe().forecast.errors
    assert errors["seasonal naive"] == pytest.approx(SEASONAL_NAIVE, abs=0.05)
