"""Things a unit may keep track of, computed from the signs alone: place, depth, spaces, vowels, quotes.

Shapes: R rows, L steps, K tracks.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from jaxtyping import Float

Row = Sequence[str]
Values = list[int] | list[float]

VOWELS: Final = frozenset("aeiouyAEIOUY")
CLOSING: Final = {"“": "”", "‘": "’", '"': '"', "'": "'"}
SPACES: Final = frozenset("␣↵⇥")
IN_SYMBOLS: Final = ("step", "open brackets")  # what means something where the symbols are no text


def place(row: Row) -> Values:
    """Steps since the start."""
    return list(range(len(row)))


def depth(row: Row) -> Values:
    """Brackets that are open."""
    return np.cumsum([1 if symbol == "(" else -1 if symbol == ")" else 0 for symbol in row]).tolist()


def is_space(row: Row) -> Values:
    """The symbol is a space or the end of a line."""
    return [float(symbol in SPACES) for symbol in row]


def is_vowel(row: Row) -> Values:
    """The symbol is a vowel."""
    return [float(symbol in VOWELS) for symbol in row]


def is_capital(row: Row) -> Values:
    """The symbol is a capital letter."""
    return [float(symbol.isupper()) for symbol in row]


def is_sign(row: Row) -> Values:
    """The symbol is neither a letter nor a space."""
    return [float(not symbol.isalnum() and symbol not in SPACES) for symbol in row]


def letters_of_word(row: Row) -> Values:
    """Letters since the word began."""
    return since(row, lambda symbol: not symbol.isalpha())


def place_in_line(row: Row) -> Values:
    """Symbols since the line began."""
    return since(row, lambda symbol: symbol == "↵")


def inside_quotes(row: Row) -> Values:
    """Between quotation marks. A straight single one between letters belongs to a word."""
    found: list[float] = []
    mark = ""  # that closes
    for place, symbol in enumerate(row):
        before, after = row[place - 1] if place else "", row[place + 1] if place + 1 < len(row) else ""
        is_in_word = symbol == "'" and (after if mark else before).isalpha()
        if mark and symbol == mark and not is_in_word:
            mark = ""
        elif not mark and symbol in CLOSING and not is_in_word:
            mark = CLOSING[symbol]
        found.append(float(bool(mark)))
    return found


def since(row: Row, ends: Callable[[str], bool]) -> Values:
    """Steps since a symbol that ends something; 0 at such a symbol."""
    found: list[int] = []
    for symbol in row:
        found.append(0 if ends(symbol) else (found[-1] if found else 0) + 1)
    return found


TRACKS: Final[dict[str, Callable[[Row], Values]]] = {
    "step": place,
    "open brackets": depth,
    "space": is_space,
    "vowel": is_vowel,
    "capital": is_capital,
    "sign": is_sign,
    "letter of the word": letters_of_word,
    "place in the line": place_in_line,
    "inside quotes": inside_quotes,
}


def tracks_of_text(rows: Sequence[Row]) -> dict[str, Float[np.ndarray, "R L"]]:
    """What the characters of a text tell, by name, as far as it varies over these rows.

    Args:
        rows: R rows of L signs, in which a space and the end of a line have a sign too.
    """
    found = {name: np.array([track(row) for row in rows], dtype=np.float64) for name, track in TRACKS.items()}
    return varying(found)


def tracks_of_symbols(rows: Sequence[Row], *, has_first: bool = False) -> dict[str, Float[np.ndarray, "R L"]]:
    """The step, open brackets and which symbol is read, by name, as far as they vary over these rows.

    Args:
        rows: R rows of L signs, of which there are few different ones.
        has_first: whether there is a track for each symbol that a row may begin with.
    """
    found = {name: np.array([TRACKS[name](row) for row in rows], dtype=np.float64) for name in IN_SYMBOLS}
    letters = np.array([list(row) for row in rows])
    found |= {f"reads {symbol}": (letters == symbol) * 1.0 for symbol in np.unique(letters).tolist()}
    if has_first:
        first = np.repeat(letters[:, :1], letters.shape[1], axis=1)
        found |= {f"began with {symbol}": (first == symbol) * 1.0 for symbol in np.unique(first).tolist()}
    return varying(found)


def tracks_of_values(values: Float[np.ndarray, "R L D"]) -> dict[str, Float[np.ndarray, "R L"]]:
    """The step and the numbers read, by name."""
    names = ("value", "mark")
    steps = np.tile(np.arange(values.shape[1], dtype=np.float64), (len(values), 1))
    found = {name: values[:, :, column] for column, name in enumerate(names[: values.shape[2]])}
    return varying({"step": steps, **found})


def varying(tracks: dict[str, Float[np.ndarray, "R L"]]) -> dict[str, Float[np.ndarray, "R L"]]:
    """Those that are not always the same."""
    return {name: values for name, values in tracks.items() if values.std() > 0}
