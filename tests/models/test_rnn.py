"""The recurrent networks: as the lecture writes them, equal to the formula, causal."""

import pytest
import torch

from models.rnn import CELLS, INITIALISATIONS, ManualStackedRNN, SimpleRNN


def test_the_lectures_network_has_the_lectures_parts():
    model = SimpleRNN(50)
    assert model.embed.weight.shape == (50, 128)
    assert (model.rnn.input_size, model.rnn.hidden_size, model.rnn.batch_first) == (128, 256, True)
    assert model.fc.weight.shape == (50, 256)
    names = ["embed.weight", "rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0"]
    assert list(model.state_dict()) == [*names, "fc.weight", "fc.bias"]
    logits, hidden = model(torch.zeros(3, 7, dtype=torch.int64))
    assert logits.shape == (3, 7, 50)
    assert hidden.shape == (1, 3, 256)


def test_the_lectures_stack_has_the_lectures_parts():
    model = ManualStackedRNN(50)
    assert [(rnn.input_size, rnn.hidden_size) for rnn in model.rnns] == [(128, 128), (128, 256), (256, 256)]
    assert isinstance(model.activ, torch.nn.ReLU)
    assert model(torch.zeros(3, 7, dtype=torch.int64)).shape == (3, 7, 50)


def test_a_step_by_hand():
    """One unit: h = tanh(w x + u h + b), answers 2 h."""
    model = SimpleRNN(1, 1, 1, takes_numbers=True)
    values = {"embed.weight": 1, "embed.bias": 0, "rnn.weight_ih_l0": 0.5, "rnn.weight_hh_l0": -1, "fc.weight": 2}
    values |= {"rnn.bias_ih_l0": 0.25, "rnn.bias_hh_l0": 0, "fc.bias": 0}
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.fill_(values[name])
    outputs, hidden = model(torch.tensor([[[0.5], [1.0]]]))
    first = torch.tanh(torch.tensor(0.5 * 0.5 + 0.25))
    second = torch.tanh(0.5 * 1.0 - first + 0.25)
    torch.testing.assert_close(outputs[0, :, 0], 2 * torch.stack([first, second]))
    torch.testing.assert_close(hidden[0, 0, 0], second)


def networks(**options):
    yield SimpleRNN(9, 4, 6, **options)
    yield ManualStackedRNN(9, 4, (6, 5), **options)


@pytest.mark.parametrize("cell", CELLS)
def test_no_network_sees_the_future(cell):
    torch.manual_seed(0)  # a stack ends in a ReLU, and few units may all be silent
    x = torch.randint(9, (3, 8))
    for model in networks(cell=cell):
        first = model(x)
        changed = x.clone()
        changed[:, 5:] = (changed[:, 5:] + 1) % 9
        second = model(changed)
        first, second = (out[0] if isinstance(out, tuple) else out for out in (first, second))
        assert torch.equal(first[:, :5], second[:, :5])
        assert not torch.equal(first[:, 5:], second[:, 5:])


@pytest.mark.parametrize("cell", CELLS)
def test_a_sequence_can_be_read_in_pieces(cell):
    x = torch.randint(9, (3, 8))
    for model in networks(cell=cell):
        read = model.read_on if isinstance(model, ManualStackedRNN) else model
        whole, after = read(x)
        start, memory = read(x[:, :3])
        end, last = read(x[:, 3:], memory)
        torch.testing.assert_close(torch.cat([start, end], 1), whole)
        torch.testing.assert_close(last, after)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("scheme", [scheme for scheme in INITIALISATIONS if scheme != "default"])
def test_the_spectral_radius_is_the_one_asked_for(cell, scheme):
    for model in networks(cell=cell, initialisation=scheme, spectral_radius=0.7):
        for rnn in model.layers:
            for matrix in rnn.weight_hh_l0.split(rnn.hidden_size):
                assert torch.linalg.eigvals(matrix).abs().max().item() == pytest.approx(0.7, rel=1e-4)


def test_the_default_start_is_that_of_pytorch():
    torch.manual_seed(0)
    ours = SimpleRNN(9, 4, 6)
    torch.manual_seed(0)
    theirs = [torch.nn.Embedding(9, 4), torch.nn.RNN(4, 6, batch_first=True), torch.nn.Linear(6, 9)]
    expected = [parameter for part in theirs for parameter in part.parameters()]
    assert all(map(torch.equal, ours.parameters(), expected))


def test_an_unknown_start_is_refused():
    with pytest.raises(ValueError, match="best"):
        SimpleRNN(9, initialisation="best")


def test_numbers_go_in_and_come_out():
    for model in networks(takes_numbers=True, output_dim=2):
        outputs = model(torch.rand(3, 8, 9))
        assert (outputs[0] if isinstance(outputs, tuple) else outputs).shape == (3, 8, 2)
