"""The experiment behind the page `rnn`: a recurrent network that reads sequences."""

from typing import Any, Final

from jaxtyping import Float
from torch import Tensor, nn

from experiments.rnn_settings import RNNSettings
from experiments.sequence_experiment import SequenceExperiment
from experiments.sequence_watching import SequenceWatching
from models.rnn import ManualStackedRNN, SimpleRNN


class RNNExperiment(SequenceWatching, SequenceExperiment):  # both, because a program keeps only the second
    """A plain recurrent network, or one of gated units, that learns one task."""

    settings: RNNSettings
    model: Any  # one of the two networks

    def make_network(self) -> nn.Module:
        """One recurrent layer, or the lecture's stack of them."""
        settings, task = self.settings, self.task
        options: dict[str, Any] = {
            "cell": settings.cell,
            "output_dim": task.num_outputs,
            "takes_numbers": task.takes_numbers,
            "initialisation": settings.initialisation,
            "spectral_radius": settings.spectral_radius,
        }
        if settings.num_layers == 1:
            return SimpleRNN(task.num_inputs, settings.embed_dim, settings.hidden_dim, **options)
        hidden_dims = [settings.hidden_dim] * settings.num_layers
        return ManualStackedRNN(task.num_inputs, settings.embed_dim, hidden_dims, **options)

    def read(self, x: Tensor, memory: Any = None) -> tuple[Float[Tensor, "B T K"], Any]:
        """Outputs at every step, and the memory after the last."""
        if self.settings.num_layers == 1:
            outputs, memory = self.model(x, memory)
        else:
            outputs, memory = self.model.read_on(x, memory)
        return outputs, memory

    def memories(self, x: Tensor) -> Float[Tensor, "B T H"]:
        """The memory of the last layer after every step."""
        x = self.model.embed(x)
        for rnn in self.model.layers[:-1]:
            x = rnn(x)[0].relu()
        return self.model.layers[-1](x)[0]


EXPERIMENT: Final = RNNExperiment
SETTINGS: Final = RNNSettings
