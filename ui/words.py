"""Words and numbers as a page writes them: a visitor's own words made harmless, numbers in formulas."""

import math
import string
from typing import Final

_SPECIAL: Final = frozenset(string.punctuation)
_JOINER: Final = "\u2060"  # has no width; in an address, it keeps markdown from making a link of it


def plain(text: object) -> str:
    """A visitor's own words (a class, a column) for markdown, in which they then mean nothing but themselves."""
    joined = " ".join(str(text).split()).replace("://", f":{_JOINER}//").replace("www.", f"www{_JOINER}.")
    return "".join(f"\\{letter}" if letter in _SPECIAL else letter for letter in joined)


def written(value: float, form: str = ".4g") -> str:
    """A number in a sentence, with a true minus sign."""
    return f"{value:{form}}".replace("-", "−")


def tex(value: float, digits: int = 3) -> str:
    """A number in a formula: a few digits, powers of ten written out."""
    if math.isnan(value):
        return r"\text{not a number}"
    if math.isinf(value):
        return r"\infty" if value > 0 else r"-\infty"
    mantissa, _, power = f"{value:.{digits}g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if power else mantissa


def factor(value: float, digits: int = 3) -> str:
    """A number in a product: negative ones and powers of ten stand in brackets."""
    written = tex(value, digits)
    return written if written[0].isdigit() and "cdot" not in written else f"({written})"
