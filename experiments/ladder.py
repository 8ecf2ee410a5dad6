"""The ladder of architectures: five language models on the same names, from the last letter to all letters before.

Each predicts the next letter and learns from the same windows of the same text, with the same optimiser and as many
steps. All are judged on the same windows of the tail, which none learns from.

Shapes: B sequences, T letters, V different letters.
"""

from typing import Any, Final, Literal

from jaxtyping import Float
from torch import Tensor, nn

from data.text import load_text
from experiments.sequence_experiment import SequenceExperiment
from experiments.sequence_settings import SequenceSettings, TaskName
from experiments.sequences import TextTask
from models.decoder import DecoderOnly
from models.lstm import SimpleLSTM
from models.rnn import SimpleRNN
from models.window import Bigram, WindowMLP
from training.race import Entrant
from training.settings import knob

STEPS: Final = (300, 1000)  # to choose from
LENGTH: Final = 24  # letters of a sequence, about three names
WINDOW: Final = 4
RUNGS: Final = {
    "bigram": "bigram: the last letter",
    "MLP": f"MLP: the last {WINDOW} letters",
    "RNN": "RNN: a memory",
    "LSTM": "LSTM: a gated memory",
    "decoder": "decoder: all letters at once",
}
RATES: Final = {"bigram": 0.05, "MLP": 0.01, "RNN": 0.01, "LSTM": 0.01, "decoder": 0.01}  # good ones, tried for each


class LadderSettings(SequenceSettings):
    """Which rung; the rest is the same for all."""

    rung: Literal["bigram", "MLP", "RNN", "LSTM", "decoder"] = knob("bigram", "Rung", "Which model.", group="Network")
    task: TaskName = knob("baby names", "Task", "What is read.", group="Task")
    seq_len: int = knob(LENGTH, "Sequence length", "Letters of a training sequence.", group="Task", ge=4, le=200)
    embed_dim: int = knob(32, "Embedding", "Numbers that stand for a letter.", group="Network", ge=2, le=128)
    hidden_dim: int = knob(64, "Hidden units", "Of the memory or hidden layer.", group="Network", ge=2, le=256)


class LadderObservation:
    """Nothing is drawn of a rung while it learns."""


class LadderExperiment(SequenceExperiment):
    """One rung: a model that says at every letter which one comes next."""

    settings: LadderSettings
    model: Any

    def make_network(self) -> nn.Module:
        """The model of this rung with fresh weights."""
        settings, num_symbols = self.settings, self.task.num_inputs
        embed, hidden = settings.embed_dim, settings.hidden_dim
        match settings.rung:
            case "bigram":
                return Bigram(num_symbols)
            case "MLP":
                return WindowMLP(num_symbols, embed, hidden, WINDOW)
            case "RNN":
                return SimpleRNN(num_symbols, embed, hidden)
            case "LSTM":
                return SimpleLSTM(num_symbols, embed, hidden)
            case "decoder":
                sizes = (num_symbols, embed, 4, 2, 4 * embed, 0.0, settings.seq_len)
                return DecoderOnly(*sizes, positions="RoPE", is_pre_norm=True)  # learns in fewest steps

    def read(self, x: Tensor, memory: Any = None) -> tuple[Float[Tensor, "B T K"], Any]:
        """Logits at every letter; only the recurrent ones have a memory."""
        if self.settings.rung in ("RNN", "LSTM"):
            logits, memory = self.model(x, memory)
            return logits, memory
        return self.model(x), None

    def observe(self) -> LadderObservation:
        """Nothing; the history says it all."""
        return LadderObservation()

    @property
    def num_parameters(self) -> int:
        """Weights and biases."""
        return sum(weight.numel() for weight in self.parameters())


def ladder_entrants() -> list[Entrant]:
    """Every rung, lowest first."""
    return [
        Entrant(label, LadderExperiment, LadderSettings().changed(rung=name, learning_rate=RATES[name]))
        for name, label in RUNGS.items()
    ]


def names_task() -> TextTask:
    """The names, with what simple counting costs as its baselines."""
    return TextTask(load_text("baby names", "character"), LENGTH)
