"""What the page `tokenizer` looks into besides its network: a text in tokens, ways to cut texts, a padded batch.

Shapes: B texts of a batch, T tokens of the longest.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np

from data.dataset import DataError
from data.languages import LANGUAGES, declaration
from data.text import words
from data.tokenizer import END, Tokenizer, gpt2, shown, well_formed

LANGUAGE_LETTERS: Final = 2000  # of the declaration in each language that are cut
CODE: Final = '''def mean(values):
    """The arithmetic mean of a list that is not empty."""
    total = 0.0
    for value in values:
        total += value
    return total / len(values)


if __name__ == "__main__":
    print(f"{mean([1, 2, 3.5]):.2f}")
'''
NUMBERS: Final = "3.14159 2.71828 1024 65536 1,000,000 2026-11-23 06:30 +44 20 7946 0958 0.001 12.5% 1e-9 192.168.0.1\n"
BATCH: Final = ("Alice was late.", "The rabbit took a watch out of its waistcoat-pocket.", "Why?")


class Span(NamedTuple):
    """A stretch of a text whose tokens stand for whole characters.

    Attributes:
        text: the characters.
        tokens: places of its tokens in the list; more than one where a character needs several.
    """

    text: str
    tokens: tuple[int, ...]


class Piece(NamedTuple):
    """A token of a text: its number, how it is shown, its bytes, and whether it is a special one."""

    id: int
    shown: str
    bytes: str
    is_special: bool


def spans_of(tokenizer: Tokenizer, text: str) -> tuple[list[Piece], list[Span]]:
    """A text in tokens, and which characters they stand for."""
    ids = tokenizer.encode(text)
    pieces, spans = [], []
    waiting, places = b"", []
    for place, index in enumerate(ids):
        part = tokenizer.bytes_of(index)
        pieces.append(Piece(index, tokenizer.vocabulary[index], part.hex(" "), index in tokenizer.special))
        waiting += part
        places.append(place)
        try:
            whole = waiting.decode("utf-8")
        except UnicodeDecodeError:
            continue
        spans.append(Span(whole, tuple(places)))
        waiting, places = b"", []
    return pieces, spans


class Way(NamedTuple):
    """A way to cut texts: its name, how many different symbols it knows, and what it makes of a text.

    `cut` returns how many symbols a text becomes, and how many of these are unknown.
    """

    name: str
    vocabulary: int
    cut: Callable[[str], tuple[int, int]]


@dataclass(frozen=True)
class Cut:
    """What one way makes of every text.

    Attributes:
        name: of the way.
        vocabulary: different symbols that it knows.
        counts: symbols of each text.
        unknown: how many of these it does not know.
    """

    name: str
    vocabulary: int
    counts: tuple[int, ...]
    unknown: tuple[int, ...]


@lru_cache(maxsize=1)
def sample_texts() -> Mapping[str, str]:
    """The start of one text in ten languages, a program, and numbers."""
    texts = {language: declaration(language)[:LANGUAGE_LETTERS] for language in LANGUAGES}
    return {**texts, "code": CODE, "numbers": NUMBERS}


def ways_of(train: str, tokenizer: Tokenizer) -> list[Way]:
    """Five ways that know what a text has taught them, and GPT-2's own."""
    known_by_space, known_words, known_letters = set(train.split()), set(words(train)), set(train)

    def counted(parts: Sequence[str], known: set[str]) -> tuple[int, int]:
        return len(parts), sum(part not in known for part in parts)

    return [
        Way("white space", len(known_by_space), lambda text: counted(text.split(), known_by_space)),
        Way("words, the lecture's", len(known_words), lambda text: counted(words(text), known_words)),
        Way("characters", len(known_letters), lambda text: counted(list(text), known_letters)),
        Way("bytes", 256, lambda text: (len(text.encode()), 0)),
        Way("this page's BPE", tokenizer.num_tokens, lambda text: (len(tokenizer.encode(text)), 0)),
        Way("GPT-2", gpt2().num_tokens, lambda text: (len(gpt2().encode(text)), 0)),
    ]


def side_by_side(ways: Sequence[Way], texts: Sequence[str]) -> list[Cut]:
    """Every text cut in every way."""
    made = []
    for way in ways:
        found = [way.cut(well_formed(text)) for text in texts]
        made.append(Cut(way.name, way.vocabulary, tuple(n for n, _ in found), tuple(n for _, n in found)))
    return made


def padded(
    tokenizer: Tokenizer, texts: Sequence[str], pad: int | None, *, most: int | None = None, on_left: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Texts as rows of one length, as a network wants a batch.

    Args:
        tokenizer: what cuts them.
        texts: the rows.
        pad: number of the token that fills up short rows; None for the tokenizer's own, which GPT-2 has not.
        most: tokens of a row that are kept, the first ones; all if left out.
        on_left: whether what fills up stands before the text, so that all rows end together.

    Returns:
        (B, T) numbers of tokens, and (B, T) which of them are text: what is not must be masked.

    Raises:
        DataError: if there is nothing to fill up with.
    """
    rows = [tokenizer.encode(text)[:most] for text in texts]
    longest = max(map(len, rows))
    if pad is None and any(len(row) < longest for row in rows):
        raise DataError(
            f"{tokenizer.name} has no padding token, and these texts have "
            f"{', '.join(str(len(row)) for row in rows)} tokens: choose a token to fill up with."
        )
    fills = [[pad or 0] * (longest - len(row)) for row in rows]
    ids = np.array([fill + row if on_left else row + fill for row, fill in zip(rows, fills, strict=True)])
    is_text = np.arange(longest) < np.array([len(row) for row in rows])[:, None]
    return ids, is_text[:, ::-1] if on_left else is_text


def tokenizer_of(experiment: Any) -> Tokenizer:
    """The tokenizer of a run."""
    tokenizer: Tokenizer = experiment.task.tokenizer
    return tokenizer


def end_of(tokenizer: Tokenizer) -> int | None:
    """The number of the token that ends a document, where there is one."""
    return next((index for index in tokenizer.special if tokenizer.bytes_of(index) == END.encode()), None)


def token_names(tokenizer: Tokenizer, ids: Sequence[int]) -> list[str]:
    """Tokens as they are shown."""
    return [shown(tokenizer.bytes_of(index)) for index in ids]
