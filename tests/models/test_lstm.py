"""The LSTM: as the lecture writes it, and its gates written out give the same numbers as PyTorch."""

import pytest
import torch

from models.lstm import SimpleLSTM


def test_the_lectures_network_has_the_lectures_parts():
    model = SimpleLSTM(50)
    assert (model.lstm.input_size, model.lstm.hidden_size, model.lstm.batch_first) == (128, 256, True)
    names = ["embed.weight", "lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0", "lstm.bias_hh_l0"]
    assert list(model.state_dict()) == [*names, "fc.weight", "fc.bias"]
    logits, (h, c) = model(torch.zeros(3, 7, dtype=torch.int64))
    assert logits.shape == (3, 7, 50)
    assert h.shape == c.shape == (1, 3, 256)


@pytest.mark.parametrize("takes_numbers", [False, True])
def test_the_gates_give_what_pytorch_gives(takes_numbers):
    model = SimpleLSTM(9, 4, 6, takes_numbers=takes_numbers)
    x = torch.rand(3, 8, 9) if takes_numbers else torch.randint(9, (3, 8))
    start, memory = model(x[:, :2])
    gates = model.gates(x[:, 2:], memory)
    outputs, (h, c) = model(x[:, 2:], memory)
    torch.testing.assert_close(model.fc(gates.hidden), outputs)
    torch.testing.assert_close(gates.hidden[:, -1], h[0])
    torch.testing.assert_close(gates.cell[:, -1], c[0])
    torch.testing.assert_close(gates.hidden, gates.output * gates.cell.tanh())
    from_zero = model.gates(x[:, :2])
    torch.testing.assert_close(model.fc(from_zero.hidden), start)


def test_the_forget_bias_opens_the_gate():
    model = SimpleLSTM(9, 4, 6, forget_bias=3)
    bias = model.lstm.bias_ih_l0 + model.lstm.bias_hh_l0
    assert bias[6:12].tolist() == [3.0] * 6
    assert bias[:6].abs().max() < 1
    x = torch.randint(9, (3, 8))
    assert model.gates(x).forget.min() > 0.8


def test_it_does_not_see_the_future():
    model, x = SimpleLSTM(9, 4, 6), torch.randint(9, (3, 8))
    changed = x.clone()
    changed[:, 5:] = (changed[:, 5:] + 1) % 9
    assert torch.equal(model(x)[0][:, :5], model(changed)[0][:, :5])
