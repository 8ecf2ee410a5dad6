"""The lecture's graph network: a training step of the page against a step of the lecture's loop, on real molecules."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch_geometric.loader import DataLoader
from torch_geometric.nn import GCNConv, global_mean_pool

from benchmarks.recurrent import fastest
from benchmarks.rows import Row, at_least, told
from data.molecules import load_molecules, smiles_to_graph
from experiments.gnn import GNNExperiment
from experiments.gnn_settings import GNNSettings
from training.memory import keep_memory

BATCH_SIZE: Final = 32
RATE: Final = 1e-3
HOW: Final = "mutagenicity, ten kinds of atoms, two layers of 64, batches of 32; the fastest steps"


class LectureGNN(nn.Module):
    """What the lecture writes."""

    def __init__(self, in_channels: int) -> None:
        """Makes the layers of the lecture's size."""
        super().__init__()
        self.conv1, self.conv2 = GCNConv(in_channels, 64), GCNConv(64, 64)
        self.lin = nn.Linear(64, 2)

    def forward(self, x: Tensor, edge_index: Tensor, batch: Tensor) -> Tensor:
        """Nodes, edges and the graph of each node to logits."""
        x = F.relu(self.conv1(x, edge_index))
        x = F.relu(self.conv2(x, edge_index))
        logits: Tensor = self.lin(global_mean_pool(x, batch))
        return logits


def lecture_loop() -> Iterator[None]:
    """The lecture's loop, one step at a time."""
    molecules = load_molecules("mutagenicity", "ten types")
    rows = molecules.is_train.nonzero()[:, 0].tolist()
    graphs = [smiles_to_graph(molecules.labels[row], int(molecules.y[row])) for row in rows]
    model = LectureGNN(molecules.x.shape[1])
    optimizer, criterion = torch.optim.Adam(model.parameters(), lr=RATE), nn.CrossEntropyLoss()
    total = 0.0
    while True:
        for batch in DataLoader(graphs, batch_size=BATCH_SIZE, shuffle=True):
            optimizer.zero_grad()
            loss: Tensor = criterion(model(batch.x, batch.edge_index, batch.batch), batch.y)
            loss.backward()
            optimizer.step()
            total += loss.item()
            yield


def measure(*, is_quick: bool) -> list[Row]:
    """How many times as fast a step is here."""
    torch.set_num_threads(1)
    seconds = 4.0 if is_quick else 16.0
    lecture = partial(next, lecture_loop())
    plain = fastest([lecture], seconds / 4)[0]
    keep_memory()  # cannot be taken back: the plain loop comes first
    page = GNNExperiment(GNNSettings(atoms="ten types", learning_rate=RATE, batch_size=BATCH_SIZE))
    edges = GNNExperiment(GNNSettings(layer="GINE", learning_rate=RATE, batch_size=BATCH_SIZE))
    kept, ours, flat = fastest([lecture, page.step, edges.step], seconds)
    return [
        at_least(2.5, "graphs: page against lecture", plain / ours, "x", HOW),
        told("graphs: page's step", 1000 * ours, "ms", "padded matrices, normalised once, fused Adam"),
        told("graphs: page's step with bonds", 1000 * flat, "ms", "GINE on rich atoms, cut out by index"),
        told("graphs: lecture's step", 1000 * plain, "ms", "torch-geometric's DataLoader, .item(), Adam"),
        told("graphs: lecture's step, memory kept", 1000 * kept, "ms", "the same, with the page's memory setting"),
    ]
