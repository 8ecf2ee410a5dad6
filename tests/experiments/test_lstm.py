"""The experiment of the page `lstm`: what it shows of itself is what the network does."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from data.synthetic import Sequences
from experiments.lstm import LSTMExperiment
from experiments.lstm_observation import MOST_SHOWN, WINDOW, WORDS_WINDOW
from experiments.lstm_race import CLOSE, entrants, equal_settings, num_weights
from experiments.lstm_reading import one_step, read, start_state
from experiments.lstm_settings import LSTMSettings
from experiments.sequences import Own
from training.settings import SettingsError, knob_of

CELLS = ("lstm", "gru", "rnn")
TASKS = ("parentheses", "memory", "copy", "adding", "sine", "Alice", "sunspots")


def build(**changes):
    settings = LSTMSettings(**changes)
    torch.manual_seed(settings.seed)
    return LSTMExperiment(settings)


# ---- reading step by step ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", CELLS)
@torch.no_grad()
def test_step_by_step_gives_what_pytorch_gives(cell):
    experiment = build(cell=cell, task="memory", seq_len=10)
    inputs = experiment.task.test.inputs[:5]
    found = read(experiment.model, inputs)
    out, _ = experiment.model.layers[0](experiment.model.embed(inputs))
    torch.testing.assert_close(found["hidden"], out)


@torch.no_grad()
def test_the_gates_are_those_of_the_model():
    experiment = build(task="memory", seq_len=10)
    inputs = experiment.task.test.inputs[:5]
    found, gates = read(experiment.model, inputs), experiment.model.gates(inputs)
    for name in ("input", "forget", "proposal", "output", "cell", "hidden"):
        torch.testing.assert_close(found[name], getattr(gates, name))


@torch.no_grad()
def test_one_step_by_hand():
    """One unit, no weights but the biases: i = σ(0), f = σ(ln 3) = 3/4, g = tanh(1), o = σ(0), and c was 2."""
    experiment = build(hidden_dim=2)
    for parameter in experiment.model.lstm.parameters():
        parameter.zero_()
    experiment.model.lstm.bias_ih_l0[2:4] = math.log(3)
    experiment.model.lstm.bias_ih_l0[4:6] = 1.0
    embedded = torch.zeros(1, experiment.settings.embed_dim)
    before = {"hidden": torch.zeros(1, 2), "cell": torch.full((1, 2), 2.0)}
    found = one_step(experiment.model, embedded, before)
    c = 0.75 * 2 + 0.5 * math.tanh(1)
    assert found["cell"][0, 0].item() == pytest.approx(c)
    assert found["hidden"][0, 0].item() == pytest.approx(0.5 * math.tanh(c))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("step", [0, 7])
def test_the_parts_add_up_to_the_sum_and_the_sum_bends_to_the_value(cell, step):
    experiment = build(cell=cell, row=3)
    seen = experiment.observe()
    for part in experiment.parts(unit=2, step=step):
        assert part.from_symbol + part.from_hidden.sum() + part.bias == pytest.approx(part.sum, abs=1e-5)
        bent = 1 / (1 + math.exp(-part.sum)) if part.is_gate else math.tanh(part.sum)
        assert part.value == pytest.approx(bent, abs=1e-5)
        assert part.value == pytest.approx(float(seen.of(part.name)[step, 2]), abs=1e-5)


# ---- what is observed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", TASKS)
def test_a_window_is_the_same_as_that_part_of_the_whole(task):
    whole = build(task=task).observe()
    later = build(task=task, start=5).observe()
    assert later.start == min(5, max(0, whole.length - WINDOW))
    if later.start:
        np.testing.assert_allclose(later.values[:, :-5], whole.values[:, 5:], atol=1e-6)
        np.testing.assert_allclose(later.before, whole.of("hidden")[4], atol=1e-6)
        assert later.symbols[:-5] == whole.symbols[5:]


def test_many_units_are_shown_in_part_and_words_get_room():
    seen = build(task="Alice", level="word", hidden_dim=64).observe()
    assert seen.values.shape == (6, WORDS_WINDOW, MOST_SHOWN)
    assert seen.num_units == 64


def test_a_row_beyond_the_last_shows_the_last():
    seen = build(task="Alice", row=255, start=240).observe()
    assert seen.row == seen.num_rows - 1
    assert seen.start == seen.length - WINDOW


def test_only_where_something_is_asked_there_is_an_answer():
    seen = build(task="memory").observe()
    assert [bool(target) for target in seen.targets] == [False] * 19 + [True]
    assert seen.targets[-1] == seen.symbols[0]


def test_chances_add_up_to_one_at_most_and_the_first_is_what_it_says():
    seen = build(task="copy").observe()
    assert (seen.next_chances.sum(1) <= 1 + 1e-6).all()
    assert (np.diff(seen.next_chances, axis=1) <= 0).all()
    assert tuple(line[0] for line in seen.next_symbols) == seen.said


def test_a_text_of_ones_own_is_read_and_without_one_a_sentence_says_so():
    text = "the quick brown fox jumps over the lazy dog\n" * 40
    seen = LSTMExperiment(LSTMSettings(task="own text"), Own(text=text)).observe()
    assert "".join(seen.symbols).replace("␣", " ").replace("↵", "\n") in text
    with pytest.raises(SettingsError, match="paste"):
        build(task="own text")


@pytest.mark.parametrize("task", ["Alice", "baby names"])
def test_the_network_writes_on(task):
    experiment = build(task=task)
    known, text = experiment.composed("Al🂡", 30)
    assert (known, len(text)) == ("Al", 30)
    assert experiment.composed("Al", 30) == (known, text)


# ---- gradients -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cell", "memory"), [("lstm", "cell"), ("gru", "hidden"), ("rnn", "hidden")])
def test_the_gradient_of_the_memory_is_the_slope_of_the_loss(cell, memory):
    """Moves the memory a little, three steps before the end, and looks at the loss."""
    experiment = build(cell=cell, task="memory", seq_len=8, hidden_dim=4)
    experiment.task.test = Sequences(*(part[:1] for part in experiment.task.test))
    model, (inputs, targets, _) = experiment.model.double(), experiment.task.test

    @torch.no_grad()
    def loss(nudge):
        embedded = model.embed(inputs)
        states = start_state(model, 1, embedded)
        for t in range(8):
            states = one_step(model, embedded[:, t], states)
            if t == 4:
                states[memory] = states[memory] + nudge
                if cell == "lstm":  # what is shown of the cell moves with it
                    states["hidden"] = states["output"] * states["cell"].tanh()
        return F.cross_entropy(model.fc(states["hidden"]), targets[:, -1]).item()

    step = 1e-5
    nudges = torch.eye(4, dtype=torch.float64) * step
    slopes = [(loss(nudge) - loss(-nudge)) / (2 * step) for nudge in nudges]
    assert experiment.gradients()[3] == pytest.approx(math.hypot(*slopes), rel=1e-4)


def test_an_open_gate_lets_the_gradient_through_and_a_closed_one_does_not():
    kept = {}
    for bias in (-6.0, 1.0, 5.0):
        found = build(task="memory", forget_bias=bias).gradients()
        kept[bias] = found[-1] / found[0]
    assert kept[-6.0] < 1e-6 < kept[1.0] < 0.2 < kept[5.0]


def test_looking_at_fresh_networks_draws_no_random_numbers_and_changes_nothing():
    experiment = build()
    experiment.step()
    random, kept = torch.get_rng_state(), [weight.grad.clone() for weight in experiment.parameters()]
    fresh = experiment.gradients_at_the_start("rnn")
    np.testing.assert_array_equal(fresh, experiment.gradients_at_the_start("rnn"))
    experiment.gradients()
    assert torch.equal(torch.get_rng_state(), random)
    assert all(torch.equal(weight.grad, before) for weight, before in zip(experiment.parameters(), kept, strict=True))


def test_what_the_page_says_of_the_forget_bias_is_so():
    """A thirty-thousandth, a hundredth and a half are left of a memory after 15 steps."""
    left = {bias: torch.sigmoid(torch.tensor(bias)).item() ** 15 for bias in (0.0, 1.0, 3.0)}
    assert 1 / left[0.0] == pytest.approx(30_000, rel=0.1)
    assert 1 / left[1.0] == pytest.approx(100, rel=0.12)
    assert left[3.0] == pytest.approx(0.5, abs=0.02)


# ---- the race ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("task", ["memory", "sunspots"])
def test_the_weights_are_counted_right(cell, task):
    experiment = build(cell=cell, task=task, hidden_dim=12)
    found = sum(parameter.numel() for parameter in experiment.parameters())
    sizes = {"num_inputs": experiment.task.num_inputs, "num_outputs": experiment.task.num_outputs}
    assert num_weights(cell, 8, 12, **sizes, reads_numbers=experiment.task.takes_numbers) == found


@pytest.mark.parametrize("hidden_dim", knob_of(LSTMSettings.model_fields["hidden_dim"])["ladder"])
@pytest.mark.parametrize("sizes", [(2, 8, False), (10, 10, False), (76, 76, False), (1, 1, True)], ids=str)
@pytest.mark.parametrize("embed_dim", [8, 32])
def test_all_entrants_have_as_many_weights(hidden_dim, sizes, embed_dim):
    settings = LSTMSettings(hidden_dim=hidden_dim, embed_dim=embed_dim)
    inputs, outputs, reads_numbers = sizes
    counts = [
        num_weights(
            one.cell, one.embed_dim, one.hidden_dim, num_inputs=inputs, num_outputs=outputs, reads_numbers=reads_numbers
        )
        for one in equal_settings(settings, *sizes)
    ]
    assert max(abs(count / counts[0] - 1) for count in counts) <= CLOSE


def test_the_entrants_differ_in_cell_and_width_only():
    settings = LSTMSettings(task="memory", seq_len=10)
    found = entrants(settings, None, 10, 10, reads_numbers=False)
    assert [one.settings.cell for one in found] == list(CELLS)
    for one in found:
        assert one.settings.changed(cell="lstm", hidden_dim=16, embed_dim=8) == settings
        assert str(one.settings.hidden_dim) in one.label
        one.build(one.settings).step()
