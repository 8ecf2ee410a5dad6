"""Texts as rows of numbers: one for each character, word or byte.

Shapes: N symbols of a text, T symbols of a sequence.
"""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor
from torch.utils.data import Dataset

from data.csv_text import SIGNATURES, to_text
from data.dataset import DataError, seeded
from data.embedded import embedded

Level = Literal["character", "word", "byte"]

MAX_BYTES: Final = 2_000_000
MAX_SYMBOLS: Final = 5000  # different ones; the output layer and the softmax grow with them
MIN_SYMBOLS: Final = 50  # of a text, so that there is something to learn and something to test
TEST_SHARE: Final = 0.1
RARE: Final = "…"  # stands for all words that were too rare
FILES: Final = {"Alice": "alice.txt", "author sentences": "authors_5x700.tsv", "baby names": "us_names.csv"}
TEXTS: Final = ("Alice", "author sentences", "baby names")
SOURCES: Final = {
    "Alice": "Alice's Adventures in Wonderland: Lewis Carroll, 1865, public domain.",
    "author sentences": "Sentences of Austen, Carroll, Chesterton, Melville and Shakespeare, mixed, public domain.",
    "baby names": "First names given in the United States, mixed: Social Security Administration, CC0.",
}
OWN_SOURCE: Final = "A text of your own; it stays in this session."


class TextDataset(Dataset[tuple[Tensor, Tensor]]):
    """The words of a file in overlapping sequences: the lecture's data set.

    Attributes:
        tokens: the words in order, lower case.
        stoi, itos: from a word to its number and back; numbers follow the alphabet.
        indices: the numbers of the words in order.
        seq_len: T, words in a sequence.
    """

    def __init__(self, file_path: str | Path, seq_len: int = 30) -> None:
        """Reads a file.

        Args:
            file_path: a text in UTF-8.
            seq_len: T, words in a sequence.

        Raises:
            DataError: if the text has not more than `seq_len` words.
        """
        self.tokens = words(Path(file_path).read_text(encoding="utf-8"))
        if len(self.tokens) <= seq_len:
            raise DataError(
                f"The text has {len(self.tokens):,} words, too few for sequences of {seq_len:,}: "
                "take a longer text or shorter sequences."
            )
        vocabulary = sorted(set(self.tokens))
        self.stoi = {word: index for index, word in enumerate(vocabulary)}
        self.itos = dict(enumerate(vocabulary))
        self.indices = [self.stoi[word] for word in self.tokens]
        self.seq_len = seq_len

    def __len__(self) -> int:
        return len(self.indices) - self.seq_len

    def __getitem__(self, index: int) -> tuple[Int64[Tensor, " T"], Int64[Tensor, " T"]]:
        """Words from `index` on, and the word that follows each of them."""
        window = torch.tensor(self.indices[index : index + self.seq_len + 1])
        return window[:-1], window[1:]


@dataclass(frozen=True, eq=False)
class Text:
    """A text as numbers.

    Attributes:
        name: what it was asked for by.
        level: what a number stands for.
        ids: (N,) the symbols in order.
        itos: the symbol behind each number.
        num_train: the first so many are for training, the tail is the test.
        num_test_characters: characters in the tail, to compare levels in bits per character.
        source: attribution and licence.
        report: what was done to it, one sentence each.
    """

    name: str
    level: Level | Literal["BPE"]
    ids: Int64[Tensor, " N"]
    itos: tuple[str, ...]
    num_train: int
    num_test_characters: int
    source: str
    report: tuple[str, ...] = ()

    def join(self, symbols: Int64[Tensor, " n"]) -> str:
        """Symbols as text to read."""
        if self.level == "byte":
            return bytes(symbols.tolist()).decode("utf-8", "replace")
        return (" " if self.level == "word" else "").join(self.itos[index] for index in symbols.tolist())

    def numbers(self, text: str) -> Int64[Tensor, " n"]:
        """A text in the symbols of this one; what this one does not have is left out, or counts as a rare word."""
        if self.level == "byte":
            return torch.tensor(list(text.encode("utf-8")), dtype=torch.int64)
        stoi = {symbol: index for index, symbol in enumerate(self.itos)}
        symbols = words(text) if self.level == "word" else list(text)
        known = [stoi.get(symbol, stoi.get(RARE, -1) if self.level == "word" else -1) for symbol in symbols]
        return torch.tensor([index for index in known if index >= 0], dtype=torch.int64)


def words(text: str) -> list[str]:
    """The words of a text, lower case, without the signs between them."""
    return re.findall(r"\b\w+\b", text.lower())


