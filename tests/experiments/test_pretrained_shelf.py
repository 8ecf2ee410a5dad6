import threading

import pytest
import torch
from torch import nn

from data.dataset import DataError
from experiments.pretrained_shelf import memory, shared


def test_a_network_is_loaded_once_and_cannot_learn() -> None:
    loads = []

    def load() -> nn.Linear:
        loads.append(1)
        return nn.Linear(3, 2)

    found: list[nn.Linear] = []
    threads = [threading.Thread(target=lambda: found.append(shared("test: once", load))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(loads) == 1
    assert all(network is found[0] for network in found)
    assert not found[0].training
    assert not any(weight.requires_grad for weight in found[0].parameters())


def test_memory_is_counted_in_bytes_and_shared_weights_once() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Linear(4, 4, bias=False), nn.Linear(4, 4, bias=False)
            self.second.weight = self.first.weight
            self.register_buffer("mean", torch.zeros(2))

    shared("test: tied", Tied)
    assert memory()["test: tied"] == (16 + 2) * 4


def test_what_could_not_be_loaded_is_tried_again() -> None:
    def fail() -> nn.Linear:
        raise DataError("not there")

    with pytest.raises(DataError):
        shared("test: again", fail)
    assert isinstance(shared("test: again", lambda: nn.Linear(1, 1)), nn.Linear)


def test_loading_draws_no_random_numbers_so_that_the_first_run_of_a_process_is_like_all_others() -> None:
    state = torch.get_rng_state()
    shared("test: random", lambda: nn.Linear(3, 2))
    assert torch.equal(torch.get_rng_state(), state)
