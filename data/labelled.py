"""Short texts, each with a label: sentences by author or language, first names, and the visitor's own table."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from data.csv_text import is_missing, shorten, split_cells
from data.dataset import MAX_CLASSES, DataError
from data.embedded import embedded

FILES: Final = {
    "languages": "udhr_10_languages.tsv",
    "authors": "authors_5x700.tsv",
    "names": "us_names.csv",
    "Alice": "alice.txt",
}
SOURCES: Final = {
    "languages": "Universal Declaration of Human Rights in ten languages: United Nations.",
    "authors": "Sentences of Austen, Carroll, Chesterton, Melville and Shakespeare, public domain.",
    "names": "First names given in the United States: Social Security Administration, CC0.",
    "Alice": "Alice's Adventures in Wonderland: Lewis Carroll, 1865, public domain.",
}
OWN_SOURCE: Final = "A table of your own; it stays in this session."
MIN_ROWS: Final = 20
MAX_LETTERS: Final = 2_000_000  # of all texts of an own table
LABEL_NAMES: Final = ("label", "class", "target", "category", "kind", "author", "language", "sentiment", "y")


@dataclass(frozen=True, eq=False)
class Labelled:
    """Texts and what they are.

    Attributes:
        name: what they were asked for by.
        texts: the texts, in no order.
        labels: the class of each; empty if they have none.
        class_names: the names of the classes; empty if there are none.
        source: attribution and licence.
        report: what was done to them, one sentence each.
    """

    name: str
    texts: tuple[str, ...]
    labels: tuple[int, ...]
    class_names: tuple[str, ...]
    source: str
    report: tuple[str, ...] = ()


@cache
def load_labelled(name: str) -> Labelled:
    """One of `FILES`. It is shared by all who ask.

    Raises:
        DataError: if its file is missing.
    """
    content = embedded(FILES[name]).read_text(encoding="utf-8")
    if name == "Alice":
        texts = tuple(" ".join(sentence.split()) for sentence in re.split(r"(?<=[.!?])\s+|\n\n+", content))
        return Labelled(name, tuple(filter(None, texts)), (), (), SOURCES[name])
    if name == "names":
        rows = [
            ("girl" if int(female) > int(male) else "boy", text)
            for text, female, male in list(csv.reader(content.splitlines()))[1:]
        ]
    else:
        rows = [(label, text) for label, _, text in (line.partition("\t") for line in content.splitlines())]
    class_names = tuple(sorted({label for label, _ in rows}))
    labels = tuple(class_names.index(label) for label, _ in rows)
    return Labelled(name, tuple(text for _, text in rows), labels, class_names, SOURCES[name])


@dataclass(frozen=True)
class TextTable:
    """A visitor's table that has been read but not yet asked anything.

    Attributes:
        names: of the columns.
        rows: one text a cell.
        report: what was done while reading, one sentence each.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    report: tuple[str, ...] = ()

    def column(self, name: str) -> list[str]:
        """The cells of a column.

        Raises:
            DataError: if there is no such column.
        """
        if name not in self.names:
            raise DataError(f"There is no column “{shorten(name)}” in this table: choose one of its columns.")
        place = self.names.index(name)
        return [row[place] for row in self.rows]

    def suggest(self) -> tuple[str, str]:
        """The columns that most likely hold texts and labels: the longest cells, and few different ones."""
        text = max(self.names, key=lambda name: sum(map(len, self.column(name))))
        others = [name for name in self.names if name != text]
        telling = [name for name in others if name.casefold() in LABEL_NAMES]
        return text, (telling or sorted(others, key=lambda name: len(set(self.column(name)))))[0]

    def to_labelled(self, text_column: str, label_column: str) -> Labelled:
        """Texts and labels, as they stand in two columns.

        Raises:
            DataError: if one column cannot be used as it should be.
        """
        if text_column == label_column:
            raise DataError("Texts and labels are in the same column: choose two different ones.")
        pairs = [
            (text, label)
            for text, label in zip(self.column(text_column), self.column(label_column), strict=True)
            if text.strip() and not is_missing(label)
        ]
        _check(pairs, text_column, label_column)
        left_out = len(self.rows) - len(pairs)
        report = (f"Rows left out because text or label is missing: {left_out:,}.",) if left_out else ()
        class_names = tuple(sorted({label for _, label in pairs}))
        return Labelled(
            "own table",
            tuple(text for text, _ in pairs),
            tuple(class_names.index(label) for _, label in pairs),
            tuple(map(shorten, class_names)),
            OWN_SOURCE,
            (*self.report, *report),
        )


def read_text_table(content: bytes | str) -> TextTable:
    """Reads an uploaded file or pasted text as a table of texts.

    Args:
        content: CSV with comma, semicolon, tab or bar, with or without a header.

    Raises:
        DataError: when it is no table, or one too large (see `data.csv_text`).
    """
    cells = split_cells(content)
    return TextTable(cells.names, tuple(map(tuple, cells.rows)), cells.report)


def _check(pairs: Sequence[tuple[str, str]], text_column: str, label_column: str) -> None:
    """Whether texts and labels can be learnt from."""
    text, label = shorten(text_column), shorten(label_column)
    if len(pairs) < MIN_ROWS:
        raise DataError(f"At least {MIN_ROWS} rows with a text and a label are needed, not {len(pairs)}: add rows.")
    counts = Counter(name for _, name in pairs)
    if len(counts) < 2:
        raise DataError(f"All rows have the same label in “{label}”: choose a column with two labels or more.")
    if len(counts) > MAX_CLASSES:
        raise DataError(
            f"“{label}” holds {len(counts):,} different labels, and at most {MAX_CLASSES} can be told apart: "
            "choose another column, or join some of them."
        )
    if not any(letter.isalpha() for words, _ in pairs for letter in words):
        raise DataError(f"There are no words in “{text}”: choose the column that holds the texts.")
    letters = sum(len(words) for words, _ in pairs)
    if letters > MAX_LETTERS:
        raise DataError(
            f"The texts in “{text}” have {letters:,} letters, and at most {MAX_LETTERS:,} can be read: keep fewer rows."
        )
