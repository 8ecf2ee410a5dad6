"""What can be varied on the page `transformer`."""

from typing import Literal

from data.pairs import DATES, NUMBERS, REARRANGED
from training.optimizers import RATES, OptimizerSettings
from training.settings import knob


class TransformerSettings(OptimizerSettings):
    """The task, the network with the switches that break it, and how it learns."""

    task: Literal["reverse", "copy", "sort", "spelling to phonemes", "numbers in words", "dates"] = knob(
        "reverse",
        "Task",
        "What the network turns its source into: letters to rearrange, or real pairs that were written down.",
        group="Task",
    )
    language: Literal["English", "German", "French", "Spanish", "Polish"] = knob(
        "English",
        "Language",
        "In which numbers and dates are written out.",
        group="Task",
        when={"task": (NUMBERS, DATES)},
    )
    length: int = knob(
        6,
        "Longest source",
        "Letters to rearrange at most; each source has between three and so many.",
        group="Task",
        ladder=(4, 6, 8, 12),
        when={"task": REARRANGED},
        ge=4,
        le=12,
    )
    embed_dim: int = knob(
        32,
        "Embedding",
        "Numbers that stand for a token, in both halves; the lecture takes 64.",
        group="Network",
        ladder=(16, 32, 64),
        ge=16,
        le=64,
    )
    num_heads: int = knob(
        2,
        "Heads",
        "Of each attention; they share the numbers of the embedding. The lecture takes 4.",
        group="Network",
        ladder=(1, 2, 4),
        ge=1,
        le=4,
    )
    num_layers: int = knob(
        1,
        "Blocks",
        "Of the encoder, and as many of the decoder; the lecture takes 2.",
        group="Network",
        ge=1,
        le=4,
    )
    ff_dim: int = knob(
        64,
        "Feed-forward units",
        "The middle of the part that treats each place by itself; the lecture takes 128.",
        group="Network",
        ladder=(32, 64, 128),
        ge=32,
        le=128,
    )
    positions: Literal["learned", "sinusoidal", "none", "RoPE", "ALiBi"] = knob(
        "learned",
        "Positions",
        "How the network knows where a token stands: a table, waves, not at all, or inside attention (the last two).",
        group="Network",
    )
    is_pre_norm: bool = knob(
        False,
        "Normalise before",
        "Before each part, as GPT-2 does, instead of after it, as in 2017: trains more calmly at high rates.",
        group="Network",
    )
    dropout: float = knob(
        0.0,
        "Dropout",
        "Share of the numbers set to 0 at random while training: against learning by heart.",
        group="Network",
        ladder=(0.0, 0.1, 0.3),
        ge=0,
        le=0.3,
    )
    uses_mask: bool = knob(
        True,
        "Causal mask",
        "Hides from each place of the decoder what comes after it; switched off, the answer can be peeped at.",
        group="Network",
    )
    uses_memory: bool = knob(
        True,
        "Cross-attention",
        "Lets the decoder look at the source; switched off, it is given zeros and can only guess.",
        group="Network",
    )
    learning_rate: float = knob(
        5e-3,
        "Learning rate",
        "Size of each step. Too small: hardly moves. Too large: jumps over the minimum and may explode.",
        group="Training",
        is_live=True,
        ladder=RATES,
        ge=1e-5,
        le=10,
    )
    label_smoothing: float = knob(
        0.0,
        "Label smoothing ε",
        "Share of the target that is spread over all tokens: the network learns not to be quite sure.",
        group="Training",
        is_live=True,
        ladder=(0.0, 0.1, 0.2, 0.4),
        ge=0,
        le=0.4,
    )
    own_share: float = knob(
        0.0,
        "Own answers as input",
        "Scheduled sampling: share of the decoder's input that is its own guess instead of the right token.",
        group="Training",
        is_live=True,
        ladder=(0.0, 0.25, 0.5, 1.0),
        ge=0,
        le=1,
    )
    clip: float = knob(
        1.0,
        "Clip gradients at",
        "A longer gradient is shortened to this length; 0: off.",
        group="Training",
        is_live=True,
        ladder=(0.0, 0.3, 1.0, 3.0),
        ge=0,
        le=3,
    )
    batch_size: int = knob(
        32,
        "Batch size",
        "Pairs per step.",
        group="Training",
        is_live=True,
        ladder=(4, 16, 32, 64, 128),
        ge=4,
        le=128,
    )
