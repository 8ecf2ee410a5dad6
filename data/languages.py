"""One text in ten languages: the Universal Declaration of Human Rights."""

from functools import cache
from typing import Final

from data.embedded import embedded

LANGUAGES: Final = (
    "English",
    "Dutch",
    "Finnish",
    "French",
    "German",
    "Italian",
    "Polish",
    "Portuguese",
    "Spanish",
    "Swedish",
)
FILE: Final = "udhr_10_languages.tsv"
SOURCE: Final = "The Universal Declaration of Human Rights, United Nations, 1948, free to copy and translate."


@cache
def declaration(language: str) -> str:
    """The declaration in one of `LANGUAGES`, a sentence a line.

    Raises:
        KeyError: for another language.
        DataError: if its file is missing.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    rows = embedded(FILE).read_text(encoding="utf-8").splitlines()
    return "".join(row.partition("\t")[2] + "\n" for row in rows if row.startswith(f"{language}\t"))
