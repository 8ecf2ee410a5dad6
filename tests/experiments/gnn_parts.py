"""Small graphs and stand-ins for what the page `gnn` shows, for the tests of the parts below its picture."""

from types import SimpleNamespace
from typing import Any

import torch

from data.graphs import Graphs, Part, joined
from experiments.gnn_settings import GNNSettings
from models.gnn import SimpleGNN

LAYERS = ("GCN", "GraphSAGE", "GIN", "GINE", "GAT", "NNConv")
BONDS = ("single", "double")


def links(*pairs: tuple[int, int]) -> torch.Tensor:
    """(2, e) each pair in both directions."""
    return torch.tensor([*pairs, *((b, a) for a, b in pairs)], dtype=torch.int64).T.reshape(2, -1)


def path(length: int, width: int = 3) -> Part:
    edges = links(*((node, node + 1) for node in range(length - 1)))
    x = torch.randn(length, width, generator=torch.manual_seed(1))
    return Part(x, edges, _bonds(edges))


def ring_with_tail(width: int = 5) -> Part:
    """A ring of five with a tail of three, and one node that is linked to nobody."""
    edges = links((0, 1), (1, 2), (2, 3), (3, 4), (4, 0), (4, 5), (5, 6), (6, 7))
    return Part(torch.randn(9, width, generator=torch.manual_seed(2)), edges, _bonds(edges))


def _bonds(edges: torch.Tensor) -> torch.Tensor:
    """Single and double by turns, the same in both directions."""
    return torch.nn.functional.one_hot(edges.sum(0) % 2, 2).float()


def network(layer: Any, part: Part, **more: Any) -> SimpleGNN:
    """A network that has read the graph once in training, so that running statistics are not those of a fresh one."""
    torch.manual_seed(0)
    keywords: dict[str, Any] = {"num_layers": 3, "edge_dim": part.edge_attr.shape[1], **more}
    model = SimpleGNN(part.x.shape[1], 16, layer=layer, **keywords)
    model(part.x, part.edge_index, torch.zeros(len(part.x), dtype=torch.int64), part.edge_attr)
    return model


def stand_in(model: SimpleGNN, *parts: Part, **settings: Any) -> Any:
    """What the parts below the picture ask of an experiment, for graphs that are given."""
    number, width = len(parts), parts[0].x.shape[1]
    graphs = Graphs(
        name="made here",
        level="graph",
        task="classification",
        **joined(parts)._asdict(),
        y=torch.arange(number) % 2,
        is_train=torch.ones(number, dtype=torch.bool),
        is_test=torch.zeros(number, dtype=torch.bool),
        feature_names=tuple(f"input {place + 1}" for place in range(width)),
        edge_names=BONDS[: parts[0].edge_attr.shape[1]],
        class_names=("a", "b"),
        target_name="kind",
        labels=tuple(f"graph {place + 1}" for place in range(number)),
    )
    chosen = GNNSettings(num_layers=len(model.convs), **settings)
    return SimpleNamespace(graphs=graphs, model=model, settings=chosen, device=torch.device("cpu"))
