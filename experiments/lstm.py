"""The experiment behind the page `lstm`: a recurrent cell that has to remember something."""

from typing import Final

from experiments.lstm_inside import Inside
from experiments.lstm_settings import LSTMSettings
from experiments.sequence_experiment import SequenceExperiment
from models.lstm import SimpleLSTM
from models.rnn import SimpleRNN


class LSTMExperiment(SequenceExperiment, Inside):
    """An LSTM, or a GRU or a plain recurrent network to compare it with, that learns one task of sequences."""

    settings: LSTMSettings
    model: SimpleLSTM | SimpleRNN

    def make_network(self) -> SimpleLSTM | SimpleRNN:
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
