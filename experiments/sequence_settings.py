"""What can be varied wherever a network reads sequences: the pages `rnn` and `lstm`."""

from typing import Final, Literal

from data.series import SERIES
from data.synthetic import SYNTHETIC
from data.text import TEXTS
from training.optimizers import RATES, OptimizerSettings
from training.settings import knob

OWN_TEXT: Final = "own text"
OWN_SERIES: Final = "own column"
ALL_TEXTS: Final = (*TEXTS, OWN_TEXT)
ALL_SERIES: Final = (*SERIES, OWN_SERIES)
SYMBOLIC: Final = (*ALL_TEXTS, "memory", "copy", "parentheses")

TaskName = Literal[
    "memory",
    "copy",
    "adding",
    "parentheses",
    "sine",
    "baby names",
    "Alice",
    "author sentences",
    "own text",
    "sunspots",
    "CO2",
    "Seattle temperature",
    "own column",
]
TASK_GROUPS: Final = {"synthetic": SYNTHETIC, "text": ALL_TEXTS, "series": ALL_SERIES}


class SequenceSettings(OptimizerSettings):
    """The task, how it is cut into sequences, and how gradients travel through time."""

    task: TaskName = knob(
        "parentheses",
        "Task",
        "Small tasks with known answers, a text whose next symbol is wanted, or a series whose next value is wanted.",
        group="Task",
    )
    level: Literal["character", "word", "byte"] = knob(
        "character",
        "Symbols",
        "What the text is cut into: words carry more each, and there are many more of them.",
        group="Task",
        when={"task": ALL_TEXTS},
    )
    seq_len: int = knob(
        12,
        "Sequence length",
        "Steps in one training sequence; in the memory task the letter must be kept from the first to the last.",
        group="Task",
        ladder=(4, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 70, 100, 150, 200),
        ge=4,
        le=200,
    )
    learns_changes: bool = knob(
        False,
        "Learn changes",
        "Read and predict the change from one value to the next instead of the value: helps where there is a trend.",
        group="Task",
        when={"task": ALL_SERIES},
    )
    embed_dim: int = knob(
        16,
        "Embedding",
        "Numbers that stand for a symbol, learnt like weights; the lecture takes 128.",
        group="Network",
        ladder=(2, 4, 8, 16, 32, 64, 128),
        ge=2,
        le=128,
    )
    hidden_dim: int = knob(
        32,
        "Hidden units",
        "Numbers in the memory that is carried from step to step; the lecture takes 256.",
        group="Network",
        ladder=(2, 4, 8, 16, 32, 64, 128, 256),
        ge=2,
        le=256,
    )
    learning_rate: float = knob(
        1e-2,
        "Learning rate",
        "Size of each step. Too small: hardly moves. Too large: jumps over the minimum and may explode.",
        group="Training",
        is_live=True,
        ladder=RATES,
        ge=1e-5,
        le=10,
    )
    bptt: int = knob(
        0,
        "Gradient reaches back",
        "Steps through which the gradient travels back in time; 0: to the start of the sequence.",
        group="Training",
        is_live=True,
        ladder=(0, 1, 2, 3, 5, 8, 12, 20, 30, 50, 100),
        ge=0,
        le=100,
    )
    clip: float = knob(
        1.0,
        "Clip gradients at",
        "A longer gradient is shortened to this length, so that one steep place does not throw weights away; 0: off.",
        group="Training",
        is_live=True,
        ladder=(0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
        ge=0,
        le=10,
    )
    batch_size: int = knob(
        32,
        "Batch size",
        "Sequences per step.",
        group="Training",
        is_live=True,
        ladder=(1, 2, 4, 8, 16, 32, 64, 128),
        ge=1,
        le=128,
    )
    temperature: float = knob(
        0.8,
        "Temperature",
        "Below 1 the written text takes likelier symbols, above 1 it dares more; 0 always takes the likeliest.",
        group="View",
        is_live=True,
        ladder=(0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0),
        when={"task": ALL_TEXTS},
        ge=0,
        le=2,
    )
    top_k: int = knob(
        0,
        "Choose among",
        "Only so many of the likeliest symbols can be written; 0: all.",
        group="View",
        is_live=True,
        ladder=(0, 1, 2, 3, 5, 10, 20, 50),
        when={"task": ALL_TEXTS},
        ge=0,
        le=50,
    )
