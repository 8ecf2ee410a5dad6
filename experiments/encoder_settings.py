"""What can be varied on the page `encoder`."""

from typing import Final, Literal

from training.optimizers import RATES, OptimizerSettings
from training.settings import knob

Task = Literal["classify", "fill gaps", "pretrain first", "pretrain and freeze"]
Data = Literal["languages", "authors", "names", "Alice", "own table"]

OWN: Final = "own table"
FILL: Final = "fill gaps"
FROZEN: Final = "pretrain and freeze"
PRETRAINED: Final = ("pretrain first", FROZEN)
WITH_GAPS: Final = (FILL, *PRETRAINED)
WITH_CLASSES: Final = ("classify", *PRETRAINED)


class EncoderSettings(OptimizerSettings):
    """Task, network and training of the page on encoders."""

    task: Task = knob(
        "classify",
        "Task",
        "Tell classes from fresh weights; fill gaps; or fill gaps first and then tell classes, with all weights or "
        "with the last layer alone.",
        group="Task",
    )
    data: Data = knob("languages", "Texts", "What is read. Alice has no classes: only gaps to fill.", group="Task")
    level: Literal["word", "character", "BPE", "own BPE"] = knob(
        "word",
        "Symbols",
        "What the text is cut into: words carry more each, and there are more of them; BPE lies between, own BPE is "
        "what the page Tokenizer has trained. Names are cut into characters.",
        group="Task",
    )
    vocab_size: int = knob(
        1000,
        "BPE vocabulary",
        "How many pieces byte-pair encoding makes of the training texts.",
        group="Task",
        when={"level": ("BPE",)},
        ladder=(300, 1000, 3000),
        ge=300,
        le=3000,
    )
    max_len: int = knob(
        16,
        "Longest sentence",
        "Symbols that are read at once, [CLS] among them. Longer sentences are cut into pieces; twice the length is "
        "more than twice the work.",
        group="Task",
        ladder=(8, 16, 32, 64, 100),
        ge=8,
        le=100,
    )
    num_labels: int = knob(
        3000,
        "Labelled examples",
        "How many labels it may learn from, at most all there are. Filling gaps needs none and takes all texts.",
        group="Task",
        when={"task": WITH_CLASSES},
        ladder=(20, 50, 100, 200, 500, 1000, 3000),
        ge=20,
        le=3000,
    )
    mask_share: float = knob(
        0.15,
        "Share of gaps",
        "How many of the symbols the network has to tell in a training step. BERT takes 15 %; too many leave no clue.",
        group="Task",
        is_live=True,
        when={"task": WITH_GAPS},
        ladder=(0.05, 0.1, 0.15, 0.2, 0.25, 0.4),
        ge=0.05,
        le=0.4,
    )
    random_share: float = knob(
        0.1,
        "Replaced by others",
        "Share of the gaps that hold another symbol instead of [MASK], so that no symbol can be trusted blindly.",
        group="Task",
        is_live=True,
        when={"task": WITH_GAPS},
        ladder=(0.0, 0.1, 0.2, 0.5),
        ge=0,
        le=0.5,
    )
    kept_share: float = knob(
        0.1,
        "Left as they are",
        "Share of the gaps where the right symbol still stands; real texts have no [MASK].",
        group="Task",
        is_live=True,
        when={"task": WITH_GAPS},
        ladder=(0.0, 0.1, 0.2, 0.5),
        ge=0,
        le=0.5,
    )
    pretrain_steps: int = knob(
        400,
        "Steps of pretraining",
        "Steps that fill gaps before the first label is seen.",
        group="Task",
        when={"task": PRETRAINED},
        ladder=(100, 400, 1000, 2000),
        ge=20,
        le=2000,
    )
    d_model: int = knob(
        32,
        "Width",
        "Numbers that stand for a symbol at its place; the lecture takes 128.",
        group="Network",
        ladder=(16, 32, 64, 128),
        ge=16,
        le=128,
    )
    nhead: int = knob(
        2,
        "Heads",
        "Attention side by side, each on its share of the width; the lecture takes 4.",
        group="Network",
        ladder=(1, 2, 4, 8),
        ge=1,
        le=8,
    )
    num_layers: int = knob(
        1, "Blocks", "Attention and feed-forward part, one after another; the lecture takes 2.", group="Network",
        ge=1, le=4,
    )  # fmt: skip
    dim_feedforward: int = knob(
        64,
        "Feed-forward units",
        "Hidden units of the part of a block that treats each place by itself; the lecture takes 256.",
        group="Network",
        ladder=(32, 64, 128, 256),
        ge=32,
        le=256,
    )
    dropout: float = knob(
        0.0,
        "Dropout",
        "Share of the numbers set to 0 at random in every training step; the lecture takes 0.1.",
        group="Network",
        is_live=True,
        ladder=(0.0, 0.1, 0.2, 0.3, 0.5),
        ge=0,
        le=0.5,
    )
    pooling: Literal["mean", "CLS"] = knob(
        "mean",
        "Sentence vector",
        "What the class is told from: the mean over all symbols, or the place of [CLS], which has to gather it.",
        group="Network",
        when={"task": WITH_CLASSES},
    )
    uses_mask: bool = knob(
        True,
        "Padding is masked",
        "Leaves the filling of short sentences out of attention and out of the mean. The lecture forgets it.",
        group="Network",
    )
    sees: Literal["both sides", "left only"] = knob(
        "both sides",
        "A place sees",
        "The whole sentence, or only what stands before it, as GPT does.",
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
    batch_size: int = knob(
        16,
        "Batch size",
        "Sentences per step. Small batches give noisy, cheap steps.",
        group="Training",
        is_live=True,
        ladder=(4, 8, 16, 32, 64, 128),
        ge=4,
        le=128,
    )
    row: int = knob(
        0,
        "Sentence looked at",
        "Number of the test sentence in the picture, from 0.",
        group="View",
        is_live=True,
        ge=0,
        le=999,
    )
