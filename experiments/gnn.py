"""The experiment behind the page `gnn`: a network that reads graphs and tells something of each, or of each node."""

import math
from collections.abc import Mapping
from typing import Any, Final

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torch.nn import functional as F

from data.dataset import seeded, standardise
from data.graphs import Batch
from data.networks import OwnNetwork
from data.own_molecules import OwnMolecules
from experiments.gnn_batches import Padded, batches_of
from experiments.gnn_data import FILES, make_graphs
from experiments.gnn_depth import smoothness
from experiments.gnn_inside import AT_ONCE, Inside
from experiments.gnn_settings import OF_NODES, GNNSettings
from models.gnn import SimpleGNN
from training.device import choose_device
from training.experiment import Network
from training.findings import slower
from training.optimizers import make_optimizer, rate_at, update_optimizer

JUDGED: Final = 400  # graphs of the training part, and as many of the test, that the curves are measured on


class GNNExperiment(Inside):
    """A graph network that learns one task."""

    def __init__(
        self, settings: GNNSettings, own: OwnMolecules | None = None, network: OwnNetwork | None = None
    ) -> None:
        """Makes graphs, network and optimiser.

        Args:
            settings: what to build.
            own: the visitor's own molecules, for `own molecules`.
            network: the visitor's own network, for `own network`.

        Raises:
            SettingsError: if the visitor's own are asked for and there are none.
            DataError: if they cannot be used.
        """
        self.settings = settings
        self.device = choose_device(settings.device, is_small=True)
        self._own, self._network = own, network
        self.graphs = make_graphs(settings, own, network).to(self.device)
        self.batches = batches_of(self.graphs, settings.layer)
        self.target_mean, self.target_std = self._scale()
        self._y = self._scaled_targets()
        self.model = self.make_network().to(self.device)
        self._weights = list(self.model.parameters())
        self.optimizer = make_optimizer(self._weights, settings)
        self._learnt = self._rows_with(self.graphs.is_train)
        self.chunks = {"": self._chunks_with(self.graphs.is_train), "test_": self._chunks_with(self.graphs.is_test)}
        self._whole = self.batches.cut(self._learnt) if self.graphs.num_graphs == 1 else None
        self.num_steps = 0
        self._begin_epoch(0)

    def make_network(self) -> SimpleGNN:
        """The network that the settings ask for, with fresh weights."""
        settings, graphs = self.settings, self.graphs
        return SimpleGNN(
            graphs.x.shape[1],
            settings.hidden_channels,
            graphs.num_outputs,
            num_layers=settings.num_layers,
            layer=settings.layer,
            edge_dim=graphs.edge_attr.shape[1],
            readout="none" if settings.data in OF_NODES else settings.readout,
            is_residual=settings.is_residual,
            normalisation=settings.normalisation,
            dropout=settings.dropout,
        )

    def _scale(self) -> tuple[float, float]:
        """Mean and deviation of the numbers to predict, over the training part; classes stay as they are."""
        if self.graphs.task == "classification":
            return 0.0, 1.0
        mean, std = standardise(self.graphs.y[:, None], ~self.graphs.is_train)
        return mean.item(), std.item()

    def _scaled_targets(self) -> Tensor:
        if self.graphs.task == "classification":
            return self.graphs.y
        return (self.graphs.y - self.target_mean) / self.target_std

    def _rows_with(self, wanted: Bool[Tensor, " U"]) -> Int64[Tensor, " R"]:
        """The graphs that have an answer of this kind, or a node with one."""
        if self.graphs.level == "graph":
            return wanted.nonzero()[:, 0]
        starts = self.graphs.node_starts
        counted = torch.cat([wanted.new_zeros(1, dtype=torch.int64), wanted.cumsum(0)])  # (N + 1,)
        return (counted[starts[1:]] > counted[starts[:-1]]).nonzero()[:, 0]

    # ---- learning ----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One optimiser update on the next graphs."""
        rows = self.next_rows()
        cut = self.batches.cut(rows) if self._whole is None else self._whole
        loss = self.loss_of(*self.answered(self.read(cut), rows, cut, self.graphs.is_train))
        for weight in self._weights:  # what zero_grad does, without its bookkeeping
            weight.grad = None
        loss.backward()
        if self.settings.schedule != "constant":
            update_optimizer(self.optimizer, self.settings, self.num_steps)
        self.optimizer.step()
        self.num_steps += 1

    def read(self, cut: Padded | Batch) -> Float[Tensor, "U K"]:
        """The answers for some graphs, or for all their nodes."""
        if isinstance(cut, Padded):
            return self.model.forward_dense(cut.x, cut.adjacency, cut.is_node)
        return self.model(cut.x, cut.edge_index, cut.batch, cut.edge_attr)

    def answered(
        self, outputs: Float[Tensor, "U K"], rows: Int64[Tensor, " B"], cut: Padded | Batch, wanted: Bool[Tensor, " _"]
    ) -> tuple[Float[Tensor, "u K"], Tensor]:
        """Outputs and targets where the answer is wanted."""
        if self.graphs.level == "graph":
            return outputs, self._y[rows]
        is_wanted = wanted[cut.nodes]
        return outputs[is_wanted], self._y[cut.nodes][is_wanted]

    def loss_of(self, outputs: Float[Tensor, "u K"], targets: Tensor) -> Float[Tensor, ""]:
        """Surprise in nats at the right class, or squared error in standard deviations of the training part."""
        if self.graphs.task == "classification":
            return F.cross_entropy(outputs, targets)
        return F.mse_loss(outputs[:, 0], targets)

    def next_rows(self) -> Int64[Tensor, " B"]:
        """The next graphs of the epoch; the last batch may be smaller. A new epoch is shuffled anew."""
        rows = self._order[self._cursor : self._cursor + self._batch_size]
        self._cursor += self._batch_size
        if self._cursor >= len(self._learnt):
            self._begin_epoch(self._num_epochs + 1)
        return rows

    def _begin_epoch(self, number: int) -> None:
        self._cursor, self._num_epochs = 0, number
        self._order = self._learnt
        if len(self._learnt) > 1:
            self._order = self._learnt[torch.randperm(len(self._learnt)).to(self.device)]

    @property
    def _batch_size(self) -> int:
        return min(self.settings.batch_size, len(self._learnt))

    @property
    def steps_per_epoch(self) -> int:
        """Batches in one pass over the training graphs."""
        return -(-len(self._learnt) // self._batch_size)

    @property
    def steps_left_in_epoch(self) -> int:
        """Batches until the next pass begins."""
        return -(-(len(self._learnt) - self._cursor) // self._batch_size)

    @property
    def epoch(self) -> float:
        """Passes over the training graphs so far."""
        return self._num_epochs + self._cursor / len(self._learnt)

    @property
    def record_every(self) -> int:
        """Every 20 steps: to judge some hundred graphs takes as long as some steps."""
        return 20

    # ---- the engine's other questions --------------------------------------------------------------------------

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Loss and score on training and test, how alike nodes have become, and the rate in force."""
        self.model.eval()
        numbers: dict[str, float] = {}
        for part in ("", "test_"):
            outputs, targets = self.judged(part)
            numbers[f"{part}loss"] = self.loss_of(outputs, targets).item() if len(targets) else math.nan
            for name, score in self.scores(outputs, targets).items():
                numbers[f"{part}{name}"] = score
        numbers["cosine"], numbers["renumbering_shift"] = self.alike()
        self.model.train()
        numbers["learning_rate"] = rate_at(self.num_steps, self.settings)
        return numbers

    def judged(self, part: str) -> tuple[Float[Tensor, "u K"], Tensor]:
        """Outputs and targets of the graphs, or nodes, that the curves are measured on; always the same ones."""
        wanted = self.graphs.is_test if part else self.graphs.is_train
        parts = [self.answered(self.read(cut), rows, cut, wanted) for rows, cut in self.chunks[part]]
        if not parts:
            return self._y.new_zeros(0, self.graphs.num_outputs, dtype=torch.float32), self._y[:0]
        return torch.cat([outputs for outputs, _ in parts]), torch.cat([targets for _, targets in parts])

    def _chunks_with(self, wanted: Bool[Tensor, " _"]) -> list[tuple[Int64[Tensor, " B"], Padded | Batch]]:
        """Graphs with an answer of this kind, the same ones each time, in batches of similar size."""
        rows = self._rows_with(wanted)
        chosen = torch.randperm(len(rows), generator=seeded(0))[:JUDGED].to(rows.device)
        return self.batches.chunks(rows[chosen.sort().values], AT_ONCE) if len(rows) else []

    def scores(self, outputs: Float[Tensor, "u K"], targets: Tensor) -> dict[str, float]:
        """Accuracy, and for two classes the area under the ROC curve; R² for numbers."""
        if self.graphs.task == "regression":
            spread = ((targets - targets.mean()) ** 2).sum().clamp_min(1e-12) if len(targets) else math.nan
            return {"r2": float(1 - ((targets - outputs[:, 0]) ** 2).sum() / spread)}
        right = (outputs.argmax(1) == targets).float().mean().item() if len(targets) else math.nan
        found = {"accuracy": right}
        if outputs.shape[1] == 2 and self.graphs.level == "graph":
            found["auc"] = area_under_roc(outputs[:, 1] - outputs[:, 0], targets)
        return found

    def alike(self) -> tuple[float, float]:
        """Of some training graphs: how alike nodes are, and how far outputs move when nodes are numbered anew.

        Returns:
            The mean cosine between two nodes of a graph after the last layer, and the largest change of a node's
            numbers there when the nodes of each graph come in the opposite order.
        """
        batch = self.batches.flat(self._learnt[: AT_ONCE // 2])
        states = self.model.states(batch.x, batch.edge_index, batch.batch, batch.edge_attr)
        last = len(batch.x) - 1
        turned = self.model.states(batch.x.flip(0), last - batch.edge_index, batch.batch.flip(0), batch.edge_attr)
        shift = (turned[-1].flip(0) - states[-1]).abs().max().item()
        return smoothness(states[-1:], batch.batch)[0], shift

    def apply(self, settings: GNNSettings) -> None:
        """Takes over live settings: rate, decay, schedule, dropout, batch size, what is looked at."""
        self.settings = settings
        update_optimizer(self.optimizer, settings, self.num_steps)
        self.model.dropout = settings.dropout

    def advice(self, value: float) -> str:
        """What to try when the loss has exploded."""
        return slower(self.settings)

    def state_dict(self) -> dict[str, Any]:
        """Weights, running statistics, optimiser, and the place in the epoch."""
        return {
            "model": {name: value.detach() for name, value in self.model.state_dict().items()},
            "optimizer": self.optimizer.state_dict(),
            "order": self._order,
            "place": [self.num_steps, self._cursor, self._num_epochs],
        }

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Puts back what `state_dict` gave."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.optimizer.zero_grad()  # the gradients belong to another step
        self.num_steps, self._cursor, self._num_epochs = state["place"]
        order = state["order"]
        if not torch.equal(order.sort().values, self._learnt):
            raise IndexError("the order does not name every training graph once")
        if not 0 <= self._cursor < len(self._learnt):
            raise IndexError("the place in the epoch is beyond its end")
        self._order = order
        update_optimizer(self.optimizer, self.settings, self.num_steps)

    def parameters(self) -> list[Tensor]:
        """Weights and biases, first layer to last."""
        return list(self._weights)

    def networks(self) -> dict[str, Network]:
        """The network, and the first training graphs."""
        batch = self.batches.flat(self._learnt[: self._batch_size])
        return {
            "network": Network(self.model, (batch.x, batch.edge_index, batch.batch, batch.edge_attr), ("N", "", "N"))
        }

    @property
    def material(self) -> dict[str, Any]:
        """What the experiment was built from besides its settings, by the names of the arguments."""
        brought = {"own": self._own, "network": self._network}
        return {name: value for name, value in brought.items() if value is not None}

    @property
    def data_files(self) -> tuple[str, ...]:
        """The files of `data/files` that a program taken home needs beside it."""
        return FILES.get(self.settings.data, ())


def area_under_roc(scores: Float[Tensor, " u"], targets: Int64[Tensor, " u"]) -> float:
    """How often a member of class 1 scores above one of class 0, ties counting half; NaN without both classes."""
    above, below = scores[targets == 1], scores[targets == 0]
    if not len(above) or not len(below):
        return math.nan
    wins = (above[:, None] > below).float() + 0.5 * (above[:, None] == below).float()
    return wins.mean().item()


EXPERIMENT: Final = GNNExperiment
SETTINGS: Final = GNNSettings
