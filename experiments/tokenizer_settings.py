"""What can be varied on the page `tokenizer`."""

from typing import Final, Literal

from data.tokenizer import PreTokenisation
from training.optimizers import RATES, OptimizerSettings
from training.settings import knob

VOCABULARIES: Final = (256, 300, 512, 1000, 2000, 4000, 8000)


class TokenizerSettings(OptimizerSettings):
    """The text, how it is cut, and the network that reads it."""

    text: Literal["Alice", "author sentences", "English declaration", "Finnish declaration", "own text"] = knob(
        "Alice",
        "Text",
        "What is cut into tokens and read; its last tenth is kept for the test.",
        group="Tokenizer",
    )
    learnt_from: Literal["the same text", "Alice"] = knob(
        "the same text",
        "Merges learnt from",
        "The training part of the text itself, or another book: a tokenizer fits what it was learnt from.",
        group="Tokenizer",
    )
    vocab_size: int = knob(
        512,
        "Vocabulary",
        "Tokens to stop at: 256 are the bytes alone; more make the text shorter, and each of them rarer.",
        group="Tokenizer",
        ladder=VOCABULARIES,
        ge=VOCABULARIES[0],
        le=VOCABULARIES[-1],
    )
    min_frequency: int = knob(
        2,
        "Minimum frequency",
        "A pair that comes less often is not merged, even if the vocabulary is not full.",
        group="Tokenizer",
        ladder=(1, 2, 5, 20, 100),
        ge=1,
        le=100,
    )
    pre_tokenisation: PreTokenisation = knob(
        "GPT-2",
        "Merges do not cross",
        "Pieces as GPT-2 cuts them, the same with every digit apart, words with the space before them, or lines.",
        group="Tokenizer",
    )
    window: int = knob(
        2,
        "Tokens read",
        "The network sees so many tokens before the one that it is to guess.",
        group="Network",
        ladder=(1, 2, 4, 8),
        ge=1,
        le=8,
    )
    embed_dim: int = knob(
        32,
        "Embedding",
        "Numbers that stand for a token, learnt like weights.",
        group="Network",
        ladder=(8, 16, 32, 64),
        ge=8,
        le=64,
    )
    hidden_dim: int = knob(
        64,
        "Hidden units",
        "Numbers between the embeddings and the answer.",
        group="Network",
        ladder=(16, 32, 64, 128),
        ge=16,
        le=128,
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
        256,
        "Batch size",
        "Places in the text per step.",
        group="Training",
        is_live=True,
        ladder=(16, 32, 64, 128, 256),
        ge=16,
        le=256,
    )