@cache
def raw_text(name: str) -> str:
    """One of `TEXTS` as it is read; names and sentences one a line, in an order mixed once and for all.

    Raises:
        KeyError: for another name.
        DataError: if its file is missing.
    """
    content = embedded(FILES[name]).read_text(encoding="utf-8")
    if name == "Alice":
        return content
    if name == "baby names":
        lines = [row[0] for row in csv.reader(content.splitlines()[1:])]
    else:
        lines = [line.split("\t", 1)[1] for line in content.splitlines()]
    order = torch.randperm(len(lines), generator=seeded(0)).tolist()
    return "".join(f"{lines[index]}\n" for index in order)


@cache
def load_text(name: str, level: Level) -> Text:
    """One of `TEXTS` in characters, words or bytes. It is shared by all who ask."""
    return as_symbols(raw_text(name), name, level, SOURCES[name])


def as_symbols(text: str, name: str, level: Level, source: str = OWN_SOURCE) -> Text:
    """Turns a text into numbers and keeps its tail for the test.

    Args:
        text: any text.
        name: what it is called.
        level: what becomes a number.
        source: whose it is.

    Raises:
        DataError: if it is too short to learn anything from, or repeats a single symbol.
    """
    report: tuple[str, ...] = ()
    match level:
        case "character":
            ids, itos = _characters(text)
        case "word":
            ids, itos, report = _words(text)
        case "byte":
            ids = torch.frombuffer(bytearray(text.encode("utf-8", "replace") or b" "), dtype=torch.uint8).long()
            itos = tuple(chr(index) if 32 < index < 127 else f"{index:02x}" for index in range(256))
    num_train = split(text, ids, level)
    made = Text(name, level, ids, itos, num_train, 0, source, report)
    tail = len(made.join(ids[num_train:])) + (level == "word")
    return Text(name, level, ids, itos, num_train, tail, source, report)


def split(text: str, ids: Int64[Tensor, " N"], unit: str) -> int:
    """How many of a text's symbols are for training; the rest, its tail, is the test.

    Args:
        text: as it was given.
        ids: the same as numbers.
        unit: what a number stands for.

    Raises:
        DataError: if it is too short to learn anything from, or repeats a single symbol.
    """
    if not text.strip():
        raise DataError("The text is empty: paste or upload some sentences.")
    if len(ids) < MIN_SYMBOLS:
        count = f"only {len(ids):,} {unit}{'s' if len(ids) != 1 else ''}"
        raise DataError(f"The text has {count}, and at least {MIN_SYMBOLS} are needed: take a longer one.")
    if int(ids.min()) == int(ids.max()):
        raise DataError(f"The text repeats one {unit}, so there is nothing to learn: take another one.")
    return len(ids) - max(1, round(TEST_SHARE * len(ids)))


def _characters(text: str) -> tuple[Int64[Tensor, " N"], tuple[str, ...]]:
    """Every character a number, in the order of their code points; rare ones beyond the limit are left out."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)
    known, ids, counts = np.unique(codes, return_inverse=True, return_counts=True)
    if len(known) > MAX_SYMBOLS:
        kept = np.sort(np.argsort(-counts, kind="stable")[:MAX_SYMBOLS])
        place = np.full(len(known), -1)
        place[kept] = np.arange(MAX_SYMBOLS)
        known, ids = known[kept], place[ids][place[ids] >= 0]
    return torch.from_numpy(ids.astype(np.int64)), tuple(map(chr, known.tolist()))


def _words(text: str) -> tuple[Int64[Tensor, " N"], tuple[str, ...], tuple[str, ...]]:
    """Every word a number, in alphabetical order; rare ones beyond the limit share the last."""
    found = words(text)
    counts = Counter(found)
    kept = sorted(word for word, _ in counts.most_common(MAX_SYMBOLS - 1 if len(counts) > MAX_SYMBOLS else None))
    report: tuple[str, ...] = ()
    if len(kept) < len(counts):
        report = (f"{len(counts) - len(kept):,} rare words count as one, “{RARE}”.",)
        kept.append(RARE)
    stoi = {word: index for index, word in enumerate(kept)}
    ids = torch.tensor([stoi.get(word, len(kept) - 1) for word in found], dtype=torch.int64)
    return ids, tuple(kept), report


def read_text(content: bytes | str) -> str:
    """A visitor's text from what was uploaded or pasted.

    Raises:
        DataError: if it is empty, too large, or no text.
    """
    if isinstance(content, str):
        content = content.encode("utf-8", "replace")
    if len(content) > MAX_BYTES:
        raise DataError(
            f"The text is {len(content) / 1e6:,.1f} MB large, and at most {MAX_BYTES // 1_000_000} MB can be read: "
            "keep a part of it."
        )
    text = to_text(content)
    strange = sum(text.count(chr(code)) for code in range(32) if chr(code) not in "\t\n\r\f")
    if content.startswith(tuple(SIGNATURES)) or strange > 0.01 * len(text):
        raise DataError("This is not a text file: save it as plain text and upload that file.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise DataError("The text is empty: paste or upload some sentences.")
    return text
