"""The experiment behind the page `lstm`: a recurrent cell that has to remember something."""

from typing import Final

from torch import nn

from experiments.lstm_inside import Inside
from experiments.lstm_settings import LSTMSettings
from models.lstm import SimpleLSTM
from models.rnn import SimpleRNN


class LSTMExperiment(Inside):
    """An LSTM, or a GRU or a plain recurrent network to compare it with, that learns one task of sequences."""

    settings: LSTMSettings

    def make_network(self) -> nn.Module:
        """The network that the settings ask for, with fresh weights."""
        settings, task = self.settings, self.task
        sizes = (task.num_inputs, settings.embed_dim, settings.hidden_dim)
        if settings.cell == "lstm":
            return SimpleLSTM(
                *sizes,
                output_dim=task.num_outputs,
                takes_numbers=task.takes_numbers,
                forget_bias=settings.forget_bias,
            )
        return SimpleRNN(*sizes, cell=settings.cell, output_dim=task.num_outputs, takes_numbers=task.takes_numbers)


EXPERIMENT: Final = LSTMExperiment
SETTINGS: Final = LSTMSettings
