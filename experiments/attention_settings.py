"""What can be varied on the page `attention`."""

from typing import Final, Literal

from models.attention_positions import Positions
from training.optimizers import RATES, OptimizerSettings
from training.settings import knob

AS_ASKED: Final = "as the task asks"
WHO: Final = "who did it"
MAX_LEN: Final = 60  # places of a learned table, and of the longest sequence
NUM_SHOWN: Final = 8  # test sequences that can be watched

TaskName = Literal[
    "repeats, random period",
    "repeats, fixed period",
    "previous letter",
    "reverse",
    "sort",
    "who did it",
    "random letters",
]
MaskName = Literal["as the task asks", "causal", "window", "none"]
LETTERED: Final = (
    "repeats, random period",
    "repeats, fixed period",
    "previous letter",
    "reverse",
    "sort",
    "random letters",
)


class AttentionSettings(OptimizerSettings):
    """The task, the parts of the network, and how it learns."""

    task: TaskName = knob(
        "repeats, random period",
        "Task",
        "What is wanted at each place: the next letter of a repeated block, the letter before, all backwards.",
        group="Task",
    )
    seq_len: int = knob(
        20,
        "Sequence length",
        "Letters in one sequence. Attention compares every place with every other: twice as long, four times the work.",
        group="Task",
        ladder=(8, 12, 16, 20, 30, 40),
        when={"task": LETTERED},
        ge=8,
        le=40,
    )
    num_letters: int = knob(
        12,
        "Letters",
        "How many different ones there are; more of them take longer to tell apart.",
        group="Task",
        ladder=(4, 8, 12, 16, 26),
        when={"task": LETTERED},
        ge=4,
        le=26,
    )
    n_layers: int = knob(
        2,
        "Layers",
        "Blocks of attention in a row: a later one can look for what an earlier one has brought along.",
        group="Network",
        ge=1,
        le=3,
    )
    n_heads: int = knob(
        2,
        "Heads",
        "Looks at the others in so many ways at once; each head has its share of the numbers.",
        group="Network",
        ladder=(1, 2, 4, 8),
        ge=1,
        le=8,
    )
    d_model: int = knob(
        32,
        "Numbers a place (d_model)",
        "How long the vector of a place is; the heads share it evenly.",
        group="Network",
        ladder=(16, 32, 64),
        ge=16,
        le=64,
    )
    positions: Positions = knob(
        "learned",
        "Positions",
        "How a place knows where it is: added waves or a table, turned queries and keys, or a penalty on distance.",
        group="Network",
    )
    mask: MaskName = knob(
        "as the task asks",
        "Mask",
        "Who may be looked at: what came before (causal), the last few of it (window), or all (none).",
        group="Network",
    )
    window: int = knob(
        4,
        "Window",
        "So many places are seen, the own one among them; layers in a row see further.",
        group="Network",
        ladder=(2, 4, 8),
        when={"mask": ("window",)},
        ge=2,
        le=8,
    )
    is_scaled: bool = knob(
        True,
        "Divide scores by √d",
        "Keeps the scores near 1 whatever the width; without it softmax soon looks at one place only.",
        group="Network",
    )
    has_feed_forward: bool = knob(
        False,
        "Feed-forward parts",
        "A small network for each place after each attention, as in a transformer; off, nothing but attention is left.",
        group="Network",
    )
    norm: Literal["before", "after"] = knob(
        "before",
        "Normalise",
        "Before each part, as GPT-2 does, or after it, as the paper of 2017 does.",
        group="Network",
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
    batch_size: int = knob(
        16,
        "Batch size",
        "Sequences per step, drawn anew each time.",
        group="Training",
        is_live=True,
        ladder=(4, 16, 32),
        ge=4,
        le=32,
    )
    shown: int = knob(
        1,
        "Watched sequence",
        "Which of eight test sequences the picture shows.",
        group="View",
        is_live=True,
        ge=1,
        le=NUM_SHOWN,
    )
