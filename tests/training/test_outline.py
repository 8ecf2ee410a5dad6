"""A network at every depth: parts add up, and shapes need no numbers."""

import pytest
import torch
from torch import Tensor, nn

from training.experiment import Network
from training.outline import outline


class Deep(nn.Module):
    """Two equal blocks in a list that is never called itself, and a layer after them."""

    def __init__(self, *, asks: bool = False) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([nn.Sequential(nn.Linear(4, 4), nn.Tanh()) for _ in range(2)])
        self.last = nn.Linear(4, 3)
        self.asks = asks

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return self.last(x[x[:, 0] > 0] if self.asks else x)


def test_an_outline_shows_parts_then_their_parts() -> None:
    found = outline(Network(Deep(), (torch.zeros(5, 4),)))
    assert [[(line.path, line.kind) for line in level] for level in found.levels] == [
        [("blocks", "ModuleList"), ("last", "Linear")],
        [("blocks.0", "Sequential"), ("blocks.1", "Sequential"), ("last", "Linear")],
        [("blocks.0.0", "Linear"), ("blocks.0.1", "Tanh"), ("blocks.1.0", "Linear"), ("blocks.1.1", "Tanh"),
         ("last", "Linear")],
    ]  # fmt: skip
    for level in found.levels:
        assert sum(line.num_parameters for line in level) == found.num_parameters == 2 * 20 + 15
        assert sum(line.num_macs for line in level) == found.num_macs == 5 * (2 * 16 + 12)
        assert (level[0].inputs, level[-1].outputs) == ("B × 4", "B × 3")
    assert found.levels[0][0].outputs == "B × 4"
    assert found.num_bytes == 4 * 55
    assert found.is_whole


@pytest.mark.parametrize("asks", [False, True])
def test_an_outline_needs_no_numbers_and_ends_where_they_are_asked_for(asks: bool) -> None:
    found = outline(Network(Deep(asks=asks).to("meta"), (torch.zeros(5, 4, device="meta"),)))
    real = outline(Network(Deep(), (torch.zeros(5, 4),)))
    assert found.is_whole is not asks
    shapes = [[(line.path, line.inputs, line.outputs) for line in level] for level in found.levels]
    expected = [[(line.path, line.inputs, line.outputs) for line in level] for level in real.levels]
    if asks:
        expected = [[*level[:-1], ("last", "", "")] for level in expected]
    assert shapes == expected
    assert found.num_parameters == real.num_parameters
