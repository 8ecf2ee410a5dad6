"""What can be varied on the page `lstm`: what all pages of sequences can, and what belongs to the cell."""

from typing import Final, Literal

from experiments.sequence_settings import SequenceSettings, TaskName
from training.optimizers import RATES
from training.settings import knob

ROW_LENGTH: Final = 240  # steps of a row of text to look into
NUM_ROWS: Final = 256  # at most, to look into


class LSTMSettings(SequenceSettings):
    """Task, cell and training of the page on long short-term memory."""

    task: TaskName = knob(
        "parentheses",
        "Task",
        "Small tasks with known answers, a text whose next symbol is wanted, or a series whose next value is wanted.",
        group="Task",
    )
    seq_len: int = knob(
        20,
        "Sequence length",
        "Steps of a sequence, each begun with an empty memory; in the memory task the lag to be bridged.",
        group="Task",
        ladder=(4, 6, 8, 10, 15, 20, 30, 40, 60, 80, 120),
        ge=4,
        le=120,
    )
    cell: Literal["lstm", "gru", "rnn"] = knob(
        "lstm",
        "Cell",
        "How the memory is kept: an LSTM with four gates, a GRU with two, or a plain recurrent unit without any.",
        group="Network",
    )
    embed_dim: int = knob(
        8,
        "Embedding",
        "Numbers that stand for a symbol, learnt like weights; the lecture takes 128.",
        group="Network",
        ladder=(2, 4, 8, 16, 32, 64, 128),
        ge=2,
        le=128,
    )
    hidden_dim: int = knob(
        16,
        "Hidden units",
        "Units of the memory; the first 32 are drawn. The lecture takes 256.",
        group="Network",
        ladder=(2, 4, 8, 12, 16, 24, 32, 64, 128),
        ge=2,
        le=128,
    )
    forget_bias: float = knob(
        1.0,
        "Forget bias",
        "First bias of the forget gate. High: the memory is kept at first. Low: it is wiped at each step.",
        group="Network",
        when={"cell": ("lstm",)},
        ge=-6,
        le=6,
    )
    learning_rate: float = knob(
        0.01,
        "Learning rate",
        "Size of each step. Too small: hardly moves. Too large: jumps over the minimum and may explode.",
        group="Training",
        is_live=True,
        ladder=RATES,
        ge=1e-5,
        le=10,
    )
    row: int = knob(
        0,
        "Sequence shown",
        "Number of the test sequence in the picture, from 0.",
        group="View",
        is_live=True,
        ge=0,
        le=NUM_ROWS - 1,
    )
    start: int = knob(
        0,
        "First step shown",
        "Where the picture begins in the sequence, from 0.",
        group="View",
        is_live=True,
        ge=0,
        le=ROW_LENGTH,
    )
