"""Texts as rows of symbols on the page `encoder`: vocabulary, cutting, padding, and what is kept for the test.

Shapes: N examples, T places, V symbols.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

import torch
from jaxtyping import Bool, Int64
from torch import Tensor

from data.dataset import DataError, seeded, split_mask
from data.labelled import Labelled, load_labelled
from data.text import words
from data.tokenizer import own_tokenizer, train_bpe
from experiments.brought_tokenizer import MISSING
from experiments.encoder_settings import OWN, WITH_CLASSES, EncoderSettings
from models.encoder import CLS, PAD, SPECIAL, UNKNOWN
from training.settings import SettingsError

TEST_SHARE: Final = 0.2
MAX_SYMBOLS: Final = 5000
LEAST: Final = 3  # symbols of the last piece of a sentence; a shorter one is dropped
LEAST_EXAMPLES: Final = 8
RARE: Final = 2  # words that come less often in the training texts have no number of their own


@dataclass(frozen=True, eq=False)
class Corpus:
    """Examples to learn from and to be judged on; those of the test come last, and no sentence is in both.

    Attributes:
        ids: (N, T) symbols, [CLS] first, [PAD] behind the end.
        symbols: the symbols of each example as they were written, [CLS] first; in `ids` some of them are unknown.
        labels: (N,) classes; all 0 if there are none.
        num_train: the first so many are for training.
        vocabulary: V symbols as they are shown.
        class_names: names of the classes; empty if there are none.
        source: attribution and licence.
        report: what was done to the texts, one sentence each.
        tokenizer: what turned text into numbers, for level `BPE`.
        level: what a symbol is.
    """

    ids: Int64[Tensor, "N T"]
    symbols: tuple[tuple[str, ...], ...]
    labels: Int64[Tensor, " N"]
    num_train: int
    vocabulary: tuple[str, ...]
    class_names: tuple[str, ...]
    source: str
    report: tuple[str, ...]
    level: str
    tokenizer: Any = None

    @cached_property
    def is_token(self) -> Bool[Tensor, "N T"]:
        """False where a sentence is filled up."""
        return self.ids != PAD

    @cached_property
    def can_be_asked(self) -> Bool[Tensor, "N T"]:
        """Where there is a symbol that can be told: not [CLS], and none that is unknown."""
        return self.ids > UNKNOWN

    @cached_property
    def number_of(self) -> dict[str, int]:
        """The number of each symbol."""
        return {symbol: index for index, symbol in enumerate(self.vocabulary)}

    @cached_property
    def unigram(self) -> tuple[float, float]:
        """What filling every gap with the shares of the training texts gives: loss in nats, and accuracy."""
        train, test = self.ids[: self.num_train], self.ids[self.num_train :]
        counts = torch.bincount(train[train > UNKNOWN], minlength=len(self.vocabulary)).double()
        shares = (counts[UNKNOWN + 1 :] + 1) / (counts[UNKNOWN + 1 :] + 1).sum()
        asked = test[test > UNKNOWN] - UNKNOWN - 1
        if not len(asked):
            return math.nan, math.nan
        return -shares[asked].log().mean().item(), (asked == shares.argmax()).double().mean().item()

    def symbols_of(self, text: str) -> list[str]:
        """A text in symbols as they are shown; unknown ones as they were written."""
        return symbols(text, self.level, self.tokenizer)

    def text_of(self, row: int) -> str:
        """An example as text that can be read again."""
        written = self.symbols[row][1:]
        if self.level == "word":
            return " ".join(written)
        return "".join(written).replace("␣", " ").strip() if self.level == "BPE" else "".join(written)

    def row_of(self, text: str, max_len: int) -> list[int]:
        """A text of one's own as symbols, as far as it can be read; [CLS] first."""
        found = [self.number_of.get(symbol, UNKNOWN) for symbol in self.symbols_of(text)]
        return [CLS, *found[: max_len - 1]]


def make_corpus(settings: EncoderSettings, own: Labelled | None, tokenizer: str = "") -> Corpus:
    """The examples that the settings name, from what the visitor brought where they ask for it.

    Raises:
        SettingsError: if classes are wanted where there are none, or nothing was brought.
        DataError: if too little is left of the texts, or the tokenizer is broken.
    """
    if settings.data == OWN and own is None:
        raise SettingsError("There is no table of your own yet: upload or paste one.")
    if settings.data == "Alice" and settings.task in WITH_CLASSES:
        raise SettingsError("Alice has no classes to tell: choose the task of filling gaps, or other texts.")
    level = "character" if settings.data == "names" and settings.level == "word" else settings.level
    if settings.data != OWN:
        own = load_labelled(settings.data)
    assert own is not None
    if settings.level == "BPE":  # asked here, so that a program without it holds no tokenizer
        return _in_pieces(own, settings.vocab_size, settings.max_len)
    if settings.level == "own BPE":
        if not tokenizer:
            raise SettingsError(MISSING)
        return corpus_of(own, "BPE", settings.max_len, own_tokenizer(tokenizer))
    return corpus_of(own, level, settings.max_len)


