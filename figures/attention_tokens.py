"""Tokens as words in a picture: whatever they hold can be seen, and it changes nothing around them."""

import unicodedata
from collections.abc import Sequence
from typing import Final

LETTER: Final = 0.58  # width of a letter as a share of its size, on average
LETTERS: Final = 10  # of a token beside a map
SIGNS: Final = {"\n": "⏎", "\t": "⇥", "\r": "␍", " ": "␣"}
OPEN, CLOSE = "\u2068", "\u2069"  # keep a token that is written from right to left from turning the words around it


def token_text(token: str, letters: int = LETTERS) -> str:
    """A token as it can be seen: white space and control characters as signs, long ones cut."""
    text = "␣" * len(token) if token.strip(" ") == "" else token
    text = "".join(SIGNS[sign] if sign in SIGNS and sign != " " else _visible(sign) for sign in text)
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


def token_name(token: str, place: int) -> str:
    """A token with its place, counted from 1, for a sentence."""
    return f"{OPEN}{token_text(token, 24)}{CLOSE} ({place + 1})"


def pair_name(rows: Sequence[str], columns: Sequence[str], cell: tuple[int, int]) -> str:
    """Which query looks at which key."""
    return f"{token_name(rows[cell[0]], cell[0])} → {token_name(columns[cell[1]], cell[1])}"


def _visible(sign: str) -> str:
    return "·" if unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs", "Cn") else sign


def width_of(text: str, size: float) -> float:
    """About how wide a text is, in the units of its size."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return size * (LETTER * (len(text) - wide) + 1.05 * wide)
