"""What is undone leaves no trace; law tests over the catalog are in tests/experiments/test_looking.py."""

import torch

from tests.training.toy import Toy, ToySettings
from training.probe import undone


def test_whatever_is_done_is_undone() -> None:
    torch.manual_seed(0)
    toy = Toy(ToySettings())
    toy.step()
    before, random = toy.place.clone(), torch.get_rng_state()
    with undone(toy):
        for _ in range(5):
            toy.step()
        toy.novelty = 1
        assert not torch.equal(toy.place, before)
    assert torch.equal(toy.place, before)
    assert torch.equal(torch.get_rng_state(), random)
    assert toy.num_steps == 1
    assert not hasattr(toy, "novelty")
