"""From the bytes of somebody's file, or pasted text, to rows of cells with column names. Nothing is written to disk.

Whatever cannot be a table is refused with one sentence that says what it is and what to do.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final, NamedTuple

from data.dataset import DataError

MAX_BYTES: Final = 5_000_000
MAX_ROWS: Final = 50_000
MAX_COLUMNS: Final = 200
MAX_NAME: Final = 40  # characters of a name that are kept
RAGGED_SHARE: Final = 0.1  # more rows of a wrong length than this: the table is broken
DELIMITERS: Final = "\t;|,"  # a tie goes to the first: with a decimal comma, commas look like delimiters
MISSING: Final = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "?", "-"})

SIGNATURES: Final = {
    b"PK\x03\x04": "an Excel (or other zipped) file: save the table as CSV and upload that file",
    b"\xd0\xcf\x11\xe0": "an old Excel file: save the table as CSV and upload that file",
    b"\x1f\x8b": "a compressed file: unpack it and upload the CSV file inside",
    b"\x89PNG": "a picture: upload a table as a CSV file",
    b"\xff\xd8\xff": "a picture: upload a table as a CSV file",
    b"GIF8": "a picture: upload a table as a CSV file",
    b"%PDF": "a PDF: copy the table out of it and paste it here",
    b"PAR1": "a Parquet file: save the table as CSV and upload that file",
}
_THOUSANDS: Final = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", re.ASCII)
_DECIMAL_COMMA: Final = re.compile(r"[+-]?(\d*,(\d{1,2}|\d{4,})|0,\d+)", re.ASCII)


class Cells(NamedTuple):
    """A table of text: every row is as long as `names`, and the names are unique and short."""

    names: tuple[str, ...]
    rows: list[list[str]]
    has_decimal_comma: bool
    report: tuple[str, ...]


def split_cells(content: bytes | str, least_columns: int = 2) -> Cells:
    """Finds delimiter, header and decimal sign of a CSV table, and splits it into cells.

    Args:
        content: an uploaded file, or pasted text; comma, semicolon, tab or bar between the cells.
        least_columns: fewer are refused.

    Raises:
        DataError: for anything that is not a table of at most 5 MB, 50 000 rows and 200 columns, with enough
            columns and one row below the header.
    """
    text = _decode(content)
    delimiter = find_delimiter(text)
    numbered = _numbered_rows(text, delimiter)
    rows = [row for _, row in numbered]
    num_columns = len(rows[0])
    if num_columns < least_columns:
        raise DataError("The table has only one column: put a comma, a semicolon or a tab between the columns.")
    if num_columns > MAX_COLUMNS:
        raise DataError(f"The table has {num_columns:,} columns, and at most {MAX_COLUMNS} can be read: remove some.")
    whole, report = _drop_ragged(numbered)
    has_decimal_comma = delimiter == ";" or any(
        "," in cell and _DECIMAL_COMMA.fullmatch(cell) is not None for row in rows for cell in row
    )
    first, names = 0, [f"column {index}" for index in range(1, num_columns + 1)]
    if has_header(whole, has_decimal_comma):
        first, names = 1, whole[0]
    if len(whole) == first:
        raise DataError("The table has no rows below its first line: add rows of values.")
    return Cells(unique_names(names), whole[first:], has_decimal_comma, report)


def shorten(name: str, limit: int = MAX_NAME) -> str:
    """A name fit to be shown: one line of at most `limit` characters, control characters taken out."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def unique_names(names: Iterable[str]) -> tuple[str, ...]:
    """Shortens names, numbers the empty ones by their column and the repeated ones by their repetition."""
    found: list[str] = []
    for index, name in enumerate(names, start=1):
        base = shorten(name) or f"column {index}"
        unique, repetition = base, 1
        while unique in found:
            repetition += 1
            unique = f"{base[: MAX_NAME - 6]} ({repetition})"
        found.append(unique)
    return tuple(found)


