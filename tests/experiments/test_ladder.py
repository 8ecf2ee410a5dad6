"""The ladder: every rung learns the same names, and each sees what it says it sees."""

import math

import pytest
import torch

from experiments.ladder import LENGTH, RUNGS, WINDOW, LadderExperiment, LadderSettings, ladder_entrants, names_task
from experiments.leak_test import logits_of, moved_logits
from models.window import Bigram, WindowMLP
from training.lessons import run_trial
from training.run import Run

SMALL = {"embed_dim": 8, "hidden_dim": 8, "batch_size": 8, "seq_len": 8}


@pytest.mark.parametrize("rung", RUNGS)
def test_it_learns_and_is_measured_in_nats_and_bits(rung):
    run = Run(LadderExperiment, LadderSettings(rung=rung, learning_rate=0.05 if rung == "bigram" else 0.01, **SMALL))
    numbers = run_trial(run, 40)
    assert numbers["test_loss"] < 0.85 * numbers["first_test_loss"]
    assert numbers["bits_per_character"] == pytest.approx(numbers["test_loss"] / math.log(2))
    weights = run.experiment.parameters()
    assert run.experiment.num_parameters == sum(weight.numel() for weight in weights)
    assert all(weight.grad is not None for weight in weights)


def test_all_rungs_read_the_same_with_as_many_letters():
    settings = [entrant.settings for entrant in ladder_entrants()]
    assert [one.rung for one in settings] == list(RUNGS)
    assert {(one.task, one.seq_len, one.batch_size, one.seed) for one in settings} == {("baby names", LENGTH, 32, 0)}


@pytest.mark.parametrize(("network", "reach"), [(Bigram(9), 1), (WindowMLP(9, 4, 8, WINDOW), WINDOW)])
def test_a_letter_moves_as_many_answers_as_the_window_is_long(network, reach):
    tokens = torch.tensor([1, 5, 2, 8, 0, 3, 3, 7])
    moved = moved_logits(network, tokens, 9) != 0
    for answer in range(8):
        assert moved[answer].nonzero()[0].tolist() == list(range(max(0, answer - reach + 1), answer + 1))


def test_the_table_of_pairs_answers_with_its_rows():
    torch.manual_seed(0)
    network = Bigram(4)
    tokens = torch.tensor([2, 0, 2])
    assert torch.equal(logits_of(network, tokens), network.table.weight[tokens])


def test_the_window_by_hand():
    torch.manual_seed(0)
    network = WindowMLP(5, 3, 4, window=2)
    x = torch.tensor([[4, 1, 3]])
    table = network.embed.weight
    for place, pair in enumerate([torch.zeros(3), table[4], table[1]]):
        wanted = network.fc(network.hidden(torch.cat([pair, table[x[0, place]]])).tanh())
        torch.testing.assert_close(network(x)[0, place], wanted)


def test_a_table_of_pairs_comes_to_what_counting_costs():
    task = names_task()
    assert task.baselines["bigram"] < task.baselines["unigram"] < task.baselines["ln V"]
    run = Run(LadderExperiment, LadderSettings(rung="bigram", learning_rate=0.05))
    numbers = run_trial(run, 150)
    assert numbers["test_loss"] == pytest.approx(task.baselines["bigram"], abs=0.06)
