"""What the page `lstm` says in formulas, and how it lays out the passages that were found."""

import numpy as np
import pytest
import torch

from experiments.lstm import LSTMExperiment
from experiments.lstm_inside import Recording
from experiments.lstm_search import Match
from experiments.lstm_settings import LSTMSettings
from ui.lstm_inside import equations
from ui.lstm_search import AFTER, BEFORE, aligned
from ui.words import tex


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("at", [0, 5])
def test_the_formula_ends_with_the_number_of_the_network(cell, at):
    torch.manual_seed(0)
    seen = LSTMExperiment(LSTMSettings(cell=cell)).observe()
    text = equations(seen, 3, at)
    assert f"= {tex(float(seen.of('hidden')[at, 3]))}" in text
    if cell == "lstm":
        assert f"= {tex(float(seen.of('cell')[at, 3]))}" in text


def test_passages_are_aligned_where_they_begin_and_empty_beyond_the_ends():
    symbols = tuple(chr(97 + step) for step in range(20))
    counts = np.arange(20)[None]
    recording = Recording((symbols,), {}, {})
    words, numbers = aligned(recording, counts, [Match(0, 3, 2, 1, 0), Match(0, 18, 2, 1, 0)])
    assert [line[BEFORE] for line in words] == ["d", "s"]
    assert words[0][: BEFORE - 3] == [""] * (BEFORE - 3)
    assert np.isnan(numbers[0, : BEFORE - 3]).all()
    assert numbers[0, BEFORE - 3 :].tolist() == list(range(AFTER + 3))
    assert words[1][BEFORE + 2 :] == [""] * (AFTER - 2)
