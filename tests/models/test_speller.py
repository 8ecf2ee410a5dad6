"""The speller: its formulas worked out in numpy, on real weights and on fresh ones, and what must not matter to it."""

import numpy as np
import pytest
import torch
from torch import nn

from data.extras import weights_file
from experiments.pretrained_speller import LONGEST_SAID, OF_G2P, letters_of, speller
from models.speller import PAD, Speller

WORDS = ("knight", "xylophone", "a", "queueing")


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def cell(x: np.ndarray, h: np.ndarray, of: list[np.ndarray]) -> np.ndarray:
    """One step of a GRU for one word; the reset gate stands behind the product with the state."""
    from_x, from_h = of[0] @ x + of[2], of[1] @ h + of[3]
    (r_x, z_x, n_x), (r_h, z_h, n_h) = np.split(from_x, 3), np.split(from_h, 3)
    r, z = sigmoid(r_x + r_h), sigmoid(z_x + z_h)
    return (1 - z) * np.tanh(n_x + r * n_h) + z * h


def by_hand(word: str) -> list[str]:
    """What the file's weights say of a word, without torch."""
    with np.load(weights_file("speller"), allow_pickle=False) as saved:
        file = {name: saved[name].astype(np.float64) for name in saved.files}
    halves = {half: [file[f"{half}_{part}"] for part in ("w_ih", "w_hh", "b_ih", "b_hh")] for half in ("enc", "dec")}
    state = np.zeros(file["enc_w_hh"].shape[1])
    said: list[str] = []
    for number in [*(ord(letter) - ord("a") + 3 for letter in word), 2]:
        state = cell(file["enc_emb"][number], state, halves["enc"])
    number = 2
    while len(said) < LONGEST_SAID:
        state = cell(file["dec_emb"][number], state, halves["dec"])
        number = int((file["fc_w"] @ state + file["fc_b"]).argmax())
        if number == 3:
            break
        said.append(OF_G2P.signs[number])
    return said


@pytest.mark.parametrize("word", ["knight", "xylophone", "fbi", "quandible", "zzzz", "a"])
def test_it_says_what_the_formulas_say(word: str) -> None:
    said, _ = speller().write(letters_of([word]), OF_G2P.start, OF_G2P.end, LONGEST_SAID)
    numbers = [number for number in said[0].tolist() if number != OF_G2P.end]
    assert [OF_G2P.signs[number] for number in numbers] == by_hand(word)


def test_one_step_worked_by_hand() -> None:
    """E = H = 1: r = σ(0.5), z = σ(−1), n = tanh(2·1 + r·0.3), h' = (1 − z)·n from a state of 0."""
    network = Speller(3, 3, 1, 1)
    with torch.no_grad():
        network.letters.weight[:] = 1.0
        for weight, values in zip(
            network.encoder.all_weights[0], ([0.5, -1.0, 2.0], [0.0] * 3, [0.0] * 3, [0, 0, 0.3]), strict=True
        ):
            weight.copy_(torch.tensor(values).reshape(weight.shape))
        state = network.encode(torch.tensor([[1]])).item()
    r, z = sigmoid(np.array(0.5)), sigmoid(np.array(-1.0))
    assert state == pytest.approx(float((1 - z) * np.tanh(2 + r * 0.3)), abs=1e-6)


def test_the_gates_written_out_are_those_of_pytorch() -> None:
    network, letters = speller(), letters_of(["photograph"])
    gates = network.gates(letters)
    states, _ = network.encoder(network.letters(letters))
    torch.testing.assert_close(gates.hidden, states, rtol=1e-4, atol=1e-5)
    assert float(gates.update.min()) >= 0
    assert float(gates.update.max()) <= 1
    before = torch.cat([torch.zeros_like(states[:, :1]), states[:, :-1]], dim=1)
    mixed = (1 - gates.update) * gates.proposal + gates.update * before
    torch.testing.assert_close(mixed, states, rtol=1e-4, atol=1e-5)


def test_what_fills_up_a_word_changes_nothing() -> None:
    network = speller()
    together = network.encode(letters_of(WORDS))
    for number, word in enumerate(WORDS):
        torch.testing.assert_close(together[:, number], network.encode(letters_of([word]))[:, 0], rtol=1e-4, atol=1e-5)
    said, _ = network.write(letters_of(WORDS), OF_G2P.start, OF_G2P.end, LONGEST_SAID)
    for row, word in zip(said.tolist(), WORDS, strict=True):
        alone = network.write(letters_of([word]), OF_G2P.start, OF_G2P.end, LONGEST_SAID)[0][0].tolist()
        assert [number for number in row if number != PAD] == alone


def test_forced_and_free_agree_on_what_it_says_itself() -> None:
    """Given its own answer as the right one, the likeliest next phonemes are the same answer."""
    network, letters = speller(), letters_of(["thrizzy"])
    said, chances = network.write(letters, OF_G2P.start, OF_G2P.end, LONGEST_SAID)
    given = torch.cat([torch.tensor([[OF_G2P.start]]), said[:, :-1]], dim=1)
    logits = network(letters, given)
    assert logits.argmax(2).tolist() == said.tolist()
    torch.testing.assert_close(logits.softmax(2), chances, rtol=1e-4, atol=1e-5)


def test_it_stops_where_it_is_told() -> None:
    torch.manual_seed(0)
    network = Speller(29, 42, 8, 8)
    nn.init.constant_(network.fc.bias, 0.0)
    with torch.no_grad():
        network.fc.bias[2] = -1e9  # never says that the word is over
    said, chances = network.write(letters_of(["cat"]), 1, 2, 5)
    assert said.shape == (1, 5)
    assert chances.shape == (1, 5, 42)
    torch.testing.assert_close(chances.sum(2), torch.ones(1, 5))


def test_every_weight_learns() -> None:
    network = Speller(29, 42, 8, 8)
    network(letters_of(WORDS), torch.ones(4, 3, dtype=torch.int64)).sum().backward()
    assert all(weight.grad is not None for weight in network.parameters())