def find_delimiter(text: str) -> str:
    """The sign that splits the first line, and then most lines into as many cells; a comma when none does."""
    sample = text[:100_000]

    def fit(delimiter: str) -> float:
        """The share of the rows that are as long as the first, 0 when that is not split."""
        rows = [row for row in islice(csv.reader(io.StringIO(sample), delimiter=delimiter), 50) if any(row)]
        sizes = Counter(len(row) for row in rows)
        return sizes[len(rows[0])] / len(rows) if rows and len(rows[0]) > 1 else 0.0

    fits = {delimiter: fit(delimiter) for delimiter in DELIMITERS}
    best = max(fits, key=fits.__getitem__)
    return best if fits[best] else ","


def has_header(rows: Sequence[Sequence[str]], has_decimal_comma: bool) -> bool:
    """Whether the first row names the columns.

    Each column of numbers votes: with a number on top it speaks against a header, with a word for it. Without
    votes, or with a tie, it is a header unless some cell of it comes again in the same column.
    """
    body = rows[1:200]
    votes = 0
    for top, *cells in zip(rows[0], *body, strict=True):
        known = [cell for cell in cells if not is_missing(cell)]
        is_number = bool(known) and all(to_number(cell, has_decimal_comma) is not None for cell in known)
        if is_number and not is_missing(top):
            votes += 1 if to_number(top, has_decimal_comma) is None else -1
    return votes > 0 or (votes == 0 and not any(top in cells for top, *cells in zip(rows[0], *body, strict=True)))


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return cell.casefold() in MISSING


def to_number(cell: str, has_decimal_comma: bool) -> float | None:
    """The number a cell shows, infinite ones included, or None: `1 234,5` is none, `1.234,5` and `1,234.5` are."""
    plain = cell.replace("\N{MINUS SIGN}", "-")
    if has_decimal_comma and "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    elif _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    try:
        return float(plain) if "_" not in plain else None
    except ValueError:
        return None


def _decode(content: bytes | str) -> str:
    """Turns the content into text with plain line ends, refusing what is too large, empty or not text."""
    if isinstance(content, str):
        content = content.encode("utf-8", "replace")
    if len(content) > MAX_BYTES:
        size = f"{len(content) / 1e6:,.1f} MB"
        raise DataError(
            f"The table is {size} large, and at most {MAX_BYTES // 1_000_000} MB can be read: keep fewer rows."
        )
    for signature, what in SIGNATURES.items():
        if content.startswith(signature):
            raise DataError(f"This is {what}.")
    text = to_text(content)
    if "\0" in text:
        raise DataError("This is not a text file: save the table as CSV and upload that file.")
    if not text.strip():
        raise DataError("The table is empty: add a header and rows of values.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def to_text(content: bytes) -> str:
    """Decodes UTF-8, the UTF-16 of Excel's "Unicode text", or failing these the Western European code pages."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _numbered_rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The rows that are not blank, stripped, each with its line number in the file."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    numbered: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            stripped = [cell.strip() for cell in row]
            if any(stripped):
                numbered.append((reader.line_num, stripped))
            if len(numbered) > MAX_ROWS + 1:
                raise DataError(f"The table has more than {MAX_ROWS:,} rows: keep a part of it.")
    except csv.Error as error:
        raise DataError("The table cannot be split into cells: check that every quotation mark is closed.") from error
    if not numbered:
        raise DataError("The table is empty: add a header and rows of values.")
    return numbered


def _drop_ragged(numbered: list[tuple[int, list[str]]]) -> tuple[list[list[str]], tuple[str, ...]]:
    """Leaves out the rows that are not as long as the first, unless they are too many to be slips."""
    size = len(numbered[0][1])
    whole = [row for _, row in numbered if len(row) == size]
    ragged = [(line, len(row)) for line, row in numbered if len(row) != size]
    if not ragged:
        return whole, ()
    line, wrong = ragged[0]
    if len(ragged) > RAGGED_SHARE * len(numbered):
        raise DataError(
            f"Line {line:,} has {wrong:,} cells, but the first line has {size:,}: give every line as many cells."
        )
    return whole, (
        f"Rows left out because they do not have {size} cells: {len(ragged):,} (the first is line {line:,}).",
    )
