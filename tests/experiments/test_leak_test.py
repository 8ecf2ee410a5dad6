"""The leak test: causal networks do not see the future, the lecture's does; noise is learnt by cheating only."""

import copy
import math

import numpy as np
import pytest
import torch
from torch import nn

from experiments.leak_noise import LENGTH, NoiseExperiment, NoiseSettings, noise_entrants, noise_floors
from experiments.leak_test import companions, leak_test
from experiments.rnn import RNNExperiment
from experiments.rnn_settings import RNNSettings
from models.decoder import DecoderOnly, LeakyDecoderOnly
from models.lstm import SimpleLSTM
from models.rnn import ManualStackedRNN, SimpleRNN
from training.lessons import run_trial
from training.run import Run

V, TOKENS = 7, torch.tensor([0, 3, 6, 2, 2, 5])
SMALL = {"d_model": 8, "n_heads": 2, "n_layers": 2, "dim_feedforward": 16, "max_len": 6}
CAUSAL = {
    "decoder": lambda: DecoderOnly(V, **SMALL),
    "modern decoder": lambda: DecoderOnly(V, **SMALL, positions="RoPE", is_pre_norm=True, is_tied=True),
    "rnn": lambda: SimpleRNN(V, 8, 8),
    "gru": lambda: SimpleRNN(V, 8, 8, cell="gru"),
    "stack": lambda: ManualStackedRNN(V, 8, [8, 8]),
    "lstm": lambda: SimpleLSTM(V, 8, 8),
}


@pytest.mark.parametrize("name", CAUSAL)
def test_what_came_before_stays_to_the_last_bit(name):
    torch.manual_seed(0)
    leak = leak_test(name, CAUSAL[name](), TOKENS, V)
    assert leak.num_leaks == 0
    assert (np.triu(leak.moved, 1) == 0).all()
    assert (np.triu(leak.slopes, 1) == 0).all()
    assert (leak.moved.diagonal() > 0).all(), "the token itself counts"
    assert (leak.slopes.diagonal() > 0).all()


@pytest.mark.parametrize("is_pre_norm", [False, True])
def test_the_lectures_network_leaks_everywhere(is_pre_norm):
    torch.manual_seed(0)
    leak = leak_test("leaky", LeakyDecoderOnly(V, **SMALL, is_pre_norm=is_pre_norm), TOKENS, V)
    assert leak.num_leaks == 15


def test_a_single_forgotten_cell_of_the_mask_is_found():
    torch.manual_seed(0)
    network = DecoderOnly(V, **SMALL)
    network.mask[1, 4] = True
    leak = leak_test("one hole", network, TOKENS, V)
    assert leak.leaks[1, 4]
    assert leak.leaks[1:4, 4:].sum() >= 1
    assert not leak.leaks[0].any(), "the first place sees nobody else"


def test_the_slope_is_what_a_small_change_of_the_embedding_does():
    torch.manual_seed(0)
    network = SimpleRNN(V, 4, 4).double()
    leak = leak_test("rnn", network, TOKENS, V)
    before, _ = network(TOKENS[None])
    token, nudge = int(before[0, 4].argmax()), 1e-6
    changes = []
    for axis in range(4):
        with torch.no_grad():
            network.embed.weight[3, axis] += nudge  # token 3 stands at place 1 only
            changes.append((network(TOKENS[None])[0][0, 4, token] - before[0, 4, token]).item() / nudge)
            network.embed.weight[3, axis] -= nudge
    assert leak.slopes[4, 1] == pytest.approx(np.linalg.norm(changes), rel=1e-4)


def test_the_test_leaves_no_trace():
    torch.manual_seed(0)
    network = DecoderOnly(V, **SMALL).train()
    before, chance = {name: value.clone() for name, value in network.state_dict().items()}, torch.get_rng_state()
    leak_test("decoder", network, TOKENS, V)
    companions((1, 2, 3), V, 0)
    assert network.training
    assert all(weight.grad is None for weight in network.parameters())
    assert not any(module._forward_hooks for module in network.modules())
    assert torch.equal(chance, torch.get_rng_state())
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name])


def test_an_exploded_network_is_not_called_tight():
    network = SimpleRNN(V, 8, 8)
    nn.init.constant_(network.fc.weight, math.nan)
    assert not leak_test("broken", network, TOKENS, V).is_known


def test_a_network_without_embeddings_is_refused():
    with pytest.raises(ValueError, match=r"nn\.Embedding"):
        leak_test("numbers", SimpleRNN(3, 4, 4, takes_numbers=True), TOKENS, V)


def test_four_to_compare_with_of_which_one_leaks():
    leaks = {leak.label: leak.num_leaks for leak in companions((4, 1, 0, 2), V, 0)}
    assert leaks == {"DecoderOnly": 0, "LeakyDecoderOnly": 6, "SimpleRNN": 0, "SimpleLSTM": 0}


def test_a_network_that_learns_on_its_page_does_not_leak():
    run = Run(RNNExperiment, RNNSettings(task="memory", embed_dim=4, hidden_dim=8))
    run_trial(run, 20)
    model, num_symbols = run.experiment.model, len(run.experiment.task.symbols)
    assert leak_test("this network", model, TOKENS, num_symbols).num_leaks == 0


def test_noise_is_learnt_by_the_leaky_one_only():
    ends = {}
    for name, steps in (("causal", 30), ("leaky", 80)):
        run = Run(NoiseExperiment, NoiseSettings(network=name, num_symbols=4))
        ends[name] = run_trial(run, steps)["loss"]
    fair, cheat = noise_floors(4)
    assert fair == pytest.approx(math.log(4))
    assert fair - 0.1 < ends["causal"] < fair + 0.2, "nobody can do better who does not see the future"
    assert cheat * 0.5 < ends["leaky"] < 0.5 * fair, "only the last of the places is a guess"


def test_noise_runs_repeat_and_continue_from_their_state():
    one, two = (NoiseExperiment(NoiseSettings(network="leaky", num_symbols=3)) for _ in range(2))
    torch.manual_seed(1)
    for _ in range(3):
        one.step()
    two.load_state_dict(copy.deepcopy(one.state_dict()))
    for experiment in (one, two):
        torch.manual_seed(2)
        experiment.step()
    for mine, yours in zip(one.parameters(), two.parameters(), strict=True):
        assert torch.equal(mine, yours)
    assert two.num_steps == 4
    assert one.networks()["network"].inputs[0].shape == (1, LENGTH)


def test_both_read_the_same_noise():
    settings = [entrant.settings for entrant in noise_entrants(8)]
    assert [one.network for one in settings] == ["causal", "leaky"]
    assert {(one.num_symbols, one.seed) for one in settings} == {(8, 0)}