@lru_cache(maxsize=4)
def _in_pieces(texts: Labelled, vocab_size: int, max_len: int) -> Corpus:
    """The same in the pieces that byte-pair encoding learns from the training texts."""
    is_test = split_of(texts)
    learnt_from = [text for text, is_left_out in zip(texts.texts, is_test.tolist(), strict=True) if not is_left_out]
    return corpus_of(texts, "BPE", max_len, train_bpe("\n".join(learnt_from), vocab_size))


def split_of(texts: Labelled) -> Bool[Tensor, " n"]:
    """Which sentences are kept for the test; always the same ones."""
    labels = torch.tensor(texts.labels or [0] * len(texts.texts))
    return split_mask(len(labels), TEST_SHARE, seeded(0), labels)


@lru_cache(maxsize=16)
def corpus_of(texts: Labelled, level: str, max_len: int, tokenizer: Any = None) -> Corpus:
    """Cuts texts into symbols and pieces, and keeps a fifth of the sentences for the test.

    Args:
        texts: what to cut.
        level: `word`, `character` or `BPE`.
        max_len: T.
        tokenizer: of level `BPE`.

    Raises:
        DataError: if too little is left.
    """
    labels = torch.tensor(texts.labels or [0] * len(texts.texts))
    is_test = split_of(texts)
    mixed = torch.randperm(len(labels), generator=seeded(1))
    order = torch.cat([mixed[~is_test[mixed]], mixed[is_test[mixed]]]).tolist()
    num_sentences = int((~is_test).sum())
    cut = [symbols(texts.texts[index], level, tokenizer) for index in order]
    vocabulary = vocabulary_of(cut[:num_sentences], level)
    number = {symbol: index for index, symbol in enumerate(vocabulary)}
    rows: list[tuple[str, ...]] = []
    places: list[int] = []
    num_train = 0
    for place, found in enumerate(cut):
        pieces = list(pieces_of(found, max_len - 1))
        rows += [(SPECIAL[CLS], *piece) for piece in pieces]
        places += [order[place]] * len(pieces)
        num_train += len(pieces) * (place < num_sentences)
    if num_train < LEAST_EXAMPLES or len(rows) == num_train:
        raise DataError(f"Only {len(rows):,} sentences are left after cutting: bring longer texts, or more of them.")
    mixed = torch.cat(
        [
            torch.randperm(num_train, generator=seeded(2)),
            num_train + torch.randperm(len(rows) - num_train, generator=seeded(3)),
        ]
    )
    ids = torch.zeros(len(rows), max_len, dtype=torch.int64)
    for row, found_in_row in enumerate(rows):
        ids[row, : len(found_in_row)] = torch.tensor([number.get(symbol, UNKNOWN) for symbol in found_in_row])
    more = len(rows) - sum(bool(found) for found in cut)
    report = (f"Long sentences were cut into pieces: {more:,} more examples.",) if more > 0 else ()
    if level == "word":
        report = (*report, f"Words that come only once in the training texts all count as {SPECIAL[UNKNOWN]}.")
    written = tuple(rows[row] for row in mixed.tolist())
    return Corpus(
        ids[mixed], written, labels[places][mixed], num_train, vocabulary, texts.class_names, texts.source,
        (*texts.report, *report), level, tokenizer,
    )  # fmt: skip


def symbols(text: str, level: str, tokenizer: Any = None) -> list[str]:
    """A text cut into symbols."""
    if level == "word":
        return words(text)
    if level == "character":
        return list(" ".join(text.split()))
    return [tokenizer.vocabulary[index] for index in tokenizer.encode(text)]


def vocabulary_of(cut: Sequence[Sequence[str]], level: str) -> tuple[str, ...]:
    """The special symbols, then what the training texts hold often enough, in alphabetical order."""
    counts = Counter(symbol for found in cut for symbol in found)
    least = RARE if level == "word" else 1
    kept = [symbol for symbol, count in counts.most_common(MAX_SYMBOLS) if count >= least]
    if len(kept) < 2:
        raise DataError(
            "The texts hold next to no symbol that comes twice: bring more of them, or cut into characters."
        )
    return (*SPECIAL, *sorted(kept))


def pieces_of(found: Sequence[str], length: int) -> Iterable[Sequence[str]]:
    """A long sentence in pieces; a last one of a symbol or two is dropped."""
    for start in range(0, len(found), length):
        piece = found[start : start + length]
        if start == 0 or len(piece) >= LEAST:
            yield piece
