"""What can be varied on the page `decoder`."""

from typing import Final, Literal

from data.text import TEXTS
from models.attention_positions import Positions
from training.optimizers import RATES, OptimizerSettings
from training.settings import knob

OWN_TEXT: Final = "own text"
ALL_TEXTS: Final = (*TEXTS, OWN_TEXT)
WITH_DIGITS: Final = ("sort", "addition", "reversed addition")

TaskName = Literal[
    "sort",
    "addition",
    "reversed addition",
    "induction",
    "random tokens",
    "baby names",
    "Alice",
    "author sentences",
    "own text",
]


class DecoderSettings(OptimizerSettings):
    """The task and its tokens, the size of the network and its parts, and how text is drawn from it."""

    task: TaskName = knob(
        "sort",
        "Task",
        "Digits to sort or to add, letters that repeat, letters without any order, or a text to go on with.",
        group="Task",
    )
    num_digits: int = knob(
        6,
        "Digits",
        "How many digits are sorted, or how many each of the two numbers has that are added.",
        group="Task",
        ladder=(2, 3, 4, 6, 8),
        when={"task": WITH_DIGITS},
        ge=2,
        le=8,
    )
    level: Literal["character", "byte", "BPE", "own BPE"] = knob(
        "character",
        "Tokens",
        "What the text is cut into: BPE learns pieces from the text, own BPE is what the page Tokenizer has trained.",
        group="Task",
        when={"task": ALL_TEXTS},
    )
    vocab_size: int = knob(
        500,
        "Vocabulary",
        "Tokens of the byte-pair encoding, 256 bytes among them: more make a text shorter and the last layer wider.",
        group="Task",
        ladder=(300, 500, 1000, 2000),
        when={"task": ALL_TEXTS, "level": ("BPE",)},
        ge=300,
        le=2000,
    )
    seq_len: int = knob(
        32,
        "Context",
        "Tokens that are read at a time; the network can look no further back.",
        group="Task",
        ladder=(16, 32, 64, 128),
        when={"task": ("induction", "random tokens", *ALL_TEXTS)},
        ge=16,
        le=128,
    )
    variant: Literal["causal", "leaking"] = knob(
        "causal",
        "Mask",
        "Causal: no place sees what comes after it. Leaking: the lecture's network, whose second attention sees all.",
        group="Network",
    )
    d_model: int = knob(
        32,
        "Width",
        "Numbers that stand for a token from block to block; the lecture takes 128.",
        group="Network",
        ladder=(16, 32, 64, 128),
        ge=16,
        le=128,
    )
    n_heads: int = knob(
        4,
        "Heads",
        "Attention patterns side by side in each block; they share the width.",
        group="Network",
        ladder=(1, 2, 4, 8),
        ge=1,
        le=8,
    )
    n_layers: int = knob(
        2,
        "Blocks",
        "Attention and feed-forward network, so many times on top of each other.",
        group="Network",
        ge=1,
        le=4,
    )
    dim_feedforward: int = knob(
        64,
        "Feed-forward units",
        "Hidden units of the small network in each block; the lecture takes 512.",
        group="Network",
        ladder=(16, 64, 128, 256, 512),
        ge=16,
        le=512,
    )
    dropout: float = knob(
        0.0,
        "Dropout",
        "Share of the activations that a training step leaves out; the lecture takes 0.1.",
        group="Network",
        ladder=(0.0, 0.1, 0.2, 0.5),
        ge=0,
        le=0.5,
    )
    positions: Positions = knob(
        "learned",
        "Positions",
        "How a token knows its place: a learned table, sines, turned queries and keys (RoPE), a distance penalty.",
        group="Network",
    )
    is_pre_norm: bool = knob(
        True,
        "Normalise first",
        "Before each part of a block, as GPT-2 does; off: after it, as the lecture and the first transformer do.",
        group="Network",
    )
    is_tied: bool = knob(
        False,
        "Tied weights",
        "The embeddings serve as the weights of the last layer too: fewer weights.",
        group="Network",
    )
    learning_rate: float = knob(
        3e-3,
        "Learning rate",
        "Size of each step. Too small: hardly moves. Too large: jumps over the minimum and may explode.",
        group="Training",
        is_live=True,
        ladder=RATES,
        ge=1e-5,
        le=10,
    )
    clip: float = knob(
        1.0,
        "Clip gradients at",
        "A longer gradient is shortened to this length, so that one odd batch does not throw weights away; 0: off.",
        group="Training",
        is_live=True,
        ladder=(0.0, 0.1, 1.0, 10.0),
        ge=0,
        le=10,
    )
    batch_size: int = knob(
        32,
        "Batch size",
        "Sequences per step.",
        group="Training",
        is_live=True,
        ladder=(4, 8, 16, 32, 64, 128),
        ge=4,
        le=128,
    )
    temperature: float = knob(
        0.8,
        "Temperature",
        "Below 1 the written text takes likelier tokens, above 1 it dares more; 0 always takes the likeliest.",
        group="View",
        is_live=True,
        ladder=(0.0, 0.3, 0.5, 0.8, 1.0, 1.3, 2.0),
        when={"task": ALL_TEXTS},
        ge=0,
        le=2,
    )
    top_k: int = knob(
        0,
        "Choose among",
        "Only so many of the likeliest tokens can be written; 0: all.",
        group="View",
        is_live=True,
        ladder=(0, 1, 5, 20, 50),
        when={"task": ALL_TEXTS},
        ge=0,
        le=50,
    )
